"""Checks of a database that change nothing there: whether it answers, the key opens it, and it is the newest."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy import Connection, select, text

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store.audit import ANCHOR, AuditTrail
from vfeed.store.blobs import ORIGINAL
from vfeed.store.database import Database, database_errors, make_engine
from vfeed.store.keyring import read_key_file
from vfeed.store.keystore import KeyStore
from vfeed.store.migrating import refuse_newer, revision_of
from vfeed.store.pooling import refuse_shared_processes
from vfeed.store.sealing import is_plain
from vfeed.store.store import AUDIT, CHECK_ID, CHECK_PURPOSE, DATABASE, older_database, refuse_half_rotated
from vfeed.store.tables import Blob, Clip, KeyCheck

A_WEB_PROCESS, A_WORKER = 36, 8
"""Most connections at once, by reckoning: each of 12 threads of a web process has one, a second if it writes while it
still reads, and one for the queue; a worker has its work, its heartbeat, its sweeper and the queue."""


@contextlib.contextmanager
def connected(address: str) -> Iterator[Connection]:
    """A connection to the PostgreSQL of an address; raises VfeedError `setting_invalid`, `database_away`."""
    # No column is read that a key would have to open.
    engine = make_engine(address, b"")
    try:
        with database_errors():
            refuse_shared_processes(engine)
            with engine.connect() as connection:
                yield connection
    finally:
        engine.dispose()


def check_database(settings: Settings) -> str | None:
    """Return the shape of the tables in the database of `VFEED_DATABASE_URL`, None where there are none yet.

    Raises VfeedError `data_newer` for tables of a newer vfeed, `key_missing` and `key_wrong` where the key file does
    not open what is there, and what `connected` raises.
    """
    with connected(settings.database_url) as connection:
        shape = revision_of(connection)
        if shape is None:
            return None
        refuse_newer(shape)
        wrapped = connection.scalar(select(KeyCheck.wrapped).where(KeyCheck.id == CHECK_ID))
    if wrapped is not None:
        read_key_file(settings.key_file, settings.key_passphrase_file).unwrap(wrapped, CHECK_PURPOSE)
    return shape


def refuse_older_database(settings: Settings) -> None:
    """Raise VfeedError `database_older` as a start would, and what it would of a key that does not open the database.

    Nothing is changed: a database that a start would make, encrypt or bring to a newer shape first is let pass.
    """
    if not (settings.clip_keys / ANCHOR).exists():
        return
    refuse_half_rotated(settings)
    file = settings.data_dir / "vfeed.db"
    if not settings.database_url and (not file.exists() or is_plain(file)):
        return
    keyring = read_key_file(settings.key_file, settings.key_passphrase_file)
    with contextlib.closing(Database(settings, keyring.secret(DATABASE))) as database, database_errors():
        with database.engine.connect() as connection:
            shape = revision_of(connection)
        refuse_newer(shape)
        trail = AuditTrail(database, keyring.secret(AUDIT), settings.clip_keys / ANCHOR)
        if shape is not None and trail.is_rolled_back():
            raise older_database(database, KeyStore(settings.clip_keys, keyring))


def newest_film(settings: Settings) -> tuple[str, str] | None:
    """Return the clip and the vault's file of the film that was taken in last, None where there is none.

    Raises what `connected` raises.
    """
    query = (
        select(Clip.id, Blob.file_name)
        .join(Blob, Blob.clip_id == Clip.id)
        .where(Clip.erased_at.is_(None), Blob.role == ORIGINAL)
        .order_by(Clip.created_at.desc())
        .limit(1)
    )
    with connected(settings.database_url) as connection:
        row = connection.execute(query).one_or_none() if revision_of(connection) is not None else None
    return None if row is None else (row.id, row.file_name)


def most_connections(settings: Settings) -> int:
    """How many connections the web processes and workers that these settings start may have open at once."""
    return settings.web_processes * A_WEB_PROCESS + settings.workers * A_WORKER


def allowed_connections(settings: Settings) -> int:
    """How many connections the server of `VFEED_DATABASE_URL` allows to all; raises what `connected` raises."""
    numbers = "current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int"
    with connected(settings.database_url) as connection:
        return int(connection.execute(text(f"SELECT {numbers}")).scalar_one())


def server_message(error: VfeedError) -> str:
    """Return the first line of what the server or the network answered, without which nobody can mend it; else ''."""
    said = str(getattr(error.__cause__, "orig", "") or "").strip()
    return said.split("\n")[0]
