"""A scratch file on disk that nobody can read: encrypted with a key that lives in memory only, and without a name."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import XTS

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.seekable import SeekableFile

SECTOR_BYTES = 64 * 1024
KEY_BYTES = 64  # AES-256 in XTS mode takes two keys.


class Scratch(SeekableFile):
    """A seekable, readable and writable binary file; what reaches the disk is AES-256-XTS under a random key.

    The file has no name in `folder` (None: the system's folder for temporary files), so it is gone with the process,
    however that ends. It hides what is in it; it does not detect changes. Raises VfeedError `disk_full`,
    once and ever after, since libav may swallow what a single write raises.
    """

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__()
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 - closed in close()
        self._key = AES(os.urandom(KEY_BYTES))
        self._index = -1
        self._plain = bytearray(SECTOR_BYTES)
        self._changed = False
        self._failure: VfeedError | None = None

    def writable(self) -> bool:
        """Always true."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move as any file does, but repeat a failed write's error: a muxer may have swallowed it the first time."""
        self._check()
        return super().seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as the file reaches; returns the number of bytes."""
        view = memoryview(buffer).cast("B")
        self._check()
        count = max(0, min(len(view), self._size - self._position))
        done = 0
        while done < count:
            start, length = self._span(count - done)
            view[done : done + length] = self._plain[start : start + length]
            done += length
            self._position += length
        return count

    def write(self, data: Any) -> int:
        """Write all of `data`; returns the number of bytes."""
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            start, length = self._span(len(view) - done)
            self._plain[start : start + length] = view[done : done + length]
            self._changed = True
            done += length
            self._position += length
            self._size = max(self._size, self._position)
        return done

    def close(self) -> None:
        """Let go of the file and the key."""
        if not self.closed:
            self._file.close()
            self._plain = bytearray()
        super().close()

    def _span(self, wanted: int) -> tuple[int, int]:
        """Load the sector at the present place: (start in it, bytes usable)."""
        self._check()
        index, start = divmod(self._position, SECTOR_BYTES)
        if index != self._index:
            self._store()
            self._load(index)
        return start, min(wanted, SECTOR_BYTES - start)

    def _load(self, index: int) -> None:
        stored = os.pread(self._file.fileno(), SECTOR_BYTES, index * SECTOR_BYTES)
        if len(stored) == SECTOR_BYTES and any(stored[:16]):
            self._plain[:] = self._cipher(index).decryptor().update(stored)
        else:
            self._plain[:] = bytes(SECTOR_BYTES)
        self._index = index

    def _store(self) -> None:
        if self._changed:
            hidden = memoryview(self._cipher(self._index).encryptor().update(self._plain))
            self._changed = False
            done = 0
            while done < len(hidden):
                done += self._put(hidden[done:], self._index * SECTOR_BYTES + done)

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure

    def _put(self, data: memoryview, place: int) -> int:
        try:
            return os.pwrite(self._file.fileno(), data, place)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._failure = VfeedError(
                "disk_full", _("The disk is full."), hint=_("Make room on the disk and start the work again.")
            )
            raise self._failure from error

    def _cipher(self, index: int) -> Cipher[XTS]:
        return Cipher(self._key, XTS(index.to_bytes(16, "little")))
