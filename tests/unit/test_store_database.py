"""Migrations and transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filled_store import Home, raw, settings_in
from sqlalchemy import Connection, event, inspect, select, text
from sqlalchemy.exc import OperationalError

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store import database as database_module
from vfeed.store.database import Database, make_engine
from vfeed.store.migrating import migrate
from vfeed.store.migrations.ours import include_name
from vfeed.store.shapes import revisions
from vfeed.store.tables import Base, Family, UtcDateTime, new_id
from vfeed.store.upgrading import alembic_config


def test_models_and_migrations_agree(store: Store) -> None:
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": include_name})
        assert compare_metadata(context, Base.metadata) == []


def test_the_queues_own_tables_are_left_alone(store: Store) -> None:
    with store.database.engine.begin() as connection:
        connection.execute(text("create table huey_task (id integer primary key)"))
    with store.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": include_name})
        assert compare_metadata(context, Base.metadata) == []
        connection.rollback()
        seen = MigrationContext.configure(connection)
        assert [step[0] for step in compare_metadata(seen, Base.metadata)] == ["remove_table"]


SYNCED_AT_EACH_COMMIT = 2
KEY = bytes(range(32))


@pytest.mark.sqlite
def test_every_connection_syncs_the_disk_at_each_commit(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma synchronous").scalar() == SYNCED_AT_EACH_COMMIT


@pytest.mark.sqlite
def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    migrate(settings, KEY)
    before = (settings.data_dir / "vfeed.db").read_bytes()
    migrate(settings, KEY)
    assert (settings.data_dir / "vfeed.db").read_bytes() == before


def test_the_shapes_read_from_file_names_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory.from_config(alembic_config())
    assert revisions() == tuple(sorted(script.revision for script in scripts.walk_revisions()))
    assert revisions()[-1] == scripts.get_current_head()


def test_every_table_is_made(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    migrate(settings, KEY)
    engine = make_engine(settings.database, KEY)
    assert set(inspect(engine).get_table_names()) == {*Base.metadata.tables, "alembic_version"}
    engine.dispose()


@pytest.mark.sqlite
def test_data_of_a_newer_version_are_refused_and_left_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    connection = raw(settings)
    connection.execute("update alembic_version set version_num = '9999'")
    connection.close()
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == "data_newer"
    connection = raw(settings)
    assert connection.execute("select version_num from alembic_version").fetchone() == ("9999",)
    connection.close()


def test_two_processes_may_start_at_once(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    secrets: list[bytes] = []

    def start() -> None:
        with Store(settings) as store:
            secrets.append(store.secret("web"))

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 4
    assert len(set(secrets)) == 1


@pytest.mark.sqlite
def test_sqlite_keeps_its_manners(store: Store) -> None:
    with store.database.read() as session:
        pragmas = {
            name: session.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 15_000}


def test_changes_from_several_threads_all_arrive(store: Store) -> None:
    def count_up() -> None:
        for _ in range(25):
            with store.database.write() as session:
                family = session.scalars(select(Family).with_for_update()).one()
                family.code_name = str(int(family.code_name) + 1)

    store.families.create("0")
    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [family.code_name for family in store.families.list()] == ["100"]


@pytest.mark.sqlite
def test_who_cannot_write_for_others_is_told_to_come_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 100)
    told: list[str] = []

    def touch(database: Database) -> None:
        with database.write() as session:
            session.execute(text("SELECT 1"))

    def write() -> None:
        with pytest.raises(VfeedError) as refused:
            touch(patient.database)
        told.append(refused.value.code)

    with Store(store.settings) as patient:
        with store.database.write() as other_process:
            other_process.execute(text("SELECT 1"))
            write()
        with patient.database.write():
            elsewhere(write)
        touch(patient.database)
    assert told == ["database_busy"] * 2


def test_an_error_takes_back_the_whole_change(store: Store) -> None:
    with pytest.raises(RuntimeError), store.database.write() as session:
        session.add(Family(id=new_id(), code_name="half", created_by="ann"))
        session.flush()
        raise RuntimeError
    assert store.families.list() == []


@pytest.mark.parametrize("url", ["nonsense", "nothing://x/y", "sqlite+missing:///x"])
def test_an_address_that_does_not_work_is_refused_with_the_setting(tmp_path: Path, url: str) -> None:
    with pytest.raises(VfeedError) as error:
        Database(settings_in(tmp_path, database_url=url), KEY)
    assert error.value.code == "setting_invalid"
    assert "VFEED_DATABASE_URL" in error.value.hint


def test_a_moment_without_a_timezone_is_refused() -> None:
    from datetime import datetime

    with pytest.raises(ValueError, match="timezone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda data: b"x" * 4096 + data[4096:], "key_wrong"),
        (lambda data: data[:8192] + b"x" * 4096 + data[12288:], "vault_damaged"),
        (lambda data: data[:-4096] + b"x" * 4096, "vault_damaged"),
        (lambda data: data[: len(data) // 2], "vault_damaged"),
        (lambda data: b"no database at all", "key_wrong"),
    ],
)
@pytest.mark.sqlite
def test_a_damaged_database_is_refused_with_a_code_and_left_alone(
    tmp_path: Path, damage: Callable[[bytes], bytes], code: str
) -> None:
    settings = settings_in(tmp_path)
    Store(settings).close()
    path = settings.data_dir / "vfeed.db"
    path.write_bytes(damage(path.read_bytes()))
    before = path.read_bytes()
    with pytest.raises(VfeedError) as error:
        Store(settings)
    assert error.value.code == code
    assert path.read_bytes() == before


@pytest.mark.sqlite
def test_emptying_the_log_says_when_a_reader_kept_it_back(store: Store) -> None:
    with store.database.engine.connect() as reader:
        reader.execute(select(Family)).all()
        store.families.create("Robin", "ann")
        assert not store.database.tidy() and not store.database.is_tidy
    assert store.database.tidy() and store.database.is_tidy
    assert (store.settings.data_dir / "vfeed.db-wal").stat().st_size == 0


def code_names(store: Store) -> set[str]:
    return {family.code_name for family in store.families.list()}


def elsewhere(act: Callable[[], object]) -> None:
    """Do something in a thread of its own, as another request would."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_within_a_snapshot_what_others_write_is_not_seen(store: Store) -> None:
    with store.database.snapshot():
        assert code_names(store) == set()
        elsewhere(lambda: store.families.create("Robin"))
        assert code_names(store) == set()
    assert code_names(store) == {"Robin"}


