"""What work on one film may take: memory of the worker, and time without getting on."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator
from typing import NoReturn

from vfeed.media.bounds import too_demanding

MEMORY_BYTES = 4 << 30
"""Writable memory of a worker, as deploy's units allow it; looking for faces in ordinary film takes a tenth of it."""
STALLED_S = 3600.0
"""Time in which work must get on. The longest silence of sound work: the poster of an hour of film with one key frame,
for which half of it is decoded."""
STALLED_EXIT = 75
"""Exit status of a worker that ended itself: whoever keeps workers starts another (EX_TEMPFAIL of sysexits.h)."""
WHY = "Reading this film takes more memory or time than any film should."


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


def leave() -> NoReturn:
    """End this process at once, with the thread that hangs in it."""
    os._exit(STALLED_EXIT)
