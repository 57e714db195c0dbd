"""Uploads under way: encrypted as they arrive, so that a broken connection or a killed server keeps what was sent.

A file of records, each with a 16-byte head (plain length, random nonce) and its AES-256-GCM ciphertext bound to the
upload, the record's number and its place. Only whole records count; a torn one at the end is cut off.
"""

from __future__ import annotations

import bisect
import contextlib
import fcntl
import io
import os
import secrets
import shutil
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.seekable import SeekableFile
from vfeed.store.database import Database
from vfeed.store.keyring import Keyring, make_folder, new_key, sync_folder
from vfeed.store.tables import Upload, new_id, utc_now
from vfeed.store.vault import disk_errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

RECORD_BYTES = 1 << 18
TAG_BYTES = 16
NONCE_BYTES = 12
HEAD = struct.Struct(f">I{NONCE_BYTES}s")
READ_AHEAD_BYTES = 1 << 16
KEPT_HOURS = 24
MOST_AT_ONCE = 20
"""Uploads of one person under way: a visit has a handful of films, a runaway program hundreds."""
ROOM_LEFT_BYTES = 500_000_000
"""The database and the copies that are made of films need room, too."""


@dataclass(frozen=True)
class _Record:
    number: int
    place: int
    plain_start: int
    plain_bytes: int
    nonce: bytes

    @property
    def end(self) -> int:
        return self.place + HEAD.size + self.plain_bytes + TAG_BYTES


