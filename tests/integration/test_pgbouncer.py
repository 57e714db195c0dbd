"""PgBouncer before PostgreSQL: all that vfeed does works by the session; by the transaction a start is refused."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import servers
from filled_store import a_clip, a_home, agree, settings_in
from job_steps import do_messages, make_poster
from servers import Databases
from sqlalchemy import text

from vfeed.config import Settings
from vfeed.doctor import examine, refuse_unsafe
from vfeed.errors import VfeedError
from vfeed.jobs.worker import Worker
from vfeed.store import Store
from vfeed.store.migrating import revision_of
from vfeed.store.rekey import rotate_key
from vfeed.store.shapes import our_name, revisions
from vfeed.store.unavailable import DatabaseSlow

PATIENCE_S = 1
PEOPLE, ACTS_EACH = 10, 8


@pytest.fixture
def direct(tmp_path: Path) -> Iterator[str]:
    """The address of an empty database at PostgreSQL itself."""
    made = Databases()
    yield made.address(tmp_path)
    made.drop(set(made.made))


def through(address: str, direct: str, folder: Path) -> Settings:
    before, _, behind = direct.partition("@")
    url = f"{before}@{address}/{behind.partition('/')[2]}"
    return settings_in(folder / "served", database_url=url, queue_url=url, database_patience_s=PATIENCE_S)


def connected_as(direct: str) -> set[str]:
    """What other connections to the database are called at the server."""
    names = (
        "SELECT application_name FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(direct) as connection:
        return {name for (name,) in connection.execute(names)}


def test_by_the_session_pages_queue_workers_and_changes_of_the_tables_work(tmp_path: Path, direct: str) -> None:
    with servers.pgbouncer("session") as address:
        settings = through(address, direct, tmp_path)
        with Store(settings) as store:
            with store.database.read() as session:
                assert revision_of(session.connection()) == revisions()[-1]
            home = a_home(store)
            agree(store, home)
            clip = a_clip(store, home)

            def write(number: int) -> None:
                for turn in range(ACTS_EACH):
                    moment = {"moment_id": f"m{number}-{turn}", "start_us": 1, "end_us": 2_000_000}
                    store.events.append(clip.id, f"p{number}", "moment_tagged", moment | {"code_ref": "attentive"})

            with ThreadPoolExecutor(PEOPLE) as people:
                list(people.map(write, range(PEOPLE)))
            assert len(store.events.state(clip.id).moments) == PEOPLE * ACTS_EACH and store.audit.faults() == []

            worker = Worker(store, "one", handlers={"prepare": make_poster})
            worker.queue.enqueue("prepare", clip.id, {}, "ann")
            assert do_messages(worker) == 1 and store.blobs.read(clip.id, "poster") == b"poster"
            assert connected_as(direct) <= {our_name(), ""}
            worker.queue.huey.storage.close()
        assert all(each.ok for each in examine(settings) if each.subject in {"Database", "Queue"})


def test_by_the_session_limits_are_those_of_whoever_set_them(tmp_path: Path, direct: str) -> None:
    with servers.pgbouncer("session") as address:
        settings = through(address, direct, tmp_path)
        with Store(settings) as store:
            store.database.give_up_after(PATIENCE_S)
            with pytest.raises(DatabaseSlow), store.database.read() as session:
                session.execute(text("SELECT pg_sleep(20)"))
        with psycopg.connect(settings.database_url) as command:
            assert command.execute("SHOW statement_timeout").fetchone() == ("0",)


def test_by_the_session_the_key_is_changed_once_the_pool_has_let_go(tmp_path: Path, direct: str) -> None:
    with servers.pgbouncer("session") as address:
        settings = through(address, direct, tmp_path)
        Store(settings).close()
        itself = settings.model_copy(update={"database_url": direct})
        with pytest.raises(VfeedError) as error:
            rotate_key(itself)
        assert error.value.code == "conflict"
    rotate_key(itself)
    Store(itself).close()


@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_by_the_transaction_a_start_is_refused_and_nothing_is_written(tmp_path: Path, direct: str, mode: str) -> None:
    with servers.pgbouncer(mode) as address:
        settings = through(address, direct, tmp_path)
        with pytest.raises(VfeedError) as error:
            Store(settings)
        assert error.value.code in {"setting_invalid", "database_away"}
        findings = {each.subject: each for each in examine(settings)}
        assert not findings["Database"].ok and not findings["Queue"].ok
        if mode == "transaction":
            assert error.value.code == "setting_invalid"
            assert all("pool_mode = session" in findings[subject].detail for subject in ("Database", "Queue"))
            with pytest.raises(VfeedError) as error:
                refuse_unsafe(settings.model_copy(update={"database_url": direct}))
            assert "VFEED_QUEUE_URL" in findings["Queue"].detail and error.value.code == "setting_invalid"
    with psycopg.connect(direct) as connection:
        assert connection.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,)
