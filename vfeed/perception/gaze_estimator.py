"""The eyes of heads that were followed, and what is before their faces: nobody is followed by either."""

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
from vfeed.perception.occlusion_network import OcclusionNetwork


class GazeEstimator:
    """Adds gaze and occlusion to the heads of one frame after the other, in a thread of its own; closed when done."""

    def __init__(self) -> None:
        self._gaze, self._occlusion = GazeNetwork(), OcclusionNetwork()
        self._background: BackgroundWorker[list[HeadSeen]] = BackgroundWorker("eyes")

    def submit(self, image: PlanarImage, heads: Sequence[HeadSeen]) -> Future[list[HeadSeen]]:
        """Return the heads of a frame with their gaze and occlusion, to be asked for when needed."""
        return self._background.submit(lambda: self.read(image, heads))

    def read(self, image: PlanarImage, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        """Return the heads: all with what is before them, with their gaze those that show enough of their eyes."""
        return self._with_gaze(image, self._with_occlusion(image, heads))

    def _with_gaze(self, image: PlanarImage, heads: list[HeadSeen]) -> list[HeadSeen]:
        shown = [(at, head, head.pose) for at, head in enumerate(heads) if head.pose is not None and _shows_eyes(head)]
        boxes, rolls = [head.head_px for _, head, _ in shown], [roll_deg(pose) for _, _, pose in shown]
        told = list(heads)
        for (at, head, _), reading in zip(shown, self._gaze.read(image, boxes, rolls), strict=True):
            told[at] = replace(head, gaze=reading)
        return told

    def _with_occlusion(self, image: PlanarImage, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        shown = [(at, head) for at, head in enumerate(heads) if head.pose is not None]
        boxes, rolls = [head.box_px for _, head in shown], [head.roll_deg for _, head in shown]
        told = list(heads)
        for (at, head), reading in zip(shown, self._occlusion.read(image, boxes, rolls), strict=True):
            told[at] = replace(head, occlusion=reading)
        return told

    def close(self) -> None:
        """End the thread; frames that still wait are let go."""
        self._background.close()


def _shows_eyes(head: HeadSeen) -> bool:
    large = size(head.head_px) >= READ_FROM_PX
    return large and head.pose is not None and turned_away_deg(head.pose) < READ_TO_DEG
