"""Whose job is next: accounts take turns, short work goes before long, and nothing waits for ever.

A job has a lane and a moment by which it is due, both set once, when it is asked for. Interactive work, and batch work
that is due, is urgent and goes before the rest. Among equally urgent jobs the account is next that was served longest
ago; of one account's jobs, the one that is due first. Since work is due after a multiple of the time that it takes, a
long film lets shorter work of its account pass, but only what was asked for before it is due itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Select, func, or_, select

from vfeed.store.tables import Job, JobState

Lane = Literal["interactive", "batch"]
INTERACTIVE: Lane = "interactive"
BATCH: Lane = "batch"
LANES: frozenset[Lane] = frozenset({INTERACTIVE, BATCH})
WORK_S = {"prepare": 1 / 10.7, "analyse": 1 / 6.1, "hide": 1 / 3.0, "gamma": 1.0}
"""Seconds of work for a second of film (bench/results/speed.json; `hide` is reckoned from its two readings; how long
`gamma` takes hangs on the number of events, and it is taken for long)."""
LEAST_WORK_S = 10.0
"""What any job takes, and all that a reel does: it is cut from three moments at most."""
SHORT_S = 120.0
"""Work that is expected to take no longer is interactive: somebody may well sit and wait for it."""
PATIENCE = 10.0
"""Work is due after so many times the time that it takes."""
REMEMBERED = timedelta(days=1)
"""An account that was served longer ago counts as never served."""


@dataclass(frozen=True)
class Place:
    """Where a job stands: its lane, and the moment after which it no longer lets others pass."""

    lane: Lane
    due_at: datetime


@dataclass(frozen=True)
class Waiting:
    """A job that waits, as the order sees it."""

    id: str
    account: str
    place: Place


def work_s(kind: str, film_us: int) -> float:
    """About how many seconds a job of this kind takes on a film of this length.

    >>> round(work_s("analyse", 600_000_000)), work_s("reel", 600_000_000)
    (98, 10.0)
    """
    return max(LEAST_WORK_S, WORK_S.get(kind, 0.0) * film_us / 1e6)


def place_of(kind: str, film_us: int, now: datetime) -> Place:
    """The place of a job that is asked for now."""
    takes_s = work_s(kind, film_us)
    return Place(INTERACTIVE if takes_s <= SHORT_S else BATCH, now + timedelta(seconds=PATIENCE * takes_s))


def next_of(waiting: Iterable[Waiting], served: Mapping[str, datetime], now: datetime) -> Waiting | None:
    """The job that is next, given when accounts were served last; the same rule as `fair_order`, without a database."""

    def key(job: Waiting) -> tuple[bool, bool, float, datetime, str]:
        last = served.get(job.account)
        waits = job.place.lane == BATCH and job.place.due_at > now
        return waits, last is not None, last.timestamp() if last else 0.0, job.place.due_at, job.id

    return min(waiting, key=key, default=None)


def fair_order(now: datetime, lanes: Iterable[Lane]) -> Select[Job]:
    """The queued jobs of these lanes, the next one first."""
    served = (
        select(Job.created_by.label("account"), func.max(Job.started_at).label("at"))
        .where(Job.started_at > now - REMEMBERED)
        .group_by(Job.created_by)
        .subquery()
    )
    due_at = func.coalesce(Job.due_at, Job.created_at)
    is_urgent = or_(Job.lane == INTERACTIVE, due_at <= now)
    return (
        select(Job)
        .outerjoin(served, served.c.account == Job.created_by)
        .where(Job.state == JobState.QUEUED, Job.lane.in_(lanes))
        .order_by(is_urgent.desc(), served.c.at.asc().nulls_first(), due_at, Job.id)
    )
