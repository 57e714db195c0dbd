"""Sets of clip time: sorted, disjoint stretches and the algebra on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vfeed.timeline.interval import Interval


@dataclass(frozen=True, slots=True, init=False)
class Timeline:
    """A set of moments of clip time, held as sorted Intervals that neither overlap nor touch.

    Overlapping and touching stretches given to it are joined. An empty Timeline is falsy.

    >>> Timeline([Interval(5, 9), Interval(0, 5)])
    Timeline(intervals=(Interval(start_us=0, end_us=9),))
    >>> bool(Timeline())
    False
    """

    intervals: tuple[Interval, ...]

    def __init__(self, intervals: Iterable[Interval] = ()) -> None:
        object.__setattr__(self, "intervals", _joined(intervals, gap_us=0))

    def __bool__(self) -> bool:
        return bool(self.intervals)

    def __len__(self) -> int:
        return len(self.intervals)

    def __iter__(self) -> Iterator[Interval]:
        return iter(self.intervals)

    @property
    def duration_us(self) -> int:
        """Time covered, in microseconds; 0 when empty."""
        return sum(interval.duration_us for interval in self.intervals)

    def contains(self, time_us: int) -> bool:
        """Return whether `time_us` lies in one of the stretches.

        >>> Timeline([Interval(0, 5), Interval(8, 9)]).contains(6)
        False
        """
        return any(interval.contains(time_us) for interval in self.intervals)

    def union(self, other: Timeline) -> Timeline:
        """Return the time in either.

        >>> Timeline([Interval(0, 4)]).union(Timeline([Interval(2, 6)])).duration_us
        6
        """
        return Timeline((*self.intervals, *other.intervals))

    def intersection(self, other: Timeline) -> Timeline:
        """Return the time in both.

        >>> Timeline([Interval(0, 4)]).intersection(Timeline([Interval(2, 6)])).intervals
        (Interval(start_us=2, end_us=4),)
        """
        found: list[Interval] = []
        left, right = 0, 0
        while left < len(self.intervals) and right < len(other.intervals):
            mine, theirs = self.intervals[left], other.intervals[right]
            shared = mine.intersection(theirs)
            if shared is not None:
                found.append(shared)
            if mine.end_us <= theirs.end_us:
                left += 1
            else:
                right += 1
        return Timeline(found)

    def crop(self, within: Interval) -> Timeline:
        """Return the part that lies inside `within`.

        >>> Timeline([Interval(0, 4)]).crop(Interval(3, 9)).duration_us
        1
        """
        return self.intersection(Timeline([within]))

    def gaps(self, within: Interval) -> Timeline:
        """Return the time inside `within` that is not covered.

        >>> Timeline([Interval(2, 4)]).gaps(Interval(0, 6)).intervals
        (Interval(start_us=0, end_us=2), Interval(start_us=4, end_us=6))
        """
        found: list[Interval] = []
        cursor = within.start_us
        for interval in self.crop(within):
            if interval.start_us > cursor:
                found.append(Interval(cursor, interval.start_us))
            cursor = interval.end_us
        if cursor < within.end_us:
            found.append(Interval(cursor, within.end_us))
        return Timeline(found)

    def merge(self, gap_us: int) -> Timeline:
        """Join stretches that are at most `gap_us` apart.

        >>> Timeline([Interval(0, 4), Interval(6, 9)]).merge(2).intervals
        (Interval(start_us=0, end_us=9),)
        """
        merged = Timeline()
        object.__setattr__(merged, "intervals", _joined(self.intervals, gap_us=gap_us))
        return merged


def _joined(intervals: Iterable[Interval], *, gap_us: int) -> tuple[Interval, ...]:
    joined: list[Interval] = []
    for interval in sorted(intervals):
        if joined and interval.start_us - joined[-1].end_us <= gap_us:
            joined[-1] = Interval(joined[-1].start_us, max(joined[-1].end_us, interval.end_us))
        else:
            joined.append(interval)
    return tuple(joined)
