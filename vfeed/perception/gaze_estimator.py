"""The eyes of heads that were followed: read beside the following, since nobody is followed by where they look."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.background_worker import BackgroundWorker
from vfeed.perception.boxes import size
from vfeed.perception.gaze_network import READ_FROM_PX, READ_TO_DEG, GazeNetwork
from vfeed.perception.head_pose_network import roll_deg, turned_away_deg
from vfeed.perception.head_tracker import HeadSeen


class GazeEstimator:
    """Adds the gaze to the heads of one frame after the other, in a thread of its own; closed when done."""

    def __init__(self) -> None:
        self._net = GazeNetwork()
        self._background: BackgroundWorker[list[HeadSeen]] = BackgroundWorker("eyes")

    def submit(self, image: PlanarImage, heads: Sequence[HeadSeen]) -> Future[list[HeadSeen]]:
        """Return the heads of a frame with their gaze, to be asked for when needed."""
        return self._background.submit(lambda: self.read(image, heads))

    def read(self, image: PlanarImage, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        """Return the heads, with the gaze of all that are large enough and turned to the lens enough to show it."""
        shown = [(at, head, head.pose) for at, head in enumerate(heads) if head.pose is not None and _shows_eyes(head)]
        boxes, rolls = [head.head_px for _, head, _ in shown], [roll_deg(pose) for _, _, pose in shown]
        told = list(heads)
        for (at, head, _), reading in zip(shown, self._net.read(image, boxes, rolls), strict=True):
            told[at] = replace(head, gaze=reading)
        return told

    def close(self) -> None:
        """End the thread; frames that still wait are let go."""
        self._background.close()


def _shows_eyes(head: HeadSeen) -> bool:
    large = size(head.head_px) >= READ_FROM_PX
    return large and head.pose is not None and turned_away_deg(head.pose) < READ_TO_DEG
