"""Encryption with random access: Tink's AES-GCM-HKDF streaming format (AES256_GCM_HKDF_1MB).

A file is a header (its length, a 32-byte salt, a 7-byte nonce prefix) and segments of 1 MiB of ciphertext, the first
one shortened by the header. Each segment is AES-256-GCM under a key derived by HKDF-SHA256 from the data key, the salt
and the associated data; its nonce holds its number and whether it is the last, so segments can neither be changed nor
moved nor cut off. https://developers.google.com/tink/streaming-aead/aes_gcm_hkdf_streaming
"""

from __future__ import annotations

import io
import secrets
import struct
from collections import OrderedDict
from typing import TYPE_CHECKING, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.seekable import SeekableFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

SEGMENT_BYTES = 1 << 20
TAG_BYTES = 16
KEY_BYTES = 32
PREFIX_BYTES = 7
HEADER_BYTES = 1 + KEY_BYTES + PREFIX_BYTES
BODY_BYTES = SEGMENT_BYTES - TAG_BYTES
FIRST_BODY_BYTES = BODY_BYTES - HEADER_BYTES
# A demuxer hops between video and sound; a few megabytes spare it decrypting the same segment again.
CACHED_SEGMENTS = 4


def _cipher(key: bytes, salt: bytes, associated: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=salt, info=associated).derive(key))


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">IB", number, last)


class EncryptingWriter(io.RawIOBase):
    """Encrypts what is written to it into `file`; only `finish` writes the closing segment.

    Closing without `finish` leaves a file that no reader accepts. `file` stays open.
    """

    def __init__(self, file: BinaryIO, key: bytes, associated: bytes) -> None:
        super().__init__()
        salt, self._prefix = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(PREFIX_BYTES)
        self._file = file
        self._cipher = _cipher(key, salt, associated)
        self._buffer = bytearray()
        self._number = 0
        self._finished = False
        self.plain_bytes = 0
        file.write(bytes([HEADER_BYTES]) + salt + self._prefix)

    def writable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Plain bytes written so far."""
        return self.plain_bytes

    def write(self, data: ReadableBuffer, /) -> int:
        """Take all of `data`; raises OSError from the file underneath, ValueError when finished."""
        if self._finished:
            raise ValueError("this file is finished")
        view = memoryview(data).cast("B")
        self._buffer += view
        self.plain_bytes += len(view)
        self._flush_whole_segments()
        return len(view)

    def finish(self) -> None:
        """Write the closing segment; after this the file is whole."""
        if not self._finished:
            self._finished = True
            self._write_segment(bytes(self._buffer), last=True)
            self._buffer.clear()

    def _flush_whole_segments(self) -> None:
        # A full buffer waits for one more byte: only then is it known not to be the last segment.
        start = 0
        while len(self._buffer) - start > (room := FIRST_BODY_BYTES if self._number == 0 else BODY_BYTES):
            self._write_segment(bytes(memoryview(self._buffer)[start : start + room]), last=False)
            start += room
        if start:
            del self._buffer[:start]

    def _write_segment(self, body: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._prefix, self._number, last=last), body, None))
        self._number += 1


class DecryptingReader(SeekableFile):
    """A seekable plain view of an encrypted file; closes `file` when closed.

    The closing segment is checked at once, every other one when it is read. Raises VfeedError `vault_damaged` for a
    changed, cut or reordered file, and for another key or other associated data.
    """

    def __init__(self, file: BinaryIO, key: bytes, associated: bytes) -> None:
        super().__init__()
        self._file = file
        file.seek(0)
        header = file.read(HEADER_BYTES)
        if len(header) != HEADER_BYTES or header[0] != HEADER_BYTES:
            raise _damaged()
        self._cipher = _cipher(key, header[1 : 1 + KEY_BYTES], associated)
        self._prefix = header[1 + KEY_BYTES :]
        self._end = file.seek(0, io.SEEK_END)
        self._segments = -(-self._end // SEGMENT_BYTES)
        self._size = self._end - HEADER_BYTES - self._segments * TAG_BYTES
        self._cache: OrderedDict[int, bytes] = OrderedDict()
        if self._size < 0:
            raise _damaged()
        self._segment(self._segments - 1)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill at most one segment's worth of `buffer`; 0 at the end."""
        if self._position >= self._size:
            return 0
        number, offset = self._place(self._position)
        view = memoryview(buffer).cast("B")
        part = memoryview(self._segment(number))[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def close(self) -> None:
        """Close the file underneath and forget what was decrypted."""
        if not self.closed:
            self._cache.clear()
            self._file.close()
        super().close()

    @staticmethod
    def _place(position: int) -> tuple[int, int]:
        if position < FIRST_BODY_BYTES:
            return 0, position
        number, offset = divmod(position - FIRST_BODY_BYTES, BODY_BYTES)
        return number + 1, offset

    def _segment(self, number: int) -> bytes:
        if number in self._cache:
            self._cache.move_to_end(number)
            return self._cache[number]
        start = number * SEGMENT_BYTES if number else HEADER_BYTES
        self._file.seek(start)
        sealed = self._file.read(min((number + 1) * SEGMENT_BYTES, self._end) - start)
        nonce = _nonce(self._prefix, number, last=number == self._segments - 1)
        try:
            plain = self._cipher.decrypt(nonce, sealed, None)
        except (InvalidTag, ValueError) as error:
            raise _damaged() from error
        self._cache[number] = plain
        if len(self._cache) > CACHED_SEGMENTS:
            self._cache.popitem(last=False)
        return plain


def _damaged() -> VfeedError:
    return VfeedError(
        "vault_damaged",
        _("A stored file is damaged: it is not what vfeed wrote."),
        hint=_("Restore the data folder from a backup. Run vfeed doctor to look for a failing disk."),
    )
