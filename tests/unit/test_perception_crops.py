"""Crops stand heads upright, and directions find their way back."""

import math

import numpy as np
import pytest

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.crops import Region, cut, sigmoid, spread_deg, to_image_frame, unit


@pytest.mark.parametrize("side", [40.0, 100.0, 900.0])
def test_a_crop_shows_the_middle_of_its_place_at_any_size(side: float) -> None:
    image = np.zeros((1000, 1000, 3), np.uint8)
    image[400:500, 300:400] = 255
    shown = cut(PlanarImage.of(image), Region((350.0, 450.0), side, 0.0), (64, 32))
    assert shown.shape == (32, 64, 3)
    white = (shown[16, :, 0] > 128).mean()
    assert white == pytest.approx(min(1.0, 100 / side), abs=0.05)


def test_a_head_that_leans_to_the_right_is_stood_upright() -> None:
    image = np.zeros((200, 200, 3), np.uint8)
    image[90:110, 130:170] = 255  # the top of a head that lies to the right of the middle
    shown = cut(PlanarImage.of(image), Region((100.0, 100.0), 160.0, math.radians(90)), (64, 64))
    assert shown[:24, 24:40].mean() > 60 and shown[40:].mean() < 5


def test_past_the_edge_the_last_pixels_go_on() -> None:
    image = np.full((50, 50, 3), 70, np.uint8)
    assert (cut(PlanarImage.of(image), Region((0.0, 0.0), 80.0, 0.3), (64, 64)) == 70).all()


def test_what_points_up_in_an_upright_crop_points_along_the_lean_in_the_picture() -> None:
    lean = math.radians(30)
    assert to_image_frame(lean) @ [0, 1, 0] == pytest.approx([math.sin(lean), math.cos(lean), 0])
    assert to_image_frame(lean) @ [0, 0, 1] == pytest.approx([0, 0, 1])


def test_numbers_of_a_network_are_made_safe() -> None:
    assert np.linalg.norm(unit(np.array([3.0, 0, 4]))) == pytest.approx(1)
    assert np.isfinite(unit(np.zeros(3))).all()
    assert (sigmoid(0.0), sigmoid(1e9), sigmoid(-1e9)) == pytest.approx((0.5, 1, 0))
    assert spread_deg(np.array([-100.0, 100.0]), 1.0) == pytest.approx(np.degrees(np.exp([-5, 1])))
