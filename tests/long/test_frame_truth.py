"""As tests/web/test_frame_truth.py, with more places in each film than there are pictures."""

import pytest
from clip_factory import make
from numbered_films import FILMS, assert_frames_after_seeks
from review_rooms import Rooms

pytestmark = pytest.mark.browser
SEEKS = 1000


@pytest.mark.parametrize("name", FILMS)
def test_after_any_seek_the_picture_is_the_frame_at_that_time(rooms: Rooms, name: str) -> None:
    recipe = FILMS[name]
    page = rooms.open(rooms.site.add(make(**recipe)))
    assert_frames_after_seeks(page, recipe["times_us"], SEEKS)
    page.close()