def test_a_write_ends_the_snapshot_so_that_it_is_seen_at_once(store: Store, home: Home) -> None:
    with store.database.snapshot():
        assert len(store.families.participants(home.family.id)) == 2
        store.families.add_participant(home.family.id, "adult", "Granny")
        assert len(store.families.participants(home.family.id)) == 3


def test_a_write_amid_a_read_leaves_that_read_as_it_was(store: Store) -> None:
    with store.database.snapshot():
        with store.database.read() as session:
            assert session.scalars(select(Family.code_name)).all() == []
            store.families.create("Robin")
            assert session.scalars(select(Family.code_name)).all() == []
            assert code_names(store) == {"Robin"}
        assert code_names(store) == {"Robin"}


def test_rows_of_a_snapshot_stay_usable_after_it(store: Store, home: Home) -> None:
    with store.database.snapshot():
        family = store.families.get(home.family.id)
        person = store.families.participants(home.family.id)[0]
    assert (family.code_name, person.label) == ("Robin", "Baby")


def test_a_snapshot_that_fails_holds_no_connection(store: Store) -> None:
    with pytest.raises(VfeedError), store.database.snapshot():
        store.families.get("nobody")
    assert store.database.engine.pool.status().count("Checked out connections: 0") == 1


def test_a_look_that_a_server_ended_by_going_fails_nobody(store: Store, home: Home) -> None:
    def gone(connection: Connection) -> None:
        event.remove(store.database.engine, "rollback", gone)
        raise OperationalError("ROLLBACK", None, ConnectionError("server closed the connection"))

    with store.database.snapshot():
        assert code_names(store) == {"Robin"}
        event.listen(store.database.engine, "rollback", gone)
        store.families.create("Wren")
        assert code_names(store) == {"Robin", "Wren"}
        event.listen(store.database.engine, "rollback", gone)
    assert store.database.engine.pool.status().count("Checked out connections: 0") == 1
    assert code_names(store) == {"Robin", "Wren"}


def test_a_write_that_fails_keeps_nothing_in_memory(store: Store, home: Home) -> None:
    with store.database.snapshot():
        with pytest.raises(VfeedError):
            store.families.add_participant(home.family.id, "adult", "")
        with pytest.raises(RuntimeError), store.database.write() as session:
            session.get_one(Family, home.family.id).code_name = "Wren"
            session.flush()
            raise RuntimeError
        assert store.families.get(home.family.id).code_name == "Robin"


def test_one_stores_snapshot_is_not_anothers(store: Store, tmp_path: Path) -> None:
    with Store(settings_in(tmp_path / "other")) as other, store.database.snapshot():
        assert code_names(other) == set()
        elsewhere(lambda: other.families.create("Wren"))
        assert code_names(other) == {"Wren"}
