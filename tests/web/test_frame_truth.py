"""The frame that is drawn is the frame that is named, wherever a person goes in the film; tests/long goes further."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from clip_factory import make
from numbered_films import FILMS, GO_AND_READ, READ, assert_frames_after_seeks
from playwright.sync_api import Page, expect
from review_rooms import Rooms, eventually

pytestmark = pytest.mark.browser

SEEKS = 80
PLAYED = 10


@pytest.fixture(scope="module", params=FILMS)
def film(request: pytest.FixtureRequest, rooms: Rooms) -> Iterator[tuple[Page, tuple[int, ...]]]:
    recipe = FILMS[request.param]
    page = rooms.open(rooms.site.add(make(**recipe)))
    yield page, recipe["times_us"]
    page.close()


def test_after_a_seek_the_picture_is_the_frame_at_that_time(film: tuple[Page, tuple[int, ...]]) -> None:
    assert_frames_after_seeks(*film, SEEKS)


def test_each_step_is_one_frame_to_either_side(film: tuple[Page, tuple[int, ...]]) -> None:
    page, times = film
    page.evaluate(GO_AND_READ, [times[100]])
    for key, frame in ((".", 107), (",", 100)):
        for _ in range(7):
            page.keyboard.press(key)
        assert page.evaluate(READ) == [frame, frame]


def frame(page: Page) -> int:
    return int(page.locator("[data-settled]").get_attribute("data-frame") or 0)


def test_what_plays_is_named_frame_by_frame(film: tuple[Page, tuple[int, ...]]) -> None:
    page, times = film
    page.evaluate(GO_AND_READ, [times[20]])
    for key in ("l", "j"):
        begun = frame(page)
        page.keyboard.press(key)
        eventually(page, "it has played", lambda begun=begun: abs(frame(page) - begun) >= PLAYED)
        page.keyboard.press("k")
        expect(page.locator("video")).to_have_js_property("paused", True)
        named, drawn = page.evaluate(READ)
        assert named == drawn
        assert named > 20 if key == "l" else named < 40
