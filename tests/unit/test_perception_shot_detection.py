"""The picture as a whole: motion of the camera, cuts, and what is neither."""

from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sample_analysis import SAMPLES

from vfeed.media.frames import frames_at
from vfeed.media.planar_image import PlanarImage
from vfeed.perception.shot_detection import FrameChange, ShotDetector

STEP_US = 80_000


def room(seed: int, width: int = 1280, height: int = 720, *, detail: int = 1) -> NDArray[Any]:
    """Blots of colour, as unlike from seed to seed as two rooms."""
    blots = np.random.default_rng(seed).integers(20, 230, (9 * detail, 16 * detail, 3), np.uint8)
    return cv2.resize(blots, (width, height), interpolation=cv2.INTER_CUBIC)


def seen(images: list[NDArray[Any]]) -> list[FrameChange]:
    shots = ShotDetector()
    return [shots.update(PlanarImage.of(image), index * STEP_US) for index, image in enumerate(images)]


def cuts(images: list[NDArray[Any]]) -> list[int]:
    return [index for index, change in enumerate(seen(images)) if change.cut]


@pytest.mark.parametrize("moved", [(0, 0), (40, 0), (-25, 30)])
def test_how_far_the_picture_moved_is_told_right_and_down(moved: tuple[int, int]) -> None:
    whole = room(1, 1600, 1000, detail=3)
    first, second = (whole[y : y + 720, x : x + 1280] for x, y in ((160, 140), (160 - moved[0], 140 - moved[1])))
    change = seen([first, second])[1]
    assert not change.cut and change.moved_px == pytest.approx(moved, abs=8)


def test_the_first_frame_and_the_one_after_a_cut_have_not_moved() -> None:
    changes = seen([room(1), room(2), room(2)])
    assert np.isnan([change.moved_px for change in changes[:2]]).all()
    assert changes[2].moved_px == pytest.approx((0, 0), abs=0.1)


@pytest.mark.parametrize("other", [room(2), room(1)[:, ::-1], cv2.rotate(room(1), cv2.ROTATE_180)])
def test_another_place_or_another_side_is_a_cut(other: NDArray[Any]) -> None:
    assert cuts([room(1)] * 3 + [other] * 3 + [room(1)] * 3) == [3, 6]


def test_somebody_who_walks_past_the_lens_a_lamp_and_a_shaking_hand_are_no_cuts() -> None:
    passing = [room(1) for _ in range(12)]
    for index, image in enumerate(passing):
        image[:, max(0, 150 * index - 500) : 150 * index] = 25
    assert cuts(passing) == []
    assert cuts([room(1), (room(1) * 0.5).astype(np.uint8), room(1)]) == []
    whole = room(1, 1400, 800)
    shaken = [whole[y : y + 720, x : x + 1280] for x, y in np.random.default_rng(5).integers(0, 80, (20, 2))]
    assert cuts(shaken) == []


@pytest.mark.parametrize("shape", [(40, 60), (9, 2000), (1, 1), (720, 1280)])
def test_flat_pictures_of_any_shape_are_one_shot(shape: tuple[int, int]) -> None:
    flat = [np.full((*shape, 3), value, np.uint8) for value in (0, 0, 90, 255)]
    assert cuts(flat) == []


@pytest.mark.parametrize(
    ("name", "start_s", "end_s", "cut_s"), [("bad_film", 2.0, 8.0, [6.96]), ("long_play", 122.0, 126.0, [])]
)
def test_the_sample_clips_cut_is_found_and_those_who_walk_past_are_not(
    name: str, start_s: float, end_s: float, cut_s: list[float]
) -> None:
    times = list(range(int(start_s * 1e6), int(end_s * 1e6), STEP_US))
    shots = ShotDetector()
    with (SAMPLES / f"{name}.mp4").open("rb") as file:
        frames = frames_at(file, times)
    changes = [shots.update(PlanarImage.of(frame.image_bgr), time) for time, frame in zip(times, frames, strict=True)]
    found = [time / 1e6 for time, change in zip(times, changes, strict=True) if change.cut]
    assert found == pytest.approx(cut_s, abs=0.08)
