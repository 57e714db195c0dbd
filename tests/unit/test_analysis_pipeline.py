"""From file to candidates on a stretch of a sample clip, and the files that are written."""

import csv
import io
import json
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from sample_analysis import SAMPLES, SECONDS, analysed, facts_of, stretch
from synthetic_heads import empty, scene

from bench.groups import figure, pitch_error, yaw_error
from bench.heads import rows_of
from bench.looks import looks_of
from bench.truth import read_truth, truth_path
from vfeed.analysis.outputs import STATE_COLUMNS, write_folder
from vfeed.analysis.pipeline import (
    Progress,
    analyse,
    heads_for_display,
    metrics_from_npz,
    metrics_to_npz,
    recompute,
    states_for_display,
    with_overrides,
)
from vfeed.analysis.timeline_plot import draw_timeline
from vfeed.dyad.parameters import DyadParameters
from vfeed.errors import VfeedError
from vfeed.perception.parameters import PERCEPTION


def test_states_and_contact_agree_with_the_truth_of_the_sample_clip() -> None:
    truth = read_truth(truth_path(SAMPLES / "side_view_woman.mp4"))
    rows, following = rows_of(truth, analysed())
    looks = looks_of(truth, analysed(), roles_right=None)
    assert following.swaps == 0 and following.false_heads == 0
    assert looks.mutual_kappa > 0.7 and min(looks.partner_kappa.values()) > 0.7
    for person in rows:
        assert person.found.mean() > 0.97
        for error in (yaw_error, pitch_error):
            mean = figure("", [person], error, lambda each: each.found)
            assert mean is not None and mean.mean < 8


def test_frames_are_analysed_at_the_wanted_rate_by_true_time() -> None:
    times = analysed().metrics["time_us"]
    assert times[0] == 0 and set(np.diff(times)) == {80_000}
    assert analysed().states.end_us == pytest.approx(SECONDS * 1_000_000, abs=80_000)


def test_recomputing_from_stored_metrics_gives_the_same_in_little_time() -> None:
    stored = metrics_to_npz(analysed().metrics)
    start = time.process_time()
    again = recompute(metrics_from_npz(stored))
    assert time.process_time() - start < 3
    assert again.candidates == analysed().candidates and again.states.infant == analysed().states.infant


def test_exchanged_roles_exchange_the_lanes_and_keep_the_contacts_people() -> None:
    swapped = recompute(analysed().metrics, swap_roles=True)
    assert (swapped.roles.infant, swapped.roles.caregiver) == (analysed().roles.caregiver, analysed().roles.infant)
    assert swapped.roles.swapped
    known = replace(analysed(), version={"models": {"added": "sha"}})
    again = with_overrides(known, swap_roles=True)
    assert again.version == known.version and again.roles == swapped.roles


def test_the_version_names_code_models_and_parameters() -> None:
    version = analysed().version
    assert len(version["models"]) == 8 and version["code"]
    assert version["parameters"] == DyadParameters().as_dict()
    assert version["perception_parameters"] == PERCEPTION.as_dict()


@pytest.mark.parametrize(
    ("name", "usable", "cuts"), [("bad_film", ("limits", "again"), 1), ("long_play", ("fine",), 0)]
)
def test_a_bad_film_has_limits_at_least_and_a_good_one_is_fine(name: str, usable: tuple[str, ...], cuts: int) -> None:
    data = stretch(name, seconds=9)
    filming = analyse(
        io.BytesIO(data), facts_of(data), fps=5, on_progress=lambda _: None, is_cancelled=lambda: False
    ).filming
    assert filming["usable"] in usable and (filming["cuts"], filming["sound"]) == (cuts, "none")


def test_lanes_cover_the_clip_and_boxes_are_shares() -> None:
    lanes, heads = states_for_display(analysed()), heads_for_display(analysed())
    json.dumps([lanes, heads])
    for lane in lanes.values():
        assert lane[0][0] == 0 and lane[-1][1] == analysed().states.end_us
        assert all(before[1] == after[0] for before, after in pairwise(lane))
    assert all(len(heads[who]) == len(heads["time_us"]) for who in ("infant", "parent"))
    assert all(0 <= share <= 1 for box in heads["infant"] for share in box)  # type: ignore[attr-defined]


