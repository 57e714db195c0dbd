"""What every head detector must do: the conformance suite."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import sample_image, truth

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.blazeface import BlazeFaceDetector
from vfeed.perception.boxes import Box, iou
from vfeed.perception.detectors import CompositeDetector, open_detector, open_thorough_detector
from vfeed.perception.head_detector import DetectedHead, HeadDetector
from vfeed.perception.yunet import YuNetDetector

TIME_US = 4_000_000


def true_boxes() -> list[Box]:
    frame = truth()["frames"][TIME_US // 40_000]
    corners = [frame[who]["head_box_px"] for who in ("parent", "infant")]
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]


@dataclass(frozen=True)
class Case:
    """A detector and a picture of two heads, the first on the left; boxes in px."""

    detector: HeadDetector
    image: NDArray[Any]
    boxes: list[Box]


@pytest.fixture(
    scope="module", params=[BlazeFaceDetector, YuNetDetector, open_thorough_detector], ids=lambda made: made.__name__
)
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    detector = request.param()
    yield Case(detector, sample_image(), true_boxes())
    detector.close()
    detector.close()


def inside(head: DetectedHead, box: Box) -> bool:
    x, y = head.centre_px
    return box[0] - 20 < x < box[0] + box[2] + 20 and box[1] - 20 < y < box[1] + box[3] + 20


def test_a_search_finds_each_head_once_and_nothing_else(case: Case) -> None:
    found = case.detector.search(case.image)
    assert len(found) == 2
    assert all(sum(inside(head, box) for head in found) == 1 for box in case.boxes)
    assert all(head.keypoints_px.shape == (6, 2) and 0 < head.score <= 1 for head in found)
    assert [head.score for head in found] == sorted((head.score for head in found), reverse=True)


def test_the_keypoints_lie_in_the_head_and_the_nose_on_the_side_it_points_to(case: Case) -> None:
    parent = min(case.detector.search(case.image), key=lambda head: head.centre_px[0])
    eyes, nose = parent.keypoints_px[:2].mean(axis=0), parent.keypoints_px[2]
    assert nose[0] > eyes[0] and nose[1] > eyes[1]
    assert np.isfinite(parent.keypoints_px[:4]).all()


@pytest.mark.parametrize("shape", [(720, 1280), (1280, 720), (300, 300), (40, 60), (9, 2000)])
def test_an_empty_picture_of_any_shape_holds_no_head(case: Case, shape: tuple[int, int]) -> None:
    assert case.detector.search(np.full((*shape, 3), 120, np.uint8), rolled=True) == []


@pytest.mark.parametrize("turns", [1, 3])
def test_heads_on_their_side_are_found_when_asked_for(case: Case, turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(case.image, turns))
    found = case.detector.search(turned, rolled=True)
    for x, y, width, height in case.boxes:
        middle = x + width / 2, y + height / 2
        there = (middle[1], 1280 - middle[0]) if turns == 1 else (720 - middle[1], middle[0])
        near = [head for head in found if np.hypot(*np.subtract(head.centre_px, there)) < height]
        assert near and (isinstance(case.detector, BlazeFaceDetector) or abs(near[0].turned_deg) == 90)


class Told(HeadDetector):
    """Sees what it is told to."""

    def __init__(self, heads: list[DetectedHead]) -> None:
        self.heads = heads

    def search(self, image_rgb: NDArray[Any], *, rolled: bool = False) -> list[DetectedHead]:
        return self.heads

    def close(self) -> None:
        pass


def test_what_any_of_several_detectors_finds_is_found_once() -> None:
    one = DetectedHead((100, 100, 50, 50), np.zeros((6, 2)), 0.6, "one")
    same, other = replace(one, score=0.9, detector="two"), replace(one, box_px=(400, 100, 50, 50), detector="two")
    detector = CompositeDetector([Told([one]), Told([other, same])])
    assert detector.search(sample_image()) == [same, other]
    detector.close()


def test_people_are_followed_by_yunet_and_copies_are_searched_by_every_detector() -> None:
    for made, kind in ((open_detector(), YuNetDetector), (open_thorough_detector(), CompositeDetector)):
        assert isinstance(made, kind)
        made.close()


@pytest.mark.parametrize("off", [-0.15, 0.0, 0.15])
def test_where_heads_are_expected_they_get_the_boxes_that_they_get_in_the_whole_picture(off: float) -> None:
    detector, shown = YuNetDetector(), PlanarImage.of(sample_image())
    whole = detector.find(shown)
    expected = [(x + off * width, y + off * height, width, height) for x, y, width, height in (h.box_px for h in whole)]
    near = detector.find_near(shown, expected)
    assert len(near) == len(whole) == 2
    for head in whole:
        same = max(near, key=lambda other: iou(other.box_px, head.box_px))
        assert same.box_px == pytest.approx(head.box_px, abs=0.04 * head.size_px)
        assert same.score == pytest.approx(head.score, abs=0.05)
        assert same.keypoints_px[:4] == pytest.approx(head.keypoints_px[:4], abs=0.06 * head.size_px)


@pytest.mark.parametrize(
    "boxes",
    [[(0.0, 0.0, 500.0, 500.0)], [(1270.0, 710.0, 200.0, 200.0)], [(600.0, 300.0, 30.0, 30.0)]],
    ids=["too large to save anything", "at the edge", "a wall"],
)
def test_where_nobody_is_nobody_is_found(boxes: list[Box]) -> None:
    assert YuNetDetector().find_near(PlanarImage.of(sample_image()), boxes) == []


def test_a_dim_picture_is_searched_as_a_whole() -> None:
    detector, dim = YuNetDetector(), PlanarImage.of((sample_image() * 0.3).astype(np.uint8))
    assert detector.find_near(dim, [head.box_px for head in detector.find(dim)]) == []
