"""Lanes that were watched at times of their own: taken apart, put together, and as they are in vfeed's own table."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from vfeed.research.comparing import compare_folders
from vfeed.research.formats.registry import exporter_named, read_bytes, write_codings
from vfeed.research.formats.table_writing import wide_table
from vfeed.research.kept_codings import packed, unpacked
from vfeed.research.lane_windows import joined, parted
from vfeed.research.marks import Coding, Mark
from vfeed.research.recoding import recoded
from vfeed.research.rules import Rules
from vfeed.research.scheme import LOOKING
from vfeed.research.units import watched
from vfeed.timeline.interval import Interval

S = 1_000_000
INFANT, PARENT = ("infant", "Looking"), ("parent", "Looking")


def spans(*each: tuple[float, float]) -> tuple[Interval, ...]:
    return tuple(Interval(round(start * S), round(end * S)) for start, end in each)


def marked(lane: tuple[str, str], start: float, end: float, code: str = "partner") -> Mark:
    return Mark(round(start * S), round(end * S), *lane, code)


def two_lanes(coder: str = "kim", late: float = 2.0) -> Coding:
    """The infant from `late` seconds on, nothing of the last four of the parent."""
    marks = (marked(INFANT, late, 5), marked(INFANT, 8, 20, "away"), marked(PARENT, 0, 9))
    lanes = {INFANT: spans((late, 20)), PARENT: spans((0, 16))}
    return Coding("a.mp4", coder, marks, (), 20 * S, lanes=lanes)


def test_a_lane_is_watched_when_it_says_so_and_another_never() -> None:
    coding = two_lanes()
    assert watched(coding, *INFANT).intervals == spans((2, 20))
    assert watched(coding, *PARENT).intervals == spans((0, 16))
    assert not watched(coding, "infant", "Smiles")
    assert watched(Coding("a.mp4", length_us=20 * S), *INFANT).intervals == spans((0, 20))


def test_what_was_taken_apart_is_put_together_again() -> None:
    coding = two_lanes()
    parts = parted(coding)
    assert [(part.window, len(part.marks)) for part in parts] == [(spans((2, 20)), 2), (spans((0, 16)), 1)]
    again = joined(parts)
    assert (again.marks, again.lanes) == (coding.marks, coding.lanes)
    assert parted(replace(coding, lanes={}, window=spans((0, 20)))) == (
        replace(coding, lanes={}, window=spans((0, 20))),
    )


def test_a_kept_coding_keeps_for_each_lane_when_it_was_watched_also_where_nothing_was_marked() -> None:
    coding = two_lanes()
    coding = replace(coding, lanes={**coding.lanes, ("infant", "Smiles"): spans((2, 20))})
    again = unpacked(packed(coding, "c", ""), "a.mp4", "kim", notes=True)
    assert (again.marks, again.lanes, again.window) == (coding.marks, coding.lanes, ())
    assert watched(again, "infant", "Smiles").intervals == spans((2, 20)), "a third lane without a mark"


def test_two_halves_of_a_film_are_watched_for_every_lane() -> None:
    first = Coding("a.mp4", "kim", (marked(INFANT, 0, 4), marked(PARENT, 1, 2)), spans((0, 10)), 20 * S)
    second = replace(first, marks=(marked(INFANT, 12, 14),), window=spans((10, 20)))
    whole = joined([first, second])
    assert whole.window == spans((0, 20)) and not whole.lanes


def test_a_lane_in_which_nothing_was_marked_keeps_its_time() -> None:
    bare = Coding("a.mp4", "kim", (), spans((0, 20)), 20 * S)
    whole = joined([replace(bare, marks=(marked(PARENT, 0, 4),), window=spans((0, 10))), bare])
    assert watched(whole, *INFANT).intervals == spans((0, 20))
    assert watched(whole, *PARENT).intervals == spans((0, 10))


@pytest.mark.parametrize("name", ["csv", "csv-excel", "xlsx"])
def test_vfeeds_own_tables_say_which_lane_was_watched_when(name: str) -> None:
    written = write_codings(exporter_named(name), [two_lanes(), two_lanes("lee", 1.0)])
    file, data = next(iter(written.files.items()))
    found = read_bytes(data, file).codings
    assert [(each.coder, each.marks, each.lanes, each.window) for each in found] == [
        (each.coder, each.marks, each.lanes, ()) for each in (two_lanes(), two_lanes("lee", 1.0))
    ]


@pytest.mark.parametrize("name", ["csv", "eaf", "boris", "datavyu"])
def test_files_that_go_out_and_come_in_agree_as_what_they_were_made_of(name: str, tmp_path: Path) -> None:
    for coding in (two_lanes(), two_lanes("lee", 1.0)):
        folder = tmp_path / coding.coder
        folder.mkdir()
        for file, data in write_codings(exporter_named(name), [coding]).files.items():
            if file != "data_dictionary.csv":
                (folder / file).write_bytes(data)
    lanes = compare_folders([tmp_path / "kim", tmp_path / "lee"], Rules(with_gamma=False), {}).lanes
    assert [(lane.who, lane.watched_us, round(lane.kappa.observed, 9)) for lane in lanes] == [
        ("infant", 18 * S, 1.0),
        ("parent", 16 * S, 1.0),
    ]


def test_shares_are_of_the_time_in_which_the_lane_itself_was_seen() -> None:
    coding = two_lanes()
    coding = replace(coding, marks=(*coding.marks, marked(INFANT, 5, 8, "cannot see")))
    columns, rows, _ = wide_table([coding, replace(coding, marks=(), lanes={PARENT: spans((0, 20))})])
    [first, second] = [dict(zip(columns, row, strict=True)) for row in rows]
    # The parent was seen throughout: what could not be seen of the infant takes nothing off.
    assert first["parent:Looking:partner share"] == f"{9 / 16:.4f}"
    assert first["infant:Looking:partner share"] == f"{3 / 15:.4f}"
    assert first["infant:Looking:cannot see share"] == f"{3 / 18:.4f}", "of all that was watched"
    assert first["infant:Looking:partner latency_s"] == "0.000"
    assert (second["infant:Looking:partner count"], second["parent:Looking:partner count"]) == ("n/a", "0")


def test_marks_outside_of_what_a_lane_says_was_watched_do_not_count() -> None:
    marks = (marked(PARENT, 0, 4, "infant"), marked(PARENT, 8, 12, "infant"), marked(PARENT, 20, 20, "infant"))
    coding = Coding("a.mp4", "kim", (*marks, marked(PARENT, 25, 26, "infant")), lanes={PARENT: spans((5, 20))})
    columns, [row], _ = wide_table([coding])
    told = dict(zip(columns, row, strict=True))
    assert told["parent:Looking:infant count"] == "2", "one in it, and a point at its end"
    assert told["parent:Looking:infant total_s"] == "4.000"
    assert told["parent:Looking:infant latency_s"] == "3.000"


def test_a_files_lanes_keep_their_time_under_the_words_of_a_scheme() -> None:
    baby, mum = ("baby", "gaze"), ("mother", "gaze")
    marks = (marked(baby, 2, 4, "mum"), marked(mum, 0, 4, "baby"))
    told = {"baby\tgaze\tmum": "infant_looking/partner", "mother\tgaze\tbaby": "parent_looking/partner"}
    ours, _ = recoded(Coding("a.mp4", "kim", marks, lanes={baby: spans((2, 20)), mum: spans((0, 16))}), LOOKING, told)
    assert ours.lanes == {INFANT: spans((2, 20)), PARENT: spans((0, 16))}
