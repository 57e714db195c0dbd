"""Decodes a few frames ahead in a thread of its own, so that reading and seeing share two cores."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import cv2
import numpy as np

from vfeed.errors import VfeedError
from vfeed.media.frames import FrameSource
from vfeed.perception.heads import Image
from vfeed.perception.scene import Change, Scene

FRAMES_AHEAD = 4
"""Enough to bridge a key frame; four 1280x720 pictures take 11 MB."""

_Item = tuple[int, Image, Change] | Exception | None


def decoded_ahead(source: FrameSource) -> Iterator[tuple[int, Image, Change]]:
    """Time in microseconds and RGB picture of each frame, in order, and what the whole picture did since the last.

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
        self._scene = Scene()

    def run(self) -> None:
        """Read to the end, to an error, or until stopped."""
        try:
            for frame in self._source:
                image = np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
                if not self._put((frame.time_us, image, self._scene.see(image, frame.time_us))):
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
