"""A look at a file in a process of its own, with a limit on what it may take: what is sent in is not to be trusted."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import struct
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, BinaryIO, cast

from vfeed.errors import VfeedError
from vfeed.media import opening
from vfeed.media.bounds import too_demanding
from vfeed.media.fence import leave_the_network
from vfeed.media.probe import ClipFacts, probe
from vfeed.media.seekable import SeekableFile

MEMORY_BYTES = 1_000_000_000
"""Writable memory of the process; a film of 4096 x 2304 points takes a third of it."""
CPU_S, CPU_BYTES_PER_S = 60, 20_000_000
"""Time on a processor: so much, and a second more for each so many bytes. Reading alone is five times as quick."""
WALL_S = 900.0
OPEN_FILES = 64
_REQUEST = struct.Struct("<QI")

# Forked from a clean process that has the libraries loaded: a look begins at once, and holds none of our keys.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def probe_apart(file: BinaryIO, *, max_duration_us: int, max_bytes: int) -> ClipFacts:
    """As `media.probe.probe`, with memory and time bounded and every crash met.

    The process sees the bytes of `file` through a pipe and nothing else of ours. Raises the codes of `probe`, and
    `clip_too_demanding` for a file that takes more than the limits or breaks the reader, `setting_invalid` where no
    process can be begun: its socket lies in the folder for passing files, and its path has 107 characters at most.
    """
    size = file.seek(0, os.SEEK_END)
    ours, theirs = _CONTEXT.Pipe()
    with ours:
        with theirs:
            child = _CONTEXT.Process(target=_look, args=(theirs, size, max_duration_us, max_bytes), daemon=True)
            _begin(child)
        try:
            answer = _serve(ours, file)
        finally:
            child.kill()
            child.join()
    if isinstance(answer, VfeedError):
        raise answer
    if answer is None:
        raise _too_demanding()
    return answer


def _begin(child: BaseProcess) -> None:
    try:
        child.start()
    except OSError as error:
        raise VfeedError(
            "setting_invalid",
            f"No process could be begun to look at the film: {error.strerror or error}.",
            hint="Set TMPDIR to a folder with a short name that vfeed may write, such as /tmp, and start vfeed again.",
        ) from error


def _too_demanding() -> VfeedError:
    return too_demanding("Reading this file takes more memory or time than any film should, or breaks the reader.")


def _serve(ours: Connection, file: BinaryIO) -> ClipFacts | VfeedError | None:
    """Hand out the parts of `file` that are asked for until the answer comes; None when none does."""
    ends = time.monotonic() + WALL_S
    while True:
        try:
            said = ours.recv_bytes() if ours.poll(max(0.0, ends - time.monotonic())) else b""
        except (EOFError, OSError):
            return None
        if len(said) != _REQUEST.size:
            return _answer(said) if said else None
        place, length = _REQUEST.unpack(said)
        file.seek(place)
        data = file.read(length)
        with contextlib.suppress(OSError):
            ours.send_bytes(data)


def _answer(said: bytes) -> ClipFacts | VfeedError:
    told = json.loads(said)
    if "code" in told:
        return VfeedError(told["code"], told["message"], hint=told["hint"])
    return ClipFacts.from_dict(told)


class _Distant(SeekableFile):
    """The file on the other side of the pipe."""

    def __init__(self, theirs: Connection, size: int) -> None:
        super().__init__()
        self._theirs, self._size = theirs, size

    def readinto(self, buffer: Any) -> int:
        """Fill `buffer` as far as the file reaches; returns the number of bytes."""
        view = memoryview(buffer).cast("B")
        length = max(0, min(len(view), self._size - self._position))
        if length:
            self._theirs.send_bytes(_REQUEST.pack(self._position, length))
            data = self._theirs.recv_bytes()
            length = len(data)
            view[:length] = data
            self._position += length
        return length


def _look(theirs: Connection, size: int, max_duration_us: int, max_bytes: int) -> None:
    """What the process does: bound itself, look, answer."""
    leave_the_network()
    _bound(size)
    opening.MAX_THREADS = 1
    try:
        facts = probe(cast(BinaryIO, _Distant(theirs, size)), max_duration_us=max_duration_us, max_bytes=max_bytes)
        told = facts.as_dict()
    except VfeedError as error:
        told = error.as_dict()
    except (MemoryError, OverflowError, ValueError, RuntimeError, ArithmeticError, LookupError, TypeError):
        told = _too_demanding().as_dict()
    theirs.send_bytes(json.dumps(told).encode().ljust(_REQUEST.size + 1))


def _bound(size: int) -> None:
    cpu_s = CPU_S + size // CPU_BYTES_PER_S
    for limit, most in (
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, most))
