"""What an MP4 or MOV claims of itself, held against its size before a reader believes it and makes room for it."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

MOST_SAMPLES = 4_000_000
"""Of a track or a fragment: an hour of 480 frames a second has 1.7 million."""
MOST_BOXES = 200_000
"""Ten hours in fragments of a second have 180,000."""
MOST_DEPTH = 10
MOST_TRACKS = 64
MOST_INDEX_BYTES = 64 << 20
"""Of a packed table of contents."""
_HOLDERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"cmov"}
_HEAD_BYTES = 20


class Box(NamedTuple):
    """A box: its kind, where its body begins and ends in the file, and whether the file ends before it does."""

    kind: bytes
    body: int
    end: int
    is_cut: bool


def too_demanding(why: str) -> VfeedError:
    """VfeedError `clip_too_demanding` that says `why`."""
    hint = _("It is damaged, or made to do harm. Export the film anew as H.264 in an MP4 file and add that.")
    return VfeedError("clip_too_demanding", why, hint=hint)


def refuse_absurd(file: BinaryIO) -> None:
    """Walk the boxes of an MP4 or MOV before a reader does.

    Raises VfeedError `clip_too_demanding` for numbers that its size belies, `clip_truncated` where the file ends among
    them.
    """
    size = file.seek(0, io.SEEK_END)
    tracks = 0
    for count, box in enumerate(boxes(file)):
        tracks += box.kind == b"trak"
        if count > MOST_BOXES or tracks > MOST_TRACKS or _is_absurd(file, box, size):
            if box.is_cut:
                raise VfeedError(
                    "clip_truncated",
                    _("The video is cut off: it ends within its table of contents."),
                    hint=_("Copy it from the camera or phone again, and wait until the copy is complete."),
                )
            raise too_demanding(_("The file claims to hold far more than it has room for."))


def boxes(file: BinaryIO) -> Iterator[Box]:
    """Yield the boxes of an MP4 or MOV, those within others behind them, as far as they can be told apart."""
    return _walk(file, 0, file.seek(0, io.SEEK_END), 0)


def _walk(file: BinaryIO, at: int, end: int, depth: int) -> Iterator[Box]:
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind, body = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if length == 1:
            length, body = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if length == 0 else at + length
        if stop < body:
            return
        box = Box(kind, body, min(stop, end), is_cut=stop > end)
        yield box
        if kind in _HOLDERS and depth < MOST_DEPTH:
            yield from _walk(file, body, box.end, depth + 1)
        at = stop


def _is_absurd(file: BinaryIO, box: Box, file_bytes: int) -> bool:
    room = box.end - box.body
    if box.kind == b"cmvd":
        return _numbers(file, box.body, ">I")[0] > MOST_INDEX_BYTES
    if box.kind == b"stsz":
        _head, each, count = _numbers(file, box.body, ">III")
        return count * 4 > room if each == 0 else count * each > file_bytes
    if box.kind == b"trun":
        flags, count = _numbers(file, box.body, ">II")
        fields = sum(bool(flags & flag) for flag in (0x100, 0x200, 0x400, 0x800))
        return count > MOST_SAMPLES or count * 4 * fields > room
    return False


def _numbers(file: BinaryIO, at: int, form: str) -> tuple[int, ...]:
    file.seek(at)
    data = file.read(_HEAD_BYTES)[: struct.calcsize(form)]
    return struct.unpack(form, data.ljust(struct.calcsize(form), b"\0"))
