"""Intraclass correlations: agreement on numbers, such as how long a look lasted or how often it came in a clip."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Any, Literal

import numpy as np
import scipy
from numpy.typing import NDArray

Model = Literal["1,1", "2,1", "3,1", "1,k", "2,k", "3,k"]
MODELS: dict[Model, str] = {
    "1,1": "one-way random, single coder",
    "2,1": "two-way random, absolute agreement, single coder",
    "3,1": "two-way mixed, consistency, single coder",
    "1,k": "one-way random, mean of coders",
    "2,k": "two-way random, absolute agreement, mean of coders",
    "3,k": "two-way mixed, consistency, mean of coders",
}
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Icc:
    """An intraclass correlation with its interval (95 %) and its model, which is always named beside it."""

    value: float
    low: float
    high: float
    model: Model
    targets: int
    coders: int


def icc(values: NDArray[Any], model: Model = "2,1", level: float = LEVEL) -> Icc:
    """Return the ICC of (targets, coders) numbers (Shrout & Fleiss 1979; intervals by F: McGraw & Wong 1996).

    Targets with a missing (NaN) value are left out. NaN for fewer than two targets or coders, and where nothing varies.

    >>> judges = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(icc(judges, "2,1").value, 4)
    0.2898
    """
    table = np.asarray(values, np.float64)
    table = table[np.isfinite(table).all(1)]
    n, k = table.shape
    if n < 2 or k < 2 or np.ptp(table) == 0:
        return Icc(nan, nan, nan, model, n, k)
    squares = _squares(table)
    single, low, high = {"1": _one_way, "2": _two_way_random, "3": _two_way_mixed}[model[0]](squares, n, k, level)
    if model.endswith("k"):
        single, low, high = (_of_mean(each, k) for each in (single, low, high))
    return Icc(single, low, high, model, n, k)


@dataclass(frozen=True, slots=True)
class _Squares:
    """Mean squares: between targets, between coders, what is left, and within targets."""

    targets: float
    coders: float
    error: float
    within: float


def _squares(table: NDArray[np.float64]) -> _Squares:
    n, k = table.shape
    mean = table.mean()
    between = k * ((table.mean(1) - mean) ** 2).sum()
    across = n * ((table.mean(0) - mean) ** 2).sum()
    whole = ((table - mean) ** 2).sum()
    return _Squares(
        float(between / (n - 1)),
        float(across / (k - 1)),
        float((whole - between - across) / ((n - 1) * (k - 1))),
        float((whole - between) / (n * (k - 1))),
    )


def _quantile(level: float, first: float, second: float) -> float:
    return float(scipy.special.fdtri(first, second, 1 - (1 - level) / 2))


def _ratio(above: float, below: float) -> float:
    return above / below if below else nan


def _one_way(s: _Squares, n: int, k: int, level: float) -> tuple[float, float, float]:
    value = _ratio(s.targets - s.within, s.targets + (k - 1) * s.within)
    if not s.within:
        return value, nan, nan
    f = s.targets / s.within
    low, high = f / _quantile(level, n - 1, n * (k - 1)), f * _quantile(level, n * (k - 1), n - 1)
    return value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _two_way_mixed(s: _Squares, n: int, k: int, level: float) -> tuple[float, float, float]:
    value = _ratio(s.targets - s.error, s.targets + (k - 1) * s.error)
    if s.error < 1e-12:
        return value, nan, nan
    f = s.targets / s.error
    rest = (n - 1) * (k - 1)
    low, high = f / _quantile(level, n - 1, rest), f * _quantile(level, rest, n - 1)
    return value, (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _two_way_random(s: _Squares, n: int, k: int, level: float) -> tuple[float, float, float]:
    value = _ratio(s.targets - s.error, s.targets + (k - 1) * s.error + k * (s.coders - s.error) / n)
    if s.error < 1e-12 or value >= 1:
        return value, nan, nan
    a, b = k * value / (n * (1 - value)), 1 + k * value * (n - 1) / (n * (1 - value))
    above = (a * s.coders + b * s.error) ** 2
    freedom = above / ((a * s.coders) ** 2 / (k - 1) + (b * s.error) ** 2 / ((n - 1) * (k - 1)))
    shared = k * s.coders + (k * n - k - n) * s.error
    f_low, f_high = _quantile(level, n - 1, freedom), _quantile(level, freedom, n - 1)
    low = n * (s.targets - f_low * s.error) / (f_low * shared + n * s.targets)
    high = n * (f_high * s.targets - s.error) / (shared + n * f_high * s.targets)
    return value, low, high


def _of_mean(single: float, k: int) -> float:
    """Spearman-Brown: the reliability of the mean of k coders."""
    return _ratio(k * single, 1 + (k - 1) * single)
