"""A PostgreSQL server that lives and does not answer, does not let vfeed in, or is used by an earlier version."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import servers
from alembic import command
from app_site import Site, an_account
from filled_store import a_clip, a_home, agree, settings_in
from job_steps import until
from servers import Databases
from sqlalchemy import text

from vfeed.config import Settings
from vfeed.doctor import examine
from vfeed.errors import VfeedError
from vfeed.jobs.queue import MOST_PATIENCE_S, JobQueue
from vfeed.server.app import create_app
from vfeed.store import Store
from vfeed.store.database import GRACE_S, IDLE_MS, NOTICES_WHO_IS_GONE, make_engine
from vfeed.store.migrating import revision_of
from vfeed.store.shapes import STOPS, our_name, revisions, stop_before
from vfeed.store.unavailable import CommitUnknown, DatabaseAway, DatabaseBusy, DatabaseRefuses, DatabaseSlow
from vfeed.store.upgrading import alembic_config

PATIENCE_S = 1
SOON_S = 10.0
BEFORE = "0034"


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Databases()
    yield settings_in(tmp_path / "served", database_url=made.address(tmp_path), database_patience_s=PATIENCE_S)
    made.drop(set(made.made))


@contextlib.contextmanager
def somebody_else(settings: Settings, statement: str = "SELECT 1", name: str = "psql") -> Iterator[None]:
    """Another connection to the same database, in the middle of a transaction in which it has said this."""
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), application_name=name) as connection:
        connection.execute(statement)  # type: ignore[arg-type,unused-ignore]
        yield
        connection.rollback()


def test_a_question_that_takes_too_long_is_given_up_where_people_wait_and_nowhere_else(settings: Settings) -> None:
    with Store(settings) as store:
        with store.database.read() as session:
            session.execute(text("SELECT pg_sleep(:s)"), {"s": 2 * PATIENCE_S})
        store.database.give_up_after(settings.database_patience_s)
        with pytest.raises(DatabaseSlow) as error, store.database.read() as session:
            session.execute(text("SELECT pg_sleep(:s)"), {"s": 20 * PATIENCE_S})
        assert (error.value.code, error.value.http_status) == ("database_away", 503)
        with store.database.write() as session:
            assert session.scalar(text("SHOW idle_in_transaction_session_timeout")) == f"{IDLE_MS // 60_000}min"


def test_a_page_answers_although_somebody_holds_its_table(settings: Settings) -> None:
    with Store(settings) as store:
        home = a_home(store)
        agree(store, home)
        an_account(store, "pat", "practitioner")
        site = Site(create_app(settings, store), store, home, a_clip(store, home))
        browser = site.signed_in("pat")
        page, script = f"/families/{home.family.id}", f"/api/clips/{site.clip.id}/review"
        with somebody_else(settings, "LOCK TABLE participant, clip IN ACCESS EXCLUSIVE MODE"):
            began = time.monotonic()
            told = browser.get(page)
            assert told.status_code == 503 and "Try again in a moment." in told.text
            refused = browser.get(script)
            assert refused.status_code == 503 and refused.json and refused.json["error"]["code"] == "database_busy"
            assert time.monotonic() - began < SOON_S
        assert browser.get(page).status_code == 200


@pytest.mark.parametrize("what", ["a question", "a commit"])
def test_a_server_that_says_nothing_at_all_is_given_up(settings: Settings, what: str) -> None:
    with Store(settings) as store:
        store.database.give_up_after(settings.database_patience_s)
        with contextlib.ExitStack() as ended:
            began = time.monotonic()
            with pytest.raises(DatabaseAway) as error, store.database.write() as session:
                silent = session.scalar(text("SELECT pg_backend_pid()"))
                # As one whose disk hangs: the machine takes what is sent, and nobody looks at it.
                os.kill(silent, signal.SIGSTOP)
                ended.callback(os.kill, silent, signal.SIGCONT)
                if what == "a question":
                    session.scalar(text("SELECT 1"))
            assert isinstance(error.value, CommitUnknown) == (what == "a commit")
            assert time.monotonic() - began < PATIENCE_S + GRACE_S + SOON_S
            with store.database.read() as session:
                assert session.scalar(text("SELECT pg_backend_pid()")) != silent


@pytest.fixture
def queue(settings: Settings) -> Iterator[JobQueue]:
    """The queue of a page, in the same server, which is asked for the first time."""
    with Store(settings.model_copy(update={"queue_url": settings.database_url})) as store:
        made = JobQueue(store)
        made.huey.flush()
        yield made
        made.huey.storage.close()


def test_a_queue_whose_server_says_nothing_keeps_nobody_for_long_and_work_is_asked_for_again(queue: JobQueue) -> None:
    with contextlib.ExitStack() as ended:
        (silent,) = queue.huey.storage.sql("SELECT pg_backend_pid()", results=True)[0]
        os.kill(silent, signal.SIGSTOP)
        ended.callback(os.kill, silent, signal.SIGCONT)
        began = time.monotonic()
        queue.wake(["a job"])
        assert PATIENCE_S < time.monotonic() - began < PATIENCE_S + GRACE_S + SOON_S
        # The next goes to another of the server's processes.
        queue.wake(["another job"])
        assert queue.answers() and queue.huey.pending_count() == 1


def test_a_queue_whose_table_somebody_holds_keeps_nobody_for_long(queue: JobQueue, settings: Settings) -> None:
    with somebody_else(settings, "LOCK TABLE huey_task IN ACCESS EXCLUSIVE MODE"):
        began = time.monotonic()
        queue.wake(["a job"])
        assert not queue.answers()
        assert time.monotonic() - began < SOON_S
    queue.wake(["a job"])
    assert queue.answers() and queue.huey.pending_count() == 1


def test_a_worker_waits_at_a_silent_queue_no_longer_than_that_and_hears_the_next(queue: JobQueue) -> None:
    storage = queue.huey.storage
    assert storage.dequeue() is None
    (silent,) = storage._listen_conn().execute("SELECT pg_backend_pid()").fetchone()
    with contextlib.ExitStack() as ended:
        # The one that tells it of new work: every second it looks for itself.
        os.kill(silent, signal.SIGSTOP)
        ended.callback(os.kill, silent, signal.SIGCONT)
        queue.wake(["a job"])
        began = time.monotonic()
        assert storage.dequeue() is not None and storage.dequeue() is None
        assert time.monotonic() - began < SOON_S


def test_a_redis_that_says_nothing_keeps_nobody_for_long_either(settings: Settings) -> None:
    server = servers.redis()
    with Store(settings.model_copy(update={"queue_url": f"redis://{server.address}/3"})) as store:
        queue = JobQueue(store)
        assert queue.answers() and server.process
        os.kill(server.process.pid, signal.SIGSTOP)
        try:
            began = time.monotonic()
            queue.wake(["a job", "another job"])
            assert not queue.answers()
            assert time.monotonic() - began < 2 * MOST_PATIENCE_S
        finally:
            os.kill(server.process.pid, signal.SIGCONT)
        queue.wake(["a job"])
        assert queue.answers()


@pytest.mark.parametrize(("patience_s", "limit"), [(0, "0"), (PATIENCE_S, f"{PATIENCE_S}s"), (3600, "10s")])
def test_a_wake_up_is_waited_for_no_longer_than_the_data(settings: Settings, patience_s: int, limit: str) -> None:
    told = {"queue_url": settings.database_url, "database_patience_s": patience_s}
    with Store(settings.model_copy(update=told)) as store:
        storage = JobQueue(store).huey.storage
        assert storage.sql("SHOW statement_timeout", results=True) == [(limit,)]
        storage.close()


def test_what_a_command_copies_may_take_its_time(settings: Settings) -> None:
    with Store(settings.model_copy(update={"database_patience_s": 0})) as store:
        store.database.give_up_after(0)
        with store.database.read() as session:
            assert session.scalar(text("SHOW statement_timeout")) == "0"


def test_the_server_is_told_to_notice_soon_that_a_machine_is_gone(settings: Settings) -> None:
    with Store(settings) as store, store.database.read() as session:
        said = {name: session.scalar(text(f"SHOW {name}")) for name in NOTICES_WHO_IS_GONE}
        assert said == NOTICES_WHO_IS_GONE
        assert session.scalar(text("SHOW application_name")) == our_name()


def test_a_server_that_does_not_let_vfeed_in_is_told_from_one_that_is_away(settings: Settings) -> None:
    server = servers.postgres()
    with psycopg.connect(settings.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'right'")
        allowed = server.folder / "data" / "pg_hba.conf"
        before = allowed.read_text()
        allowed.write_text(f"host all stranger all scram-sha-256\n{before}")
        try:
            connection.execute("SELECT pg_reload_conf()")
            address = settings.database_url.replace("vfeed@", "stranger:wrong@")

            def is_refused(address: str) -> bool:
                with pytest.raises(VfeedError) as error:
                    Store(settings.model_copy(update={"database_url": address}))
                assert "wrong" not in f"{error.value.message}{error.value.hint}"
                return isinstance(error.value, DatabaseRefuses) and "let vfeed in" in error.value.message

            until("a wrong password is refused", lambda: is_refused(address), SOON_S)
            assert is_refused(f"{settings.database_url}-not-there")
        finally:
            allowed.write_text(before)
            connection.execute("SELECT pg_reload_conf()")
            connection.execute("DROP ROLE stranger")


@pytest.fixture
def older(settings: Settings) -> Iterator[Settings]:
    """A database with a film, of the shape before the last stop."""
    with Store(settings) as store:
        a_clip(store, a_home(store))
        secret = store.secret("database")
    config = alembic_config()
    engine = make_engine(settings.database, secret)
    with engine.connect() as connection:
        config.attributes.update(connection=connection, key_store=settings.clip_keys)
        command.downgrade(config, BEFORE)
        connection.commit()
    engine.dispose()
    yield settings


def found(settings: Settings) -> str:
    (finding,) = [each for each in examine(settings) if each.subject == "Database"]
    assert finding.ok
    return finding.detail


def shape(settings: Settings) -> str | None:
    engine = make_engine(settings.database, b"")
    with engine.connect() as connection:
        found = revision_of(connection)
    engine.dispose()
    return found


def test_no_change_of_the_tables_is_made_beside_a_version_that_could_not_go_on(
    older: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vfeed.store.migrating.LEAVING_S", 0.2)
    assert stop_before(BEFORE) in STOPS
    assert "stopped on every machine" in found(older)
    for name in ("", "vfeed 0034"):
        with somebody_else(older, name=name):
            with pytest.raises(VfeedError) as error:
                Store(older)
            assert error.value.code == "conflict" and "every machine" in error.value.hint
            assert shape(older) == BEFORE
    with somebody_else(older, name=our_name()):
        Store(older).close()
    assert shape(older) == revisions()[-1]
    assert "stopped" not in found(older)


def test_a_change_of_the_tables_waits_for_who_reads_and_lets_others_pass(
    older: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vfeed.store.migrating.LOCK_MS", 200)
    changing = threading.Thread(target=lambda: Store(older).close())
    with somebody_else(older, "SELECT count(*) FROM job", name=our_name()):
        changing.start()
        ended = time.monotonic() + 2
        slowest = 0.0
        while time.monotonic() < ended:
            began = time.monotonic()
            with somebody_else(older, "SELECT count(*) FROM job", name=our_name()):
                slowest = max(slowest, time.monotonic() - began)
        assert changing.is_alive() and shape(older) == BEFORE
        assert slowest < 1.5, "others waited behind the change"
    changing.join(60)
    assert shape(older) == revisions()[-1]


def test_a_change_of_the_tables_is_given_up_when_a_table_stays_held(
    older: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vfeed.store.migrating.LOCK_MS", 100)
    monkeypatch.setattr("vfeed.store.migrating.LOCKED_S", 0.3)
    with somebody_else(older, "LOCK TABLE job", name=our_name()), pytest.raises(DatabaseBusy):
        Store(older)
    assert shape(older) == BEFORE
