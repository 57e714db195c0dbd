"""A reference for the clip: where the partner is and how each person's head rests, by what the whole clip shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.readings import Readings
from vfeed.dyad.targets import Targets
from vfeed.dyad.weighing import Weigher
from vfeed.perception.geometry import FloatArray

MOST_FRAMES = 400
YAW_STEPS = np.linspace(-2.4, 2.4, 9)
PITCH_STEPS = np.linspace(-2.0, 2.0, 5)
"""Offsets that are weighed, in standard deviations of what is expected."""
LEAST_ALLOWED = 1e-6


@dataclass(frozen=True, eq=False)
class PersonReference:
    """What the clip says of one person: by guess k of where the partner is.

    `weight` (K,) sums to 1. `offset_deg`, `offset_sd_deg` (K, 2): by how much the head is turned (yaw, pitch) beyond
    its share of a look, as bodies that rest half-way to the partner and biased readings make it, and how sure that is.
    """

    weight: FloatArray
    offset_deg: FloatArray
    offset_sd_deg: FloatArray


def references(
    infant: tuple[Readings, Targets],
    adult: tuple[Readings, Targets],
    time_us: NDArray[np.int64],
    marks: tuple[FloatArray, FloatArray] | None,
    rules: DyadParameters,
) -> tuple[PersonReference, PersonReference, float]:
    """Weigh every guess and offset by how well it explains the clip, for both people; and the log evidence of it all.

    `marks` are (T, 3) each: how much a person's decisions allow partner, object and elsewhere at a frame, 1 without
    a decision. Guesses that are one world for both are weighed by both.
    """
    grids = [
        _grid(readings, targets, time_us, None if marks is None else marks[which], rules, offsets)
        for which, ((readings, targets), offsets) in enumerate(
            ((infant, rules.infant_offset_deg), (adult, rules.adult_offset_deg))
        )
    ]
    sums = [logsumexp(log, axis=1) for log, _, _ in grids]
    joint = sums[0] + sums[1] if infant[1].shared else None
    found, evidence = [], []
    for (log, offsets, spacing), alone, (_, targets) in zip(grids, sums, (infant, adult), strict=True):
        total = targets.log_prior + (alone if joint is None else joint)
        evidence.append(float(logsumexp(total)))
        weight = np.exp(total - evidence[-1])
        inside = np.exp(log - alone[:, None])
        middle = inside @ offsets
        variance = np.einsum("kc,kcd->kd", inside, (offsets[None] - middle[:, None]) ** 2)
        found.append(PersonReference(weight, middle, np.sqrt(variance + spacing**2 / 12)))
    return found[0], found[1], evidence[0] if joint is not None else sum(evidence)


def _grid(
    readings: Readings,
    targets: Targets,
    time_us: NDArray[np.int64],
    marks: FloatArray | None,
    rules: DyadParameters,
    extra_deg: tuple[float, float],
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log posterior (K, C), the C offsets (C, 2) and their spacing (2,)."""
    sd = np.array(rules.rest_sd_deg)
    steps = np.stack(np.meshgrid(YAW_STEPS, PITCH_STEPS, indexing="ij"), axis=-1).reshape(-1, 2)
    offsets = _expected(targets, extra_deg, rules) + steps * sd
    spacing = np.array([YAW_STEPS[1] - YAW_STEPS[0], PITCH_STEPS[1] - PITCH_STEPS[0]]) * sd
    log = np.repeat(-0.5 * (steps**2).sum(axis=1)[None], len(targets.log_prior), axis=0)
    frames, weight = _frames(readings, targets, time_us, marks, rules)
    if len(frames):
        weigh = Weigher(readings.of(frames), targets.of(frames), rules)
        allowed = np.zeros((len(frames), 3)) if marks is None else np.log(np.maximum(marks[frames], LEAST_ALLOWED))
        allowed = allowed + np.log([rules.prior_partner, rules.prior_object, rules.prior_away])
        none = np.zeros((1, 2))
        other = np.logaddexp(
            weigh.thing(offsets, none) + allowed[:, 1:2], weigh.elsewhere(offsets, none) + allowed[:, 2:]
        )
        for guess in range(len(log)):
            partner = weigh.partner(guess, offsets, none) + allowed[:, :1]
            log[guess] += weight @ np.logaddexp(partner, other)
    return log, offsets, spacing


def _expected(targets: Targets, extra_deg: tuple[float, float], rules: DyadParameters) -> FloatArray:
    """Offset (2,) expected before anything is read: the body rests part of the way to the partner."""
    known = np.isfinite(targets.partner[:, 0, 0])
    yaw = float(np.median(targets.partner[known, :, 0], axis=0) @ np.exp(targets.log_prior)) if known.any() else 0.0
    return np.array([(1 - rules.head_share_yaw) * rules.rest_towards_partner * yaw, 0.0]) + extra_deg


def _frames(
    readings: Readings,
    targets: Targets,
    time_us: NDArray[np.int64],
    marks: FloatArray | None,
    rules: DyadParameters,
) -> tuple[NDArray[np.int64], FloatArray]:
    """Frames that speak for the clip, evenly over its seen time, and how much each counts."""
    known = np.flatnonzero(readings.seen & np.isfinite(targets.partner[:, 0, 0]))
    if not len(known):
        return known, np.zeros(0)
    step = max(rules.reference_step_us, int(time_us[known[-1]] - time_us[known[0]]) // MOST_FRAMES)
    picked = known[np.unique(time_us[known] // step, return_index=True)[1]]
    weight = np.full(len(picked), min(1.0, step / rules.reference_independent_us))
    if marks is not None:
        weight[(marks[picked] != 1).any(axis=1)] = rules.decision_weight
    return picked, weight
