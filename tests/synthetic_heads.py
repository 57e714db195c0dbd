"""Heads made of numbers: metrics of two people who sit side-on to a camera and look where a test says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import FloatArray, direction, focal_length_px, from_sight, rays, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics, nobody_seen
from vfeed.perception.visibility import Visibility

WIDTH, HEIGHT = 1280, 720
STEP_US = 80_000
DEPTH_MM = 1300.0
ADULT_MM = np.array([-280.0, 60.0, -DEPTH_MM])
INFANT_MM = np.array([260.0, -60.0, -DEPTH_MM])
TOY_MM = np.array([0.0, -260.0, -DEPTH_MM + 80.0])
CAREGIVER, INFANT = 0, 1
RULES = DyadParameters()
LEAN_DEG = {CAREGIVER: RULES.caregiver_facial_line_deg, INFANT: RULES.infant_facial_line_deg}
PLACE_MM = {CAREGIVER: ADULT_MM, INFANT: INFANT_MM}
HELD_MM = ADULT_MM + np.array([20.0, 230.0, 30.0])
"""A toy held up above the adult's head, some 23 degrees off the face as the infant sees it."""
TARGETS = {
    "partner": None,
    "held": HELD_MM,
    "toy": TOY_MM,
    "camera": np.zeros(3),
    "behind": np.array([900.0, 0.0, -2600.0]),
}


def scene(caregiver: Sequence[str], infant: Sequence[str], *, eyes: bool = False) -> Metrics:
    """One target a frame and person: partner, toy, camera, behind, or unseen. Heads do four fifths of every turn.

    With `eyes`, the gaze is read, and the eyes do the rest of the turn.
    """
    count = len(caregiver)
    metrics = empty(count, 2)
    for person, targets in ((CAREGIVER, caregiver), (INFANT, infant)):
        for frame, target in enumerate(targets):
            if target != "unseen":
                _write(metrics, frame, person, target, eyes)
    return metrics


def hold_up(metrics: Metrics, place_mm: FloatArray, frames: slice = slice(None), every: int = 6) -> None:
    """Write a hand at a place, as a hand detector finds it that looks in one of so many frames."""
    focal = float(metrics["focal_px"][0])
    scale = focal / -place_mm[2]
    asked = np.zeros(len(metrics["time_us"]), np.bool_)
    asked[frames] = True
    asked[np.arange(len(asked)) % every != 0] = False
    metrics["hand_asked"] = metrics["hand_asked"] | asked
    size = 90 * scale
    middle = np.array([WIDTH / 2 + place_mm[0] * scale, HEIGHT / 2 - place_mm[1] * scale])
    metrics["hand_px"][asked, 0] = [*(middle - size / 2), size, size]
    metrics["hand_score"][asked, 0] = 0.7


FACING_DEG = {"toy": (0.0, -40.0), "camera": (0.0, 0.0), "away": (62.0, 5.0)}


def split_screen(caregiver: Sequence[str], infant: Sequence[str], beside_deg: float = 22.0) -> Metrics:
    """Two cameras side by side in one frame: each films one person from `beside_deg` beside the other's face."""
    metrics = empty(len(caregiver), 2)
    metrics["panes_px"] = np.array([[0, 0, WIDTH // 2, HEIGHT], [WIDTH // 2, 0, WIDTH // 2, HEIGHT]], np.int32)
    for person, targets, left, side in ((CAREGIVER, caregiver, 0, 1.0), (INFANT, infant, WIDTH // 2, -1.0)):
        facing(metrics, person, targets, left + WIDTH / 4, side * beside_deg)
    return metrics


def alone(targets: Sequence[str]) -> Metrics:
    """One person, who faces a lens beside which the other is."""
    metrics = empty(len(targets), 1)
    facing(metrics, 0, targets, WIDTH / 2, 8.0)
    return metrics


def facing(metrics: Metrics, person: int, targets: Sequence[str], x_px: float, partner_deg: float) -> None:
    """Write a head that faces a lens: partner, toy, camera or away a frame; `partner_deg` is the partner's yaw."""
    focal = float(metrics["focal_px"][0])
    ray = rays(np.array([x_px, HEIGHT / 2]), WIDTH, HEIGHT, focal)
    for frame, target in enumerate(targets):
        yaw, pitch = (partner_deg, 0.0) if target == "partner" else FACING_DEG[target]
        at = (frame, person)
        metrics["sight"][at] = Visibility.SEEN
        metrics["box_px"][at] = [x_px - 75, HEIGHT / 2 - 75, 150, 150]
        metrics["forward"][at] = from_sight(
            direction(np.array(0.7 * yaw), np.array(0.75 * pitch - LEAN_DEG[person])), ray
        )
        metrics["head_sd_deg"][at] = [4.0, 5.0]
        metrics["px_per_mm"][at] = (1.0 if person == CAREGIVER else RULES.infant_face_scale) * focal / 800.0
        metrics["light"][at], metrics["sharpness"][at] = 130.0, 0.05


def empty(frames: int, people: int) -> Metrics:
    """Metrics in which nobody is seen."""
    times = np.arange(frames, dtype=np.int64) * STEP_US
    return nobody_seen(times, people, (WIDTH, HEIGHT), focal_length_px(WIDTH, HEIGHT), frames * STEP_US)


def _write(metrics: Metrics, frame: int, person: int, target: str, eyes: bool) -> None:
    focal = float(metrics["focal_px"][0])
    place = PLACE_MM[person]
    scale = 1.0 if person == CAREGIVER else RULES.infant_face_scale
    size = 150 * scale * focal / DEPTH_MM
    middle = np.array([WIDTH / 2 + place[0] * focal / DEPTH_MM, HEIGHT / 2 - place[1] * focal / DEPTH_MM])
    ray = rays(middle, WIDTH, HEIGHT, focal)
    aim = TARGETS[target]
    aim = PLACE_MM[1 - person] if aim is None else aim
    yaw, pitch = yaw_pitch_deg(to_sight((aim - place) / np.linalg.norm(aim - place), ray))
    head_yaw, head_pitch = 0.8 * yaw, 0.75 * pitch - LEAN_DEG[person]
    at = (frame, person)
    metrics["sight"][at] = Visibility.SEEN
    metrics["box_px"][at] = [middle[0] - size / 2, middle[1] - size / 2, size, size]
    metrics["forward"][at] = from_sight(direction(head_yaw, head_pitch), ray)
    metrics["up"][at] = from_sight(direction(head_yaw, head_pitch + 90), ray)
    metrics["head_sd_deg"][at] = [4.0, 5.0]
    metrics["px_per_mm"][at] = scale * focal / DEPTH_MM
    metrics["light"][at], metrics["sharpness"][at] = 130.0, 0.05
    if eyes:
        metrics["gaze"][at] = from_sight(direction(yaw, pitch), ray)
        metrics["gaze_sd_deg"][at] = [6.0, 8.0]
        metrics["lids_open"][at] = 1.0
