"""How far a head leans, from the detector's own points."""

from __future__ import annotations

import math

from vfeed.perception.boxes import size
from vfeed.perception.head_detector import DetectedHead
from vfeed.perception.parameters import PerceptionParameters

RIGHT_EYE, LEFT_EYE = 0, 1


def roll_of_deg(head: DetectedHead, parameters: PerceptionParameters) -> float:
    """Return how far a detected head leans to the image's right, degrees, by its eyes or by the turned search.

    Of a head that stands nearly upright, or shows too little of its eyes, 0 or what the search says.
    """
    across, down = head.keypoints_px[LEFT_EYE] - head.keypoints_px[RIGHT_EYE]
    if not math.hypot(across, down) >= parameters.eyes_apart_share * size(head.box_px):
        return head.turned_deg
    roll = math.degrees(math.atan2(down, across))
    return roll if abs(roll) >= parameters.least_roll_deg else head.turned_deg
