"""Head rotation all the way round, by a small network of our own (models/README.md, `head_pose`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from vfeed.media.planar_image import FloatArray, PlanarImage
from vfeed.perception.crops import Region, run_network, sigmoid, spread_deg, to_image_frame, unit
from vfeed.perception.head_pose import ADULT_FACIAL_LINE_DEG, INFANT_FACIAL_LINE_DEG, HeadPose
from vfeed.perception.models import model_path
from vfeed.perception.onnx_network import Network

MODEL = "head_pose"
INPUT_PX = 64
SIDE = 1.5
"""Side of the crop over the longer side of the head's box, as in training."""

SPREAD_SCALE = np.array([1.4, 2.0])
"""Standard deviation of yaw and pitch over the stated spread, from people kept out of training and the tune set."""
LEAST_SD_DEG, LARGEST_SD_DEG = 3.0, 60.0
SHORT_FROM_DEG, SHORT_BY = 86.0, 2.0
"""From so far off the lens on the network tells only one part in `SHORT_BY` of the turn that goes on: heads that are
turned 102, 107 and 112 degrees are told at 92, 94 and 97 (medians on the real-like tune set)."""
FACE_HEIGHT_MM = 150.0
"""Height of an adult's box: how large the head is."""


@dataclass(frozen=True, slots=True)
class HeadReading:
    """What the network says of one crop.

    `box_px` is the face, or from about 75 degrees on more and more the whole head. `head` and `infant` are
    probabilities (0..1) that this is a head, and that it is an infant's; `covered` is the share of the box that
    something before the head hides. `pose` is about the line of sight.
    """

    box_px: tuple[float, float, float, float]
    pose: HeadPose
    head: float
    infant: float
    covered: float


class HeadPoseNetwork:
    """The network, run on crops of a frame. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._net = Network(model_path(MODEL))

    def read(
        self, image: PlanarImage, boxes_px: Sequence[tuple[float, float, float, float]], rolls_deg: Sequence[float]
    ) -> list[HeadReading]:
        """Read the heads at `boxes_px` (x, y, width, height), which lean to the image's right by `rolls_deg`."""
        if not boxes_px:
            return []
        places = [_around(box, roll) for box, roll in zip(boxes_px, rolls_deg, strict=True)]
        rows = run_network(self._net, image, places, (INPUT_PX, INPUT_PX))
        return [_reading(place, row) for place, row in zip(places, rows, strict=True)]


def _around(box_px: tuple[float, float, float, float], roll_deg: float) -> Region:
    x, y, width, height = box_px
    return Region((x + width / 2, y + height / 2), SIDE * max(width, height, 8.0), math.radians(roll_deg))


def _reading(place: Region, row: FloatArray) -> HeadReading:
    """From fifteen numbers: front (3), up (3), logs of the spreads (2), head, infant, box (4), share covered.

    The network tells the true front; the metrics hold the front across the facial line, which leans.
    """
    front = unit(row[:3])
    up = unit(row[3:6] - (row[3:6] @ front) * front)
    axes = to_image_frame(place.roll_rad) @ np.array([_cross(up, front), up, front]).T
    infant = sigmoid(row[9])
    lean = math.radians(ADULT_FACIAL_LINE_DEG + (INFANT_FACIAL_LINE_DEG - ADULT_FACIAL_LINE_DEG) * infant)
    leaning = np.array([[1, 0, 0], [0, math.cos(lean), -math.sin(lean)], [0, math.sin(lean), math.cos(lean)]])
    sd = np.clip(spread_deg(row[6:8], SPREAD_SCALE), LEAST_SD_DEG, LARGEST_SD_DEG)
    box = _box(place, row[10:14])
    pose = full_turn(HeadPose(axes @ leaning, (float(sd[0]), float(sd[1])), box[3] / FACE_HEIGHT_MM))
    return HeadReading(box, pose, sigmoid(row[8]), infant, sigmoid(row[14]))


def _cross(one: FloatArray, other: FloatArray) -> list[float]:
    """As numpy's, which takes ten times as long for a pair."""
    (x, y, z), (right, up, ahead) = one.tolist(), other.tolist()
    return [y * ahead - z * up, z * right - x * ahead, x * up - y * right]


def _box(place: Region, where: FloatArray) -> tuple[float, float, float, float]:
    angle = place.roll_rad
    across, down = where[:2] * place.side_px
    width, height = np.exp(np.clip(where[2:], -3, 1)) * place.side_px
    if abs(math.sin(angle)) > abs(math.cos(angle)):
        width, height = height, width
    x = place.centre_px[0] + math.cos(angle) * across - math.sin(angle) * down
    y = place.centre_px[1] + math.sin(angle) * across + math.cos(angle) * down
    return float(x - width / 2), float(y - height / 2), float(width), float(height)


def roll_deg(pose: HeadPose) -> float:
    """Return how far the head leans to the image's right, in degrees; 0 where it points at the lens or away with its
    top.
    """
    across, up = pose.axes[0, 1], pose.axes[1, 1]
    return math.degrees(math.atan2(across, up)) if math.hypot(across, up) > 0.4 else 0.0


def full_turn(pose: HeadPose) -> HeadPose:
    """Return the pose with the whole of a turn of which the network tells a part; its spread grows as the turn does."""
    short = turned_away_deg(pose) - SHORT_FROM_DEG
    if short <= 0:
        return pose
    front = pose.axes[:, 2]
    axis = unit(np.array([-front[1], front[0], 0.0]))
    turn: FloatArray = np.asarray(cv2.Rodrigues(axis * math.radians((SHORT_BY - 1) * short))[0], np.float64)
    return replace(pose, axes=turn @ pose.axes, sd_deg=(SHORT_BY * pose.sd_deg[0], pose.sd_deg[1]))


def turned_away_deg(pose: HeadPose) -> float:
    """Return the angle between the front of the head and the line of sight to the lens, 0 to 180 degrees."""
    return math.degrees(math.acos(min(1.0, max(-1.0, float(pose.axes[2, 2])))))
