"""A look at a file in a process of its own, with a limit on what it may take: what is sent in is not to be trusted."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import struct
import threading
import time
from collections.abc import Mapping
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any, BinaryIO, cast

import numpy as np

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media import opening
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frames import frame_at, frame_times
from vfeed.media.mp4_limits import too_demanding
from vfeed.media.planar_image import Image
from vfeed.media.probe import probe
from vfeed.media.sandbox import leave_the_network
from vfeed.media.seekable import SeekableFile
from vfeed.media.stills import jpeg
from vfeed.media.turned import Turned, quarters_of

if TYPE_CHECKING:
    from vfeed.config import Settings

MEMORY_BYTES = 1_000_000_000
"""Writable memory of the process; a film of 4096 x 2304 points takes a third of it."""
CPU_S, CPU_BYTES_PER_S = 60, 20_000_000
"""Time on a processor: so much, and a second more for each so many bytes. Reading alone is five times as quick."""
WALL_S = 900.0
MINUTE_US = 60_000_000
OPEN_FILES = 64
_REQUEST = struct.Struct("<QI")
_DECODING = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))
"""A page may ask for many pictures at once: no more of them are decoded together."""
# How a message of the process begins: a part of the file is wanted, the answer, a refusal.
_WANTED, _ANSWER, _REFUSED = b"?", b"=", b"!"

# Forked from a clean process that has the libraries loaded: a look begins at once, and holds none of our keys.
_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def look_at(file: BinaryIO, settings: Settings) -> ClipFacts:
    """Return what the clip is, within the limits of the settings; raises as `probe_isolated` does."""
    return probe_isolated(
        file, max_duration_us=settings.max_clip_minutes * MINUTE_US, max_bytes=settings.max_clip_bytes
    )


def probe_isolated(file: BinaryIO, *, max_duration_us: int, max_bytes: int) -> ClipFacts:
    """As `media.probe.probe`, with memory and time bounded and every crash met.

    The process sees the bytes of `file` through a pipe and nothing else of ours. Raises the codes of `probe`, and
    `clip_too_demanding` for a file that takes more than the limits or breaks the reader, `setting_invalid` where no
    process can be begun: its socket lies in the folder for passing files, and its path has 107 characters at most.
    """
    told = _ask(file, "probe", {"max_duration_us": max_duration_us, "max_bytes": max_bytes})
    return ClipFacts.from_dict(json.loads(told))


def frame_isolated(file: BinaryIO, time_us: int, max_side_px: int | None = None) -> Image:
    """As the image of `media.frames.frame_at` (height, width, 3), decoded in such a process; raises the same codes.

    Who asks while as many are being decoded as there are processors waits for one of them.
    """
    how = {"time_us": time_us, "max_side_px": max_side_px, "quarters": quarters_of(file)}
    with _DECODING:
        head, _end, pixels = _ask(file, "frame", how).partition(b"\n")
    height, width = (int(each) for each in head.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def still_isolated(file: BinaryIO, time_us: int, max_side_px: int | None = None) -> bytes:
    """As `media.stills.still`, decoded in such a process; raises the same codes."""
    return jpeg(frame_isolated(file, time_us, max_side_px))


def frame_times_isolated(file: BinaryIO) -> tuple[int, ...]:
    """As `media.frames.frame_times` (microseconds from the first), read in such a process; raises the same codes."""
    return tuple(json.loads(_ask(file, "times", {})))


def _ask(file: BinaryIO, what: str, how: Mapping[str, Any]) -> bytes:
    size = file.seek(0, os.SEEK_END)
    ours, theirs = _CONTEXT.Pipe()
    with ours:
        with theirs:
            child = _CONTEXT.Process(target=_look, args=(theirs, size, what, how), daemon=True)
            _begin(child)
        try:
            said = _serve(ours, file)
        finally:
            child.kill()
            child.join()
    if said[:1] == _REFUSED:
        raise VfeedError.from_template(json.loads(said[1:]))
    if said[:1] != _ANSWER:
        raise _too_demanding()
    return said[1:]


def _begin(child: BaseProcess) -> None:
    try:
        child.start()
    except OSError as error:
        raise VfeedError(
            "setting_invalid",
            _("No process could be begun to look at the film: %(reason)s."),
            hint=_(
                "Set TMPDIR to a folder with a short name that vfeed may write, such as /tmp, and start vfeed again."
            ),
            reason=error.strerror or error,
        ) from error


def _too_demanding() -> VfeedError:
    return too_demanding(_("Reading this file takes more memory or time than any film should, or breaks the reader."))


def _serve(ours: Connection, file: BinaryIO) -> bytes:
    """Hand out the parts of `file` that are asked for until the answer comes; empty when none does."""
    ends = time.monotonic() + WALL_S
    while True:
        try:
            said = ours.recv_bytes() if ours.poll(max(0.0, ends - time.monotonic())) else b""
        except (EOFError, OSError):
            return b""
        if said[:1] != _WANTED:
            return said
        place, length = _REQUEST.unpack(said[1:])
        file.seek(place)
        data = file.read(length)
        with contextlib.suppress(OSError):
            ours.send_bytes(data)


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
            self._theirs.send_bytes(_WANTED + _REQUEST.pack(self._position, length))
            data = self._theirs.recv_bytes()
            length = len(data)
            view[:length] = data
            self._position += length
        return length


def _look(theirs: Connection, size: int, what: str, how: Mapping[str, Any]) -> None:
    """What the process does: bound itself, look, answer."""
    leave_the_network()
    _bound(size)
    opening.MAX_THREADS = 1
    try:
        said = _ANSWER + _LOOKS[what](cast(BinaryIO, _Distant(theirs, size)), how)
    except VfeedError as error:
        said = _REFUSED + json.dumps(error.as_template()).encode()
    except (MemoryError, OverflowError, ValueError, RuntimeError, ArithmeticError, LookupError, TypeError):
        said = _REFUSED + json.dumps(_too_demanding().as_template()).encode()
    theirs.send_bytes(said)


def _probed(file: BinaryIO, how: Mapping[str, Any]) -> bytes:
    return json.dumps(probe(file, **how).as_dict()).encode()


def _frame(file: BinaryIO, how: Mapping[str, Any]) -> bytes:
    turned = cast(BinaryIO, Turned(file, how["quarters"]))
    image = frame_at(turned, how["time_us"], how["max_side_px"]).image_bgr
    return b"%d %d\n" % image.shape[:2] + image.tobytes()


def _timed(file: BinaryIO, _how: Mapping[str, Any]) -> bytes:
    return json.dumps(frame_times(file)).encode()


_LOOKS = {"probe": _probed, "frame": _frame, "times": _timed}


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
