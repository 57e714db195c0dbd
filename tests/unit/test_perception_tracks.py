"""Tracks: who is who from detection to detection, and the states a track goes through."""

import math

import numpy as np
import pytest

from vfeed.perception.boxes import Box
from vfeed.perception.head_detector import DetectedHead, non_max_suppression
from vfeed.perception.parameters import PERCEPTION
from vfeed.perception.tracks import Track, TrackState, associate, cost, on_one_head


def head(x: float, y: float, size: float, score: float = 0.9) -> DetectedHead:
    return DetectedHead((x, y, size, size), np.zeros((6, 2)), score, "test")


def track(number: int, box: Box, detections: int = 3) -> Track:
    made = Track(number, box, 0)
    for _ in range(detections - 1):
        made.detected(box, 0.9, 0.0, 0, confirm_after=3)
    return made


def test_two_heads_that_move_keep_their_tracks() -> None:
    tracks = [track(0, (100, 100, 80, 80)), track(1, (300, 100, 50, 50))]
    found = [head(290, 110, 52), head(120, 100, 78)]
    assert sorted(associate(tracks, found, 80_000)) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("found", [(100, 100, 190), (900, 100, 80), (100, 100, 30)])
def test_a_head_of_another_size_or_far_away_is_somebody_else(found: tuple[float, float, float]) -> None:
    assert associate([track(0, (100, 100, 80, 80))], [head(*found)], 80_000) == []


def test_reach_grows_with_the_time_since_a_head_was_detected() -> None:
    lost = track(0, (100, 100, 80, 80))
    assert math.isinf(cost(lost, head(240, 100, 80), 80_000))
    assert math.isfinite(cost(lost, head(240, 100, 80), 2_000_000))


@pytest.mark.parametrize(
    ("leans", "found", "after_us", "same"),
    [
        (0.0, 90.0, 240_000, False),
        (0.0, -90.0, 480_000, False),
        (0.0, 90.0, 1_200_000, True),
        (90.0, 90.0, 240_000, True),
        (90.0, 0.0, 240_000, False),
        (50.0, 90.0, 240_000, True),
        (-170.0, 180.0, 240_000, True),
    ],
)
def test_no_head_lies_down_from_one_detection_to_the_next(
    leans: float, found: float, after_us: int, *, same: bool
) -> None:
    track = Track(0, (100, 100, 80, 80), 0, roll_deg=leans)
    lying = DetectedHead((100, 100, 80, 80), np.zeros((6, 2)), 0.9, "test", turned_deg=found)
    assert (associate([track], [lying], after_us) == [(0, 0)]) is same


def test_nothing_associates_with_nothing() -> None:
    assert associate([], [head(0, 0, 9)], 0) == [] and associate([track(0, (0, 0, 9, 9))], [], 0) == []


def test_a_track_is_confirmed_by_its_third_detection() -> None:
    assert track(0, (0, 0, 50, 50), 2).state is TrackState.TENTATIVE
    assert track(0, (0, 0, 50, 50), 3).state is TrackState.CONFIRMED


def test_a_tentative_track_ends_after_two_misses_and_a_confirmed_one_is_lost_and_found_again() -> None:
    new, known = track(0, (0, 0, 50, 50), 1), track(1, (0, 0, 50, 50), 3)
    for step in (1, 2):
        new.missed(step * 240_000)
        known.missed(step * 240_000)
    assert new.state is TrackState.ENDED and known.state is TrackState.CONFIRMED
    known.age(PERCEPTION.carry_at_most_us + 1)
    assert known.state is TrackState.LOST and not known.followed
    known.detected((5, 0, 50, 50), 0.4, 0.0, 2_000_000, confirm_after=3)
    assert known.state is TrackState.CONFIRMED
    known.age(2_000_000 + PERCEPTION.forget_after_us + 1)
    assert known.state is TrackState.ENDED


def test_the_networks_box_carries_the_detectors_to_the_next_frames_by_its_motion_alone() -> None:
    followed = track(0, (100, 100, 80, 100))
    followed.read((90, 90, 120, 140), 0.9, 10.0)
    followed.read((96, 90, 190, 190), 0.9, 10.0)
    x, y, width, height = followed.box_px
    assert (width, height) == (80, 100) and (x, y) == (141.0, 125.0)
    assert followed.detected_px == (100, 100, 80, 100)
    followed.read((900, 90, 120, 140), 0.9, 10.0)
    assert followed.box_px == (x, y, width, height)


def test_a_track_learns_its_speed_and_forgets_it_over_a_gap() -> None:
    moving = track(0, (0, 0, 50, 50))
    for step in range(1, 8):
        moving.detected((10.0 * step, 0, 50, 50), 0.9, 0.0, 100_000 * step, confirm_after=3)
    assert moving.velocity_px_s[0] == pytest.approx(100, rel=0.05)
    moving.detected((500, 0, 50, 50), 0.9, 0.0, 5_000_000, confirm_after=3)
    assert moving.velocity_px_s == (0.0, 0.0)


def test_of_overlapping_detections_the_best_is_kept() -> None:
    kept = non_max_suppression([head(0, 0, 50, 0.6), head(5, 5, 50, 0.9), head(300, 0, 50, 0.5)])
    assert [found.score for found in kept] == [0.9, 0.5]


@pytest.mark.parametrize(
    ("found", "same"),
    [((110, 95, 80, 80), True), ((100, 60, 80, 80), True), ((200, 100, 80, 80), False), ((100, 30, 45, 45), False)],
)
def test_hair_above_a_face_is_no_second_head_but_a_cheek_beside_it_is(found: Box, same: bool) -> None:
    assert on_one_head(found, (100, 100, 80, 80)) is same
