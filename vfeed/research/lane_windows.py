"""Codings whose lanes were watched at times of their own: taken apart for files that hold one window, and put together.

A coder may begin with one person later than with the other, or leave a lane out: what nobody watched is no finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from vfeed.research.marks import Coding, Mark
from vfeed.research.units import ever_watched
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

Lane = tuple[str, str]


def parted(coding: Coding) -> tuple[Coding, ...]:
    """Return a coding as one for each window, each with the lanes that have it; itself where all have the same."""
    if not coding.lanes:
        return (coding,)
    marks: dict[tuple[Interval, ...], list[Mark]] = {window: [] for window in coding.lanes.values()}
    marks |= {coding.window: []}
    for mark in coding.marks:
        marks[coding.lanes.get((mark.who, mark.lane), coding.window)].append(mark)
    return tuple(
        replace(coding, marks=tuple(own), window=window, lanes={}) for window, own in marks.items() if window or own
    )


def joined(parts: Sequence[Coding]) -> Coding:
    """Return parts of one coding as one, called as the first of them.

    A lane was watched in the parts that hold it, and in those of other times: one lane may lie in a file of its own
    beside another's. A part without a mark is of the lanes that no other holds.
    """
    if len(parts) == 1:
        return parts[0]
    holds = [{(mark.who, mark.lane) for mark in each.marks} | each.lanes.keys() for each in parts]
    bare = [each for each, held in zip(parts, holds, strict=True) if not held]
    window = _joined(each.window for each in bare or parts)
    lanes: dict[Lane, tuple[Interval, ...]] = {}
    if all(each.stretches or each.lanes for each in parts):
        for lane in sorted({lane for held in holds for lane in held}):
            lanes[lane] = _of_lane(lane, parts, holds)
    if len({*lanes.values(), *([window] if window else [])}) == 1:
        window, lanes = next(iter(lanes.values()), window), {}
    marks = tuple(mark for each in parts for mark in each.marks)
    length_us = max(each.length_us for each in parts)
    return replace(parts[0], marks=marks, window=window, lanes=lanes, length_us=length_us)


def _of_lane(lane: Lane, parts: Sequence[Coding], holds: Sequence[set[Lane]]) -> tuple[Interval, ...]:
    holding = [each for each, held in zip(parts, holds, strict=True) if lane in held]
    seen = Timeline(stretch for each in holding for stretch in ever_watched(each))
    others = [each for each in parts if each not in holding and not ever_watched(each).intersection(seen)]
    return _joined(each.lanes.get(lane, each.window) for each in (*holding, *others))


def _joined(windows: Iterable[tuple[Interval, ...]]) -> tuple[Interval, ...]:
    return Timeline(stretch for window in windows for stretch in window).intervals
