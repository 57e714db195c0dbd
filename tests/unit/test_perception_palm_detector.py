"""Palms are found in a square picture, none twice, with the hand standing upright in the square around it."""

import math
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import sample_image

from vfeed.perception.boxes import iou
from vfeed.perception.palm_detector import INPUT_PX, PalmDetector

AROUND_WOMAN = slice(0, 720), slice(40, 760)


@pytest.fixture(scope="module")
def square() -> NDArray[Any]:
    return cv2.resize(sample_image()[AROUND_WOMAN], (INPUT_PX, INPUT_PX), interpolation=cv2.INTER_AREA)


def test_a_picture_turned_by_a_quarter_has_the_same_palms_turned_with_it(square: NDArray[Any]) -> None:
    net = PalmDetector()
    before, after = (
        max(net.find(each, 0.3, 2), key=lambda palm: palm.score) for each in (square, np.rot90(square, -1))
    )
    x, y = before.hand.centre_px
    assert after.hand.centre_px == pytest.approx((1 - y, x), abs=0.06)
    turned = math.remainder(after.hand.roll_rad - before.hand.roll_rad, 2 * math.pi)
    assert math.degrees(turned) == pytest.approx(90, abs=25)
    assert after.hand.side_px == pytest.approx(before.hand.side_px, rel=0.3)


def test_the_surest_come_first_none_twice_and_no_more_than_are_asked_for(square: NDArray[Any]) -> None:
    net = PalmDetector()
    found = net.find(square, 0.1, 10)
    assert [palm.score for palm in found] == sorted((palm.score for palm in found), reverse=True)
    assert all(iou(one.box, other.box) <= 0.3 for one in found for other in found if one is not other)
    assert net.find(square, 0.1, 1) == found[:1] and not net.find(np.full_like(square, 128), 0.3, 2)
