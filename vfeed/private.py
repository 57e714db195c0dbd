"""What a process does before it reads a key or writes what is kept."""

from __future__ import annotations

import os
import resource


def keep_to_this_user() -> None:
    """Write files for this user alone from here on, and leave none of this process's memory on the disk."""
    os.umask(0o077)
    # A process that dies holds keys and pictures: no core file of it.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
