"""Gamma: how far any number of coders agree on where and what at once (Mathet, Widloecher & Metivier 2015)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb, nan, sqrt

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MOST_EVENTS = 400
"""Events of all coders together above which gamma takes minutes and is not computed."""
LEAST_SAMPLES, MOST_SAMPLES = 30, 300
PRECISION = 0.02
"""Relative error of the expected disorder at which no more samples are drawn (at the 95 % level)."""
CERTAINTY = 1.96


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch that a coder marked, in any unit of time."""

    start: float
    end: float
    code: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """What counts how much: place, code, and a unit that another coder has not got."""

    place: float = 1.0
    code: float = 1.0
    missing: float = 1.0


@dataclass(frozen=True, slots=True)
class Gamma:
    """1 - disorder / expected disorder; NaN where fewer than two coders marked anything. 0 is chance, 1 all alike."""

    value: float
    disorder: float
    expected: float
    samples: int


def dissimilarity(first: Sequence[Unit], second: Sequence[Unit], weighing: Weighing) -> Floats:
    """Return (N, M): how far each unit of one coder is from each of another."""
    if not first or not second:
        return np.zeros((len(first), len(second)))
    ours = np.array([(unit.start, unit.end) for unit in first])
    theirs = np.array([(unit.start, unit.end) for unit in second])
    shifts = np.abs(np.subtract.outer(ours[:, 0], theirs[:, 0])) + np.abs(np.subtract.outer(ours[:, 1], theirs[:, 1]))
    lengths = np.add.outer(ours[:, 1] - ours[:, 0], theirs[:, 1] - theirs[:, 0])
    place = (shifts / lengths) ** 2
    code = np.not_equal.outer([unit.code for unit in first], [unit.code for unit in second])
    return np.asarray((weighing.place * place + weighing.code * code) * weighing.missing, np.float64)


def disorder(coders: Sequence[Sequence[Unit]], weighing: Weighing | None = None) -> float:
    """Return the disorder of the best alignment of the coders' units, 0 for all alike."""
    weights = weighing or Weighing()
    count = sum(map(len, coders))
    if not count:
        return nan
    best = _best_pair(coders[0], coders[1], weights) if len(coders) == 2 else _best_of_many(coders, weights)
    return best / (count / len(coders))


def _best_pair(first: Sequence[Unit], second: Sequence[Unit], weighing: Weighing) -> float:
    """Total of the best alignment of two coders: an assignment in which each unit may stay alone."""
    n, m = len(first), len(second)
    costs = np.full((n + m, n + m), weighing.missing)
    costs[:n, :m] = dissimilarity(first, second, weighing)
    costs[n:, m:] = 0.0
    rows, columns = scipy.optimize.linear_sum_assignment(costs)
    return float(costs[rows, columns].sum())


def _best_of_many(coders: Sequence[Sequence[Unit]], weighing: Weighing) -> float:
    """Total of the best alignment: a choice of unitary alignments in which each unit stands once."""
    count = len(coders)
    alignments, costs = _alignments(coders, weighing)
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in coders])])
    held = [np.flatnonzero(alignments[:, coder] >= 0) for coder in range(count)]
    units = np.concatenate([offsets[coder] + alignments[held[coder], coder] for coder in range(count)])
    chosen = np.concatenate(held)
    rows = scipy.sparse.csr_matrix((np.ones(len(chosen)), (units, chosen)), shape=(int(offsets[-1]), len(costs)))
    result = scipy.optimize.milp(
        costs,
        constraints=scipy.optimize.LinearConstraint(rows, 1, 1),
        integrality=np.ones(len(costs), np.int64),
        bounds=scipy.optimize.Bounds(0, 1),
    )
    if result.fun is None:
        raise RuntimeError(f"no best alignment was found: {result.message}")
    return float(result.fun)


