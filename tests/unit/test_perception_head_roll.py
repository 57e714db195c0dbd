"""How far a head leans, by the detector's points."""

import math

import numpy as np
import pytest

from vfeed.perception.head_detector import DetectedHead
from vfeed.perception.head_roll import roll_of_deg
from vfeed.perception.parameters import PERCEPTION

BOX = (100.0, 100.0, 80.0, 100.0)


def head(*, lean_deg: float = 0.0, eyes_px: float = 40.0, turned_deg: float = 0.0) -> DetectedHead:
    lean = np.array([math.cos(math.radians(lean_deg)), math.sin(math.radians(lean_deg))])
    middle = np.array([140.0, 130.0])
    points = np.full((6, 2), np.nan)
    points[:2] = middle - lean * eyes_px / 2, middle + lean * eyes_px / 2
    return DetectedHead(BOX, points, 0.9, "test", turned_deg)


@pytest.mark.parametrize(
    ("found", "roll_deg"),
    [
        (head(lean_deg=35.0), 35.0),
        (head(lean_deg=-60.0), -60.0),
        (head(lean_deg=8.0), 0.0),
        (head(lean_deg=50.0, eyes_px=12.0), 0.0),
        (head(lean_deg=50.0, eyes_px=12.0, turned_deg=-90.0), -90.0),
        (head(lean_deg=85.0, turned_deg=90.0), 85.0),
    ],
)
def test_a_head_leans_as_its_eyes_do_where_they_show_and_else_as_it_was_searched_for(
    found: DetectedHead, roll_deg: float
) -> None:
    assert roll_of_deg(found, PERCEPTION) == pytest.approx(roll_deg)
