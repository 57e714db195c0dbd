"""What the networks are trained on: rotation, box and gaze stay right whatever is done to the picture."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.headpose import gaze_samples, things
from models.headpose.filming import Surroundings, _shares, filmed
from models.headpose.held_before import held_before, in_the_way
from models.headpose.people import People
from models.headpose.samples import INPUT_PX, SIDE, Shots, background_only, blended, leaning, placed, sample

NUMBER = 0


def turn(yaw_deg: float, roll_deg: float) -> NDArray[Any]:
    yaw, roll = np.radians(yaw_deg), np.radians(roll_deg)
    about_up = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    about_sight = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return about_sight @ about_up


def shots(yaw_deg: float = 30.0, roll_deg: float = 70.0) -> Shots:
    """One white disc with a bright spot where nose and eyes point, on nothing."""
    rotation = turn(yaw_deg, roll_deg)
    drawn = {
        name: disc(px, box, rotation[:, 2])
        for name, px, box in (("picture", 128, (38.0, 38, 90, 90)), ("face", 176, (33.0, 33, 143, 143)))
    }
    return Shots(
        picture=drawn["picture"],
        face=drawn["face"],
        rotation=rotation[None],
        gaze=rotation[None, :, 2],
        box=np.array([[38.0, 38, 90, 90]]),
        head_box=np.array([[30.0, 24, 98, 98]]),
        detected=np.array([[37.0, 39, 91, 93]]),
        own_hands=np.zeros((1, 128, 128), np.uint8),
        face_box=np.array([[33.0, 33, 143, 143]]),
        infant=np.array([True]),
        shut=np.array([0.0]),
        person=np.array([0]),
    )


def disc(px: int, box: tuple[float, ...], front: NDArray[Any]) -> NDArray[Any]:
    picture = np.zeros((1, px, px, 4), np.uint8)
    rows, columns = np.mgrid[:px, :px]
    radius = (box[2] - box[0]) / 2
    picture[0, np.hypot(rows - px / 2, columns - px / 2) < radius] = (90, 90, 90, 255)
    nose = px / 2 + 0.77 * radius * front[0], px / 2 - 0.77 * radius * front[1]
    picture[0, np.hypot(rows - nose[1], columns - nose[0]) < 0.2 * radius] = (255, 40, 40, 255)
    return picture


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings([np.full((360, 640, 3), 60, np.uint8)], [np.array([[100.0, 100, 200, 200]])])


@pytest.fixture
def with_hands() -> Surroundings:
    hand = np.zeros((1, 64, 64, 4), np.uint8)
    hand[0, 8:56, 8:56] = (0, 200, 0, 255)
    return Surroundings([np.full((360, 640, 3), 60, np.uint8)], [np.zeros((0, 4))], hand)


def stored(folder: Path, number: int, yaw_deg: float) -> Path:
    """A file as `crops` writes it: two views of one head."""
    path = folder / f"{number}.npz"
    both = np.tile(np.array([[0.3, 0.7, 0.7, 0.3], [0.2, 0.8, 0.8, 0.2]]), (2, 1, 1))
    np.savez(
        path,
        picture=np.full((2, 128, 128, 4), number, np.uint8),
        face=np.full((2, 176, 176, 4), number, np.uint8),
        rotation=np.stack([turn(yaw_deg, 0)] * 2),
        gaze=np.tile([0.0, 0.0, 1.0], (2, 1)),
        boxes=both,
        shut=np.zeros(2),
        own_hands=np.zeros((2, 128, 128), np.uint8),
        infant=np.array(number == 2),
    )
    return path


def test_the_rotation_shown_stays_a_rotation_and_points_at_the_nose(surroundings: Surroundings) -> None:
    agreed = []
    for seed in range(60):
        picture, shown, box, _ = sample(shots(), NUMBER, np.random.default_rng(seed), surroundings)
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
        _, shown, _, _ = sample(shots(0.0, 70.0), NUMBER, np.random.default_rng(seed), surroundings)
        rolls.append(abs(np.degrees(np.arctan2(shown[0, 1], shown[1, 1]))))
    assert np.median(rolls) < 25


def test_the_box_is_told_in_shares_of_the_crop(surroundings: Surroundings) -> None:
    sides = [np.exp(sample(shots(), NUMBER, np.random.default_rng(seed), surroundings)[2][2:]) for seed in range(60)]
    assert np.median(sides) == pytest.approx(1 / SIDE, rel=0.1)


def test_the_box_goes_from_the_face_to_the_head_as_it_turns_away() -> None:
    face, head = np.array([0.4, 0.3, 0.6, 0.7]), np.array([0.2, 0.1, 0.8, 0.9])
    both = np.stack([np.stack([face, head])] * 3)
    found = blended(both, np.stack([turn(0, 0), turn(100, 0), turn(179, 0)]))
    assert np.allclose(found[0], face) and np.allclose(found[2], head)
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
    plain = [patch for patch in (tight.patch(rng, (50, 40), without_head=True) for _ in range(40)) if not patch.std()]
    assert len(plain) > 20 and not any(patch.any() for patch in plain)
    assert background_only(rng, tight).shape == (3, INPUT_PX, INPUT_PX)


def test_everybody_that_was_rendered_is_read(tmp_path: Path) -> None:
    found = Shots.read([stored(tmp_path, number, 0.0) for number in (1, 2, 3)])
    assert found.picture[:, 0, 0, 0].tolist() == [1, 1, 2, 2, 3, 3]
    assert found.infant.tolist() == [False, False, True, True, False, False]
    assert np.allclose(found.box, np.array([0.3, 0.3, 0.7, 0.7]) * 128)
    assert np.allclose(found.face_box, [33, 33, 143, 143])


def test_the_closer_crop_holds_the_box_of_a_head_turned_away(tmp_path: Path) -> None:
    found = Shots.read([stored(tmp_path, 1, 125.0)])
    assert np.allclose(found.face_box, [5.5, 5.5, 170.5, 170.5])


def test_what_hides_a_head_is_told_as_a_share_of_its_box(with_hands: Surroundings) -> None:
    told = []
    for seed in range(80):
        picture, _, box, share = sample(shots(0, 0), NUMBER, np.random.default_rng(seed), with_hands)
        assert 0 <= share <= 1
        told.append(share)
        if share > 0.5:
            middle = np.clip((box[:2] + 0.5) * INPUT_PX, 8, INPUT_PX - 9).astype(int)
            assert picture[:, middle[1] - 8 : middle[1] + 8, middle[0] - 8 : middle[0] + 8].std() > 0
    assert np.mean(np.array(told) == 0) > 0.4 and max(told) > 0.3


def test_a_hand_of_its_own_hides_a_head_as_others_do(surroundings: Surroundings) -> None:
    hands = np.zeros((1, 128, 128), np.uint8)
    hands[0, 38:64, 38:90] = 255
    behind_a_hand = replace(shots(0.0, 0.0), own_hands=hands)
    told = [sample(behind_a_hand, NUMBER, np.random.default_rng(seed), surroundings)[3] for seed in range(40)]
    assert min(told) > 0.3 and np.median(told) == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize(("kind", "least"), [("both hands", 0.15), ("cloth", 0.1), ("paper", 0.05), ("cup", 0.01)])
def test_each_thing_hides_a_piece_of_the_picture_where_it_says(
    monkeypatch: pytest.MonkeyPatch, with_hands: Surroundings, kind: str, least: float
) -> None:
    monkeypatch.setattr(things, "KINDS", {kind: 1.0})
    box, plain = np.array([30.0, 30, 80, 80]), np.full((112, 112, 3), 118.5)
    shares = []
    for seed in range(20):
        picture, hidden = things.with_thing(plain, np.random.default_rng(seed), with_hands, box)
        assert np.allclose(picture[hidden == 0], 118.5) and hidden.max() <= 1
        assert np.abs(picture[hidden > 0.99] - 118.5).max(initial=1) > 0.4
        shares.append(hidden.mean())
    assert np.median(shares) > least


def test_a_crop_at_home_is_often_cut_where_the_detector_drew_its_box(surroundings: Surroundings) -> None:
    far = replace(shots(0.0, 0.0), detected=np.array([[58.0, 38, 110, 90]]))
    across = np.array([sample(far, NUMBER, np.random.default_rng(seed), surroundings)[2][0] for seed in range(200)])
    assert 0.4 < np.mean(np.abs(across) > 0.15) < 0.75
    well = [sample(far, NUMBER, np.random.default_rng(seed), surroundings, 0.0)[2][0] for seed in range(40)]
    assert np.abs(well).max() < 0.15


@pytest.mark.parametrize(("roll", "most_lean"), [(25.0, 25.0), (80.0, 10.0), (-130.0, 40.0)])
def test_a_head_is_shown_leaning_as_a_detector_finds_it(roll: float, most_lean: float) -> None:
    left = [roll - leaning(turn(0.0, roll), np.random.default_rng(seed)) for seed in range(300)]
    off = np.abs((np.array(left) + 180) % 360 - 180)
    assert np.mean(np.abs(off - most_lean) < 15) > 0.5


def test_a_film_made_at_home_is_softer_darker_and_noisier(surroundings: Surroundings) -> None:
    fine = np.tile(np.array([40.0, 200.0]), (112, 56))[..., None].repeat(3, axis=2)
    well, home = (
        [filmed(fine, np.random.default_rng(seed), (64, 64), (30, 112), rough) for seed in range(40)]
        for rough in (0, 1)
    )
    assert np.median([picture.mean() for picture in home]) < np.median([picture.mean() for picture in well])
    assert all(picture.shape == (3, 64, 64) and picture.dtype == np.uint8 for picture in [*well, *home])


def test_people_are_shared_out_by_their_numbers(tmp_path: Path) -> None:
    for number in (*range(900000, 900012), 901100):
        (tmp_path / f"{number}.npz").touch()
    (tmp_path / "900099.part.npz").touch()
    before, some = People.of([tmp_path]), tmp_path / "900003.npz"
    assert [path.stem for path in before.judging] == ["900000", "900006"]
    assert [path.stem for path in before.fitting] == ["900003", "900009"]
    assert len(before.training) == 9 and not set(before.training) & {*before.judging, *before.fitting}
    some.unlink()
    assert [path.stem for path in People.of([tmp_path]).judging] == ["900000", "900006"]


def test_pictures_without_a_head_often_hold_a_hand(with_hands: Surroundings) -> None:
    green = [
        (picture[1].astype(int) - picture[[0, 2]].max(axis=0) > 40).any()
        for picture in (background_only(np.random.default_rng(seed), with_hands) for seed in range(80))
    ]
    assert 0.2 < np.mean(green) < 0.8


def test_the_gaze_shown_points_to_where_the_eyes_do(surroundings: Surroundings) -> None:
    agreed = []
    for seed in range(60):
        picture, gaze, in_head, shut = gaze_samples.sample(shots(), NUMBER, np.random.default_rng(seed), surroundings)
        width, height = gaze_samples.INPUT_PX
        assert picture.shape == (3, height, width) and not shut and np.linalg.norm(gaze) == pytest.approx(1)
        assert in_head == pytest.approx([0, 0, 1], abs=1e-6)
        red = picture[0].astype(float) - picture[1:].mean(axis=0)
        if red.max() > 60:
            row, column = np.unravel_index(int(red.argmax()), red.shape)
            below = gaze_samples.ABOVE / gaze_samples.WIDTH * width
            seen = np.array([column - width / 2, height / 2 + below - row])
            agreed.append(seen @ gaze[:2] / max(np.linalg.norm(seen) * np.linalg.norm(gaze[:2]), 1e-6))
    assert len(agreed) > 20 and np.median(agreed) > 0.9


def test_shut_lids_are_told(surroundings: Surroundings) -> None:
    asleep = replace(shots(), shut=np.array([0.9]))
    assert gaze_samples.sample(asleep, NUMBER, np.random.default_rng(1), surroundings)[3]


def test_eyes_are_looked_for_only_where_they_may_show() -> None:
    parts = [shots(yaw, 0) for yaw in (0.0, 60.0, 120.0)]
    joined = Shots(**{name: np.concatenate([getattr(p, name) for p in parts]) for name in Shots.__dataclass_fields__})
    assert gaze_samples.with_eyes(joined).tolist() == [0, 1]


def test_what_stands_on_the_line_of_sight_is_in_the_way_and_what_stands_beside_it_is_not() -> None:
    box, to_the_right = np.array([30.0, 30, 60, 60]), np.array([0.98, 0.0, 0.2])
    before_eyes, behind, below = (np.zeros((112, 112), np.float32) for _ in range(3))
    before_eyes[20:60, 70:76] = 1
    behind[20:60, 10:16] = 1
    below[80:110, 60:100] = 1
    assert [in_the_way(hidden, box, to_the_right) for hidden in (before_eyes, behind, below)] == [1, 0, 0]
    at_the_lens = np.array([0.0, 0.0, 1.0])
    over_the_face = np.zeros((112, 112), np.float32)
    over_the_face[25:65, 25:65] = 1
    assert in_the_way(over_the_face, box, at_the_lens) == 1 and in_the_way(before_eyes, box, at_the_lens) == 0


def test_things_held_before_the_eyes_are_mostly_in_the_way(with_hands: Surroundings) -> None:
    rng, box, front = np.random.default_rng(3), np.array([30.0, 30, 60, 60]), np.array([0.98, 0.0, 0.2])
    drawn = [held_before(np.full((112, 112, 3), 40.0), rng, with_hands, box, front) for _ in range(60)]
    assert np.mean([in_the_way(hidden, box, front) > 0.7 for _, hidden in drawn]) > 0.6
    for picture, hidden in drawn:
        assert not np.any(picture[hidden == 0] != 40) and picture.shape == (112, 112, 3)


def test_a_wider_crop_shows_the_same_head_smaller(surroundings: Surroundings) -> None:
    sides = [
        np.mean(
            [placed(shots(), NUMBER, np.random.default_rng(seed), surroundings, 0.0, side).sides for seed in range(20)]
        )
        for side in (SIDE, 2 * SIDE)
    ]
    assert sides[0] == pytest.approx(2 * sides[1], rel=0.05)
