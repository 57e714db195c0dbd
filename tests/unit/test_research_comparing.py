"""Folders of coding files compared: which codings are of one clip, and what is put together."""

from __future__ import annotations

from pathlib import Path

import pytest

from vfeed.errors import VfeedError
from vfeed.research.comparing import Compared, compare_folders, families_from, scheme_from
from vfeed.research.film_names import film_stem
from vfeed.research.formats.registry import ENDINGS, exporter_named
from vfeed.research.formats.table_writing import CsvLong
from vfeed.research.marks import Coding, Mark
from vfeed.research.rules import Rules
from vfeed.screening.places import ENDINGS as FILMS_SCREENED
from vfeed.timeline.interval import Interval

SECOND = 1_000_000
LENGTH_US = 10 * SECOND


def looks(*spans: tuple[int, int], who: str = "infant") -> tuple[Mark, ...]:
    return tuple(Mark(start * SECOND, end * SECOND, who, "looking", "partner") for start, end in spans)


def coded(folder: Path, file: str, clip: str, coder: str, marks: tuple[Mark, ...], **more: object) -> None:
    coding = Coding(clip, coder, marks, length_us=LENGTH_US, **{"window": (Interval(0, LENGTH_US),), **more})
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(next(iter(CsvLong().write(coding).files.values())))


def compared(tmp_path: Path) -> Compared:
    return compare_folders([tmp_path / "one", tmp_path / "two"], Rules(with_gamma=False), {})


def test_a_dot_within_the_name_of_a_clip_is_no_ending(tmp_path: Path) -> None:
    for coder in ("one", "two"):
        for clip, span in (("P01.V1", (0, 4)), ("P01.V2", (5, 9))):
            coded(tmp_path / coder, f"{clip}.csv", clip if coder == "one" else f"{clip}.mp4", coder, looks(span))
    [lane] = compared(tmp_path).lanes
    assert (lane.clips, lane.watched_us) == (2, 2 * LENGTH_US)


def test_two_codings_of_one_time_are_not_put_together(tmp_path: Path) -> None:
    coded(tmp_path / "two", "play.csv", "play", "two", looks((1, 3)))
    for family in ("fam1", "fam2"):
        coded(tmp_path / "one" / family, "play.csv", "play.mp4", "one", looks((1, 3)))
    with pytest.raises(VfeedError, match=r"two codings of play\.mp4: both mark infant looking at 1\.000 s") as caught:
        compared(tmp_path)
    assert "names of their own" in caught.value.hint


def test_a_clip_in_several_files_is_put_together_with_all_that_was_watched(tmp_path: Path) -> None:
    half = LENGTH_US // 2
    coded(tmp_path / "one", "a.csv", "play", "one", looks((1, 3)), window=(Interval(0, half),))
    coded(tmp_path / "one", "b.csv", "play", "one", looks((6, 8)), window=(Interval(half, LENGTH_US),))
    coded(tmp_path / "two", "play.csv", "play", "two", looks((1, 3), (6, 8)))
    [lane] = compared(tmp_path).lanes
    assert (lane.clips, lane.watched_us, lane.left_out_us) == (1, LENGTH_US, 0)
    coded(tmp_path / "one", "c.csv", "play", "one", looks((1, 3), who="parent"))
    assert {each.who for each in compared(tmp_path).lanes} >= {"infant"}


def test_a_point_may_lie_within_a_stretch_of_another_file(tmp_path: Path) -> None:
    smile = Mark(2 * SECOND, 2 * SECOND, "infant", "looking", "partner")
    for coder in ("one", "two"):
        coded(tmp_path / coder, "a.csv", "play", coder, looks((1, 3)))
        coded(tmp_path / coder, "b.csv", "play", coder, (smile,))
    assert [each.clips for each in compared(tmp_path).lanes] == [1]


@pytest.mark.parametrize("ending", sorted({*ENDINGS, *FILMS_SCREENED}))
def test_every_ending_that_is_read_is_none_of_a_films_name(ending: str) -> None:
    assert film_stem(f"Home/P01.V1{ending.upper()}") == "p01.v1"


def test_families_are_told_of_clips_with_dots(tmp_path: Path) -> None:
    listed = tmp_path / "families.csv"
    listed.write_text("clip_id;family_id\nP01.V1;a\nP01.V2.mp4;b\n")
    assert families_from(listed) == {"p01.v1": "a", "p01.v2": "b"}


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_a_scheme_without_a_code_is_refused(tmp_path: Path, text: str) -> None:
    empty = tmp_path / "scheme.txt"
    empty.write_text(text)
    with pytest.raises(VfeedError, match="names no code") as caught:
        scheme_from(empty)
    assert caught.value.exit_status == 2


