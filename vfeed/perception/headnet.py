"""Head rotation all the way round, by a small network of our own (models/README.md, `head_pose`)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from vfeed.perception.geometry import yaw_pitch_deg
from vfeed.perception.heads import FloatArray, Image
from vfeed.perception.mesh import Region
from vfeed.perception.models import model_path
from vfeed.perception.pose import (
    ADULT_FACIAL_LINE_DEG,
    INFANT_FACIAL_LINE_DEG,
    MESH_SATURATES_FROM_DEG,
    MESH_SATURATION_SD,
    HeadPose,
)

MODEL = "head_pose"
INPUT_PX = 64
SIDE = 1.5
"""Side of the crop over the longer side of the head's box, as in training."""
LARGEST_CROP_PX = 192

SPREAD_SCALE = 1.4
"""Standard deviation over the stated spread, from people kept out of training and the tune set."""
LEAST_SD_DEG, LARGEST_SD_DEG = 3.0, 60.0
DISAGREE_FROM_SD = 2.0
"""Mesh and network further apart than this many standard deviations of their difference: one of them is wrong, and
what lies beyond is added to the uncertainty."""
FACE_HEIGHT_MM = 150.0
"""Height of an adult's box: how large the head is where no mesh tells it."""


@dataclass(frozen=True, slots=True)
class HeadReading:
    """What the network says of one crop.

    `box_px` is the face, or from about 75 degrees on more and more the whole head. `head` and `infant` are
    probabilities (0..1) that this is a head, and that it is an infant's. `pose` is about the line of sight.
    """

    box_px: tuple[float, float, float, float]
    pose: HeadPose
    head: float
    infant: float


class HeadNet:
    """The network, run on crops of a frame. Raises VfeedError `model_missing`."""

    def __init__(self) -> None:
        self._net = cv2.dnn.readNetFromONNX(str(model_path(MODEL)))

    def read(
        self, image_rgb: Image, boxes_px: Sequence[tuple[float, float, float, float]], rolls_deg: Sequence[float]
    ) -> list[HeadReading]:
        """Read the heads at `boxes_px` (x, y, width, height), which lean to the picture's right by `rolls_deg`."""
        if not boxes_px:
            return []
        places = [_around(box, roll) for box, roll in zip(boxes_px, rolls_deg, strict=True)]
        crops = np.stack([_cut(place, image_rgb) for place in places]).transpose(0, 3, 1, 2).astype(np.float32)
        self._net.setInput(np.ascontiguousarray(crops))
        numbers: Any = self._net.forward()
        return [_reading(place, row.astype(float)) for place, row in zip(places, numbers, strict=True)]


def _around(box_px: tuple[float, float, float, float], roll_deg: float) -> Region:
    x, y, width, height = box_px
    return Region((x + width / 2, y + height / 2), SIDE * max(width, height, 8.0), math.radians(roll_deg))


def _cut(place: Region, image_rgb: Image) -> Image:
    """The crop (64, 64, 3); beyond the picture's edge its last pixels are repeated."""
    size = int(np.clip(round(place.side_px), INPUT_PX, LARGEST_CROP_PX))
    matrix: FloatArray = np.asarray(
        cv2.getRotationMatrix2D(place.centre_px, math.degrees(place.roll_rad), size / place.side_px), np.float64
    )
    matrix[:, 2] += size / 2 - np.array(place.centre_px)
    crop = cv2.warpAffine(image_rgb, matrix, (size, size), borderMode=cv2.BORDER_REPLICATE)
    small: Image = cv2.resize(crop, (INPUT_PX, INPUT_PX), interpolation=cv2.INTER_AREA).astype(np.uint8)
    return small


def _reading(place: Region, row: FloatArray) -> HeadReading:
    """From fourteen numbers: front (3), up (3), logs of the spreads (2), head, infant, box (4).

    The network tells the true front; the metrics hold the front across the facial line, which leans.
    """
    front = _unit(row[:3])
    up = _unit(row[3:6] - (row[3:6] @ front) * front)
    angle = -place.roll_rad
    turn = np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1.0]])
    axes = turn @ np.stack([np.cross(up, front), up, front], axis=1)
    infant = _share(row[9])
    lean = math.radians(ADULT_FACIAL_LINE_DEG + (INFANT_FACIAL_LINE_DEG - ADULT_FACIAL_LINE_DEG) * infant)
    leaning = np.array([[1, 0, 0], [0, math.cos(lean), -math.sin(lean)], [0, math.sin(lean), math.cos(lean)]])
    spread = np.degrees(np.exp(np.clip(row[6:8], -5, 1))) * SPREAD_SCALE
    sd = np.clip(spread, LEAST_SD_DEG, LARGEST_SD_DEG)
    box = _box(place, row[10:14])
    pose = HeadPose(axes @ leaning, (float(sd[0]), float(sd[1])), box[3] / FACE_HEIGHT_MM)
    return HeadReading(box, pose, _share(row[8]), infant)


def _box(place: Region, where: FloatArray) -> tuple[float, float, float, float]:
    angle = place.roll_rad
    across, down = where[:2] * place.side_px
    width, height = np.exp(np.clip(where[2:], -3, 1)) * place.side_px
    if abs(math.sin(angle)) > abs(math.cos(angle)):
        width, height = height, width
    x = place.centre_px[0] + math.cos(angle) * across - math.sin(angle) * down
    y = place.centre_px[1] + math.sin(angle) * across + math.cos(angle) * down
    return float(x - width / 2), float(y - height / 2), float(width), float(height)


def joined(mesh: HeadPose, net: HeadPose) -> HeadPose:
    """Both readings in one, each weighed by the inverse of its variance; the mesh gives the size.

    The mesh does not follow a head beyond about 60 degrees, so its uncertainty grows with the turn that either states.
    """
    turned = max(turned_away_deg(mesh), turned_away_deg(net))
    beyond = MESH_SATURATION_SD * max(0.0, turned - MESH_SATURATES_FROM_DEG)
    mesh_sd, net_sd = np.hypot(mesh.sd_deg, beyond), np.array(net.sd_deg)
    way = cv2.Rodrigues(mesh.axes.T @ net.axes)[0].ravel()  # about the own left (pitch), up (yaw) and front (roll)
    weight = mesh_sd**2 / (mesh_sd**2 + net_sd**2)
    share = np.array([weight[1], weight[0], weight.mean()])
    axes = mesh.axes @ cv2.Rodrigues(way * share)[0]
    apart = np.degrees(np.abs(way[[1, 0]])) - DISAGREE_FROM_SD * np.hypot(mesh_sd, net_sd)
    sd = np.hypot(np.sqrt(weight) * net_sd, np.maximum(apart, 0) / 2)
    return replace(mesh, axes=axes, sd_deg=(float(sd[0]), float(sd[1])))


def roll_deg(pose: HeadPose) -> float:
    """How far the head leans to the picture's right, in degrees; 0 where it points at the lens or away with its top."""
    across, up = pose.axes[0, 1], pose.axes[1, 1]
    return math.degrees(math.atan2(across, up)) if math.hypot(across, up) > 0.4 else 0.0


def turned_away_deg(pose: HeadPose) -> float:
    """Angle between the front of the head and the line of sight to the lens, 0 to 180 degrees."""
    yaw, pitch = yaw_pitch_deg(pose.axes[:, 2])
    return math.degrees(math.acos(math.cos(math.radians(yaw)) * math.cos(math.radians(pitch))))


def _unit(vector: FloatArray) -> FloatArray:
    unit: FloatArray = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return unit


def _share(logit: float) -> float:
    return 1 / (1 + math.exp(-float(np.clip(logit, -30, 30))))
