"""What every head detector must do (the conformance suite), and what the observer makes of it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from sample_analysis import picture, truth

from vfeed.errors import VfeedError
from vfeed.perception.blaze import BlazeDetector
from vfeed.perception.detectors import Together, open_detector
from vfeed.perception.heads import DetectedHead, HeadDetector, iou
from vfeed.perception.models import added_models, model_path
from vfeed.perception.observer import UNCONFIRMED_FOR_US, VOUCHED_FOR_US, Observer
from vfeed.perception.sight import Sight
from vfeed.perception.tracker import Box
from vfeed.perception.yunet import YuNetDetector

TIME_US = 4_000_000
BRIGHT_SQUARES = Path(__file__).parents[1] / "networks" / "face_detection_yunet_bright_squares.onnx"
"""YuNet's inputs and outputs around a network that takes bright squares for heads."""
SQUARE_PX = 96
SQUARES = [(240, 300), (900, 400)]


def yunet() -> HeadDetector:
    return YuNetDetector(BRIGHT_SQUARES)


def together() -> HeadDetector:
    return Together([BlazeDetector(), yunet()])


def two_people() -> np.ndarray:
    return picture()


def two_squares() -> np.ndarray:
    return with_squares(np.full((720, 1280, 3), 60, np.uint8), SQUARES)


def with_squares(image: np.ndarray, places: list[tuple[int, int]]) -> np.ndarray:
    image = image.copy()
    for left, top in places:
        image[top : top + SQUARE_PX, left : left + SQUARE_PX] = 255
    return image


