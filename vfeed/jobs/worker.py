"""The worker: takes jobs from the queue, and looks after those that another worker left behind."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

from huey.consumer import Consumer
from sqlalchemy.exc import DBAPIError

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.jobs.allocator import give_out_memory_as_a_worker_does
from vfeed.jobs.background import run_giving_way
from vfeed.jobs.handlers import HANDLERS, Handler
from vfeed.jobs.lease import JobRun, LeaseTiming
from vfeed.jobs.queue import JobQueue
from vfeed.logs import about, written
from vfeed.logs import begin as begin_log
from vfeed.media.sandbox import bound_memory, memory_errors
from vfeed.private import keep_to_this_user
from vfeed.services.services import Services
from vfeed.store import Store
from vfeed.store.bucket import VaultAway
from vfeed.store.job_rows import Lease
from vfeed.store.tables import Job, new_id
from vfeed.store.turns import LANES
from vfeed.store.unavailable import DatabaseUnavailable
from vfeed.store.vault import disk_errors

SWEEP_S = 1.0
# So many beats may be late, or wait for the database, before a worker's mark is looked at.
SILENT_BEATS = 5
CLEAR_UP_S = 3600
# The copy that plays is made while the candidates of the same clip are looked for; those are waited for.
LOW_PRIORITY = frozenset({"prepare", "gamma"})
# The consent that each kind of work asks for, where it is not that to the sessions.
USE_OF = {"gamma": "research"}
# Under launch's own patience, so that a stopping worker is not killed.
STOP_PATIENCE_S = 10
LONGEST_POLL_S = 0.5
MARKS = "workers"
OLD_MARK_S = 24 * 3600


def run_worker(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT, then hand unfinished jobs back within seconds.

    Raises what `Store` and `JobQueue` raise.
    """
    give_out_memory_as_a_worker_does()
    keep_to_this_user()
    begin_log(settings.data_dir, "worker", settings.log_level)
    bound_memory()
    with Store(settings) as store, worker_mark(settings.data_dir) as name:
        store.database.give_up_after(settings.database_patience_s)
        Worker(store, name).run()


