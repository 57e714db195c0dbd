"""Tracks: who is who from frame to frame."""

import math

import numpy as np
import pytest

from vfeed.perception.heads import DetectedHead, one_each
from vfeed.perception.tracker import Box, Track, cost, doubles, match, on_one_head


def head(x: float, y: float, size: float, score: float = 0.9) -> DetectedHead:
    return DetectedHead((x, y, size, size), np.zeros((6, 2)), score, "test")


def track(number: int, box: Box, confirmed: int = 3) -> Track:
    return Track(number, box, 0, confirmed_us=list(range(confirmed)))


def test_two_heads_that_move_keep_their_tracks() -> None:
    tracks = [track(0, (100, 100, 80, 80)), track(1, (300, 100, 50, 50))]
    found = [head(290, 110, 52), head(120, 100, 78)]
    assert sorted(match(tracks, found, 80_000)) == [(0, 1), (1, 0)]


@pytest.mark.parametrize("found", [(100, 100, 190), (900, 100, 80), (100, 100, 30)])
def test_a_head_of_another_size_or_far_away_is_somebody_else(found: tuple[float, float, float]) -> None:
    assert match([track(0, (100, 100, 80, 80))], [head(*found)], 80_000) == []


def test_reach_grows_with_the_time_since_a_head_was_seen() -> None:
    lost = track(0, (100, 100, 80, 80))
    assert math.isinf(cost(lost, (240, 100, 80, 80), 80_000))
    assert math.isfinite(cost(lost, (240, 100, 80, 80), 2_000_000))


def test_nothing_matches_nothing() -> None:
    assert match([], [head(0, 0, 9)], 0) == [] and match([track(0, (0, 0, 9, 9))], [], 0) == []


def test_of_two_tracks_on_one_head_the_less_confirmed_is_extra() -> None:
    older, newer, other = track(0, (0, 0, 50, 50), 9), track(1, (5, 0, 50, 50), 2), track(2, (200, 0, 50, 50), 1)
    assert doubles([older, newer, other]) == [newer]


def test_a_track_learns_its_speed_and_forgets_it_over_a_gap() -> None:
    moving = track(0, (0, 0, 50, 50))
    for step in range(1, 8):
        moving.place((10.0 * step, 0, 50, 50), 100_000 * step)
    assert moving.velocity_px_s[0] == pytest.approx(100, rel=0.05)
    moving.place((500, 0, 50, 50), 5_000_000)
    assert moving.velocity_px_s == (0.0, 0.0)


def test_of_overlapping_findings_the_best_is_kept() -> None:
    kept = one_each([head(0, 0, 50, 0.6), head(5, 5, 50, 0.9), head(300, 0, 50, 0.5)])
    assert [found.score for found in kept] == [0.9, 0.5]


def test_a_lost_head_is_expected_further_on_but_never_far() -> None:
    moving = track(0, (100, 100, 80, 80))
    moving.velocity_px_s = (100.0, -2000.0)
    x, y, width, height = moving.expected_px(100_000)
    assert (x, y, width, height) == (pytest.approx(110), pytest.approx(60), 80, 80)
    assert moving.expected_px(9_000_000)[0] == pytest.approx(125)


@pytest.mark.parametrize(
    ("found", "same"),
    [((110, 95, 80, 80), True), ((100, 40, 80, 80), True), ((200, 100, 80, 80), False), ((100, 40, 45, 45), False)],
)
def test_hair_above_a_face_is_no_second_head_but_a_cheek_beside_it_is(found: Box, same: bool) -> None:
    assert on_one_head(found, (100, 100, 80, 80)) is same


def test_what_detectors_do_not_see_is_vouched_for_without_being_confirmed() -> None:
    followed = Track(0, (0, 0, 10, 10), 0)
    followed.confirm(100)
    followed.vouch(900)
    assert followed.confirmed_us == [100, 900] and followed.detected_us == 100


def test_a_mesh_is_carried_along_with_the_head_between_two_fits() -> None:
    followed = Track(0, (10, 20, 40, 40), 0, mesh=np.ones((478, 3)))
    followed.carry((3.0, -2.0), 80_000)
    assert followed.box_px == (13, 18, 40, 40) and followed.seen_us == 80_000
    assert followed.mesh is not None and followed.mesh[5].tolist() == [4, -1, 1]
