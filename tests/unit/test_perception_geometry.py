"""Directions in front of a camera."""

import doctest
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from vfeed.perception import geometry, head_detector, tiling
from vfeed.perception.geometry import direction, focal_length_px, from_sight, rays, to_sight, yaw_pitch_deg

PLACES = st.tuples(st.floats(0, 1280), st.floats(0, 720))
ANGLES = st.tuples(st.floats(-179, 179), st.floats(-80, 80))


def ray_of(place: tuple[float, float]) -> NDArray[Any]:
    return rays(np.array(place), 1280, 720, focal_length_px(1280, 720))


@pytest.mark.parametrize("module", [geometry, head_detector, tiling])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0


@given(PLACES)
def test_a_head_that_faces_the_lens_reads_zero_wherever_it_is_in_the_picture(place: tuple[float, float]) -> None:
    ray = ray_of(place)
    assert np.allclose(yaw_pitch_deg(to_sight(-ray, ray)), 0, atol=1e-5)


@given(PLACES, ANGLES)
def test_turning_to_the_line_of_sight_and_back_changes_nothing(
    place: tuple[float, float], angles: tuple[float, float]
) -> None:
    vector = direction(*map(np.array, angles))
    ray = ray_of(place)
    assert np.allclose(from_sight(to_sight(vector, ray), ray), vector)
    assert np.allclose(np.linalg.norm(to_sight(vector, ray)), 1)


@given(ANGLES)
def test_yaw_and_pitch_survive_the_way_through_a_vector(angles: tuple[float, float]) -> None:
    assert np.allclose(yaw_pitch_deg(direction(*map(np.array, angles))), angles, atol=1e-6)


def test_a_head_at_the_edge_that_looks_straight_ahead_is_turned_about_as_far_as_its_line_of_sight() -> None:
    ray = ray_of((1280, 360))
    yaw, pitch = yaw_pitch_deg(to_sight(np.array([0.0, 0.0, 1.0]), ray))
    assert yaw == pytest.approx(31, abs=0.1) and pitch == pytest.approx(0, abs=1e-6)