class Worker:
    """One worker process: one thread that works, one that sweeps."""

    def __init__(
        self,
        store: Store,
        name: str,
        *,
        handlers: Mapping[str, Handler] = HANDLERS,
        timing: LeaseTiming | None = None,
    ) -> None:
        self._store = store
        self._name = name
        self._handlers = handlers
        self._timing = timing or LeaseTiming()
        self._stopping = threading.Event()
        self._lease: Lease | None = None
        self._lanes = LANES if store.settings.work_lane == "all" else {store.settings.work_lane}
        self.queue = JobQueue(store, self.work)

    def run(self) -> None:
        """Work until told to stop."""
        consumer = _QuietConsumer(
            self.queue.huey,
            # One job a process: two in one process would wait for each other at Python's lock.
            workers=1,
            periodic=False,
            max_delay=LONGEST_POLL_S,
            shutdown_timeout=STOP_PATIENCE_S,
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        sweeper = threading.Thread(target=self._sweep_on, name="sweeper", daemon=True)
        sweeper.start()
        consumer.start()
        while not self._stopping.wait(SWEEP_S):
            consumer.check_worker_health()
        consumer.stop(graceful=True)
        sweeper.join(STOP_PATIENCE_S)

    def work(self) -> None:
        """Do what waits, each job in its turn, until nothing does: a message is a wake-up, whatever it was sent for."""
        while not self._stopping.is_set():
            lease = self._store.jobs.claim_next(self._name, self._timing.lease_s, self._lanes, list(self._handlers))
            if lease is None:
                return
            self._lease = lease
            try:
                self._do(lease)
            finally:
                self._lease = None

    def _do(self, lease: Lease) -> None:
        job = self._store.jobs.get(lease.job_id)
        with about(job=job.id), JobRun(self._store, job, lease, self._stopping, self._timing) as work:
            written("job_begun", kind=job.kind, attempt=job.attempts)
            # Nothing opens without consent, also not for a machine.
            if not self._is_ordered(job):
                self._store.consents.require(job.clip_id, USE_OF.get(job.kind, "session"))
            with disk_errors(), memory_errors():
                if job.kind in LOW_PRIORITY:
                    run_giving_way(lambda: self._handlers[job.kind](self._store, work))
                else:
                    self._handlers[job.kind](self._store, work)

    def _is_ordered(self, job: Job) -> bool:
        """Whether the work is for a court that has ordered it: that stands for a consent (`decide_right`)."""
        export_id = job.payload.get("export_id")
        export = self._store.evidence.find(str(export_id)) if export_id else None
        return export is not None and export.purpose == "court"

    def sweep(self) -> None:
        """Take back what lost workers held, and send wake-ups again that got lost."""
        if not self._store.jobs.active():
            return
        marks = self._store.settings.data_dir / MARKS
        # The server of a shared folder may lose the lock on a living worker's mark, when it is started anew.
        alive_above = timedelta(seconds=max(0, self._timing.lease_s - SILENT_BEATS * self._timing.beat_s))
        overdue = self._store.jobs.sweep(
            lambda worker: is_dead(marks, worker), self._name, self._lease, alive_above=alive_above
        )
        self.queue.wake_lost(overdue)

    def clear_up(self) -> None:
        """Once an hour: drop what has run out or was left over, end erasures that broke off, and tidy the database."""
        self._store.clips.finish_erasures()
        self._store.uploads.expire()
        if not self._store.vault.sweeps_at_start:
            with contextlib.suppress(VaultAway):
                self._store.blobs.sweep()
        self._store.sign_ins.clear(timedelta(hours=self._store.settings.session_hours))
        self._store.retention.run(date.today())
        Services(self._store).study_keeping.run(date.today())
        self._store.database.tidy()

    def _sweep_on(self) -> None:
        cleared = float("-inf")
        while not self._stopping.is_set():
            if time.monotonic() - cleared > CLEAR_UP_S:
                with _going_on():
                    self.clear_up()
                cleared = time.monotonic()
            with _going_on():
                self.sweep()
            self._stopping.wait(SWEEP_S)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping.set()


@contextlib.contextmanager
def _going_on() -> Iterator[None]:
    """A database that is busy, a full disk or a store that refuses is no reason to stop looking after lost jobs."""
    try:
        yield
    except DatabaseUnavailable:
        # It is asked again within a second, and whoever works or opens a page is told.
        pass
    except (DBAPIError, VfeedError, OSError) as error:
        written("sweep_broke_off", level=logging.WARNING, error=error)


@contextlib.contextmanager
def worker_mark(data_dir: Path) -> Iterator[str]:
    """A name for this worker, and a locked file under it: the lock goes when the process does, however it ends."""
    folder = data_dir / MARKS
    folder.mkdir(exist_ok=True, mode=0o700)
    remove_old_marks(folder)
    name = f"{socket.gethostname()[:40]}-{new_id()}"
    path = folder / name
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def is_dead(marks: Path, worker: str) -> bool:
    """Whether a worker seems to be gone; False for one of another machine whose mark is not here."""
    return not _is_locked(marks / worker)


def remove_old_marks(marks: Path) -> None:
    """Remove the marks of workers that were killed long ago: their jobs have been taken back since."""
    for path in list(marks.iterdir()):
        with contextlib.suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > OLD_MARK_S and not _is_locked(path):
                path.unlink()


def _is_locked(path: Path) -> bool:
    """Whether a living process holds this mark, or may hold it where this machine cannot see."""
    try:
        # Open to write: NFS gives no lock for oneself alone on what is open to read only.
        with path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return True
    return False


class _QuietConsumer(Consumer):  # type: ignore[misc]
    def _set_signal_handlers(self) -> None:
        """The worker has its own: it must end its jobs, not only the threads."""

    def _interrupt_workers(self) -> Any:
        """Threads cannot be interrupted; what they still hold is taken back by the next worker."""