class Uploads:
    """Keeps uploads until they are taken in or run out."""

    def __init__(self, database: Database, keyring: Keyring, folder: Path, max_bytes: int) -> None:
        self._database = database
        self._keyring = keyring
        self._folder = folder
        self._max_bytes = max_bytes
        make_folder(folder)

    def create(self, owner: str, length: int, metadata: Mapping[str, str]) -> Upload:
        """A new upload of `length` bytes; raises VfeedError `clip_empty`, `clip_too_large`, `disk_full`."""
        if length <= 0:
            raise VfeedError(
                "clip_empty", _("The file holds no data."), hint=_("Copy it from the phone or camera again.")
            )
        if length > self._max_bytes:
            raise VfeedError(
                "clip_too_large",
                _("The file is larger than %(size)s GB."),
                hint=_("Cut the film shorter, or raise VFEED_MAX_CLIP_BYTES."),
                size=f"{self._max_bytes / 1000000000.0:.1f}",
            )
        self._refuse_crowding(owner, length)
        upload = Upload(
            id=new_id(),
            owner=owner,
            length=length,
            details=dict(metadata),
            file_name=secrets.token_hex(16),
            expires_at=utc_now() + timedelta(hours=KEPT_HOURS),
        )
        upload.wrapped = self._keyring.wrap(new_key(), key_purpose(upload.id))
        with disk_errors():
            handle = os.open(self._path(upload), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.close(handle)
            sync_folder(self._folder)
        with self._database.write() as session:
            session.add(upload)
        return upload

    def _refuse_crowding(self, owner: str, length: int) -> None:
        with self._database.read() as session:
            waiting = session.execute(select(Upload.owner, Upload.length, Upload.file_name)).all()
        if sum(each.owner == owner for each in waiting) >= MOST_AT_ONCE:
            raise VfeedError(
                "too_many_requests",
                _("%(most)s of your uploads are under way already."),
                hint=_("Let them end, or stop some; what nobody goes on with is dropped after a day."),
                most=MOST_AT_ONCE,
            )
        # What was announced counts, less what has arrived of it: that is on the disk already.
        arrived = sum(found.st_size for found in self._files().values())
        needed = length + max(0, sum(each.length for each in waiting) - arrived)
        if shutil.disk_usage(self._folder).free < needed + ROOM_LEFT_BYTES:
            raise VfeedError(
                "disk_full",
                _("There is not room enough on the disk for this film and those under way. Nothing was stored."),
                hint=_("Make room on the disk that holds the data folder, then try again."),
            )

    def get(self, upload_id: str) -> Upload:
        """The upload's row; raises VfeedError `not_found`, also when it has run out."""
        with self._database.read() as session:
            upload = session.get(Upload, upload_id)
        if upload is None or upload.expires_at < utc_now():
            raise _gone()
        return upload

    def offset(self, upload_id: str) -> int:
        """How many bytes are safely here; raises VfeedError `not_found`."""
        upload = self.get(upload_id)
        with self._open_file(upload, "rb") as file:
            return _plain_end(self._whole_records(file, upload))

    def append(self, upload_id: str, stream: BinaryIO, at_offset: int) -> int:
        """Add what `stream` yields, record by record; returns the offset reached.

        When the stream breaks off, what came before is kept and the stream's error passes on. Raises VfeedError
        `conflict` at another offset than what is here or while another sender writes, `invalid_input` for more than
        the announced length, `disk_full`, `not_found`.
        """
        upload = self.get(upload_id)
        with self._open_file(upload, "r+b") as file:
            _lock(file)
            records = self._whole_records(file, upload)
            offset = _plain_end(records)
            if offset != at_offset:
                raise VfeedError(
                    "conflict",
                    _("The upload stands at %(offset)s bytes, not at %(sent)s."),
                    hint=_("Go on from there."),
                    offset=offset,
                    sent=at_offset,
                )
            end = records[-1].end if records else 0
            file.truncate(end)
            file.seek(end)
            writer = _RecordWriter(file, self._cipher(upload), upload, len(records), offset)
            try:
                with disk_errors():
                    writer.copy(stream)
            finally:
                with disk_errors():
                    file.flush()
                    os.fsync(file.fileno())
        self._extend(upload_id)
        return writer.offset

    def open(self, upload_id: str) -> BinaryIO:
        """A seekable plain view of a complete upload.

        Raises VfeedError `conflict` when bytes are still missing, `vault_damaged`, `not_found`.
        """
        upload = self.get(upload_id)
        file = self._open_file(upload, "rb")
        records = self._whole_records(file, upload)
        if _plain_end(records) != upload.length:
            file.close()
            raise VfeedError("conflict", _("The upload is not complete yet."), hint=_("Send the rest first."))
        reader = _RecordReader(file, self._cipher(upload), upload, records)
        return cast(BinaryIO, io.BufferedReader(reader, READ_AHEAD_BYTES))

    def remove(self, upload_id: str) -> None:
        """Remove an upload, its key and its file; one that is not there is no error."""
        with self._database.write() as session:
            upload = session.get(Upload, upload_id)
            if upload is not None:
                session.delete(upload)
        if upload is not None:
            self._path(upload).unlink(missing_ok=True)

    def expire(self) -> int:
        """Remove uploads that have run out and files without an upload; returns how many."""
        with self._database.read() as session:
            old = session.scalars(select(Upload.id).where(Upload.expires_at < utc_now())).all()
        for upload_id in old:
            self.remove(upload_id)
        files = self._files()
        with self._database.read() as session:
            known = set(session.scalars(select(Upload.file_name)))
        # A file made within the last minute may be one whose row is about to be written.
        newest = utc_now().timestamp() - 60
        strays = [path for path, found in files.items() if path.name not in known and found.st_mtime < newest]
        for path in strays:
            path.unlink(missing_ok=True)
        return len(old) + len(strays)

    def _extend(self, upload_id: str) -> None:
        with self._database.write() as session:
            upload = session.get(Upload, upload_id)
            if upload is not None:
                upload.expires_at = utc_now() + timedelta(hours=KEPT_HOURS)

    def _files(self) -> dict[Path, os.stat_result]:
        """What lies in the folder; others take their films in and remove theirs meanwhile."""
        found = {}
        for path in self._folder.iterdir():
            with contextlib.suppress(FileNotFoundError):
                found[path] = path.stat()
        return found

    def _path(self, upload: Upload) -> Path:
        return self._folder / upload.file_name

    def _open_file(self, upload: Upload, mode: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._path(upload).open(mode))
        except FileNotFoundError as error:
            raise _gone() from error

    def _cipher(self, upload: Upload) -> AESGCM:
        return AESGCM(self._keyring.unwrap(upload.wrapped, key_purpose(upload.id)))

    def _whole_records(self, file: BinaryIO, upload: Upload) -> list[_Record]:
        records = list(_scan(file))
        # After a power cut the last record may have its length but not its bytes.
        while records and not _opens(file, self._cipher(upload), upload, records[-1]):
            records.pop()
        return records


class _RecordWriter:
    def __init__(self, file: BinaryIO, cipher: AESGCM, upload: Upload, number: int, offset: int) -> None:
        self._file = file
        self._cipher = cipher
        self._upload = upload
        self._number = number
        self.offset = offset

    def copy(self, stream: BinaryIO) -> None:
        buffer = bytearray()
        try:
            while piece := stream.read(RECORD_BYTES - len(buffer)):
                if self.offset + len(buffer) + len(piece) > self._upload.length:
                    raise VfeedError(
                        "invalid_input", _("More bytes came than were announced."), hint=_("Start the upload again.")
                    )
                buffer += piece
                if len(buffer) == RECORD_BYTES:
                    self._write(buffer)
        finally:
            if buffer:
                self._write(buffer)

    def _write(self, buffer: bytearray) -> None:
        plain = bytes(buffer)
        buffer.clear()
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, plain, _associated(self._upload.id, self._number, self.offset))
        self._file.write(HEAD.pack(len(plain), nonce) + sealed)
        # To the kernel at once: a killed process then loses nothing that was written.
        self._file.flush()
        self._number += 1
        self.offset += len(plain)


