"""Files as other programs, versions and hands write them: right times, or a word on why not; never a traceback."""

from __future__ import annotations

import functools
import json
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import ENDINGS, exporters, read_bytes, read_file, write_codings
from vfeed.research.formats.seam import Asked, Columns, Found

SAMPLES = Path(__file__).parents[1] / "coding_files"
OBSERVER = "Time_Relative_sf;Duration_sf;Observation;Subject;Behavior;Event_Type\n"
TWO_FILMS = OBSERVER + (
    "1,5;1;film1;inf;look;State start\n2,5;0;film1;inf;look;State stop\n"
    "5,5;1;film2;inf;look;State start\n6,5;0;film2;inf;look;State stop\n"
)
INTERACT = "Level\tOnset\tOffset\tDuration\tTranscript\tLooking\n3\t{}\t{}\t00:00:01:12\t\tpartner\n"
BORIS_TABLE = (
    "Observation id,Time offset (s),Media file name,Subject,Behavior,Behavior type,Time\n"
    "o,{0},play.mp4,inf,look,START,11\no,{0},play.mp4,inf,look,STOP,12\n"
)


def read(data: str | bytes, name: str, **asked: Any) -> Found:
    return read_bytes(data.encode() if isinstance(data, str) else data, name, Asked(**asked))


def spans(found: Found) -> list[tuple[float, float, str]]:
    return [(m.start_us / 1e6, m.end_us / 1e6, m.code) for c in found.codings for m in c.marks]


def said(found: Found) -> str:
    return " ".join(f"{loss.where}: {loss.what}" for loss in found.losses)


def boris(modifiers: object = "", *, listed: bool = False, **observation: Any) -> str:
    kind = {"type": "State event", "code": "look", "modifiers": modifiers}
    events = [[1.0, "inf", "look", "ball|left", "", "NA"], [2.5, "inf", "look", "ball|left", ""]]
    told = {"type": "MEDIA", "events": events, "file": {"1": ["/x/play.mp4"]}} | observation
    return json.dumps({"behaviors_conf": [kind] if listed else {"0": kind}, "observations": {"one": told}})


@pytest.mark.parametrize(
    "project",
    [
        boris("ball,cup|left,right"),
        boris(listed=True),
        boris(file=["/x/play.mp4"]),
        boris({"0": {"name": "toy"}, "1": {"name": "side"}}),
        boris(media_info=None, media_file_info={}),
        boris(**{"time offset": "00:00:00.000"}),
        boris(**{"time offset": None}),
    ],
)
def test_boris_projects_of_older_versions_are_read(project: str) -> None:
    found = read(project, "a.boris")
    assert spans(found) == [(1.0, 2.5, "look")]
    assert found.codings[0].marks[0].modifiers == ("ball", "left") and found.codings[0].clip == "play.mp4"


def test_an_offset_that_cannot_be_read_is_never_taken_for_none() -> None:
    with pytest.raises(VfeedError, match="observation one"):
        read(boris(**{"time offset": "soon"}), "a.boris")
    with pytest.raises(VfeedError, match="time offset 'x1' is no number"):
        read(BORIS_TABLE.format("x1"), "a.csv")
    for text in ("10", "10.000", "00:00:10.000"):
        assert spans(read(BORIS_TABLE.format(text), "a.csv")) == [(1.0, 2.0, "look")]
    assert spans(read(BORIS_TABLE.format("NA"), "a.csv")) == [(11.0, 12.0, "look")]


def test_times_that_hold_a_date_are_left_out_and_said() -> None:
    found = read(boris(events=[[1.6e9, "inf", "look", "", ""], [1.6e9 + 2, "inf", "look", "", ""]]), "a.boris")
    assert spans(found) == [] and "may hold a date" in said(found)


def test_marks_after_the_films_end_are_kept_and_said() -> None:
    found = read("start_s,end_s,code\n1,2,look\n170,190,away\n", "a.csv", length_us=180_000_000)
    assert len(spans(found)) == 2 and "1 marks run on after the film’s end at 180.000 s" in said(found)


def test_an_observer_table_about_several_films_is_never_put_on_one() -> None:
    assert {c.clip for c in read(TWO_FILMS, "a.txt").codings} == {"film1", "film2"}
    (coding,) = read(TWO_FILMS, "a.txt", clip="film2.mp4").codings
    assert coding.clip == "film2.mp4" and coding.marks[0].start_us == 5_500_000
    with pytest.raises(VfeedError, match="several observations, none called like other"):
        read(TWO_FILMS, "a.txt", clip="other.mp4")