def _alignments(coders: Sequence[Sequence[Unit]], weighing: Weighing) -> tuple[NDArray[np.int64], Floats]:
    """All unitary alignments that can be in a best one: (N, coders) places, -1 for none, and the cost of each.

    One that costs more than its units alone would (coders x missing) is never in it.
    """
    count = len(coders)
    pairs = comb(count, 2)
    between = {(a, b): dissimilarity(coders[a], coders[b], weighing) for a, b in combinations(range(count), 2)}
    places = np.zeros((1, 0), np.int64)
    costs = np.zeros(1)
    limit = count * weighing.missing * pairs + 1e-9
    for coder in range(count):
        choices = np.arange(-1, len(coders[coder]), dtype=np.int64)
        places_left = np.repeat(places, len(choices), axis=0)
        chosen = np.tile(choices, len(places))
        added = np.repeat(costs, len(choices))
        for earlier in range(coder):
            other = places_left[:, earlier]
            both = (other >= 0) & (chosen >= 0)
            alone = (other >= 0) ^ (chosen >= 0)
            neither = (other < 0) & (chosen < 0)
            cost = np.zeros(len(chosen))
            table = between[earlier, coder]
            if table.size:
                cost[both] = table[other[both], chosen[both]]
            cost[alone | neither] = weighing.missing
            added = added + cost
        keep = added <= limit
        places, costs = np.column_stack([places_left, chosen])[keep], added[keep]
    real = (places >= 0).any(1)
    return places[real], costs[real] / pairs


def gamma(
    coders: Sequence[Sequence[Unit]],
    length: float,
    *,
    seed: int,
    weighing: Weighing | None = None,
    most_samples: int = MOST_SAMPLES,
    most_events: int = MOST_EVENTS,
    on_sample: Callable[[float], None] = lambda _share: None,
) -> Gamma:
    """Return gamma on a continuum from 0 to `length`.

    The expected disorder is the mean over continua whose coders are turned in a circle by amounts at least half a
    usual unit apart; at least 30, more until it is sure to 2 %. The same `seed` gives the same value. Above
    `most_events` units NaN with no samples. `on_sample` is told the share of the least samples that are drawn; what it
    raises ends the work.
    """
    marking = [list(units) for units in coders if units]
    count = sum(map(len, coders))
    if len(marking) < 2 or count > most_events or length <= 0:
        return Gamma(nan, nan, nan, 0)
    weights = weighing or Weighing()
    found = disorder(coders, weights)
    chance = np.random.default_rng(seed)
    usual = sum(unit.end - unit.start for units in marking for unit in units) / count
    samples: list[float] = []
    while len(samples) < most_samples:
        shifts = _shifts(marking, coders, usual, length, chance)
        sample = [_turned(units, shift, length) for units, shift in zip(coders, shifts, strict=True)]
        samples.append(disorder(sample, weights))
        on_sample(min(1.0, len(samples) / LEAST_SAMPLES))
        if len(samples) >= LEAST_SAMPLES and _sure(samples):
            break
    expected = float(np.mean(samples))
    return Gamma(1 - found / expected if expected > 0 else nan, found, expected, len(samples))


def _sure(samples: Sequence[float]) -> bool:
    mean = float(np.mean(samples))
    return mean > 0 and CERTAINTY * float(np.std(samples, ddof=1)) / sqrt(len(samples)) <= PRECISION * mean


def _shifts(
    marking: Sequence[Sequence[Unit]],
    coders: Sequence[Sequence[Unit]],
    usual: float,
    length: float,
    chance: np.random.Generator,
) -> list[float]:
    """An amount for each coder, no two nearer than half a usual unit on the circle, as far as there is room."""
    gap = min(usual / 2, length / (2 * max(1, len(marking))))
    shifts: list[float] = []
    while len(shifts) < len(coders):
        shift = float(chance.uniform(0, length))
        if all(gap <= abs(shift - each) <= length - gap for each in shifts):
            shifts.append(shift)
    return shifts


def _turned(units: Sequence[Unit], shift: float, length: float) -> list[Unit]:
    """The units turned in a circle; one that would cross the end begins anew at the start instead."""
    found = []
    for unit in units:
        start = (unit.start + shift) % length
        found.append(Unit(start, start + unit.end - unit.start, unit.code))
    return found
