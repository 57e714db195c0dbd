"""Things in hands: where hands are, as the other person sees them, and whether one may be before the face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.head_positions import HeadPositions
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles, readable
from vfeed.perception.geometry import FloatArray, rays, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics
from vfeed.perception.visibility import Visibility

HAND_PX: Final = "hand_px"
HAND_ASKED: Final = "hand_asked"
OCCLUSION: Final = "occlusion"
LEAST_OCCLUDED = 0.001
FREE_ODDS = 0.1
"""Odds of something in the way that are told of many free faces; nobody's usual ones are brought below them."""
OWN_FACE_SIZES = 0.8
"""A hand nearer to the looker's own face, in sizes of it, is at their mouth or eyes and nothing that they look at."""
DEPTH_STEPS = np.array([-1.0, 0.0, 1.0, -1.0, 0.0, 1.0])
"""A hand may be before, beside or behind the partner's face, as the lens sees it; in steps of `hand_depth_mm`..."""
RISE_STEPS = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
"""...and the thing in it, or that much above it, in steps of `held_rise_hands`: things are held from below..."""
CLOUD_LOG_WEIGHTS = np.log(np.array([0.25, 0.5, 0.25, 0.25, 0.5, 0.25]) / 2)
"""...each with its probability."""


@dataclass(frozen=True, eq=False)
class HeldObjects:
    """What hands hold, as one person may see it, about the line of sight to them.

    `direction` (T, H, D, 2): yaw and pitch in degrees of the cloud of D places around each of H hands; NaN where there
    is none. `told` (T,) bool: hands were looked for about then. `before_face` (T,): 0 no hand is near the partner's
    face in the frame, 1 one is so near that what it holds cannot be told from the eyes by directions.
    """

    direction: FloatArray
    told: NDArray[np.bool_]
    before_face: FloatArray

    @property
    def there(self) -> NDArray[np.bool_]:
        """(T,) bool: there is a hand to look at."""
        there: NDArray[np.bool_] = np.isfinite(self.direction[..., 0]).any(axis=(1, 2))
        return there

    def of(self, frames: NDArray[np.int64]) -> HeldObjects:
        """Return the same for some frames only."""
        return HeldObjects(self.direction[frames], self.told[frames], self.before_face[frames])


def held_objects(
    metrics: Metrics, where: HeadPositions, roles: Roles, *, infant: bool, rules: DyadParameters
) -> HeldObjects:
    """Return what hands hold, as the infant sees it or, if not `infant`, the adult; one camera sees both."""
    told, boxes = _carried(metrics, rules.hand_carried_us)
    looker, watched = (roles.infant, roles.caregiver) if infant else (roles.caregiver, roles.infant)
    place, ray, partner = (
        (where.infant_mm, where.infant_ray, where.adult_mm)
        if infant
        else (where.adult_mm, where.caregiver_ray, where.infant_mm)
    )
    middle = _middles(boxes)
    if looker is not None:
        middle[_sizes_off(middle, metrics, looker) < OWN_FACE_SIZES] = np.nan
    width, height = (int(side) for side in metrics["picture_px"])
    hand_px = np.repeat(middle[:, :, None], len(RISE_STEPS), axis=2)
    hand_px[..., 1] -= RISE_STEPS * rules.held_rise_hands * boxes[..., 3, None]
    hand_ray = rays(hand_px, width, height, float(metrics["focal_px"][0]))
    depth = -partner[:, None, None, 2] + DEPTH_STEPS * rules.hand_depth_mm
    points = hand_ray * (depth / -hand_ray[..., 2])[..., None]
    away = points - place[:, None, None]
    direction = yaw_pitch_deg(to_sight(away / np.linalg.norm(away, axis=-1, keepdims=True), ray[:, None, None]))
    return HeldObjects(direction, told, _before_face(metrics, middle, watched, rules))


