"""Where hands are, around the heads: what is held beside a face is looked at where the hand is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from vfeed.media.picture import Image, Picture
from vfeed.perception.background import Background
from vfeed.perception.boxes import Box, centre, iou, size
from vfeed.perception.framework import Hands
from vfeed.perception.metrics import MOST_HANDS
from vfeed.perception.models import verified_models
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.quiet import native_silence

HANDS_A_HEAD = 2
SAME_HAND_IOU = 0.3
BEYOND = 128
"""Grey past the picture's edges."""


@dataclass(frozen=True, slots=True)
class HandSeen:
    """One hand in one frame: its upright box in px, and the detector's own word of 0 to 1, which is no probability."""

    box_px: Box
    score: float


class HandDetector:
    """MediaPipe's palm detector and hand landmarks (models/README.md), on squares around heads.

    Closed when done. Raises VfeedError `model_missing`.
    """

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        verified_models()
        self._parameters = parameters
        self._has_spoken = False
        with native_silence():
            self._hands = Hands(
                static_image_mode=True,
                max_num_hands=HANDS_A_HEAD,
                model_complexity=0,
                min_detection_confidence=parameters.hands_least_score,
            )
            self._hands.process(np.full((parameters.hands_side_px, parameters.hands_side_px, 3), BEYOND, np.uint8))

    def find(self, picture: Picture, heads_px: Sequence[Box]) -> list[HandSeen]:
        """Return the hands around the heads of a frame, surest first, none twice, few."""
        found = [hand for box in heads_px for hand in self._around(picture, box)]
        kept: list[HandSeen] = []
        for hand in sorted(found, key=lambda hand: -hand.score):
            if all(iou(hand.box_px, other.box_px) < SAME_HAND_IOU for other in kept):
                kept.append(hand)
        return kept[:MOST_HANDS]

    def close(self) -> None:
        """Let go of the networks."""
        self._hands.close()

    def _around(self, picture: Picture, head_px: Box) -> list[HandSeen]:
        side = round(self._parameters.hands_side_sizes * size(head_px))
        left, top = (round(middle - side / 2) for middle in centre(head_px))
        shown = _square(picture, left, top, side, min(side, self._parameters.hands_side_px))
        if shown is None:
            return []
        with nullcontext() if self._has_spoken else native_silence():
            told = self._hands.process(shown)
        self._has_spoken = self._has_spoken or bool(told.multi_hand_landmarks)
        hands = []
        for points, which in zip(told.multi_hand_landmarks or (), told.multi_handedness or (), strict=True):
            at = side * np.array([(point.x, point.y) for point in points.landmark])
            low, high = at.min(axis=0), at.max(axis=0)
            box = (left + float(low[0]), top + float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))
            hands.append(HandSeen(box, float(which.classification[0].score)))
        return hands


def _square(picture: Picture, left: int, top: int, side: int, shown_px: int) -> Image | None:
    """The square of the picture at `shown_px` a side, filled up with grey; None where it shows nothing of the picture.

    All in px of the picture but `shown_px`.
    """
    x, y, right, bottom = (
        max(0, left),
        max(0, top),
        min(picture.width_px, left + side),
        min(picture.height_px, top + side),
    )
    if right <= x or bottom <= y:
        return None
    low = [min(shown_px - 1, round((at - start) * shown_px / side)) for at, start in ((x, left), (y, top))]
    high = [round((at - start) * shown_px / side) for at, start in ((right, left), (bottom, top))]
    square = np.full((shown_px, shown_px, 3), BEYOND, np.uint8)
    seen_px = max(1, high[0] - low[0]), max(1, high[1] - low[1])
    square[low[1] : low[1] + seen_px[1], low[0] : low[0] + seen_px[0]] = picture.shown(seen_px, (x, y, right, bottom))
    return square


class HandSearch:
    """Looks for hands a few times a second, in a thread of its own; closed when done."""

    def __init__(self, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._detector = HandDetector(parameters)
        self._parameters = parameters
        self._looked_us: int | None = None
        self._background: Background[list[HandSeen]] = Background("hands")

    def submit(self, picture: Picture, time_us: int, heads_px: Sequence[Box]) -> Future[list[HandSeen]] | None:
        """Return the hands around the heads, to be asked for when needed; None for a frame that is not looked at."""
        if not self._parameters.use_hands:
            return None
        if self._looked_us is not None and time_us - self._looked_us < self._parameters.hands_every_us:
            return None
        self._looked_us = time_us
        return self._background.submit(lambda: self._detector.find(picture, heads_px))

    def close(self) -> None:
        """End the thread; what still waits is let go."""
        self._background.close()
        self._detector.close()
