"""Decodes a few frames ahead in a thread of its own, so that reading and seeing share two cores."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

from vfeed.errors import VfeedError
from vfeed.media.frames import FrameSource
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.shot_detection import FrameChange, ShotDetector

FRAMES_AHEAD = 4
"""Enough to bridge a key frame; four 1280x720 frames take 6 MB."""

_Item = tuple[int, PlanarImage, FrameChange] | Exception | None


def prefetched(source: FrameSource) -> Iterator[tuple[int, PlanarImage, FrameChange]]:
    """Yield time in microseconds and image of each frame, in order, and what the whole image did since the last.

    Raises what reading raises. The thread ends with the iteration, also when that is left early.
    """
    reader = _Reader(source)
    reader.start()
    try:
        while (item := reader.ahead.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item
    finally:
        reader.stopped.set()
        reader.join()


class _Reader(threading.Thread):
    """Puts each frame into `ahead`, then None; or the error that ended the reading."""

    def __init__(self, source: FrameSource) -> None:
        super().__init__(name="decode", daemon=True)
        self.ahead: queue.Queue[_Item] = queue.Queue(FRAMES_AHEAD)
        self.stopped = threading.Event()
        self._source = source
        self._shots = ShotDetector()

    def run(self) -> None:
        """Read to the end, to an error, or until stopped."""
        try:
            for time_us, image in self._source.planar_images():
                if not self._put((time_us, image, self._shots.update(image, time_us))):
                    return
        except (VfeedError, OSError, ValueError, RuntimeError) as error:
            self._put(error)
        else:
            self._put(None)

    def _put(self, item: _Item) -> bool:
        while not self.stopped.is_set():
            try:
                self.ahead.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False
