"""In a blurred copy of the sample clips no detector finds a face in any frame; tests/long looks at more of each."""

from __future__ import annotations

import pytest
from faces_left import NAMES, faces_left

FRAMES = 6


@pytest.mark.parametrize("name", NAMES)
def test_no_face_is_found_in_any_frame_of_the_blurred_copy(name: str) -> None:
    assert faces_left(name, FRAMES) == [0] * FRAMES
