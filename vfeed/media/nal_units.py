"""The parts of an H.264 packet: whether it is whole, and of the one kind that the film began with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SLICE, IDR, SPS, PPS = 1, 5, 7, 8
_SLICES = {1, 2, 3, 4, 5}
_KNOWN_TYPES = frozenset(range(1, 24))


class Units:
    """Looks through the packets of one film; `extradata` is its `avcC` record (ISO/IEC 14496-15, 5.3.3.1)."""

    def __init__(self, extradata: bytes) -> None:
        self._length_bytes, self._known = 0, frozenset[bytes]()
        if len(extradata) > 6 and extradata[0] == 1:
            self._length_bytes = (extradata[4] & 3) + 1
            self._known = frozenset(_parameter_sets(extradata))

    def is_whole(self, packet: Any, *, key: bool) -> bool:
        """Return whether the packet's parts fill it exactly and a browser can play them.

        False for noise in the place of a frame, for a key frame that is none a player can start from, and where size
        or coding of the frames changes within the film.
        """
        data = bytes(packet)
        found = set()
        for kind, unit in self._units(data):
            if kind not in _KNOWN_TYPES or (kind in (SPS, PPS) and unit not in self._known):
                return False
            found.add(kind)
        return bool(found & _SLICES) and (IDR in found or not key)

    def _units(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Type and bytes of each part; type 0 where they do not fit."""
        place = 0
        while place < len(data):
            start = place + self._length_bytes
            size = int.from_bytes(data[place:start], "big")
            if not self._length_bytes or size < 1 or start + size > len(data) or data[start] & 0x80:
                yield 0, b""
                return
            kind = data[start] & 0x1F
            yield kind, data[start : start + size] if kind in (SPS, PPS) else b""
            place = start + size


def _parameter_sets(extradata: bytes) -> Iterator[bytes]:
    place = 5
    for mask in (0x1F, 0xFF):
        count, place = extradata[place] & mask if place < len(extradata) else 0, place + 1
        for _ in range(count):
            size = int.from_bytes(extradata[place : place + 2], "big")
            yield extradata[place + 2 : place + 2 + size]
            place += 2 + size
