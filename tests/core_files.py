"""Whether a process that dies would write its memory to the disk."""

from __future__ import annotations

import re
import resource
from pathlib import Path


def let_cores_be_written() -> None:
    """Begin a process with as large core files as this machine allows, as some systems do."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))


def most_core_bytes(process: int) -> str:
    """Return the size that a core file of the process may have, in bytes or `unlimited`."""
    found = re.search(r"Max core file size +(\w+)", Path(f"/proc/{process}/limits").read_text())
    assert found is not None
    return found[1]
