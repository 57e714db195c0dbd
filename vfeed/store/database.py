"""The database: engine, transactions, and the migrations that run at every start."""

from __future__ import annotations

import contextlib
import fcntl
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.orm import Session

from vfeed.config import Settings
from vfeed.errors import VfeedError

BUSY_TIMEOUT_MS = 15_000
WRITE_OPTION = "vfeed_write"


class Database:
    """Sessions on one engine: `read` for a consistent look, `write` for one change in one transaction."""

    def __init__(self, settings: Settings) -> None:
        self.engine = make_engine(settings.database)
        self._writer = self.engine.execution_options(**{WRITE_OPTION: True})

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose rows stay usable afterwards; what it changes is not kept."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.expunge_all()

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed on leaving and rolled back on any error."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def tidy(self) -> None:
        """After an erasure: empty SQLite's write-ahead log, which still holds the erased key."""
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine with vfeed's manners: on SQLite a WAL synced at commit, foreign keys, busy timeout, secure delete.

    Raises VfeedError `setting_invalid` for an address or a driver that does not work.
    """
    try:
        engine = create_engine(_with_driver(url), pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise VfeedError(
            "setting_invalid",
            f"The database address does not work: {error}.",
            hint='Correct VFEED_DATABASE_URL. For PostgreSQL install the driver: pip install "vfeed[postgres]"',
        ) from error
    prepare_engine(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def prepare_engine(engine: Engine) -> None:
    """Set the SQLite pragmas on an engine made elsewhere (Flask-SQLAlchemy-Lite's); other databases need none."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)


def migrate(settings: Settings) -> None:
    """Bring the database to the shape of this version; a database already there is left alone.

    Raises VfeedError `data_newer` when a newer vfeed has written it.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with start_lock(settings.data_dir):
        engine = make_engine(settings.database)
        try:
            with engine.connect() as connection:
                if _is_current(connection):
                    return
                config = alembic_config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
        finally:
            engine.dispose()


def alembic_config() -> Config:
    """Alembic's configuration; the migrations travel inside the package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


@contextlib.contextmanager
def start_lock(folder: Path) -> Iterator[None]:
    """Held while a process makes first things (tables, key): web server and worker may start together."""
    with (folder / ".start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_current(connection: Connection) -> bool:
    scripts = ScriptDirectory.from_config(alembic_config())
    found = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise VfeedError(
            "data_newer",
            "The data in this folder were written by a newer vfeed.",
            hint="Install that version again, or restore the backup made before it.",
        )
    return found == scripts.get_current_head()


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def _set_pragmas(connection: Any, _record: object) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    # What was acknowledged must survive a power cut; in WAL mode, NORMAL leaves the last commits unsynced.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # An erased clip's wrapped key must not stay readable in a free page.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.close()


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes must hold the write lock from its start, or SQLite refuses the
    # upgrade at once when another process has written in between.
    write = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
