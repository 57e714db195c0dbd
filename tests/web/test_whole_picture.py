"""The picture is never cut: wide, upright and square films, on every size of window and in every state of the room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pictures import drawn, share_of_window
from playwright.sync_api import Page, expect
from rooms import Rooms, a_film
from service import SAMPLES
from shown import QUESTION, a_shown_clip, hand_over, leave, piece

pytestmark = pytest.mark.browser

# Laptop, laptop with a browser's bars, television, tablet, phone; and windows as they are at 200 % zoom.
WINDOWS = [(1366, 768), (1366, 650), (1920, 1080), (820, 1180), (390, 844), (683, 384), (683, 325), (960, 540)]
FILMS: dict[str, Callable[[], bytes]] = {
    "wide": a_film,
    "upright": lambda: (SAMPLES / "portrait_phone.mp4").read_bytes(),
    "square": lambda: a_film((320, 320)),
}
# Of a window, in every state.
ROOM_SHARE = 0.45
PIECES = (piece("m1", 1, 3, [(2, QUESTION)]), piece("m2", 4, 6), piece("m3", 6, 8))


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    yield opened
    leave(opened)
    opened.close()


def look(page: Page, state: str, share: float) -> None:
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        page.locator("video").evaluate("() => new Promise(requestAnimationFrame)")
        picture, stage = drawn(page.locator("video")), share_of_window(page.locator(".stage"))
        where = f"{state}, {width} x {height}: {picture}, {stage:.2f}"
        assert picture.is_whole, where
        assert stage >= share, where


@pytest.mark.parametrize(
    ("film", "beside"),
    [("wide", False), ("upright", False), ("square", False), ("upright", True)],
    ids=["wide", "upright", "square", "in-two-languages"],
)
def test_in_the_parents_room_the_whole_picture_is_seen_in_every_state(
    rooms: Rooms, page: Page, film: str, *, beside: bool
) -> None:
    clip = a_shown_clip(rooms, PIECES, FILMS[film]())
    hand_over(page, rooms.site.url, clip, "ar" if beside else "en", beside=beside)
    go, again, still = (
        page.locator(each) for each in (".room-go", ".controls > :nth-child(2)", ".controls > :nth-child(6)")
    )
    page.locator(".room-go").click()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    look(page, "before it plays", ROOM_SHARE)
    again.click()
    expect(page.locator(".question")).to_be_visible(timeout=20_000)
    look(page, "paused, with its question", ROOM_SHARE)
    go.click()
    expect(page.locator(".question")).to_have_count(0)
    expect(page.locator("video")).to_have_js_property("paused", True, timeout=20_000)
    look(page, "at the end, with the next moment offered", ROOM_SHARE)
    still.click()
    look(page, "a still picture", 0.6)
