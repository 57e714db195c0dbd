"""Work done within a test: a handler that is quick, the messages that wait, and waiting for what comes of it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from vfeed.jobs.lease import JobRun
from vfeed.jobs.queue import away
from vfeed.jobs.worker import Worker
from vfeed.store import Store


def make_poster(store: Store, work: JobRun) -> None:
    """Keep a poster that is none, and the job's end with it."""
    with store.blobs.batch(work.job.clip_id) as batch:
        with batch.put("poster", "image/jpeg") as out:
            out.write(b"poster")
        batch.commit(work.finish)


def do_messages(worker: Worker) -> int:
    """Do what a consumer's thread does, for every message that waits; returns how many there were."""
    count = 0
    with contextlib.suppress(*away()):
        while (task := worker.queue.huey.dequeue()) is not None:
            worker.queue.huey.execute(task)
            count += 1
    return count


def until(what: str, is_so: Callable[[], bool], seconds: float = 240) -> None:
    """Return once something is so; fails, saying what was waited for."""
    ended = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ended, f"not within {seconds} s: {what}"
        time.sleep(0.005)
