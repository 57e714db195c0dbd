"""Job rows: the truth about every piece of work, whatever happened to the queue's messages or to a worker."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database, now_for_all
from vfeed.store.tables import Clip, Job, JobState, new_id, utc_now
from vfeed.store.tables.clips import ACTIVE
from vfeed.store.turns import LANES, Lane, fair_order, place_of

MAX_ATTEMPTS = 3
MOST_TRACE = 20_000
# A wake-up younger than this may still be on its way to a worker.
WAKE_PATIENCE_S = 5.0


@dataclass(frozen=True)
class Lease:
    """The right to work on a job: `owner` names worker and attempt, and is new at every claim."""

    job_id: str
    owner: str


@dataclass(frozen=True)
class HeartbeatResult:
    """What a heartbeat learns: whether the lease still holds, and whether somebody asked to stop."""

    held: bool
    cancel_requested: bool


def new_job(kind: str, clip: Clip, payload: Mapping[str, str | int], actor: str) -> Job:
    """A queued job row; what its payload says is to be made tells jobs of the same kind apart (`Job.makes`)."""
    now = utc_now()
    place = place_of(kind, clip.film.duration_us, now)
    job = Job(
        id=new_id(),
        kind=kind,
        lane=place.lane,
        due_at=place.due_at,
        created_at=now,
        clip_id=clip.id,
        payload=dict(payload),
        state=JobState.QUEUED,
        stage=_("Waiting for its turn"),
        created_by=actor,
    )
    job.active_key = job.makes
    return job


class JobRows:
    """Adds, claims, follows and ends jobs. Every change of a running job is guarded by its lease."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def add(self, kind: str, clip_id: str, payload: Mapping[str, str | int], actor: str) -> Job:
        """A new job, or the active one that makes the same thing. Raises VfeedError `not_found` for no such clip."""
        key = Job(kind=kind, clip_id=clip_id, payload=dict(payload)).makes
        try:
            with self._database.write() as session:
                active = session.scalar(select(Job).where(Job.active_key == key))
                if active is not None:
                    return active
                clip = session.get(Clip, clip_id)
                if clip is None or clip.erased_at is not None:
                    raise VfeedError("not_found", _("There is no such film, or it was destroyed."))
                job = new_job(kind, clip, payload, actor)
                session.add(job)
                self._audit.append(session, actor, f"job.{kind}", clip_id, {"job": job.id})
                return job
        except IntegrityError:
            with self._database.read() as session:
                return session.scalars(select(Job).where(Job.active_key == key)).one()

    def get(self, job_id: str) -> Job:
        """The job; raises VfeedError `not_found`."""
        with self._database.read() as session:
            job = session.get(Job, job_id)
        if job is None:
            raise VfeedError("not_found", _("There is no such job."), hint=_("Its film may have been erased."))
        return job

    def for_clip(self, clip_id: str) -> Sequence[Job]:
        """The clip's jobs, oldest first."""
        query = select(Job).where(Job.clip_id == clip_id).order_by(Job.created_at, Job.id)
        with self._database.read() as session:
            return session.scalars(query).all()

    def newest(self, kind: str, clip_ids: Sequence[str], study_id: str) -> dict[str, Job]:
        """The newest job of this kind for a study, by clip; clips that have none are missing."""
        query = select(Job).where(Job.kind == kind, Job.clip_id.in_(clip_ids)).order_by(Job.created_at, Job.id)
        with self._database.read() as session:
            found = session.scalars(query).all()
        return {job.clip_id: job for job in found if job.payload.get("study_id") == study_id}

    def active(self) -> Sequence[Job]:
        """Every queued or running job, oldest first."""
        query = select(Job).where(Job.state.in_(ACTIVE)).order_by(Job.created_at, Job.id)
        with self._database.read() as session:
            return session.scalars(query).all()

    def cancel(self, job_id: str, actor: str) -> Job:
        """Stop a job: at once when it waits, soon when it runs, and not at all when it has ended."""
        with self._database.write() as session:
            job = _locked(session, job_id)
            if job.state.is_active:
                self._audit.append(session, actor, "job.cancelled", job.clip_id, {"job": job.id})
            if job.state == JobState.QUEUED:
                _end(job, JobState.CANCELLED, stage="Stopped")
            elif job.state == JobState.RUNNING:
                job.cancel_requested, job.stage = True, _("Stopping")
        return job

    def retry(self, job_id: str, actor: str) -> Job:
        """Queue a failed or cancelled job again; raises VfeedError `conflict` when the same work is under way."""
        try:
            with self._database.write() as session:
                job = _locked(session, job_id)
                if job.state in (JobState.FAILED, JobState.CANCELLED):
                    self._audit.append(session, actor, "job.retried", job.clip_id, {"job": job.id})
                    _requeue(job, fresh=True)
        except IntegrityError as error:
            raise VfeedError(
                "conflict", _("The same work is under way already."), hint=_("Wait until it is done.")
            ) from error
        return job

    def claim(self, job_id: str, worker: str, lease_s: float) -> Lease | None:
        """Take a queued job for a worker; None when it is not there to be taken (another has it, or it has ended)."""
        with self._database.write() as session:
            return _taken(session, job_id, worker, lease_s)

    def claim_next(
        self, worker: str, lease_s: float, lanes: Iterable[Lane] = LANES, kinds: Collection[str] | None = None
    ) -> Lease | None:
        """Take the job whose turn it is among those of these lanes (see `turns`); None when none waits.

        Jobs that are of none of the `kinds` (None: of any) are left to others: a newer vfeed beside this one has more.

        Workers that ask at the same moment are given different jobs. What each sees of the turns may then be older by
        the jobs that the others are just being given.
        """
        with self._database.write() as session:
            query = fair_order(utc_now(), lanes).limit(1).with_for_update(of=Job, skip_locked=True)
            if kinds is not None:
                query = query.where(Job.kind.in_(kinds))
            job = session.scalar(query)
            return None if job is None else _taken(session, job.id, worker, lease_s)

    def heartbeat(
        self, lease: Lease, lease_s: float, *, progress: float, stage: str, eta_s: float | None
    ) -> HeartbeatResult:
        """Extend the lease and write the progress down."""
        values: dict[str, Any] = {
            "progress": min(max(progress, 0.0), 1.0),
            "eta_s": eta_s,
        }
        with self._database.write() as session:
            job = session.scalar(select(Job).where(*_held(lease)).with_for_update())
            if job is None:
                return HeartbeatResult(held=False, cancel_requested=False)
            job.lease_until = now_for_all(session) + timedelta(seconds=lease_s)
            for name, value in values.items():
                setattr(job, name, value)
            if not job.cancel_requested:
                job.stage = stage
            return HeartbeatResult(held=True, cancel_requested=job.cancel_requested)

    def finish(self, session: Session, lease: Lease) -> None:
        """Mark the job done, in the transaction that stores its result.

        Raises VfeedError `cancelled` when the lease was lost or a stop was asked for: then nothing is to be stored.
        """
        job = session.scalar(select(Job).where(*_held(lease)).with_for_update())
        if job is None or job.cancel_requested:
            raise VfeedError("cancelled", _("The work was stopped."), hint=_("It can be started again."))
        job.progress, job.eta_s = 1.0, None
        _end(job, JobState.DONE, stage="Done")
        session.flush()

    def stop(self, lease: Lease) -> None:
        """The handler gave up because it was asked to: cancelled when a person asked, else back to the queue."""

        def change(job: Job) -> None:
            if job.cancel_requested:
                _end(job, JobState.CANCELLED, stage="Stopped")
            else:
                job.attempts -= 1
                _requeue(job, fresh=False)

        self._change(lease, change)

    def fail(self, lease: Lease, error: VfeedError) -> None:
        """End the job with an error a person can read."""
        self._change(lease, lambda job: _fail(job, error))

    def retry_or_fail(self, lease: Lease, trace: str) -> None:
        """Something broke that nobody foresaw: try again, up to the limit, and keep where in the code it was."""

        def broke(job: Job) -> None:
            job.trace = trace[-MOST_TRACE:]
            _try_again(job)

        self._change(lease, broke)

    def sweep(
        self,
        is_dead: Callable[[str], bool],
        own_worker: str,
        own_lease: Lease | None = None,
        *,
        alive_above: timedelta = timedelta.max,
    ) -> Sequence[str]:
        """Take jobs back from lost workers, and return the ids of queued jobs whose wake-up is overdue.

        `is_dead` tells of a worker's name whether that process seems to be gone: then its lease is not waited for.
        Where more of the lease is left than `alive_above` its heart has just beaten, and it is not asked.
        `own_lease` is what the asking worker works on. A job of its own that it no longer works on is taken back, too:
        how that ended could not be written down, since the database was away.
        """
        with self._database.write() as session:
            now = now_for_all(session)
            running = session.scalars(
                select(Job).where(Job.state == JobState.RUNNING).with_for_update(skip_locked=True)
            )
            for job in running.all():
                worker = (job.lease_owner or "").partition("/")[0]
                expired = job.lease_until is None or job.lease_until < now
                # One's own lease is kept by one's own heartbeat, which may be late after a laptop's sleep.
                is_own = own_lease is not None and job.lease_owner == own_lease.owner
                is_silent = job.lease_until is None or job.lease_until - now <= alive_above
                if not is_own and (expired or (worker != own_worker and is_silent and is_dead(worker))):
                    _try_again(job)
            overdue = select(Job).where(Job.state == JobState.QUEUED, _wake_overdue(now)).order_by(Job.created_at)
            return [job.id for job in session.scalars(overdue)]

    def notified(self, job_ids: Sequence[str]) -> None:
        """Note that wake-ups have been sent."""
        with self._database.write() as session:
            session.execute(update(Job).where(Job.id.in_(job_ids)).values(notified_at=now_for_all(session)))

    def queued_count(self) -> int:
        """How many jobs wait."""
        with self._database.read() as session:
            return session.scalar(select(func.count()).select_from(Job).where(Job.state == JobState.QUEUED)) or 0

    def by_state(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        with self._database.read() as session:
            rows = session.execute(select(Job.state, func.count()).group_by(Job.state).order_by(Job.state))
            return {state: number for state, number in rows.all()}

    def broken(self) -> Sequence[Job]:
        """The jobs that broke off and keep where, the newest first."""
        with self._database.read() as session:
            return session.scalars(select(Job).where(Job.trace.is_not(None)).order_by(Job.created_at.desc())).all()

    def _change(self, lease: Lease, change: Callable[[Job], None]) -> None:
        with self._database.write() as session:
            job = session.scalar(select(Job).where(*_held(lease)).with_for_update())
            if job is not None:
                change(job)


def requeue_refused(session: Session, clip_ids: Sequence[str], error_code: str) -> list[str]:
    """In the caller's transaction, queue jobs again that failed with this error; returns their ids."""
    query = select(Job).where(Job.clip_id.in_(clip_ids), Job.state == JobState.FAILED, Job.error_code == error_code)
    requeued = []
    for job in session.scalars(query.order_by(Job.created_at.desc())):
        if session.scalar(select(Job.id).where(Job.active_key == job.makes)) is None:
            _requeue(job, fresh=True)
            session.flush()
            requeued.append(job.id)
    return requeued


def _held(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    return Job.id == lease.job_id, Job.state == JobState.RUNNING, Job.lease_owner == lease.owner


def _wake_overdue(now: datetime) -> ColumnElement[bool]:
    return or_(Job.notified_at.is_(None), Job.notified_at < now - timedelta(seconds=WAKE_PATIENCE_S))


def _taken(session: Session, job_id: str, worker: str, lease_s: float) -> Lease | None:
    # Clocks of machines differ: by its own, one that is fast would take every job from those that work on it.
    now = now_for_all(session)
    lease = Lease(job_id, f"{worker}/{new_id()}")
    claimed = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(
            state=JobState.RUNNING,
            stage=_("Starting"),
            progress=0.0,
            eta_s=None,
            attempts=Job.attempts + 1,
            lease_owner=lease.owner,
            lease_until=now + timedelta(seconds=lease_s),
            started_at=now,
        )
    )
    return lease if _changed(session, claimed) else None


def _changed(session: Session, statement: Any) -> bool:
    result = session.execute(statement)
    return isinstance(result, CursorResult) and result.rowcount == 1


def _locked(session: Session, job_id: str) -> Job:
    job = session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise VfeedError("not_found", _("There is no such job."), hint=_("Its film may have been erased."))
    return job


def _try_again(job: Job) -> None:
    if job.cancel_requested:
        _end(job, JobState.CANCELLED, stage="Stopped")
    elif job.attempts < MAX_ATTEMPTS:
        _requeue(job, fresh=False)
    else:
        broken = VfeedError(
            "job_lost",
            _("This work broke off again and again, and is not tried any more by itself."),
            hint=_("Press Try again. If it breaks off again, run vfeed doctor."),
        )
        _fail(job, broken)


def _requeue(job: Job, *, fresh: bool) -> None:
    job.state, job.stage, job.progress, job.eta_s = JobState.QUEUED, _("Waiting for its turn"), 0.0, None
    job.lease_owner = job.lease_until = job.notified_at = job.finished_at = None
    job.error = None
    job.active_key = job.makes
    job.cancel_requested = False
    if fresh:
        job.attempts, job.trace = 0, None
        # Asked for anew: it has waited for nothing yet.
        job.due_at = utc_now() + ((job.due_at or job.created_at) - job.created_at)


def _fail(job: Job, error: VfeedError) -> None:
    job.error = error
    _end(job, JobState.FAILED, stage="Failed")


def _end(job: Job, state: JobState, *, stage: str) -> None:
    job.state, job.stage, job.finished_at, job.eta_s = state, stage, utc_now(), None
    job.active_key = job.lease_owner = job.lease_until = None
    job.cancel_requested = False
