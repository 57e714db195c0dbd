"""Head rotation from mesh and keypoints, eyes, and how much each may be believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.perception import pose as pose_module
from vfeed.perception.eyes import IRIS_SD_DEG, EyeTurn, eye_turn
from vfeed.perception.pose import from_mesh

# A level face in mm: x to the person's left, y up, z forward; only the points that are read differ from the middle.
SIDES = zip(pose_module._RIGHT, pose_module._LEFT, strict=True)


def level_face() -> np.ndarray:
    face = np.zeros((478, 3))
    random = np.random.default_rng(4)
    for right, left in SIDES_LIST:
        x, y, z = random.uniform([20, -60, 0], [70, 40, 40])
        face[right], face[left] = (-x, y, z), (x, y, z)
    for upper, lower in zip(pose_module._UPPER, pose_module._LOWER, strict=True):
        face[upper], face[lower] = (0, 30, 50), (0, -70, 50)
    face[[33, 133]] = [[-45, 30, 30], [-15, 30, 32]]
    face[[263, 362]] = [[45, 30, 30], [15, 30, 32]]
    face[[159, 145]] = [[-30, 35, 34], [-30, 26, 34]]
    face[[386, 374]] = [[30, 35, 34], [30, 26, 34]]
    face[468], face[473] = (-30, 30, 34), (30, 30, 34)
    face[234], face[454] = (-76, 0, -40), (76, 0, -40)
    face[10] = (0, 90, 30)
    return face


SIDES_LIST = list(SIDES)


def turned(face: np.ndarray, yaw: float, pitch: float, roll: float = 0.0, px_per_mm: float = 1.0) -> np.ndarray:
    """The face as the mesh gives it: px, y down, z away."""
    y, p, r = np.radians([yaw, -pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return face @ (about_z @ about_y @ about_x).T * px_per_mm * [1, -1, -1]


@given(st.floats(-85, 85), st.floats(-50, 50))
def test_the_mesh_gives_yaw_and_pitch_of_a_turned_face(yaw: float, pitch: float) -> None:
    found = from_mesh(turned(level_face(), yaw, pitch), 120.0)
    assert found.yaw_pitch_deg == pytest.approx((yaw, pitch), abs=1e-6)
    assert np.allclose(found.axes.T @ found.axes, np.eye(3))


def test_the_size_does_not_change_with_the_turn_and_grows_with_the_face() -> None:
    sizes = [from_mesh(turned(level_face(), yaw, 10, px_per_mm=0.8), 120.0).px_per_mm for yaw in (0, 40, 80)]
    assert max(sizes) / min(sizes) == pytest.approx(1)
    assert from_mesh(turned(level_face(), 0, 0, px_per_mm=1.6), 120.0).px_per_mm == pytest.approx(2 * sizes[0])


def test_uncertainty_widens_with_small_faces() -> None:
    face = level_face()
    front = from_mesh(turned(face, 20, 0), 120.0)
    assert from_mesh(turned(face, 20, 0), 30.0).sd_deg[0] == pytest.approx(2 * front.sd_deg[0])


@pytest.mark.parametrize("turn_deg", [-25.0, 0.0, 20.0])
def test_the_irises_give_the_turn_of_the_eyes_in_the_head(turn_deg: float) -> None:
    face = level_face()
    face[[468, 473], 0] += 10 * np.sin(np.radians(turn_deg))
    mesh = turned(face, 10, 0)
    eyes = eye_turn(mesh, from_mesh(mesh, 140.0), 140.0)
    assert eyes.yaw_deg == pytest.approx(turn_deg, abs=1.0)
    assert eyes.weight == 1.0 and eyes.sd_deg == IRIS_SD_DEG


def test_the_weight_of_the_eyes_falls_with_yaw_and_size_and_ends_with_shut_lids() -> None:
    def weight(yaw: float, face_px: float, opening: float = 9.0) -> float:
        face = level_face()
        face[[159, 386], 1] = 26 + opening
        mesh = turned(face, yaw, 0)
        return eye_turn(mesh, from_mesh(mesh, face_px), face_px).weight

    assert [weight(0, 140), weight(55, 140), weight(0, 40), weight(0, 140, opening=1.0)] == [1, 0, 0, 0]
    assert 0 < weight(35, 140) < 1 and 0 < weight(0, 75) < 1


def test_irises_of_no_weight_say_nothing() -> None:
    assert EyeTurn(5.0, 0.0).sd_deg == np.inf and EyeTurn(5.0, 0.25).sd_deg == 2 * IRIS_SD_DEG
