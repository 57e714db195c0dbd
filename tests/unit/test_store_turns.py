"""Whose job is next: the rule by itself, the same rule as a question to the database, and what follows from it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from filled_store import LASTS, Home, a_clip, agree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from vfeed.jobs.lease import JobRun
from vfeed.jobs.worker import Worker
from vfeed.store import Store
from vfeed.store.job_rows import new_job
from vfeed.store.tables import Clip, Job, JobState, utc_now
from vfeed.store.turns import BATCH, INTERACTIVE, REMEMBERED, Waiting, fair_order, next_of, place_of

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)
MINUTE_US = 60_000_000
KINDS = ("prepare", "analyse", "reel", "hide")


def asked(account: str, minutes: float, *, ago_s: float = 0, name: str = "a", kind: str = "analyse") -> Waiting:
    return Waiting(name, account, place_of(kind, int(minutes * MINUTE_US), NOW - timedelta(seconds=ago_s)))


accounts = st.sampled_from("abcde")
waiting = st.builds(asked, accounts, st.floats(0, 60), ago_s=st.floats(0, 20_000), kind=st.sampled_from(KINDS))
queues = st.lists(waiting, min_size=1, max_size=40).map(
    lambda jobs: [replace(job, id=f"{number:02}") for number, job in enumerate(jobs)]
)


def served_in_turn(jobs: list[Waiting], now: datetime = NOW) -> list[Waiting]:
    """Every job in the order in which one worker takes them, each a moment after the other."""
    left, served, taken = list(jobs), dict[str, datetime](), []
    while (job := next_of(left, served, now)) is not None:
        left.remove(job)
        taken.append(job)
        served[job.account] = now + timedelta(microseconds=len(taken))
    return taken


def is_urgent(job: Waiting) -> bool:
    return job.place.lane == INTERACTIVE or job.place.due_at <= NOW


@given(queues)
def test_nobody_is_served_twice_while_another_with_work_as_urgent_is_not_served_once(jobs: list[Waiting]) -> None:
    taken = [job for job in served_in_turn(jobs) if is_urgent(job)]
    for place, job in enumerate(taken):
        before = [each.account for each in taken[:place]]
        for other in {each.account for each in taken[place:]}:
            assert before.count(job.account) <= before.count(other), (job, other)


@given(queues)
def test_work_that_is_waited_for_goes_before_the_rest_and_of_one_account_the_earlier_due(jobs: list[Waiting]) -> None:
    taken = served_in_turn(jobs)
    assert [is_urgent(job) for job in taken] == sorted(map(is_urgent, jobs), reverse=True)
    for account in "abcde":
        for urgent in (True, False):
            due = [job.place.due_at for job in taken if job.account == account and is_urgent(job) is urgent]
            assert due == sorted(due)


@given(st.integers(1, 8), st.floats(1, 60))
def test_a_long_film_is_passed_only_by_what_is_asked_for_before_it_is_due(others: int, minutes: float) -> None:
    """However many accounts keep asking for short work: once it is due, each of them goes before it once at most."""
    long = asked("long", minutes, name="long", kind="hide")
    now, served, passed = long.place.due_at, dict[str, datetime](), 0
    while True:
        # Each of the others has something short at every moment.
        flood = [Waiting(f"{n}", f"account{n}", place_of("reel", 0, now)) for n in range(others)]
        job = next_of([long, *flood], served, now)
        assert job is not None
        if job is long:
            break
        passed += 1
        now += timedelta(seconds=10)
        served[job.account] = now
    assert passed <= others


def test_short_work_of_an_account_goes_before_its_long_work_until_that_is_due() -> None:
    long, short = asked("ann", 10, ago_s=600, name="long"), asked("ann", 1, name="short")
    assert next_of([long, short], {}, NOW) is short
    late = asked("ann", 1, ago_s=-500, name="late")
    assert next_of([long, late], {}, NOW + timedelta(seconds=500)) is long


@pytest.mark.parametrize(
    ("kind", "minutes", "lane"),
    [("analyse", 5, INTERACTIVE), ("analyse", 60, BATCH), ("reel", 60, INTERACTIVE), ("hide", 10, BATCH)],
)
def test_long_work_is_batch(kind: str, minutes: float, lane: str) -> None:
    assert place_of(kind, int(minutes * MINUTE_US), NOW).lane == lane


@pytest.fixture
def kept(store: Store, home: Home) -> tuple[Store, Clip]:
    return store, a_clip(store, home, jobs=[])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(jobs=queues, served=st.dictionaries(accounts, st.floats(0, 100_000)))
def test_the_database_answers_as_the_rule_does(
    kept: tuple[Store, Clip], jobs: list[Waiting], served: dict[str, float]
) -> None:
    store, clip = kept
    last = {account: NOW - timedelta(seconds=ago_s) for account, ago_s in served.items()}
    with store.database.write() as session:
        session.execute(delete(Job))
        for number, (account, at) in enumerate(last.items()):
            row = new_job("reel", clip, {"reel_id": f"r{number}"}, account)
            row.state, row.started_at, row.active_key = JobState.DONE, at, None
            session.add(row)
        for job in jobs:
            row = new_job("reel", clip, {}, job.account)
            row.id, row.active_key, row.lane, row.due_at = job.id, None, job.place.lane, job.place.due_at
            session.add(row)
    remembered = {account: at for account, at in last.items() if at > NOW - REMEMBERED}
    with store.database.read() as session:
        first = session.scalars(fair_order(NOW, [INTERACTIVE, BATCH])).first()
        batch = session.scalars(fair_order(NOW, [BATCH])).first()
    wanted = next_of(jobs, remembered, NOW)
    assert first is not None and wanted is not None and first.id == wanted.id
    wanted = next_of([job for job in jobs if job.place.lane == BATCH], remembered, NOW)
    assert (batch and batch.id) == (wanted and wanted.id)


def test_a_job_of_an_earlier_vfeed_is_due_at_once(kept: tuple[Store, Clip]) -> None:
    store, clip = kept
    with store.database.write() as session:
        session.execute(delete(Job))
        old, new = new_job("reel", clip, {}, "ann"), new_job("reel", clip, {}, "ann")
        old.due_at, old.active_key, new.active_key = None, "old", "new"
        session.add_all([old, new])
    lease = store.jobs.claim_next("worker", 30)
    assert lease is not None and lease.job_id == old.id


def a_film(store: Store, home: Home, minutes: float, seed: int) -> Clip:
    facts = replace(LASTS, duration_us=int(minutes * MINUTE_US))
    return a_clip(store, home, bytes([seed]) * 1000, facts=facts, jobs=["analyse"])


def test_workers_that_ask_at_once_are_given_each_job_once(store: Store, home: Home) -> None:
    agree(store, home)
    for number in range(12):
        a_film(store, home, 1, number)
    begin = threading.Barrier(4)

    def taken(worker: int) -> list[str]:
        begin.wait()
        found = []
        while (lease := store.jobs.claim_next(f"worker{worker}", 30)) is not None:
            found.append(lease.job_id)
        return found

    with ThreadPoolExecutor(4) as workers:
        every = [job for jobs in workers.map(taken, range(4)) for job in jobs]
    assert len(every) == len(set(every)) == 12


def test_a_worker_for_short_work_leaves_long_films_and_is_free_when_a_short_one_comes(store: Store, home: Home) -> None:
    agree(store, home)
    long = a_film(store, home, 59, 1)
    done: list[str] = []

    def handle(kept: Store, work: JobRun) -> None:
        done.append(work.job.clip_id)
        with kept.database.write() as session:
            work.finish(session)

    store.settings = store.settings.model_copy(update={"work_lane": INTERACTIVE})
    quick = Worker(store, "quick", handlers={"analyse": handle})
    quick.work()
    assert done == []
    short = a_film(store, home, 2, 2)
    quick.work()
    assert done == [short.id]
    store.settings = store.settings.model_copy(update={"work_lane": BATCH})
    Worker(store, "batch", handlers={"analyse": handle}).work()
    assert done == [short.id, long.id]


def test_a_job_asked_for_again_by_a_person_has_waited_for_nothing(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_film(store, home, 59, 1)
    (job,) = store.jobs.for_clip(clip.id)
    store.jobs.cancel(job.id, "ann")
    with store.database.write() as session:
        row = session.get(Job, job.id)
        assert row is not None and row.due_at is not None
        row.created_at, row.due_at = row.created_at - timedelta(days=3), row.due_at - timedelta(days=3)
    again = store.jobs.retry(job.id, "ann")
    assert again.due_at is not None and again.due_at > utc_now() + timedelta(seconds=60)