def _before_face(metrics: Metrics, middle: FloatArray, watched: int | None, rules: DyadParameters) -> FloatArray:
    """From 0, no hand is near the watched face in the frame, to 1, one is at it (T,).

    `middle` (T, H, 2) are the middles of hands. The nearest hand found within `before_face_us` counts.
    """
    found = np.zeros(len(metrics["time_us"]))
    asked = _asked(metrics)
    if watched is None or not len(asked):
        return found
    nearest, furthest = rules.before_face_sizes
    off = np.nan_to_num(_sizes_off(middle, metrics, watched)[asked], nan=np.inf).min(axis=1)
    near = np.clip((furthest - off) / (furthest - nearest), 0, 1)
    apart_us = np.abs(metrics["time_us"][:, None] - metrics["time_us"][asked])
    return np.asarray(np.where(apart_us <= rules.before_face_us, near, 0.0).max(axis=1))


def _middles(boxes: FloatArray) -> FloatArray:
    return np.asarray(boxes[..., :2] + boxes[..., 2:] / 2)


def _sizes_off(middle: FloatArray, metrics: Metrics, person: int) -> FloatArray:
    """How far hands (T, H, 2) are from the middle of a person's face, in sizes of it."""
    face = metrics["box_px"][:, person].astype(float)
    off = np.linalg.norm(middle - _middles(face)[:, None], axis=-1)
    return np.asarray(off / face[:, 2:].max(axis=1)[:, None])


def no_hands(count: int) -> HeldObjects:
    """Return that nothing is known of hands in `count` frames."""
    return HeldObjects(np.full((count, 1, 1, 2), np.nan), np.zeros(count, np.bool_), np.zeros(count))


def held_share(told: bool, rules: DyadParameters) -> float:
    """Return the share of looks at objects that are at something held up, by whether hands were looked for."""
    return rules.held_share if told else rules.held_share_untold


def in_between(metrics: Metrics, held: HeldObjects, partner: int | None, rules: DyadParameters) -> FloatArray:
    """Return the probability (T,) that a look in the direction of the partner's face is at something before it."""
    covered = np.zeros(len(held.before_face))
    if partner is not None:
        read = readable(metrics, partner)
        low, high = rules.before_face_covered
        covered[read] = np.nan_to_num(metrics["covered"][read, partner].astype(float))
        covered = np.clip((covered - low) / (high - low), 0, 1)
    return np.asarray(rules.before_face_share * np.maximum(held.before_face, covered))


def occluded(metrics: Metrics, partner: int | None, rules: DyadParameters) -> FloatArray:
    """Return the probability (T,) that something is in the way of a look at the partner's face, as the frames show it.

    0 where nobody knows: no partner, a face that is not read, an analysis from before this was looked for. What is
    told of a person in all but `occlusion_usual` of the frames is how they look and nothing that they hold.
    """
    found = np.zeros(len(metrics["time_us"]))
    if partner is None or OCCLUSION not in metrics:
        return found
    told = metrics["occlusion"][:, partner].astype(float)
    known = np.isfinite(told) & (metrics["sight"][:, partner] != Visibility.TURNED_AWAY)
    if not known.any():
        return found
    odds = np.clip(told[known], LEAST_OCCLUDED, 1 - LEAST_OCCLUDED)
    odds = odds / (1 - odds)
    usual = max(1.0, float(np.quantile(odds, rules.occlusion_usual)) / FREE_ODDS)
    odds *= rules.occlusion_odds / usual
    found[known] = odds / (1 + odds)
    return found


def _asked(metrics: Metrics) -> NDArray[np.int64]:
    """The frames in which hands were looked for; none in analyses from before that was done."""
    return np.flatnonzero(metrics[HAND_ASKED]) if HAND_ASKED in metrics else np.zeros(0, np.int64)


def _carried(metrics: Metrics, at_most_us: int) -> tuple[NDArray[np.bool_], FloatArray]:
    """Whether hands were looked for within `at_most_us` of each frame (T,), and their boxes (T, H, 4) then."""
    times = metrics["time_us"]
    asked = _asked(metrics)
    if not len(asked):
        return np.zeros(len(times), np.bool_), np.full((len(times), 1, 4), np.nan)
    after = np.clip(np.searchsorted(asked, np.arange(len(times))), 0, len(asked) - 1)
    before = np.clip(after - 1, 0, None)
    earlier = np.abs(times[asked[before]] - times) < np.abs(times[asked[after]] - times)
    nearest = np.where(earlier, asked[before], asked[after])
    told = np.abs(times[nearest] - times) <= at_most_us
    return told, np.where(told[:, None, None], metrics[HAND_PX][nearest].astype(float), np.nan)
