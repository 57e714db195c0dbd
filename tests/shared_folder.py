"""Locks as a folder that several machines see by NFS gives them: stricter than those of a disk."""

from __future__ import annotations

import errno
import fcntl
import os
from typing import Protocol


class _HasFileno(Protocol):
    def fileno(self) -> int: ...


_of_the_disk = fcntl.flock
WANTS = {fcntl.LOCK_EX: (os.O_WRONLY, os.O_RDWR), fcntl.LOCK_SH: (os.O_RDONLY, os.O_RDWR)}
"""What a file must be open to, for each kind of lock (flock(2), "NFS details")."""


def flock(file: int | _HasFileno, operation: int) -> None:
    """Lock a file as NFS does; raises OSError EBADF where it was not opened for that."""
    kind = operation & (fcntl.LOCK_EX | fcntl.LOCK_SH)
    access = fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE
    if kind and access not in WANTS[kind]:
        raise OSError(errno.EBADF, "NFS gives no such lock on a file that is open to this alone")
    _of_the_disk(file, operation)


def lock_as_on_a_shared_folder() -> None:
    """Let all locks of this process be as strict."""
    fcntl.flock = flock
