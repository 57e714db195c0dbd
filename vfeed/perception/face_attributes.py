"""The eyes of heads that were followed, and what is before their faces: nobody is followed by either."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.background_worker import BackgroundWorker
from vfeed.perception.boxes import size
from vfeed.perception.gaze_network import READ_FROM_PX, GazeNetwork, read_to_deg
from vfeed.perception.head_pose_network import roll_deg, turned_away_deg
from vfeed.perception.head_tracker import HeadSeen
from vfeed.perception.occlusion_network import OcclusionNetwork, OcclusionReading
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters


class FaceAttributeEstimator:
    """Adds gaze and occlusion to the heads of one frame after the other, in a thread of its own; closed when done.

    Gaze is read in each frame; what is before a face every `occlusion_every_us`, and carried in between.
    """

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._gaze, self._occlusion = GazeNetwork(), OcclusionNetwork()
        self._every_us = parameters.occlusion_every_us
        self._occlusions: dict[int, tuple[int, OcclusionReading]] = {}
        self._background: BackgroundWorker[list[HeadSeen]] = BackgroundWorker("face-attributes")

    def submit(self, image: PlanarImage, time_us: int, heads: Sequence[HeadSeen]) -> Future[list[HeadSeen]]:
        """Return the heads of the next frame with their gaze and occlusion, to be asked for when needed."""
        return self._background.submit(lambda: self.read(image, time_us, heads))

    def read(self, image: PlanarImage, time_us: int, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        """Return the heads: all with what is before them, with their gaze those that show enough of their eyes."""
        return self._with_gaze(image, self._with_occlusion(image, time_us, heads))

    def _with_gaze(self, image: PlanarImage, heads: list[HeadSeen]) -> list[HeadSeen]:
        shown = [(at, head, head.pose) for at, head in enumerate(heads) if head.pose is not None and _shows_eyes(head)]
        boxes, rolls = [head.head_px for _, head, _ in shown], [roll_deg(pose) for _, _, pose in shown]
        told = list(heads)
        for (at, head, _), reading in zip(shown, self._gaze.read(image, boxes, rolls), strict=True):
            told[at] = replace(head, gaze=reading)
        return told

    def _with_occlusion(self, image: PlanarImage, time_us: int, heads: Sequence[HeadSeen]) -> list[HeadSeen]:
        due = [head for head in heads if head.pose is not None and self._is_due(head.track, time_us)]
        boxes, rolls = [head.box_px for head in due], [head.roll_deg for head in due]
        for head, reading in zip(due, self._occlusion.read(image, boxes, rolls), strict=True):
            self._occlusions[head.track] = time_us, reading
        return [
            head if head.pose is None else replace(head, occlusion=self._occlusions[head.track][1]) for head in heads
        ]

    def _is_due(self, track: int, time_us: int) -> bool:
        return track not in self._occlusions or time_us - self._occlusions[track][0] >= self._every_us

    def close(self) -> None:
        """End the thread; frames that still wait are let go."""
        self._background.close()


def _shows_eyes(head: HeadSeen) -> bool:
    large = size(head.head_px) >= READ_FROM_PX
    return large and head.pose is not None and turned_away_deg(head.pose) < read_to_deg(head.infant)
