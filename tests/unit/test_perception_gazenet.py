"""The gaze network on the sample clips, and how its word is joined with the irises'."""

import cv2
import numpy as np
import pytest
from sample_analysis import picture, truth

from vfeed.perception.eyes import EyeTurn
from vfeed.perception.gazenet import GazeNet, GazeReading, joined_with_iris
from vfeed.perception.geometry import direction, yaw_pitch_deg
from vfeed.perception.headnet import HeadNet, roll_deg
from vfeed.perception.pose import HeadPose

FRAME_US = 40_000


@pytest.fixture(scope="module")
def nets() -> tuple[HeadNet, GazeNet]:
    return HeadNet(), GazeNet()


def read(nets: tuple[HeadNet, GazeNet], image: np.ndarray, box: tuple[float, ...], roll: float = 0.0) -> GazeReading:
    heads, gazes = nets
    first = heads.read(image, [box], [roll])[0]
    head = heads.read(image, [first.box_px], [roll])[0]
    return gazes.read(image, [head.box_px], [roll or roll_deg(head.pose)])[0]


def box_of(row: dict[str, list[float]]) -> tuple[float, float, float, float]:
    left, top, right, bottom = row["head_box_px"]
    return left, top, right - left, bottom - top


def test_it_tells_where_the_eyes_point_within_what_it_states(nets: tuple[HeadNet, GazeNet]) -> None:
    """Over the clip on average; the sample clip was not trained on."""
    off, stated = [], []
    for time_us in range(1_000_000, 20_000_000, 2_000_000):
        for who in ("infant", "parent"):
            row = truth()["frames"][time_us // FRAME_US][who]
            if row["visibility"] != "visible" or abs(row["head_yaw_pitch_cam"][0]) > 60 or row["blink"] > 0.2:
                continue
            found = read(nets, picture(time_us=time_us), box_of(row))
            off.append(np.abs(yaw_pitch_deg(found.direction) - row["gaze_yaw_pitch_cam"]))
            stated.append(found.sd_deg)
            assert found.lids_open > 0.5
    assert len(off) >= 5
    assert np.mean(off, axis=0)[0] < 9
    assert np.mean(off, axis=0)[0] < 2 * np.mean(stated, axis=0)[0]


@pytest.mark.parametrize("turns", [1, 3])
def test_a_picture_on_its_side_gives_the_same_gaze_on_its_side(nets: tuple[HeadNet, GazeNet], turns: int) -> None:
    time_us = 4_000_000
    x, y, width, height = box_of(truth()["frames"][time_us // FRAME_US]["parent"])
    upright = read(nets, picture(time_us=time_us), (x, y, width, height))
    turned = np.ascontiguousarray(np.rot90(picture(time_us=time_us), turns))
    there = (y, 1280 - x - width) if turns == 1 else (720 - y - height, x)
    roll = -90.0 if turns == 1 else 90.0
    found = read(nets, turned, (*there, height, width), roll)
    angle = np.radians(-roll)
    about_sight = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    apart = np.degrees(np.arccos(np.clip(found.direction @ about_sight @ upright.direction, -1, 1)))
    assert apart < 8


def pose(yaw: float, sd: float) -> HeadPose:
    return HeadPose(cv2.Rodrigues(np.array([0.0, np.radians(yaw), 0.0]))[0], (sd, sd), 1.0)


def reading(yaw: float, sd: float) -> GazeReading:
    return GazeReading(direction(np.array(yaw), np.array(5.0)), (sd, 9.0), 0.9)


def test_irises_and_network_are_weighed_by_what_they_are_worth() -> None:
    both = joined_with_iris(reading(10, 8), pose(0, 0), EyeTurn(20, 1.0))
    assert yaw_pitch_deg(both.direction) == pytest.approx([15, 5])
    assert both.sd_deg == pytest.approx((8 / np.sqrt(2), 9.0))
    assert both.lids_open == 0.9


@pytest.mark.parametrize("iris", [None, EyeTurn(40, 0.0)])
def test_irises_that_are_worth_nothing_change_nothing(iris: EyeTurn | None) -> None:
    alone = reading(10, 8)
    assert joined_with_iris(alone, pose(0, 3), iris) is alone


def test_irises_that_contradict_the_network_leave_less_certainty_than_either() -> None:
    both = joined_with_iris(reading(-30, 5), pose(0, 3), EyeTurn(40, 1.0))
    assert both.sd_deg[0] > 10
