"""A reference for the clip: where the partner is and how each person's head rests, by what the whole clip shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from vfeed.dyad.decisions import Marks
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.readings import Readings
from vfeed.dyad.targets import Targets
from vfeed.dyad.weighing import Offsets, Weigher
from vfeed.perception.geometry import FloatArray

MOST_FRAMES = 200
YAW_STEPS = np.linspace(-2.4, 2.4, 9)
PITCH_STEPS = np.linspace(-2.0, 2.0, 5)
"""Offsets that are weighed, in standard deviations of what is expected."""
FRAMES_A_DECISION = 4
"""Frames of one decision: more of them would say the same again."""


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
    marks: Marks | None,
    rules: DyadParameters,
) -> tuple[PersonReference, PersonReference, float]:
    """Weigh every guess and offset by how well it explains the clip, for both people; and the log evidence of it all.

    `marks` are what a person's decisions leave possible. Guesses that are one world for both are weighed by both.
    """
    grids = [
        _grid(readings, targets, _speaking(readings, targets, time_us, allowed, marks, rules), rules, extra_deg)
        for (readings, targets), allowed, extra_deg in (
            (infant, None if marks is None else marks.infant, rules.infant_offset_deg),
            (adult, None if marks is None else marks.adult, rules.adult_offset_deg),
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


@dataclass(frozen=True, eq=False)
class _Speaking:
    """Frames (F,) that speak for the clip, how much each counts (F,), and what decisions leave possible (F, 3)."""

    frames: NDArray[np.int64]
    weight: FloatArray
    allowed: FloatArray


def _grid(
    readings: Readings, targets: Targets, speaking: _Speaking, rules: DyadParameters, extra_deg: tuple[float, float]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Log posterior (K, C), the C offsets (C, 2) and their spacing (2,)."""
    sd = np.array(rules.rest_sd_deg)
    yaw, pitch = (
        middle + steps * spread
        for middle, steps, spread in zip(
            _expected(targets, extra_deg, rules), (YAW_STEPS, PITCH_STEPS), sd, strict=True
        )
    )
    offsets = np.stack(np.meshgrid(yaw, pitch, indexing="ij"), axis=-1).reshape(-1, 2)
    spacing = np.array([YAW_STEPS[1] - YAW_STEPS[0], PITCH_STEPS[1] - PITCH_STEPS[0]]) * sd
    log = np.tile(-0.5 * (YAW_STEPS[:, None] ** 2 + PITCH_STEPS**2), (len(targets.log_prior), 1, 1))
    if len(speaking.frames):
        weigh = Weigher(readings.of(speaking.frames), targets.of(speaking.frames), rules)
        prior = np.log(speaking.allowed * [rules.prior_partner, rules.prior_object, rules.prior_away])
        at_partner, at_thing, away = prior.T[:, :, None, None]
        grid = Offsets(yaw[:, None], pitch)
        other = np.logaddexp(weigh.thing(grid) + at_thing, weigh.elsewhere(grid) + away)
        partner = weigh.partner(slice(None), grid) + at_partner[:, None]
        log += np.tensordot(speaking.weight, np.logaddexp(partner, other[:, None]), axes=1)
    return log.reshape(len(log), -1), offsets, spacing


def _expected(targets: Targets, extra_deg: tuple[float, float], rules: DyadParameters) -> FloatArray:
    """Offset (2,) expected before anything is read: the body rests part of the way to the partner."""
    known = np.isfinite(targets.partner[:, 0, 0])
    yaw = float(np.median(targets.partner[known, :, 0], axis=0) @ np.exp(targets.log_prior)) if known.any() else 0.0
    return np.array([(1 - rules.head_share_yaw) * rules.rest_towards_partner * yaw, 0.0]) + extra_deg


def _speaking(
    readings: Readings,
    targets: Targets,
    time_us: NDArray[np.int64],
    allowed: FloatArray | None,
    marks: Marks | None,
    rules: DyadParameters,
) -> _Speaking:
    """Frames evenly over the seen time that nobody decided on, and a few of each decision, which count for more."""
    known = np.flatnonzero(readings.seen & np.isfinite(targets.partner[:, 0, 0]))
    if not len(known):
        return _Speaking(known, np.zeros(0), np.ones((0, 3)))
    decision = np.full(len(time_us), -1) if marks is None else marks.decision
    open_time = known[decision[known] < 0]
    step = max(rules.reference_step_us, int(time_us[known[-1]] - time_us[known[0]]) // MOST_FRAMES)
    picked = [open_time[np.unique(time_us[open_time] // step, return_index=True)[1]]]
    weight = [np.full(len(picked[0]), min(1.0, step / rules.reference_independent_us))]
    for number in np.unique(decision[known][decision[known] >= 0]):
        inside = known[decision[known] == number]
        picked.append(inside[np.unique(np.linspace(0, len(inside) - 1, FRAMES_A_DECISION).round().astype(int))])
        weight.append(np.full(len(picked[-1]), rules.decision_weight / len(picked[-1])))
    frames = np.concatenate(picked)
    return _Speaking(frames, np.concatenate(weight), np.ones((len(frames), 3)) if allowed is None else allowed[frames])