def test_an_observer_table_without_stops_is_read_by_its_durations() -> None:
    text = OBSERVER + "1,5;1;f;inf;look;State start\n2,5;2,25;f;inf;away;State start\n3;0;f;inf;smile;Point\n"
    assert spans(read(text, "a.txt")) == [(1.5, 2.5, "look"), (2.5, 4.75, "away"), (3.0, 3.0, "smile")]
    assert spans(read(re.sub(r"State start\n2,5", "State stop\n2,5", text), "a.txt")) == [(3.0, 3.0, "smile")]


def test_observer_times_without_fractions_say_so() -> None:
    text = "Time_Relative_hms\tBehavior\tEvent_Type\n00:00:01\tlook\tState start\n00:00:02\tlook\tState stop\n"
    assert "whole seconds only" in said(read(text, "a.txt"))


def test_interacts_own_columns_are_no_codes() -> None:
    found = read(INTERACT.format("00:00:01:00", "00:00:02:12"), "a.txt", fps=25)
    assert spans(found) == [(1.0, 2.48, "partner")]


@pytest.mark.parametrize(
    ("start", "end", "fps", "words"),
    [
        ("00:00:01:25", "00:00:03:00", 25, "missing or odd"),
        ("00:00:75:00", "00:01:30:00", 25, "missing or odd"),
        ("00:03:00:00", "00:03:01:00", 29.97, "beside it"),
        ("00:03:00:00", "00:03:01:00", None, "count pictures"),
    ],
)
def test_timecodes_that_may_mean_two_things_are_not_read(start: str, end: str, fps: float | None, words: str) -> None:
    try:
        found = read(INTERACT.format(start, end), "a.txt", fps=fps)
    except VfeedError as error:
        assert words in error.message
    else:
        assert spans(found) == [] and words in said(found)


def test_timecodes_that_drop_labels_run_with_the_pictures() -> None:
    # The 1800th picture of a film at 30000/1001 is labelled 00:01:00;02.
    found = read(INTERACT.format("00:01:00;02", "00:10:00;00"), "a.txt", fps=29.97)
    assert spans(found) == [(60.06, 599.9994, "partner")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("start,end,code\n1000,2000,look\n5000,60000,away\n", "too long for seconds"),
        ("start,end,code\n1000.0,2000.0,look\n5000.0,160000.0,away\n", "too long for seconds"),
        ('start_ms,end_ms,code\n"1,000","12,345",look\n', "thousands or decimals"),
        ("start,end,code\n0:75,2:00,look\n", "missing or odd"),
        ("start,end,code\n2024-01-01 00:00:01,2024-01-01 00:00:02,look\n", "missing or odd"),
        ("start_frames,end_frames,code\n1.5,2.5,look\n", "missing or odd"),
        ("start_frames,end_frames,code\n15,25,look\n", "count pictures"),
        ("looking.ordinal,looking.onset,looking.code\n1,1500,2500\n", "names its columns"),
        ("infant\t00:00:01:05\t00:00:02:05\tlook\n", "count pictures"),
        ("start_frames,end_frames,code\n00:00:01.05,00:00:02.05,look\n", "pictures stand behind the point"),
    ],
)
def test_times_of_which_too_little_is_said_are_asked_about(text: str, words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        read(text, "a.csv")
    assert refusal.value.hint


def test_a_column_without_a_unit_has_that_of_its_neighbours() -> None:
    assert spans(read("start_ms,duration,code\n1500,250,look\n", "a.csv")) == [(1.5, 1.75, "look")]
    assert "read as seconds" in said(read("start,end,code\n1.5,2,look\n", "a.csv"))


def test_of_two_columns_of_one_name_the_first_is_read_and_said() -> None:
    found = read("start_s,end_s,code,code\n1,2,look,away\n", "a.csv")
    assert spans(found) == [(1.0, 2.0, "look")] and "the first was read" in said(found)


def test_elans_export_of_several_files_is_a_coding_for_each() -> None:
    text = "infant\t1.5\t2.75\tlook\tone.eaf\ninfant\t3.5\t4.75\taway\t/x/two.eaf\n"
    found = read(text, "a.txt")
    assert [(c.clip, c.marks[0].code, len(c.marks)) for c in found.codings] == [("one", "look", 1), ("two", "away", 1)]
    assert spans(read(text, "a.txt", clip="two.mp4")) == [(3.5, 4.75, "away")]


ELAN_HEAD = "Begin Time - hh:mm:ss.ms\tBegin Time - ss.msec\tEnd Time - hh:mm:ss.ms\tEnd Time - ss.msec"
ELAN_LENGTH = "Duration - hh:mm:ss.ms\tDuration - ss.msec"
ELAN_TIMES = "00:00:01.500\t1.5\t00:00:02.750\t2.75\t00:00:01.250\t1.25"


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("inf\tkim\t1.5\t2.75\t1.25\t1\n", [("kim", "1")]),
        ("Looking\t\t1500\t2750\t1250\t7\n", [("Looking", "7")]),
        (f"{ELAN_HEAD}\t{ELAN_LENGTH}\tlooking\tcode\n{ELAN_TIMES}\t0\t1\n", [("code", "1"), ("looking", "0")]),
        ('"#file:///C:/x/a.eaf -- offset: 0"\nlook\t\t1.5\t2.75\t1.25\t"said\n', [("look", '"said')]),
        ('look\t\t1.5\t2.75\t1.25\t"said\nlook\t\t3.5\t4.75\t1.25\t"so\n', [("look", '"said'), ("look", '"so')]),
    ],
)
def test_elans_tables_with_numbers_as_codes_a_column_for_each_tier_and_lone_quotes(
    text: str, marks: list[tuple[str, str]]
) -> None:
    (coding,) = read(text, "a.txt").codings
    assert [(mark.who, mark.code) for mark in coding.marks] == marks
    assert (coding.marks[0].start_us, coding.marks[0].end_us) == (1_500_000, 2_750_000)


