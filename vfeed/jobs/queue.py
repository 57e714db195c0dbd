"""The queue: Huey carries wake-ups with a job's id to the workers; what is to be done stands in the job row."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from huey import PostgresHuey, RedisHuey, SqliteHuey
from huey.api import Huey
from huey.exceptions import ConfigurationError
from huey.serializer import SignedSerializer
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.logs import written
from vfeed.store import Store
from vfeed.store.addresses import unknown_option, unreadable_address
from vfeed.store.database import GIVES_UP, limit_questions
from vfeed.store.shapes import our_name
from vfeed.store.tables import Job, JobState

# A wake-up is a small question, and one that is lost costs a second: nobody waits for it as long as for the data.
MOST_PATIENCE_S = 10
NAME = "vfeed"
FILE = "queue.db"
REEL = "reel"
GAMMA = "gamma"
KINDS = ("prepare", "analyse", REEL, "hide", GAMMA)


class JobQueue:
    """Adds, stops and repeats jobs, and wakes workers for them."""

    def __init__(self, store: Store, run: Callable[[], None] | None = None) -> None:
        """`run` does what waits: only a worker gives it."""
        self._store = store
        self.huey = make_huey(store.settings, store.secret("queue"))

        # Defined here whoever runs it: the message names this module, and both ends must agree on it. The id in it is
        # for a worker of an earlier version beside this one: what is done next is chosen from the rows.
        def do_job(_job_id: str) -> None:
            if run is None:
                raise RuntimeError("this process only sends wake-ups")
            run()

        self._wake = self.huey.task()(do_job)

    def enqueue(self, kind: str, clip_id: str, payload: Mapping[str, str | int], actor: str) -> str:
        """Add a job and wake a worker; returns the job's id, or that of the active job for the same thing.

        A reel's payload is `{"reel_id": ...}`, that of gamma `{"study_id": ...}`. Raises VfeedError `invalid_input`
        for an unknown kind or one of these without its id, `not_found` for no such clip.
        """
        needs = {REEL: "reel_id", GAMMA: "study_id"}.get(kind)
        if kind not in KINDS or (needs and not payload.get(needs)):
            raise VfeedError(
                "invalid_input",
                _("There is no work called '%(kind)s' like this."),
                hint=_("Load the page again."),
                kind=kind,
            )
        job = self._store.jobs.add(kind, clip_id, payload, actor)
        self.wake([job.id])
        return job.id

    def wake_clip(self, clip_id: str) -> None:
        """Wake workers for what waits for a clip, as after taking it in; without this they look by themselves soon."""
        self.wake([job.id for job in self._store.jobs.for_clip(clip_id) if job.state == JobState.QUEUED])

    def cancel(self, job_id: str, actor: str) -> Job:
        """Stop a job: at once when it waits, within seconds when it runs. Raises VfeedError `not_found`."""
        return self._store.jobs.cancel(job_id, actor)

    def retry(self, job_id: str, actor: str) -> Job:
        """Queue a failed or stopped job again; raises VfeedError `not_found`, `conflict`."""
        job = self._store.jobs.retry(job_id, actor)
        self.wake([job.id])
        return job

    def wake(self, job_ids: Sequence[str]) -> None:
        """Send wake-ups; one too many does no harm, a lost one is sent again by the worker's sweeper.

        So a queue that does not answer is only written down: the job row stands.
        """
        if not job_ids:
            return
        self._store.jobs.notified(job_ids)
        try:
            for job_id in job_ids:
                self._wake(job_id)
        except away() as error:
            written("queue_away", level=logging.WARNING, error=error)

    def answers(self) -> bool:
        """Whether the queue's server is there."""
        try:
            self.huey.pending_count()
        except away():
            return False
        return True

    def wake_lost(self, job_ids: Sequence[str]) -> None:
        """Send overdue wake-ups again, unless there are messages enough on their way for all that wait."""
        try:
            is_short = bool(job_ids) and self.huey.pending_count() < self._store.jobs.queued_count()
        except away() as error:
            written("queue_away", level=logging.WARNING, error=error)
            return
        if is_short:
            self.wake(job_ids)


