"""One stretch of clip time: half-open, in integer microseconds."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """The stretch from `start_us` up to, but without, `end_us`; ordered by start, then end.

    Times are integer microseconds of clip time. Raises VfeedError `interval_invalid` for anything but two integers
    of which the first is smaller: no floats, no NaN, no booleans, nothing empty, nothing inverted.

    >>> Interval(0, 2_000_000).duration_us
    2000000
    >>> Interval(5, 5)
    Traceback (most recent call last):
    ...
    vfeed.errors.VfeedError: The stretch from 5 to 5 microseconds holds no time.
    """

    start_us: int
    end_us: int

    def __post_init__(self) -> None:
        for value in (self.start_us, self.end_us):
            if type(value) is not int:
                raise VfeedError(
                    "interval_invalid",
                    _("%(value)s is not a whole number of microseconds."),
                    hint=_("Give start and end as integers in microseconds."),
                    value=repr(value),
                )
        if self.end_us <= self.start_us:
            raise VfeedError(
                "interval_invalid",
                _("The stretch from %(start_us)s to %(end_us)s microseconds holds no time."),
                hint=_("Put the start before the end."),
                start_us=self.start_us,
                end_us=self.end_us,
            )

    @property
    def duration_us(self) -> int:
        """Length in microseconds, always positive."""
        return self.end_us - self.start_us

    def contains(self, time_us: int) -> bool:
        """Return whether `time_us` lies inside; the end does not.

        >>> Interval(0, 10).contains(0), Interval(0, 10).contains(10)
        (True, False)
        """
        return self.start_us <= time_us < self.end_us

    def overlaps(self, other: Interval) -> bool:
        """Return whether the two share any time; touching ends do not.

        >>> Interval(0, 10).overlaps(Interval(10, 20))
        False
        """
        return self.start_us < other.end_us and other.start_us < self.end_us

    def intersection(self, other: Interval) -> Interval | None:
        """Return the time that both share, or None when they share none.

        >>> Interval(0, 10).intersection(Interval(4, 20))
        Interval(start_us=4, end_us=10)
        """
        if not self.overlaps(other):
            return None
        return Interval(max(self.start_us, other.start_us), min(self.end_us, other.end_us))

    def shifted(self, by_us: int) -> Interval:
        """Return the same stretch moved by `by_us` microseconds.

        >>> Interval(0, 10).shifted(5)
        Interval(start_us=5, end_us=15)
        """
        return Interval(self.start_us + by_us, self.end_us + by_us)

    def iou(self, other: Interval) -> float:
        """Shared time over covered time, 0 to 1.

        >>> Interval(0, 10).iou(Interval(5, 15))
        0.3333333333333333
        """
        shared = self.intersection(other)
        if shared is None:
            return 0.0
        return shared.duration_us / (self.duration_us + other.duration_us - shared.duration_us)