@pytest.mark.parametrize(
    "header",
    ["Start Time (s),End Time (s),Behaviour", "onset [s],offset [s],label", "begin_s,stop_s,annotation"],
)
def test_names_of_columns_are_known_however_they_carry_their_unit(header: str) -> None:
    found = read(f"{header}\n1.5,2.5,look\n", "a.csv")
    assert spans(found) == [(1.5, 2.5, "look")] and not found.losses


def test_an_event_whose_length_nobody_knows_is_a_point_and_said() -> None:
    found = read("onset\tduration\ttrial_type\n1.5\t1.0\tlook\n2.0\tn/a\tsmile\n", "a.tsv")
    assert spans(found) == [(1.5, 2.5, "look"), (2.0, 2.0, "smile")] and "read as a point" in said(found)


def test_captions_with_short_times_and_without_empty_lines_between_them_are_read() -> None:
    teams = read("WEBVTT\n\n0:0:0.560 --> 0:0:3.770\n<v Infant>partner</v>\n\n0:0:4.5 --> 0:0:5\nx\n", "a.vtt")
    assert spans(teams) == [(0.56, 3.77, "partner"), (4.5, 5.0, "x")]
    text = "1\n00:00:01,000 --> 00:00:02,000\na\n2\n0:00:03,5 --> 0:00:04,5\nb"
    assert spans(read(text, "a.srt")) == [(1.0, 2.0, "a"), (3.5, 4.5, "b")]


def datavyu(db: str) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project", "!project\ndbFile: db\nname: p\norigpath: ''\nversion: 5\nviewerSettings: []\n")
        archive.writestr("db", db)
    return out.getvalue()


@pytest.mark.parametrize(
    "head",
    [
        "#4\nlook (MATRIX,true,a (b) c)-code01|NOMINAL,side|NOMINAL",
        "#4\nlook (MATRIX,false,)-code01|NOMINAL,side|NOMINAL",
        "#3\nlook (MATRIX,true)-code01|NOMINAL,side|NOMINAL",
        "#2\nlook (MATRIX)-code01|NOMINAL,side|NOMINAL",
        "look (MATRIX)-code01|NOMINAL,side|FLOAT",
    ],
)
def test_datavyu_databases_of_every_version_are_read(head: str) -> None:
    cells = "00:00:01:500,00:00:02:750,(partner,left)\n00:00:03:000,00:00:03:000,(,)\n"
    (coding,) = read(datavyu(f"{head}\n{cells}"), "a.opf").codings
    assert [(m.start_us, m.end_us, m.lane, m.code, m.modifiers) for m in coding.marks] == [
        (1_500_000, 2_750_000, "look", "partner", ("left",)),
        (3_000_000, 3_000_000, "look", "", ()),
    ]


