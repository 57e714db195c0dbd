"""Truth: acting keeps to what eyes can do, episodes follow from frames, and the stored truth is consistent."""

from itertools import pairwise

import numpy as np
import pytest

from sample_clips.generator.acting import COVER_MOVE_S, EYE_YAW_LIMIT_DEG, Actor, seats_of, within
from sample_clips.generator.director import Distribution, draw
from sample_clips.generator.recipe import Span
from sample_clips.generator.rotation import (
    about,
    angle_between_deg,
    axis_angle,
    direction,
    turned,
    yaw_pitch_deg,
)
from sample_clips.generator.truth import Seen, episodes, seen_face, spans, visibility

PARTNER = np.array([-0.25, 0.14, 0.0])


def acted(seed=5, seconds=12.0):
    recipe = draw("x", seed, 0, Distribution(duration_s=seconds))
    seat = seats_of(recipe)["infant"]
    actor = Actor("infant", recipe.infant, seat, recipe.seed)
    points = {
        "other_face": PARTNER,
        "toy": np.array([0, -0.19, 0.1]),
        "away": np.array([1.2, 0.15, 0.9]),
        "window": np.array([1.3, 0.55, 0.9]),
        "down": np.array([0.16, -0.27, 0.16]),
        "camera": np.array([0, 0.2, 1.1]),
    }
    eyes = seat.head + np.array([0, 0.06, 0.05])
    return [(actor.pose(t, points, eyes), eyes) for t in np.arange(0, seconds, 0.04)]


def test_eyes_never_turn_further_than_eyes_do():
    for pose, eyes in acted():
        head = pose.seat.rotation @ turned(*pose.head)
        yaw, _ = yaw_pitch_deg(head.T @ (pose.look_point - eyes))
        assert abs(yaw) <= EYE_YAW_LIMIT_DEG + 1e-6


def test_heads_turn_without_jumping():
    yaws = [pose.head[0] for pose, _ in acted()]
    assert np.abs(np.diff(yaws)).max() < 16


def test_acting_is_the_same_twice():
    first, second = acted(), acted()
    assert all(
        (a.look_point == b.look_point).all() and a.head == b.head for (a, _), (b, _) in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (35, -20), (-140, 60), (90, 10)])
def test_directions_come_back_from_their_angles(yaw, pitch):
    assert yaw_pitch_deg(direction(yaw, pitch)) == pytest.approx((yaw, pitch))


def test_a_rotation_comes_back_from_axis_and_angle():
    rotation = turned(33, -12, 8)
    assert about(*axis_angle(rotation)) == pytest.approx(rotation)
    assert angle_between_deg(np.array([1.0, 0, 0]), np.array([0, 2.0, 0])) == pytest.approx(90)


def test_a_cloth_covers_within_its_span_only():
    span = Span(1.0, 2.0)
    assert within(span, 0.9, COVER_MOVE_S) == 0
    assert within(span, 1.5, COVER_MOVE_S) == 1
    assert 0 < within(span, 1.06, COVER_MOVE_S) < 1
    assert within(span, 2.1, COVER_MOVE_S) == 0


def face_picture(columns, owner=1):
    picture = np.zeros((40, 40), np.uint8)
    picture[15:25, columns] = owner
    return picture


def test_a_half_covered_face_is_half_covered():
    alone = face_picture(slice(15, 25))
    seen = seen_face(face_picture(slice(15, 20)), alone, 1, 1.0, 2.0)
    assert seen == Seen(0.5, 1.0, 400.0)


def test_a_face_beyond_the_edge_is_out_of_the_frame():
    seen = seen_face(np.zeros((40, 40), np.uint8), face_picture(slice(34, 40)), 1, 2.0, 1.0)
    assert seen.in_frame == 0
    assert visibility(seen, 10) == "out"


@pytest.mark.parametrize(
    ("seen", "yaw", "expected"),
    [
        (Seen(0.0, 1.0, 900), 20, "visible"),
        (Seen(0.5, 1.0, 900), 20, "partly"),
        (Seen(0.95, 1.0, 900), 20, "hidden"),
        (Seen(0.0, 1.0, 900), 130, "turned"),
        (Seen(0.0, 0.0, 0), 20, "turned"),
        (Seen(0.0, 0.2, 900), 20, "out"),
    ],
)
def test_visibility_is_told_by_its_rule(seen, yaw, expected):
    assert visibility(seen, yaw) == expected


def frame(time_us, parent, infant, mutual):
    person = {"visibility": "visible"}
    return {
        "time_us": time_us,
        "parent": person | {"target": parent},
        "infant": person | {"target": infant},
        "mutual": mutual,
    }


def test_looking_away_needs_contact_just_before():
    met = [frame(t * 100_000, "other_face", "other_face", True) for t in range(5)]
    on_the_way = [frame(500_000, "other_face", "shift", False)]
    away = [frame(600_000 + t * 100_000, "other_face", "away", False) for t in range(5)]
    kinds = {(e["kind"], e["start_us"], e["end_us"]) for e in episodes(met + on_the_way + away, 1_100_000)}
    assert ("mutual", 0, 500_000) in kinds
    assert ("looking_away", 600_000, 1_100_000) in kinds
    alone = {e["kind"] for e in episodes([frame(0, "toy", "toy", False), frame(10, "toy", "away", False)], 20)}
    assert "looking_away" not in alone


def test_episodes_of_each_kind_never_overlap():
    frames = [frame(t * 40_000, "other_face", ["toy", "other_face"][t // 3 % 2], t // 3 % 2 == 1) for t in range(30)]
    found = [e for e in episodes(frames, 1_200_000) if e["who"] == "infant"]
    assert all(a["end_us"] <= b["start_us"] for a, b in pairwise(found))


def test_spans_cover_the_whole_clip():
    runs = spans([0, 10, 25], 40, [1, 1, 2])
    assert runs == [(0, 25, 1), (25, 40, 2)]
