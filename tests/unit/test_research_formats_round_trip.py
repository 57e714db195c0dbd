"""What is written is read again: the same marks, to what the format says that it keeps."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from praatio import textgrid
from random_codings import codings

from vfeed.research.formats.registry import exporters, read_bytes
from vfeed.research.formats.rttm import read_uem
from vfeed.research.formats.seam import Asked, LossKind, rounded, snapped
from vfeed.research.marks import Coding, Mark
from vfeed.timeline.interval import Interval

READ_BACK = [name for name, exporter in exporters().items() if exporter.resolution_us]


def test_every_format_of_the_issue_is_installed_by_its_entry_point() -> None:
    assert {"eaf", "boris", "datavyu", "textgrid", "vtt", "rttm", "csv", "csv-wide", "xlsx", "units"} <= set(
        exporters()
    )


@pytest.mark.parametrize("name", READ_BACK)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(coding=codings())
def test_reading_what_was_written_gives_what_the_format_keeps(name: str, coding: Coding) -> None:
    exporter = exporters()[name]
    written = exporter.write(coding)
    file, data = next(iter(written.files.items()))
    kept = exporter.kept(coding)
    if not coding.marks and name in ("rttm", "csv", "xlsx") and not kept.window:
        return
    (found,) = read_bytes(data, file, Asked()).codings
    assert found.marks == kept.marks
    assert found.window == kept.window
    assert found.coder == kept.coder or name == "boris"


@pytest.mark.parametrize("name", READ_BACK)
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(coding=codings())
def test_whatever_a_format_does_not_keep_is_in_its_report(name: str, coding: Coding) -> None:
    exporter = exporters()[name]
    kept = exporter.kept(coding)
    losses = exporter.write(coding).losses
    said = {loss.kind for loss in losses}
    if kept.marks != coding.marks:
        assert said & {LossKind.CHANGED, LossKind.DROPPED}


@pytest.mark.parametrize("name", ["csv", "xlsx"])
@pytest.mark.parametrize("modifiers", [("|", "partner"), ("a|", "", "|b"), ("\\", "|"), ("", "b")])
def test_signs_between_modifiers_may_stand_in_them(name: str, modifiers: tuple[str, ...]) -> None:
    coding = Coding("clip-01.mp4", "a", (Mark(0, 40_000, "infant", "looking", "partner", modifiers),))
    file, data = next(iter(exporters()[name].write(coding).files.items()))
    assert read_bytes(data, file, Asked()).codings[0].marks == coding.marks


def test_what_looks_like_a_formula_is_made_harmless_for_excel_and_said() -> None:
    coding = Coding("clip-01.mp4", "a", (Mark(0, 40_000, "infant", "looking", "partner", note="=1+1"),))
    written = exporters()["csv-excel"].write(coding)
    assert b",'=1+1" in written.files["events_long_for_excel.csv"]
    assert [loss.where for loss in written.losses if "formula" in loss.what] == ["row 2"]


@pytest.mark.parametrize("name", READ_BACK)
def test_two_writings_of_one_coding_are_the_same_bytes(name: str) -> None:
    coding = Coding("clip-01.mp4", "a", (Mark(0, 40_000, "infant", "looking", "partner"),), length_us=1_000_000)
    if name != "xlsx":
        assert exporters()[name].write(coding).files == exporters()[name].write(coding).files


@pytest.mark.parametrize("name", READ_BACK)
def test_times_on_the_pictures_of_an_uneven_film_come_back_to_the_microsecond(name: str) -> None:
    chance = random.Random(7)
    times = [0]
    while len(times) < 400:
        times.append(times[-1] + chance.choice([16_683, 33_367, 33_366, 41_711, 450_017]))
    spots = sorted(chance.sample(range(400), 40))
    marks = tuple(
        Mark(times[first], times[last], "infant", "looking", "partner")
        for first, last in zip(spots[::2], spots[1::2], strict=True)
    )
    coding = Coding("clip-01.mp4", "a", marks, length_us=times[-1])
    file, data = next(iter(exporters()[name].write(coding).files.items()))
    (found,) = read_bytes(data, file, Asked(frame_times_us=times)).codings
    assert found.marks == marks


@given(st.integers(-(10**9), 10**9), st.sampled_from([1, 1_000, 40_000]))
def test_times_are_rounded_half_up_and_never_to_even(time_us: int, step: int) -> None:
    assert abs(rounded(time_us, step) - time_us) * 2 <= step
    assert rounded(step // 2 + step * 2, step) == (step * 3 if step > 1 else 2)


def test_a_time_far_from_every_picture_is_left_as_it_is() -> None:
    coding = Coding("c", marks=(Mark(20_000, 60_000, "", "", "x"),))
    assert snapped(coding, [0, 40_000, 60_500]).marks == (Mark(20_000, 60_500, "", "", "x"),)


def test_the_window_of_an_rttm_lies_beside_it() -> None:
    coding = Coding("clip 1", marks=(Mark(0, 1, "a", "b", "c"),), window=(Interval(5, 2_000_001),))
    files = exporters()["rttm"].write(coding).files
    assert read_uem(files["clip 1.uem"], "clip 1.uem") == {"clip 1": (Interval(5, 2_000_001),)}


@pytest.mark.filterwarnings("ignore")
def test_another_reader_of_praats_files_finds_the_same(tmp_path: Path) -> None:
    marks = (
        Mark(0, 1_500_001, "infant", "looking", 'says "ba"'),
        Mark(1_500_001, 2_000_000, "infant", "looking", "toy"),
        Mark(700_000, 700_000, "infant", "smile", "wide"),
    )
    (data,) = exporters()["textgrid"].write(Coding("a", marks=marks, length_us=3_000_000)).files.values()
    (tmp_path / "a.TextGrid").write_bytes(data)
    read = textgrid.openTextgrid(str(tmp_path / "a.TextGrid"), includeEmptyIntervals=False)
    looks = read.getTier("infant:looking").entries
    assert next((each.start, each.end, each.label) for each in looks) == (0, 1.500001, 'says "ba"')
    assert [(each.time, each.label) for each in read.getTier("infant:smile (points)").entries] == [(0.7, "wide")]