def test_what_datavyu_itself_could_not_read_is_left_out_and_said() -> None:
    found = read(datavyu("#2\nn (TEXT)\n99:00:00:000,99:00:00:000,lost\n###QueryVar### (PREDICATE)\n"), "a.opf")
    assert spans(found) == [] and "99 hours" in said(found) and "MacSHAPA" in said(found)


def test_elans_timecodes_are_read_with_the_films_rate() -> None:
    dropping = "look\t00:01:00;02\t00:10:00;00\tx\n"
    assert spans(read(dropping, "a.txt", fps=29.97)) == [(60.06, 599.9994, "x")]
    assert spans(read("infant\t00:00:01:05\t00:00:02:05\tlook\n", "a.txt", fps=25)) == [(1.2, 2.2, "look")]


def test_a_part_of_a_stream_says_that_its_times_may_be_shifted() -> None:
    text = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n00:01.000 --> 00:02.000\nlook\n"
    assert "may be shifted" in said(read(text, "a.vtt"))


def many_slots(count: int) -> str:
    """An .eaf of `count` annotations one after the other, of which only every seventh slot has a time."""
    slots = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="ts{n}"' + (f' TIME_VALUE="{n * 50}"' if n % 7 == 0 or n == count else "") + "/>"
        for n in range(count + 1)
    )
    notes = "".join(
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" CVE_REF="c1" TIME_SLOT_REF1="ts{n}" '
        f'TIME_SLOT_REF2="ts{n + 1}"><ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION></ANNOTATION>'
        for n in range(count)
    )
    words = '<CV_ENTRY_ML CVE_ID="c1"><CVE_VALUE LANG_REF="u">look</CVE_VALUE></CV_ENTRY_ML>'
    return (
        f'<ANNOTATION_DOCUMENT FORMAT="3.0"><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>{slots}</TIME_ORDER>'
        f'<TIER TIER_ID="inf" LINGUISTIC_TYPE_REF="d">{notes}</TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="d"/>'
        f'<CONTROLLED_VOCABULARY CV_ID="v">{words}</CONTROLLED_VOCABULARY></ANNOTATION_DOCUMENT>'
    )


def test_many_open_slots_are_shared_out_without_walking_the_file_for_each() -> None:
    # Walking the list of slots for each would be tens of millions of steps.
    (coding,) = read(many_slots(6_000), "a.eaf").codings
    assert [m.start_us for m in coding.marks] == [n * 50_000 for n in range(6_000)]
    assert {mark.code for mark in coding.marks} == {"look"}


@functools.cache
def seeds() -> list[tuple[str, bytes]]:
    """Samples of every program, and what vfeed itself writes."""
    found = [(path.name, path.read_bytes()) for path in SAMPLES.rglob("*") if path.name.lower().endswith(ENDINGS)]
    coding = read_file(SAMPLES / "boris" / "two_observations.boris").codings[0]
    for exporter in exporters().values():
        files = write_codings(exporter, [coding]).files
        found += [(name, data) for name, data in files.items() if name.lower().endswith(ENDINGS)]
    return sorted(found)


STRANGE = [b"", b"\0", b"NaN", b"-1", b"1e400", b"9" * 20, b'"', b"\xff\xfe", b"null", b"[]", b"{}", b"\\", b"\n\n"]
STRANGE += [b"-->", b"<a>", b"</TIER>", b"true", b",,,,", b"\t", b"1:2:3:4", b"&x;", b"&#0;", b"1,5", b"|", b"9" * 6]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_spoilt_file_is_read_or_refused_in_words(data: st.DataObject) -> None:
    name, content = data.draw(st.sampled_from(seeds()))
    spoilt = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(spoilt)))
        end = min(len(spoilt), start + data.draw(st.sampled_from([0, 1, 3, 30, 10_000_000])))
        spoilt[start:end] = data.draw(st.sampled_from([*STRANGE, bytes(spoilt[start:end]) * 3]))
    other = data.draw(st.sampled_from([name, name, name, seeds()[0][0], "a.csv", "a.boris", "a.xlsx"]))
    try:
        found = read_bytes(bytes(spoilt), other, Asked(fps=data.draw(st.sampled_from([None, 25.0, 29.97]))))
    except VfeedError as error:
        assert error.code in ("codes_unreadable", "codes_unclear") and error.hint
        return
    for exporter in exporters().values():
        write_codings(exporter, found.codings)


