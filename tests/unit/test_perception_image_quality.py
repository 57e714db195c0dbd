"""Seen, partly seen, and the reasons for not seen."""

import cv2
import numpy as np
import pytest

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.image_quality import face_patch, sharpness, visibility_of, visibility_of_missing
from vfeed.perception.visibility import VISIBILITY_WORDS, Visibility


@pytest.mark.parametrize(
    "face_px, light, sharp, covered, sd_deg, expected",
    [
        (120, 130, 0.05, 0.0, 8.0, Visibility.SEEN),
        (28, 130, 0.05, 0.0, 8.0, Visibility.PARTLY),
        (18, 130, 0.05, 0.0, 8.0, Visibility.SMALL),
        (120, 5, 0.05, 0.0, 8.0, Visibility.DARK),
        (120, 130, 0.001, 0.0, 8.0, Visibility.BLURRED),
        (120, 130, 0.05, 0.4, 8.0, Visibility.PARTLY),
        (120, 130, 0.05, 0.7, 8.0, Visibility.COVERED),
        (120, 130, 0.05, 0.12, 60.0, Visibility.COVERED),
        (120, 130, 0.05, 0.02, 60.0, Visibility.SEEN),
        (120, 130, 0.05, 0.12, 38.0, Visibility.SEEN),
        (120, 130, 0.05, 0.12, 41.0, Visibility.COVERED),
    ],
)
def test_a_found_head_is_judged_by_size_light_sharpness_what_covers_it_and_whether_it_points_anywhere(
    face_px: float, light: float, sharp: float, covered: float, sd_deg: float, expected: Visibility
) -> None:
    assert visibility_of(face_px, light, sharp, covered, sd_deg) == expected


@pytest.mark.parametrize(
    "left, speed, yaw, expected",
    [
        (1220, 200, 10, Visibility.OUT_OF_FRAME),
        (-70, 0, 0, Visibility.OUT_OF_FRAME),
        (600, 0, 58, Visibility.TURNED_AWAY),
        (600, 0, 10, Visibility.NOT_FOUND),
    ],
)
def test_a_lost_head_has_a_reason(left: float, speed: float, yaw: float, expected: Visibility) -> None:
    assert visibility_of_missing((left, 300, 100, 100), (speed, 0), yaw, (1280, 720)) == expected


def test_blurring_a_picture_takes_its_sharpness_and_a_flat_one_has_none() -> None:
    noise = np.random.default_rng(2).integers(0, 255, (200, 200, 3), np.uint8)
    sharp, soft = (
        face_patch(PlanarImage.of(noise), (20, 20, 150, 150)),
        face_patch(PlanarImage.of(cv2.GaussianBlur(noise, (0, 0), 15)), (20, 20, 150, 150)),
    )
    assert sharp is not None and soft is not None
    assert sharpness(sharp) > 10 * sharpness(soft)
    assert sharpness(np.full((48, 48), 90.0)) == 0.0


def test_a_face_outside_the_picture_gives_no_patch() -> None:
    assert face_patch(PlanarImage.of(np.zeros((100, 100, 3), np.uint8)), (98, 40, 50, 50)) is None


def test_every_sight_has_its_words() -> None:
    assert set(VISIBILITY_WORDS) == set(Visibility)
