"""Jobs, leases and what becomes of them when something goes wrong."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from filled_store import Home, a_clip, agree
from job_steps import until
from sqlalchemy import update

from vfeed.errors import VfeedError
from vfeed.jobs.lease import JobRun, LeaseTiming, time_left_s
from vfeed.store import Store
from vfeed.store.job_rows import MAX_ATTEMPTS, Lease
from vfeed.store.tables import Clip, Job, utc_now

QUICK = LeaseTiming(lease_s=30.0, beat_s=0.01)


@pytest.fixture
def clip(store: Store, home: Home) -> Clip:
    agree(store, home)
    return a_clip(store, home, jobs=[])


@pytest.fixture
def job(store: Store, clip: Clip) -> Job:
    return store.jobs.add("prepare", clip.id, {}, "ann")


def claim(store: Store, job: Job, worker: str = "one") -> Lease:
    lease = store.jobs.claim(job.id, worker, 30)
    assert lease is not None
    return lease


def at_work(store: Store, job: Job, lease: Lease, stopping: threading.Event | None = None) -> JobRun:
    return JobRun(store, job, lease, stopping or threading.Event(), QUICK)


def expire(store: Store, job: Job) -> None:
    with store.database.write() as session:
        session.execute(update(Job).where(Job.id == job.id).values(lease_until=utc_now() - timedelta(seconds=1)))


def state(store: Store, job: Job) -> str:
    return store.jobs.get(job.id).state


def nobody_is_dead(_worker: str) -> bool:
    return False


def test_a_job_is_claimed_once(store: Store, job: Job) -> None:
    claims: list[Lease | None] = []
    threads = [
        threading.Thread(target=lambda n=n: claims.append(store.jobs.claim(job.id, f"worker{n}", 30))) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(lease is not None for lease in claims) == 1
    assert store.jobs.get(job.id).attempts == 1


def test_the_same_work_is_not_queued_twice(store: Store, clip: Clip, job: Job) -> None:
    assert store.jobs.add("prepare", clip.id, {}, "bob").id == job.id
    claim(store, job)
    assert store.jobs.add("prepare", clip.id, {}, "bob").id == job.id
    assert store.jobs.add("analyse", clip.id, {}, "bob").id != job.id
    reels = {store.jobs.add("reel", clip.id, {"reel_id": reel}, "bob").id for reel in ("r1", "r2", "r1")}
    assert len(reels) == 2


def test_the_same_work_asked_for_at_once_becomes_one_job(store: Store, clip: Clip) -> None:
    ids: list[str] = []
    threads = [
        threading.Thread(target=lambda: ids.append(store.jobs.add("prepare", clip.id, {}, "ann").id)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1


def test_work_that_is_done_may_be_asked_for_again(store: Store, clip: Clip, job: Job) -> None:
    lease = claim(store, job)
    with at_work(store, job, lease) as work, store.database.write() as session:
        work.finish(session)
    done = store.jobs.get(job.id)
    assert (done.state, done.progress, done.eta_s, done.lease_owner) == ("done", 1.0, None, None)
    assert store.jobs.add("prepare", clip.id, {}, "ann").id != job.id


def test_progress_is_written_at_the_heartbeat(store: Store, job: Job) -> None:
    with at_work(store, job, claim(store, job)) as work:
        before = store.jobs.get(job.id).lease_until
        work.report(0.4, "Looking for faces")
        until("the progress is written", lambda: store.jobs.get(job.id).progress == 0.4)
        seen = store.jobs.get(job.id)
        assert seen.stage == "Looking for faces"
        assert before is not None
        assert seen.lease_until is not None
        assert seen.lease_until > before


def test_a_worker_whose_lease_was_taken_over_stores_nothing(store: Store, clip: Clip, job: Job) -> None:
    late = claim(store, job, "late")
    expire(store, job)
    assert store.jobs.sweep(nobody_is_dead, "other") == [job.id]
    quick = claim(store, job, "quick")
    with at_work(store, job, late) as work, store.blobs.batch(clip.id) as batch:
        until("it is told to stop", work.is_cancelled)
        with batch.put("poster", "image/jpeg") as out:
            out.write(b"late")
        batch.commit(work.finish)
    assert not store.blobs.has(clip.id, "poster")
    assert state(store, job) == "running", "the other worker's lease is not touched"
    with store.database.write() as session:
        store.jobs.finish(session, quick)
    assert state(store, job) == "done"


def test_an_expired_lease_goes_back_to_the_queue_but_not_ones_own(store: Store, job: Job) -> None:
    lease = claim(store, job, "one")
    assert store.jobs.sweep(nobody_is_dead, "two") == []
    expire(store, job)
    assert store.jobs.sweep(nobody_is_dead, "one", lease) == []
    assert state(store, job) == "running"
    assert store.jobs.sweep(nobody_is_dead, "two") == [job.id]
    assert state(store, job) == "queued"


def test_a_job_that_its_own_worker_no_longer_works_on_is_taken_back_when_its_lease_is_over(
    store: Store, job: Job
) -> None:
    claim(store, job, "one")
    assert store.jobs.sweep(nobody_is_dead, "one") == [], "it may have been claimed this moment"
    expire(store, job)
    assert store.jobs.sweep(nobody_is_dead, "one", Lease(job.id, "one/later")) == [job.id]
    assert state(store, job) == "queued"


def test_the_lease_of_a_worker_known_to_be_dead_is_not_waited_for(store: Store, job: Job) -> None:
    claim(store, job, "killed")
    assert store.jobs.sweep(lambda worker: worker == "killed", "two") == [job.id]
    assert state(store, job) == "queued"


def test_a_worker_whose_heart_beats_lives_whatever_its_mark_says(store: Store, job: Job) -> None:
    """The server of a shared folder, started anew, had lost the lock of a living worker."""
    lease = claim(store, job, "marked as dead")

    def sweep() -> str:
        store.jobs.sweep(lambda _worker: True, "two", alive_above=timedelta(seconds=25))
        return state(store, job)

    store.jobs.heartbeat(lease, 30, progress=0, stage="", eta_s=None)
    assert sweep() == "running"
    store.jobs.heartbeat(lease, 20, progress=0, stage="", eta_s=None)
    assert sweep() == "queued"


def test_a_job_that_keeps_breaking_off_fails_with_words(store: Store, job: Job) -> None:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        claim(store, job, "killed")
        assert store.jobs.get(job.id).attempts == attempt
        store.jobs.sweep(lambda _worker: True, "two")
    failed = store.jobs.get(job.id)
    assert (failed.state, failed.error_code) == ("failed", "job_lost")
    assert "again and again" in (failed.error_message or "")
    assert failed.error_hint
    again = store.jobs.retry(job.id, "ann")
    assert (again.state, again.attempts, again.error_code) == ("queued", 0, None)


def test_a_wake_up_that_got_lost_is_overdue_and_a_fresh_one_is_not(store: Store, job: Job) -> None:
    assert store.jobs.sweep(nobody_is_dead, "one") == [job.id]
    store.jobs.notified([job.id])
    assert store.jobs.sweep(nobody_is_dead, "one") == []
    with store.database.write() as session:
        session.execute(update(Job).values(notified_at=utc_now() - timedelta(minutes=1)))
    assert store.jobs.sweep(nobody_is_dead, "one") == [job.id]


def test_an_error_for_a_person_ends_the_job_with_its_words(store: Store, job: Job) -> None:
    with at_work(store, job, claim(store, job)):
        raise VfeedError("clip_codec_unreadable", "It cannot be read.", hint="Export it as MP4.")
    failed = store.jobs.get(job.id)
    assert (failed.state, failed.error_code) == ("failed", "clip_codec_unreadable")
    assert (failed.error_message, failed.error_hint) == ("It cannot be read.", "Export it as MP4.")
    assert failed.active_key is None


def test_an_unforeseen_error_is_tried_again_and_passed_on(store: Store, job: Job) -> None:
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError), at_work(store, job, claim(store, job)):
            raise ZeroDivisionError
    assert state(store, job) == "failed"


def test_a_queued_job_is_stopped_at_once(store: Store, job: Job) -> None:
    assert store.jobs.cancel(job.id, "ann").state == "cancelled"
    assert store.jobs.claim(job.id, "one", 30) is None
    assert store.jobs.retry(job.id, "ann").state == "queued"


def test_a_running_job_stops_when_asked(store: Store, job: Job) -> None:
    with at_work(store, job, claim(store, job)) as work:
        assert store.jobs.cancel(job.id, "ann").stage == "Stopping"
        until("it is told to stop", work.is_cancelled)
        work.refuse_cancelled()
    assert state(store, job) == "cancelled"


def test_a_stop_asked_for_at_the_last_moment_still_stops(store: Store, job: Job) -> None:
    with at_work(store, job, claim(store, job)) as work:
        store.jobs.cancel(job.id, "ann")
        with store.database.write() as session:
            work.finish(session)
    assert state(store, job) == "cancelled"


def test_a_job_that_has_ended_is_not_stopped(store: Store, job: Job) -> None:
    with at_work(store, job, claim(store, job)) as work, store.database.write() as session:
        work.finish(session)
    assert store.jobs.cancel(job.id, "ann").state == "done"


def test_a_worker_that_ends_hands_its_job_back_and_it_costs_no_attempt(store: Store, job: Job) -> None:
    stopping = threading.Event()
    with at_work(store, job, claim(store, job), stopping) as work:
        stopping.set()
        work.refuse_cancelled()
    back = store.jobs.get(job.id)
    assert (back.state, back.attempts) == ("queued", 0)


def test_a_stopped_job_whose_worker_dies_stays_stopped(store: Store, job: Job) -> None:
    claim(store, job, "killed")
    store.jobs.cancel(job.id, "ann")
    store.jobs.sweep(lambda _worker: True, "two")
    assert state(store, job) == "cancelled"


def test_a_retry_beside_the_same_work_is_refused(store: Store, clip: Clip, job: Job) -> None:
    store.jobs.cancel(job.id, "ann")
    store.jobs.add("prepare", clip.id, {}, "ann")
    with pytest.raises(VfeedError) as error:
        store.jobs.retry(job.id, "ann")
    assert error.value.code == "conflict"


def test_a_clip_that_is_forgotten_takes_its_running_job_with_it(store: Store, clip: Clip, job: Job) -> None:
    with at_work(store, job, claim(store, job)) as work:
        store.clips.erase(clip.id)
        until("it is told to stop", work.is_cancelled)
        work.refuse_cancelled()
    with pytest.raises(VfeedError) as error:
        store.jobs.get(job.id)
    assert error.value.code == "not_found"


@pytest.mark.parametrize(
    ("elapsed_s", "done", "left_s"),
    [(1.0, 0.5, None), (10.0, 0.01, None), (10.0, 0.5, 10.0), (30.0, 1.0, 0.0), (3.0, 0.03, 97.0)],
)
def test_the_time_left_follows_the_pace_so_far(elapsed_s: float, done: float, left_s: float | None) -> None:
    assert time_left_s(elapsed_s, done) == (None if left_s is None else pytest.approx(left_s))
