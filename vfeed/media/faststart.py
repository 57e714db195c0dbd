"""Move an MP4's table of contents to the front, so that a browser can start and seek before the file is loaded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.mp4_boxes import HEAD_BYTES, Box, box_at

COPY_BYTES = 1 << 20
_CONTAINERS = {b"trak", b"mdia", b"minf", b"stbl"}
_OFFSETS = {b"stco": ">u4", b"co64": ">u8"}


def write_faststart(source: BinaryIO, out: BinaryIO) -> int:
    """Copy the MP4 in `source` (seekable) to `out` (written in order) with `moov` first; returns the bytes written.

    Raises VfeedError `media_failed` when `source` is not a plain MP4 or is too large for its own tables.
    """
    length = source.seek(0, 2)
    boxes = list(_top_boxes(source, length))
    index = next((box for box in boxes if box.kind == b"moov"), None)
    if index is None:
        raise VfeedError("media_failed", _("The copy of the video has no table of contents."), hint=_("Try again."))
    moov = bytearray(_read(source, index.start, index.end))
    others = [box for box in boxes if box.kind not in (b"moov", b"free")]
    _shift_offsets(moov, _moves(others, len(moov)))
    written = 0
    for box in others:
        written += _copy(source, box, out)
        if box.kind == b"ftyp":
            out.write(moov)
            written += len(moov)
    return written


def _top_boxes(source: BinaryIO, length: int) -> Iterator[Box]:
    at = 0
    while at + 8 <= length:
        box = _box(_read(source, at, min(at + HEAD_BYTES, length)), at, length)
        yield box
        at = box.end


def _box(head: bytes | bytearray, start: int, limit: int) -> Box:
    box = box_at(bytes(head), start, limit)
    if box is None:
        raise VfeedError("media_failed", _("The copy of the video is not whole."), hint=_("Try again."))
    return box


def _moves(others: list[Box], moov_bytes: int) -> list[tuple[int, int, int]]:
    """(start, end, shift) of every part that is copied: where its bytes lie afterwards."""
    moves, at = [], 0
    for box in others:
        moves.append((box.start, box.end, at - box.start))
        at += box.end - box.start + (moov_bytes if box.kind == b"ftyp" else 0)
    return moves


def _shift_offsets(moov: bytearray, moves: list[tuple[int, int, int]]) -> None:
    stack = [(8, len(moov))]
    while stack:
        at, limit = stack.pop()
        while at + 8 <= limit:
            box = _box(moov[at : at + HEAD_BYTES], at, limit)
            if box.kind in _CONTAINERS:
                stack.append((box.body, box.end))
            elif box.kind in _OFFSETS:
                (count,) = struct.unpack_from(">I", moov, box.body + 4)
                _shift_table(moov, box.body + 8, count, _OFFSETS[box.kind], moves)
            at = box.end


def _shift_table(moov: bytearray, at: int, count: int, kind: str, moves: list[tuple[int, int, int]]) -> None:
    table = np.frombuffer(moov, kind, count, at)
    old = table.astype(np.int64)
    new = old.copy()
    for start, end, shift in moves:
        new[(old >= start) & (old < end)] += shift
    if count and int(new.max()) > np.iinfo(np.dtype(kind)).max:
        raise VfeedError(
            "media_failed", _("The copy of the video is too large."), hint=_("Cut the film into shorter ones.")
        )
    table[:] = new


def _read(source: BinaryIO, start: int, end: int) -> bytes:
    source.seek(start)
    parts = []
    while start < end:
        part = source.read(end - start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def _copy(source: BinaryIO, box: Box, out: BinaryIO) -> int:
    source.seek(box.start)
    left = box.end - box.start
    while left:
        part = source.read(min(COPY_BYTES, left))
        if not part:
            raise VfeedError("media_failed", _("The copy of the video is not whole."), hint=_("Try again."))
        out.write(part)
        left -= len(part)
    return box.end - box.start
