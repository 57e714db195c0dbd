"""Where each of the two looks: the likelihood per frame of the partner's face, an object, or elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.readings import Readings
from vfeed.dyad.reference import PersonReference
from vfeed.dyad.targets import Targets
from vfeed.dyad.weighing import Offsets, Weigher, log_sum
from vfeed.perception.geometry import FloatArray, direction

PARTNER, OBJECT, AWAY = 0, 1, 2
LEAST_WEIGHT = 0.01
"""Guesses less probable than this add nothing that would be seen."""


@dataclass(frozen=True, eq=False)
class Looking:
    """One person's looking, per frame; NaN where the person is not seen or where the partner is not known.

    `log_fit` (T, 3): log density of what is read, by a look at the partner's face, an object, or elsewhere.
    `off_partner_deg` (T,): angle between the head's forward vector and the direction to the partner's face.
    `partner_radius_deg` (T,): angular radius of that face. `uncertainty_deg` (T,): standard deviation of that angle.
    `eye_weight` (T,): 0 judged from the head alone, 1 eyes read.
    """

    log_fit: FloatArray
    off_partner_deg: FloatArray
    partner_radius_deg: FloatArray
    uncertainty_deg: FloatArray
    eye_weight: FloatArray
    seen: NDArray[np.bool_]

    @property
    def known(self) -> NDArray[np.bool_]:
        """(T,) bool: frames in which something can be said."""
        known: NDArray[np.bool_] = np.isfinite(self.log_fit[:, 0])
        return known


def looking(readings: Readings, targets: Targets, reference: PersonReference, rules: DyadParameters) -> Looking:
    """Weigh partner, object and elsewhere, averaged over the guesses that the clip leaves open."""
    kept = np.flatnonzero(reference.weight >= LEAST_WEIGHT)
    weight = reference.weight[kept] / reference.weight[kept].sum()
    known = readings.seen & np.isfinite(targets.partner[:, 0, 0])
    frames = np.flatnonzero(known)
    fits = np.full((len(known), 3), np.nan)
    fits[frames] = _fits(Weigher(readings.of(frames), targets.of(frames), rules), reference, kept, weight)
    best = targets.partner[:, int(np.argmax(reference.weight))]
    middle = np.einsum("tk,k->t", targets.partner[:, kept, 0], weight)
    spread = np.sqrt(np.einsum("tk,k->t", (targets.partner[:, kept, 0] - middle[:, None]) ** 2, weight))
    return Looking(
        fits,
        np.where(known, _between(readings.head, best), np.nan),
        np.where(known, targets.radius, np.nan),
        np.where(known, np.hypot(readings.head_sd[:, 0], spread), np.nan),
        np.where(known, readings.gaze_weight, 0.0),
        readings.seen,
    )


def _fits(weigh: Weigher, reference: PersonReference, kept: NDArray[np.int64], weight: FloatArray) -> FloatArray:
    """Log densities (T, 3) of partner, object and elsewhere; any reading may also be a mistake."""
    overall = _overall(reference)
    each = Offsets.each(reference.offset_deg[kept], reference.offset_sd_deg[kept])
    fits = np.column_stack(
        [
            log_sum(weigh.partner(kept, each)[:, :, 0, 0] + np.log(weight), axis=1),
            weigh.thing(overall)[:, 0, 0],
            weigh.elsewhere(overall)[:, 0, 0],
        ]
    )
    mistaken = weigh.rules.misread_share
    return np.asarray(np.logaddexp(fits + np.log1p(-mistaken), weigh.even()[:, None] + np.log(mistaken)))


def _overall(reference: PersonReference) -> Offsets:
    """The mean offset over the guesses."""
    middle = reference.weight @ reference.offset_deg
    variance = reference.weight @ (reference.offset_sd_deg**2 + (reference.offset_deg - middle) ** 2)
    return Offsets.each(middle[None], np.sqrt(variance)[None])


def _between(one: FloatArray, other: FloatArray) -> FloatArray:
    """Angle (T,) in degrees between directions (T, 2) of yaw and pitch."""
    cosine = (direction(one[:, 0], one[:, 1]) * direction(other[:, 0], other[:, 1])).sum(axis=1)
    angle: FloatArray = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return angle
