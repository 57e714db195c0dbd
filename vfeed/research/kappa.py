"""Agreement beyond chance of two coders on the same units: Cohen's kappa and its kin, Gwet's AC1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class Kappa:
    """A chance-corrected agreement: `value` is (observed - chance) / (1 - chance), -1 to 1.

    NaN where only one code was used or nothing was coded: then chance alone would give full agreement, and nothing can
    be said. `highest` is the largest value that the coders' totals allow. `standard_error` holds for units that do not
    depend on each other, which neighbouring frames do: quote it for events alone.
    """

    value: float
    observed: float
    chance: float
    highest: float = nan
    standard_error: float = nan


def confusion(ours: Sequence[str], theirs: Sequence[str], codes: Sequence[str]) -> NDArray[np.int64]:
    """Return (K, K) int64: units by the code of the first (rows) and second coder; other codes are not counted.

    >>> confusion(["a", "b", "b"], ["a", "b", "a"], ["a", "b"]).tolist()
    [[1, 0], [1, 1]]
    """
    mine, yours = numbered(ours, codes), numbered(theirs, codes)
    counted = (mine >= 0) & (yours >= 0)
    return confusion_of(mine[counted], yours[counted], len(codes))


def numbered(units: Sequence[str], codes: Sequence[str]) -> NDArray[np.int64]:
    """Return (N,) int64: the place of each unit's code among `codes`, -1 for another."""
    place = {code: number for number, code in enumerate(codes)}
    return np.array([place.get(code, -1) for code in units], np.int64)


def confusion_of(ours: NDArray[np.int64], theirs: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return `confusion` of units that are numbered already, all from 0 up to `count`."""
    return np.bincount(ours * count + theirs, minlength=count * count).reshape(count, count).astype(np.int64)


def agreement_weights(count: int, weights: Weights = "none") -> Floats:
    """Return (K, K): how far two codes agree, 1 on the diagonal; for codes in order (Cohen 1968).

    >>> agreement_weights(3, "linear").tolist()
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.5], [0.0, 0.5, 1.0]]
    """
    if weights == "none" or count < 2:
        return np.eye(count)
    apart = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / (count - 1)
    return np.asarray(1 - (apart if weights == "linear" else apart**2), np.float64)


def cohen(table: NDArray[Any], weights: Weights = "none") -> Kappa:
    """Return Cohen's kappa of a (K, K) table of counts (Cohen 1960, 1968; SE: Fleiss, Cohen & Everitt 1969).

    >>> round(cohen(np.array([[20, 5], [10, 15]])).value, 4)
    0.4
    """
    counts = np.asarray(table, np.float64)
    whole = counts.sum()
    if not whole:
        return Kappa(nan, nan, nan)
    shares, agrees = counts / whole, agreement_weights(len(counts), weights)
    rows, columns = shares.sum(1), shares.sum(0)
    observed, chance = float((shares * agrees).sum()), float((np.outer(rows, columns) * agrees).sum())
    if 1 - chance < 1e-12:
        return Kappa(nan, observed, chance)
    value = (observed - chance) / (1 - chance)
    highest = (float(np.minimum(rows, columns).sum()) - chance) / (1 - chance) if weights == "none" else nan
    means = np.add.outer(agrees @ columns, rows @ agrees)
    spread = (shares * (agrees - means * (1 - value)) ** 2).sum() - (value - chance * (1 - value)) ** 2
    return Kappa(value, observed, chance, highest, sqrt(max(0.0, float(spread)) / whole) / (1 - chance))


def gwet(table: NDArray[Any], weights: Weights = "none") -> Kappa:
    """Return Gwet's AC1 of a (K, K) table, AC2 with weights (Gwet 2008); steady where one code fills most of the time.

    >>> round(gwet(np.array([[80, 7], [8, 5]])).value, 3)
    0.808
    """
    counts = np.asarray(table, np.float64)
    whole, codes = counts.sum(), len(counts)
    if not whole or codes < 2:
        return Kappa(nan, nan, nan)
    shares, agrees = counts / whole, agreement_weights(codes, weights)
    usual = (shares.sum(0) + shares.sum(1)) / 2
    return _ac(float((shares * agrees).sum()), usual, agrees)


def _ac(observed: float, usual: Floats, agrees: Floats) -> Kappa:
    codes = len(usual)
    chance = float(agrees.sum() / (codes * (codes - 1)) * (usual * (1 - usual)).sum())
    return Kappa(nan if 1 - chance < 1e-12 else (observed - chance) / (1 - chance), observed, chance)


def within_tolerance(ours: Sequence[str], theirs: Sequence[str], tolerance_units: int) -> list[str]:
    """Return the second coder's codes as the first one is met: hers where he has the same within so many units.

    A unit agrees when the other has its code no further than the tolerance away (Bakeman, Quera & Gnisci 2009). It is
    not the same in both directions: give both.

    >>> within_tolerance(["a", "a", "b"], ["b", "a", "b"], 1)
    ['a', 'a', 'b']
    """
    codes = sorted(set(ours) | set(theirs))
    met = met_within(numbered(ours, codes), numbered(theirs, codes), tolerance_units, len(codes))
    return [codes[place] for place in met]


def met_within(
    ours: NDArray[np.int64], theirs: NDArray[np.int64], tolerance_units: int, count: int
) -> NDArray[np.int64]:
    """Return `within_tolerance` of units that are numbered already."""
    if tolerance_units <= 0:
        return theirs
    length = len(theirs)
    met = np.zeros(length, np.bool_)
    first = np.maximum(np.arange(length) - tolerance_units, 0)
    last = np.minimum(np.arange(length) + tolerance_units + 1, length)
    for code in range(count):
        totals = np.concatenate([[0], np.cumsum(theirs == code)])
        met |= (ours == code) & (totals[last] > totals[first])
    return np.where(met, ours, theirs)