def test_a_sheet_with_one_cell_at_its_far_end_is_read_up_to_where_it_is_empty() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate([["code", "start_s", "end_s"], ["look", 1, 2], [], ["away", 3, 4]]):
            sheet.write_row(row, 0, cells)
        sheet.write(1_048_575, 16_383, "x")
    found = read(out.getvalue(), "a.xlsx")
    assert spans(found) == [(1.0, 2.0, "look"), (3.0, 4.0, "away")] and "1000 rows are empty" in said(found)


def test_a_zip_whose_parts_lie_about_where_they_are_is_refused() -> None:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("project", "!project\n")
        archive.writestr("db", "#4\n")
    data = out.getvalue()
    with pytest.raises(VfeedError, match="not whole"):
        read(data[20:], "a.opf")


LIVE = {"type": "LIVE", "file": {}}
QUEUE = {
    "file": {"1": ["/x/a.mp4", "/x/b.mp4"]},
    "media_info": {"length": {"/x/a.mp4": 10.0, "/x/b.mp4": 8.0}},
    "observation time interval": [0, 14],
}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("start_ms;end_ms;code\n1.500;2.750;look\n", "point may part thousands"),
        ("start,end,code\n01:23:00,01:25:00,look\n02:10:00,02:12:00,away\n", "Excel makes hours and minutes"),
        ("start_min,end_min,code\n1.30,2.15,look\n", "seconds or hundredths"),
        ("Time_Absolute_hms;Subject;Behavior;Event_Type\n10:00:01;inf;look;State start\n", "those of the day"),
        ("look.onset,look.offset,look.code\n1.5,2.75,x\n", "whole milliseconds"),
        (boris(**LIVE, start_from_current_time=True), "clock of the day"),
        (boris(**LIVE, start_from_current_epoch_time=True), "clock of the day"),
    ],
)
def test_times_with_two_meanings_or_of_another_clock_are_refused(text: str, words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        read(text, "a.boris" if text.startswith("{") else "a.csv")
    assert refusal.value.hint


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("start_s;end_s;code\n1\u202f001,5;1\u2009002,75;look\n", [(1001.5, 1002.75, "look")]),
        ("start (min),end (min),code\n1.5,2.125,look\n", [(90.0, 127.5, "look")]),
        ("start_h,end_h,code\n0.025,0.5,look\n", [(90.0, 1800.0, "look")]),
        ("start_ms,end_ms,code\n0.000,1500.250,look\n", [(0.0, 1.50025, "look")]),
        ("start,end,code\n0:01:00,0:02:00,look\n", [(60.0, 120.0, "look")]),
        ("tmin\ttier\ttext\ttmax\n1.5\tinf\tlook\t2.75\n", [(1.5, 2.75, "look")]),
        ("#4\r\nlook (MATRIX,true,)-code01|NOMINAL\r\n00:00:01:500,00:00:02:750,(x)\r\n", [(1.5, 2.75, "x")]),
        ("#2\nlook (MATRIX)-code01|NOMINAL\n00:00:01:500,00:00:02:750,(x)\n", [(1.5, 2.75, "x")]),
    ],
)
def test_tables_as_locales_and_older_programs_write_them(text: str, marks: list[tuple[float, float, str]]) -> None:
    assert spans(read(text, "a.csv")) == marks


def test_a_rate_that_is_written_short_is_the_one_that_it_stands_for() -> None:
    for fps in (29.97, 30_000 / 1_001):
        assert spans(read("start_f,end_f,code\n1800,107892,look\n", "a.csv", fps=fps)) == [(60.06, 3599.9964, "look")]


