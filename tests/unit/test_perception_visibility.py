"""Seen, partly seen, and the reasons for not seen."""

import cv2
import numpy as np
import pytest

from vfeed.media.picture import Picture
from vfeed.perception.sight import SIGHT_WORDS, Sight
from vfeed.perception.visibility import face_patch, sharpness, sight_of, sight_of_missing


@pytest.mark.parametrize(
    "face_px, light, sharp, covered, sd_deg, expected",
    [
        (120, 130, 0.05, 0.0, 8.0, Sight.SEEN),
        (28, 130, 0.05, 0.0, 8.0, Sight.PARTLY),
        (18, 130, 0.05, 0.0, 8.0, Sight.SMALL),
        (120, 5, 0.05, 0.0, 8.0, Sight.DARK),
        (120, 130, 0.001, 0.0, 8.0, Sight.BLURRED),
        (120, 130, 0.05, 0.4, 8.0, Sight.PARTLY),
        (120, 130, 0.05, 0.7, 8.0, Sight.COVERED),
        (120, 130, 0.05, 0.12, 60.0, Sight.COVERED),
        (120, 130, 0.05, 0.02, 60.0, Sight.SEEN),
        (120, 130, 0.05, 0.12, 38.0, Sight.SEEN),
        (120, 130, 0.05, 0.12, 41.0, Sight.COVERED),
    ],
)
def test_a_found_head_is_judged_by_size_light_sharpness_what_covers_it_and_whether_it_points_anywhere(
    face_px: float, light: float, sharp: float, covered: float, sd_deg: float, expected: Sight
) -> None:
    assert sight_of(face_px, light, sharp, covered, sd_deg) == expected


@pytest.mark.parametrize(
    "left, speed, yaw, expected",
    [
        (1220, 200, 10, Sight.OUT_OF_FRAME),
        (-70, 0, 0, Sight.OUT_OF_FRAME),
        (600, 0, 58, Sight.TURNED_AWAY),
        (600, 0, 10, Sight.NOT_FOUND),
    ],
)
def test_a_lost_head_has_a_reason(left: float, speed: float, yaw: float, expected: Sight) -> None:
    assert sight_of_missing((left, 300, 100, 100), (speed, 0), yaw, (1280, 720)) == expected


def test_blurring_a_picture_takes_its_sharpness_and_a_flat_one_has_none() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (200, 200, 3), np.uint8)
    sharp, soft = (
        face_patch(Picture.of(noise), (20, 20, 150, 150)),
        face_patch(Picture.of(cv2.GaussianBlur(noise, (0, 0), 15)), (20, 20, 150, 150)),
    )
    assert sharp is not None and soft is not None
    assert sharpness(sharp) > 10 * sharpness(soft)
    assert sharpness(np.full((48, 48), 90.0)) == 0.0


def test_a_face_outside_the_picture_gives_no_patch() -> None:
    assert face_patch(Picture.of(np.zeros((100, 100, 3), np.uint8)), (98, 40, 50, 50)) is None


def test_every_sight_has_its_words() -> None:
    assert set(SIGHT_WORDS) == set(Sight)
