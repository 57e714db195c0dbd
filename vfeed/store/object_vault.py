"""The vault in an S3 store: encrypted files as in a folder, read segment by segment, the next ones ahead."""

from __future__ import annotations

import contextlib
import io
import secrets
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, BinaryIO, cast

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.media.seekable import SeekableFile
from vfeed.store.bucket import LOOKS, Bucket, Sending
from vfeed.store.stream import SEGMENT_BYTES, DecryptingReader, EncryptingWriter
from vfeed.store.vault import NAME_BYTES, READ_AHEAD_BYTES, PendingFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

SWEEP_AFTER_S = 24 * 3600.0
"""Machines see no locks of each other: what nobody wants goes once it is older than any work on a film takes."""
KEPT_BLOCKS = 64
"""MiB of encrypted film that each process keeps at hand; without its key it tells nothing."""
AHEAD_BLOCKS = 4
AHEAD_AFTER_JUMP = 1
"""A player that jumped reads on; a program that looks for one frame may not."""
READERS = 8


class PendingObject(PendingFile):
    """A draft in an S3 store: parts that become one object when it is published."""

    def __init__(self, bucket: Bucket, held: set[str], key: bytes, associated: bytes) -> None:
        self.name = secrets.token_hex(NAME_BYTES)
        self._bucket = bucket
        self._held = held
        held.add(self.name)
        self._sending = Sending(bucket, self.name)
        self._encryptor = EncryptingWriter(cast(BinaryIO, self._sending), key, associated)
        self.writer: BinaryIO = cast(BinaryIO, self._encryptor)

    def publish(self) -> int:
        """Close the stream and let the object appear, acknowledged by the store; returns the plain size in bytes."""
        self._encryptor.finish()
        self._sending.finish()
        return self._encryptor.plain_bytes

    def discard(self) -> None:
        """Remove the file, published or not; what the store does not hear of now is swept later."""
        self._sending.drop()
        with contextlib.suppress(VfeedError):
            self._bucket.remove(self.name)
        self.release()

    def release(self) -> None:
        """From now on `sweep` may judge it."""
        self._held.discard(self.name)


class ObjectVault:
    """A vault in a bucket. Several machines may use it at once."""

    sweeps_at_start = False

    def __init__(self, settings: Settings, *, sweep_after_s: float = SWEEP_AFTER_S) -> None:
        self._bucket = Bucket(settings)
        self._blocks = _Blocks(self._bucket)
        self._held: set[str] = set()
        self._sweep_after_s = sweep_after_s

    def create(self, key: bytes, associated: bytes) -> PendingObject:
        """Begin a file, bound to `associated`; writing and publishing raise what `Bucket` raises."""
        return PendingObject(self._bucket, self._held, key, associated)

    def open(self, name: str, key: bytes, associated: bytes) -> BinaryIO:
        """A seekable plain view; raises VfeedError `vault_damaged`, FileNotFoundError when it is not there."""
        return cast(BinaryIO, io.BufferedReader(DecryptingReader(self._raw(name), key, associated), READ_AHEAD_BYTES))

    def sealed(self, name: str) -> BinaryIO:
        """The file as it lies, encrypted; raises FileNotFoundError when it is not there."""
        return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, self._raw(name)), READ_AHEAD_BYTES))

    def put_sealed(self, name: str, file: BinaryIO) -> None:
        """Keep a file that `sealed` gave, under its name, whole or not at all."""
        self._held.add(name)
        sending = Sending(self._bucket, name)
        try:
            shutil.copyfileobj(file, cast(BinaryIO, sending), SEGMENT_BYTES)
            sending.finish()
        except BaseException:
            sending.drop()
            raise
        finally:
            self._held.discard(name)

    def remove(self, name: str) -> None:
        """Remove a file; one that is not there is no error."""
        self._blocks.forget(name)
        self._bucket.remove(name)

    def is_empty(self) -> bool:
        """Whether the bucket's folder holds no object at all."""
        return next(self._bucket.objects(most=1), None) is None

    def check(self) -> None:
        """Raise the VfeedError of whatever keeps films from being written, listed, read and removed there."""
        probe = f"doctor-{secrets.token_hex(NAME_BYTES)}"
        self._bucket.put(probe, b"vfeed", tries=LOOKS)
        try:
            self._bucket.read(probe, 0, 1)
            self.is_empty()
        finally:
            self._bucket.remove(probe)

    def sweep(self, is_wanted: Callable[[str], bool]) -> int:
        """Remove half uploads and objects nobody wants that are old and no draft of this process; returns how many."""
        uploads = [(name, id_) for name, id_, age_s in self._bucket.uploads() if self._may_judge(name, age_s)]
        objects = [name for name, age_s in self._bucket.objects() if self._may_judge(name, age_s)]
        unwanted = [name for name in objects if not is_wanted(name)]
        for name, id_ in uploads:
            self._bucket.abort(name, id_)
        for name in unwanted:
            self.remove(name)
        return len(uploads) + len(unwanted)

    def close(self) -> None:
        """End what reads ahead and close the connections."""
        self._blocks.close()
        self._bucket.close()

    def _may_judge(self, name: str, age_s: float) -> bool:
        return name not in self._held and age_s >= self._sweep_after_s

    def _raw(self, name: str) -> BinaryIO:
        return cast(BinaryIO, _ObjectFile(self._blocks, name))


