"""The gaze network on the sample clips, and how its word is joined with the irises'."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import sample_image, truth

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import Box
from vfeed.perception.gaze_network import ONE_PX_DEG, GazeNetwork, GazeReading
from vfeed.perception.geometry import yaw_pitch_deg
from vfeed.perception.head_pose_network import HeadPoseNetwork, roll_deg

FRAME_US = 40_000


@pytest.fixture(scope="module")
def nets() -> tuple[HeadPoseNetwork, GazeNetwork]:
    return HeadPoseNetwork(), GazeNetwork()


def read(nets: tuple[HeadPoseNetwork, GazeNetwork], image: NDArray[Any], box: Box, roll: float = 0.0) -> GazeReading:
    heads, gazes = nets
    shown = PlanarImage.of(image)
    first = heads.read(shown, [box], [roll])[0]
    head = heads.read(shown, [first.box_px], [roll])[0]
    return gazes.read(shown, [head.box_px], [roll or roll_deg(head.pose)])[0]


def box_of(row: dict[str, list[float]]) -> tuple[float, float, float, float]:
    left, top, right, bottom = row["head_box_px"]
    return left, top, right - left, bottom - top


def test_it_tells_where_the_eyes_point_within_what_it_states(nets: tuple[HeadPoseNetwork, GazeNetwork]) -> None:
    """Over the clip on average; the sample clip was not trained on."""
    off, stated = [], []
    for time_us in range(1_000_000, 20_000_000, 2_000_000):
        for who in ("infant", "parent"):
            row = truth()["frames"][time_us // FRAME_US][who]
            if row["visibility"] != "visible" or abs(row["head_yaw_pitch_cam"][0]) > 60 or row["blink"] > 0.2:
                continue
            found = read(nets, sample_image(time_us=time_us), box_of(row))
            off.append(np.abs(yaw_pitch_deg(found.direction) - row["gaze_yaw_pitch_cam"]))
            stated.append(found.sd_deg)
            assert found.lids_open > 0.5
    assert len(off) >= 5
    assert np.mean(off, axis=0)[0] < 9
    assert np.mean(off, axis=0)[0] < 2 * np.mean(stated, axis=0)[0]


@pytest.mark.parametrize("turns", [1, 3])
def test_a_picture_on_its_side_gives_the_same_gaze_on_its_side(
    nets: tuple[HeadPoseNetwork, GazeNetwork], turns: int
) -> None:
    time_us = 4_000_000
    x, y, width, height = box_of(truth()["frames"][time_us // FRAME_US]["parent"])
    upright = read(nets, sample_image(time_us=time_us), (x, y, width, height))
    turned = np.ascontiguousarray(np.rot90(sample_image(time_us=time_us), turns))
    there = (y, 1280 - x - width) if turns == 1 else (720 - y - height, x)
    roll = -90.0 if turns == 1 else 90.0
    found = read(nets, turned, (*there, height, width), roll)
    angle = np.radians(-roll)
    about_sight = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    apart = np.degrees(np.arccos(np.clip(found.direction @ about_sight @ upright.direction, -1, 1)))
    assert apart < 8


def test_of_the_same_face_in_fewer_px_a_wider_spread_is_stated(nets: tuple[HeadPoseNetwork, GazeNetwork]) -> None:
    image, box = sample_image(time_us=4_000_000), box_of(truth()["frames"][4_000_000 // FRAME_US]["parent"])
    large = read(nets, image, box)
    shrunk = cv2.resize(image, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    x, y, width, height = (0.3 * px for px in box)
    small = read(nets, shrunk, (x, y, width, height))
    assert large.sd_deg[0] < small.sd_deg[0] and small.sd_deg[0] > 0.8 * ONE_PX_DEG / max(width, height)
