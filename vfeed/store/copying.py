"""A whole database copied row by row into another of whatever kind: for backups, and to move to a server and back."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store.database import database_errors, make_engine
from vfeed.store.migrating import migrate
from vfeed.store.tables import Base, User

ROWS_AT_ONCE = 500


def copy_to_file(engine: Engine, path: Path, settings: Settings, key: bytes) -> None:
    """Write what a database holds at one moment into a new SQLite file, encrypted with `key`."""
    _between(engine, settings.model_copy(update={"database_url": f"sqlite:///{path}"}), key)
    path.chmod(0o600)


def copy_from_file(path: Path, settings: Settings, key: bytes) -> None:
    """Fill the empty database of the settings with what a file made by `copy_to_file`, or vfeed's own, holds.

    The file is brought to the shape of this version. Raises VfeedError `conflict` for a database that holds something.
    """
    file = settings.model_copy(update={"database_url": f"sqlite:///{path}"})
    migrate(file, key)
    engine = make_engine(file.database, key)
    try:
        _between(engine, settings, key)
    finally:
        engine.dispose()


def _between(source: Engine, settings: Settings, key: bytes) -> None:
    migrate(settings, key)
    target = make_engine(settings.database, key)
    try:
        with database_errors(), _one_look(source) as reading, target.begin() as writing:
            _refuse_filled(writing)
            copy_rows(reading, writing)
    finally:
        target.dispose()


def _one_look(engine: Engine) -> Connection:
    connection = engine.connect()
    return (
        connection
        if engine.dialect.name == "sqlite"
        else connection.execution_options(isolation_level="REPEATABLE READ")
    )


def copy_rows(source: Connection, target: Connection) -> None:
    """Copy every row of every table, those first that others refer to, into tables that are empty."""
    for table in Base.metadata.sorted_tables:
        for part in source.execute(select(table)).mappings().partitions(ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row) for row in part])
    if target.dialect.name == "postgresql":
        _count_on(target)


def _count_on(target: Connection) -> None:
    """Let the numbers that PostgreSQL gives go on after those that were copied."""
    for table in Base.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            sequence = func.pg_get_serial_sequence(f'"{table.name}"', column.name)
            target.execute(select(func.setval(sequence, func.max(column))).where(sequence.is_not(None)))


def _refuse_filled(target: Connection) -> None:
    if target.scalar(select(func.count()).select_from(User)):
        raise VfeedError(
            "conflict",
            "The database of VFEED_DATABASE_URL holds data already; nothing was changed.",
            hint="Name an empty database there, and restore again.",
        )
