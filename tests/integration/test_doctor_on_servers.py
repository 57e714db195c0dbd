"""`vfeed doctor` where database and queue are elsewhere: whether they answer and the key belongs to them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import servers
from filled_store import a_clip, a_home, files_under, settings_in
from servers import Databases, free_port
from sqlalchemy import inspect

from vfeed.config import Settings
from vfeed.doctor import Finding, examine
from vfeed.errors import VfeedError
from vfeed.jobs.queue import JobQueue
from vfeed.server.app import THREADS, create_app
from vfeed.store import Store
from vfeed.store.connection_check import A_WEB_PROCESS, A_WORKER
from vfeed.store.database import make_engine
from vfeed.store.keyring import create_key_file

MACHINES = 3


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


SIGNS = "p@ss:w/rd#1%?&x"
BAD_PORT = f"://vfeed:{SIGNS}@127.0.0.1:1/0"


@pytest.mark.parametrize(
    ("subject", "setting", "address", "fix"),
    [
        ("Database", "database_url", f"postgresql+psycopg{BAD_PORT}", "%40"),
        ("Database", "database_url", "postgresql+psycopg://127.0.0.1:port/x", "a port is a number"),
        ("Queue", "queue_url", f"redis{BAD_PORT}", "%40"),
        ("Queue", "queue_url", f"postgresql+psycopg{BAD_PORT}", "%40"),
        ("Counts of wrong tries", "limits_url", f"redis{BAD_PORT}", "%40"),
        ("Counts of wrong tries", "limits_url", "memcached://127.0.0.1", "Correct VFEED_LIMITS_URL"),
    ],
)
def test_an_address_that_cannot_be_read_is_told_without_the_password(
    settings: Settings, subject: str, setting: str, address: str, fix: str
) -> None:
    finding = found(settings.model_copy(update={setting: address}), subject)
    assert code(finding) == "setting_invalid" and fix in finding.detail
    told = finding.detail.replace("w/rd", "")
    assert not any(part in told for part in ("p@ss", "'w'", "rd#1"))
    assert finding.error is not None and finding.error.__cause__ is None
    wrong = settings.model_copy(update={setting: address})
    with pytest.raises(VfeedError) as error, Store(wrong) as store:
        create_app(wrong, store)
    assert error.value.code == "setting_invalid"


def test_an_option_of_an_address_that_the_driver_does_not_know_is_told(settings: Settings) -> None:
    for option in ("sslmod=require", "sslmode=perhaps"):
        wrong = settings.model_copy(update={"database_url": f"{settings.database_url}?{option}"})
        finding = found(wrong, "Database")
        assert code(finding) == "setting_invalid" and option.partition("=")[0][:7] in finding.detail
        with pytest.raises(VfeedError) as error:
            Store(wrong)
        assert error.value.code == "setting_invalid"


def test_a_start_does_not_wait_for_a_queue_in_another_postgresql(settings: Settings, tmp_path: Path) -> None:
    away = settings_in(
        tmp_path / "here", database_url="", queue_url=f"postgresql+psycopg://vfeed@127.0.0.1:{free_port()}/vfeed"
    )
    with Store(away) as store:
        home = a_home(store)
        clip = a_clip(store, home, jobs=[])
        queue = JobQueue(store)
        assert not queue.answers()
        assert store.jobs.get(queue.enqueue("prepare", clip.id, {}, "ann")).state == "queued"
    with Store(settings.model_copy(update={"queue_url": f"{settings.queue_url}?sslmod=x"})) as store:
        with pytest.raises(VfeedError) as error:
            JobQueue(store)
        assert error.value.code == "setting_invalid"


def test_the_redis_that_counts_wrong_tries_is_asked(settings: Settings) -> None:
    def counts(address: str) -> Finding:
        return found(settings.model_copy(update={"limits_url": address}), "Counts of wrong tries")

    assert found(settings, "Counts of wrong tries").ok
    assert counts(f"redis://{servers.redis().address}/1").ok
    away = counts(f"redis://:secret@127.0.0.1:{free_port()}/1")
    assert not away.ok and away.error is None and "secret" not in away.detail


def test_a_machine_that_does_not_see_the_films_or_their_keys_is_told(settings: Settings, tmp_path: Path) -> None:
    with Store(settings) as store:
        assert found(settings, "Films of the database").detail == "none yet"
        a_clip(store, a_home(store))
    assert found(settings, "Films of the database").ok
    elsewhere = settings.model_copy(update={"data_dir": tmp_path / "elsewhere"})
    assert "VFEED_DATA_DIR" in found(elsewhere, "Films of the database").detail
    elsewhere = settings.model_copy(update={"key_store": tmp_path / "other-keys"})
    assert "VFEED_KEY_STORE" in found(elsewhere, "Films of the database").detail


def test_films_are_kept_where_an_empty_database_was_named(settings: Settings, tmp_path: Path) -> None:
    with Store(settings) as store:
        a_clip(store, a_home(store))
    other = Databases()
    slipped = settings.model_copy(update={"database_url": other.address(tmp_path / "other")})
    films = files_under(settings.vault_dir)
    with pytest.raises(VfeedError) as error:
        Store(slipped)
    assert error.value.code == code(found(slipped, "Database")) == "database_missing"
    assert films and files_under(settings.vault_dir) == films
    other.drop(set(other.made))


def test_no_key_is_made_where_the_database_is_under_one(settings: Settings, tmp_path: Path) -> None:
    Store(settings).close()
    elsewhere = settings_in(tmp_path / "elsewhere", database_url=settings.database_url)
    with pytest.raises(VfeedError) as error:
        Store(elsewhere)
    assert error.value.code == "key_missing"
    assert not elsewhere.key_file.exists()


def test_machines_that_start_at_once_make_the_tables_once(settings: Settings, tmp_path: Path) -> None:
    key_file = settings.key_file
    key_file.parent.mkdir(parents=True, mode=0o700)
    create_key_file(key_file)
    together = threading.Barrier(MACHINES)

    def start(number: int) -> None:
        machine = settings.model_copy(
            update={"data_dir": tmp_path / f"machine-{number}", "key_store": tmp_path / f"keys-{number}"}
        )
        together.wait()
        Store(machine).close()

    with ThreadPoolExecutor(MACHINES) as machines:
        list(machines.map(start, range(MACHINES)))
    assert found(settings, "Database").ok


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
