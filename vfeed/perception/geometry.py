"""Directions in front of a camera: lines of sight, yaw and pitch, and what the field of view is taken to be.

Camera frame everywhere: x to the image's right, y up, z from the scene to the camera. A head that faces the lens looks
along the line of sight from itself to the lens, which is +z only in the middle of the image.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]

LONG_SIDE_FIELD_OF_VIEW_DEG = 62.0
"""Field of view along the longer side when neither clip nor person says: a phone's main camera filming 16:9, which is
about 30 mm in 35-mm terms after stabilisation (2 atan(18 / 30)). 10 degrees of error move the edge's line of sight
by 5."""


class ViewFrom(IntEnum):
    """Where a clip's field of view was taken from; the numbers are stored in metrics.npz (array `view_from`)."""

    DEFAULT = 0
    FILE = 1
    PERSON = 2


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """The camera's field of view along the longer side, degrees, and where it was taken from."""

    deg: float = LONG_SIDE_FIELD_OF_VIEW_DEG
    source: ViewFrom = ViewFrom.DEFAULT

    @classmethod
    def of(cls, by_file_deg: float | None, by_person_deg: float | None = None) -> FieldOfView:
        """Return what a person gave, else what the file says, else the default."""
        if by_person_deg is not None:
            return cls(by_person_deg, ViewFrom.PERSON)
        return cls() if by_file_deg is None else cls(by_file_deg, ViewFrom.FILE)


DEFAULT_VIEW = FieldOfView()


def focal_length_px(width_px: int, height_px: int, field_of_view_deg: float = LONG_SIDE_FIELD_OF_VIEW_DEG) -> float:
    """Return the focal length in px from the field of view along the longer side.

    >>> round(focal_length_px(1280, 720, 90.0))
    640
    """
    return max(width_px, height_px) / 2 / math.tan(math.radians(field_of_view_deg) / 2)


def field_of_view_deg(width_px: int, height_px: int, focal_px: float) -> float:
    """Return the inverse of `focal_length_px`.

    >>> round(field_of_view_deg(1280, 720, 640.0))
    90
    """
    return 2 * math.degrees(math.atan(max(width_px, height_px) / 2 / focal_px))


def rays(points_px: FloatArray, width_px: int, height_px: int, focal_px: float) -> FloatArray:
    """Return unit vectors (..., 3) from the lens to points (..., 2) px of the image; NaN stays NaN.

    >>> rays(np.array([640.0, 360.0]), 1280, 720, 1000.0).tolist()
    [0.0, 0.0, -1.0]
    """
    x = points_px[..., 0] - width_px / 2
    y = height_px / 2 - points_px[..., 1]
    ray = np.stack([x, y, np.full_like(x, -focal_px)], axis=-1)
    unit: FloatArray = ray / np.linalg.norm(ray, axis=-1, keepdims=True) + 0.0
    return unit


def to_sight(vectors: FloatArray, ray: FloatArray) -> FloatArray:
    """Return camera-frame vectors (..., 3) as a viewer who looks straight at the head sees them.

    `ray` (..., 3) is the unit vector from the lens to the head. After the turn a vector at the lens is (0, 0, 1).
    """
    return _turned(vectors, ray, back=False)


def from_sight(vectors: FloatArray, ray: FloatArray) -> FloatArray:
    """Return the inverse of `to_sight`: vectors measured about the line of sight, in the camera frame."""
    return _turned(vectors, ray, back=True)


def _turned(vectors: FloatArray, ray: FloatArray, *, back: bool) -> FloatArray:
    """Rodrigues turn between +z and the direction from head to lens, by the shortest way."""
    lens = -ray
    cos = lens[..., 2:3]
    axis = np.stack([-lens[..., 1], lens[..., 0], np.zeros_like(lens[..., 0])], axis=-1)
    if not back:
        axis = -axis
    cross = np.cross(axis, vectors)
    turned: FloatArray = vectors * cos + cross + axis * np.sum(axis * vectors, axis=-1, keepdims=True) / (1 + cos)
    return turned


def yaw_pitch_deg(vectors: FloatArray) -> FloatArray:
    """Return yaw and pitch (..., 2) in degrees of vectors (..., 3); +yaw to the image's right, +pitch up.

    >>> yaw_pitch_deg(np.array([1.0, 0.0, 0.0])).tolist()
    [90.0, 0.0]
    """
    length = np.linalg.norm(vectors, axis=-1)
    yaw = np.degrees(np.arctan2(vectors[..., 0], vectors[..., 2]))
    pitch = np.degrees(np.arcsin(np.clip(vectors[..., 1] / np.where(length > 0, length, np.nan), -1, 1)))
    return np.stack([yaw, pitch], axis=-1)


def direction(yaw_deg: FloatArray, pitch_deg: FloatArray) -> FloatArray:
    """Return unit vectors (..., 3) from yaw and pitch in degrees; the inverse of `yaw_pitch_deg`.

    >>> direction(np.array(0.0), np.array(90.0)).round(6).tolist()
    [0.0, 1.0, 0.0]
    """
    yaw, pitch = np.radians(yaw_deg), np.radians(pitch_deg)
    return np.stack([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], axis=-1)