def test_datavyus_columns_side_by_side_are_a_lane_each_and_repeated_cells_are_one() -> None:
    text = (
        "Look.ordinal,Look.onset,Look.offset,Look.code01,look.side,trial.onset,trial.offset,trial.n\n"
        "1,1500,2750,partner,left,0,5000,1\n2,3000,4000,away,,0,5000,1\n,,,,,6000,9000,2\n"
    )
    found = read(text, "a.csv", clip="play.mp4")
    (coding,) = found.codings
    assert [(m.lane, m.start_us, m.end_us, m.code, m.modifiers) for m in coding.marks] == [
        ("trial", 0, 5_000_000, "1", ()),
        ("Look", 1_500_000, 2_750_000, "partner", ("left",)),
        ("Look", 3_000_000, 4_000_000, "away", ()),
        ("trial", 6_000_000, 9_000_000, "2", ()),
    ]
    assert "not shifted back" in said(found) and coding.provenance.import_tool == "Datavyu"


def test_a_boris_point_without_a_stop_is_read() -> None:
    text = "Observation id,Subject,Behavior,Behavior type,Start (s),Stop (s)\no,inf,smile,POINT,1.5,NA\n"
    assert spans(read(text, "a.csv")) == [(1.5, 1.5, "smile")]


def test_what_was_watched_of_films_in_a_queue_lies_in_each_films_own_time() -> None:
    found = read(boris(**QUEUE), "a.boris")
    assert [(c.clip, [(w.start_us, w.end_us) for w in c.window]) for c in found.codings] == [
        ("a.mp4", [(0, 10_000_000)]),
        ("b.mp4", [(0, 4_000_000)]),
    ]


OLD_WORDS = '<CV_ENTRY CVE_ID="c1" DESCRIPTION="seen">look</CV_ENTRY>'


@pytest.mark.parametrize(
    ("words", "ref", "code", "told"),
    [(OLD_WORDS, "c1", "look", ""), ("", "elsewhere", "", "1 annotations have no text")],
)
def test_elans_times_with_decimals_and_words_of_older_lists_are_read(
    words: str, ref: str, code: str, told: str
) -> None:
    text = (
        '<ANNOTATION_DOCUMENT FORMAT="2.6"><HEADER TIME_UNITS="milliseconds"/><TIME_ORDER>'
        '<TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="1500.0"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="2750.25"/>'
        '</TIME_ORDER><TIER TIER_ID="inf" LINGUISTIC_TYPE_REF="d"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" '
        f'CVE_REF="{ref}" TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE/></ALIGNABLE_ANNOTATION>'
        '</ANNOTATION></TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="d"/>'
        f'<CONTROLLED_VOCABULARY CV_ID="v">{words}</CONTROLLED_VOCABULARY></ANNOTATION_DOCUMENT>'
    )
    found = read(text, "a.eaf")
    assert spans(found) == [(1.5, 2.75025, code)]
    assert (told in said(found)) if told else not found.losses


@pytest.mark.parametrize("times", ["2.000 2.000", "3.000 2.000"])
def test_a_watched_stretch_that_holds_no_time_is_refused_with_its_line(times: str) -> None:
    with pytest.raises(VfeedError, match="line 2 holds no time") as refused:
        read_bytes(f"film NA 0.000 2.000\nfilm NA {times}\n".encode(), "film.uem", Asked())
    assert refused.value.code == "codes_unreadable" and refused.value.hint


@pytest.mark.parametrize("arrow", ["-->", " -->", "--> ", "\t-->\t"])
def test_captions_are_read_whatever_blanks_are_around_their_arrow(arrow: str) -> None:
    assert spans(read(f"WEBVTT\n\n00:01.500{arrow}00:02.750\nlook\n", "a.vtt")) == [(1.5, 2.75, "look")]


@pytest.mark.parametrize("comment", [";; watched", " ; watched", "# watched"])
def test_comments_of_an_rttm_and_of_a_uem_are_passed_over(comment: str) -> None:
    speaker = f"{comment}\nSPEAKER film 1 1.500 1.250 <NA> <NA> look <NA> <NA>\n"
    assert [span[:2] for span in spans(read(speaker, "a.rttm"))] == [(1.5, 2.75)]
    (watched,) = read(f"{comment}\nfilm NA 0 2.5\n", "a.uem").codings
    assert [(part.start_us, part.end_us) for part in watched.window] == [(0, 2_500_000)]