class _RecordReader(SeekableFile):
    def __init__(self, file: BinaryIO, cipher: AESGCM, upload: Upload, records: Sequence[_Record]) -> None:
        super().__init__()
        self._file = file
        self._cipher = cipher
        self._upload_id = upload.id
        self._records = records
        self._starts = [record.plain_start for record in records]
        self._size = _plain_end(records)
        self._cached: tuple[int, bytes] = (-1, b"")

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._position >= self._size:
            return 0
        record = self._records[bisect.bisect_right(self._starts, self._position) - 1]
        view = memoryview(buffer).cast("B")
        start = self._position - record.plain_start
        part = memoryview(self._plain(record))[start : start + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()

    def _plain(self, record: _Record) -> bytes:
        if self._cached[0] != record.number:
            try:
                self._cached = (record.number, _decrypt(self._file, self._cipher, self._upload_id, record))
            except InvalidTag as error:
                raise VfeedError(
                    "vault_damaged", _("The uploaded file was damaged on the disk."), hint=_("Upload it again.")
                ) from error
        return self._cached[1]


def _scan(file: BinaryIO) -> Iterator[_Record]:
    size = file.seek(0, io.SEEK_END)
    place = number = plain_start = 0
    while place + HEAD.size <= size:
        file.seek(place)
        plain_bytes, nonce = HEAD.unpack(file.read(HEAD.size))
        record = _Record(number, place, plain_start, plain_bytes, nonce)
        if not 0 < plain_bytes <= RECORD_BYTES or record.end > size:
            return
        yield record
        place, number, plain_start = record.end, number + 1, plain_start + plain_bytes


def _decrypt(file: BinaryIO, cipher: AESGCM, upload_id: str, record: _Record) -> bytes:
    file.seek(record.place + HEAD.size)
    sealed = file.read(record.plain_bytes + TAG_BYTES)
    return cipher.decrypt(record.nonce, sealed, _associated(upload_id, record.number, record.plain_start))


def _opens(file: BinaryIO, cipher: AESGCM, upload: Upload, record: _Record) -> bool:
    with contextlib.suppress(InvalidTag):
        _decrypt(file, cipher, upload.id, record)
        return True
    return False


def _associated(upload_id: str, number: int, plain_start: int) -> bytes:
    return f"{upload_id}:{number}:{plain_start}".encode()


def _plain_end(records: Sequence[_Record]) -> int:
    return records[-1].plain_start + records[-1].plain_bytes if records else 0


def key_purpose(upload_id: str) -> str:
    """What an upload's wrapped key is bound to."""
    return f"upload:{upload_id}"


def _lock(file: BinaryIO) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise VfeedError(
            "conflict", _("Another connection is still sending this file."), hint=_("It goes on by itself in a moment.")
        ) from error


def _gone() -> VfeedError:
    return VfeedError("not_found", _("There is no such upload, or it has run out."), hint=_("Start the upload again."))
