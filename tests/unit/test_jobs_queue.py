"""The queue's messages, the worker's choice of what to do, and refusals of queues that do not work."""

from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest
from filled_store import Home, a_clip, agree, files_under, settings_in
from job_steps import do_messages, make_poster

from vfeed.errors import DataNewer, VfeedError
from vfeed.jobs.lease import JobRun
from vfeed.jobs.queue import JobQueue, make_huey
from vfeed.jobs.worker import Worker, is_dead, remove_old_marks, worker_mark
from vfeed.store import Store
from vfeed.store.unavailable import DatabaseAway

HANDLERS = {"prepare": make_poster, "analyse": make_poster}


def test_a_job_travels_from_the_server_to_the_worker(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home, jobs=[])
    server, worker = JobQueue(store), Worker(store, "worker", handlers=HANDLERS)
    job_id = server.enqueue("prepare", clip.id, {}, "ann")
    assert [job.id for job in store.jobs.for_clip(clip.id)] == [job_id]
    assert do_messages(worker) == 1
    assert store.jobs.get(job_id).state == "done"
    assert store.blobs.read(clip.id, "poster") == b"poster"


def test_work_that_only_a_newer_worker_knows_is_left_to_it(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home, jobs=[])
    newer = store.jobs.add("sing", clip.id, {}, "ann")
    known = store.jobs.add("prepare", clip.id, {}, "ann")
    worker = Worker(store, "worker", handlers=HANDLERS)
    worker.work()
    assert [store.jobs.get(each.id).state for each in (newer, known)] == ["queued", "done"]
    Worker(store, "newer", handlers={**HANDLERS, "sing": make_poster}).work()
    assert store.jobs.get(newer.id).state == "done"


def test_work_on_what_a_newer_vfeed_has_kept_is_left_to_a_newer_worker(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home, jobs=[])
    job = store.jobs.add("prepare", clip.id, {}, "ann")

    def read_what_is_newer(_store: Store, _work: JobRun) -> None:
        raise VfeedError("data_newer", "It is newer.")

    with pytest.raises(DataNewer):
        Worker(store, "worker", handlers={"prepare": read_what_is_newer}).work()
    assert (store.jobs.get(job.id).state, store.jobs.get(job.id).attempts) == ("queued", 0)


