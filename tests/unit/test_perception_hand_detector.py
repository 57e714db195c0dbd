"""Hands are found around heads, told once, and looked for a few times a second."""

import cv2
import mediapipe
import numpy as np
import pytest
from sample_analysis import sample_image

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import centre, iou, size
from vfeed.perception.hand_detector import BEYOND, HandDetector, HandSearch
from vfeed.perception.metrics import MOST_HANDS
from vfeed.perception.parameters import PERCEPTION

HEADS = [(310.0, 190.0, 180.0, 220.0), (830.0, 345.0, 130.0, 150.0)]


@pytest.fixture(scope="module")
def detector() -> HandDetector:
    return HandDetector()


def test_the_hands_of_two_people_at_a_table_are_found_below_their_faces_and_none_twice(detector: HandDetector) -> None:
    found = detector.find(PlanarImage.of(sample_image()), HEADS)
    assert 2 <= len(found) <= MOST_HANDS and all(0 < hand.score <= 1 for hand in found)
    assert all(iou(one.box_px, other.box_px) < 0.3 for one in found for other in found if one is not other)
    for hand in found:
        x, y = centre(hand.box_px)
        assert 0 < x < 1280 and 380 < y < 720 and 20 < size(hand.box_px) < 200
        assert all(iou(hand.box_px, head) < 0.2 for head in HEADS)


def test_hands_are_those_that_mediapipe_finds_by_its_own_graph(detector: HandDetector) -> None:
    """Its graph, with the same networks, on the same square around the larger head."""
    head = HEADS[0]
    side = round(PERCEPTION.hands_side_sizes * size(head))
    left, top = (round(middle - side / 2) for middle in centre(head))
    wide = cv2.copyMakeBorder(sample_image(), side, side, side, side, cv2.BORDER_CONSTANT, value=(BEYOND,) * 3)
    square = np.ascontiguousarray(wide[top + side : top + 2 * side, left + side : left + 2 * side])
    with mediapipe.solutions.hands.Hands(
        static_image_mode=True, max_num_hands=2, model_complexity=0, min_detection_confidence=0.3
    ) as graph:
        told = graph.process(square).multi_hand_landmarks
    points = [np.array([(point.x, point.y) for point in hand.landmark]) * side + (left, top) for hand in told]
    theirs = [(*each.min(axis=0), *np.ptp(each, axis=0)) for each in points]
    found = detector.find(PlanarImage.of(sample_image()), [head])
    assert len(theirs) == len(found) > 0
    for box in theirs:
        assert max(iou(box, hand.box_px) for hand in found) > 0.85


@pytest.mark.parametrize("heads", [[], [(5000.0, 10.0, 50.0, 50.0)], [(0.0, 0.0, 60.0, 60.0)]])
def test_no_head_or_a_bare_wall_gives_no_hand(
    detector: HandDetector, heads: list[tuple[float, float, float, float]]
) -> None:
    assert detector.find(PlanarImage.of(np.full((480, 640, 3), 140, np.uint8)), heads) == []


def test_hands_are_looked_for_a_few_times_a_second() -> None:
    search = HandSearch()
    wall = PlanarImage.of(np.full((120, 160, 3), 140, np.uint8))
    asked = [search.submit(wall, time_us, []) is not None for time_us in range(0, 2_000_000, 80_000)]
    search.close()
    assert sum(asked) == 1 + 1_999_999 // PERCEPTION.hands_every_us and asked[0]
