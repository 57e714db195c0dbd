"""Where the eyes point, both ways, by a small network of our own (models/README.md, `gaze`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vfeed.media.planar_image import FloatArray, PlanarImage
from vfeed.perception.crops import Region, run_network, sigmoid, spread_deg, to_image_frame, unit
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network

MODEL = "gaze"
INPUT_PX = 112, 64
WIDTH, ABOVE = 0.9, 0.02
"""Width of the crop and how far its middle lies above the box's, in the longer side of the head's box, as trained."""

ADULT_READ_TO_DEG, INFANT_READ_TO_DEG = 45.0, 90.0
"""Turned further from the lens, a head shows too little of its eyes: an adult's are smaller in the head and lie deeper.
On people whom no training saw, filmed as at home, eyes in the head are read 14 degrees off (nothing read: 19) for
infants turned 60 to 90 degrees, and 17 (18) for adults."""
READ_FROM_PX = 40.0
"""Longer side of the head's box below which an eye is 5 px wide."""
SPREAD_SCALE = np.array([1.8, 2.0])
"""Standard deviation of yaw and pitch over the stated spread, from the tune set."""
LEAST_SD_DEG, LARGEST_SD_DEG = np.array([5.0, 15.0]), 60.0
"""Least spread of yaw and pitch. Up and down a lid says as much as the iris, and rendered lids are not real ones: of a
real adult it tells 16 degrees too much."""
ONE_PX_DEG = 500.0
"""By how much a px more or less at the iris turns the gaze, in degrees times the longer side of the head's box in px:
no eye is read more finely to the side (the eye's radius is a tenth of a face's height). Without it the true gaze lay
within the stated 90 % in .84 of the frames of the real-like tune set and clips drawn like it, with it in .91."""
LIDS_OPEN_FROM, UNREAD_FROM_SD_DEG = 0.5, 25.0
"""Probability of open lids from which a gaze is told, and spread to the side from which it is not: such a gaze says no
more than the head does."""


def read_to_deg(infant: float) -> float:
    """Return how far a head may be turned from the lens for its eyes to be read, given that it may be an infant's."""
    return ADULT_READ_TO_DEG + (INFANT_READ_TO_DEG - ADULT_READ_TO_DEG) * infant


@dataclass(frozen=True, slots=True)
class GazeReading:
    """Where both eyes point on average.

    `direction` (3,) is a unit vector about the line of sight (x right, y up, z to the lens); `sd_deg` the standard
    deviations of its yaw and pitch, taken as independent; `lids_open` the probability (0..1) that the lids are open.
    """

    direction: FloatArray
    sd_deg: tuple[float, float]
    lids_open: float

    @property
    def readable(self) -> bool:
        """Whether the eyes are open and clear enough for their direction to be told."""
        return self.lids_open >= LIDS_OPEN_FROM and self.sd_deg[0] < UNREAD_FROM_SD_DEG


class GazeNetwork:
    """The network, run on crops of a frame. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._net = Network(model_path(MODEL))

    def read(
        self, image: PlanarImage, boxes_px: Sequence[tuple[float, float, float, float]], rolls_deg: Sequence[float]
    ) -> list[GazeReading]:
        """Read the eyes of the heads at `boxes_px`, the head network's, which lean to the right by `rolls_deg`."""
        if not boxes_px:
            return []
        places = [_of_eyes(box, math.radians(roll)) for box, roll in zip(boxes_px, rolls_deg, strict=True)]
        rows = run_network(self._net, image, places, INPUT_PX)
        return [_reading(place, row) for place, row in zip(places, rows, strict=True)]


def _of_eyes(box_px: tuple[float, float, float, float], roll_rad: float) -> Region:
    x, y, width, height = box_px
    side = max(width, height, 8.0)
    up = ABOVE * side
    centre = x + width / 2 + math.sin(roll_rad) * up, y + height / 2 - math.cos(roll_rad) * up
    return Region(centre, WIDTH * side, roll_rad)


def _reading(place: Region, row: FloatArray) -> GazeReading:
    """From eight numbers: direction (3), logs of the spreads (2), lids shut; the last two served the training alone."""
    sd = np.clip(spread_deg(row[3:5], SPREAD_SCALE), LEAST_SD_DEG, LARGEST_SD_DEG)
    sd[0] = min(LARGEST_SD_DEG, math.hypot(sd[0], ONE_PX_DEG * WIDTH / place.side_px))
    return GazeReading(
        to_image_frame(place.roll_rad) @ unit(row[:3]), (float(sd[0]), float(sd[1])), 1 - sigmoid(row[5])
    )
