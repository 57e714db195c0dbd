"""How long work tells how far it is and hears that it should stop."""

from __future__ import annotations

import time
from collections.abc import Callable

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

LOOK_EVERY_S = 0.2  # Asking may read a database.


class Progress:
    """Passes progress (0..1, rising) on and raises VfeedError `cancelled`, both at most five times a second."""

    def __init__(self, on_progress: Callable[[float], None], is_cancelled: Callable[[], bool]) -> None:
        self._on_progress, self._is_cancelled = on_progress, is_cancelled
        self._done = 0.0
        self._next_look = 0.0

    def at(self, done: float) -> None:
        """Note that `done` of the work is done."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY_S
        if self._is_cancelled():
            raise VfeedError("cancelled", _("The work was stopped."), hint=_("Start it again when you want."))
        self._done = max(self._done, min(done, 0.99))
        self._on_progress(self._done)

    def finished(self) -> None:
        """Note that all is done."""
        self._on_progress(1.0)
