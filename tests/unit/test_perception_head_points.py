"""What the detector's points tell: how far a head leans, and a second word on where it is turned."""

import math

import numpy as np
import pytest

from vfeed.perception.geometry import direction
from vfeed.perception.head_points import YawReading, fused, roll_of_deg, turned, yaw_by_nose
from vfeed.perception.heads import DetectedHead
from vfeed.perception.parameters import PERCEPTION
from vfeed.perception.pose import HeadPose

BOX = (100.0, 100.0, 80.0, 100.0)


def head(
    *, lean_deg: float = 0.0, eyes_px: float = 40.0, nose_px: float = 140.0, turned_deg: float = 0.0
) -> DetectedHead:
    lean = np.array([math.cos(math.radians(lean_deg)), math.sin(math.radians(lean_deg))])
    middle = np.array([140.0, 130.0])
    points = np.full((6, 2), np.nan)
    points[:3] = middle - lean * eyes_px / 2, middle + lean * eyes_px / 2, (nose_px, 155.0)
    return DetectedHead(BOX, points, 0.9, "test", turned_deg)


def pose(yaw_deg: float, sd_deg: float) -> HeadPose:
    return turned(HeadPose(np.eye(3), (sd_deg, 7.0), 0.5), yaw_deg)


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


@pytest.mark.parametrize(("nose_px", "yaw_deg"), [(140.0, 0.0), (161.6, 33.0), (118.4, -33.0), (190.0, 90.0)])
def test_the_nose_tells_the_yaw_by_where_it_lies_in_the_box(nose_px: float, yaw_deg: float) -> None:
    told = yaw_by_nose(head(nose_px=nose_px), 0.0)
    assert told is not None and told.yaw_deg == pytest.approx(yaw_deg, abs=0.5)


def test_the_nose_of_a_leaning_head_or_no_nose_tells_nothing() -> None:
    assert yaw_by_nose(head(), 40.0) is None
    assert yaw_by_nose(head(nose_px=float("nan")), 0.0) is None


def test_a_pose_is_turned_to_the_images_right() -> None:
    assert np.allclose(
        turned(HeadPose(np.eye(3), (3, 3), 1), 30.0).axes[:, 2], direction(np.array(30.0), np.array(0.0))
    )


def test_two_readings_that_agree_are_weighed_and_the_surer_one_leads() -> None:
    both = fused(pose(20.0, 6.0), YawReading(30.0, 12.0))
    assert both.yaw_pitch_deg[0] == pytest.approx(22.0, abs=0.1) and both.sd_deg[0] < 6.0
    assert both.sd_deg[1] == 7.0


def test_a_network_that_has_gone_astray_is_outvoted_and_the_result_is_vague() -> None:
    both = fused(pose(-110.0, 8.0), YawReading(40.0, 20.0))
    assert both.yaw_pitch_deg[0] == pytest.approx(35.0, abs=8.0) and both.sd_deg[0] > 35.0
