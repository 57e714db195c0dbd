"""Files that other programs wrote: read, or refused in the right words."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import ENDINGS, read_bytes, read_file
from vfeed.research.formats.seam import Asked, Columns, LossKind
from vfeed.research.marks import Coding

SAMPLES = Path(__file__).parents[1] / "coding_files"
REFUSED = {
    "webvttpy-empty.vtt": "empty",
    "example_figure10.csv": "names its columns",
    "pygamma-AlexPaulSuzan.csv": "names its columns",
    "pygamma-3by100.csv": "names its columns",
}
FILES = sorted(path for path in SAMPLES.rglob("*") if path.name.lower().endswith(ENDINGS))
# What the made-up observation says, in seconds of clip time, whatever its offset.
OBSERVED = [
    (1.0, 2.5, "infant", "partner", (), "first"),
    (2.5, 4.0, "infant", "object", ("ball",), ""),
    (3.0, 7.0, "parent", "partner", (), ""),
    (4.2, 4.2, "infant", "smile", (), ""),
    (5.0, 6.0, "infant", "object", ("cup",), ""),
    (5.5, 6.5, "infant", "object", ("ball",), ""),
]


def plain(coding: Coding) -> list[tuple[float, float, str, str, tuple[str, ...], str]]:
    return [(m.start_us / 1e6, m.end_us / 1e6, m.who, m.code, m.modifiers, m.note) for m in coding.marks]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_sample_is_read_or_refused_in_words(path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(VfeedError, match=REFUSED[path.name]) as refusal:
            read_file(path)
        assert refusal.value.hint
        return
    found = read_file(path)
    assert found.codings
    without = path.name == "speach-blank.eaf" or path.suffix == ".uem"
    assert without or any(coding.marks for coding in found.codings)
    for coding in found.codings:
        assert coding.provenance.import_sha256 and coding.provenance.import_tool


@pytest.mark.parametrize("path", [each for each in FILES if each.parent.name == "boris"], ids=lambda path: path.name)
def test_boris_and_its_exports_say_the_same_with_and_without_an_offset(path: Path) -> None:
    found = read_file(path)
    assert len(found.codings) == (2 if path.suffix == ".boris" else 1)
    for coding in found.codings:
        assert plain(coding) == OBSERVED
        assert coding.clip == "clip-0001.mp4" and coding.coder == "coder-a"
        assert coding.length_us == 180_000_000
        assert {mark.lane for mark in coding.marks} == {"looking", ""}
    assert not [loss for loss in found.losses if loss.kind is LossKind.DROPPED]


def test_an_eaf_whose_slots_are_not_in_order_is_read_by_its_slots() -> None:
    (coding,) = read_file(SAMPLES / "eaf" / "pygamma-MaureenMarvinRobin.eaf").codings
    spans = [(mark.who, mark.start_us // 1000, mark.end_us // 1000) for mark in coding.marks]
    assert spans == [("Maureen", 1006, 1896), ("Marvin", 2401, 3422), ("Maureen", 3738, 4926), ("Robin", 5294, 5781)]


def test_long_and_short_textgrids_in_other_encodings_say_the_same() -> None:
    (short,) = read_file(SAMPLES / "textgrid" / "praatio-mary.short.TextGrid").codings
    (long,) = read_file(SAMPLES / "textgrid" / "praatio-mary_longfile.TextGrid").codings
    assert [m.code for m in short.marks if m.who == "phone"] == [m.code for m in long.marks if m.who == "phone"]
    assert {mark.who for mark in short.marks} == {mark.who for mark in long.marks}
    assert short.length_us == long.length_us == 1_869_687


def test_neighbours_that_overlap_by_a_hair_are_joined_and_said() -> None:
    found = read_file(SAMPLES / "textgrid" / "kgorman-long.TextGrid")
    phones = [mark for mark in found.codings[0].marks if mark.who == "phone"]
    assert len(phones) > 90 and all(a.end_us <= b.start_us for a, b in itertools.pairwise(phones))


def test_tiers_of_one_name_are_numbered_and_said() -> None:
    found = read_file(SAMPLES / "textgrid" / "praatio-all_tiers_same_name.TextGrid")
    assert {(mark.who, mark.lane) for mark in found.codings[0].marks} == {("Mary", ""), ("Mary", "2"), ("Mary", "3")}
    assert sum("Several tiers" in loss.what for loss in found.losses) == 2


def test_quotes_and_line_ends_inside_a_textgrid_come_through() -> None:
    (coding,) = read_file(SAMPLES / "textgrid" / "praatio-bobby_newlines_elan.TextGrid").codings
    assert '"""BOBBY""" Noun' in {mark.code for mark in coding.marks}
    assert '"word"' in {mark.who for mark in coding.marks}


def test_a_broken_caption_is_reported_with_its_line_and_the_others_are_kept() -> None:
    found = read_file(SAMPLES / "webvtt" / "webvttpy-invalid_timeframe.vtt")
    assert len(found.codings[0].marks) == 6
    assert [(loss.kind, loss.where) for loss in found.losses] == [(LossKind.DROPPED, "line 6")]


def test_notes_headers_and_tags_of_captions_are_no_codes() -> None:
    codes = [
        mark.code
        for name in ("comments", "metadata_headers", "metadata_headers_multiline", "cue_tags")
        for mark in read_file(SAMPLES / "webvtt" / f"webvttpy-{name}.vtt").codings[0].marks
    ]
    assert len(codes) == 3 + 2 + 2 + 3
    assert not [code for code in codes if "<" in code or "NOTE" in code or "Kind" in code]


def test_an_rttm_about_two_files_is_two_codings_and_the_asked_one_alone() -> None:
    path = SAMPLES / "rttm" / "pyannote-train.rttm"
    assert [coding.clip for coding in read_file(path).codings] == ["filename1", "filename2"]
    (coding,) = read_file(path, Asked(clip="filename2.wav")).codings
    assert [(m.start_us, m.end_us, m.who, m.code) for m in coding.marks] == [
        (200_000, 1_100_000, "speaker_B", "speech")
    ]


def test_a_table_without_a_header_is_read_by_the_numbers_of_its_columns() -> None:
    columns = Columns({"coder": "1", "code": "2", "start": "3", "end": "4"})
    data = (SAMPLES / "csv" / "pygamma-AlexPaulSuzan.csv").read_bytes()
    codings = read_bytes(data, "a.csv", Asked(columns=columns)).codings
    assert {coding.coder: len(coding.marks) for coding in codings} == {"Alex": 6, "Paul": 4, "Suzan": 6}


@pytest.mark.parametrize("kind", ["tabular", "aggregated"])
def test_boris_tables_of_several_films_are_shared_out_as_its_project_is(kind: str) -> None:
    project = read_file(SAMPLES / "boris_queue" / "queues.boris").codings
    by_film = {coding.clip: plain(coding) for coding in project[:2]}
    assert [mark[:2] for mark in by_film["b.mp4"]] == [(0.0, 2.0), (1.0, 1.0), (3.0, 3.0)]
    found = read_file(SAMPLES / "boris_queue" / f"{kind} queue offset.tsv").codings
    assert {coding.clip: plain(coding) for coding in found} == by_film
    assert [coding.length_us for coding in found] == [10_000_000, 20_000_000]


@pytest.mark.parametrize(("title", "clip"), [("two players", "a.mp4"), ("live", "")])
def test_boris_tables_name_the_film_that_is_played_first_and_none_for_a_live_one(title: str, clip: str) -> None:
    found = [read_file(SAMPLES / "boris_queue" / f"{kind} {title}.tsv") for kind in ("tabular", "aggregated")]
    assert {coding.clip for each in found for coding in each.codings} == {clip}
    (first, *_rest) = found[0].codings[0].marks
    assert (first.start_us, first.end_us, first.note) == (1_500_000, 3_000_000, "n1")


def test_a_uem_beside_an_rttm_says_what_was_watched() -> None:
    found = read_file(SAMPLES / "rttm" / "pyannote-train.rttm")
    assert all(coding.window for coding in found.codings)
    alone = read_file(SAMPLES / "rttm" / "pyannote-train.uem")
    assert {c.clip: c.window for c in alone.codings} == {c.clip: c.window for c in found.codings}
