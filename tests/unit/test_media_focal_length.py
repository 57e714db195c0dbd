"""The camera's field of view by the file's own notes: what is read, and what is passed over."""

import doctest
import io
import math
import struct

import pytest
from clip_factory import clip

from vfeed.media import focal_length
from vfeed.media.focal_length import field_of_view_deg
from vfeed.media.probe import probe

APPLE = "com.apple.quicktime.camera.focal_length.35mm_equivalent"
INTEGER = struct.pack(">i", 27)
SEEN_BY_27_MM_DEG = 61.9


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def notes(name: str = APPLE, kind: int = 21, value: bytes = INTEGER, *, number: int = 2, version: bytes = b"") -> bytes:
    """A `meta` box with two notes, of which the named one is the second, as a phone writes it."""
    names = b"".join(box(b"mdta", each.encode()) for each in ("com.apple.quicktime.make", name))
    handler = box(b"hdlr", bytes(8), b"mdta", bytes(13))
    values = box(struct.pack(">I", number), box(b"data", struct.pack(">II", kind, 0), value))
    return box(b"meta", version, handler, box(b"keys", struct.pack(">II", 0, 2), names), box(b"ilst", values))


def film(meta: bytes, *, in_track: bool = True) -> bytes:
    """The boxes around the notes: a film without pictures."""
    return box(b"ftyp", b"qt  ") + box(b"mdat", bytes(99)) + box(b"moov", box(b"trak", meta) if in_track else meta)


def read(data: bytes) -> float | None:
    return field_of_view_deg({}, io.BytesIO(data))


def test_the_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(focal_length).failed == 0


@pytest.mark.parametrize("in_track", [True, False])
@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (1, b"27"),
        (1, b"27.0 mm"),
        (21, INTEGER),
        (21, b"\x1b"),
        (22, struct.pack(">H", 27)),
        (67, INTEGER),
        (77, INTEGER),
        (23, struct.pack(">f", 27)),
        (24, struct.pack(">d", 27)),
    ],
)
def test_a_phones_note_is_read_wherever_and_however_it_is_stored(kind: int, value: bytes, in_track: bool) -> None:
    assert read(film(notes(kind=kind, value=value), in_track=in_track)) == SEEN_BY_27_MM_DEG
    assert read(film(notes(kind=kind, value=value, version=bytes(4)), in_track=in_track)) == SEEN_BY_27_MM_DEG


@pytest.mark.parametrize(
    ("tags", "deg"),
    [
        ({APPLE: "27"}, SEEN_BY_27_MM_DEG),
        ({f"{APPLE}-eng": "13"}, 102.5),
        ({"FocalLengthIn35mmFormat": "77 mm"}, 23.8),
        ({"FOCAL_LENGTH_35MM": "27"}, SEEN_BY_27_MM_DEG),
        ({"title": "27", "focal_length": "4.2", "encoder": "35mm"}, None),
        ({}, None),
    ],
)
def test_a_tag_that_names_a_focal_length_in_35_mm_terms_is_read(tags: dict[str, str], deg: float | None) -> None:
    assert field_of_view_deg(tags) == deg


@pytest.mark.parametrize("text", ["", "wide", "0", "-27", "nan", "inf", "1e999", "2", "900", "27/1", "27,0"])
def test_nonsense_and_what_no_lens_has_is_passed_over(text: str) -> None:
    assert field_of_view_deg({APPLE: text}) is None
    assert read(film(notes(kind=1, value=text.encode()))) is None


@pytest.mark.parametrize(
    "meta",
    [
        notes(kind=21, value=b""),
        notes(kind=23, value=INTEGER + INTEGER),
        notes(kind=23, value=struct.pack(">f", math.nan)),
        notes(kind=13, value=INTEGER),
        notes(kind=1, value=b"\xff\xfe\xfa"),
        notes(number=0),
        notes(number=1),
        notes(number=3),
        notes(name="com.apple.quicktime.camera.lens_model"),
        box(b"meta"),
        box(b"meta", bytes(3)),
        box(b"meta", box(b"hdlr"), box(b"keys", b"\0"), box(b"ilst", bytes(40))),
        box(b"meta", box(b"hdlr"), box(b"ilst", box(b"\0\0\0\1", box(b"data", bytes(3))))),
        box(b"meta", bytes(focal_length.MOST_META_BYTES + 1)),
        struct.pack(">I", 1 << 30) + b"meta" + notes()[8:],
        struct.pack(">I4sQ", 1, b"meta", 1 << 60),
        struct.pack(">I4sQ", 1, b"meta", 3),
    ],
)
def test_damaged_notes_are_passed_over(meta: bytes) -> None:
    assert read(film(meta)) is None


def test_a_film_cut_anywhere_within_its_notes_is_passed_over() -> None:
    whole = film(notes())
    assert all(read(whole[:end]) is None for end in range(len(whole)))
    assert read(whole) == SEEN_BY_27_MM_DEG


def test_probe_tells_it_with_the_other_facts() -> None:
    data = clip("mov_h264")
    at = data.index(b"moov") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    assert at + size == len(data)
    noted = data[:at] + struct.pack(">I", size + len(notes())) + data[at + 4 :] + notes()
    facts = [probe(io.BytesIO(each), max_duration_us=10**9, max_bytes=10**9) for each in (data, noted)]
    assert [each.field_of_view_deg for each in facts] == [None, SEEN_BY_27_MM_DEG]
