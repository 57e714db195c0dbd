"""From heads per frame to arrays: only heads, only people, each in one column."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vfeed.analysis.result import recompute
from vfeed.errors import VfeedError
from vfeed.perception.boxes import Box
from vfeed.perception.gaze_network import GazeReading
from vfeed.perception.geometry import FieldOfView
from vfeed.perception.hand_detector import HandSeen
from vfeed.perception.head_detector import DetectedHead
from vfeed.perception.head_pose import HeadPose
from vfeed.perception.head_tracker import HeadSeen
from vfeed.perception.metrics import ADDED_LATER, ARRAYS, metrics_from_npz, metrics_to_npz
from vfeed.perception.metrics_assembly import assemble_metrics, is_head
from vfeed.perception.occlusion_network import OcclusionReading
from vfeed.perception.parameters import PERCEPTION
from vfeed.perception.shot_detection import FrameChange
from vfeed.perception.tracks import Track
from vfeed.perception.visibility import Visibility

STEP_US = 100_000
FRAME_PX = (1280, 720)


def seen(number: int, box: Box = (600, 300, 80, 80)) -> HeadSeen:
    pose = HeadPose(np.eye(3), (3.0, 5.0), 0.8)
    return HeadSeen(number, Visibility.SEEN, box, pose, light=120.0, sharpness=0.05, infant=0.9, covered=0.1)


def track(number: int, *confirmed_us: int, clothing: NDArray[Any] | None = None) -> Track:
    made = Track(number, (600, 300, 80, 80), confirmed_us[0], clothing=clothing, head_p=[0.9])
    for time_us in confirmed_us[1:]:
        made.detected(made.box_px, 0.9, 0.0, time_us, confirm_after=3)
    return made


def in_colour(*shares: float) -> NDArray[Any]:
    return np.array(shares) / sum(shares)


def film(*rows: list[HeadSeen]) -> list[tuple[int, list[HeadSeen]]]:
    return [(index * STEP_US, row) for index, row in enumerate(rows)]


def test_every_documented_array_is_there_and_has_its_shape() -> None:
    metrics = assemble_metrics(
        film(*[[seen(0)]] * 20), [track(0, 0, 500_000, 1_000_000, 1_500_000)], FRAME_PX, 2_000_000
    )
    assert set(metrics) == set(ARRAYS)
    assert metrics["sight"].shape == (20, 1) and metrics["box_px"].shape == (20, 1, 4)
    assert (metrics["sight"] == Visibility.SEEN).all()


@pytest.mark.parametrize(
    ("scores", "head_p", "a_head"),
    [
        ([0.5, 0.6], [0.9, 0.8], True),
        ([0.9, 0.9], [0.1, 0.2], True),
        ([0.5, 0.6], [0.1, 0.2], False),
        ([0.6], [], False),
    ],
    ids=["by both", "by the detector", "by neither", "never read"],
)
def test_a_track_is_a_head_when_network_or_detector_say_so_on_average(
    scores: list[float], head_p: list[float], a_head: bool
) -> None:
    found = track(0, 0, 500_000, 1_000_000)
    found.scores[:], found.head_p[:] = scores, head_p
    assert is_head(found) is a_head
    metrics = assemble_metrics(film(*[[seen(0)]] * 20), [found], FRAME_PX, 2_000_000)
    assert metrics["sight"].shape[1] == int(a_head)


def test_a_head_seen_for_a_moment_only_is_nobody() -> None:
    rows = [[seen(0)]] * 5 + [[]] * 60
    assert assemble_metrics(film(*rows), [track(0, 0, 200_000, 400_000)], FRAME_PX, 6_500_000)["sight"].shape == (65, 0)


def test_a_head_confirmed_too_rarely_is_nobody() -> None:
    assert assemble_metrics(film(*[[seen(0)]] * 30), [track(0, 0, 500_000)], FRAME_PX, 3_000_000)["sight"].shape == (
        30,
        0,
    )


def test_who_leaves_and_comes_back_elsewhere_is_one_person() -> None:
    rows = [[seen(0)]] * 15 + [[]] * 20 + [[seen(1, (300, 300, 85, 85))]] * 15
    tracks = [track(0, 0, 500_000, 1_000_000), track(1, 3_500_000, 4_000_000, 4_500_000)]
    metrics = assemble_metrics(film(*rows), tracks, FRAME_PX, 5_000_000)
    assert metrics["sight"].shape == (50, 1)


def test_two_who_are_seen_at_once_or_differ_in_size_stay_two() -> None:
    times = (0, 500_000, 1_000_000, 1_500_000)
    together = assemble_metrics(
        film(*[[seen(0), seen(1, (300, 300, 80, 80))]] * 20), [track(0, *times), track(1, *times)], FRAME_PX, 2_000_000
    )
    later = [time + 2_000_000 for time in times]
    rows = [[seen(0)]] * 20 + [[seen(1, (600, 300, 160, 160))]] * 20
    by_size = assemble_metrics(film(*rows), [track(0, *times), track(1, *later)], FRAME_PX, 4_000_000)
    assert together["sight"].shape[1] == by_size["sight"].shape[1] == 2


def two_shots(second: list[HeadSeen], clothes: list[NDArray[Any] | None], *, cut: bool) -> int:
    """People of a clip in which 0 and 1 are followed by `second`, tracks 2, 3..., with or without a cut between."""
    times = (0, 500_000, 1_000_000, 1_500_000)
    later = tuple(time + 2_000_000 for time in times)
    rows = [[seen(0), seen(1, (300, 300, 60, 60))]] * 20 + [second] * 20
    tracks = [track(n, *(times if n < 2 else later), clothing=worn) for n, worn in enumerate(clothes)]
    changes = [FrameChange(cut and frame == 20, (0.0, 0.0)) for frame in range(40)]
    return assemble_metrics(film(*rows), tracks, FRAME_PX, 4_000_000, changes=changes)["sight"].shape[1]


def test_after_a_cut_people_are_known_by_their_clothes_wherever_they_are() -> None:
    red, blue, green = in_colour(9, 1, 0), in_colour(1, 9, 0), in_colour(0, 1, 9)
    exchanged = [seen(2, (60, 300, 150, 150)), seen(3, (1120, 300, 110, 110))]
    assert two_shots(exchanged, [red, blue, red, blue], cut=True) == 2
    assert two_shots(exchanged, [red, blue, red, green], cut=True) == 3
    assert two_shots(exchanged, [None, None, None, None], cut=True) == 4


def test_without_a_cut_only_the_very_same_clothes_outweigh_place_and_size() -> None:
    red, blue, reddish = in_colour(9, 1, 0), in_colour(1, 9, 0), in_colour(7, 3, 0)
    elsewhere = [seen(2, (1150, 300, 150, 150))]
    assert two_shots(elsewhere, [red, blue, red], cut=False) == 2
    assert two_shots(elsewhere, [red, blue, reddish], cut=False) == 3
    assert two_shots(elsewhere, [red, blue, reddish], cut=True) == 2


def test_in_one_place_other_clothes_are_somebody_else() -> None:
    red, blue, green = in_colour(9, 1, 0), in_colour(1, 9, 0), in_colour(0, 1, 9)
    assert two_shots([seen(2)], [red, blue, red], cut=False) == 2
    assert two_shots([seen(2)], [red, blue, green], cut=False) == 3


def test_a_single_frame_and_no_frame_make_arrays_too() -> None:
    one = assemble_metrics(film([seen(0)]), [track(0, 0)], FRAME_PX, 40_000)
    none = assemble_metrics([], [], FRAME_PX, 40_000)
    assert one["sight"].tolist() == [[Visibility.SEEN]] and none["sight"].shape == (0, 0)


def test_a_head_at_the_lens_points_along_its_line_of_sight() -> None:
    metrics = assemble_metrics(
        film(*[[seen(0, (1200, 300, 80, 80))]] * 12), [track(0, 0, 500_000, 1_000_000)], FRAME_PX, 1_200_000
    )
    assert metrics["forward"][0, 0, 0] < -0.3


@pytest.mark.parametrize(
    ("by_file", "by_person", "deg", "source"),
    [
        (None, None, 62.0, "default"),
        (90.0, None, 90.0, "file"),
        (90.0, 40.0, 40.0, "person"),
        (None, 40.0, 40.0, "person"),
    ],
)
def test_a_person_is_asked_before_the_file_and_the_version_says_whose_word_held(
    by_file: float | None, by_person: float | None, deg: float, source: str
) -> None:
    metrics = assemble_metrics([], [], FRAME_PX, 40_000, FieldOfView.of(by_file, by_person))
    version = recompute(metrics).version
    assert (version["field_of_view_deg"], version["field_of_view_from"]) == (deg, source)


def test_cuts_number_the_shots_and_the_cameras_motion_is_kept() -> None:
    nan = float("nan")
    changes = [
        FrameChange(False, (nan, nan)),
        FrameChange(False, (2.0, -1.0)),
        FrameChange(True, (nan, nan)),
        FrameChange(False, (0.0, 3.0)),
    ]
    metrics = assemble_metrics(film([], [], [], []), [], FRAME_PX, 400_000, changes=changes)
    assert metrics["shot"].tolist() == [0, 0, 1, 1]
    assert metrics["moved_px"][[1, 3]].tolist() == [[2.0, -1.0], [0.0, 3.0]]
    assert np.isnan(metrics["moved_px"][[0, 2]]).all()
    unknown = assemble_metrics(film([], []), [], FRAME_PX, 200_000)
    assert unknown["shot"].tolist() == [0, 0] and np.isnan(unknown["moved_px"]).all()


def test_hands_are_kept_with_whether_they_were_looked_for() -> None:
    hand = HandSeen((10.0, 20.0, 30.0, 40.0), 0.8)
    metrics = assemble_metrics(film([], [], []), [], FRAME_PX, 300_000, hands=[[hand], None, []])
    assert metrics["hand_asked"].tolist() == [True, False, True]
    assert metrics["hand_px"][0, 0].tolist() == [10, 20, 30, 40] and np.isnan(metrics["hand_px"][0, 1:]).all()
    assert metrics["hand_score"][0, 0] == pytest.approx(0.8) and np.isnan(metrics["hand_score"][1:]).all()


def test_metrics_survive_the_archive_and_other_data_is_refused() -> None:
    metrics = assemble_metrics(film(*[[seen(0)]] * 20), [track(0, 0, 500_000, 1_000_000)], FRAME_PX, 2_000_000)
    again = metrics_from_npz(metrics_to_npz(metrics))
    assert all(np.array_equal(again[name], metrics[name], equal_nan=True) for name in ARRAYS)
    older = {name: array for name, array in metrics.items() if name not in ADDED_LATER}
    filled = metrics_from_npz(metrics_to_npz(older))
    assert all(filled[name].shape == metrics[name].shape for name in ARRAYS)
    short = {name: array for name, array in metrics.items() if name != "sight"}
    for bad in (b"", b"no archive", metrics_to_npz(short), metrics_to_npz(metrics)[:200]):
        with pytest.raises(VfeedError):
            metrics_from_npz(bad)


def test_a_found_head_can_be_moved_with_its_tile() -> None:
    moved = DetectedHead((1, 2, 30, 40), np.ones((6, 2)), 0.5, "test").moved(100, 10)
    assert moved.box_px == (101, 12, 30, 40) and moved.keypoints_px[0].tolist() == [101, 11]
    assert moved.size_px == 40 and moved.centre_px == (116, 32)


def test_a_gaze_is_turned_into_the_cameras_frame_and_told_only_where_it_is_clear() -> None:
    at_the_lens = GazeReading(np.array([0.0, 0.0, 1.0]), (5.0, 7.0), 0.9)
    shut, unclear = replace(at_the_lens, lids_open=0.1), replace(at_the_lens, sd_deg=(30.0, 7.0))
    at_the_edge = (1100.0, 300.0, 80.0, 80.0)
    rows = [
        [replace(seen(0, at_the_edge), gaze=gaze)]
        for gaze in [at_the_lens] * 8 + [shut] * 8 + [None] * 4 + [unclear] * 4
    ]
    metrics = assemble_metrics(
        film(*rows), [track(0, 0, 500_000, 1_000_000, 1_500_000, 2_000_000)], FRAME_PX, 2_400_000
    )
    assert metrics["gaze"][:8, 0, 0].max() < -0.1
    assert np.allclose(np.linalg.norm(metrics["gaze"][:8, 0], axis=1), 1)
    assert (metrics["gaze_sd_deg"][:8, 0] == [5, 7]).all()
    assert np.isnan(metrics["gaze"][8:]).all() and np.isnan(metrics["gaze_sd_deg"][8:]).all()
    assert np.allclose(metrics["lids_open"][8:16, 0], 0.1) and np.isnan(metrics["lids_open"][16:20]).all()
    assert np.allclose(metrics["infant"][:, 0], 0.9) and np.allclose(metrics["covered"][:, 0], 0.1)


def test_a_face_that_something_hides_is_covered_and_what_is_before_it_is_kept() -> None:
    readings = [None] * 5 + [OcclusionReading(0.2, 0.7)] * 5 + [OcclusionReading(0.9, 0.95)] * 10
    rows = [[replace(seen(0), occlusion=reading)] for reading in readings]
    metrics = assemble_metrics(film(*rows), [track(0, 0, 500_000, 1_000_000)], FRAME_PX, 2_000_000)
    assert np.isnan(metrics["occlusion"][:5, 0]).all() and np.allclose(metrics["occlusion"][5:10, 0], 0.7)
    assert np.allclose(metrics["covered"][[0, 5, 10], 0], [0.1, 0.2, 0.9])
    assert metrics["sight"][:, 0].tolist() == [Visibility.SEEN] * 10 + [Visibility.COVERED] * 10


def test_a_face_that_something_hides_stays_covered_though_an_ended_track_of_the_same_person_is_still_missed() -> None:
    hidden = replace(seen(0), occlusion=OcclusionReading(0.9, 0.95))
    missed = HeadSeen(1, Visibility.NOT_FOUND, (600, 300, 80, 80))
    rows = [[replace(seen(1), track=1)]] * 8 + [[hidden, missed]] * 12
    tracks = [track(0, 800_000, 1_300_000, 1_800_000), track(1, 0, 300_000, 600_000)]
    metrics = assemble_metrics(film(*rows), tracks, FRAME_PX, 2_000_000)
    assert metrics["sight"][:, 0].tolist() == [Visibility.SEEN] * 8 + [Visibility.COVERED] * 12
    later = replace(PERCEPTION, covered_from=0.95)
    free = assemble_metrics(film(*rows), tracks, FRAME_PX, 2_000_000, parameters=later)
    assert (free["sight"] == Visibility.SEEN).all()


def test_what_is_told_no_direction_makes_nobody_and_ends_nobody() -> None:
    """A crown of hair beside the head that it belongs to; the head itself, bent down for a while, stays the person."""
    turned = seen(0)
    vague = replace(turned, pose=replace(turned.pose, sd_deg=(90.0, 30.0)))
    confirmed = (500_000, 1_000_000, 1_500_000)
    nobody = assemble_metrics(film(*[[vague]] * 20), [track(0, 0, *confirmed)], FRAME_PX, 2_000_000)
    assert nobody["sight"].shape == (20, 0)
    somebody = assemble_metrics(film(*[[turned]] * 12, *[[vague]] * 8), [track(0, 0, *confirmed)], FRAME_PX, 2_000_000)
    assert somebody["sight"][:, 0].tolist() == [Visibility.SEEN] * 20


def test_clips_analysed_before_eyes_were_read_can_still_be_opened() -> None:
    metrics = assemble_metrics(film([seen(0)], [seen(0)]), [track(0, 0, 100_000)], FRAME_PX, 200_000)
    later = ("gaze", "gaze_sd_deg", "lids_open", "infant", "covered", "occlusion")
    old = {name: array for name, array in metrics.items() if name not in later}
    opened = metrics_from_npz(metrics_to_npz(old))
    assert all(opened[name].shape == metrics[name].shape and np.isnan(opened[name]).all() for name in later)


@pytest.mark.parametrize(
    ("hand", "visibility"),
    [
        ((595.0, 295.0, 85.0, 85.0), Visibility.COVERED),
        ((560.0, 300.0, 80.0, 80.0), Visibility.SEEN),
        ((100.0, 300.0, 80.0, 80.0), Visibility.SEEN),
    ],
    ids=["over the face", "half of it", "elsewhere"],
)
def test_a_face_behind_a_hand_is_covered_around_the_look_for_hands(
    hand: tuple[float, float, float, float], visibility: Visibility
) -> None:
    looked: list[list[HandSeen] | None] = [[HandSeen(hand, 0.9)]] + [None] * 19
    metrics = assemble_metrics(
        film(*[[seen(0)]] * 20), [track(0, 0, 500_000, 1_000_000)], FRAME_PX, 2_000_000, hands=looked
    )
    assert metrics["sight"][0, 0] == metrics["sight"][2, 0] == visibility
    assert metrics["sight"][10, 0] == Visibility.SEEN and metrics["covered"][10, 0] == pytest.approx(0.1)
