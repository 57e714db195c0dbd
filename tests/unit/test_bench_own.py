"""Agreement with people's own coding, with the truth of a sample clip written down as a coder would."""

from pathlib import Path

import pytest
from sample_analysis import SAMPLES, SECONDS, analysed

from bench import own
from bench.labels import find_labelled
from bench.truth import PEOPLE, ClipTruth, read_truth, truth_path

TRUTH = read_truth(truth_path(SAMPLES / "side_view_woman.mp4"))
CODES = {"other_face": "face", "toy": "toy", "away": "away", "window": "away", "camera": "away", "down": "toy"}


def coded(truth: ClipTruth) -> str:
    rows = ["who,code,start_us,end_us"]
    for kind, who, each in truth.episodes:
        target = kind.removeprefix("look:")
        if target in CODES and who in PEOPLE:
            rows.append(f"{who},{CODES[target]},{each.start_us},{each.end_us}")
    return "\n".join(rows)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    family = tmp_path / "Wren"
    family.mkdir()
    (family / "play.mp4").symlink_to(SAMPLES / "side_view_woman.mp4")
    (family / "play.csv").write_text(coded(TRUTH))
    return tmp_path


def test_a_coder_who_writes_down_the_truth_agrees_as_well_as_the_truth(folder: Path) -> None:
    (labelled,) = find_labelled(folder)
    figures = own.compared(labelled, analysed())
    assert figures["contact kappa"] > 0.7 and figures["episodes"].matched >= 1
    assert figures["not seen by vfeed"] < 0.05 and TRUTH.end_us / 1e6 > SECONDS


def test_contact_alone_may_be_coded(folder: Path) -> None:
    spans = [each for kind, _, each in TRUTH.episodes if kind == "mutual"]
    lines = ["who,code,start_us,end_us", *(f"both,mutual,{each.start_us},{each.end_us}" for each in spans)]
    (folder / "Wren" / "play.csv").write_text("\n".join(lines))
    (labelled,) = find_labelled(folder)
    figures = own.compared(labelled, analysed())
    assert figures["contact kappa"] > 0.7 and figures["at partner, infant"] != figures["at partner, infant"]


def test_the_report_counts_families_not_frames(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(own, "analysed", lambda _clip: analysed())
    told: list[str] = []
    text = own.report(folder, told.append)
    assert "| Wren | 1 |" in text and "mean of 1 families" in text and told == ["Wren: play.mp4, coded by one coder"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "No clip with labels" in own.report(empty, told.append)
