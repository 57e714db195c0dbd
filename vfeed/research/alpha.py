"""Krippendorff's alpha: any number of coders, missing and ordered codes; and for stretches, where as well as what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval", "ratio"]


@dataclass(frozen=True, slots=True)
class Alpha:
    """Krippendorff's alpha: 1 - observed / expected disagreement. NaN where only one code was used, or too little.

    `coders` is how many coded anything at all: a value made by one coder alone says nothing.
    """

    value: float
    observed: float
    expected: float
    coders: int

    @property
    def too_little(self) -> bool:
        """Whether something was coded, and too little of it to tell what chance would do."""
        return isnan(self.value) and self.expected > 0


def alpha(ratings: Sequence[Sequence[Any]], level: Level = "nominal") -> Alpha:
    """Return alpha of coders (rows) over units (columns); None is missing and not a code (Krippendorff 2011).

    For levels above nominal codes are numbers; for ordinal they are ranked by value.

    >>> round(alpha([[0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]]).value, 3)
    0.095
    """
    coders = sum(any(code is not None for code in row) for row in ratings)
    units = [[code for code in unit if code is not None] for unit in zip(*ratings, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    codes = sorted({code for unit in units for code in unit}, key=None if level != "nominal" else str)
    if not units:
        return Alpha(nan, nan, nan, coders)
    counts = np.array([[sum(code == each for each in unit) for code in codes] for unit in units], np.float64)
    return _from_counts(counts, codes, level, coders)


def _from_counts(counts: Floats, codes: Sequence[Any], level: Level, coders: int) -> Alpha:
    pairable = counts.sum(1, keepdims=True)
    together = (counts / (pairable - 1)).T @ counts - np.diag((counts / (pairable - 1)).sum(0))
    totals = together.sum(0)
    whole = totals.sum()
    apart = _DISTANCES[level](codes, totals)
    observed = float((together * apart).sum() / whole)
    expected = float((np.outer(totals, totals) * apart).sum() / (whole * (whole - 1)))
    return Alpha(1 - observed / expected if expected > 0 else nan, observed, expected, coders)


def _nominal(codes: Sequence[Any], _: Floats) -> Floats:
    return 1 - np.eye(len(codes))


def _ordinal(_: Sequence[Any], totals: Floats) -> Floats:
    before = np.cumsum(totals) - totals / 2
    return np.asarray(np.subtract.outer(before, before) ** 2, np.float64)


def _interval(codes: Sequence[Any], _: Floats) -> Floats:
    values = np.array(codes, np.float64)
    return np.asarray(np.subtract.outer(values, values) ** 2, np.float64)


def _ratio(codes: Sequence[Any], _: Floats) -> Floats:
    values = np.array(codes, np.float64)
    sums = np.add.outer(values, values)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.subtract.outer(values, values) / sums
    return np.asarray(np.where(sums == 0, 0.0, shares) ** 2, np.float64)


_DISTANCES: dict[Level, Callable[[Sequence[Any], Floats], Floats]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}

LEAST_UNITIZING = -3.0
"""The least alpha_U that says anything: of many stretches it is -2, where one coder marks just what the other does not.

Below it stretches are so few, and so long for what was watched, that chance leaves them hardly another place: expected
disagreement goes towards nothing then, and the value towards minus infinity, by the size of a step alone.
"""

Span = tuple[int, int]
"""Start and end of a stretch in steps of the continuum."""


@dataclass(frozen=True, slots=True)
class Continuum:
    """A clip as alpha_U takes it: each coder's stretches of one code, and its start and end, in whole steps."""

    coders: Sequence[Sequence[Span]]
    start: int
    end: int


def alpha_unitizing(continua: Sequence[Continuum]) -> Alpha:
    """Return alpha_U of one code: how far coders agree on where its stretches lie (Krippendorff 1995, 2004).

    The stretches of a coder do not overlap. Several clips count as one continuum, one after the other; what is
    compared never crosses from one to the next.
    """
    length = sum(each.end - each.start for each in continua)
    count = len(continua[0].coders) if continua else 0
    if count < 2 or not length:
        return Alpha(nan, nan, nan, count)
    observed = 0.0
    sections: list[_Section] = []
    for each in continua:
        tiled = [_tiled(sorted(spans), each.start, each.end) for spans in each.coders]
        observed += sum(
            _apart(section, other)
            for one in tiled
            for another in tiled
            if another is not one
            for section in one
            for other in another
        )
        sections += [section for one in tiled for section in one]
    marking = sum(any(each.coders[coder] for each in continua) for coder in range(count))
    observed_share = observed / (count * (count - 1) * float(length) ** 2)
    expected = _expected(sections, length, count)
    return _unitizing(observed_share, expected, marking)


def alpha_unitizing_of_all(by_code: Sequence[Alpha], coders: int) -> Alpha:
    """Return alpha_U over several codes, from that of each; `coders` is how many marked any of them."""
    return _unitizing(sum(each.observed for each in by_code), sum(each.expected for each in by_code), coders)


def _unitizing(observed: float, expected: float, coders: int) -> Alpha:
    value = 1 - observed / expected if expected > 0 else nan
    return Alpha(value if value >= LEAST_UNITIZING else nan, observed, expected, coders)


_Section = tuple[int, int, bool]
"""Start, end, and whether it is a stretch or the gap between two."""


def _tiled(spans: Sequence[Span], start: int, end: int) -> list[_Section]:
    sections: list[_Section] = []
    here = start
    for first, last in spans:
        if first > here:
            sections.append((here, first, False))
        sections.append((first, last, True))
        here = last
    if here < end:
        sections.append((here, end, False))
    return sections


def _apart(one: _Section, other: _Section) -> float:
    """Squared distances of starts and ends where two stretches meet; a stretch inside a gap counts its own length."""
    if one[2] and other[2]:
        meets = one[0] < other[1] and other[0] < one[1]
        return float((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) if meets else 0.0
    inner, outer = (one, other) if one[2] else (other, one)
    lies_inside = inner[2] and not outer[2] and outer[0] <= inner[0] and inner[1] <= outer[1]
    return float((inner[1] - inner[0]) ** 2) if lies_inside else 0.0


def _expected(sections: Sequence[_Section], length: int, coders: int) -> float:
    marked = [float(last - first) for first, last, is_mark in sections if is_mark]
    gaps = np.array([last - first for first, last, is_mark in sections if not is_mark], np.float64)
    number, whole = len(marked), float(coders * length)
    above = 0.0
    for each in marked:
        longer = gaps[gaps >= each]
        above += (number - 1) / 3 * (2 * each**3 - 3 * each**2 + each) + each**2 * float((longer - each + 1).sum())
    below = whole * (whole - 1) - sum(each * (each - 1) for each in marked)
    return 2 / length * above / below if below > 0 else nan