def test_a_wake_up_too_many_does_no_harm(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    worker = Worker(store, "worker", handlers=HANDLERS)
    worker.queue.wake_clip(clip.id)
    worker.queue.wake_clip(clip.id)
    assert do_messages(worker) == 4
    assert [(job.state, job.attempts) for job in store.jobs.for_clip(clip.id)] == [("done", 1), ("done", 1)]


def test_a_clip_taken_in_without_any_message_is_found_by_the_sweeper(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home)
    worker = Worker(store, "worker", handlers=HANDLERS)
    assert do_messages(worker) == 0
    worker.sweep()
    worker.sweep()
    assert do_messages(worker) == 2
    assert {job.state for job in store.jobs.for_clip(clip.id)} == {"done"}


@pytest.mark.parametrize("trouble", [OSError("stale"), VfeedError("setting_invalid", "no bucket"), DatabaseAway()])
def test_a_sweeper_outlives_what_goes_wrong_while_it_clears_up(
    store: Store, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    worker, swept = Worker(store, "worker"), threading.Event()

    def broken() -> None:
        raise trouble

    def sweep() -> None:
        swept.set()
        worker._stopping.set()
        raise trouble

    monkeypatch.setattr(worker, "clear_up", broken)
    monkeypatch.setattr(worker, "sweep", sweep)
    worker._sweep_on()
    assert swept.is_set()


def test_nothing_is_done_with_a_clip_without_consent(store: Store, home: Home) -> None:
    clip = a_clip(store, home, jobs=["prepare"])
    worker = Worker(store, "worker", handlers=HANDLERS)
    worker.sweep()
    do_messages(worker)
    (job,) = store.jobs.for_clip(clip.id)
    assert (job.state, job.error_code) == ("failed", "consent_missing")
    assert not store.blobs.has(clip.id, "poster")
    agree(store, home)
    worker.sweep()
    do_messages(worker)
    assert store.jobs.get(job.id).state == "done"


def test_stopping_and_trying_again(store: Store, home: Home) -> None:
    agree(store, home)
    clip = a_clip(store, home, jobs=[])
    worker = Worker(store, "worker", handlers=HANDLERS)
    job_id = worker.queue.enqueue("prepare", clip.id, {}, "ann")
    assert worker.queue.cancel(job_id, "ann").state == "cancelled"
    do_messages(worker)
    assert store.jobs.get(job_id).state == "cancelled"
    worker.queue.retry(job_id, "ann")
    do_messages(worker)
    assert store.jobs.get(job_id).state == "done"


@pytest.mark.parametrize(("kind", "payload"), [("dance", {}), ("reel", {}), ("reel", {"reel_id": ""})])
def test_work_that_nobody_can_do_is_refused(store: Store, home: Home, kind: str, payload: dict[str, str]) -> None:
    clip = a_clip(store, home, jobs=[])
    with pytest.raises(VfeedError) as error:
        JobQueue(store).enqueue(kind, clip.id, payload, "ann")
    assert error.value.code == "invalid_input"
    with pytest.raises(VfeedError) as error:
        JobQueue(store).enqueue("prepare", "no clip", {}, "ann")
    assert error.value.code == "not_found"


def test_messages_hold_only_a_job_id_and_a_forged_one_is_refused(store: Store, home: Home) -> None:
    clip = a_clip(store, home, jobs=[])
    queue = JobQueue(store)
    job_id = queue.enqueue("prepare", clip.id, {}, "ann")
    (message,) = queue.huey.storage.enqueued_items()
    assert job_id.encode() in message
    assert clip.id.encode() not in message
    forger = make_huey(store.settings, b"another secret")
    with pytest.raises(ValueError, match="mismatch"):
        forger.serializer.deserialize(message)


@pytest.mark.parametrize(
    ("url", "driver", "extra"),
    [
        ("postgresql://localhost/x", "psycopg", "postgres"),
        ("postgresql+psycopg://localhost/x", "psycopg", "postgres"),
        ("redis://localhost/0", "Redis", "redis"),
    ],
)
def test_a_queue_whose_driver_is_missing_is_refused_with_the_fix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, driver: str, extra: str
) -> None:
    monkeypatch.setattr(f"huey.storage.{driver}", None)
    with pytest.raises(VfeedError) as error:
        make_huey(settings_in(tmp_path, queue_url=url), b"secret")
    assert error.value.code == "setting_invalid"
    assert f"vfeed[{extra}]" in error.value.hint


@pytest.mark.parametrize("url", ["amqp://localhost", "nonsense"])
def test_an_unknown_queue_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(VfeedError) as error:
        make_huey(settings_in(tmp_path, queue_url=url), b"secret")
    assert error.value.code == "setting_invalid"
    assert "VFEED_QUEUE_URL" in error.value.hint


def test_a_workers_mark_tells_whether_it_lives(tmp_path: Path) -> None:
    marks = tmp_path / "workers"
    with worker_mark(tmp_path) as name:
        assert not is_dead(marks, name)
        assert not is_dead(marks, "a worker of another machine")
    assert files_under(marks) == []
    (marks / "killed").touch()
    assert is_dead(marks, "killed")


def test_marks_of_the_long_dead_are_removed_and_of_the_living_kept(tmp_path: Path) -> None:
    for name in ("dead", "fresh", "living"):
        (tmp_path / name).touch()
    for name in ("dead", "living"):
        os.utime(tmp_path / name, (1, 1))
    with (tmp_path / "living").open("wb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        remove_old_marks(tmp_path)
    assert [path.name for path in files_under(tmp_path)] == ["fresh", "living"]
