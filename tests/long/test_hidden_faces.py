"""In a blurred copy of two thirds of a second of each sample clip no detector finds a face in any picture."""

from __future__ import annotations

import pytest
from faces_left import NAMES, faces_left

SECONDS = 0.7


@pytest.mark.parametrize("name", NAMES)
def test_no_face_is_found_in_any_picture_of_the_blurred_copy(name: str) -> None:
    found = faces_left(name, SECONDS)
    assert len(found) > 5
    assert sum(found) == 0
