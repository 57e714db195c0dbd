"""The shape of the tables: looked at at every start, and brought to this version's where an older one wrote it."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store.database import database_errors, make_engine
from vfeed.store.pooling import refuse_shared_processes
from vfeed.store.sealing import seal_plain_file
from vfeed.store.shapes import revisions, stop_before
from vfeed.store.unavailable import LOCKED, damaged

OURS_TO_CHANGE = 0x7666656564
"""The number of the lock in PostgreSQL, as any: "vfeed" in ASCII."""
LOCK_MS = 2_000
"""So long a change waits for a table that somebody reads; meanwhile everybody else waits behind it."""
LOCKED_S = 600.0
"""So long it is tried again: a backup reads all tables for minutes."""
LEAVING_S = 5.0
"""Until the server's end of a connection that was closed is gone, too."""
EARLIER = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
AND NOT (application_name ~ '^vfeed [0-9]{4}$' AND right(application_name, 4) >= :stop)
"""


def migrate(settings: Settings, key: bytes) -> None:
    """Bring the database to the shape of this version; a database already there is left alone.

    One that an earlier vfeed left unencrypted is encrypted first.

    Raises VfeedError `data_newer` when a newer vfeed has written it, `key_wrong` when the key does not open it or it is
    no database at all, `vault_damaged` when a part of it is damaged, `conflict` while an earlier version that could not
    read what this one writes is connected, `database_busy` when somebody holds a table for longer than LOCKED_S,
    `setting_invalid` where a pool gives each transaction to another process of the server.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with start_lock(settings.data_dir), database_errors():
        if not settings.database_url:
            file = settings.data_dir / "vfeed.db"
            file.touch(mode=0o600)
            seal_plain_file(file, key)
        engine = make_engine(settings.database, key)
        try:
            refuse_shared_processes(engine)
            with engine.connect() as connection:
                _refuse_damaged(connection)
                if _is_current(connection) or _is_changed_by_another(connection):
                    return
                if connection.dialect.name == "postgresql":
                    _refuse_earlier(connection)
                    connection.execute(text(f"SET lock_timeout = {LOCK_MS}"))
                    connection.commit()
                _change(connection, settings.clip_keys)
        finally:
            engine.dispose()


def _change(connection: Connection, key_store: Path) -> None:
    # Alembic takes a third of a second to load, and a start seldom finds anything to change.
    from vfeed.store.upgrading import upgrade

    ended = time.monotonic() + LOCKED_S
    while True:
        try:
            return upgrade(connection, key_store)
        except DBAPIError as error:
            connection.rollback()
            if getattr(error.orig, "sqlstate", "") != LOCKED or time.monotonic() > ended:
                raise
        # Whoever had to wait behind this goes first.
        time.sleep(LOCK_MS / 1000)


def _refuse_earlier(connection: Connection) -> None:
    """Refuse a change that an earlier version, which is connected, could not go on after."""
    stop = stop_before(revision_of(connection))
    connection.rollback()
    ended = time.monotonic() + LEAVING_S
    while stop and connection.scalar(text(EARLIER), {"stop": stop}):
        connection.rollback()
        if time.monotonic() > ended:
            raise VfeedError(
                "conflict",
                "An earlier vfeed (or somebody else) is connected to the database; it could not read what this keeps.",
                hint="Stop vfeed and its workers on every machine, then start this one. Nothing was changed.",
            )
        time.sleep(0.1)
    connection.rollback()


def _is_changed_by_another(connection: Connection) -> bool:
    """Whether another machine, which sees no lock of a folder, brought a server's tables to this shape just now.

    If not, the change is ours until the connection is closed.
    """
    if connection.dialect.name != "postgresql":
        return False
    connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": OURS_TO_CHANGE})
    connection.commit()
    return _is_current(connection)


@contextlib.contextmanager
def start_lock(folder: Path) -> Iterator[None]:
    """Held while a process makes first things (tables, key): web server and worker may start together."""
    with (folder / ".start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _refuse_damaged(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise damaged()
    connection.rollback()


def revision_of(connection: Connection) -> str | None:
    """Return the shape that the tables have, or None where there are none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def has_this_shape(connection: Connection) -> bool:
    """Whether the tables have the shape of this version, or a newer one: that was begun beside it."""
    found = revision_of(connection)
    return found is not None and found not in revisions()[:-1]


def _is_current(connection: Connection) -> bool:
    found = revision_of(connection)
    connection.rollback()
    refuse_newer(found)
    return found == revisions()[-1]


def refuse_newer(shape: str | None) -> None:
    """Raise VfeedError `data_newer` for tables of a shape that this version does not know."""
    if shape is not None and shape not in revisions():
        raise VfeedError(
            "data_newer",
            "The data in this folder were written by a newer vfeed.",
            hint="Install that version again, or restore the backup made before it.",
        )
