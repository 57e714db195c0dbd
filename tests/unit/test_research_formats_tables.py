"""Tables of other programs, in the encodings, signs and orders that they come in."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
import xlsxwriter

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import read_bytes
from vfeed.research.formats.seam import Asked, Columns, Found, LossKind
from vfeed.research.formats.tables import preview

OBSERVER = (
    "Observation;Time_Relative_sf;Subject;Behavior;Modifier_1;Event_Type;Comment\n"
    "play;1,5;Infant;Looks at partner;;State start;\n"
    "play;2,0;Infant;Smile;;Point;wide\n"
    "play;3,25;Infant;Looks at partner;;State stop;\n"
)
INTERACT = (
    "Level\tStart\tOffset\tMemo\tLooking\tVoice\n"
    "1\t00:00:00:00\t00:03:00:00\tvisit\t\t\n"
    "2\t00:00:00:00\t00:03:00:00\tInfant\t\t\n"
    "3\t00:00:01:12\t00:00:02:00\t\tpartner\tbabble\n"
    "2\t00:00:00:00\t00:03:00:00\tParent\t\t\n"
    "3\t00:00:04:00\t00:00:05:05\tsoft\t\tsings\n"
)
ELAN_TAB = (
    "infant\tK\t00:00:01.500\t1.500\t1500\t00:00:02.750\t2.750\t2750\t00:00:01.250\t1.250\t1250\tpartner\n"
    "mother\t\t00:00:03.000\t3.000\t3000\t00:00:04.000\t4.000\t4000\t00:00:01.000\t1.000\t1000\ttoy, red\n"
)
ELAN_GERMAN = (
    "Zeile\tTeilnehmer\tBeginn - Stunden:min:s.ms\tBeginn - s.ms\tBeginn - ms\tEnde\tEnde\tEnde\t"
    "Dauer\tDauer\tDauer\tWert\n"
)
BORIS_SEVEN = (
    "Observation id\tone\n\nMedia file(s)\n\nTime offset (s)\t10\n\n"
    "Time\tMedia file path\tTotal length\tFPS\tSubject\tBehavior\tBehavioral category\tModifiers\tComment\tStatus\n"
    "11.5\t/x/a.mp4\t60\t25\tinfant\tlook\t\tball|None\t\tSTART\n"
    "12.0\t/x/a.mp4\t60\t25\tNo focal subject\tsmile\t\t\t\tPOINT\n"
    "13.25\t/x/a.mp4\t60\t25\tinfant\tlook\t\tball|None\t\tSTOP\n"
)


def marks(found: Found) -> list[tuple[float, float, str, str, str]]:
    return [(m.start_us / 1e6, m.end_us / 1e6, m.who, m.lane, m.code) for c in found.codings for m in c.marks]


def read(text: str | bytes, name: str = "a.csv", **asked: Any) -> Found:
    return read_bytes(text.encode() if isinstance(text, str) else text, name, Asked(**asked))


def test_observer_tables_pair_starts_and_stops_and_keep_points() -> None:
    found = read(OBSERVER, "a.txt")
    assert marks(found) == [(1.5, 3.25, "Infant", "", "Looks at partner"), (2.0, 2.0, "Infant", "", "Smile")]
    assert found.tool == "Observer" and found.codings[0].clip == "play"


def test_observer_pictures_need_a_rate_and_an_even_film() -> None:
    frames = OBSERVER.replace("Time_Relative_sf", "Time_Relative_f").replace("1,5", "30").replace("2,0", "50")
    frames = frames.replace("3,25", "100")
    with pytest.raises(VfeedError, match="count pictures"):
        read(frames, "a.txt")
    assert marks(read(frames, "a.txt", fps=25.0))[0][:2] == (1.2, 4.0)
    with pytest.raises(VfeedError, match="uneven"):
        read(frames, "a.txt", fps=25.0, frame_times_us=[0, 40_000, 80_000, 400_000])


def test_interact_gives_a_mark_for_each_class_and_needs_the_rate() -> None:
    with pytest.raises(VfeedError, match="count pictures") as refusal:
        read(INTERACT, "a.txt")
    assert refusal.value.code == "codes_unclear"
    assert marks(read(INTERACT, "a.txt", fps=25.0)) == [
        (1.48, 2.0, "Infant", "Looking", "partner"),
        (1.48, 2.0, "Infant", "Voice", "babble"),
        (4.0, 5.2, "Parent", "Voice", "sings"),
    ]


@pytest.mark.parametrize("header", ["", ELAN_GERMAN])
def test_elans_table_is_known_by_its_contents_in_any_language(header: str) -> None:
    found = read(header + ELAN_TAB, "a.txt")
    assert found.tool == "ELAN"
    assert marks(found) == [(1.5, 2.75, "K", "infant", "partner"), (3.0, 4.0, "mother", "", "toy, red")]


def test_elans_whole_numbers_are_milliseconds_and_it_is_said() -> None:
    found = read("infant\tK\t1500\t2750\t1250\tpartner\n", "a.txt")
    assert marks(found) == [(1.5, 2.75, "K", "infant", "partner")]
    assert any("milliseconds" in loss.what for loss in found.losses)


def test_an_older_boris_table_says_its_offset_before_the_header() -> None:
    found = read(BORIS_SEVEN, "a.tsv")
    assert marks(found) == [(1.5, 3.25, "infant", "", "look"), (2.0, 2.0, "", "", "smile")]
    assert found.codings[0].marks[0].modifiers == ("ball",)
    assert found.codings[0].clip == "a.mp4"


PLAIN = "who,code,start,end\ninfant,look \u00e9,0.5,2\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "utf-32"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_do_not_matter(encoding: str, ends: str) -> None:
    found = read(PLAIN.replace("\n", ends).encode(encoding))
    assert marks(found) == [(0.5, 2.0, "infant", "", "look \u00e9")]
    assert any("1252" in loss.what for loss in found.losses) == (encoding == "cp1252")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("who;code;start;end\na;b;0,5;1.234,5\n", (0.5, 1234.5)),
        ("who\tcode\tstart\tend\na\tb\t0,5\t2\n", (0.5, 2)),
        ("who,code,start_ms,end_ms\na,b,500,2000\n", (0.5, 2)),
        ("who,code,onset (ms),offset (ms)\na,b,500,2000\n", (0.5, 2)),
        ("who,code,start_us,end_us\na,b,500000,2000000\n", (0.5, 2)),
        ("who,code,start,duration\na,b,0.5,1.5\n", (0.5, 2)),
        ("who,code,start,end\na,b,00:00:00.5,0:02\n", (0.5, 2)),
        ('who,code,start,end\n"a","b","0,5","2"\n', (0.5, 2)),
        ("made by hand\n\nwho,code,start,end\na,b,0.5,2\n", (0.5, 2)),
        ("Time,Subject,Behavior,Status\n0.5,a,b,START\n2,a,b,STOP\n", (0.5, 2)),
    ],
)
def test_times_are_read_in_the_unit_and_signs_that_they_have(text: str, span: tuple[float, float]) -> None:
    assert [mark[:2] for mark in marks(read(text))] == [span]


def test_whole_numbers_too_large_for_seconds_are_asked_about() -> None:
    text = "who,code,start,end\na,b,500,200000\n"
    with pytest.raises(VfeedError, match="no unit is named"):
        read(text)
    columns = Columns({"code": "code", "start": "start", "end": "end"}, unit="ms")
    assert marks(read(text, columns=columns))[0][:2] == (0.5, 200.0)


def test_a_person_may_say_what_the_columns_of_an_unknown_table_are() -> None:
    text = "Kind;Blick;von;bis\nK1;Mama;0,5;2\n"
    with pytest.raises(VfeedError, match="Kind, Blick, von, bis"):
        read(text)
    said = {"who": "Kind", "code": "blick", "start": "VON", "end": "bis"}
    assert marks(read(text, columns=Columns(said))) == [(0.5, 2.0, "K1", "", "Mama")]
    assert preview(text.encode(), "a.csv")[0] == ["Kind", "Blick", "von", "bis"]


@pytest.mark.parametrize(
    ("roles", "words"),
    [
        ({"code": "Blick"}, "where the code and the times are"),
        ({"code": "Blick", "start": "von", "end": "nach"}, "No row has all"),
        ({"code": "Blick", "start": "von", "colour": "bis"}, "nothing that a column can be"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_in_words(roles: dict[str, str], words: str) -> None:
    with pytest.raises(VfeedError, match=words):
        read("Kind;Blick;von;bis\nK1;Mama;0,5;2\n", columns=Columns(roles))


def test_one_odd_row_costs_only_itself() -> None:
    found = read("who,code,start,end\na,b,0.5,2\na,c,,3\na,d,5,4\na,e,6,7\n")
    assert [mark[4] for mark in marks(found)] == ["b", "e"]
    assert [(loss.kind, loss.where) for loss in found.losses if loss.kind is not LossKind.NOTED] == [
        (LossKind.DROPPED, "row 3"),
        (LossKind.DROPPED, "row 4"),
    ]


def excel(rows: list[list[Any]], before: int = 0) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for _ in range(before):
            book.add_worksheet()
        sheet = book.add_worksheet("events")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def test_excel_files_are_read_from_whichever_sheet_holds_events() -> None:
    data = excel([["who", "code", "start", "end"], ["a", "b", 0.5, 2]], before=1)
    assert marks(read(data, "a.xlsx")) == [(0.5, 2.0, "a", "", "b")]


def hostile(inside: str) -> bytes:
    data = excel([["who", "code", "start", "end"], ["a", "b", 0.5, 2]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"?>\n", b"?>\n" + inside.encode(), 1)
            target.writestr(name, content)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("project", b"0" * 100_000_000)
    return out.getvalue()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"", "empty"),
        ("a.csv", b"\xff\xfe", "empty"),
        ("a.csv", b" \r\n\t", "empty"),
        ("a.csv", b"\x00\x01\x02\x03binary\x00\x00", "not a text file"),
        ("a.csv", b"<html><table></table></html>", "web page"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0old", "old Excel"),
        ("a.xlsx", b"PK\x03\x04broken", "not whole"),
        ("a.xlsx", hostile(LAUGHS), "entities"),
        ("a.xlsx", b"plain text", "names its columns"),
        ("a.eaf", b"<ANNOTATION_DOCUMENT>", "not whole"),
        ("a.eaf", (LAUGHS + "<ANNOTATION_DOCUMENT/>").encode(), "entities"),
        ("a.eaf", (LAUGHS + "<ANNOTATION_DOCUMENT/>").encode("utf-16"), "entities"),
        ("a.eaf", b'<?xml version="1.0" encoding="utf-7"?>+ADwAIQ-DOCTYPE x+AD4-<ANNOTATION_DOCUMENT/>', "entities"),
        ("a.eaf", b"<html/>", "not an ELAN file"),
        ("a.eaf", b'<ANNOTATION_DOCUMENT FORMAT="4.0"/>', "version 4.0"),
        ("a.eaf", b'<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="hours"/></ANNOTATION_DOCUMENT>', "hours"),
        ("a.boris", b"{}", "not a BORIS project"),
        ("a.boris", b"[1, 2]", "not a BORIS project"),
        ("a.boris", b"{" * 100_000, "not a BORIS project"),
        ("a.boris.gz", b"\x1f\x8bbroken", "cannot be unpacked"),
        ("a.opf", b"PK\x03\x04broken", "not whole"),
        ("a.opf", bomb(), "unpacks to more"),
        ("a.opf", excel([["x"]]), "holds no project"),
        ("a.TextGrid", b'File type = "ooTextFile"\nObject class = "Pitch"\n', "not a TextGrid"),
        ("a.TextGrid", b'"ooTextFile" "TextGrid" 0 1 <exists> 5 "IntervalTier"', "more than it does|too early"),
        ("a.TextGrid", b'"ooTextFile" "TextGrid" 0 1 <exists> 1 "IntervalTier" "a" 0 1 1 0 1', "too early"),
        ("a.vtt", b"1\n00:00 --> 00:01\nx\n", "WEBVTT"),
        ("a.rttm", b"hello\nworld\n", "No line of it"),
        ("a.uem", b"clip 1 zero one\n", "Line 1 is not a line of UEM"),
        ("a.docx", b"x", "not known"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_fix(name: str, data: bytes, words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        read_bytes(data, name)
    assert refusal.value.code in ("codes_unreadable", "codes_unclear")
    assert refusal.value.hint and name in refusal.value.message
