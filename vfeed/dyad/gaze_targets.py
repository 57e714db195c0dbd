"""In which direction each could see the other and a toy: all places that the film leaves open, with probabilities."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.head_positions import HeadPositions, head_positions
from vfeed.dyad.held_objects import HeldObjects, held_objects, no_hands
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import Roles
from vfeed.perception.geometry import FloatArray, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics

DEPTH_STEPS = np.array([-1.8, -1.2, -0.6, 0.0, 0.6, 1.2, 1.8])
"""Differences in depth that are weighed, in standard deviations from the believed one."""
CAMERA_RADIUS_DEG = (4.0, 12.0)
"""Least and greatest angular radius of a partner's face whose distance is only guessed."""


@dataclass(frozen=True, eq=False)
class Targets:
    """What one person may look at, about the line of sight to them, in degrees.

    `partner` (T, K, 2): yaw and pitch of the partner's face under each of K guesses of where they are; `log_prior`
    (K,) of the guesses. `radius` (T,): angular radius of that face. `objects` (T, N, 2): where a toy could be, with
    the spread `object_spread` around each. `shared` tells that guess k is the same world for both people.
    `held`: what hands hold. NaN where the partner's place is not known.
    """

    partner: FloatArray
    log_prior: FloatArray
    radius: FloatArray
    objects: FloatArray
    object_spread: float
    shared: bool
    held: HeldObjects

    def of(self, frames: NDArray[np.int64]) -> Targets:
        """Return the same for some frames only."""
        return replace(
            self,
            partner=self.partner[frames],
            radius=self.radius[frames],
            objects=self.objects[frames],
            held=self.held.of(frames),
        )


def in_one_view(metrics: Metrics, roles: Roles, rules: DyadParameters) -> tuple[Targets, Targets]:
    """Return the infant's and the adult's targets when one camera sees both: the depth between them is what is left
    open.
    """
    where = head_positions(metrics, roles, rules)
    log_prior = -0.5 * DEPTH_STEPS**2
    log_prior = log_prior - np.log(np.exp(log_prior).sum())
    lower = np.minimum(where.infant_mm[:, 1], where.adult_mm[:, 1])
    return (
        replace(
            _one_view(where.infant_mm, where.infant_ray, where.adult_mm, 1.0, 1.0, where, lower, log_prior, rules),
            held=held_objects(metrics, where, roles, infant=True, rules=rules),
        ),
        replace(
            _one_view(
                where.adult_mm,
                where.caregiver_ray,
                where.infant_mm,
                rules.infant_face_scale,
                -1.0,
                where,
                lower,
                log_prior,
                rules,
            ),
            held=held_objects(metrics, where, roles, infant=False, rules=rules),
        ),
    )


def _one_view(
    place_mm: FloatArray,
    ray: FloatArray,
    partner_mm: FloatArray,
    partner_scale: float,
    deeper: float,
    where: HeadPositions,
    lower_mm: FloatArray,
    log_prior: FloatArray,
    rules: DyadParameters,
) -> Targets:
    """`deeper` is the sign with which a step in depth moves the partner away from the lens."""
    to_partner = partner_mm - place_mm
    distance = np.linalg.norm(to_partner, axis=1)
    guesses = np.repeat(to_partner[:, None], len(DEPTH_STEPS), axis=1)
    guesses[..., 2] -= deeper * DEPTH_STEPS * where.depth_sd_mm[:, None]
    points = []
    for way in rules.object_ways:
        for drop in rules.object_drops_mm:
            for nearer in rules.object_nearer_mm:
                point = way * to_partner
                point[:, 1] = lower_mm - drop - place_mm[:, 1]
                point[:, 2] += nearer
                points.append(point)
    return Targets(
        yaw_pitch_deg(to_sight(guesses, ray[:, None])),
        log_prior,
        np.degrees(np.arctan2(rules.face_radius_mm * partner_scale, distance)),
        yaw_pitch_deg(to_sight(np.stack(points, axis=1), ray[:, None])),
        rules.object_spread_deg,
        shared=True,
        held=no_hands(len(distance)),
    )


def beyond_the_lens(depth_mm: FloatArray, middle_deg: tuple[float, float], rules: DyadParameters) -> Targets:
    """Return one person's targets where the partner is not in the same frame, but near the camera that films the
    person.

    The partner is looked for around `middle_deg` (yaw, pitch from the lens), as far from the lens as
    `beside_lens_sd_deg` allows. `depth_mm` (T,) is the person's distance from the lens.
    """
    yaw, pitch = np.meshgrid(rules.beside_lens_yaws_deg, rules.beside_lens_pitches_deg, indexing="ij")
    guesses = np.stack([yaw.ravel(), pitch.ravel()], axis=1)
    off = (guesses - middle_deg) / rules.beside_lens_sd_deg
    log_prior = -0.5 * (off**2).sum(axis=1)
    log_prior -= np.log(np.exp(log_prior).sum())
    objects = np.array([(side, down) for side in (-25.0, 0.0, 25.0) for down in (-30.0, -50.0)])
    count = len(depth_mm)
    radius = np.clip(np.degrees(np.arctan2(rules.face_radius_mm, depth_mm)), *CAMERA_RADIUS_DEG)
    return Targets(
        np.broadcast_to(guesses, (count, *guesses.shape)),
        log_prior,
        radius,
        np.broadcast_to(objects, (count, *objects.shape)),
        rules.object_spread_alone_deg,
        shared=False,
        held=no_hands(count),
    )