def test_a_clip_that_drops_out_is_named(tmp_path: Path) -> None:
    for coder in ("one", "two"):
        coded(tmp_path / coder, "a.csv", "a", coder, looks((1, 3)))
        coded(tmp_path / coder, "b.csv", "b", coder, looks((1, 3)))
    table = "clip,coder,who,lane,code,start_s,end_s\n"
    (tmp_path / "one" / "b.csv").write_text(table + "b,one,infant,looking,partner,1,3\n")
    (tmp_path / "two" / "b.csv").write_text(table)
    found = compared(tmp_path)
    assert [each.clips for each in found.lanes] == [1]
    assert any(each.startswith("In b the two watched no time in common") for each in found.words)


def test_one_file_that_is_the_same_for_both_is_said_and_holds_up_nothing(tmp_path: Path) -> None:
    for coder, span in (("one", (1, 3)), ("two", (1, 4))):
        coded(tmp_path / coder, "a.csv", "a", coder, looks(span))
        (tmp_path / coder / "b.csv").write_text("who,lane,code,start_s,end_s\ninfant,looking,partner,0,10\n")
    found = compared(tmp_path)
    assert [each.clips for each in found.lanes] == [2]
    assert "Of b both files are the same, byte for byte: look whether one was copied." in found.words


def test_a_clip_without_a_family_is_named(tmp_path: Path) -> None:
    for coder in ("one", "two"):
        for clip in ("a", "b"):
            coded(tmp_path / coder, f"{clip}.csv", clip, coder, looks((1, 3)))
    found = compare_folders([tmp_path / "one", tmp_path / "two"], Rules(with_gamma=False), {"a": "Robin"})
    assert "No family was named for b: each counts as a family of its own." in found.words


def test_what_computers_put_beside_codings_is_none(tmp_path: Path) -> None:
    for coder in ("one", "two"):
        coded(tmp_path / coder, "a.csv", "a", coder, looks((1, 3)))
        for name in ("._a.csv", "~$a.xlsx", ".trash/a.csv"):
            path = tmp_path / coder / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"\0\5\x16\7\0\2")
    assert [each.clips for each in compared(tmp_path).lanes] == [1]


@pytest.mark.parametrize("ending", ["TextGrid", "vtt"])
@pytest.mark.parametrize("name", ["{film}_{coder}", "{coder} {film}", "{film}.{coder}", "{film}-coder-{coder}"])
def test_files_without_film_and_coder_are_paired_without_the_coders_word(
    tmp_path: Path, name: str, ending: str
) -> None:
    plain(tmp_path, ending, name, ["p01", "p02"], ["kim", "ola"])
    found = compared(tmp_path)
    [lane] = found.lanes
    assert lane.clips == 2 and len(lane.codes) == 2
    assert any("taken to be of p01, p02, without" in word or "p01-coder" in word for word in found.words)


@pytest.mark.parametrize(
    ("name", "coders"),
    [("{film}_{coder}", ["1", "2"]), ("{film}_{coder}", ["t1", "t2"]), ("{coder}_{film}", ["1", "2"])],
)
def test_numbers_in_the_names_of_files_are_of_visits_and_nothing_is_paired(
    tmp_path: Path, name: str, coders: list[str]
) -> None:
    plain(tmp_path, "TextGrid", name, ["robin", "wren"], coders)
    with pytest.raises(VfeedError, match="have no film in common"):
        compared(tmp_path)


def test_a_word_that_one_file_alone_has_is_nobodys(tmp_path: Path) -> None:
    plain(tmp_path, "TextGrid", "{film}_{coder}", ["p01", "p02"], ["kim", "ola"])
    (tmp_path / "one" / "p02_kim.TextGrid").rename(tmp_path / "one" / "p02_lee.TextGrid")
    with pytest.raises(VfeedError, match="have no film in common"):
        compared(tmp_path)


def plain(tmp_path: Path, ending: str, name: str, films: list[str], coders: list[str]) -> None:
    """Files of a format that says neither film nor coder, in a folder for each coder."""
    for folder, coder, end in zip(("one", "two"), coders, (4, 5), strict=True):
        (tmp_path / folder).mkdir()
        for film in films:
            written = exporter_named(ending.lower()).write(Coding(film, "", looks((1, end)), length_us=LENGTH_US))
            path = tmp_path / folder / f"{name.format(film=film, coder=coder)}.{ending}"
            path.write_bytes(next(iter(written.files.values())))


def test_a_lane_that_cannot_be_compared_is_said_and_the_others_are_compared(tmp_path: Path) -> None:
    rows = "infant,looking,a,0,5\nparent,voice,sings,0,10\n"
    for coder, more in (("kim", ""), ("ola", "infant,looking,b,5,9\n")):
        folder = tmp_path / coder
        folder.mkdir()
        (folder / "p.csv").write_text(f"who,lane,code,start_s,end_s\n{rows}{more}infant,looking,a,9,10\n")
    found = compare_folders([tmp_path / "kim", tmp_path / "ola"], Rules(codes=("a", "b"), with_gamma=False), {})
    assert [lane.who for lane in found.lanes] == ["infant"]
    assert any(line.startswith("parent voice: ") and "does not count: sings" in line for line in found.words)
