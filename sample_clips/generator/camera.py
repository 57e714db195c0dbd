"""Cameras: from a shot to the view and projection matrices, and points in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_clips.generator.recipe import Recipe, Shot
from sample_clips.generator.rotation import Array, about_x, about_y

NEAR_M, FAR_M = 0.08, 9.0
STAND_M, HELD_M = 0.30, 0.12
"""How far to the front of the partner's head a camera on a stand, or one held in the hand, films a face."""


@dataclass(frozen=True)
class Camera:
    """A pinhole camera: view (4, 4) and projection (4, 4), the part of the picture it fills, whom it is there for.

    `left_px` is where its picture starts; `people` are the people whose truth refers to this camera.
    """

    view: Array
    projection: Array
    left_px: int
    width_px: int
    height_px: int
    people: tuple[str, ...]

    @property
    def position(self) -> Array:
        """Where the camera stands in the world (3,), metres."""
        place: Array = -self.view[:3, :3].T @ self.view[:3, 3]
        return place

    def project(self, points: Array) -> Array:
        """Return picture positions (N, 2) in px of world points (N, 3); NaN behind the camera."""
        clip = np.c_[points, np.ones(len(points))] @ (self.projection @ self.view).T
        with np.errstate(divide="ignore", invalid="ignore"):
            x = (clip[:, 0] / clip[:, 3] * 0.5 + 0.5) * self.width_px + self.left_px
            y = (0.5 - clip[:, 1] / clip[:, 3] * 0.5) * self.height_px
        found: Array = np.where((clip[:, 3] > NEAR_M)[:, None], np.c_[x, y], np.nan)
        return found

    def shaken(self, yaw_deg: float, pitch_deg: float) -> Camera:
        """Return the camera turned a little, as in a hand."""
        turn = np.eye(4)
        turn[:3, :3] = about_x(pitch_deg) @ about_y(yaw_deg)
        return Camera(turn @ self.view, self.projection, self.left_px, self.width_px, self.height_px, self.people)

    def widened(self, factor: float) -> Camera:
        """Return the camera with a wider view, to see what lies outside the picture."""
        projection = self.projection.copy()
        projection[0, 0] /= factor
        projection[1, 1] /= factor
        return Camera(self.view, projection, self.left_px, self.width_px, self.height_px, self.people)


def perspective(fov_deg: float, aspect: float) -> Array:
    """Return the projection for a vertical field of view."""
    scale = 1 / np.tan(np.deg2rad(fov_deg) / 2)
    matrix = np.zeros((4, 4))
    matrix[0, 0], matrix[1, 1] = scale / aspect, scale
    matrix[2, 2] = (FAR_M + NEAR_M) / (NEAR_M - FAR_M)
    matrix[2, 3] = 2 * FAR_M * NEAR_M / (NEAR_M - FAR_M)
    matrix[3, 2] = -1
    return matrix


def looking_at(position: Array, at: Array) -> Array:
    """Return the view matrix of an upright camera at `position` that looks at `at`."""
    back = position - at
    back = back / np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = np.array([right, np.cross(back, right), back])
    view[:3, 3] = -view[:3, :3] @ position
    return view


def cameras_of(recipe: Recipe, shot: Shot, heads: dict[str, Array]) -> tuple[Camera, ...]:
    """Return the camera of a shot, or the two of a split screen; `heads` are where the people's heads rest (3,)."""
    film = recipe.film
    if recipe.split:
        half = film.width_px // 2
        pairs = (("parent", "infant", 0), ("infant", "parent", half))
        return tuple(_facing(heads[who], heads[other], left, half, film.height_px, who) for who, other, left in pairs)
    if not recipe.parent_shown:
        return (_facing(heads["infant"], heads["parent"], 0, film.width_px, film.height_px, "infant", HELD_M),)
    middle = (heads["parent"] + heads["infant"]) / 2 + np.array([0, -0.04, 0])
    azimuth, elevation = np.deg2rad(shot.azimuth_deg), np.deg2rad(shot.elevation_deg)
    away = np.array([np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)])
    portrait = film.height_px > film.width_px
    position = middle + away * shot.distance_m
    fov_deg = shot.fov_deg * 1.75 if portrait else shot.fov_deg
    projection = perspective(fov_deg, film.width_px / film.height_px)
    view = looking_at(position, middle)
    if shot.pan_deg:
        turn = np.eye(4)
        turn[:3, :3] = about_y(shot.pan_deg)
        view = turn @ view
    return (Camera(view, projection, 0, film.width_px, film.height_px, ("parent", "infant")),)


def _facing(
    head: Array, partner: Array, left_px: int, width_px: int, height_px: int, who: str, beside_m: float = STAND_M
) -> Camera:
    """A camera beside the partner's head: on a stand, or held near the face."""
    to_front = np.array([0, 0, beside_m])
    position = head + (partner - head) * 1.15 + to_front + np.array([0, 0.03, 0])
    at = head + np.array([0, -0.02, 0])
    view = looking_at(position, at)
    fov_deg = 34.0 if width_px >= height_px else 40.0
    return Camera(view, perspective(fov_deg, width_px / height_px), left_px, width_px, height_px, (who,))
