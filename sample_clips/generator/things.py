"""Things that are held at a face or worn on a head: how large each is, and where it is put; no drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sample_clips.generator.body import Posed
from sample_clips.generator.recipe import Hold, Rgb
from sample_clips.generator.rotation import Array, about, about_x, turned

TOY_RGB: tuple[Rgb, ...] = (
    (214, 70, 62),
    (232, 180, 60),
    (80, 170, 96),
    (66, 110, 200),
    (236, 236, 230),
    (160, 96, 180),
    (240, 140, 60),
    (120, 84, 60),
)
PAPER_RGB: tuple[Rgb, ...] = ((238, 236, 230), (232, 226, 200), (206, 222, 238))


@dataclass(frozen=True, slots=True)
class Kind:
    """`radius_m` is how large a target the thing is; `grip_m` how far its middle lies above the hand that holds it."""

    radius_m: float
    grip_m: float


KINDS = {
    "ring": Kind(0.055, 0.05),
    "cup": Kind(0.05, 0.02),
    "ball": Kind(0.05, 0.05),
    "block": Kind(0.045, 0.045),
    "plush": Kind(0.075, 0.06),
    "phone": Kind(0.07, 0.06),
    "book": Kind(0.11, 0.07),
    "paper": Kind(0.11, 0.08),
    "sheet": Kind(0.15, 0.08),
    "scrap": Kind(0.09, 0.04),
    "cloth": Kind(0.14, 0.02),
    "spoon": Kind(0.03, 0.03),
    "bowl": Kind(0.10, 0.0),
}
HANDHELD = ("ring", "cup", "ball", "block", "plush", "phone", "book", "paper")
"""What is held up beside or before a face."""
WORN = ("bowl", "cup", "plush", "cloth", "ring", "block")
SCREENS = ("sheet", "cloth", "book")
"""What hides a face."""


def colour_of(kind: str, rng: np.random.Generator) -> Rgb:
    """Draw the colour of a thing: paper is nearly white, the others anything."""
    choice = PAPER_RGB if kind in ("paper", "sheet", "scrap") else TOY_RGB
    return choice[int(rng.integers(len(choice)))]


@dataclass(frozen=True)
class Held:
    """A thing that is at a face now: its hold, its middle (3,) in metres, how large a target it is, and who has it."""

    hold: Hold
    place: Array
    radius_m: float
    by: str

    @property
    def worn(self) -> bool:
        """Whether it is on the holder's own head."""
        return self.hold.how == "worn"


def worn_at(posed: Posed, kind: str) -> tuple[Array, Array]:
    """Return place (3,) and turn (3, 3) of a thing worn on a posed head; cloth hangs over its side."""
    crown = posed.eye_middle + posed.head @ np.array([0.0, 1.18, -0.75]) * posed.face_radius_m
    up = posed.head[:, 1]
    if kind == "cloth":
        hung: Array = posed.head @ about_x(-62.0)
        return crown + 0.04 * up + 0.02 * posed.head[:, 2], hung
    lift = {"bowl": 0.0, "cup": 0.05, "plush": 0.09, "ring": 0.015, "block": 0.035}[kind]
    lying = about_x(90.0) if kind == "ring" else np.eye(3)
    return crown + lift * up, posed.head @ lying


def seen_from(eyes: Array, other_eyes: Array, offset_deg: float, bearing_deg: float, nearer_m: float) -> Array:
    """Return the place (3,) that a looker at `eyes` sees `offset_deg` off `other_eyes`, towards `bearing_deg`.

    A bearing of 0 is to the looker's right, 90 up; the place is `nearer_m` nearer than the other's eyes.
    """
    towards = other_eyes - eyes
    distance = float(np.linalg.norm(towards))
    ahead = towards / distance
    right = np.cross(ahead, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    bearing = np.deg2rad(bearing_deg)
    axis = np.cross(ahead, right * np.cos(bearing) + up * np.sin(bearing))
    place: Array = eyes + about(axis, offset_deg) @ ahead * (distance - nearer_m)
    return place


def facing(place: Array, towards: Array, wobble_deg: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> Array:
    """Return the turn (3, 3) of a thing at `place` whose front is towards a point, upright but for a wobble."""
    front = towards - place
    yaw = float(np.degrees(np.arctan2(front[0], front[2])))
    pitch = float(np.degrees(np.arctan2(front[1], np.hypot(front[0], front[2]))))
    found: Array = turned(yaw, 0.6 * pitch, 0) @ turned(*wobble_deg)
    return found
