"""What the head network is trained on: rotation and box stay right whatever is done to the picture."""

import numpy as np
import pytest

from models.headpose.samples import INPUT_PX, SIDE, Shots, Surroundings, _boxes, _shares, background_only, sample

NUMBER = 0


def turn(yaw_deg: float, roll_deg: float) -> np.ndarray:
    yaw, roll = np.radians(yaw_deg), np.radians(roll_deg)
    about_up = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_sight = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return about_sight @ about_up


def shots(yaw_deg: float = 30.0, roll_deg: float = 70.0) -> Shots:
    """One white disc with a bright spot where the nose points, on nothing."""
    picture = np.zeros((1, 128, 128, 4), np.uint8)
    rows, columns = np.mgrid[:128, :128]
    picture[0, np.hypot(rows - 64, columns - 64) < 26] = (90, 90, 90, 255)
    front = turn(yaw_deg, roll_deg)[:, 2]
    nose = 64 + 20 * front[0], 64 - 20 * front[1]
    picture[0, np.hypot(rows - nose[1], columns - nose[0]) < 5] = (255, 40, 40, 255)
    return Shots(picture, turn(yaw_deg, roll_deg)[None], np.array([[38.0, 38, 90, 90]]), np.array([True]))


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings([np.full((360, 640, 3), 60, np.uint8)], [np.array([[100.0, 100, 200, 200]])])


def test_the_rotation_shown_stays_a_rotation_and_points_at_the_nose(surroundings: Surroundings) -> None:
    agreed = []
    for seed in range(60):
        picture, shown, box = sample(shots(), NUMBER, np.random.default_rng(seed), surroundings)
        assert picture.shape == (3, INPUT_PX, INPUT_PX) and picture.dtype == np.uint8
        assert np.allclose(shown @ shown.T, np.eye(3), atol=1e-5) and np.linalg.det(shown) > 0.99
        middle = (box[:2] + 0.5) * INPUT_PX
        red = picture[0].astype(float) - picture[1:].mean(axis=0)
        if red.max() > 60:
            row, column = np.unravel_index(int(red.argmax()), red.shape)
            seen = np.array([column - middle[0], middle[1] - row])
            agreed.append(seen @ shown[:2, 2] / max(np.linalg.norm(seen) * np.linalg.norm(shown[:2, 2]), 1e-6))
    assert len(agreed) > 20 and np.median(agreed) > 0.95


def test_a_head_that_lies_is_shown_nearly_upright(surroundings: Surroundings) -> None:
    rolls = []
    for seed in range(60):
        _, shown, _ = sample(shots(0.0, 70.0), NUMBER, np.random.default_rng(seed), surroundings)
        rolls.append(abs(np.degrees(np.arctan2(shown[0, 1], shown[1, 1]))))
    assert np.median(rolls) < 25


def test_the_box_is_told_in_shares_of_the_crop(surroundings: Surroundings) -> None:
    sides = [np.exp(sample(shots(), NUMBER, np.random.default_rng(seed), surroundings)[2][2:]) for seed in range(60)]
    assert np.median(sides) == pytest.approx(1 / SIDE, rel=0.1)


def test_the_box_goes_from_the_face_to_the_head_as_it_turns_away() -> None:
    face, head = np.array([0.4, 0.7, 0.6, 0.3]), np.array([0.2, 0.9, 0.8, 0.1])
    both = np.stack([np.stack([face, head])] * 3)
    found = _boxes(both, np.stack([turn(0, 0), turn(100, 0), turn(179, 0)]))
    assert np.allclose(found[0], [0.4, 0.3, 0.6, 0.7]) and np.allclose(found[2], [0.2, 0.1, 0.8, 0.9])
    assert np.allclose(found[1], [0.3, 0.2, 0.7, 0.8])


@pytest.mark.parametrize(
    ("square", "share"), [((0, 0, 400, 400), 1.0), ((150, 150, 300, 300), 0.25), ((210, 0, 300, 300), 0.0)]
)
def test_the_share_of_a_head_in_a_background_is_known(square: tuple[int, ...], share: float) -> None:
    heads = np.array([[100.0, 100, 200, 200], [900, 900, 950, 950]])
    assert _shares(np.array(square), heads) == pytest.approx(share)


def test_a_background_without_a_head_is_not_taken_from_a_picture_full_of_one() -> None:
    picture = np.full((200, 200, 3), 250, np.uint8)
    tight = Surroundings(
        [picture], [np.array([[x, y, x + 4.0, y + 4] for x in range(0, 200, 4) for y in range(0, 200, 4)])]
    )
    rng = np.random.default_rng(5)
    plain = [patch for patch in (tight.patch(rng, without_head=True) for _ in range(40)) if not patch.std()]
    assert len(plain) > 20 and not any(patch.any() for patch in plain)
    assert background_only(rng, tight).shape == (3, INPUT_PX, INPUT_PX)