def test_progress_rises_to_one_and_a_cancelled_analysis_stops() -> None:
    data = stretch(seconds=2)
    told: list[Progress] = []
    analyse(io.BytesIO(data), facts_of(data), fps=2, on_progress=told.append, is_cancelled=lambda: False)
    shares = [step.done for step in told]
    assert shares == sorted(shares) and shares[0] == 0 and told[-1] == Progress(1.0, "Ready")
    with pytest.raises(VfeedError) as stopped:
        analyse(io.BytesIO(data), facts_of(data), fps=2, on_progress=told.append, is_cancelled=lambda: True)
    assert stopped.value.code == "cancelled"


def test_starting_the_networks_leaves_the_error_stream_quiet(capfd: pytest.CaptureFixture[str]) -> None:
    data = stretch(seconds=2)
    analyse(io.BytesIO(data), facts_of(data), fps=1, on_progress=lambda _: None, is_cancelled=lambda: False)
    assert capfd.readouterr().err == ""


def test_the_folder_holds_the_documented_files(tmp_path: Path) -> None:
    write_folder(analysed(), io.BytesIO(stretch()), tmp_path / "new" / "folder")
    folder = tmp_path / "new" / "folder"
    names = {"candidates.csv", "states.csv", "metrics.npz", "analysis.json", "timeline.png"}
    assert {path.name for path in folder.iterdir()} == names
    rows = list(csv.DictReader(io.StringIO((folder / "states.csv").read_text(encoding="utf-8"))))
    assert tuple(rows[0]) == STATE_COLUMNS == ("time_s", "infant_state", "parent_state", "p_mutual")
    assert len(rows) == len(analysed().metrics["time_us"]) and 0 <= float(rows[9]["p_mutual"]) <= 1
    candidates = list(csv.DictReader(io.StringIO((folder / "candidates.csv").read_text(encoding="utf-8"))))
    assert list(candidates[0])[:5] == ["kind", "onset_s", "offset_s", "confidence", "reason"]
    assert len(candidates) == len(analysed().candidates)
    assert set(json.loads((folder / "analysis.json").read_text())) >= {"version", "filming", "roles", "arrays"}
    assert metrics_from_npz((folder / "metrics.npz").read_bytes())["sight"].shape[1] == 2


@pytest.mark.parametrize(
    "metrics", [empty(0, 0), empty(1, 0), scene(["partner"], ["partner"])], ids=["no frame", "nobody", "one frame"]
)
def test_the_smallest_clips_are_written_too(tmp_path: Path, metrics: dict[str, NDArray[Any]]) -> None:
    write_folder(recompute(metrics), io.BytesIO(stretch(seconds=2)), tmp_path)
    assert (tmp_path / "states.csv").read_text().count("\n") == len(metrics["time_us"]) + 1


def test_the_picture_is_readable_in_size_for_short_and_long_clips() -> None:
    clip = io.BytesIO(stretch(seconds=2))
    short = Image.open(io.BytesIO(draw_timeline(recompute(scene(["partner"] * 20, ["toy"] * 20)), clip)))
    long = Image.open(io.BytesIO(draw_timeline(recompute(scene(["partner"] * 2500, ["toy"] * 2500)), clip)))
    assert short.width == long.width > 1500 and long.height > 1.4 * short.height


def test_opencv_works_in_the_thread_that_asks_while_a_film_is_analysed_and_as_before_afterwards() -> None:
    before, meanwhile = cv2.getNumThreads(), []
    cv2.setNumThreads(3)
    try:
        with pytest.raises(VfeedError):
            data = stretch()
            analyse(
                io.BytesIO(data),
                facts_of(data),
                fps=12.5,
                on_progress=lambda _: meanwhile.append(cv2.getNumThreads()),
                is_cancelled=lambda: len(meanwhile) > 1,
            )
        assert meanwhile[-1] == 1 and cv2.getNumThreads() == 3
    finally:
        cv2.setNumThreads(before)
