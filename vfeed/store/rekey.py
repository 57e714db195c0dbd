"""A new master key in place of the old one: everything that it wraps, seals or encrypts is done anew."""

from __future__ import annotations

import contextlib
import os
import time
from datetime import date
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session
from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.store.audit import ANCHOR, AuditTrail
from vfeed.store.database import Database, database_errors, make_engine
from vfeed.store.keyring import (
    Keyring,
    is_sealed,
    key_missing,
    new_key,
    read_key_file,
    read_passphrase,
    sync_folder,
    write_key_file,
)
from vfeed.store.keystore import KeyStore
from vfeed.store.sealed import FieldCipher, reseal
from vfeed.store.second_steps import rewrap
from vfeed.store.store import AUDIT, CHECK_PURPOSE, CHECK_TEXT, DATABASE, in_use, next_key
from vfeed.store.tables import Base, KeyCheck, Upload
from vfeed.store.uploads import key_purpose as upload_purpose

NEXT = ".next"
NO_KEY = bytes(32)
"""Nothing sealed is read with it."""
OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
LEAVING_S = 5.0
"""Until the server's end of a connection that was closed is gone, too."""


def rotate_key(settings: Settings) -> Path:
    """Make a new master key and go over to it; returns where the old one was put. Begun again, it goes on.

    Nobody else may use the data meanwhile. The films themselves stay as they are: their keys are wrapped anew. Raises
    VfeedError `conflict` while vfeed runs, `key_missing`, `database_away`.
    """
    if not settings.key_file.exists():
        raise key_missing(settings.key_file)
    coming = next_key(settings)
    with in_use(settings, alone=True):
        if settings.database_url:
            _refuse_others(settings)
        if not coming.exists():
            _new_key_beside(settings, coming)
        old, new = (
            read_key_file(settings.key_file, settings.key_passphrase_file),
            read_key_file(coming, settings.key_passphrase_file),
        )
        KeyStore(settings.clip_keys, old).rewrap(new)
        if settings.database_url:
            _reseal_server(settings, old, new)
        else:
            _reseal_file(settings, old, new)
        with contextlib.suppress(FileNotFoundError):
            _end_of(settings.data_dir / "vfeed.db").rename(settings.clip_keys / ANCHOR)
        kept = settings.key_file.with_name(f"{settings.key_file.name}.until-{date.today().isoformat()}")
        # Not over one that another change today left.
        while kept.exists():
            kept = kept.with_name(kept.name + "-")
        os.link(settings.key_file, kept)
        coming.rename(settings.key_file)
        sync_folder(settings.key_file.parent)
    return kept


def _reseal_file(settings: Settings, old: Keyring, new: Keyring) -> None:
    path = settings.data_dir / "vfeed.db"
    if _opens(path, new):
        return
    _export(path, old, new)
    copy = path.with_name(path.name + NEXT)
    database = Database(settings.model_copy(update={"database_url": f"sqlite:///{copy}"}), new.secret(DATABASE))
    try:
        with database.write() as session:
            _rewrap_rows(session, database, settings, old, new)
        database.tidy()
    finally:
        database.close()
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    _put_in_place(path)


def _reseal_server(settings: Settings, old: Keyring, new: Keyring) -> None:
    """All of a server's database in one transaction: it is under the one key or under the other."""
    database = Database(settings, old.secret(DATABASE))
    try:
        with database_errors(), database.write() as session:
            if _is_under(session, new):
                return
            _rewrap_rows(session, database, settings, old, new)
            reseal(session.connection(), Base.metadata.sorted_tables, FieldCipher(new.secret(DATABASE)))
    finally:
        database.close()


def _refuse_others(settings: Settings) -> None:
    """Machines see no locks of each other, but the server sees who is connected."""
    engine = make_engine(settings.database, NO_KEY)
    try:
        with database_errors(), engine.connect() as connection:
            ended = time.monotonic() + LEAVING_S
            while (others := connection.scalar(text(OTHERS))) and time.monotonic() < ended:
                connection.rollback()
                time.sleep(0.1)
    finally:
        engine.dispose()
    if others:
        raise VfeedError(
            "conflict",
            "Others are connected to the database.",
            hint="Stop vfeed and its workers on every machine, then try again.",
        )


def _is_under(session: Session, keyring: Keyring) -> bool:
    """Whether the database is under this key already: a change that broke off after it."""
    try:
        for check in session.scalars(select(KeyCheck)):
            keyring.unwrap(check.wrapped, CHECK_PURPOSE)
    except VfeedError:
        return False
    return True


def _new_key_beside(settings: Settings, coming: Path) -> None:
    """Make the next key, sealed by the same passphrase as the one before."""
    sealed = is_sealed(settings.key_file)
    write_key_file(coming, new_key(), read_passphrase(settings.key_passphrase_file) if sealed else "")


def _export(path: Path, old: Keyring, new: Keyring) -> None:
    to = path.with_name(path.name + NEXT)
    for leftover in [*path.parent.glob(f"{to.name}*"), _end_of(path)]:
        leftover.unlink(missing_ok=True)
    connection = _connect(path, old)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        key = new.secret(DATABASE).hex()
        connection.execute(f"ATTACH DATABASE ? AS next KEY \"x'{key}'\"", (str(to),))
        connection.execute("SELECT sqlcipher_export('next')")
        connection.execute("DETACH DATABASE next")
    finally:
        connection.close()
    to.chmod(0o600)


def _rewrap_rows(session: Session, database: Database, settings: Settings, old: Keyring, new: Keyring) -> None:
    """The text that proves the key, keys of uploads, secrets of apps, the end of the audit trail."""
    for check in session.scalars(select(KeyCheck)):
        check.wrapped = new.wrap(CHECK_TEXT, CHECK_PURPOSE)
    for upload in session.scalars(select(Upload)):
        purpose = upload_purpose(upload.id)
        upload.wrapped = new.wrap(old.unwrap(upload.wrapped, purpose), purpose)
    rewrap(session, old, new)
    trail = AuditTrail(database, new.secret(AUDIT), _end_of(settings.data_dir / "vfeed.db"), anew=True)
    trail.append(session, "command line", "key.rotated", "")


def _put_in_place(path: Path) -> None:
    for log in (Path(f"{path}-wal"), Path(f"{path}-shm")):
        log.unlink(missing_ok=True)
    path.with_name(path.name + NEXT).rename(path)
    for leftover in path.parent.glob(f"{path.name}{NEXT}*"):
        leftover.unlink()
    sync_folder(path.parent)


def _end_of(path: Path) -> Path:
    """Where the audit trail's end under the new key waits until the database is in place."""
    return path.with_name(ANCHOR + NEXT)


def _opens(path: Path, keyring: Keyring) -> bool:
    connection = _connect(path, keyring)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlcipher.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def _connect(path: Path, keyring: Keyring) -> sqlcipher.Connection:
    connection = sqlcipher.connect(str(path), isolation_level=None, timeout=30)
    # A key that does not fit is an answer here, no line for a log.
    connection.execute("PRAGMA cipher_log_level = NONE")
    connection.execute(f"PRAGMA key = \"x'{keyring.secret(DATABASE).hex()}'\"")
    return connection
