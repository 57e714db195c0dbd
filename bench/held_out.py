"""What a stated confidence is worth for people who had no say in it: each pair of people against all others.

None of vfeed's numbers is fitted to what confidences turned out to be. Here, to see whether it would help, a line is
fitted on all pairs of people but one and tried on that one, pair after pair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit

from bench.scores import reliability

FloatArray = NDArray[np.floating[Any]]
BINS = 5
LEAST, MOST = 0.01, 0.99
PULL = 0.1
"""Weight of a prior that leaves what is stated as it is: few statements must not move it far."""
DRAWS = 1000
"""How often pairs of people are drawn anew, with putting back, to see how far a share may be off by who was filmed."""


@dataclass(frozen=True, eq=False)
class Statements:
    """What was stated of N moments or frames, and what was so.

    `stated` (N,) 0 to 1; `true` (N,) the share that was true; `count` (N,) how many statements a row stands for; `pair`
    (N,) whose.
    """

    stated: FloatArray
    true: FloatArray
    count: FloatArray
    pair: NDArray[np.int64]

    @classmethod
    def of(cls, lines: Sequence[dict[str, Any]], name: str) -> Statements:
        """Those under a `name` of the `by_clip` lines of results, each (stated, true, count); a clip is a pair."""
        rows = [(*row, pair) for pair, line in enumerate(lines) for row in line[name]]
        table = np.array(rows, float).reshape(-1, 4)
        return cls(table[:, 0], table[:, 1], table[:, 2], table[:, 3].astype(np.int64))

    def chosen(self, rows: NDArray[np.bool_]) -> Statements:
        """Some of them."""
        return Statements(self.stated[rows], self.true[rows], self.count[rows], self.pair[rows])


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements from `low` up to `high`: how many, of how many pairs, their mean, and the share that was true.

    `by_others` is their mean by the line that others give; in nine of ten draws of pairs the share true lies `between`.
    """

    low: float
    high: float
    count: int
    pairs: int
    stated: float
    by_others: float
    true: float
    between: tuple[float, float]


def line_of(given: Statements) -> tuple[float, float]:
    """Return (slope, shift) so that expit(slope * logit(stated) + shift) is the share that is true."""
    at = logit(np.clip(given.stated, LEAST, MOST))

    def loss(line: FloatArray) -> float:
        p = np.clip(expit(line[0] * at + line[1]), 1e-9, 1 - 1e-9)
        off = -(given.count * (given.true * np.log(p) + (1 - given.true) * np.log(1 - p))).sum()
        return float(off + PULL * ((line[0] - 1) ** 2 + line[1] ** 2))

    slope, shift = minimize(loss, [1.0, 0.0]).x
    return float(slope), float(shift)


def by_others(given: Statements) -> FloatArray:
    """What each statement would be by the line that is fitted on all other pairs, (N,)."""
    told = np.array(given.stated)
    for pair in np.unique(given.pair):
        own = given.pair == pair
        slope, shift = line_of(given.chosen(~own))
        told[own] = expit(slope * logit(np.clip(given.stated[own], LEAST, MOST)) + shift)
    return told


def table(given: Statements) -> list[Bin]:
    """The reliability table, in equal steps of what is stated; empty ones are left out."""
    refitted, rng = by_others(given), np.random.default_rng(1)
    found = []
    for low, high in pairwise(np.linspace(0, 1, BINS + 1)):
        inside = (given.stated >= low) & ((given.stated < high) | (high == 1))
        if not inside.any():
            continue
        one = given.chosen(inside)
        pairs = np.unique(one.pair)
        counts, hits = (
            np.array([each[one.pair == pair].sum() for pair in pairs]) for each in (one.count, one.count * one.true)
        )
        drawn = rng.integers(0, len(pairs), (DRAWS, len(pairs)))
        shares = hits[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
        between = np.percentile(shares, [5, 95])
        mean, told = (float(np.average(each[inside], weights=one.count)) for each in (given.stated, refitted))
        true = float(hits.sum() / counts.sum())
        row = Bin(low, high, int(counts.sum()), len(pairs), mean, told, true, (float(between[0]), float(between[1])))
        found.append(row)
    return found


def off_by(given: Statements, stated: FloatArray) -> float:
    """The expected calibration error of what is `stated` (N,) in the place of what was; 0 is best."""
    each = np.repeat(np.arange(len(stated)), given.count.astype(int))
    hits = np.concatenate(
        [np.arange(int(n)) < round(n * share) for n, share in zip(given.count, given.true, strict=True)]
    )
    return reliability(stated[each], hits, BINS)[1]
