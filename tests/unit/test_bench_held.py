"""Contact against a thing at the face: what counts, how it is summed up, and how it reads in the report."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sample_analysis import SAMPLES

from bench.likeness import face_box, turns
from bench.looks import HeldAtFace, _held
from bench.measure import _held as summed
from bench.report import _held as told
from bench.truth import read_truth, truth_path

TARGETS = ["held", "held", "other_face", "other_face", "toy", "held", "held", "other_face"]
OFF_DEG = [20.0, 20.0, 20.0, 20.0, 20.0, 4.0, 4.0, 4.0]


def clip_with_a_thing() -> Any:
    """The first frames of a sample clip, as if a thing had been held at the parent's face."""
    truth = read_truth(truth_path(SAMPLES / "side_view_man.mp4"))
    count, people = len(TARGETS), {}
    for who, targets in (("infant", TARGETS), ("parent", ["other_face"] * count)):
        people[who] = replace(
            truth.people[who],
            seen=np.ones(count, bool),
            target=targets,
            at_face=np.array([target == "other_face" for target in targets]),
            held_face_deg=np.array(OFF_DEG),
        )
    return replace(truth, time_us=truth.time_us[:count], people=people)


def test_looks_at_the_thing_and_at_the_face_are_told_apart_by_how_far_it_is_off() -> None:
    ours = np.array([False, True, True, False, True, True, False, True])
    p = np.array([0.1, 0.8, 0.9, 0.3, 0.5, 0.6, np.nan, 0.7])
    found = _held(clip_with_a_thing(), np.arange(len(TARGETS)), ours, p)
    assert found.contact == (1, 2) and found.thing == (1, 2)
    assert found.near_thing.tolist() == [0.6] and found.near_contact.tolist() == [0.7]


def test_clips_without_a_thing_count_nothing_and_are_not_told() -> None:
    truth = read_truth(truth_path(SAMPLES / "side_view_man.mp4"))
    everywhere = np.arange(len(truth.time_us))
    found = _held(truth, everywhere, np.ones(len(everywhere), bool), np.ones(len(everywhere)))
    assert found.contact == found.thing == (0, 0)
    assert told(summed([found])) == "-" and told(None) == "-"


def test_the_row_of_the_report_gives_balanced_accuracy_and_both_confidences() -> None:
    one = HeldAtFace((3, 4), (1, 2), np.array([0.4, 0.2]), np.array([0.6]))
    text = told(summed([one, HeldAtFace((1, 4), (2, 2), np.zeros(0), np.zeros(0))]))
    assert "balanced accuracy .62 (4 of 8 frames of contact, 3 of 4 of looks at the thing)" in text
    assert "confidence of contact .30 in 2 frames of looks at the thing, .60 in 1 of contact" in text


def test_turns_of_a_head_are_taken_between_frames_that_follow_soon() -> None:
    def frame(time_us: int, yaw_deg: float) -> Any:
        yaw = np.deg2rad(yaw_deg)
        turn = [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        return {"time_us": time_us, "infant": {"head_R": turn}}

    frames = [frame(0, 0), frame(100_000, 7), frame(600_000, 90), frame(700_000, 88)]
    assert turns(frames, "infant") == pytest.approx([7, 2])


def test_the_face_of_a_head_in_profile_lies_to_the_side_it_looks_to() -> None:
    head = {"head_box_px": [100.0, 50.0, 200.0, 170.0]}
    frontal, right, left = (face_box(head | {"head_yaw_pitch_cam": [yaw, 0.0]}) for yaw in (0, 90, -90))
    assert frontal[0] + frontal[2] / 2 == pytest.approx(150)
    assert right[0] > frontal[0] and right[2] < frontal[2]
    assert left[0] + left[2] / 2 == pytest.approx(300 - (right[0] + right[2] / 2))
