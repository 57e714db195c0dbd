"""The commands of the research desk as a person calls them."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from vfeed.cli import main

FILES = Path(__file__).parents[1] / "coding_files"
BORIS = FILES / "boris" / "two_observations.boris"


def vfeed(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_a_boris_project_becomes_a_table_with_its_origin_in_every_row(tmp_path: Path) -> None:
    done = vfeed("convert", BORIS, tmp_path / "out")
    assert done.exit_code == 5 and "Endings:" in done.output
    done = vfeed("convert", BORIS, tmp_path / "out", "--to", "csv")
    assert done.exit_code == 0, done.output
    found = rows(tmp_path / "out" / "events_long.csv")
    assert len(found) == 12
    assert {row["import_tool"] for row in found} == {"BORIS"} and len(found[0]["import_sha256"]) == 64
    names = {row["column"] for row in rows(tmp_path / "out" / "data_dictionary.csv")}
    assert names == set(found[0])


def test_every_format_can_be_reached_and_read_again(tmp_path: Path) -> None:
    source = FILES / "boris" / "tabular clip-0001 coder-a.csv"
    for ending in (".eaf", ".boris", ".opf", ".TextGrid", ".vtt", ".rttm", ".xlsx"):
        target = tmp_path / f"play{ending}"
        done = vfeed("convert", source, target)
        assert done.exit_code == 0 and target.exists(), done.output
        back = vfeed("convert", target, tmp_path / f"back{ending}.csv", "--to", "csv-wide")
        assert back.exit_code == 0, back.output
        (row,) = rows(tmp_path / f"back{ending}.csv")
        counts = [value for name, value in row.items() if name.endswith("count")]
        assert sum(map(int, counts)) == 6


def test_nothing_that_is_there_is_written_over_without_a_word(tmp_path: Path) -> None:
    target = tmp_path / "play.eaf"
    target.write_text("mine")
    done = vfeed("convert", BORIS, target)
    assert done.exit_code == 2 and target.read_text() == "mine"
    assert vfeed("convert", BORIS, target, "--force").exit_code == 0


def test_losses_are_printed(tmp_path: Path) -> None:
    done = vfeed("convert", FILES / "boris" / "tabular clip-0001 coder-a.csv", tmp_path / "a.vtt")
    assert "The modifiers 'ball' was left out" in done.output or "The modifiers 'ball' were left out" in done.output


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--columns", "start"], 2, "role=column"),
        (["--columns", "start=1,colour=2"], 3, "nothing that a column can be|where the code"),
        (["--to", "smoke-signals"], 5, "no format called"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, arguments: list[str], status: int, words: str) -> None:
    import re

    done = vfeed("convert", FILES / "csv" / "example_figure10.csv", tmp_path / "a.eaf", *arguments)
    assert done.exit_code == status, done.output
    assert re.search(words, done.output)
    assert not (tmp_path / "a.eaf").exists()


def test_two_coders_are_compared_in_words_and_tables(tmp_path: Path) -> None:
    tables = FILES / "boris"
    first = tables / "tabular clip-0001 coder-a.csv"
    done = vfeed("agree", first, first)
    assert done.exit_code == 2 and "one and the same file" in done.output
    second = tables / "tabular clip-0001 coder-b offset.csv"
    done = vfeed("agree", first, second)
    assert done.exit_code == 2 and "--repeat" in done.output
    out = tmp_path / "out"
    done = vfeed("agree", first, second, "--repeat", "-o", out)
    assert done.exit_code == 0, done.output
    assert "two coders watched the same 1 film" in done.output and "Kappa 1.00" in done.output
    found = rows(out / "agreement.csv")
    assert {row["unit_us"] for row in found if row["statistic"] == "Cohen kappa"} == {"40000"}
    assert (out / "rules.json").exists() and (out / "agreement.txt").read_text().startswith("On infant")
    odd = vfeed("agree", first, second, "--repeat", "--tolerance", "a bit")
    assert odd.exit_code == 2 and "list of seconds" in odd.output
