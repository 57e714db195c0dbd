"""Reading the truth of the sample clips, which obeys its schema, and the groups that figures are told apart by."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from sample_analysis import SAMPLES

from bench.truth import read_truth, truth_path
from vfeed.timeline.interval import Interval

CLIPS = sorted(SAMPLES.glob("*.mp4"))
SCHEMA = json.loads((SAMPLES / "truth.schema.json").read_text())


@pytest.mark.parametrize("clip", CLIPS, ids=lambda clip: clip.stem)
def test_the_truth_of_every_sample_clip_obeys_the_schema_and_covers_its_frames(clip: Any) -> None:
    stored = json.loads(gzip.decompress(truth_path(clip).read_bytes()))
    # Frames are alike: one in ten is held to the schema, all of them are read below.
    Draft202012Validator(SCHEMA).validate(stored | {"frames": stored["frames"][::10]})
    truth = read_truth(truth_path(clip))
    assert (np.diff(truth.time_us) > 0).all() and truth.time_us[0] == 0
    assert truth.mutual.sum() == sum(frame["mutual"] for frame in stored["frames"])


def test_the_sample_clips_are_a_set_of_different_films_of_a_bearable_size() -> None:
    truths = [read_truth(truth_path(clip)) for clip in CLIPS]
    assert {"side", "three_quarter", "split", "infant_alone", "lying", "far"} <= {truth.kind for truth in truths}
    assert {person.tone for truth in truths for person in truth.people.values()} == {"light", "middle", "dark"}
    assert max(truth.end_us for truth in truths) >= 200_000_000
    assert sum(path.stat().st_size for path in SAMPLES.glob("*.*")) < 40_000_000


def test_a_time_belongs_to_the_frame_nearest_to_it() -> None:
    truth = read_truth(truth_path(SAMPLES / "side_view_woman.mp4"))
    assert truth.nearest(np.array([0, 19_000, 21_000, 10**9])).tolist() == [0, 0, 1, len(truth.time_us) - 1]


def test_looks_away_need_a_call_before_them() -> None:
    truth = read_truth(truth_path(SAMPLES / "side_view_man.mp4"))
    for look in truth.looking_away():
        before = Interval(look.start_us - 2_000_000, look.start_us)
        assert look.duration_us >= 400_000 and truth.looks("parent", "other_face").crop(before)
    assert truth.looking_away()


def test_directions_are_told_as_a_camera_sees_them_that_looks_down(tmp_path: Path) -> None:
    stored = json.loads(gzip.decompress(truth_path(SAMPLES / "side_view_woman.mp4").read_bytes()))
    down = np.radians(40)
    tilted = np.eye(4)
    tilted[1:3, 1:3] = [[np.cos(down), -np.sin(down)], [np.sin(down), np.cos(down)]]
    stored["cameras"][0]["view"] = tilted.tolist()
    infant, parent = stored["frames"][0]["infant"], stored["frames"][0]["parent"]
    across, to_lens = tilted[0, :3], tilted[2, :3]
    # A metre before the lens and level with it; then one whose front is along the picture's width.
    infant["eye_mid"], infant["gaze"] = (-to_lens).tolist(), to_lens.tolist()
    infant["head_R"] = np.column_stack([to_lens, np.cross(to_lens, across), across]).tolist()
    parent["eye_mid"] = (-to_lens - across).tolist()
    stored["frames"] = stored["frames"][:1]
    path = tmp_path / "tilted.truth.json.gz"
    path.write_bytes(gzip.compress(json.dumps(stored).encode()))
    person = read_truth(path).people["infant"]
    assert person.gaze == pytest.approx(np.array([[0.0, 0.0]]), abs=1e-6)
    assert person.angles == pytest.approx(np.array([[90.0, 0.0]]), abs=1e-6)
    assert person.partner == pytest.approx(np.array([[-90.0, 0.0]]), abs=1e-6)
