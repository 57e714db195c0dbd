"""How long a family's things are kept: erased some time after the work ended, kept as a record until a day, or held."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision

NOTICE = timedelta(days=14)
"""So long before it is erased a family is announced; never is one erased that was not announced so long ago."""
SHOWN = timedelta(days=30)


@dataclass(frozen=True)
class Clock:
    """What is known of a family: the day its work ended, until when it is a record, who holds it and why."""

    ended_on: date | None = None
    keep_until: date | None = None
    hold_reason: str = ""
    announced_on: date | None = None


def due_on(clock: Clock, months: int) -> date | None:
    """Return the first day on which the family may be erased, or None when no day is set.

    `months` is the service's rule, 0 for none; a record's day goes before it.

    >>> due_on(Clock(ended_on=date(2026, 8, 31)), 6)
    datetime.date(2027, 2, 28)
    """
    if clock.ended_on is None:
        return None
    if clock.keep_until is not None:
        return max(clock.keep_until, clock.ended_on)
    return _months_later(clock.ended_on, months) if months else None


def erased_on(clock: Clock, months: int, today: date) -> date | None:
    """Return the day on which it will be erased as things stand; None with a hold or without a day."""
    due = due_on(clock, months)
    if due is None or clock.hold_reason:
        return None
    announced = clock.announced_on or max(today, due - NOTICE)
    return max(due, announced + NOTICE)


def is_to_be_announced(clock: Clock, months: int, today: date) -> bool:
    """Whether the time of notice is to begin today."""
    due = due_on(clock, months)
    return due is not None and not clock.hold_reason and clock.announced_on is None and today >= due - NOTICE


def decide(clock: Clock, months: int, today: date) -> PermissionDecision:
    """Whether the family is to be erased today, with the reason. Default: no."""
    if clock.hold_reason:
        return PermissionDecision(False, _("It is held."))
    if clock.ended_on is None:
        return PermissionDecision(False, _("The work with this family goes on."))
    day = erased_on(clock, months, today)
    if day is None:
        return PermissionDecision(False, _("No rule says when it is erased."))
    if clock.announced_on is None or today < day:
        return PermissionDecision(False, filled(_("It is kept until %(day)s."), day=day.isoformat()))
    return PermissionDecision(True, filled(_("It was to be erased on %(day)s."), day=day.isoformat()))


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
