"""How a head is turned and how large it is, whoever tells it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vfeed.perception.head_detector import FloatArray

INFANT_FACIAL_LINE_DEG, ADULT_FACIAL_LINE_DEG = 8.0, 3.0
"""By how much the facial line (from chin up to the root of the nose) leans, more in infants, whose chin lies further
back. Poses hold the front across that line; the dyad's rules take the lean off where the roles are known."""


@dataclass(frozen=True, slots=True)
class HeadPose:
    """A head's rotation about the line of sight to it, and its size.

    `axes` is (3, 3): columns are the head's left, up and forward as unit vectors (x right, y up, z to the lens) for a
    viewer looking straight at the head. `sd_deg` is the standard deviation of (yaw, pitch). `px_per_mm` is the size of
    the image of a head of adult size: a child's head reads smaller, as one further off would.
    """

    axes: FloatArray
    sd_deg: tuple[float, float]
    px_per_mm: float

    @property
    def yaw_pitch_deg(self) -> tuple[float, float]:
        """Where the face points, from the line of sight: (0, 0) is at the lens, +yaw image right, +pitch up."""
        right, up, ahead = self.axes[:, 2].tolist()
        return math.degrees(math.atan2(right, ahead)), math.degrees(math.asin(min(1.0, max(-1.0, up))))
