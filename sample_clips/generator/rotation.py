"""Rotations of the scene: y is up, x is the picture's right when the camera looks along -z; angles in degrees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def about(axis: Array, angle_deg: float) -> Array:
    """Return the (3, 3) right-handed rotation about `axis` (3,), which need not have length 1."""
    unit = axis / np.linalg.norm(axis)
    x, y, z = unit
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.deg2rad(angle_deg)
    turned: Array = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return turned


def about_x(angle_deg: float) -> Array:
    """Return the rotation about the x axis."""
    return about(np.array([1.0, 0, 0]), angle_deg)


def about_y(angle_deg: float) -> Array:
    """Return the rotation about the y axis."""
    return about(np.array([0, 1.0, 0]), angle_deg)


def about_z(angle_deg: float) -> Array:
    """Return the rotation about the z axis."""
    return about(np.array([0, 0, 1.0]), angle_deg)


def turned(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Array:
    """Return a head's or body's rotation: yaw > 0 towards its own left, pitch > 0 up, roll last."""
    return about_y(yaw_deg) @ about_x(-pitch_deg) @ about_z(roll_deg)


def axis_angle(rotation: Array) -> tuple[Array, float]:
    """Return the axis (3,) and angle in degrees of a (3, 3) rotation; the axis of no rotation is x."""
    angle = float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))
    if angle < 1e-5:
        return np.array([1.0, 0, 0]), 0.0
    axis = np.array(
        [
            rotation[2, 1] - rotation[1, 2],
            rotation[0, 2] - rotation[2, 0],
            rotation[1, 0] - rotation[0, 1],
        ]
    )
    return axis / np.linalg.norm(axis), angle


def direction(yaw_deg: float, pitch_deg: float) -> Array:
    """Return the unit vector that lies `yaw_deg` to the left and `pitch_deg` above straight ahead (+z)."""
    yaw, pitch = np.deg2rad(yaw_deg), np.deg2rad(pitch_deg)
    return np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])


def yaw_pitch_deg(vector: Array) -> tuple[float, float]:
    """Return yaw and pitch of a vector (3,): the inverse of `direction`."""
    x, y, z = vector / np.linalg.norm(vector)
    return float(np.degrees(np.arctan2(x, z))), float(np.degrees(np.arcsin(np.clip(y, -1, 1))))


def angle_between_deg(one: Array, other: Array) -> float:
    """Return the angle between two vectors (3,) in degrees."""
    cosine = one @ other / (np.linalg.norm(one) * np.linalg.norm(other))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def minimum_jerk(share: float) -> float:
    """Return how far a smooth reach from 0 to 1 has come at `share` of its time (clamped to 0..1)."""
    u = min(max(share, 0.0), 1.0)
    return u**3 * (10 - 15 * u + 6 * u * u)
