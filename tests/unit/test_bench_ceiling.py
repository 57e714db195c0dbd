"""What exact directions would reach: reckoned from the truth alone, by angles that the tune set chose."""

from pathlib import Path

import numpy as np
import pytest
from sample_analysis import SAMPLES

from bench import ceiling, report
from bench.truth import read_truth, truth_path

TRUTH = read_truth(truth_path(SAMPLES / "side_view_woman.mp4"))


def test_a_look_at_the_face_lies_nearer_to_the_eyes_than_other_looks() -> None:
    infant = TRUTH.people["infant"]
    off = ceiling.gaze_off(infant)
    assert np.median(off[infant.at_face]) < 8 < np.median(off[~infant.at_face])
    toy = np.array(infant.target) == "toy"
    assert (off[toy] > 20).all()


def test_heads_are_told_against_what_is_usual_in_the_clip() -> None:
    parent = TRUTH.people["parent"]
    usual, plain = ceiling.head_off_usual(parent), ceiling.head_off(parent)
    assert usual[parent.at_face].mean() < plain[parent.at_face].mean()


def test_agreement_falls_as_angles_open() -> None:
    near, _ = ceiling.agreement([TRUTH], ceiling.gaze_off, (8, 8))
    wide, _ = ceiling.agreement([TRUTH], ceiling.gaze_off, (90, 90))
    assert near > 0.9 > wide


def test_both_sets_have_to_be_there(tmp_path: Path) -> None:
    assert ceiling.measure(SAMPLES, tmp_path) is None


def test_what_is_reached_is_shown_after_the_set_that_it_belongs_to(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [SAMPLES / "side_view_woman.mp4", SAMPLES / "side_view_man.mp4"]
    monkeypatch.setattr(ceiling, "clips_in", lambda folder: clips[: 1 + (folder.name == "test")])
    monkeypatch.setattr(ceiling, "ANGLES_DEG", (8, 20))
    found = ceiling.measure(Path("tune"), Path("test"))
    assert found is not None and found["clips"] == [1, 2]
    assert [row[0] for row in found["rows"]] == list(ceiling.KNOWN)
    by = {row[0]: row[3:] for row in found["rows"]}
    assert by["where the eyes point"][0] >= by["where heads point"][0]
    text = report.compose({"ceiling": {"measured": "2026-01-01"} | found}, Path("unused"))
    assert "| where heads point |" in text
    assert text.index("exact directions would reach") < text.index("Like real film, tune set")
