"""Figures of agreement: kappa, precision and recall, matched episodes, calibration. Nothing here knows of clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vfeed.timeline.interval import Interval

FloatArray = NDArray[np.floating[Any]]
MATCH_IOU = 0.3
"""An episode is found when a candidate shares at least this much of the time that the two cover."""
ONSET_TOLERANCE_US = 500_000


def kappa(ours: Sequence[Any], theirs: Sequence[Any]) -> float:
    """Cohen's kappa of two codings of the same frames; NaN when both are one and the same constant, or empty.

    >>> kappa([1, 1, 0, 0], [1, 0, 0, 0])
    0.5
    """
    labels = sorted(set(ours) | set(theirs))
    if len(labels) < 2:
        return float("nan")
    mine, yours = np.array([labels.index(x) for x in ours]), np.array([labels.index(x) for x in theirs])
    agreed = float((mine == yours).mean())
    chance = sum(float((mine == k).mean() * (yours == k).mean()) for k in range(len(labels)))
    return float("nan") if chance == 1 else round((agreed - chance) / (1 - chance), 3)


def counts(ours: Sequence[bool], theirs: Sequence[bool]) -> NDArray[np.int64]:
    """(4,): frames that both codings mark, ours alone, theirs alone, neither.

    >>> counts([True, True, False, False], [True, False, False, False]).tolist()
    [1, 1, 0, 2]
    """
    mine, yours = np.array(ours, bool), np.array(theirs, bool)
    return np.array([(mine & yours).sum(), (mine & ~yours).sum(), (~mine & yours).sum(), (~mine & ~yours).sum()])


def kappa_of(table: NDArray[np.int64]) -> float:
    """Cohen's kappa of `counts` that may be summed over clips; NaN when both are one and the same constant, or empty.

    >>> kappa_of(counts([True, True, False, False], [True, False, False, False]))
    0.5
    """
    both, ours, theirs, neither = (float(each) for each in table)
    whole = both + ours + theirs + neither
    if not whole:
        return float("nan")
    chance = ((both + ours) * (both + theirs) + (neither + ours) * (neither + theirs)) / whole**2
    return float("nan") if chance == 1 else round(((both + neither) / whole - chance) / (1 - chance), 3)


def precision_recall(ours: Sequence[bool], theirs: Sequence[bool]) -> tuple[float, float]:
    """Precision and recall of frames marked true; NaN where nothing was marked.

    >>> precision_recall([True, True, False], [True, False, False])
    (0.5, 1.0)
    """
    mine, yours = np.array(ours, bool), np.array(theirs, bool)
    both = float((mine & yours).sum())
    return _ratio(both, float(mine.sum())), _ratio(both, float(yours.sum()))


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else float("nan")


@dataclass(frozen=True, slots=True)
class Episodes:
    """How offered episodes match true ones: each is matched at most once, by `MATCH_IOU`.

    `hit_offered` and `hit_true` are the positions that match; `onsets_near` counts matches whose starts lie within
    `ONSET_TOLERANCE_US` of each other.
    """

    offered: int
    true: int
    hit_offered: tuple[int, ...]
    hit_true: tuple[int, ...]
    onsets_near: int

    @property
    def matched(self) -> int:
        """Number of matches."""
        return len(self.hit_offered)


def match_episodes(offered: Sequence[Interval], true: Sequence[Interval]) -> Episodes:
    """Match offered with true episodes so that they share the most.

    >>> match_episodes([Interval(0, 10), Interval(50, 60)], [Interval(0, 8)]).matched
    1
    """
    if not offered or not true:
        return Episodes(len(offered), len(true), (), (), 0)
    shared = np.array([[one.iou(other) for other in true] for one in offered])
    rows, columns = linear_sum_assignment(-np.where(shared >= MATCH_IOU, shared, 0))
    pairs = [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if shared[r, c] >= MATCH_IOU]
    near = sum(abs(offered[r].start_us - true[c].start_us) <= ONSET_TOLERANCE_US for r, c in pairs)
    return Episodes(len(offered), len(true), tuple(r for r, _ in pairs), tuple(c for _, c in pairs), near)


def f1(matched: int, offered: int, true: int) -> float:
    """F1 of matched among offered and true; NaN when there was nothing to find and nothing was offered.

    >>> f1(1, 2, 1)
    0.667
    """
    return round(2 * matched / (offered + true), 3) if offered + true else float("nan")


@dataclass(frozen=True, slots=True)
class Bin:
    """Statements made with a confidence from `low` up to `high`: how many, their mean, and the share that was true."""

    low: float
    high: float
    count: int
    stated: float
    true: float


def reliability(stated: FloatArray, true: NDArray[np.bool_], bins: int) -> tuple[list[Bin], float]:
    """The bins of a reliability diagram, and the expected calibration error: 0 is what was stated, 1 its opposite.

    `stated` (N,) and `true` (N,); equal steps of confidence, empty ones left out; NaN error for no statements.

    >>> reliability(np.array([0.9, 0.9]), np.array([True, False]), 2)[1]
    0.4
    """
    edges = np.linspace(0, 1, bins + 1)
    found, error = [], 0.0
    for low, high in pairwise(edges):
        inside = (stated >= low) & ((stated < high) | (high == 1))
        if inside.any():
            mean, share = float(stated[inside].mean()), float(true[inside].mean())
            found.append(Bin(round(float(low), 2), round(float(high), 2), int(inside.sum()), mean, share))
            error += float(inside.mean()) * abs(mean - share)
    return found, round(error, 3) if len(stated) else float("nan")
