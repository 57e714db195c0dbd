"""A short benchmark on sample clips: what vfeed sees today must not be worse than what the report says it saw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_analysis import SAMPLES

from bench.measure import OneClip, measured, summed_up
from bench.report import RESULTS, SETS, compose

STORED = {line["clip"]: line for line in json.loads((RESULTS / "samples.json").read_text())["by_clip"]}
LIKE_HOMES = ("home_toy", "home_hat")
CLIPS = (*LIKE_HOMES, "side_view_man", "lying_infant")
REPORTED = [name for name in CLIPS if name in STORED]
"""Clips that the last stored report holds: a new one is held to what was reported of it from the next report on."""
KAPPA_TOLERANCE, FOUND_TOLERANCE, ERROR_TOLERANCE_DEG, HELD_TOLERANCE = 0.06, 0.02, 0.7, 0.1
"""How much a figure may fall before it is looked at: about what a different machine changes."""


@pytest.fixture(scope="module")
def today() -> dict[str, OneClip]:
    return {name: measured(SAMPLES / f"{name}.mp4") for name in CLIPS}


def lines(today: dict[str, OneClip]) -> dict[str, Any]:
    return {line["clip"]: line for line in summed_up("guard", list(today.values()))["by_clip"]}


@pytest.mark.parametrize("name", REPORTED)
def test_agreement_on_gaze_is_not_worse_than_reported(today: dict[str, OneClip], name: str) -> None:
    now, then = lines(today)[name], STORED[name]
    assert now["mutual_kappa"] >= then["mutual_kappa"] - KAPPA_TOLERANCE
    for ours, before in zip(now["partner_kappa"], then["partner_kappa"], strict=True):
        assert ours >= before - KAPPA_TOLERANCE
    assert now["roles_right"] == then["roles_right"] and now["swaps"] <= then["swaps"]


@pytest.mark.parametrize("name", LIKE_HOMES)
def test_both_are_found_and_followed_in_films_like_those_of_homes(today: dict[str, OneClip], name: str) -> None:
    now = lines(today)[name]
    assert min(now["found"]) >= 0.95 and now["roles_right"] and now["swaps"] == 0


@pytest.mark.parametrize("name", [name for name in LIKE_HOMES if name in STORED])
def test_a_thing_at_the_face_is_told_from_the_face_no_worse_than_reported(today: dict[str, OneClip], name: str) -> None:
    now, then = lines(today)[name]["held"], STORED[name]["held"]
    assert now[1] + now[3] == pytest.approx(then[1] + then[3], abs=2)
    assert now[0] + now[2] >= then[0] + then[2] - HELD_TOLERANCE * (now[1] + now[3])


@pytest.mark.parametrize("name", REPORTED)
def test_heads_are_found_and_read_no_worse_than_reported(today: dict[str, OneClip], name: str) -> None:
    now, then = lines(today)[name], STORED[name]
    for ours, before in zip(now["found"], then["found"], strict=True):
        assert ours >= before - FOUND_TOLERANCE
    for figure in ("yaw_error", "pitch_error"):
        for ours, before in zip(now[figure], then[figure], strict=True):
            assert ours <= before + ERROR_TOLERANCE_DEG


def test_the_report_shows_every_figure_and_says_what_was_not_measured(
    today: dict[str, OneClip], tmp_path: Path
) -> None:
    results = json.loads(json.dumps(summed_up("samples", list(today.values()))))
    text = compose({"samples": results}, tmp_path)
    assert text.index("## Like real film, test set") < text.index("## Test set")
    assert "contact against a thing at the face | more than 10 degrees off the eyes: balanced accuracy" in text
    assert f"{len(CLIPS)} clips" in text and "upper bound" in text and text.count("Not measured") == len(SETS) - 1
    assert f"| all clips ({len(CLIPS)}), every head read 30 degrees wrong |" in text
    assert "while both look into the camera" in text
    assert all(f"plots/samples-{plot}.svg" in text for plot in ("heads", "contact", "confidence"))
    assert all(path.stat().st_size > 2_000 for path in (tmp_path / "plots").iterdir())
    for name in CLIPS:
        assert f"| {name} |" in text
