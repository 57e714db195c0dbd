"""How wide the camera saw, where the file says so: the focal length that phones and some cameras note beside a film."""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from vfeed.media.mp4_boxes import HEAD_BYTES, Box, box_at

FILM_WIDTH_MM = 36.0
STABILISED_SHARE = 0.9
"""Share of the lens's width that is left in the film. The note names the lens, but a phone crops every film by about a
tenth to stabilise it (and moves that crop about, so that the middle of the frame is the lens's only on average)."""
NARROWEST_DEG, WIDEST_DEG = 10.0, 120.0
"""Beyond these a note is taken for a mistake: a telephoto lens of 185 mm, and where a straight-line lens ends."""

MOST_META_BYTES = 1 << 20
MOST_BOXES = 4096

_NAME = re.compile(r"focal.?length.*35.?mm|35.?mm.*focal.?length", re.IGNORECASE | re.DOTALL)
_SIGNED, _UNSIGNED = (21, 65, 66, 67, 74), (22, 75, 76, 77, 78)
_FLOATS = {23: ">f", 24: ">d"}
_TEXT = 1


def field_of_view_deg(tags: Mapping[str, str], quicktime: BinaryIO | None = None) -> float | None:
    """Return the field of view along the longer side, degrees, one decimal; None where the file does not say or says
    nonsense.

    `tags` is what the demuxer shows of the file and its film. `quicktime` is an MP4 or MOV (seekable) whose own notes
    are read too: a phone writes them into the film's track, where libavformat passes them over.

    The note is a focal length in 35-mm terms, `f`, of the lens. The longer side is taken to be 36 mm of film, of which
    stabilisation leaves `STABILISED_SHARE`: 2 atan(0.9 * 18 / f). Makers measure `f` along the side or the diagonal,
    and some films are not stabilised: 5 degrees of error are usual.

    >>> field_of_view_deg({"com.apple.quicktime.camera.focal_length.35mm_equivalent": "27"})
    61.9
    """
    notes: list[tuple[str, str | float]] = list(tags.items())
    if quicktime is not None:
        notes += _own_notes(quicktime)
    for name, value in notes:
        found = _from_focal_length(value) if _NAME.search(name) else None
        if found is not None:
            return found
    return None


def _from_focal_length(value: str | float) -> float | None:
    try:
        focal_mm = float(value.lower().removesuffix("mm")) if isinstance(value, str) else value
    except ValueError:
        return None
    if not (math.isfinite(focal_mm) and focal_mm > 0):
        return None
    seen_deg = 2 * math.degrees(math.atan(STABILISED_SHARE * FILM_WIDTH_MM / 2 / focal_mm))
    return round(seen_deg, 1) if NARROWEST_DEG <= seen_deg <= WIDEST_DEG else None


def _own_notes(file: BinaryIO) -> Iterator[tuple[str, str | float]]:
    """Name and value of every note in the `meta` boxes of the film and its tracks; what is damaged is passed over."""
    for index in _boxes(file, 0, file.seek(0, io.SEEK_END)):
        if index.kind != b"moov":
            continue
        for box in _boxes(file, index.body, index.end):
            if box.kind == b"meta":
                yield from _notes(_content(file, box))
            elif box.kind == b"trak":
                for part in _boxes(file, box.body, box.end):
                    if part.kind == b"meta":
                        yield from _notes(_content(file, part))


def _notes(meta: bytes) -> Iterator[tuple[str, str | float]]:
    """The pairs of one `meta` box: names in `keys`, values by number in `ilst`."""
    start = 0 if meta[4:8] in (b"hdlr", b"keys") else 4  # QuickTime's has no version before its boxes, MP4's has.
    inner = io.BytesIO(meta)
    parts = {box.kind: _content(inner, box) for box in _boxes(inner, start, len(meta))}
    keys = io.BytesIO(parts.get(b"keys", b""))
    names = [_content(keys, box) for box in _boxes(keys, 8, len(keys.getvalue()))]
    values = io.BytesIO(parts.get(b"ilst", b""))
    for item in _boxes(values, 0, len(values.getvalue())):
        number = int.from_bytes(item.kind, "big")
        data = next((box for box in _boxes(values, item.body, item.end) if box.kind == b"data"), None)
        value = None if data is None else _value(_content(values, data))
        if 1 <= number <= len(names) and value is not None:
            yield names[number - 1].decode("utf-8", "replace"), value


def _value(data: bytes) -> str | float | None:
    """A `data` box: four bytes of type, four of locale, then the value; None for a type that is no number or text."""
    kind, raw = int.from_bytes(data[:4], "big"), data[8:]
    if kind == _TEXT:
        return raw.decode("utf-8", "replace")
    if kind in _FLOATS and len(raw) == struct.calcsize(_FLOATS[kind]):
        return float(struct.unpack(_FLOATS[kind], raw)[0])
    if kind in _SIGNED + _UNSIGNED and 1 <= len(raw) <= 8:
        return float(int.from_bytes(raw, "big", signed=kind in _SIGNED))
    return None


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places, up to the first that does not fit."""
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        file.seek(at)
        box = box_at(file.read(HEAD_BYTES), at, end)
        if box is None:
            return
        yield box
        at = box.end


def _content(file: BinaryIO, box: Box) -> bytes:
    if box.end - box.body > MOST_META_BYTES:
        return b""
    file.seek(box.body)
    return file.read(box.end - box.body)
