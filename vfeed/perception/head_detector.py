"""What a head detector finds, and the one interface behind which every detector stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box, iou

FloatArray = NDArray[np.floating[Any]]
Image = NDArray[np.uint8]

SAME_HEAD_IOU = 0.3
"""Two boxes that share more than this are one head: the overlap at which tiles were merged in the trials."""


@dataclass(frozen=True, slots=True)
class DetectedHead:
    """One head in one image, in pixels of that image (x right, y down).

    `box_px` is (x, y, width, height) of the face. `keypoints_px` is (6, 2): the person's right eye, left eye, nose tip,
    mouth, right ear, left ear; hidden ones are guesses, and those that the detector does not tell are NaN. `score` is
    the detector's own 0..1 and no probability.
    `detector` names the network that found it; `turned_deg` is how far it leans to the image's right by the turn
    (0, 90 or -90) of the image in which it was found.
    """

    box_px: Box
    keypoints_px: FloatArray
    score: float
    detector: str
    turned_deg: float = 0.0

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
        """Return the same head in an image whose origin lies `by_x_px`, `by_y_px` further left and up."""
        x, y, width, height = self.box_px
        keypoints = self.keypoints_px + np.array([by_x_px, by_y_px])
        return DetectedHead(
            (x + by_x_px, y + by_y_px, width, height), keypoints, self.score, self.detector, self.turned_deg
        )


class HeadDetector(Protocol):
    """Finds heads in an image; implementations hold networks and are closed when done."""

    def search(self, image_rgb: Image, *, rolled: bool = False) -> list[DetectedHead]:
        """Return every head in the image (h, w, 3) RGB, best first, none twice; `rolled` also looks for heads on
        their side.
        """
        ...

    def close(self) -> None:
        """Let go of the networks."""
        ...


class HeadFinder(Protocol):
    """Finds the heads that are followed, in images whose colours are not reckoned yet; closed when done."""

    def find(self, image: PlanarImage, *, rolled: bool = False) -> list[DetectedHead]:
        """As `HeadDetector.search`."""
        ...

    def find_near(self, image: PlanarImage, boxes_px: Sequence[Box]) -> list[DetectedHead]:
        """Return the heads at places where they are expected and nowhere else; none where that would save nothing."""
        ...

    def close(self) -> None:
        """Let go of the networks."""
        ...


def non_max_suppression(found: Sequence[DetectedHead], limit: float = SAME_HEAD_IOU) -> list[DetectedHead]:
    """Return the best-scored of each group of overlapping detections, best first."""
    kept: list[DetectedHead] = []
    for head in sorted(found, key=lambda head: -head.score):
        if all(iou(head.box_px, other.box_px) < limit for other in kept):
            kept.append(head)
    return kept
