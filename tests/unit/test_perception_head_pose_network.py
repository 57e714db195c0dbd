"""The head network on the sample clips: rotation all the way round, head or not."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import sample_image, truth

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.head_pose import ADULT_FACIAL_LINE_DEG, INFANT_FACIAL_LINE_DEG, HeadPose
from vfeed.perception.head_pose_network import HeadPoseNetwork, HeadReading, full_turn, roll_deg

TIME_US = 4_000_000
WHO = "infant", "parent"


@pytest.fixture(scope="module")
def net() -> HeadPoseNetwork:
    return HeadPoseNetwork()


def true_head(who: str) -> tuple[tuple[float, float, float, float], NDArray[Any]]:
    """Box (x, y, width, height) of the face's half of the head, and true yaw and pitch from the line of sight."""
    row = truth()["frames"][TIME_US // 40_000][who]
    left, top, right, bottom = row["head_box_px"]
    return (left, top, right - left, bottom - top), np.array(row["head_yaw_pitch_cam"])


def read(net: HeadPoseNetwork, image: NDArray[Any], who: str, roll: float = 0.0) -> HeadReading:
    box, _ = true_head(who)
    planar = PlanarImage.of(image)
    first = net.read(planar, [box], [roll])[0]
    return net.read(planar, [first.box_px], [roll])[0]


@pytest.mark.parametrize("who", WHO)
def test_it_reads_a_head_in_profile_and_takes_it_for_one(net: HeadPoseNetwork, who: str) -> None:
    found, (_, true) = read(net, sample_image(), who), true_head(who)
    lean = INFANT_FACIAL_LINE_DEG if who == "infant" else ADULT_FACIAL_LINE_DEG
    off = np.array(found.pose.yaw_pitch_deg) - true + np.array([0, lean])
    assert np.abs(off).max() < 15
    assert found.head > 0.8
    assert np.linalg.det(found.pose.axes) == pytest.approx(1)
    assert np.all(np.array(found.pose.sd_deg) >= 3)


def test_it_settles_on_the_head_from_a_loose_box(net: HeadPoseNetwork) -> None:
    (x, y, width, height), _ = true_head("parent")
    tight = read(net, sample_image(), "parent").box_px
    box = (x + 0.2 * width, y - 0.15 * height, 1.2 * width, 1.2 * height)
    for _ in range(3):
        box = net.read(PlanarImage.of(sample_image()), [box], [0.0])[0].box_px
    assert np.abs(np.subtract(box, tight)).max() < 0.2 * width


def test_a_wall_is_no_head(net: HeadPoseNetwork) -> None:
    corners = [(float(x), 5.0, 90.0, 90.0) for x in range(0, 1200, 150)]
    assert (
        np.mean([reading.head for reading in net.read(PlanarImage.of(sample_image()), corners, [0.0] * len(corners))])
        < 0.2
    )


@pytest.mark.parametrize("turns", [1, 3])
def test_a_picture_on_its_side_gives_the_same_rotation_on_its_side(net: HeadPoseNetwork, turns: int) -> None:
    upright = read(net, sample_image(), "parent")
    x, y, width, height = true_head("parent")[0]
    turned = PlanarImage.of(np.ascontiguousarray(np.rot90(sample_image(), turns)))
    there = (y, 1280 - x - width) if turns == 1 else (720 - y - height, x)
    roll = -90.0 if turns == 1 else 90.0
    found = net.read(turned, [(*there, height, width)], [roll])[0]
    found = net.read(turned, [found.box_px], [roll])[0]
    angle = np.radians(-roll)
    about_sight = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    apart = np.linalg.norm(cv2.Rodrigues(found.pose.axes.T @ about_sight @ upright.pose.axes)[0])
    assert np.degrees(apart) < 6
    assert roll_deg(found.pose) == pytest.approx(roll + roll_deg(upright.pose), abs=6)


@pytest.mark.parametrize(("told_deg", "turned_deg"), [(60.0, 60.0), (86.0, 86.0), (92.0, 98.0), (-97.0, -108.0)])
def test_of_a_turn_past_the_profile_the_network_tells_a_part_and_the_pose_holds_the_whole(
    told_deg: float, turned_deg: float
) -> None:
    yaw = np.radians(told_deg)
    turn = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    whole = full_turn(HeadPose(turn, (5.0, 4.0), 1.0))
    assert whole.yaw_pitch_deg == pytest.approx((turned_deg, 0.0), abs=0.01)
    assert whole.sd_deg == ((5.0, 4.0) if told_deg == turned_deg else (10.0, 4.0))
    assert whole.axes.T @ whole.axes == pytest.approx(np.eye(3))
