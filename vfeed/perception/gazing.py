"""The eyes of heads that were followed: read beside the following, since nobody is followed by where they look."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from vfeed.perception.gazenet import READ_FROM_PX, READ_TO_DEG, GazeNet
from vfeed.perception.head_tracker import HeadSeen
from vfeed.perception.headnet import roll_deg, turned_away_deg
from vfeed.perception.heads import Image

FRAMES_BEHIND = 4
"""How far the eyes may lag behind the heads; each frame that waits is held in memory."""


class EyeReader:
    """Adds the gaze to the heads of one frame after the other, in a thread of its own; closed when done."""

    def __init__(self) -> None:
        self._net = GazeNet()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="eyes")
        self._waiting: list[Future[list[HeadSeen]]] = []

    def close(self) -> None:
        """End the thread; frames that still wait are let go."""
        self._pool.shutdown(cancel_futures=True)

    def later(self, image_rgb: Image, heads: Sequence[HeadSeen]) -> Future[list[HeadSeen]]:
        """The heads of a frame (h, w, 3) RGB with their gaze, to be asked for when needed."""
        if len(self._waiting) >= FRAMES_BEHIND:
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(self.read, image_rgb, heads))
        return self._waiting[-1]

    def read(self, image_rgb: Image, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        """The heads, with the gaze of all that are large enough and turned to the lens enough to show it."""
        shown = [(at, head, head.pose) for at, head in enumerate(heads) if head.pose is not None and _shows_eyes(head)]
        boxes, rolls = [head.head_px for _, head, _ in shown], [roll_deg(pose) for _, _, pose in shown]
        told = list(heads)
        for (at, head, _), reading in zip(shown, self._net.read(image_rgb, boxes, rolls), strict=True):
            told[at] = replace(head, gaze=reading)
        return told


def _shows_eyes(head: HeadSeen) -> bool:
    large = max(head.head_px[2:]) >= READ_FROM_PX
    return large and head.pose is not None and turned_away_deg(head.pose) < READ_TO_DEG
