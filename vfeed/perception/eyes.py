"""How far the eyes are turned in the head to the side, from the mesh's irises, and how much that may be believed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from vfeed.perception.heads import FloatArray
from vfeed.perception.pose import HeadPose

# Outer and inner corner, iris centre, upper and lower lid: the person's right eye, then the left.
_EYES = ((33, 133, 468, 159, 145), (263, 362, 473, 386, 374))

CORNERS_OVER_TURN = 3.0
"""Width between the corners of the eye (30 mm) over the iris's distance from the eye's centre of turning (10 mm)."""

LARGEST_TURN_DEG = 45.0
"""Eyes do not turn further; a larger reading is a misplaced iris."""

FULL_WEIGHT_TO_DEG, NO_WEIGHT_FROM_DEG = 20.0, 50.0
"""The iris follows the eye with R2 .97 in front, .94 at 15-30 degrees of head yaw and poorly at 60."""

NO_WEIGHT_BELOW_PX, FULL_WEIGHT_FROM_PX = 50.0, 100.0
"""Width of the face at which an iris moves by less than half a pixel, or by more than a pixel, for 5 degrees."""

IRIS_SD_DEG = 8.0
"""Error of a reading of full weight."""

CLOSED_BELOW = 0.12
"""Opening of the lids over the width of the eye below which the eye is taken to be shut."""


@dataclass(frozen=True, slots=True)
class EyeTurn:
    """Horizontal turn of the eyes in the head, in degrees, + to the person's left; and its weight, 0 to 1.

    Vertical turns are not given: irises hardly show them.
    """

    yaw_deg: float
    weight: float

    @property
    def sd_deg(self) -> float:
        """Standard deviation of the turn; infinite for no weight."""
        return IRIS_SD_DEG / math.sqrt(self.weight) if self.weight > 0 else math.inf


def eye_turn(landmarks: FloatArray, pose: HeadPose, face_px: float) -> EyeTurn:
    """Read both irises of the mesh (478, 3) in px, in the head's own axes."""
    points = (landmarks * [1.0, -1.0, -1.0]) @ pose.axes
    offsets, openings = [], []
    for outer, inner, iris, upper, lower in _EYES:
        width = np.linalg.norm(points[outer] - points[inner])
        offsets.append((points[iris, 0] - (points[outer, 0] + points[inner, 0]) / 2) / width)
        openings.append((points[upper, 1] - points[lower, 1]) / width)
    sine = CORNERS_OVER_TURN * float(np.mean(offsets))
    limit = np.sin(np.radians(LARGEST_TURN_DEG))
    opening = float(np.max(openings))
    yaw, pitch = pose.yaw_pitch_deg
    turned = float(np.hypot(yaw, pitch))
    weight = _falling(turned, FULL_WEIGHT_TO_DEG, NO_WEIGHT_FROM_DEG)
    weight *= 1.0 - _falling(face_px, NO_WEIGHT_BELOW_PX, FULL_WEIGHT_FROM_PX)
    if opening < CLOSED_BELOW or abs(sine) > limit:
        weight = 0.0
    return EyeTurn(float(np.degrees(np.arcsin(np.clip(sine, -limit, limit)))), weight)


def _falling(value: float, full: float, none: float) -> float:
    """1 up to `full`, 0 from `none`, straight between."""
    return float(np.clip((none - value) / (none - full), 0.0, 1.0))
