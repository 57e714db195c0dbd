"""Clothing tells people of one clip apart, is robust against light, and is stored nowhere."""

import doctest
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vfeed.media.planar_image import PlanarImage
from vfeed.perception import clothing
from vfeed.perception.clothing import LIKE_CLOTHES, OTHERS_CLOTHES, SAME_CLOTHES, clothing_of, hellinger_distance
from vfeed.perception.metrics import ARRAYS
from vfeed.perception.tracks import Track

BOX = (600.0, 200.0, 80.0, 80.0)
RED, BLUE, GREY, WHITE = (170, 60, 60), (60, 80, 160), (110, 110, 110), (230, 230, 225)


def dressed(
    colour: tuple[int, int, int], light: float = 1.0, box: tuple[float, float, float, float] = BOX
) -> NDArray[Any]:
    """A picture of somebody in plain cloth below a face, with noise, in a room of another colour."""
    image = np.full((720, 1280, 3), (150, 140, 120), float)
    left, top, width, height = (int(value) for value in box)
    image[top : top + height, left : left + width] = (220, 180, 160)
    image[top + height + 10 : top + 4 * height, left - width : left + 2 * width] = colour
    noise = np.random.default_rng(1).normal(0, 6, image.shape)
    return np.clip(image * light + noise, 0, 255).astype(np.uint8)


def worn(colour: tuple[int, int, int], light: float = 1.0) -> NDArray[Any]:
    found = clothing_of(PlanarImage.of(dressed(colour, light)), BOX)
    assert found is not None
    return found


def test_the_example_in_the_docstring_holds() -> None:
    assert doctest.testmod(clothing).failed == 0


def test_a_histogram_sums_to_one_and_is_like_itself() -> None:
    assert worn(RED).sum() == pytest.approx(1.0) and hellinger_distance(worn(RED), worn(RED)) == pytest.approx(
        0, abs=1e-6
    )


@pytest.mark.parametrize("light", [0.75, 1.15])
@pytest.mark.parametrize("colour", [RED, BLUE])
def test_a_brighter_or_dimmer_lamp_changes_less_than_other_clothes(colour: tuple[int, int, int], light: float) -> None:
    assert hellinger_distance(worn(colour), worn(colour, light)) < LIKE_CLOTHES


@pytest.mark.parametrize(("one", "other"), [(RED, BLUE), (RED, GREY), (BLUE, WHITE), (GREY, WHITE)])
def test_other_colours_are_somebody_elses(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    assert hellinger_distance(worn(one), worn(other)) > OTHERS_CLOTHES > LIKE_CLOTHES > SAME_CLOTHES


@pytest.mark.parametrize("box", [(600, 660, 80, 80), (-60, 100, 80, 80), (1270, 600, 300, 300)])
def test_clothes_outside_the_picture_say_nothing(box: tuple[float, float, float, float]) -> None:
    assert clothing_of(PlanarImage.of(dressed(RED)), box) is None


def test_a_head_on_its_side_is_dressed_beside_it_and_not_below() -> None:
    upright = dressed(RED)
    lying = np.ascontiguousarray(np.rot90(upright))
    box = (200.0, 1280 - 600.0 - 80, 80.0, 80.0)
    leaning = clothing_of(PlanarImage.of(lying), box, -90.0)
    assert leaning is not None and hellinger_distance(leaning, worn(RED)) < SAME_CLOTHES


def test_a_track_remembers_the_mean_of_what_it_saw_at_each_detection() -> None:
    following = Track(0, BOX, 0)
    following.note_clothing(PlanarImage.of(dressed(RED)))
    before = following.clothing
    following.note_clothing(PlanarImage.of(dressed(BLUE)))
    assert before is not None and following.clothing is not None
    assert following.clothing == pytest.approx((before + worn(BLUE)) / 2)
    following.detected((600, 690, 80, 80), 0.9, 0.0, 240_000, confirm_after=3)
    following.note_clothing(PlanarImage.of(dressed(BLUE)))
    assert following.clothing == pytest.approx((before + worn(BLUE)) / 2)


def test_clothing_is_not_among_what_is_stored() -> None:
    assert not any("cloth" in name or "colour" in name for name in ARRAYS)
