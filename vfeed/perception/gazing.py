"""The eyes of heads that were followed: read beside the following, since nobody is followed by where they look."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from vfeed.media.picture import Picture
from vfeed.perception.background import Background
from vfeed.perception.boxes import size
from vfeed.perception.gazenet import READ_FROM_PX, READ_TO_DEG, GazeNet
from vfeed.perception.head_tracker import HeadSeen
from vfeed.perception.headnet import roll_deg, turned_away_deg


class GazeEstimator:
    """Adds the gaze to the heads of one frame after the other, in a thread of its own; closed when done."""

    def __init__(self) -> None:
        self._net = GazeNet()
        self._background: Background[list[HeadSeen]] = Background("eyes")

    def submit(self, picture: Picture, heads: Sequence[HeadSeen]) -> Future[list[HeadSeen]]:
        """Return the heads of a frame with their gaze, to be asked for when needed."""
        return self._background.submit(lambda: self.read(picture, heads))

    def read(self, picture: Picture, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        """Return the heads, with the gaze of all that are large enough and turned to the lens enough to show it."""
        shown = [(at, head, head.pose) for at, head in enumerate(heads) if head.pose is not None and _shows_eyes(head)]
        boxes, rolls = [head.head_px for _, head, _ in shown], [roll_deg(pose) for _, _, pose in shown]
        told = list(heads)
        for (at, head, _), reading in zip(shown, self._net.read(picture, boxes, rolls), strict=True):
            told[at] = replace(head, gaze=reading)
        return told

    def close(self) -> None:
        """End the thread; frames that still wait are let go."""
        self._background.close()


def _shows_eyes(head: HeadSeen) -> bool:
    large = size(head.head_px) >= READ_FROM_PX
    return large and head.pose is not None and turned_away_deg(head.pose) < READ_TO_DEG
