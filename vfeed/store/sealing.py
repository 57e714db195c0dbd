"""Sealing in place what lay readable: the database file of an earlier vfeed, and the key file by a passphrase."""

from __future__ import annotations

import os
from pathlib import Path

from sqlcipher3 import dbapi2 as sqlcipher

from vfeed.store.keyring import sync_folder, write_key_file

PLAIN_HEAD = b"SQLite format 3\x00"
SEALED = ".sealed"
PIECE = 1 << 20


def seal_plain_file(path: Path, key: bytes) -> bool:
    """Encrypt a readable SQLite file in place, whole or not at all; True when there was one.

    What was readable is overwritten before it is removed. The caller keeps other processes of vfeed away.
    """
    readable = _second_name(path)
    if not holds_database(path):
        return False
    if not _holds_anything(path):
        # An earlier version was killed between two names: this is all there is.
        readable.replace(path)
    wipe_second_name(path)
    if not is_plain(path):
        return False
    sealed = path.with_name(path.name + SEALED)
    sealed.unlink(missing_ok=True)
    connection = sqlcipher.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute(f"ATTACH DATABASE ? AS sealed KEY \"x'{key.hex()}'\"", (str(sealed),))
        connection.execute("SELECT sqlcipher_export('sealed')")
        connection.execute("DETACH DATABASE sealed")
    finally:
        connection.close()
    sealed.chmod(0o600)
    with sealed.open("rb") as file:
        os.fsync(file.fileno())
    # A second name for what is readable: at no moment is there no database under its own.
    os.link(path, readable)
    sealed.rename(path)
    sync_folder(path.parent)
    for leftover in (readable, Path(f"{path}-wal"), Path(f"{path}-shm")):
        _wipe(leftover)
    return True


def holds_database(path: Path) -> bool:
    """Whether a database lies there, or beside it what an earlier version was about to encrypt."""
    return _holds_anything(path) or _holds_anything(_second_name(path))


def put_key_in_place(path: Path, master: bytes, passphrase: str) -> None:
    """Put a sealed key in the place of a readable one, which is overwritten; whole or not at all."""
    coming = path.with_name(path.name + SEALED)
    coming.unlink(missing_ok=True)
    write_key_file(coming, master, passphrase)
    wipe_second_name(path)
    readable = _second_name(path)
    # A second name for the old one: at no moment is there none under its own.
    os.link(path, readable)
    coming.rename(path)
    sync_folder(path.parent)
    _wipe(readable)


def wipe_second_name(path: Path) -> None:
    """Wipe what a process that was killed before it was done left readable, at a start and before a further sealing."""
    readable = _second_name(path)
    if readable.exists() and readable.samefile(path):
        # Killed before the sealed one had its place: this is a name of the one that is in force.
        readable.unlink()
    _wipe(readable)


def _second_name(path: Path) -> Path:
    """Where the readable version lies until the sealed one has its place."""
    return path.with_name(path.name + ".readable")


def _holds_anything(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def is_plain(path: Path) -> bool:
    """Whether an earlier vfeed left the database there unencrypted."""
    with path.open("rb") as file:
        return file.read(len(PLAIN_HEAD)) == PLAIN_HEAD


def _wipe(path: Path) -> None:
    if not path.exists():
        return
    with path.open("r+b") as file:
        for start in range(0, path.stat().st_size, PIECE):
            file.seek(start)
            file.write(bytes(min(PIECE, path.stat().st_size - start)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
