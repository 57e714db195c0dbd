"""Whole pictures for the finder: every head that can be seen is asked for where it is, and no other."""

import numpy as np
import pytest

from models.headpose.filming import Surroundings
from models.headpose.finder_samples import CELLS, PICTURE_PX, STRIDE, _cells, _left, sample
from models.headpose.samples import Shots

RED = (255, 30, 30, 255)


def shots() -> Shots:
    """A red square that fills its box."""
    picture = np.zeros((1, 128, 128, 4), np.uint8)
    picture[0, 40:90, 40:90] = RED
    return Shots(
        picture=picture,
        face=np.zeros((1, 176, 176, 4), np.uint8),
        rotation=np.eye(3)[None],
        gaze=np.array([[0.0, 0, 1]]),
        box=np.array([[40.0, 40, 90, 90]]),
        face_box=np.array([[33.0, 33, 143, 143]]),
        infant=np.array([True]),
        shut=np.array([0.0]),
        reached=np.array([False]),
    )


def test_heads_are_where_the_cells_say() -> None:
    around = Surroundings([np.full((360, 640, 3), 60, np.uint8)], [np.zeros((0, 4))])
    asked, red_inside = 0, []
    for seed in range(60):
        picture, told = sample(shots(), np.random.default_rng(seed), around)
        assert picture.shape == (3, PICTURE_PX[1], PICTURE_PX[0]) and told.shape == (6, CELLS[1], CELLS[0])
        assert told[0].max() <= 1 and ((told[0] == 1) >= (told[5] == 1)).all()
        red = picture[0].astype(float) - picture[1:].mean(axis=0)
        for row, column in zip(*np.nonzero(told[5]), strict=True):
            asked += 1
            across, down, width, _ = told[1:5, row, column]
            x, y = (column + 0.5 + across) * STRIDE, (row + 0.5 + down) * STRIDE
            reach = max(1, int(np.exp(width) * STRIDE / 4))
            inside = red[max(0, int(y) - reach) : int(y) + reach, max(0, int(x) - reach) : int(x) + reach]
            red_inside.append(float(inside.mean()) if inside.size else 0.0)
    assert asked > 40 and np.median(red_inside) > np.percentile(red, 50) + 15


@pytest.mark.parametrize(
    ("box", "share"),
    [((0, 0, 20, 20), 1.0), ((-10, 0, 10, 20), 0.5), ((-50, 0, -10, 20), 0.0), ((100, 0, 140, 20), 0.5)],
)
def test_what_is_left_of_a_head_is_known(box: tuple[float, ...], share: float) -> None:
    hidden = np.zeros((PICTURE_PX[1], PICTURE_PX[0]), np.float32)
    hidden[:, 120:140] = 1
    assert _left(np.array(box, float), hidden) == pytest.approx(share)


def test_a_head_at_the_edge_is_told_by_the_cell_at_the_edge() -> None:
    told = _cells([np.array([370.0, 200.0, 400.0, 230.0])])
    assert told[5, CELLS[1] - 1, CELLS[0] - 1] == 1
