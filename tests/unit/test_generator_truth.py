"""Truth: acting keeps to what eyes can do, episodes follow from frames, and the stored truth is consistent."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sample_clips.generator.acting import COVER_MOVE_S, EYE_YAW_LIMIT_DEG, Actor, seats_of, within
from sample_clips.generator.director import Distribution, draw
from sample_clips.generator.recipe import Hold, Span
from sample_clips.generator.rotation import (
    about,
    angle_between_deg,
    axis_angle,
    direction,
    turned,
    yaw_pitch_deg,
)
from sample_clips.generator.things import facing, seen_from
from sample_clips.generator.truth import Seen, episodes, seen_face, spans, visibility

PARTNER = np.array([-0.25, 0.14, 0.0])
POINTS = {
    "other_face": PARTNER,
    "toy": np.array([0, -0.19, 0.1]),
    "held": np.array([-0.1, 0.1, 0.1]),
    "away": np.array([1.2, 0.15, 0.9]),
    "window": np.array([1.3, 0.55, 0.9]),
    "down": np.array([0.16, -0.27, 0.16]),
    "camera": np.array([0, 0.2, 1.1]),
}


def acted(seed: int = 5, seconds: float = 12.0) -> Any:
    recipe = draw("x", seed, 0, Distribution(duration_s=seconds))
    seat = seats_of(recipe)["infant"]
    actor = Actor("infant", recipe.infant, seat, recipe.seed)
    eyes = seat.head + np.array([0, 0.06, 0.05])
    return [(actor.pose(t, POINTS, eyes), eyes) for t in np.arange(0, seconds, 0.04)]


def test_eyes_never_turn_further_than_eyes_do() -> None:
    for pose, eyes in acted():
        head = pose.seat.rotation @ turned(*pose.head)
        yaw, _ = yaw_pitch_deg(head.T @ (pose.look_point - eyes))
        assert abs(yaw) <= EYE_YAW_LIMIT_DEG + 1e-6


def test_heads_turn_without_jumping() -> None:
    yaws = [pose.head[0] for pose, _ in acted()]
    assert np.abs(np.diff(yaws)).max() < 16


def test_acting_is_the_same_twice() -> None:
    first, second = acted(), acted()
    assert all(
        (a.look_point == b.look_point).all() and a.head == b.head for (a, _), (b, _) in zip(first, second, strict=True)
    )


@pytest.mark.parametrize(("yaw", "pitch"), [(0, 0), (35, -20), (-140, 60), (90, 10)])
def test_directions_come_back_from_their_angles(yaw: float, pitch: float) -> None:
    assert yaw_pitch_deg(direction(yaw, pitch)) == pytest.approx((yaw, pitch))


def test_a_rotation_comes_back_from_axis_and_angle() -> None:
    rotation = turned(33, -12, 8)
    assert about(*axis_angle(rotation)) == pytest.approx(rotation)
    assert angle_between_deg(np.array([1.0, 0, 0]), np.array([0, 2.0, 0])) == pytest.approx(90)


def test_a_cloth_covers_within_its_span_only() -> None:
    span = Span(1.0, 2.0)
    assert within(span, 0.9, COVER_MOVE_S) == 0
    assert within(span, 1.5, COVER_MOVE_S) == 1
    assert 0 < within(span, 1.06, COVER_MOVE_S) < 1
    assert within(span, 2.1, COVER_MOVE_S) == 0


def hold(how: Any, **other: Any) -> Any:
    told = {"kind": "sheet", "sides": "LR", "offset_deg": 0.5, "bearing_deg": 90.0, "nearer_m": 0.1}
    return Hold(1.0, 4.0, how=how, rgb=(230.0, 230.0, 225.0), **(told | other))


def posed_with(person: Any, who: Any = "parent", time_s: float = 2.5) -> Any:
    recipe = draw("x", 5, 0, Distribution())
    seat = seats_of(recipe)[who]
    actor = Actor(who, replace(getattr(recipe, who), **person), seat, 5)
    eyes = seat.head + np.array([0, 0.06, 0.05])
    return actor.pose(time_s, POINTS, eyes)


def test_a_thing_that_hides_the_face_stops_contact_and_one_beside_it_does_not() -> None:
    assert posed_with({"holds": (hold("screen"),)}).hidden == 1
    assert posed_with({"holds": (hold("screen"),)}, time_s=0.9).hidden == 0
    assert posed_with({"holds": (hold("beside"),)}).screened == 0


def test_hands_hold_a_thing_up_and_let_go_of_what_is_worn() -> None:
    at = {how: posed_with({"holds": (hold(how),)}).reaches for how in ("beside", "worn")}
    assert {(side, place) for side, place, _ in at["beside"]} >= {("L", "hold0"), ("R", "hold0")}
    assert not at["worn"]
    assert {side for side, _, share in posed_with({"holds": (hold("worn"),)}, time_s=1.6).reaches if share > 0.9} == {
        "L",
        "R",
    }


def test_a_body_that_leans_over_a_tray_brings_its_head_forward_and_down() -> None:
    upright = posed_with({}, "infant").seat
    bent = posed_with({"bent": (Span(1.0, 4.0),)}, "infant").seat
    forward = upright.rotation @ (0, 0, 1)
    assert (bent.head - upright.head) @ forward > 0.08
    assert bent.head[1] < upright.head[1] - 0.02


def test_a_lively_head_turns_several_degrees_between_frames() -> None:
    def turns(lively_deg: Any) -> Any:
        heads = [
            pose.seat.rotation @ turned(*pose.head)
            for time_s in np.arange(0, 12, 0.1)
            for pose in [posed_with({"lively_deg": lively_deg}, "infant", float(time_s))]
        ]
        return np.array([axis_angle(a.T @ b)[1] for a, b in pairwise(heads)])

    assert np.median(turns(0.0)) < 2.5
    assert 3 < np.median(turns(4.0)) < 9


@pytest.mark.parametrize(("offset", "bearing"), [(0.5, 90), (12, 0), (25, 180), (9, 270)])
def test_a_thing_lies_where_the_looker_is_to_see_it(offset: Any, bearing: Any) -> None:
    eyes, other = np.array([0.25, 0.0, 0.0]), np.array([-0.25, 0.12, 0.05])
    place = seen_from(eyes, other, offset, bearing, 0.1)
    assert angle_between_deg(place - eyes, other - eyes) == pytest.approx(offset)
    assert np.linalg.norm(place - eyes) == pytest.approx(np.linalg.norm(other - eyes) - 0.1)
    up = place[1] - (eyes + (other - eyes) * np.linalg.norm(place - eyes) / np.linalg.norm(other - eyes))[1]
    assert {90: up > 0, 270: up < 0}.get(bearing, True)


def test_things_face_whom_they_are_shown_to() -> None:
    turn = facing(np.zeros(3), np.array([0.4, 0.0, 0.3]))
    assert angle_between_deg(turn[:, 2], np.array([0.4, 0.0, 0.3])) < 0.01


def face_image(columns: Any, owner: Any = 1) -> Any:
    image = np.zeros((40, 40), np.uint8)
    image[15:25, columns] = owner
    return image


def test_a_half_covered_face_is_half_covered() -> None:
    alone = face_image(slice(15, 25))
    seen = seen_face(face_image(slice(15, 20)), alone, 1, 1.0, 2.0)
    assert seen == Seen(0.5, 1.0, 400.0)


def test_a_face_beyond_the_edge_is_out_of_the_frame() -> None:
    seen = seen_face(np.zeros((40, 40), np.uint8), face_image(slice(34, 40)), 1, 2.0, 1.0)
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
def test_visibility_is_told_by_its_rule(seen: Any, yaw: float, expected: Any) -> None:
    assert visibility(seen, yaw) == expected


def frame(time_us: int, parent: Any, infant: Any, mutual: Any) -> Any:
    person = {"visibility": "visible"}
    return {
        "time_us": time_us,
        "parent": person | {"target": parent},
        "infant": person | {"target": infant},
        "mutual": mutual,
    }


def test_looking_away_needs_contact_just_before() -> None:
    met = [frame(t * 100_000, "other_face", "other_face", True) for t in range(5)]
    on_the_way = [frame(500_000, "other_face", "shift", False)]
    away = [frame(600_000 + t * 100_000, "other_face", "away", False) for t in range(5)]
    kinds = {(e["kind"], e["start_us"], e["end_us"]) for e in episodes(met + on_the_way + away, 1_100_000)}
    assert ("mutual", 0, 500_000) in kinds
    assert ("looking_away", 600_000, 1_100_000) in kinds
    alone = {e["kind"] for e in episodes([frame(0, "toy", "toy", False), frame(10, "toy", "away", False)], 20)}
    assert "looking_away" not in alone


def test_episodes_of_each_kind_never_overlap() -> None:
    frames = [frame(t * 40_000, "other_face", ["toy", "other_face"][t // 3 % 2], t // 3 % 2 == 1) for t in range(30)]
    found = [e for e in episodes(frames, 1_200_000) if e["who"] == "infant"]
    assert all(a["end_us"] <= b["start_us"] for a, b in pairwise(found))


def test_spans_cover_the_whole_clip() -> None:
    runs = spans([0, 10, 25], 40, [1, 1, 2])
    assert runs == [(0, 25, 1), (25, 40, 2)]
