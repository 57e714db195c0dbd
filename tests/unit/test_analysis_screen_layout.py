"""Seams: two pictures beside each other, above each other, one within the other; and rooms that have none."""

import numpy as np
import pytest

from vfeed.analysis.screen_layout import PaneFinder
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.head_detector import Image

WIDTH, HEIGHT = 1280, 720
RNG = np.random.default_rng(3)


def room(seed: int, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """Soft patches of colour, as walls and people are when out of focus."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width] / 160.0
    waves = [np.sin(x * rng.uniform(0.3, 1) + rng.uniform(0, 6)) * np.cos(y * rng.uniform(0.3, 1)) for _ in range(3)]
    base = rng.uniform(70, 180, 3)
    return np.clip(base + 25 * np.stack(waves, axis=-1), 0, 255).astype(np.uint8)


def panes_of(frames: list[Image]) -> list[list[int]]:
    finder = PaneFinder()
    for frame in frames:
        finder.add(PlanarImage.of(frame))
    return finder.panes((WIDTH, HEIGHT)).tolist()


def moving(frame: Image) -> list[Image]:
    """A few frames with noise."""
    return [np.clip(frame + RNG.normal(0, 3, frame.shape), 0, 255).astype(np.uint8) for _ in range(4)]


def test_a_room_is_one_picture() -> None:
    assert panes_of(moving(room(1))) == [[0, 0, WIDTH, HEIGHT]]


def test_two_pictures_beside_each_other_are_parted_in_the_middle() -> None:
    frame = np.concatenate([room(1, WIDTH // 2), room(2, WIDTH // 2)], axis=1)
    (left, right) = panes_of(moving(frame))
    assert left[0] == 0 and abs(right[0] - WIDTH // 2) <= 8 and right[0] + right[2] == WIDTH


def test_two_pictures_above_each_other_are_parted_in_the_middle() -> None:
    frame = np.concatenate([room(1, height=HEIGHT // 2), room(2, height=HEIGHT // 2)], axis=0)
    (upper, lower) = panes_of(moving(frame))
    assert upper[1] == 0 and abs(lower[1] - HEIGHT // 2) <= 8


@pytest.mark.parametrize("left, top", [(0, 0), (900, 24), (0, 480)])
def test_a_small_picture_in_a_corner_is_an_inset(left: int, top: int) -> None:
    frame = room(1)
    frame[top : top + 240, left : left + 360] = 255 - room(5, 360, 240)
    whole, inset = panes_of(moving(frame))
    assert whole == [0, 0, WIDTH, HEIGHT]
    assert np.allclose(inset, [left, top, 360, 240], atol=16)


def test_an_edge_that_moves_is_no_seam() -> None:
    frame = np.concatenate([room(1, WIDTH // 2), room(2, WIDTH // 2)], axis=1)
    assert panes_of([np.roll(frame, shift, axis=1) for shift in range(0, 400, 60)]) == [[0, 0, WIDTH, HEIGHT]]


def test_a_long_film_keeps_few_frames_and_no_frame_gives_one_picture() -> None:
    finder = PaneFinder()
    assert finder.panes((10, 10)).tolist() == [[0, 0, 10, 10]]
    for _ in range(200):
        finder.add(PlanarImage.of(np.zeros((20, 20, 3), np.uint8)))
    assert len(finder._kept) <= 24
