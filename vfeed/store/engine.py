"""Connections with vfeed's manners; SQLite is SQLCipher's, so that all of the file, log and journal is encrypted."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.errors import VfeedError
from vfeed.store.sealed import seal_columns

BUSY_TIMEOUT_MS = 15_000
WRITE_OPTION = "vfeed_write"
# Each thread of the web server may hold a look at the data and write meanwhile.
MOST_CONNECTIONS = 40


def make_engine(url: str, key: bytes) -> Engine:
    """An engine with vfeed's manners: on SQLite encrypted, a WAL synced at commit, foreign keys, secure delete.

    Raises VfeedError `setting_invalid` for an address or a driver that does not work.
    """
    try:
        engine = create_engine(**engine_options(url), pool_pre_ping=True, max_overflow=MOST_CONNECTIONS)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise VfeedError(
            "setting_invalid",
            f"The database address does not work: {error}.",
            hint='Correct VFEED_DATABASE_URL. For PostgreSQL install the driver: pip install "vfeed[postgres]"',
        ) from error
    prepare_engine(engine, key)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_transactions_to_us)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """What `create_engine` needs for this address: for SQLite, SQLCipher's module in place of Python's own."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and "+" not in parsed.drivername:
        return {"url": url, "module": sqlcipher}
    return {"url": _with_driver(url)}


def prepare_engine(engine: Engine, key: bytes) -> None:
    """Set key and pragmas on an engine made elsewhere (Flask-SQLAlchemy-Lite's), and on a server seal columns."""
    seal_columns(engine, key)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _set_pragmas(connection, key))


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed.render_as_string(hide_password=False)


def _set_pragmas(connection: Any, key: bytes) -> None:
    cursor = connection.cursor()
    # It is said once, by `as_vfeed_error`.
    cursor.execute("PRAGMA cipher_log_level = NONE")
    # First of all: without the key nothing of the file can be read.
    cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    cursor.execute("PRAGMA journal_mode = WAL")
    # What was acknowledged must survive a power cut; in WAL mode, NORMAL leaves the last commits unsynced.
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    # What was erased must not stay in a free page; what is sorted must not go to a file.
    cursor.execute("PRAGMA secure_delete = ON")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _leave_transactions_to_us(connection: Any, _record: object) -> None:
    connection.isolation_level = None


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads before it writes must hold the write lock from its start, or SQLite refuses the
    # upgrade at once when another process has written in between.
    write = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
