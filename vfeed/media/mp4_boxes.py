"""The boxes that an MP4 or MOV is made of: each a length, a kind of four letters, and what is in it."""

from __future__ import annotations

from typing import NamedTuple

HEAD_BYTES = 16
"""The most that the head of a box takes."""


class Box(NamedTuple):
    """A box by its places, in bytes of what it lies in: `start`, where its content begins (`body`), and `end`."""

    kind: bytes
    start: int
    body: int
    end: int


def box_at(head: bytes, start: int, limit: int) -> Box | None:
    """Return the box at `start` that begins with `head` (16 bytes, or what is left); None unless it ends by `limit`.

    >>> box_at(b"\\x00\\x00\\x00\\x0cfree....", 100, 200)
    Box(kind=b'free', start=100, body=108, end=112)
    >>> box_at(b"\\x00\\x00\\x00\\x0cfree....", 100, 110) is None
    True
    """
    if len(head) < 8:
        return None
    size, kind, taken = int.from_bytes(head[:4], "big"), head[4:8], 8
    if size == 1:
        size, taken = int.from_bytes(head[8:16], "big"), HEAD_BYTES
    end = limit if size == 0 else start + size
    return Box(kind, start, start + taken, end) if start + taken <= end <= limit else None
