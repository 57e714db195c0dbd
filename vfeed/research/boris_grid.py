"""Kappa as BORIS counts it: a cross-check for who has its figure beside ours, and no measure to report.

BORIS looks at single times: at the first event of either observation and then every so often up to the last end, with
both ends of a state counted in, and a point seen from half a step before it to half a step after. What a coder has at a
time is everything that holds for a person then. Its figure therefore hangs on where the first event lies. (BORIS holds
ends as floating-point numbers: a last time that falls on the last end may be left out there.)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vfeed.research.kappa import Kappa, cohen
from vfeed.research.marks import Mark

Held = tuple[tuple[str, str, str], ...]


def boris_kappa(first: Sequence[Mark], second: Sequence[Mark], step_us: int) -> Kappa:
    """Return kappa over the times and persons of two codings; NaN where nothing is marked, and where all is alike."""
    marks = [*first, *second]
    people = sorted({mark.who for mark in marks})
    start_us = min((mark.start_us for mark in marks), default=0)
    end_us = max((mark.end_us for mark in marks), default=-1)
    times = [(who, at_us) for at_us in range(start_us, end_us + 1, step_us) for who in people]
    ours, theirs = ([_held(each, who, at_us, step_us) for who, at_us in times] for each in (first, second))
    kinds = {held: number for number, held in enumerate(sorted({*ours, *theirs}))}
    table = np.zeros((len(kinds), len(kinds)), np.int64)
    for one, other in zip(ours, theirs, strict=True):
        table[kinds[one], kinds[other]] += 1
    return cohen(table)


def _held(marks: Sequence[Mark], who: str, at_us: int, step_us: int) -> Held:
    """What a coder has for somebody at a time."""
    return tuple(
        sorted((mark.who, mark.lane, mark.code) for mark in marks if mark.who == who and _holds(mark, at_us, step_us))
    )


def _holds(mark: Mark, at_us: int, step_us: int) -> bool:
    if mark.point:
        return 2 * abs(mark.start_us - at_us) <= step_us
    return mark.start_us <= at_us <= mark.end_us
