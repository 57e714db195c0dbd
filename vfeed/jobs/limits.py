"""What work on one film may take: time without getting on. Its memory is bounded as for all who read films."""

from __future__ import annotations

import os
from typing import NoReturn

STALLED_S = 3600.0
"""Time in which work must get on. The longest silence of sound work: the poster of an hour of film with one key frame,
for which half of it is decoded."""
STALLED_EXIT = 75
"""Exit status of a worker that ended itself: whoever keeps workers starts another (EX_TEMPFAIL of sysexits.h)."""


def leave() -> NoReturn:
    """End this process at once, with the thread that hangs in it."""
    os._exit(STALLED_EXIT)
