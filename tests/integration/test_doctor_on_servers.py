"""`vfeed doctor` where database and queue are elsewhere: whether they answer and the key belongs to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from filled_store import settings_in
from servers import Databases, free_port
from sqlalchemy import inspect

from vfeed.config import Settings
from vfeed.doctor import Finding, examine
from vfeed.server.app import THREADS
from vfeed.store import Store
from vfeed.store.connection_check import A_WEB_PROCESS, A_WORKER
from vfeed.store.database import make_engine


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    made = Databases()
    yield settings_in(tmp_path / "served", database_url=made.address(tmp_path), queue_url=made.address(tmp_path))
    made.drop(set(made.made))


def found(settings: Settings, subject: str) -> Finding:
    (finding,) = [each for each in examine(settings) if each.subject == subject]
    return finding


def code(finding: Finding) -> str:
    return finding.error.code if finding.error else ""


def test_a_look_leaves_an_empty_database_empty(settings: Settings) -> None:
    database, queue = found(settings, "Database"), found(settings, "Queue")
    assert database.ok and "empty" in database.detail
    assert queue.ok
    engine = make_engine(settings.database_url, b"")
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_another_machine_needs_the_same_key(settings: Settings, tmp_path: Path) -> None:
    Store(settings).close()
    assert "the key opens it" in found(settings, "Database").detail
    elsewhere = settings_in(tmp_path / "elsewhere", database_url=settings.database_url)
    assert elsewhere.key_file != settings.key_file
    assert code(found(elsewhere, "Database")) == "key_missing"
    Store(settings_in(tmp_path / "elsewhere", database_url="")).close()
    assert code(found(elsewhere, "Database")) == "key_wrong"
    elsewhere.key_file.write_bytes(settings.key_file.read_bytes())
    assert found(elsewhere, "Database").ok


def test_a_server_that_is_away_is_told_with_what_the_network_said(settings: Settings) -> None:
    away = f"postgresql+psycopg://vfeed:secret@127.0.0.1:{free_port()}/vfeed"
    there = settings.model_copy(update={"database_url": away, "queue_url": away})
    database, queue = found(there, "Database"), found(there, "Queue")
    assert code(database) == "database_away" and "refused" in database.detail
    assert not queue.ok and queue.error is None and "refused" in queue.detail
    assert "secret" not in repr((database, queue))


def test_a_redis_is_asked_and_one_that_is_away_stops_no_start(settings: Settings) -> None:
    here = settings.model_copy(update={"queue_url": f"redis://{servers.redis().address}/0"})
    assert found(here, "Queue").ok
    away = found(settings.model_copy(update={"queue_url": f"redis://127.0.0.1:{free_port()}/0"}), "Queue")
    assert not away.ok and away.error is None
    wrong = found(settings.model_copy(update={"queue_url": "amqp://127.0.0.1"}), "Queue")
    assert code(wrong) == "setting_invalid"


def test_more_processes_than_the_server_has_connections_for_are_told(settings: Settings) -> None:
    engine = make_engine(settings.database_url, b"")
    with engine.connect() as connection:
        allowed = int(connection.exec_driver_sql("SHOW max_connections").scalar_one())
    engine.dispose()
    within, beyond = allowed // A_WEB_PROCESS - 1, allowed // A_WEB_PROCESS + 1
    assert found(settings.model_copy(update={"web_processes": within}), "Database").ok
    finding = found(settings.model_copy(update={"web_processes": beyond}), "Database")
    assert not finding.ok and finding.error is None
    assert (
        f"may open {beyond * A_WEB_PROCESS + settings.workers * A_WORKER}: raise its max_connections" in finding.detail
    )


def test_a_web_process_is_reckoned_with_as_many_threads_as_it_has() -> None:
    # A look, a write amid it, the queue.
    assert A_WEB_PROCESS == 3 * THREADS