def _in_postgres(url: str, patience_s: int, common: Mapping[str, Any]) -> Huey:
    import psycopg

    def connect() -> Any:
        connection = psycopg.connect(url, autocommit=True)
        if patience_s:
            limit_questions(connection, min(patience_s, MOST_PATIENCE_S))
        return connection

    common = {**common, "connection": connect}
    try:
        return PostgresHuey(NAME, **common)
    except psycopg.OperationalError as error:
        # No start waits for a queue; its tables are there since an earlier one.
        written("queue_away", level=logging.WARNING, error=error)
        return PostgresHuey(NAME, create_tables=False, **common)
    except psycopg.ProgrammingError as error:
        raise unknown_option("VFEED_QUEUE_URL", str(error)) from error


def _drop_damaged(path: Path) -> None:
    """Remove a queue that is no database any more: it holds only wake-ups, and the job rows send those again."""
    if not path.exists() or path.stat().st_size == 0:
        return
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=15)) as connection:
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.OperationalError:
        # Another process holds it: then it is one.
        return
    except sqlite3.DatabaseError:
        whole = False
    if not whole:
        for each in (path, path.with_name(f"{FILE}-wal"), path.with_name(f"{FILE}-shm")):
            each.unlink(missing_ok=True)


def away() -> tuple[type[Exception], ...]:
    """What the drivers that are installed raise when the queue's server does not answer."""
    found: list[type[Exception]] = [sqlite3.OperationalError]
    with contextlib.suppress(ImportError):
        import psycopg

        # Its tables are made at a start; where it was away at the very first, they come with the next.
        found += [psycopg.OperationalError, psycopg.errors.UndefinedTable]
    with contextlib.suppress(ImportError):
        from redis.exceptions import RedisError

        found.append(RedisError)
    return tuple(found)


def make_huey(settings: Settings, secret: bytes) -> Huey:
    """The queue of the settings: SQLite in the data folder, PostgreSQL or Redis. Its messages are signed.

    Raises VfeedError `setting_invalid` for an address that is neither, or whose driver is not installed.
    """
    common: dict[str, Any] = {
        "results": False,
        # Messages are pickles: without a signature, whoever may write to the queue could run code here.
        "serializer": SignedSerializer(secret=secret.hex(), salt=NAME),
    }
    if not settings.queue_url:
        _drop_damaged(settings.data_dir / FILE)
        return SqliteHuey(NAME, filename=str(settings.data_dir / FILE), timeout=15, **common)
    try:
        address = make_url(settings.queue_url)
    except ArgumentError:
        address = URL.create("")
    except ValueError:
        raise unreadable_address("VFEED_QUEUE_URL") from None
    # One way of writing addresses, the database's: what follows the + is SQLAlchemy's alone.
    backend = address.get_backend_name()
    if backend == "postgresql":
        address = address.update_query_dict(GIVES_UP | {"application_name": our_name()} | dict(address.query))
    url = address.set(drivername=backend).render_as_string(hide_password=False) if backend else ""
    # SQLAlchemy writes a space of an option as +, which PostgreSQL's library reads as it stands.
    before, mark, options = url.partition("?")
    url = before + mark + options.replace("+", "%20")
    try:
        if backend in {"postgresql", "postgres"}:
            return _in_postgres(url, settings.database_patience_s, common)
        if backend in {"redis", "rediss"}:
            return RedisHuey(NAME, url=url, **common)
    except (ConfigurationError, ImportError) as error:
        extra = "redis" if backend.startswith("redis") else "postgres"
        raise VfeedError(
            "setting_invalid",
            f"The driver for the job queue at {backend}:// is not installed.",
            hint=f'Run: pip install "vfeed[{extra}]", or leave VFEED_QUEUE_URL empty.',
        ) from error
    raise VfeedError(
        "setting_invalid",
        _("The address of the job queue is neither postgresql://... nor redis://..."),
        hint=_("Correct VFEED_QUEUE_URL, or leave it empty to use a file in the data folder."),
    )
