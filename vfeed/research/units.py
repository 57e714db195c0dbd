"""Marks turned into one code for each unit of time: the code at the unit's middle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vfeed.research.marks import Coding, Mark
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

UNIT_US = 40_000
"""A frame of a film with 25 a second."""
NOTHING = ""
"""The code of a watched unit in which a lane has no mark: absent, which is not the same as not coded."""


def unit_middles(start_us: int, end_us: int, unit_us: int = UNIT_US) -> NDArray[np.int64]:
    """Return (N,) int64 us: the middles of units from `start_us` on before `end_us`, which may cut the last off."""
    count = max(0, -(-(end_us - start_us - unit_us // 2) // unit_us))
    return start_us + unit_us * np.arange(count, dtype=np.int64) + unit_us // 2


def codes_at(marks: Sequence[Mark], times_us: NDArray[np.int64]) -> list[str]:
    """Return the code in force at each time; "" for none. Of overlapping marks the one that began last holds."""
    found = [NOTHING] * len(times_us)
    for mark in sorted(marks):
        if not mark.point:
            first, last = np.searchsorted(times_us, [mark.start_us, mark.end_us])
            found[first:last] = [mark.code] * int(last - first)
    return found


def inside(window: Timeline, times_us: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return (N,) bool: which times lie in the window."""
    mask = np.zeros(len(times_us), np.bool_)
    for each in window:
        first, last = np.searchsorted(times_us, [each.start_us, each.end_us])
        mask[first:last] = True
    return mask


def watched(coding: Coding, who: str, lane: str) -> Timeline:
    """Return what the coder watched for a lane: as said, else the whole clip, as far as its end is known."""
    if coding.lanes:
        return Timeline(coding.lanes.get((who, lane), coding.window))
    return ever_watched(coding)


def ever_watched(coding: Coding) -> Timeline:
    """Return what the coder watched for any lane, as `watched`."""
    if coding.lanes or coding.window:
        return Timeline(coding.stretches)
    return Timeline([Interval(0, coding.end_us)] if coding.end_us else [])


def unit_codes(coding: Coding, who: str, lane: str, unit_us: int = UNIT_US) -> list[str | None]:
    """Return a lane's code for each unit from the clip's first frame on: "" for no mark, None where not watched."""
    times = unit_middles(0, coding.end_us, unit_us)
    marks = [mark for mark in coding.marks if (mark.who, mark.lane) == (who, lane)]
    seen = inside(watched(coding, who, lane), times)
    return [code if is_seen else None for code, is_seen in zip(codes_at(marks, times), seen, strict=True)]
