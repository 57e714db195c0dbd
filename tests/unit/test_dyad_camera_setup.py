"""How the film is set up, and what "at the partner" then means."""

import numpy as np
import pytest
from synthetic_heads import HEIGHT, INFANT, WIDTH, alone, scene, split_screen

from vfeed.analysis.result import recompute
from vfeed.dyad.camera_setup import PANES, CameraSetup, SetupEstimate

BEAT = ["partner"] * 20 + ["toy"] * 20 + ["partner"] * 20 + ["away"] * 20


def test_one_camera_is_the_usual_set_up() -> None:
    setup = recompute(scene(["partner"] * 30, ["toy"] * 30)).setup
    assert setup.kind is CameraSetup.ONE_VIEW and not setup.given and setup.confidence > 0.9


def test_a_seam_between_two_people_who_face_a_camera_each_is_a_split_screen() -> None:
    result = recompute(split_screen(["partner"] * 80, BEAT))
    assert result.setup.kind is CameraSetup.SPLIT_SCREEN and result.setup.confidence > 0.9
    lane = np.array(result.states.infant).reshape(4, 20)[:, 4:-4]
    assert [set(beat) for beat in lane.tolist()] == [{"partner"}, {"object"}, {"partner"}, {"away"}]
    assert [each.kind for each in result.candidates].count("gaze_contact") == 2


def test_a_seam_through_the_room_behind_two_people_seen_from_the_side_is_none() -> None:
    metrics = scene((["partner"] * 25 + ["toy"] * 25) * 3, (["toy"] * 50 + ["partner"] * 25) * 2)
    metrics[PANES] = np.array([[0, 0, WIDTH // 2, HEIGHT], [WIDTH // 2, 0, WIDTH // 2, HEIGHT]], np.int32)
    assert recompute(metrics).setup.kind is CameraSetup.ONE_VIEW


def test_a_window_behind_somebody_is_no_picture_in_the_picture() -> None:
    metrics = scene((["partner"] * 25 + ["toy"] * 25) * 3, (["toy"] * 50 + ["partner"] * 25) * 2)
    left, top = np.nanmin(metrics["box_px"][:, INFANT, :2], axis=0) - 60
    metrics[PANES] = np.array([[0, 0, WIDTH, HEIGHT], [left, top, WIDTH - left, 400]], np.int32)
    setup = recompute(metrics).setup
    assert setup.kind is CameraSetup.ONE_VIEW and setup.confidence > 0.9 and not setup.to_confirm


def test_a_border_that_cuts_a_face_is_no_picture_in_the_picture() -> None:
    metrics = split_screen(["partner"] * 80, BEAT)
    left = round(float(metrics["box_px"][0, INFANT, 0])) + 40
    metrics[PANES] = np.array([[0, 0, WIDTH, HEIGHT], [left, 180, 480, 360]], np.int32)
    assert recompute(metrics).setup.kind is CameraSetup.ONE_VIEW


def test_a_parent_whom_nobody_found_is_not_taken_to_be_at_the_camera() -> None:
    beside = scene(["unseen"] * 80, ["partner"] * 40 + ["toy"] * 40)
    result = recompute(beside)
    assert result.setup == SetupEstimate(CameraSetup.ONE_VIEW, 0.5) and result.setup.to_confirm
    assert result.roles.caregiver is None and result.candidates == []


def test_without_a_seam_two_people_who_face_the_lens_are_in_one_view_and_have_no_contact() -> None:
    result = recompute(scene(["camera"] * 60, ["camera"] * 60))
    assert result.setup.kind is CameraSetup.ONE_VIEW
    assert not [each for each in result.candidates if each.kind == "gaze_contact"]


def test_a_small_picture_within_the_large_one_is_an_inset() -> None:
    metrics = split_screen(["partner"] * 80, BEAT)
    metrics[PANES] = np.array([[0, 0, WIDTH, HEIGHT], [WIDTH // 2 + 40, 180, 480, 360]], np.int32)
    assert recompute(metrics).setup.kind is CameraSetup.PICTURE_IN_PICTURE


def test_one_person_alone_has_the_other_at_the_camera() -> None:
    result = recompute(alone(BEAT))
    assert result.setup == SetupEstimate(CameraSetup.CAREGIVER_AT_CAMERA, 0.5) and result.roles.infant == 0
    lane = np.array(result.states.infant).reshape(4, 20)[:, 4:-4]
    assert [set(beat) for beat in lane.tolist()] == [{"partner"}, {"object"}, {"partner"}, {"away"}]
    assert set(result.states.caregiver) == {"unseen"}


@pytest.mark.parametrize("kind", list(CameraSetup))
def test_a_person_has_the_last_word_on_the_set_up(kind: CameraSetup) -> None:
    result = recompute(scene(["partner"] * 20, ["partner"] * 20), setup_kind=kind)
    assert result.setup == SetupEstimate(kind, 1.0, given=True)
    assert result.setup.as_dict() == {"kind": kind.value, "confidence": 1.0, "given": True}


@pytest.mark.parametrize("kind", list(CameraSetup))
def test_any_set_up_can_be_said_of_one_person_alone(kind: CameraSetup) -> None:
    result = recompute(alone(BEAT), setup_kind=kind)
    assert result.setup.kind is kind and set(result.states.caregiver) == {"unseen"}
    assert not [each for each in result.candidates if each.kind == "gaze_contact"]


def test_the_parent_at_the_camera_takes_whoever_sits_beside_the_infant_out_of_the_pair() -> None:
    metrics = scene(["partner"] * 80, ["camera"] * 40 + ["toy"] * 40)
    result = recompute(metrics, setup_kind=CameraSetup.CAREGIVER_AT_CAMERA)
    assert (result.roles.infant, result.roles.caregiver, result.roles.others) == (INFANT, None, 1)
    assert set(result.states.infant[4:36]) == {"partner"}


@pytest.mark.parametrize(
    ("setup", "asks"),
    [
        (SetupEstimate(CameraSetup.ONE_VIEW, 0.99), False),
        (SetupEstimate(CameraSetup.ONE_VIEW, 0.6), True),
        (SetupEstimate(CameraSetup.SPLIT_SCREEN, 0.99), True),
        (SetupEstimate(CameraSetup.PICTURE_IN_PICTURE, 0.99), True),
        (SetupEstimate(CameraSetup.CAREGIVER_AT_CAMERA, 0.5), True),
        (SetupEstimate(CameraSetup.SPLIT_SCREEN, 1.0, given=True), False),
    ],
)
def test_a_person_is_asked_about_two_cameras_and_about_guesses(setup: SetupEstimate, asks: bool) -> None:
    assert setup.to_confirm is asks


def test_somebody_who_crosses_the_seam_is_in_no_picture_of_their_own() -> None:
    metrics = split_screen(["partner"] * 80, BEAT)
    metrics["box_px"][:40, INFANT, 0] -= WIDTH / 2
    assert recompute(metrics).setup.kind is CameraSetup.ONE_VIEW
