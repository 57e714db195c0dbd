"""The eyeball: a sphere with a corneal bulge, drawn by its own shader from the direction of each point."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sample_clips.generator.meshdata import base_mesh, joint
from sample_clips.generator.rotation import Array

IRIS_MM_ADULT, IRIS_MM_INFANT = 11.8, 10.8
"""Diameter of the visible iris."""
PUPIL_SHARE = 0.42
RINGS, SPOKES = 36, 40


def sphere() -> tuple[Array, NDArray[np.int64]]:
    """Return unit directions (N, 3) about the optical axis +z, finest in front, and triangles (M, 3)."""
    polar = np.concatenate([np.linspace(0, 0.75, 18), np.linspace(0.75, 2.2, RINGS - 17)[1:]])
    around = np.linspace(0, 2 * np.pi, SPOKES, endpoint=False)
    theta, phi = np.meshgrid(polar, around, indexing="ij")
    points = np.stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)], axis=-1)
    ring, spoke = np.meshgrid(np.arange(len(polar) - 1), np.arange(SPOKES), indexing="ij")
    a, b = ring * SPOKES + spoke, ring * SPOKES + (spoke + 1) % SPOKES
    c, d = a + SPOKES, b + SPOKES
    faces = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
    return points.reshape(-1, 3), faces


def sockets(vertices: Array) -> list[tuple[Array, float]]:
    """Return centre (3,) and radius of the left and the right eye in a body's own units (dm)."""
    found = []
    for side in ("l", "r"):
        shell = vertices[np.unique(base_mesh().groups[f"helper-{side}-eye"][0])]
        found.append((joint(vertices, f"joint-{side}-eye"), float(np.ptp(shell[:, 0]) + np.ptp(shell[:, 1])) / 4))
    return found


def iris_half_angle(radius_dm: float, scale: float, infant: bool) -> float:
    """Return the angle in radians from the optical axis to the limbus."""
    iris_mm = IRIS_MM_INFANT if infant else IRIS_MM_ADULT
    return float(np.arcsin(min(0.9, iris_mm / 200 / (radius_dm * scale))))


def bulged(directions: Array, radius: float) -> Array:
    """Return the eyeball's points (N, 3) for unit directions: a sphere with the cornea standing out."""
    theta = np.arccos(np.clip(directions[:, 2], -1, 1))
    points: Array = directions * (radius * (1 + 0.055 * np.exp(-((theta / 0.40) ** 2))))[:, None]
    return points


def lid_shade(local: Array, radius: float, gaze_pitch_deg: float) -> Array:
    """Return how light (N,) reaches eye points (N, 3, head axes): dark towards the corners and under the upper lid."""
    across = np.degrees(np.arctan2(local[:, 0], local[:, 2]))
    up = np.degrees(np.arcsin(np.clip(local[:, 1] / radius, -1, 1)))
    far = np.sqrt((across / 55) ** 2 + ((up + 4 - 0.3 * gaze_pitch_deg) / 30) ** 2)
    corner = np.clip((far - 0.45) / 0.70, 0, 1)
    under_lid = np.clip((up - 0.4 * gaze_pitch_deg - 2) / 14, 0, 1)
    shade: Array = (1 - 0.62 * corner * corner * (3 - 2 * corner)) * (1 - 0.35 * under_lid)
    return shade
