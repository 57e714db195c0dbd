"""What every head detector must do (the conformance suite), and what the observer makes of it."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sample_analysis import picture, truth

from vfeed.perception.blaze import BlazeDetector
from vfeed.perception.heads import DetectedHead, HeadDetector, iou
from vfeed.perception.observer import UNCONFIRMED_FOR_US, VOUCHED_FOR_US, Observer
from vfeed.perception.sight import Sight

TIME_US = 4_000_000
DETECTORS: list[Callable[[], HeadDetector]] = [BlazeDetector]


@pytest.fixture(scope="module", params=DETECTORS, ids=lambda made: made.__name__)
def detector(request: pytest.FixtureRequest) -> Iterator[HeadDetector]:
    made = request.param()
    yield made
    made.close()
    made.close()


def true_boxes() -> list[tuple[float, float, float, float]]:
    frame = truth()["frames"][TIME_US // 40_000]
    corners = [frame[who]["head_box_px"] for who in ("parent", "infant")]
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]


def inside(head: DetectedHead, box: tuple[float, float, float, float]) -> bool:
    x, y = head.centre_px
    return box[0] - 20 < x < box[0] + box[2] + 20 and box[1] - 20 < y < box[1] + box[3] + 20


def test_a_search_finds_each_head_once_and_nothing_else(detector: HeadDetector) -> None:
    found = detector.search(picture())
    assert len(found) == 2
    assert all(sum(inside(head, box) for head in found) == 1 for box in true_boxes())
    assert all(head.keypoints_px.shape == (6, 2) and 0 < head.score <= 1 for head in found)
    assert [head.score for head in found] == sorted((head.score for head in found), reverse=True)


def test_the_keypoints_lie_in_the_head_and_the_nose_on_the_side_it_points_to(detector: HeadDetector) -> None:
    parent = min(detector.search(picture()), key=lambda head: head.centre_px[0])
    eyes, nose = parent.keypoints_px[:2].mean(axis=0), parent.keypoints_px[2]
    assert nose[0] > eyes[0] and nose[1] > eyes[1]


@pytest.mark.parametrize("shape", [(720, 1280), (1280, 720), (300, 300), (40, 60)])
def test_an_empty_picture_of_any_shape_holds_no_head(detector: HeadDetector, shape: tuple[int, int]) -> None:
    assert detector.search(np.full((*shape, 3), 120, np.uint8), rolled=True) == []


@pytest.mark.parametrize("thorough", [True, False])
def test_looking_at_a_known_head_finds_it_again(detector: HeadDetector, thorough: bool) -> None:
    for head in detector.search(picture()):
        again = detector.look_at(picture(), head.centre_px, head.size_px, thorough=thorough)
        assert iou(again[0].box_px, head.box_px) > 0.4


@pytest.mark.parametrize("centre", [(640.0, 60.0), (-50.0, 900.0), (1279.0, 719.0)])
def test_looking_where_no_head_is_finds_none_there(detector: HeadDetector, centre: tuple[float, float]) -> None:
    assert detector.look_at(picture(), centre, 60.0) == []


@pytest.mark.parametrize("turns", [1, 3])
def test_heads_on_their_side_are_found_when_asked_for(detector: HeadDetector, turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(picture(), turns))
    found = detector.search(turned, rolled=True)
    for x, y, width, height in true_boxes():
        middle = x + width / 2, y + height / 2
        there = (middle[1], 1280 - middle[0]) if turns == 1 else (720 - middle[1], middle[0])
        assert any(np.hypot(head.centre_px[0] - there[0], head.centre_px[1] - there[1]) < height for head in found)


class Blind(HeadDetector):
    """Sees what it is told to, and nothing once it is told so."""

    def __init__(self, heads: list[DetectedHead]) -> None:
        self.heads = heads

    def search(self, image_rgb: np.ndarray, *, rolled: bool = False) -> list[DetectedHead]:
        return self.heads

    def look_at(
        self,
        image_rgb: np.ndarray,
        centre_px: tuple[float, float],
        size_px: float,
        *,
        rolled: bool = False,
        thorough: bool = True,
    ) -> list[DetectedHead]:
        return [head for head in self.heads if np.hypot(*np.subtract(head.centre_px, centre_px)) < size_px]

    def close(self) -> None:
        pass


def test_a_followed_head_is_let_go_when_the_detector_no_longer_sees_it(detector: HeadDetector) -> None:
    eyes = Blind(detector.search(picture()))
    observer = Observer(eyes)
    try:
        first = observer.observe(picture(), 0)
        eyes.heads = []
        followed = observer.observe(picture(), 80_000)
        for time_us in range(160_000, VOUCHED_FOR_US + UNCONFIRMED_FOR_US + 800_000, 160_000):
            last = observer.observe(picture(), time_us)
    finally:
        observer.close()
    assert [head.sight for head in first] == [head.sight for head in followed] == [Sight.SEEN] * 2
    assert all(head.sight not in (Sight.SEEN, Sight.PARTLY) and head.pose is None for head in last)


def test_what_a_detector_takes_for_a_head_and_the_network_does_not_is_not_followed() -> None:
    flat = np.full((720, 1280, 3), 128, np.uint8)
    flat[300:420, 600:720] = np.random.default_rng(3).integers(60, 220, (120, 120, 1), np.uint8)
    points = np.array([[640, 340], [680, 340], [660, 365], [660, 390], [620, 350], [700, 350]], float)
    observer = Observer(Blind([DetectedHead((600.0, 300.0, 120.0, 120.0), points, 0.9, "test")]))
    try:
        assert [observer.observe(flat, time_us) for time_us in (0, 400_000, 800_000)] == [[], [], []]
    finally:
        observer.close()
    assert observer.tracks == []
