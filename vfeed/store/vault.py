"""The vault: encrypted files under random names, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import io
import os
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, cast

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.store.keyring import make_folder, sync_folder
from vfeed.store.stream import DecryptingReader, EncryptingWriter

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

NAME_BYTES = 16
PART = ".part"
READ_AHEAD_BYTES = 1 << 16
PIECE_BYTES = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class PendingFile(ABC):
    """A file being written. Nobody can open it before `publish`; leaving its block without that removes it."""

    name: str
    writer: BinaryIO

    @abstractmethod
    def publish(self) -> int:
        """Make the whole file durable under its name; returns its plain size in bytes."""

    @abstractmethod
    def discard(self) -> None:
        """Remove the file, published or not."""

    @abstractmethod
    def release(self) -> None:
        """Let go of the published file: from now on `sweep` may judge it."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        if kind is not None:
            self.discard()
        self.release()


class Vault(Protocol):
    """Keeps encrypted files; knows nothing of clips. One conformance test runs on every implementation."""

    sweeps_at_start: bool
    """Whether a start should `sweep`; else it is done from time to time."""

    def create(self, key: bytes, associated: bytes) -> PendingFile:
        """Begin a file, bound to `associated`; raises VfeedError `disk_full`."""

    def open(self, name: str, key: bytes, associated: bytes) -> BinaryIO:
        """A seekable plain view; raises VfeedError `vault_damaged`, FileNotFoundError when it is not there."""

    def sealed(self, name: str) -> BinaryIO:
        """The file as it lies, encrypted; raises FileNotFoundError when it is not there."""

    def put_sealed(self, name: str, file: BinaryIO) -> None:
        """Keep a file that `sealed` gave, under its name, whole or not at all; raises VfeedError `disk_full`."""

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""

    def is_empty(self) -> bool:
        """Whether there is no file at all."""

    def check(self) -> None:
        """Raise the VfeedError of whatever keeps files from being written, read and removed."""

    def sweep(self, is_wanted: Callable[[str], bool]) -> int:
        """Remove what a killed process left behind, and published files nobody wants; returns how many."""

    def close(self) -> None:
        """Let go of what is held; no file may be open."""


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    """Turn "no space left" into VfeedError `disk_full`; other OSErrors pass."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise VfeedError(
            "disk_full",
            _("There is no room left on the disk. Nothing was stored."),
            hint=_("Make room on the disk that holds the data folder, then try again."),
        ) from error


class _VaultWriter(EncryptingWriter):
    def write(self, data: ReadableBuffer, /) -> int:
        with disk_errors():
            return super().write(data)


class PendingDiskFile(PendingFile):
    """A draft in a folder: a locked `.part` file that is renamed when whole.

    The lock lives as long as the process and this object: it tells `FileVault.sweep` in another process that the
    file is not a leftover, also between the rename and the database's commit.
    """

    def __init__(self, folder: Path, key: bytes, associated: bytes) -> None:
        self.name = secrets.token_hex(NAME_BYTES)
        self._final = folder / self.name[:2] / self.name
        self._path = self._final.with_suffix(PART)
        with disk_errors():
            make_folder(self._path.parent)
            self._file = self._create()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            self._encryptor = _VaultWriter(self._file, key, associated)
        self.writer: BinaryIO = cast(BinaryIO, self._encryptor)

    def publish(self) -> int:
        """Close the stream, fsync, rename, fsync the folder; returns the plain size in bytes."""
        with disk_errors():
            self._encryptor.finish()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._path.rename(self._final)
            sync_folder(self._final.parent)
        return self._encryptor.plain_bytes

    def discard(self) -> None:
        """Remove the file, published or not."""
        self._path.unlink(missing_ok=True)
        self._final.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Close the file and drop the lock."""
        # After "no space left" closing tries to flush again; the file is gone already.
        with contextlib.suppress(OSError):
            self._file.close()

    def _create(self) -> BinaryIO:
        return os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb")


class FileVault:
    """A vault in a folder, which the store makes: one that is missing later, its disk being away, is an OSError."""

    sweeps_at_start = True

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, key: bytes, associated: bytes) -> PendingDiskFile:
        """Begin a file, bound to `associated`; raises VfeedError `disk_full`."""
        return PendingDiskFile(self._folder, key, associated)

    def open(self, name: str, key: bytes, associated: bytes) -> BinaryIO:
        """A seekable plain view; raises VfeedError `vault_damaged`, FileNotFoundError when it is not there."""
        file = (self._folder / name[:2] / name).open("rb")
        try:
            reader = DecryptingReader(file, key, associated)
        except VfeedError:
            file.close()
            raise
        return cast(BinaryIO, io.BufferedReader(reader, READ_AHEAD_BYTES))

    def sealed(self, name: str) -> BinaryIO:
        """The file as it lies, encrypted; raises FileNotFoundError when it is not there."""
        return (self._folder / name[:2] / name).open("rb")

    def put_sealed(self, name: str, file: BinaryIO) -> None:
        """Keep a file that `sealed` gave, under its name, whole or not at all; raises VfeedError `disk_full`."""
        with disk_errors():
            copy_whole(file, self._folder / name[:2] / name)

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        (self._folder / name[:2] / name).unlink(missing_ok=True)

    def is_empty(self) -> bool:
        """Whether the folder holds no file at all."""
        return next(self._files(), None) is None

    def check(self) -> None:
        """Nothing of its own: `vfeed doctor` looks at the data folder."""

    def close(self) -> None:
        """Nothing is held."""

    def sweep(self, is_wanted: Callable[[str], bool]) -> int:
        """Remove unlocked `.part` files and unlocked files that `is_wanted` denies; returns how many."""
        removed = 0
        for path in list(self._files()):
            with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("r+b") as file:
                # The lock comes first: its holder commits to the database before it lets go.
                # NFS gives it on what is open to write alone.
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if path.suffix == PART or not is_wanted(path.name):
                    path.unlink()
                    removed += 1
        return removed

    def _files(self) -> Iterator[Path]:
        for folder in self._folder.iterdir():
            if folder.is_dir():
                yield from folder.iterdir()


def copy_whole(file: BinaryIO, to: Path) -> tuple[int, str]:
    """Copy a file to `to`, whole and durable or not at all; returns its size and SHA-256 in hex."""
    make_folder(to.parent)
    part = to.with_name(to.name + PART)
    digest, size = hashlib.sha256(), 0
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        while piece := file.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            out.write(piece)
        out.flush()
        os.fsync(out.fileno())
    part.rename(to)
    sync_folder(to.parent)
    return size, digest.hexdigest()