def test_decimal_commas_that_part_columns_are_refused_and_a_torn_row_costs_itself() -> None:
    with pytest.raises(VfeedError, match=r"more cells than .* columns; the first is: inf, look, 1, 5, 2, 25") as no:
        read("who,code,start,end\ninf,look,1,5,2,25\ninf,look,3,5,4,25\n", "a.csv")
    assert "decimal signs" in no.value.hint
    found = read("who,code,start,end\ninf,look,1.5,2.25\ninf,look,3,5,4,25\ninf,away,5,6,\n", "a.csv")
    assert spans(found) == [(1.5, 2.25, "look"), (5, 6, "away")]
    assert "row 3: It has more cells than the table has columns" in said(found)


def test_a_remark_beside_a_table_in_excel_is_no_torn_row() -> None:
    out = BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((["code", "start", "end"], ["look", 1.5, 2.25, "", "look again"])):
            sheet.write_row(number, 0, row)
    assert spans(read(out.getvalue(), "a.xlsx")) == [(1.5, 2.25, "look")]


@pytest.mark.parametrize(
    "text",
    [
        "who,code,start_s,end_s\n\n\ninf,look,1,2\n\ninf,look,x,3\n",
        "look.onset,look.offset,look.code\n\n\n1000,2000,look\n\n3000,2500,look\n",
        "tier\tBegin Time - ss.msec\tEnd Time - ss.msec\tValue\n\n\ninf\t1.0\t2.0\tlook\n\ninf\t\t3.0\tlook\n",
    ],
)
def test_an_odd_row_is_named_by_its_number_in_the_file_and_never_left_out_in_silence(text: str) -> None:
    found = read(text, "a.csv")
    assert spans(found) == [(1, 2, "look")] and "row 6" in said(found)


def test_each_voice_of_a_caption_is_a_mark() -> None:
    found = read("WEBVTT\n\n00:01.500 --> 00:02.250\nboth <v Infant>look</v>\n<v.loud Parent>away\n", "a.vtt")
    assert [(m.who, m.code) for m in found.codings[0].marks] == [("", "both"), ("Infant", "look"), ("Parent", "away")]
    assert {(m.start_us, m.end_us) for m in found.codings[0].marks} == {(1_500_000, 2_250_000)}


def test_large_times_in_powers_of_ten_are_asked_about_like_others() -> None:
    with pytest.raises(VfeedError, match="too long for seconds"):
        read("code,start,end\nlook,1.2E+05,1.3E+05\n", "a.csv")


def test_frames_behind_a_point_are_asked_about_where_a_header_says_so_and_told_where_times_look_like_it() -> None:
    columns = Columns({"start": "In hh:mm:ss.ff", "end": "Out hh:mm:ss.ff", "code": "Was"}, "")
    with pytest.raises(VfeedError, match="pictures stand behind the point"):
        read("In hh:mm:ss.ff,Out hh:mm:ss.ff,Was\n00:00:01.05,00:00:02.05,look\n", "a.csv", columns=columns)
    endings = (3, 24, 17, 8, 11, 0, 23, 9)
    rows = [
        f"0:00:{place:02d}.{ending:02d},0:00:{place + 1:02d}.{ending:02d},x" for place, ending in enumerate(endings)
    ]
    found = read("start,end,code\n" + "\n".join(rows), "a.csv")
    assert spans(found)[1][0] == 1.24 and "none ends above .24: that may count pictures" in said(found)
    hundredths = read("start,end,code\n" + "\n".join([*rows, "0:00:09.31,0:00:09.95,x"]), "a.csv")
    assert "count pictures" not in said(hundredths)
    quarters = [f"0:00:{place:02d}.{place % 2 * 25:02d},0:00:{place + 1:02d}.00,x" for place in range(9)]
    assert "count pictures" not in said(read("start,end,code\n" + "\n".join(quarters), "a.csv"))


def test_what_says_how_a_caption_looks_is_no_part_of_its_code() -> None:
    found = read("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<i>look</i>\n\n2\n0:0:3,0 --> 0:0:4,0\n{\\an8}\n", "a.srt")
    assert spans(found) == [(1.0, 2.0, "look")] and "The caption is empty" in said(found)


@pytest.mark.parametrize(("name", "words"), [("a.anvil", "ANVIL"), ("a.exb", "EXMARaLDA"), ("a.xml", "not known")])
def test_files_of_other_programs_say_how_to_export_them(name: str, words: str) -> None:
    with pytest.raises(VfeedError, match=words) as refusal:
        read("<annotation/>", name)
    assert ".eaf" in refusal.value.hint