def true_boxes() -> list[Box]:
    frame = truth()["frames"][TIME_US // 40_000]
    corners = [frame[who]["head_box_px"] for who in ("parent", "infant")]
    return [(left, top, right - left, bottom - top) for left, top, right, bottom in corners]


@dataclass(frozen=True)
class Case:
    """A detector and a picture of two heads of the kind that it finds, the first on the left; boxes in px."""

    detector: HeadDetector
    picture: np.ndarray
    boxes: list[Box]


CASES: list[tuple[Callable[[], HeadDetector], Callable[[], np.ndarray]]] = [
    (BlazeDetector, two_people),
    (yunet, two_squares),
    (together, two_people),
    (together, two_squares),
]


@pytest.fixture(scope="module", params=CASES, ids=lambda case: f"{case[0].__name__}-{case[1].__name__}")
def case(request: pytest.FixtureRequest) -> Iterator[Case]:
    made, drawn = request.param
    detector = made()
    squares = [(left, top, SQUARE_PX, SQUARE_PX) for left, top in SQUARES]
    yield Case(detector, drawn(), true_boxes() if drawn is two_people else squares)
    detector.close()
    detector.close()


def inside(head: DetectedHead, box: Box) -> bool:
    x, y = head.centre_px
    return box[0] - 20 < x < box[0] + box[2] + 20 and box[1] - 20 < y < box[1] + box[3] + 20


def test_a_search_finds_each_head_once_and_nothing_else(case: Case) -> None:
    found = case.detector.search(case.picture)
    assert len(found) == 2
    assert all(sum(inside(head, box) for head in found) == 1 for box in case.boxes)
    assert all(head.keypoints_px.shape == (6, 2) and 0 < head.score <= 1 for head in found)
    assert [head.score for head in found] == sorted((head.score for head in found), reverse=True)


def test_the_keypoints_lie_in_the_head_and_the_nose_on_the_side_it_points_to(case: Case) -> None:
    parent = min(case.detector.search(case.picture), key=lambda head: head.centre_px[0])
    eyes, nose = parent.keypoints_px[:2].mean(axis=0), parent.keypoints_px[2]
    assert nose[0] > eyes[0] and nose[1] > eyes[1]
    assert np.isfinite(parent.keypoints_px[:4]).all()


@pytest.mark.parametrize("shape", [(720, 1280), (1280, 720), (300, 300), (40, 60), (9, 2000)])
def test_an_empty_picture_of_any_shape_holds_no_head(case: Case, shape: tuple[int, int]) -> None:
    assert case.detector.search(np.full((*shape, 3), 120, np.uint8), rolled=True) == []


@pytest.mark.parametrize("thorough", [True, False])
def test_looking_at_a_known_head_finds_it_again(case: Case, thorough: bool) -> None:
    for head in case.detector.search(case.picture):
        again = case.detector.look_at(case.picture, head.centre_px, head.size_px, thorough=thorough)
        assert iou(again[0].box_px, head.box_px) > 0.4


@pytest.mark.parametrize("centre", [(640.0, 60.0), (-50.0, 900.0), (1279.0, 719.0)])
def test_looking_where_no_head_is_finds_none_there(case: Case, centre: tuple[float, float]) -> None:
    assert case.detector.look_at(case.picture, centre, 60.0) == []


@pytest.mark.parametrize("turns", [1, 3])
def test_heads_on_their_side_are_found_when_asked_for(case: Case, turns: int) -> None:
    turned = np.ascontiguousarray(np.rot90(case.picture, turns))
    found = case.detector.search(turned, rolled=True)
    for x, y, width, height in case.boxes:
        middle = x + width / 2, y + height / 2
        there = (middle[1], 1280 - middle[0]) if turns == 1 else (720 - middle[1], middle[0])
        near = [head for head in found if np.hypot(*np.subtract(head.centre_px, there)) < height]
        assert near
        again = case.detector.look_at(turned, near[0].centre_px, near[0].size_px, rolled=True)
        assert any(iou(head.box_px, near[0].box_px) > 0.3 for head in again)


def test_heads_that_only_one_of_two_detectors_finds_are_all_found() -> None:
    detector = together()
    found = detector.search(with_squares(picture(), [(592, 40)]))
    detector.close()
    assert len(found) == 3 and sum(inside(head, (592, 40, SQUARE_PX, SQUARE_PX)) for head in found) == 1


@pytest.mark.parametrize("size", [0, 200, 2000])
def test_a_file_that_is_no_yunet_is_refused_with_the_fix(
    tmp_path: Path, size: int, capfd: pytest.CaptureFixture[str]
) -> None:
    cut, other = tmp_path / "face_detection_yunet_1.onnx", model_path("head_pose")
    cut.write_bytes(BRIGHT_SQUARES.read_bytes()[:size])
    for path in (cut, other, tmp_path / "gone.onnx"):
        with pytest.raises(VfeedError) as refused:
            YuNetDetector(path)
        assert refused.value.code == "model_missing" and "take it away" in refused.value.hint
    assert capfd.readouterr().err == ""


def test_only_an_added_file_is_opened_beside_mediapipes_detectors(tmp_path: Path) -> None:
    for expected in (BlazeDetector, Together):
        detector = open_detector(added_models(tmp_path))
        assert type(detector) is expected
        detector.close()
        shutil.copy(BRIGHT_SQUARES, tmp_path)


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


def test_a_followed_head_is_let_go_when_the_detector_no_longer_sees_it() -> None:
    detector = BlazeDetector()
    eyes = Blind(detector.search(picture()))
    detector.close()
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


def test_a_new_shot_ends_every_track_and_is_searched_at_once() -> None:
    detector = BlazeDetector()
    observer = Observer(detector)
    try:
        first = observer.observe(picture(), 0)
        second = observer.observe(np.ascontiguousarray(picture()[:, ::-1]), 80_000, new_shot=True)
    finally:
        observer.close()
        detector.close()
    assert [head.track for head in first] == [0, 1] and [head.track for head in second] == [2, 3]
    assert all(head.sight is Sight.SEEN for head in first + second)


def test_what_a_detector_takes_for_a_head_and_the_network_does_not_is_nobody() -> None:
    flat = np.full((720, 1280, 3), 128, np.uint8)
    flat[300:420, 600:720] = np.random.default_rng(3).integers(60, 220, (120, 120, 1), np.uint8)
    points = np.array([[640, 340], [680, 340], [660, 365], [660, 390], [620, 350], [700, 350]], float)
    observer = Observer(Blind([DetectedHead((600.0, 300.0, 120.0, 120.0), points, 0.9, "test")]))
    try:
        seen = [(time_us, observer.observe(flat, time_us)) for time_us in range(0, 2_400_000, 80_000)]
    finally:
        observer.close()
    assert observer.tracks == [] and not any(heads for _, heads in seen)
