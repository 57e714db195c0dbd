"""Intervals by drawing families anew: frames and clips of one family are alike, families are not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

DRAWS = 2_000
LEVEL = 0.95
LEAST_FAMILIES = 5
"""Below this an interval would be a guess: each family is shown instead."""
LEAST_USABLE = 0.5
"""Share of draws that must give a number at all."""


@dataclass(frozen=True, slots=True)
class Range:
    """An interval (95 %, percentiles) over families; NaN below `LEAST_FAMILIES`."""

    low: float = nan
    high: float = nan


def over_families(
    tables: Sequence[NDArray[np.int64]],
    statistic: Callable[[NDArray[np.float64]], float],
    *,
    seed: int,
    draws: int = DRAWS,
) -> Range:
    """Return the interval of a statistic of summed tables, one for each family; the same seed gives the same one."""
    count = len(tables)
    if count < LEAST_FAMILIES:
        return Range()
    chance = np.random.default_rng(seed)
    times = chance.multinomial(count, np.full(count, 1 / count), size=draws)
    stacked = np.stack(tables).astype(np.float64)
    values = np.array([statistic(np.tensordot(each, stacked, axes=1)) for each in times])
    known = values[np.isfinite(values)]
    if len(known) < LEAST_USABLE * draws:
        return Range()
    low, high = np.percentile(known, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Range(float(low), float(high))
