"""A job in a worker's hands: a heartbeat keeps its lease, and losing the lease means nothing may be stored."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from vfeed.errors import Cancelled, DataNewer, Internal, VfeedError
from vfeed.errors import marked as _
from vfeed.jobs.limits import STALLED_S, leave
from vfeed.logs import places, written
from vfeed.media.mp4_limits import too_demanding
from vfeed.media.sandbox import WHY
from vfeed.store import Store
from vfeed.store.bucket import VaultAway
from vfeed.store.job_rows import Lease
from vfeed.store.tables import Job
from vfeed.store.unavailable import DatabaseAway, DatabaseUnavailable

LEASE_S = 30.0
# Also how often progress is written down and how soon a wish to stop is noticed.
BEAT_S = 1.0
# Below this share or this time a guess of the time left would jump about.
ETA_FROM_SHARE = 0.03
ETA_FROM_S = 3.0


def time_left_s(elapsed_s: float, done: float) -> float | None:
    """Seconds left at the pace so far, or None while it is too early to tell.

    >>> time_left_s(30.0, 0.25)
    90.0
    >>> time_left_s(1.0, 0.5) is None
    True
    """
    if elapsed_s < ETA_FROM_S or not ETA_FROM_SHARE <= done <= 1.0:
        return None
    return elapsed_s * (1.0 - done) / done


@dataclass(frozen=True)
class LeaseTiming:
    """Seconds: how long a lease lasts without a heartbeat, how often the heart beats, how long work may stand still."""

    lease_s: float = LEASE_S
    beat_s: float = BEAT_S
    stalled_s: float = STALLED_S


class JobRun:
    """One attempt at a job. Entering starts the heartbeat; leaving ends the job row by how the block ended.

    A block that returns must have stored its result with `finish`. VfeedError `cancelled` means it gave up when asked;
    another VfeedError is for a person to read and final, unless it says that the database or the store of the films
    does not answer; that is tried again until it does, and anything else up to the limit. Work that does not get on for
    too long fails with `clip_too_demanding`, and the process is left, since no thread can be ended.
    """

    def __init__(
        self,
        store: Store,
        job: Job,
        lease: Lease,
        stopping: threading.Event,
        timing: LeaseTiming | None = None,
        *,
        on_stalled: Callable[[], object] = leave,
    ) -> None:
        """`stopping` is set when the whole worker is to end; `on_stalled` ends the process."""
        self.job = job
        self._store = store
        self._lease = lease
        self._timing = timing or LeaseTiming()
        self._stopping = stopping
        self._asked_to_stop = threading.Event()
        self._ended = threading.Event()
        self._started_s = time.monotonic()
        self._done, self._stage = 0.0, "Starting"
        self._on_stalled = on_stalled
        self._moved_s = self._started_s
        self._heart = threading.Thread(target=self._beat, name=f"heart-{job.id}", daemon=True)

    def report(self, done: float, stage: str) -> None:
        """Tell how far the work is, 0 to 1, and what is being done in plain words; written at the next heartbeat."""
        if (done, stage) != (self._done, self._stage):
            self._moved_s = time.monotonic()
        self._done, self._stage = done, stage

    def is_cancelled(self) -> bool:
        """Whether to give up: somebody asked, the lease is lost, or the worker ends."""
        return self._asked_to_stop.is_set() or self._stopping.is_set()

    def refuse_cancelled(self) -> None:
        """Raise VfeedError `cancelled` when it is time to give up."""
        if self.is_cancelled():
            raise VfeedError("cancelled", _("The work was stopped."), hint=_("It can be started again."))

    def finish(self, session: Session) -> None:
        """Mark the job done in the transaction that stores its result; raises VfeedError `cancelled` otherwise."""
        self._store.jobs.finish(session, self._lease)

    def __enter__(self) -> Self:
        self._heart.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self._ended.set()
        self._heart.join()
        jobs = self._store.jobs
        if error is None:
            written("job_done", kind=self.job.kind, ms=round(1000 * (time.monotonic() - self._started_s)))
            return False
        if isinstance(error, VfeedError) and not isinstance(
            error, (Internal, VaultAway, DatabaseUnavailable, DataNewer)
        ):
            if isinstance(error, Cancelled):
                jobs.stop(self._lease)
            else:
                jobs.fail(self._lease, error)
            written("job_refused", code=error.code, kind=self.job.kind)
            return True
        if self._is_outage(error):
            # No fault of this job's: however long the server is away, it waits for it.
            jobs.stop(self._lease)
        else:
            jobs.retry_or_fail(self._lease, places(error))
        written("job_broke_off", level=logging.ERROR, error=error, kind=self.job.kind, attempt=self.job.attempts)
        return False

    def _is_outage(self, error: BaseException | None) -> bool:
        """Whether the database, or the store of the films as a whole, went away, or a newer worker has to do it."""
        if not isinstance(error, VaultAway):
            return isinstance(error, (DatabaseAway, DataNewer))
        try:
            self._store.vault.is_empty()
        except VfeedError:
            return True
        return False

    def _beat(self) -> None:
        while not self._ended.wait(self._timing.beat_s):
            eta_s = time_left_s(time.monotonic() - self._started_s, self._done)
            # A database that is busy for long is asked again at the next beat: the lease outlasts many of them.
            with contextlib.suppress(OperationalError, DatabaseUnavailable):
                pulse = self._store.jobs.heartbeat(
                    self._lease, self._timing.lease_s, progress=self._done, stage=self._stage, eta_s=eta_s
                )
                if not pulse.held or pulse.cancel_requested:
                    self._asked_to_stop.set()
                if time.monotonic() - self._moved_s > self._timing.stalled_s:
                    self._store.jobs.fail(self._lease, too_demanding(WHY))
                    self._on_stalled()
                    return
