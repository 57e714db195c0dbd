"""Where hands are, around the heads: what is held beside a face is looked at where the hand is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import numpy as np

from vfeed.media.planar_image import Image, PlanarImage
from vfeed.perception.background_worker import BackgroundWorker
from vfeed.perception.boxes import Box, centre, iou, size
from vfeed.perception.crops import Region, cut, to_image_frame
from vfeed.perception.metrics import MOST_HANDS
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network
from vfeed.perception.palm_detector import INPUT_PX, SAME_PALM_IOU, Palm, PalmDetector
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters

MODEL = "hand_landmark_lite"
POINTS_PX = 224
HANDS_A_HEAD = 2
SAME_HAND_IOU = 0.3
HAND_FROM = 0.5
"""The network's word from which a square shows a hand."""
BEYOND = 128
"""Grey past the image's edges."""


@dataclass(frozen=True, slots=True)
class HandSeen:
    """One hand in one frame: its upright box in px, and a network's own word of 0 to 1, which is no probability."""

    box_px: Box
    score: float


class HandDetector:
    """MediaPipe's palm detector on squares around heads, and its hand landmarks on each palm (models/README.md).

    Raises VfeedError `model_missing`.
    """

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._parameters = parameters
        self._palms, self._points = PalmDetector(), Network(model_path(MODEL))

    def find(self, image: PlanarImage, heads_px: Sequence[Box]) -> list[HandSeen]:
        """Return the hands around the heads of a frame, surest first, none twice, few."""
        palms: list[Palm] = []
        for palm in sorted((each for box in heads_px for each in self._around(image, box)), key=lambda it: -it.score):
            if all(iou(palm.box, other.box) < SAME_PALM_IOU for other in palms):
                palms.append(palm)
        kept: list[HandSeen] = []
        told = [self._hand(image, palm) for palm in palms]
        for hand in sorted(told, key=lambda hand: -hand.score):
            if hand.score >= HAND_FROM and all(iou(hand.box_px, other.box_px) < SAME_HAND_IOU for other in kept):
                kept.append(hand)
        return kept[:MOST_HANDS]

    def _around(self, image: PlanarImage, head_px: Box) -> list[Palm]:
        """The palms around a head, in px of the image."""
        side = round(self._parameters.hands_side_sizes * size(head_px))
        left, top = (round(middle - side / 2) for middle in centre(head_px))
        shown = _square(image, left, top, side)
        if shown is None:
            return []
        found = self._palms.find(shown, self._parameters.hands_least_score, HANDS_A_HEAD)
        return [_placed(palm, left, top, side) for palm in found]

    def _hand(self, image: PlanarImage, palm: Palm) -> HandSeen:
        crop = cut(image, palm.hand, (POINTS_PX, POINTS_PX)).transpose(2, 0, 1)[None]
        points, score = self._points.run(crop.astype(np.float32) / 255)
        from_middle = (points.reshape(-1, 3)[:, :2] / POINTS_PX - 0.5) * palm.hand.side_px
        at = from_middle @ to_image_frame(-palm.hand.roll_rad)[:2, :2].T + palm.hand.centre_px
        low, high = at.min(axis=0), at.max(axis=0)
        (x, y), (width, height) = low.tolist(), (high - low).tolist()
        return HandSeen((x, y, width, height), float(score[0, 0]))


def _placed(palm: Palm, left: int, top: int, side: int) -> Palm:
    """In px of the image, given where the square that it was found in lies."""
    x, y, width, height = palm.box
    across, down = palm.hand.centre_px
    hand = Region((left + across * side, top + down * side), palm.hand.side_px * side, palm.hand.roll_rad)
    return replace(palm, box=(left + x * side, top + y * side, width * side, height * side), hand=hand)


def _square(image: PlanarImage, left: int, top: int, side: int) -> Image | None:
    """The square of the image as the palm detector takes it, filled up with grey; None where it shows nothing of it.

    All in px of the image.
    """
    x, y, right, bottom = (
        max(0, left),
        max(0, top),
        min(image.width_px, left + side),
        min(image.height_px, top + side),
    )
    if right <= x or bottom <= y:
        return None
    low = [min(INPUT_PX - 1, round((at - start) * INPUT_PX / side)) for at, start in ((x, left), (y, top))]
    high = [round((at - start) * INPUT_PX / side) for at, start in ((right, left), (bottom, top))]
    square = np.full((INPUT_PX, INPUT_PX, 3), BEYOND, np.uint8)
    seen_px = max(1, high[0] - low[0]), max(1, high[1] - low[1])
    square[low[1] : low[1] + seen_px[1], low[0] : low[0] + seen_px[0]] = image.rgb(seen_px, (x, y, right, bottom))
    return square


class HandSearch:
    """Looks for hands a few times a second, in a thread of its own; closed when done."""

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._detector = HandDetector(parameters)
        self._parameters = parameters
        self._looked_us: int | None = None
        self._background: BackgroundWorker[list[HandSeen]] = BackgroundWorker("hands")

    def submit(self, image: PlanarImage, time_us: int, heads_px: Sequence[Box]) -> Future[list[HandSeen]] | None:
        """Return the hands around the heads, to be asked for when needed; None for a frame that is not looked at."""
        if not self._parameters.use_hands:
            return None
        if self._looked_us is not None and time_us - self._looked_us < self._parameters.hands_every_us:
            return None
        self._looked_us = time_us
        return self._background.submit(lambda: self._detector.find(image, heads_px))

    def close(self) -> None:
        """End the thread; what still waits is let go."""
        self._background.close()
