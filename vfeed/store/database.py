"""The unit of work: one look at the data for what is read, one transaction for what is changed; and its engine.

SQLite is SQLCipher's: every page of the file, its log and its journal is encrypted with a key from the master key.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store.addresses import unreadable_address
from vfeed.store.impatient_connection import give_up_after
from vfeed.store.sealed import seal_columns
from vfeed.store.shapes import our_name
from vfeed.store.tables import utc_now
from vfeed.store.unavailable import CommitUnknown, DatabaseAway, DatabaseBusy, as_vfeed_error

BUSY_TIMEOUT_MS = 15_000
# An erasure does not wait for a reader: what a reader keeps back is emptied by `tidy` later.
TIDY_TIMEOUT_MS = 500
WRITE_OPTION = "vfeed_write"
KNOWN = "vfeed_known"
# Each thread of the web server may hold a look at the data and write meanwhile.
MOST_CONNECTIONS = 40
# A server whose machine or line is gone says nothing: within half a minute that is noticed, where the address sets
# nothing else (else the system would wait for a quarter of an hour, with every thread of the pages).
GIVES_UP = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# The same for the server: it keeps what a machine that is gone had locked until it notices.
NOTICES_WHO_IS_GONE = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
# A process that stands still with something locked holds up every other; a film of 8 GB is taken in within minutes.
IDLE_MS = 900_000
# So much longer than the server may take it is waited for the server to say so: one whose disk hangs says nothing.
GRACE_S = 5.0
Found = TypeVar("Found")
Row = TypeVar("Row")


class Snapshot:
    """One look at the data, shared by all reads of a request or job until something is written."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._session: Session | None = None
        self._reads = 0
        self._is_over = False

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """The shared session, or one more while a look that a write has ended is still being read."""
        if self._is_over:
            with _reading(self._engine) as session:
                yield session
            return
        if self._session is None:
            self._session = Session(self._engine, expire_on_commit=False, autoflush=False)
            self._session.info[KNOWN] = {}
        self._reads += 1
        try:
            yield self._session
        finally:
            self._reads -= 1
            self._end_if_over()

    def _end_if_over(self) -> None:
        if self._is_over and not self._reads:
            self.end()

    def end(self) -> None:
        """Let go of the data as they were; the next read looks anew."""
        self._is_over = self._reads > 0
        if self._session is not None and not self._is_over:
            session, self._session = self._session, None
            session.expunge_all()
            # A server that went meanwhile ended the look by itself; whatever is asked next says that it is away.
            with contextlib.suppress(DBAPIError):
                session.close()


_snapshot: ContextVar[tuple[Database, Snapshot] | None] = ContextVar("vfeed_snapshot", default=None)