class _Blocks:
    """Blocks of objects as long as a segment, fetched once and kept while they are the newest asked for.

    Objects never change under their name, so what is kept is never stale.
    """

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, int], Future[tuple[bytes, int]]] = OrderedDict()
        self._readers = ThreadPoolExecutor(READERS, "vault-reader")

    def get(self, name: str, number: int) -> tuple[bytes, int]:
        """A block, and the size of its object in bytes; raises what `Bucket.read` raises."""
        future = self.ask(name, number)
        try:
            return future.result()
        except BaseException:
            with self._lock:
                self._kept.pop((name, number), None)
            raise

    def ask(self, name: str, number: int) -> Future[tuple[bytes, int]]:
        """Have a block fetched."""
        with self._lock:
            found = self._kept.get((name, number))
            if found is None:
                found = self._readers.submit(self._bucket.read, name, number * SEGMENT_BYTES, SEGMENT_BYTES)
                self._kept[name, number] = found
                if len(self._kept) > KEPT_BLOCKS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end((name, number))
            return found

    def forget(self, name: str) -> None:
        """Let go of a removed object's blocks."""
        with self._lock:
            for block in [each for each in self._kept if each[0] == name]:
                del self._kept[block]

    def close(self) -> None:
        self._readers.shutdown(cancel_futures=True)
        self._kept.clear()


class _ObjectFile(SeekableFile):
    """An object as a seekable file; reading on fetches what will be wanted next."""

    def __init__(self, blocks: _Blocks, name: str) -> None:
        super().__init__()
        self._blocks = blocks
        self._name = name
        self._last = 0
        _, self._size = blocks.get(name, 0)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill at most one block's worth of `buffer`; 0 at the end."""
        if self._position >= self._size:
            return 0
        number, offset = divmod(self._position, SEGMENT_BYTES)
        self._fetch_ahead(number)
        block, _ = self._blocks.get(self._name, number)
        view = memoryview(buffer).cast("B")
        part = memoryview(block)[offset : offset + len(view)]
        view[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _fetch_ahead(self, number: int) -> None:
        reads_on = number == self._last + 1
        if number != self._last:
            self._blocks.ask(self._name, number)
            after = min(number + (AHEAD_BLOCKS if reads_on else AHEAD_AFTER_JUMP), (self._size - 1) // SEGMENT_BYTES)
            for each in range(number + 1, after + 1):
                self._blocks.ask(self._name, each)
        self._last = number
