"""Where faces are hidden, and what a person is asked to look at."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import stretch

from vfeed.analysis import false_detections, redaction
from vfeed.analysis.false_detections import FOLLOWED_WITHIN_US, Sighting, sorted_out, things
from vfeed.analysis.redaction import DOUBTFUL_US, HELD_US, SPREAD_US, Found, HeadPlaces, redact_faces, review_flags
from vfeed.media import masking
from vfeed.media.frames import open_frames
from vfeed.media.masking import MaskRegion, covered_share

STEP_US = 40_000
# Ten pictures, each of which is copied and searched in every round.
SHORT_S = 0.4
NAN = float("nan")


def followed(found: list[bool], cut_at: int | None = None, facing: float | None = None, up: float = 1.0) -> HeadPlaces:
    """A head that moves right by 4 px in each picture of 40 ms, 100 px large, where it was found."""
    count = len(found)
    box = np.array([[4.0 * n, 200.0, 100.0, 100.0] if seen else [NAN] * 4 for n, seen in enumerate(found)])
    shot = np.zeros(count, np.int32)
    if cut_at is not None:
        shot[cut_at:] = 1
    return HeadPlaces(
        {
            "time_us": np.arange(count) * STEP_US,
            "shot": shot,
            "picture_px": np.array([1280, 720]),
            "box_px": box[:, None].astype(np.float32),
            "forward": np.full((count, 1, 3), np.nan if facing is None else facing, np.float32),
            "up": np.full((count, 1, 3), up, np.float32),
        }
    )


def middle_px(patch: MaskRegion) -> float:
    return (patch.left + patch.width / 2) * 1280


def test_a_head_is_hidden_whole_between_the_pictures_that_were_analysed() -> None:
    (patch,) = followed([True] * 10)(6 * STEP_US + STEP_US // 2)
    assert middle_px(patch) == pytest.approx(4 * 6.5 + 50)
    assert patch.width * 1280 >= 190 and patch.height * 720 >= 200
    assert patch.top * 720 < 200 - 30 and (patch.top + patch.height) * 720 > 300


@pytest.mark.parametrize("facing", [-1.0, 0.0, 1.0])
def test_where_a_head_is_turned_less_is_hidden_before_it_and_enough_behind_it(facing: float) -> None:
    places, at = followed([True] * 10, facing=facing), 6 * STEP_US
    (patch,), (whole,) = places(at), followed([True] * 10)(at)
    assert patch.width * patch.height < 0.85 * whole.width * whole.height
    face = 4 * 6 + 50
    assert middle_px(patch) == pytest.approx(face - 20 * facing)
    for corner in (face - 50, face + 50):
        assert patch.holds(corner / 1280, 250 / 720), "the face’s box lies within"


def test_a_head_that_lies_is_hidden_on_all_sides() -> None:
    assert followed([True] * 10, facing=1.0, up=0.1)(0) == followed([True] * 10)(0)


def test_a_head_whose_turn_was_not_read_just_then_is_hidden_on_all_sides() -> None:
    places = followed([True] * 10 + [False] * 20 + [True] * 10, facing=1.0)
    assert middle_px(places(20 * STEP_US)[0]) == pytest.approx(4 * 20 + 50, abs=1)


def test_a_lost_head_is_hidden_on_the_way_larger_and_shown_to_a_person() -> None:
    places = followed([True] * 10 + [False] * 20 + [True] * 10)
    sure, lost = places(9 * STEP_US)[0], places(20 * STEP_US)[0]
    assert middle_px(lost) == pytest.approx(4 * 20 + 50, abs=1)
    assert lost.width > sure.width
    assert places.lost == [(9 * STEP_US, 30 * STEP_US)]


def test_a_short_gap_is_nobodys_doubt() -> None:
    short = DOUBTFUL_US // STEP_US - 1
    assert followed([True] * 10 + [False] * short + [True] * 10).lost == []


def test_a_head_that_is_gone_stays_hidden_for_a_while_and_then_not() -> None:
    places = followed([True] * 10 + [False] * 60)
    assert places(9 * STEP_US + HELD_US - 1) and not places(9 * STEP_US + HELD_US)
    assert places.lost


def test_nothing_is_carried_over_a_cut() -> None:
    places = followed([True] * 10 + [False] * 10, cut_at=10)
    assert places(9 * STEP_US) and not places(10 * STEP_US)


def test_what_was_found_late_or_lost_is_listed_with_pictures_and_what_was_only_blur_is_not() -> None:
    patch = MaskRegion(0.1, 0.1, 0.1, 0.1)
    at = [Found(time - SPREAD_US, time + SPREAD_US, patch) for time in (1_000_000, 1_040_000, 6_000_000)]
    blur = Found(3_000_000, 3_000_000 + 2 * SPREAD_US, patch, bare=False)
    told = review_flags([(2_000_000, 5_000_000)], [*at, blur], [])
    assert [(flag.reason, flag.start_us) for flag in told] == [
        ("found_late", 1_000_000),
        ("lost", 2_000_000),
        ("found_late", 6_000_000),
    ]
    assert told[1].look_us == (2_500_000, 3_500_000, 4_500_000)
    assert [flag.reason for flag in review_flags([], [], at[:1])] == ["still_found"]


class Stubborn:
    """A detector that finds the same place for so many rounds as it is told."""

    def __init__(self, rounds: int, images: int) -> None:
        self.left = rounds * images

    def search(self, image: NDArray[Any]) -> list[object]:
        self.left -= 1
        return [type("Head", (), {"box_px": (600.0, 300.0, 80.0, 80.0), "turned_deg": 0.0})] if self.left >= 0 else []

    def close(self) -> None:
        self.left = -1


@pytest.mark.parametrize(("rounds", "reasons"), [(0, []), (1, ["found_late"]), (99, ["found_late", "still_found"])])
def test_the_copy_is_looked_at_until_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch, rounds: int, reasons: list[str]
) -> None:
    film = stretch("lying_infant", SHORT_S)
    images = sum(1 for _ in open_frames(io.BytesIO(film)))
    monkeypatch.setattr(redaction, "open_every_detector", lambda: Stubborn(rounds, images))
    out = io.BytesIO()
    told: list[float] = []
    report = redact_faces(
        io.BytesIO(film),
        out,
        lambda _: [],
        [],
        voice="off",
        on_progress=told.append,
        is_cancelled=lambda: False,
    )
    assert report.frames == images
    assert report.rounds == min(rounds + 1, redaction.ROUNDS)
    assert [flag.reason for flag in report.review_flags] == reasons
    assert told == sorted(told) and told[-1] == 1.0
    assert len(list(open_frames(io.BytesIO(out.getvalue())))) == images


def test_what_is_still_taken_for_a_face_is_painted_and_then_given_corners(monkeypatch: pytest.MonkeyPatch) -> None:
    film = stretch("lying_infant", SHORT_S)
    images = sum(1 for _ in open_frames(io.BytesIO(film)))
    monkeypatch.setattr(redaction, "open_every_detector", lambda: Stubborn(2, images))
    encode = masking.encode_redacted
    seen: list[set[tuple[bool, bool]]] = []

    def spy(*given: Any) -> int:
        seen.append({(patch.filled, patch.square) for patch in given[2](0)})
        return encode(*given)

    monkeypatch.setattr(redaction, "encode_redacted", spy)
    head = MaskRegion(0.4, 0.3, 0.2, 0.4)
    report = redact_faces(
        io.BytesIO(film),
        io.BytesIO(),
        lambda _: [head],
        [],
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    soft, paint, corners = (False, False), (True, False), (True, True)
    assert seen == [{soft}, {paint}, {paint, corners}]
    assert report.review_flags == (), "nobody is asked to look at paint"


class Sees:
    """A detector that finds these boxes (px) in every picture."""

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self.boxes = boxes

    def search(self, image: NDArray[Any]) -> list[object]:
        return [type("Head", (), {"box_px": box, "turned_deg": 0.0}) for box in self.boxes]

    def close(self) -> None:
        pass


KEPT_BOX = (600.0, 300.0, 80.0, 80.0)


def one_face(box: tuple[float, float, float, float], images: int, *, every: int = 1) -> HeadPlaces:
    """A face that stands still, followed in every so many pictures of 40 ms; the film is 1280x720."""
    count = images // every
    return HeadPlaces(
        {
            "time_us": np.arange(count) * STEP_US * every,
            "shot": np.zeros(count, np.int32),
            "picture_px": np.array([1280, 720]),
            "box_px": np.full((count, 1, 4), box, np.float32),
            "forward": np.full((count, 1, 3), np.nan, np.float32),
            "up": np.full((count, 1, 3), np.nan, np.float32),
        }
    )


def copied(
    monkeypatch: pytest.MonkeyPatch, seen: Sees, heads: Any, kept: HeadPlaces | None, seconds: float = SHORT_S
) -> redaction.Report:
    monkeypatch.setattr(redaction, "open_every_detector", lambda: seen)
    return redact_faces(
        io.BytesIO(stretch("lying_infant", seconds)),
        io.BytesIO(),
        heads,
        [],
        kept=kept,
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )


def test_a_face_that_is_to_stay_stays_and_each_of_its_stretches_is_shown_to_a_person(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = copied(monkeypatch, Sees(KEPT_BOX), lambda _: [], one_face(KEPT_BOX, 75), seconds=1)
    assert report.rounds == 1
    assert [(flag.reason, flag.start_us, flag.end_us) for flag in report.review_flags] == [
        ("kept", 0, redaction.KEPT_EVERY_US),
        ("kept", redaction.KEPT_EVERY_US, 2 * redaction.KEPT_EVERY_US),
    ]
    assert all(flag.start_us <= flag.look_us[0] < flag.end_us for flag in report.review_flags)


@pytest.mark.parametrize("why", ["beside it", "not followed just then", "something is hidden there"])
def test_every_other_face_is_hidden_all_the_same(monkeypatch: pytest.MonkeyPatch, why: str) -> None:
    found = (300.0, 300.0, 80.0, 80.0) if why == "beside it" else KEPT_BOX
    kept = one_face(KEPT_BOX, 75, every=30 if why == "not followed just then" else 1)
    over = [MaskRegion(0.4, 0.35, 0.2, 0.25)] if why == "something is hidden there" else []
    report = copied(monkeypatch, Sees(found), lambda _: over, kept, 1 if why == "not followed just then" else SHORT_S)
    assert report.rounds == redaction.ROUNDS


def test_who_stays_is_not_among_those_who_are_hidden() -> None:
    count = 10
    box = np.stack([np.full((count, 4), at, np.float32) for at in (100.0, 500.0)], axis=1)
    metrics: Any = {
        "time_us": np.arange(count) * STEP_US,
        "shot": np.zeros(count, np.int32),
        "picture_px": np.array([1280, 720]),
        "box_px": box,
        "forward": np.full((count, 2, 3), np.nan, np.float32),
        "up": np.full((count, 2, 3), np.nan, np.float32),
    }
    assert [len(HeadPlaces(metrics, people)(0)) for people in (None, [1], [])] == [2, 1, 0]
    [kept] = HeadPlaces(metrics, [0]).faces(0)
    assert kept.holds(150 / 1280, 150 / 720) and not kept.holds(550 / 1280, 550 / 720)


def test_what_is_hidden_is_painted_where_it_has_moved_to_and_nothing_else_is_hidden(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    film = stretch("lying_infant", 1)
    images = sum(1 for _ in open_frames(io.BytesIO(film)))
    monkeypatch.setattr(redaction, "open_every_detector", lambda: Stubborn(1, images))
    encode = masking.encode_redacted
    areas: list[list[float]] = []

    def spy(*given: Any) -> int:
        areas.append([covered_share(given[2](at)) for at in range(0, 900_000, 100_000)])
        return encode(*given)

    def moving(time_us: int) -> list[MaskRegion]:
        return [MaskRegion(0.35 + 0.1 * time_us / 1e6, 0.3, 0.2, 0.4)]

    monkeypatch.setattr(redaction, "encode_redacted", spy)
    report = redact_faces(
        io.BytesIO(film),
        io.BytesIO(),
        moving,
        [],
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    first, second = areas
    assert second == pytest.approx(first), "a head that moves leaves no trail of paint"
    assert report.covered == pytest.approx(0.2 * 0.4 * np.pi / 4, abs=0.01)
    assert report.most_covered >= report.covered


def sighting(time_us: int, *, likely: float, side: float = 0.4, followed: float = 0.1, left: float = 0.5) -> Sighting:
    return Sighting(time_us, (left, 0.1, side, side), 1.0, likely, followed)


@pytest.mark.parametrize(
    ("thing", "left_open"),
    [
        ("far too large, and no head", True),
        ("far too large, but a head", False),
        ("no head, but no larger than those who are followed", False),
        ("no head and large, but nobody is followed", False),
        ("seen once, and no head", False),
    ],
)
def test_only_two_signs_leave_open_what_a_detector_takes_for_a_face(thing: str, left_open: bool) -> None:
    times = range(0, 10 * STEP_US, STEP_US)
    found = {
        "far too large, and no head": [sighting(at, likely=0.4) for at in times],
        "far too large, but a head": [sighting(at, likely=0.6) for at in times],
        "no head, but no larger than those who are followed": [sighting(at, likely=0.1, side=0.15) for at in times],
        "no head and large, but nobody is followed": [sighting(at, likely=0.1, followed=0.0) for at in times],
        "seen once, and no head": [sighting(0, likely=0.1, side=0.1)],
    }[thing]
    no_faces, faces = sorted_out(found)
    assert (no_faces, faces) == ((found, []) if left_open else ([], found))


def test_things_are_told_apart_by_place_and_time() -> None:
    here = [sighting(at, likely=1.0, left=0.1) for at in (0, STEP_US)]
    there = [sighting(at, likely=1.0, left=0.55) for at in (0, STEP_US)]
    later = [sighting(FOLLOWED_WITHIN_US + 2 * STEP_US, likely=1.0, left=0.1)]
    assert sorted(things([*here, *there, *later]), key=lambda thing: (thing[0].box, thing[0].time_us)) == [
        here,
        later,
        there,
    ]


class Doubtful:
    """A network that takes every place for this likely a head."""

    def __init__(self, likely: float) -> None:
        self._likely = likely

    def __call__(self) -> Doubtful:
        return self

    def read(self, _picture: object, boxes: list[object], _rolls: object) -> list[object]:
        return [type("Reading", (), {"head": self._likely}) for _ in boxes]


@pytest.mark.parametrize(
    ("spares", "likely", "reasons"),
    [
        (True, 0.1, ["left_open"]),
        (True, 0.9, ["found_late", "still_found"]),
        (False, 0.1, ["found_late", "still_found"]),
    ],
)
def test_what_is_no_face_is_left_open_where_a_person_looks_at_it(
    monkeypatch: pytest.MonkeyPatch, spares: bool, likely: float, reasons: list[str]
) -> None:
    monkeypatch.setattr(redaction, "open_every_detector", lambda: Sees((600.0, 200.0, 300.0, 300.0)))
    monkeypatch.setattr(false_detections, "HeadPoseNetwork", Doubtful(likely))
    report = redact_faces(
        io.BytesIO(stretch("lying_infant", SHORT_S)),
        io.BytesIO(),
        lambda _: [MaskRegion(0.1, 0.1, 0.1, 0.2)],
        [],
        spares=spares,
        voice="off",
        on_progress=lambda _: None,
        is_cancelled=lambda: False,
    )
    assert [flag.reason for flag in report.review_flags] == reasons
    assert (report.rounds == 1) == (reasons == ["left_open"])