class Database:
    """Sessions on one engine: `read` for a consistent look, `write` for one change in one transaction."""

    def __init__(self, settings: Settings, key: bytes) -> None:
        self.engine = make_engine(settings.database, key)
        self._writer = self.engine.execution_options(**{WRITE_OPTION: True})
        self.is_tidy = True
        # SQLite lets one write at a time and wakes who waits by chance: the threads of a process take turns instead.
        self._turn = threading.Lock() if self.engine.dialect.name == "sqlite" else None

    def give_up_after(self, seconds: int) -> None:
        """From now on a server may take so long for a statement, and wait a part of it for others; 0: for ever.

        For pages and workers, which others wait for: a command that copies or reads everything may take its time.
        """
        if self.engine.dialect.name == "postgresql" and seconds:
            event.listen(self.engine, "connect", lambda connection, _record: limit_questions(connection, seconds))
            self.engine.dispose()

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it all reads of this thread are one look at the data: the unit of work of a request or a job.

        Every write ends the look, and the read after it begins another, so that nobody misses what they wrote.
        """
        if self._snapshot is not None:
            yield
            return
        held = Snapshot(self._reader)
        token = _snapshot.set((self, held))
        try:
            yield
        finally:
            _snapshot.reset(token)
            held.end()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose rows stay usable afterwards; what it changes is not kept.

        Raises VfeedError `vault_damaged` when the database's file is.
        """
        held = self._snapshot
        with database_errors(), held.read() if held else _reading(self.engine) as session:
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction, committed on leaving and rolled back on any error.

        Raises VfeedError `disk_full`, `data_unwritable`, `vault_damaged` for what the disk refuses, `database_busy`
        when others write for longer than BUSY_TIMEOUT_MS, `CommitUnknown` when the server went while it was to keep
        the change.
        """
        self._end_snapshot()
        try:
            with self._in_turn(), database_errors(), Session(self._writer, expire_on_commit=False) as session:
                # Leaving without a commit rolls back.
                yield session
                with _commit_errors():
                    session.commit()
        finally:
            self._end_snapshot()

    @contextlib.contextmanager
    def _in_turn(self) -> Iterator[None]:
        if self._turn is None:
            yield
            return
        if not self._turn.acquire(timeout=BUSY_TIMEOUT_MS / 1000):
            raise DatabaseBusy
        try:
            yield
        finally:
            self._turn.release()

    def tidy(self) -> bool:
        """After an erasure: empty SQLite's write-ahead log, which still holds what was erased.

        False, also in `is_tidy`, while a reader keeps it back: then this is to be called again.
        """
        self._end_snapshot()
        if self.engine.dialect.name == "sqlite":
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {TIDY_TIMEOUT_MS}")
                busy, left, _moved = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
            self.is_tidy = not busy and left <= 0
        return self.is_tidy

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @property
    def _snapshot(self) -> Snapshot | None:
        held = _snapshot.get()
        return held[1] if held is not None and held[0] is self else None

    @property
    def _reader(self) -> Engine:
        # SQLite's reading transaction is one look by itself.
        is_sqlite = self.engine.dialect.name == "sqlite"
        return self.engine if is_sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")

    def _end_snapshot(self) -> None:
        if self._snapshot is not None:
            self._snapshot.end()


@contextlib.contextmanager
def _reading(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        yield session
        session.expunge_all()


@contextlib.contextmanager
def database_errors() -> Iterator[None]:
    """Turn what the disk under the database refuses into a VfeedError; other errors pass."""
    try:
        yield
    except DBAPIError as error:
        found = as_vfeed_error(error)
        if found is None:
            raise
        raise found from error


@contextlib.contextmanager
def _commit_errors() -> Iterator[None]:
    """Tell a server that went in the middle of a commit, which it may have kept, from one that took nothing in."""
    try:
        with database_errors():
            yield
    except DatabaseAway as error:
        raise CommitUnknown from error.__cause__


def now_for_all(session: Session) -> datetime:
    """Return this moment in UTC by the one clock that all machines share: the server's, where there is one."""
    if session.get_bind().dialect.name == "sqlite":
        return utc_now()
    now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(UTC)


def memory(session: Session) -> dict[Hashable, Any]:
    """Return the answers that hold for the whole of a look at the data; where one may write nothing is kept of it."""
    kept: dict[Hashable, Any] = session.info.get(KNOWN, {})
    return kept


def known(session: Session, key: Hashable, find: Callable[[], Found]) -> Found:
    """Return what `find` returns, or returned before in the same look at the data; always anew where one may write."""
    kept = memory(session)
    if key not in kept:
        kept[key] = find()
    return cast(Found, kept[key])


def get(session: Session, table: type[Row], id_: str) -> Row | None:
    """Return a row by its id; it is asked for once in a look at the data."""
    return known(session, (table, id_), lambda: session.get(table, id_))


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
    except ValueError:
        # What is said of it may quote a part of the password.
        raise unreadable_address("VFEED_DATABASE_URL") from None
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
    """Set key and pragmas on an engine, and on a server seal columns."""
    seal_columns(engine, key)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: _set_pragmas(connection, key))
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "connect", lambda connection, _record: _set(connection, NOTICES_WHO_IS_GONE))


def _set(connection: Any, values: Mapping[str, str]) -> None:
    """Set parameters of PostgreSQL for as long as a connection lasts."""
    calls = ", ".join("set_config(%s, %s, false)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])
    connection.commit()


def limit_questions(connection: Any, seconds: int) -> None:
    """Let a server take so long for a question of this connection; one that says nothing is given up soon after.

    For half of it, at most a quarter of a minute, it may wait for what others hold. `connection` is psycopg's.
    """
    limits = {
        "statement_timeout": str(1000 * seconds),
        "lock_timeout": str(min(500 * seconds, BUSY_TIMEOUT_MS)),
        "idle_in_transaction_session_timeout": str(IDLE_MS),
    }
    _set(connection, limits)
    give_up_after(connection, seconds + GRACE_S)


def _with_driver(url: str) -> str:
    parsed = make_url(url)
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.update_query_dict(GIVES_UP | {"application_name": our_name()} | dict(parsed.query))
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
