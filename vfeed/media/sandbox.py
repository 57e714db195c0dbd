"""A process that reads files of strangers takes its share alone and talks to nobody, where the system lets it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
from collections.abc import Iterator

from vfeed.media.mp4_limits import too_demanding

# Linux, <sched.h>
NEW_USER, NEW_NET = 0x1000_0000, 0x4000_0000
MEMORY_BYTES = 4 << 30
"""Writable memory of whoever looks for faces, as deploy's units allow it; ordinary film takes a tenth of it."""
WHY = "Reading this film takes more memory or time than any film should."


def leave_the_network() -> bool:
    """Move this process into a network of its own that holds nothing; returns whether the system allowed it.

    For a process with one thread. Root needs no more; others get a user's namespace of their own with it, which some
    systems refuse, as `RestrictNamespaces=` of systemd does.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(NEW_NET if os.geteuid() == 0 else NEW_USER | NEW_NET) == 0)


def bound_memory() -> None:
    """Bound this process, and with it whatever it starts; a lower limit that is set already stays."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    # Systems without such a limit go on without it.
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


@contextlib.contextmanager
def memory_errors() -> Iterator[None]:
    """Turn MemoryError into VfeedError `clip_too_demanding`: trying again would only fill the memory again."""
    try:
        yield
    except MemoryError as error:
        raise too_demanding(WHY) from error
