"""Where two coders differ: stretches to look at again, the longest first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from vfeed.research.agreement import Pair
from vfeed.research.marks import Coding, Mark
from vfeed.research.matching import match_onsets
from vfeed.research.units import NOTHING, UNIT_US, codes_at, inside, unit_middles, watched
from vfeed.timeline.timeline import Timeline

LEAST_US = 200_000
MERGED_US = 500_000
BEFORE_US = 2_000_000
"""A playlist starts the film so much before the stretch, and goes on as long after it."""


POINT_US = 40_000
"""How long the place of a point that differs is shown: one frame."""


class Differs(StrEnum):
    """How two codings differ: when a state ends or begins, which it is, or whether there is one."""

    TIMING = "timing"
    CODE = "code"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch in which two coders have different codes ("" for none)."""

    start_us: int
    end_us: int
    who: str
    lane: str
    first: str
    second: str
    kind: Differs


def stretches(pair: Pair, who: str, lane: str, tolerance_us: int, unit_us: int = UNIT_US) -> list[Stretch]:
    """Return the stretches of at least 0.2 s in which the coders of a clip differ, the longest first.

    Of one pair of codes those less than half a second apart are one. A stretch no longer than the tolerance beside time
    in which both have one of its codes is a matter of timing.
    """
    both = watched(pair.first, who, lane).intersection(watched(pair.second, who, lane))
    end_us = max((each.end_us for each in both), default=0)
    times = unit_middles(0, end_us, unit_us)
    times = times[inside(both, times)]
    ours, theirs = (
        codes_at([mark for mark in coding.marks if (mark.who, mark.lane) == (who, lane)], times)
        for coding in (pair.first, pair.second)
    )
    found: list[Stretch] = []
    for place, (mine, yours) in enumerate(zip(ours, theirs, strict=True)):
        if mine == yours:
            continue
        start, end = int(times[place]) - unit_us // 2, min(int(times[place]) + unit_us - unit_us // 2, end_us)
        last = found[-1] if found else None
        if last and (last.first, last.second) == (mine, yours) and start - last.end_us < MERGED_US:
            found[-1] = Stretch(last.start_us, end, who, lane, mine, yours, last.kind)
        else:
            found.append(Stretch(start, end, who, lane, mine, yours, Differs.CODE))
    long_enough = [each for each in found if each.end_us - each.start_us >= LEAST_US]
    told = [_kind(each, times.tolist(), ours, theirs, tolerance_us) for each in long_enough]
    return sorted(told, key=lambda each: (each.start_us - each.end_us, each.start_us))


def _kind(
    stretch: Stretch, times: Sequence[int], ours: Sequence[str], theirs: Sequence[str], tolerance_us: int
) -> Stretch:
    before = range(bisect_left(times, stretch.start_us - tolerance_us), bisect_left(times, stretch.start_us))
    after = range(bisect_left(times, stretch.end_us), bisect_left(times, stretch.end_us + tolerance_us))
    beside = [ours[place] for place in (*before, *after) if ours[place] == theirs[place]]
    kind = Differs.CODE
    if stretch.end_us - stretch.start_us <= tolerance_us and {stretch.first, stretch.second} & set(beside):
        kind = Differs.TIMING
    elif NOTHING in (stretch.first, stretch.second):
        kind = Differs.MISSED
    return Stretch(stretch.start_us, stretch.end_us, stretch.who, stretch.lane, stretch.first, stretch.second, kind)


@dataclass(frozen=True, slots=True)
class PointDiffers:
    """A point that only one coder has, or two of different codes near each other; `stretch` is its place to look at."""

    stretch: Stretch
    first: Mark | None
    second: Mark | None


def point_differences(pair: Pair, who: str, lane: str, tolerance_us: int) -> list[PointDiffers]:
    """Return where two coders' points differ, in order of time: no other one of the same code lies within the leeway.

    Points of different codes within the leeway of each other are one difference, nearest first. Each has a time of its
    own, if need be some microseconds later than its mark.
    """
    both = watched(pair.first, who, lane).intersection(watched(pair.second, who, lane))
    ours, theirs = (
        [mark for mark in coding.marks if (mark.who, mark.lane) == (who, lane) and _is_in(mark, both)]
        for coding in (pair.first, pair.second)
    )
    met = match_onsets(ours, theirs, tolerance_us)
    left = [mark for place, mark in enumerate(ours) if place not in {one for one, _ in met}]
    right = [mark for place, mark in enumerate(theirs) if place not in {other for _, other in met}]
    found: list[tuple[Mark | None, Mark | None]] = []
    near = sorted((abs(one.start_us - other.start_us), one, other) for one in left for other in right)
    for apart, one, other in near:
        if apart <= tolerance_us and one in left and other in right:
            left.remove(one)
            right.remove(other)
            found.append((one, other))
    found += [(one, None) for one in left] + [(None, other) for other in right]
    taken: set[int] = set()
    told = []
    for first, second in sorted(found, key=lambda each: min(mark.start_us for mark in each if mark)):
        start_us = min(mark.start_us for mark in (first, second) if mark)
        while start_us in taken:
            start_us += 1
        taken.add(start_us)
        kind = Differs.CODE if first and second else Differs.MISSED
        codes = first.code if first else NOTHING, second.code if second else NOTHING
        told.append(PointDiffers(Stretch(start_us, start_us + POINT_US, who, lane, *codes, kind), first, second))
    return told


def _is_in(mark: Mark, window: Timeline) -> bool:
    return mark.point and any(each.contains(mark.start_us) for each in window)


def playlist(clip: str, found: Sequence[Stretch], length_us: int) -> Coding:
    """Return the stretches as marks, each with two seconds before and after, for writing as captions."""
    marks = tuple(
        Mark(
            max(0, each.start_us - BEFORE_US),
            min(length_us, each.end_us + BEFORE_US) if length_us else each.end_us + BEFORE_US,
            each.who,
            each.lane,
            f"{each.kind.value}: {each.first or 'nothing'} / {each.second or 'nothing'}",
        )
        for each in found
    )
    return Coding(clip, marks=marks, length_us=length_us)
