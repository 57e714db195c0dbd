"""Datavyu's projects as Datavyu writes them, not only as vfeed does."""

from __future__ import annotations

import io
import zipfile

import pytest

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import read_bytes
from vfeed.research.formats.seam import Asked, Found, LossKind

FILMS = """!project
dbFile: db
name: play
origpath: /home/someone
version: 5
viewerSettings:
- !vs
  classifier: datavyu.video
  feed: /home/someone/a.mp4
  plugin: 1f2f
  settingsId: '1'
  trackSettings: !ts {bookmarkPositions: [], locked: false, version: 2}
  version: 3
- !vs
  classifier: datavyu.video
  feed: C:\\films\\b.mov
  settingsId: '2'
  version: 3
"""
PLAIN = "!project\ndbFile: db\nname: play\nversion: 5\nviewerSettings: []\n"
DB = (
    "#4\n"
    "look (MATRIX,true,)-code|NOMINAL,obj|NOMINAL\n"
    "00:00:01:500,00:00:02:750,(p,red\\, round)\n"
    "00:00:03:000,00:00:03:000,(o,<obj>)\n"
    "said (TEXT,false,)\n"
    "00:00:04:000,00:00:05:000,he says \\\nmore\\-or less\n"
    "open (NOMINAL,true,)\n"
    "00:00:06:000,00:00:00:000,x\n"
)


def opf(db: str | bytes = DB, project: str = PLAIN, **more: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project", project)
        archive.writestr("db", db)
        for name, text in more.items():
            archive.writestr(name, text)
    return out.getvalue()


def spans(found: Found) -> list[tuple[float, float, str, str, tuple[str, ...]]]:
    return [(m.start_us / 1e6, m.end_us / 1e6, m.lane, m.code, m.modifiers) for c in found.codings for m in c.marks]


def test_columns_of_every_kind_are_read_and_what_is_unfinished_is_said() -> None:
    found = read_bytes(opf(), "a.opf")
    assert spans(found) == [
        (1.5, 2.75, "look", "p", ("red, round",)),
        (3.0, 3.0, "look", "o", ()),
        (4.0, 5.0, "said", "he says  more-or less", ()),
    ]
    assert any(loss.kind is LossKind.DROPPED and "never ended" in loss.what for loss in found.losses)
    assert any("hidden" in loss.what for loss in found.losses)


@pytest.mark.parametrize(("clip", "start"), [("a.mp4", 1.5), ("B.MOV", 0.5), ("", 1.5)])
def test_the_shift_of_the_asked_film_is_taken_off(clip: str, start: float) -> None:
    data = opf(DB, FILMS, **{"1": "#comment\noffset=0\n", "2": "offset=1000\nvolume=1\n"})
    assert spans(read_bytes(data, "a.opf", Asked(clip=clip)))[0][0] == start


def test_older_databases_without_a_first_line_are_read() -> None:
    assert len(spans(read_bytes(opf(DB.removeprefix("#4\n")), "a.opf"))) == 3
    assert len(spans(read_bytes(opf(DB.replace("#4", "#3")), "a.opf"))) == 3


def test_letters_of_another_encoding_are_read_and_said() -> None:
    found = read_bytes(opf(DB.replace("(p,", "(\u00e9,").encode("cp1252")), "a.opf")
    assert spans(found)[0][3] == "\u00e9" and any("1252" in loss.what for loss in found.losses)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (opf(DB + "what is this\n"), "neither a column nor a cell"),
        (opf(b""), "missing or empty"),
        (opf(DB, "!project\nname: &a [x]\nmore: *a\n"), "refers to itself"),
        (opf(DB, "!project\n- ["), "not whole"),
        (opf(DB, "!!python/object/apply:os.system [ls]"), "not whole"),
    ],
)
def test_what_is_no_project_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(VfeedError, match=words):
        read_bytes(data, "a.opf")
