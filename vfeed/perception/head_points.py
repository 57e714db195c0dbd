"""A second reading of where a head is turned, from the detector's own points: independent of the head network."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from vfeed.perception.boxes import size
from vfeed.perception.heads import DetectedHead
from vfeed.perception.parameters import PerceptionParameters
from vfeed.perception.pose import HeadPose

RIGHT_EYE, LEFT_EYE, NOSE = 0, 1, 2
DISAGREE_FROM_SD = 2.0
"""Two readings further apart than this many standard deviations of their difference: one of them is wrong."""
NOSE_OFFSETS = (0.0, 0.09, 0.27, 0.39, 0.45, 0.52)
"""How far the nose lies from the box's middle, in widths of the box..."""
YAWS_DEG = (0.0, 11.0, 33.0, 54.0, 70.0, 90.0)
"""...and the yaw that goes with it: medians over YuNet-s on the rendered sample clips (correlation .975)."""
NEAR_SD_DEG, FAR_SD_DEG, FAR_FROM_DEG = 12.0, 22.0, 50.0
"""Spread of the yaw told so, near the lens and from `FAR_FROM_DEG` on, where the points crowd. On rendered heads it is
half of that; on real heads the offset separates looks at the partner with AUC .93 (infants) and .90 (parents)."""


@dataclass(frozen=True, slots=True)
class YawReading:
    """A head's yaw from the line of sight, + to the image's right, and its standard deviation, degrees."""

    yaw_deg: float
    sd_deg: float


def roll_of_deg(head: DetectedHead, parameters: PerceptionParameters) -> float:
    """Return how far a detected head leans to the picture's right, degrees, by its eyes or by the turned search.

    Of a head that stands nearly upright, or shows too little of its eyes, 0 or what the search says.
    """
    across, down = head.keypoints_px[LEFT_EYE] - head.keypoints_px[RIGHT_EYE]
    if not math.hypot(across, down) >= parameters.eyes_apart_share * size(head.box_px):
        return head.turned_deg
    roll = math.degrees(math.atan2(down, across))
    return roll if abs(roll) >= parameters.least_roll_deg else head.turned_deg


def yaw_by_nose(head: DetectedHead, roll_deg: float) -> YawReading | None:
    """Return the yaw that the nose's place in the box tells; None for a head that leans, or where no nose is told."""
    x, _, width, _ = head.box_px
    offset = (float(head.keypoints_px[NOSE, 0]) - x - width / 2) / max(width, 1e-6)
    if roll_deg or not math.isfinite(offset):
        return None
    yaw = float(np.interp(abs(offset), NOSE_OFFSETS, YAWS_DEG))
    sd = NEAR_SD_DEG + (FAR_SD_DEG - NEAR_SD_DEG) * min(1.0, yaw / FAR_FROM_DEG)
    return YawReading(math.copysign(yaw, offset), sd)


def fused(pose: HeadPose, points: YawReading) -> HeadPose:
    """Return the head network's pose with its yaw weighed against the points' by the inverse of the variances.

    Where both are further apart than `DISAGREE_FROM_SD` standard deviations of their difference, what lies beyond is
    added to the network's spread first, so that a network that has gone astray is outvoted, and the result is vague.
    """
    yaw, sd = pose.yaw_pitch_deg[0], pose.sd_deg[0]
    apart = (points.yaw_deg - yaw + 180) % 360 - 180
    excess = max(0.0, abs(apart) - DISAGREE_FROM_SD * math.hypot(sd, points.sd_deg))
    astray = math.hypot(sd, excess)
    weight = astray**2 / (astray**2 + points.sd_deg**2)
    joined_sd = math.hypot(math.sqrt(weight) * points.sd_deg, excess / 2)
    return replace(turned(pose, weight * apart), sd_deg=(joined_sd, pose.sd_deg[1]))


def turned(pose: HeadPose, by_yaw_deg: float) -> HeadPose:
    """Return the pose turned about the vertical, + to the image's right."""
    cos, sin = math.cos(math.radians(by_yaw_deg)), math.sin(math.radians(by_yaw_deg))
    turn = np.array([[cos, 0.0, sin], [0.0, 1.0, 0.0], [-sin, 0.0, cos]])
    return replace(pose, axes=turn @ pose.axes)
