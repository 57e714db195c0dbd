"""Events of two coders matched to each other: by their starts, or by how far they overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
import scipy
from numpy.typing import NDArray

from vfeed.research.kappa import Kappa
from vfeed.research.marks import Mark

LEAST_OVERLAP = 0.6
"""Share of the longer of two events that they have in common, from which they count as one (Holle & Rein 2015)."""
FITTING_ROUNDS = 20
ZERO = 0.001


@dataclass(frozen=True, slots=True)
class Matched:
    """How many events of two coders match within a tolerance on each side, and how many each has alone."""

    tolerance_us: int
    both: int
    only_first: int
    only_second: int

    @property
    def f1(self) -> float:
        """Twice the matched over all events, 0 to 1; NaN where nobody marked anything."""
        whole = 2 * self.both + self.only_first + self.only_second
        return 2 * self.both / whole if whole else nan

    @property
    def agreement(self) -> float:
        """Matched over matched and single ones, 0 to 1; NaN where nobody marked anything."""
        whole = self.both + self.only_first + self.only_second
        return self.both / whole if whole else nan


def match_onsets(first: Sequence[Mark], second: Sequence[Mark], tolerance_us: int) -> list[tuple[int, int]]:
    """Return pairs of places (in first, in second) of the same person, lane and code whose starts lie so near.

    As many as can be, and of those ways the one with the least time apart.
    """
    pairs: list[tuple[int, int]] = []
    kinds = {(mark.who, mark.lane, mark.code) for mark in first}
    for kind in sorted(kinds):
        ours = [place for place, mark in enumerate(first) if (mark.who, mark.lane, mark.code) == kind]
        theirs = [place for place, mark in enumerate(second) if (mark.who, mark.lane, mark.code) == kind]
        if not theirs:
            continue
        starts = np.array([first[place].start_us for place in ours], np.float64)
        others = np.array([second[place].start_us for place in theirs], np.float64)
        apart = np.abs(np.subtract.outer(starts, others))
        # One pair more outweighs any distance.
        far = (tolerance_us + 1.0) * (min(apart.shape) + 1)
        rows, columns = scipy.optimize.linear_sum_assignment(np.where(apart <= tolerance_us, apart, far))
        pairs += [
            (ours[row], theirs[column])
            for row, column in zip(rows, columns, strict=True)
            if apart[row, column] <= tolerance_us
        ]
    return sorted(pairs)


def matched(first: Sequence[Mark], second: Sequence[Mark], tolerance_us: int) -> Matched:
    """Return the counts of `match_onsets`."""
    both = len(match_onsets(first, second, tolerance_us))
    return Matched(tolerance_us, both, len(first) - both, len(second) - both)


def link_by_overlap(
    first: Sequence[Mark], second: Sequence[Mark], least: float = LEAST_OVERLAP
) -> list[tuple[int, int]]:
    """Return pairs of places of events that overlap by so much of the longer, whatever their codes; largest first."""
    found = []
    for ours, mark in enumerate(first):
        for theirs, other in enumerate(second):
            shared = min(mark.end_us, other.end_us) - max(mark.start_us, other.start_us)
            longer = max(mark.end_us - mark.start_us, other.end_us - other.start_us)
            if shared > 0 and shared >= least * longer - 1e-6:
                found.append((-shared / longer, ours, theirs))
    pairs: list[tuple[int, int]] = []
    for _, ours, theirs in sorted(found):
        if all(ours != pair[0] and theirs != pair[1] for pair in pairs):
            pairs.append((ours, theirs))
    return sorted(pairs)


def easydiag_table(
    first: Sequence[Mark], second: Sequence[Mark], codes: Sequence[str], least: float = LEAST_OVERLAP
) -> NDArray[np.int64]:
    """Return (K + 1, K + 1) int64: linked events by both codes, each twice; others against nothing (last), once."""
    place = {code: number for number, code in enumerate(codes)}
    table = np.zeros((len(codes) + 1, len(codes) + 1), np.int64)
    pairs = link_by_overlap(first, second, least)
    for ours, theirs in pairs:
        table[place[first[ours].code], place[second[theirs].code]] += 2
    for number, mark in enumerate(first):
        table[place[mark.code], -1] += all(number != ours for ours, _ in pairs)
    for number, mark in enumerate(second):
        table[-1, place[mark.code]] += all(number != theirs for _, theirs in pairs)
    return table


def easydiag(table: NDArray[np.int64]) -> Kappa:
    """Return EasyDIAg's kappa of such a table (Holle & Rein 2015): nothing against nothing is never seen.

    Chance comes of iterative proportional fitting of a table without that cell. Negative values stay negative. NaN
    where every event is linked and of one code: chance alone would have given that.
    """
    counts = table.astype(np.float64)
    whole = counts.sum()
    if not whole:
        return Kappa(nan, nan, nan)
    if np.diag(counts).max() == whole:
        return Kappa(nan, 1.0, 1.0)
    rows, columns = counts.sum(1), counts.sum(0)
    fitted = np.ones_like(counts)
    fitted[-1, -1] = 0.0
    for _ in range(FITTING_ROUNDS):
        fitted *= (np.where(rows == 0, ZERO, rows) / np.maximum(fitted.sum(1), 1e-300))[:, None]
        fitted *= (np.where(columns == 0, ZERO, columns) / np.maximum(fitted.sum(0), 1e-300))[None, :]
    observed, chance = float(np.trace(counts) / whole), float(np.trace(fitted) / whole)
    return Kappa(nan if 1 - chance < 1e-12 else (observed - chance) / (1 - chance), observed, chance)
