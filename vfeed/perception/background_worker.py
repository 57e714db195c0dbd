"""Work on a frame that may lag behind the following of heads, in a thread of its own, in order and bounded."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

FRAMES_BEHIND = 4
"""How far such work may lag; each frame that waits is held in memory."""

Result = TypeVar("Result")


class BackgroundWorker(Generic[Result]):
    """One thread that does what it is given, one after the other; closed when done."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=name)
        self._waiting: list[Future[Result]] = []

    def submit(self, work: Callable[[], Result]) -> Future[Result]:
        """Return what `work` will give; waits while more than `FRAMES_BEHIND` pieces of work are not done."""
        if len(self._waiting) >= FRAMES_BEHIND:
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(work))
        return self._waiting[-1]

    def close(self) -> None:
        """End the thread; what still waits is let go."""
        self._pool.shutdown(cancel_futures=True)
