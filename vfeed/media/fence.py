"""A process that reads files of strangers talks to nobody: it leaves the network, where the system lets it."""

from __future__ import annotations

import ctypes
import os

# Linux, <sched.h>
NEW_USER, NEW_NET = 0x1000_0000, 0x4000_0000


def leave_the_network() -> bool:
    """Move this process into a network of its own that holds nothing; returns whether the system allowed it.

    For a process with one thread. Root needs no more; others get a user's namespace of their own with it, which some
    systems refuse, as `RestrictNamespaces=` of systemd does.
    """
    unshare = getattr(ctypes.CDLL(None), "unshare", None)
    if unshare is None:
        return False
    return bool(unshare(NEW_NET if os.geteuid() == 0 else NEW_USER | NEW_NET) == 0)
