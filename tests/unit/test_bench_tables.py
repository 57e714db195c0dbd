"""Figures of starts, sizes and writers: each with its machine and what was asked, and each really measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from filled_store import settings_in

from bench import sizes, starts, writers
from bench.report import REPORT, RESULTS, TABLES, compose

ASKED = ("starts", "sizes", "writers")


@pytest.mark.parametrize("name", TABLES)
def test_every_table_says_its_day_and_machine_and_stands_in_the_report_as_it_was_measured(name: str) -> None:
    found = json.loads((RESULTS / f"{name}.json").read_text())
    assert found["measured"] > "2026" and "cores" in found["machine"]
    told = compose({name: found}, RESULTS)
    assert told[told.index(f"## {TABLES[name]}") :].rstrip() in REPORT.read_text()


@pytest.mark.parametrize("name", ASKED)
def test_what_was_asked_stands_beside_the_figure(name: str) -> None:
    rows = json.loads((RESULTS / f"{name}.json").read_text())["rows"]
    asked = [(what, each) for what, _value, _unit, each in rows if each]
    told = REPORT.read_text()
    assert asked and all(f"| {what} |" in told and f" {each} |" in told for what, each in asked)


def test_starts_and_first_words_are_measured_and_take_what_was_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VFEED_DEMO", "false")
    monkeypatch.setenv("VFEED_WORKERS", "1")
    starts.pages_answer(tmp_path)
    again, word, plain = starts.pages_answer(tmp_path), starts.first_word(tmp_path), starts.plain_loading()
    # By the processors and beside a plain loading of the same hour: a busy machine is so for all.
    rows = json.loads((RESULTS / "starts.json").read_text())["rows"]
    start, first = (value for what, value, *_ in rows if what == "- beside the plain loading, of processors")
    assert 1 < again.cpu_s / plain.cpu_s < 2 * start
    assert word.cpu_s / plain.cpu_s < 2 * first
    assert again.clock_s > 0.5


def test_a_start_that_ends_by_itself_is_no_figure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VFEED_HOST", "")
    monkeypatch.setenv("VFEED_WORKERS", "many")
    with pytest.raises(RuntimeError, match="ended"):
        starts.pages_answer(tmp_path)


def test_writers_are_counted_and_nothing_of_theirs_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writers, "PROCESSES", 2)
    monkeypatch.setattr(writers, "ALONE_ACTS", 5)
    measured = writers.on("Here", settings_in(tmp_path))
    found = {what.split(": ")[1]: value for what, value, _unit, _asked in measured}
    assert found["acts acknowledged to 50 at once"] == 2 * writers.WRITERS_EACH * writers.ACTS_EACH
    assert found["of all that was acknowledged lost"] == found["kept twice, or out of one order"] == 0
    assert 0 < found["an act, median"] <= found["an act, 95th of 100"]


@pytest.mark.parametrize(
    ("numbers", "kept", "faults"),
    [([1, 2, 3], "abc", 0), ([1, 3, 4], "abc", 2), ([1, 2, 2], "abc", 1), ([1, 2, 3], "abb", 1)],
)
def test_what_is_kept_twice_or_out_of_order_is_counted(numbers: list[int], kept: str, faults: int) -> None:
    assert writers.out_of_order(numbers, Counter(kept)) == faults


def test_the_size_of_a_folder_is_what_it_takes_on_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 3_000_000)
    assert 3 <= sizes.size_mb(tmp_path) < 3.1
