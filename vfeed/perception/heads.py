"""What a head detector finds, and the one interface behind which every detector stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]
Image = NDArray[np.uint8]

SAME_HEAD_IOU = 0.3
"""Two boxes that share more than this are one head: the overlap at which tiles were merged in the trials."""


@dataclass(frozen=True, slots=True)
class DetectedHead:
    """One head in one picture, in pixels of that picture (x right, y down).

    `box_px` is (x, y, width, height) of the face. `keypoints_px` is (6, 2): the person's right eye, left eye, nose tip,
    mouth, right ear, left ear; hidden ones are guesses, and those that the detector does not tell are NaN. `score` is
    the detector's own 0..1 and no probability.
    `detector` names the network that found it.
    """

    box_px: tuple[float, float, float, float]
    keypoints_px: FloatArray
    score: float
    detector: str

    @property
    def centre_px(self) -> tuple[float, float]:
        """Middle of the box."""
        x, y, width, height = self.box_px
        return x + width / 2, y + height / 2

    @property
    def size_px(self) -> float:
        """The longer side of the box."""
        return max(self.box_px[2:])

    def moved(self, by_x_px: float, by_y_px: float) -> DetectedHead:
        """The same head in a picture whose origin lies `by_x_px`, `by_y_px` further left and up."""
        x, y, width, height = self.box_px
        keypoints = self.keypoints_px + np.array([by_x_px, by_y_px])
        return DetectedHead((x + by_x_px, y + by_y_px, width, height), keypoints, self.score, self.detector)


class HeadDetector(Protocol):
    """Finds heads in a picture; implementations hold networks and are closed when done."""

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """Every head in the picture (h, w, 3), best first, none twice; `rolled` also looks for heads on their side."""
        ...

    def look_at(
        self,
        image_rgb: Image,
        centre_px: tuple[float, float],
        size_px: float,
        *,
        rolled: bool = False,
        thorough: bool = True,
    ) -> list[DetectedHead]:
        """The heads near `centre_px` of about `size_px`: cheap, to confirm one that is known.

        `thorough` spends more, to find again one that was lost, and gives the best keypoints there are.
        """
        ...

    def close(self) -> None:
        """Let go of the networks."""
        ...


def iou(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> float:
    """Shared area over covered area of two boxes (x, y, width, height).

    >>> iou((0, 0, 2, 2), (1, 0, 2, 2))
    0.3333333333333333
    """
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (a[2] * a[3] + b[2] * b[3] - width * height)


def one_each(found: Sequence[DetectedHead], limit: float = SAME_HEAD_IOU) -> list[DetectedHead]:
    """Non-maximum suppression: the best-scored of each group of overlapping heads, best first."""
    kept: list[DetectedHead] = []
    for head in sorted(found, key=lambda head: -head.score):
        if all(iou(head.box_px, other.box_px) < limit for other in kept):
            kept.append(head)
    return kept
