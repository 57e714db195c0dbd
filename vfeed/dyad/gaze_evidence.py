"""Where each of the two looks: the likelihood per frame of the partner's face, an object, or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.calibration import Calibration
from vfeed.dyad.gaze_likelihood import GazeLikelihoodModel, Offsets, log_add
from vfeed.dyad.gaze_targets import Targets
from vfeed.dyad.observations import Observations
from vfeed.dyad.parameters import DyadParameters
from vfeed.perception.geometry import FloatArray, direction

PARTNER, OBJECT, AWAY = 0, 1, 2
HELD = 3
"""Beside the three: something held in hands. It counts as an object; only in time is it a state of its own."""


@dataclass(frozen=True, eq=False)
class GazeEvidence:
    """One person's looking, per frame; NaN where the person is not seen or where the partner is not known.

    `log_fits` (H, T, 4): under each of H hypotheses of the clip's calibration, which have `weight` (H,), the log
    density of what is read, by a look at the partner's face, an object that lies about, elsewhere, or a held thing.
    `hands_told`: whether hands were looked for in this clip. `in_between` (T,): probability that a look towards the
    partner's face is at something before it, by where hands are. `occluded` (T,): the same as the frames show it.
    `off_partner_deg` (T,): angle between the head's forward vector and the direction to the partner's face.
    `partner_radius_deg` (T,): angular radius of that face. `uncertainty_deg` (T,): standard deviation of that angle.
    `eye_weight` (T,): 0 judged from the head alone, 1 eyes read.
    """

    log_fits: FloatArray
    weight: FloatArray
    hands_told: bool
    in_between: FloatArray
    occluded: FloatArray
    off_partner_deg: FloatArray
    partner_radius_deg: FloatArray
    uncertainty_deg: FloatArray
    eye_weight: FloatArray
    seen: NDArray[np.bool_]

    @property
    def not_by_hands_alone(self) -> FloatArray:
        """(T,): what is left of a look at the face once hands tell more of a thing than the frames showed already."""
        left: FloatArray = np.minimum(1.0, (1 - self.in_between) / (1 - self.occluded))
        return left

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T,) bool: frames in which something can be said."""
        known: NDArray[np.bool_] = self.seen & np.isfinite(self.log_fits[0, :, 0])
        return known


def gaze_evidence(
    observations: Observations,
    targets: Targets,
    calibration: Calibration,
    between: FloatArray,
    occluded: FloatArray,
    rules: DyadParameters,
) -> GazeEvidence:
    """Return gaze evidence given observations, targets, the clip's calibration and what may be in the way (T,), twice.

    `between` by where hands are, `occluded` as the frames show it.
    """
    known = observations.read & np.isfinite(targets.partner[:, 0, 0])
    frames = np.flatnonzero(known)
    fits = np.full((len(calibration.weight), len(known), 4), np.nan)
    fits[:, frames] = _fits(observations.of(frames), targets.of(frames), calibration, rules)
    yaws = targets.partner[..., 0]
    best = targets.partner[:, int(np.argmax(calibration.guess_weight))]
    middle = yaws @ calibration.guess_weight
    spread = np.sqrt((yaws - middle[:, None]) ** 2 @ calibration.guess_weight)
    scale = float(calibration.weight @ calibration.spread_scale)
    return GazeEvidence(
        fits,
        calibration.weight,
        bool(targets.held.told.any()),
        between,
        occluded,
        np.where(known, _between(observations.head, best), np.nan),
        np.where(known, targets.radius, np.nan),
        np.where(known, np.hypot(scale * observations.head_sd[:, 0], spread), np.nan),
        np.where(known, observations.gaze_weight, 0.0),
        observations.seen,
    )


def _fits(observations: Observations, targets: Targets, calibration: Calibration, rules: DyadParameters) -> FloatArray:
    """Log densities (H, T, 4) of partner, object, elsewhere and held; any reading may also be a mistake."""
    fits = np.empty((len(calibration.weight), len(observations.seen), 4))
    for at, (guess, scale) in enumerate(zip(calibration.guess, calibration.spread_scale, strict=True)):
        model = GazeLikelihoodModel(observations, targets, rules, float(scale))
        offset = Offsets.single(calibration.offset_deg[at], calibration.offset_sd_deg)
        fits[at, :, PARTNER] = model.partner(np.array([guess]), offset)[:, 0, 0, 0]
        fits[at, :, OBJECT] = model.object(offset)[:, 0, 0]
        fits[at, :, AWAY] = model.away(offset)[:, 0, 0]
        fits[at, :, HELD] = model.held(offset)[:, 0, 0]
    mistaken = rules.misread_share
    return log_add(fits + np.log1p(-mistaken), model.uniform()[:, None] + np.log(mistaken))


def _between(one: FloatArray, other: FloatArray) -> FloatArray:
    """Angle (T,) in degrees between directions (T, 2) of yaw and pitch."""
    cosine = (direction(one[:, 0], one[:, 1]) * direction(other[:, 0], other[:, 1])).sum(axis=1)
    angle: FloatArray = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return angle
