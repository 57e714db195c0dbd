"""A film that takes too much, once it is taken in, costs one job with words and never the machine."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest
from filled_store import Home, a_clip, agree

from vfeed.errors import VfeedError
from vfeed.jobs.lease import JobRun, LeaseTiming
from vfeed.jobs.worker import Worker
from vfeed.media.sandbox import MEMORY_BYTES, memory_errors
from vfeed.store import Store
from vfeed.store.tables import Job


@pytest.fixture
def job(store: Store, home: Home) -> Job:
    agree(store, home)
    return store.jobs.add("prepare", a_clip(store, home, jobs=[]).id, {}, "ann")


def test_work_that_does_not_get_on_fails_with_words_and_leaves_the_process(store: Store, job: Job) -> None:
    lease = store.jobs.claim(job.id, "one", 30)
    assert lease is not None
    left = threading.Event()
    timing = LeaseTiming(lease_s=30.0, beat_s=0.01, stalled_s=0.02)
    with JobRun(store, job, lease, threading.Event(), timing, on_stalled=left.set) as work:
        assert left.wait(20)
        work.report(0.5, "Too late")
    failed = store.jobs.get(job.id)
    assert (failed.state, failed.error_code) == ("failed", "clip_too_demanding")
    assert "memory or time" in (failed.error_message or "") and failed.error_hint


def test_work_that_gets_on_is_left_alone(store: Store, job: Job) -> None:
    lease = store.jobs.claim(job.id, "one", 30)
    assert lease is not None
    left = threading.Event()
    beats = threading.Event()
    timing = LeaseTiming(lease_s=30.0, beat_s=0.01, stalled_s=30.0)
    with JobRun(store, job, lease, threading.Event(), timing, on_stalled=left.set) as work:
        work.report(0.5, "Getting on")
        while store.jobs.get(job.id).progress != 0.5:
            beats.wait(0.005)
        with store.database.write() as session:
            work.finish(session)
    assert not left.is_set() and store.jobs.get(job.id).state == "done"


def test_a_film_that_fills_the_memory_is_not_tried_again(store: Store, job: Job) -> None:
    def greedy(_store: Store, _work: JobRun) -> None:
        raise MemoryError

    Worker(store, "one", handlers={"prepare": greedy}).work()
    failed = store.jobs.get(job.id)
    assert (failed.state, failed.error_code, failed.attempts) == ("failed", "clip_too_demanding", 1)


def test_other_errors_pass_unchanged() -> None:
    with pytest.raises(VfeedError, match="a reel"), memory_errors():
        raise VfeedError("not_found", "There is no such thing as a reel.", hint="Look again.")


def test_a_worker_cannot_take_more_memory_than_its_bound() -> None:
    ask = f"""
from vfeed.media.sandbox import bound_memory
bound_memory()
held = bytearray({MEMORY_BYTES // 64})
try:
    bytearray({MEMORY_BYTES + 1})
except MemoryError:
    print("bounded")
"""
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "bounded"
