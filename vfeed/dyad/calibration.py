"""Calibration by the clip: where the partner is, how each head rests and how far readings err, by what all of it shows.

No labels are used. Every guess of where the partner is, every offset of a person's head and every scale of the stated
spread is weighed by how well it explains the clip; a person's decisions leave less possible.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from vfeed.dyad.gaze_likelihood import GazeLikelihoodModel, Offsets, log_add
from vfeed.dyad.gaze_targets import Targets
from vfeed.dyad.held_objects import held_share
from vfeed.dyad.observations import Observations
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.verdicts import FrameConstraints
from vfeed.perception.geometry import FloatArray

MOST_FRAMES = 120
YAWS_DEG = np.linspace(-42, 42, 15)
PITCHES_DEG = np.linspace(-20, 20, 9)
"""Offsets that are weighed, from the expected one: as far as heads on home film are read wrong, and steps well below
what one reading errs by."""
FRAMES_A_DECISION = 4
"""Frames of one decision: more of them would say the same again."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """What the clip says of one person: H hypotheses that stand for all, with their weights.

    `weight` (H,) sums to 1. `guess` (H,): which of the guesses of where the partner is. `offset_deg` (H, 2): by how
    much the head is turned (yaw, pitch) beyond its share of a look, as bodies that rest half-way to the partner and
    biased readings make it; `offset_sd_deg` (2,) how finely that was weighed. `spread_scale` (H,): share of the stated
    standard deviation that readings err by. `guess_weight` (K,) sums to 1: the probability of every guess.
    """

    weight: FloatArray
    guess: NDArray[np.int64]
    offset_deg: FloatArray
    offset_sd_deg: FloatArray
    spread_scale: FloatArray
    guess_weight: FloatArray


def calibrate(
    infant: tuple[Observations, Targets],
    caregiver: tuple[Observations, Targets],
    time_us: NDArray[np.int64],
    constraints: FrameConstraints | None,
    rules: DyadParameters,
) -> tuple[Calibration, Calibration, float]:
    """Return both people's calibration, and the log evidence of the clip, given readings and targets.

    `constraints` are what a person's decisions leave possible. Guesses that are one world for both are weighed by both.
    """
    grids = [
        _grid(
            observations,
            targets,
            _informative(observations, targets, time_us, allowed, constraints, rules),
            rules,
            extra_deg,
            prior,
        )
        for (observations, targets), allowed, extra_deg, prior in (
            (infant, None if constraints is None else constraints.infant, rules.infant_offset_deg, rules.prior),
            (
                caregiver,
                None if constraints is None else constraints.caregiver,
                rules.caregiver_offset_deg,
                rules.prior,
            ),
        )
    ]
    sums = [scipy.special.logsumexp(log, axis=(1, 2)) for log, _ in grids]
    joint = sums[0] + sums[1] if infant[1].shared else None
    found, evidence = [], []
    for (log, offsets), alone, (_, targets) in zip(grids, sums, (infant, caregiver), strict=True):
        total = targets.log_prior + (alone if joint is None else joint)
        evidence.append(float(scipy.special.logsumexp(total)))
        weight = np.exp(total - evidence[-1])
        p = weight[:, None, None] * np.exp(log - alone[:, None, None])
        found.append(_sampled(p, offsets, weight, rules))
    return found[0], found[1], evidence[0] if joint is not None else sum(evidence)


def _sampled(p: FloatArray, offsets: FloatArray, weight: FloatArray, rules: DyadParameters) -> Calibration:
    """Hypotheses that stand for probabilities `p` (K, C, S): drawn evenly along them, so always the same ones."""
    reached = np.cumsum(p.ravel())
    draws = (np.arange(rules.hypotheses) + 0.5) / rules.hypotheses * reached[-1]
    cells, counts = np.unique(np.searchsorted(reached, draws), return_counts=True)
    guess, offset, scale = np.unravel_index(cells, p.shape)
    return Calibration(
        counts / counts.sum(),
        np.asarray(guess, np.int64),
        offsets[offset],
        np.array([YAWS_DEG[1] - YAWS_DEG[0], PITCHES_DEG[1] - PITCHES_DEG[0]]) / np.sqrt(12),
        np.array(rules.spread_scales)[scale],
        weight,
    )


@dataclass(frozen=True, eq=False)
class _Informative:
    """Frames (F,) that speak for the clip, how much each counts (F,), and what decisions leave possible (F, 3)."""

    frames: NDArray[np.int64]
    weight: FloatArray
    allowed: FloatArray


def _grid(
    observations: Observations,
    targets: Targets,
    informative: _Informative,
    rules: DyadParameters,
    extra_deg: tuple[float, float],
    share: tuple[float, float, float],
) -> tuple[FloatArray, FloatArray]:
    """Log posterior (K, C, S) by guess, offset and spread scale; and the C offsets (C, 2)."""
    middle = _expected(targets, extra_deg, rules)
    yaw, pitch = YAWS_DEG + middle[0], PITCHES_DEG + middle[1]
    offsets = np.stack(np.meshgrid(yaw, pitch, indexing="ij"), axis=-1).reshape(-1, 2)
    shape = (len(targets.log_prior), len(yaw), len(pitch))
    log = [np.tile(_log_prior_of_offsets(rules), (shape[0], 1, 1)) for _ in rules.spread_scales]
    if len(informative.frames):
        frames = informative.frames
        prior = np.log(informative.allowed * share)
        at_partner, at_object, away = prior.T[:, :, None, None]
        grid = Offsets(yaw[:, None], pitch)
        held = held_share(bool(targets.held.told.any()), rules)
        for spread_scale, total in zip(rules.spread_scales, log, strict=True):
            model = GazeLikelihoodModel(observations.of(frames), targets.of(frames), rules, spread_scale)
            thing = model.object(grid)
            if held:
                thing = log_add(thing + np.log1p(-held), model.held(grid) + np.log(held))
            other = log_add(thing + at_object, model.away(grid) + away)
            partner = model.partner(slice(None), grid) + at_partner[:, None]
            total += np.tensordot(informative.weight, log_add(partner, other[:, None]), axes=1)
    return np.stack([total.reshape(shape[0], -1) for total in log], axis=-1), offsets


def _log_prior_of_offsets(rules: DyadParameters) -> FloatArray:
    """Log prior (Y, P) of offsets from the expected one: mostly near it, now and then far off."""
    densities = []
    for share, sd in (
        (1 - rules.misread_head_share, rules.rest_sd_deg),
        (rules.misread_head_share, rules.misread_sd_deg),
    ):
        off = (YAWS_DEG[:, None] / sd[0]) ** 2 + (PITCHES_DEG / sd[1]) ** 2
        densities.append(share / (sd[0] * sd[1]) * np.exp(-0.5 * off))
    return np.asarray(np.log(sum(densities)))


def _expected(targets: Targets, extra_deg: tuple[float, float], rules: DyadParameters) -> FloatArray:
    """Offset (2,) expected before anything is read: the body rests part of the way to the partner."""
    known = np.isfinite(targets.partner[:, 0, 0])
    yaw = float(np.median(targets.partner[known, :, 0], axis=0) @ np.exp(targets.log_prior)) if known.any() else 0.0
    return np.array([(1 - rules.head_share_yaw) * rules.rest_towards_partner * yaw, 0.0]) + extra_deg


def _informative(
    observations: Observations,
    targets: Targets,
    time_us: NDArray[np.int64],
    allowed: FloatArray | None,
    constraints: FrameConstraints | None,
    rules: DyadParameters,
) -> _Informative:
    """Frames evenly over the seen time that nobody decided on, and a few of each decision, which count for more."""
    known = np.flatnonzero(observations.read & np.isfinite(targets.partner[:, 0, 0]))
    if not len(known):
        return _Informative(known, np.zeros(0), np.ones((0, 3)))
    verdict = np.full(len(time_us), -1) if constraints is None else constraints.verdict
    open_time = known[verdict[known] < 0]
    step = max(rules.reference_step_us, int(time_us[known[-1]] - time_us[known[0]]) // MOST_FRAMES)
    picked = [open_time[np.unique(time_us[open_time] // step, return_index=True)[1]]]
    weight = [np.full(len(picked[0]), min(1.0, step / rules.reference_independent_us))]
    for number in np.unique(verdict[known][verdict[known] >= 0]):
        inside = known[verdict[known] == number]
        picked.append(inside[np.unique(np.linspace(0, len(inside) - 1, FRAMES_A_DECISION).round().astype(int))])
        weight.append(np.full(len(picked[-1]), rules.decision_weight / len(picked[-1])))
    frames = np.concatenate(picked)
    return _Informative(
        frames, np.concatenate(weight), np.ones((len(frames), 3)) if allowed is None else allowed[frames]
    )
