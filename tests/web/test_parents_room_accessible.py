"""Every state of the parent's room, alone and with English beside it: nothing against axe, Stop always in sight."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe import violations
from page_settled import count_requests, stand_still
from playwright.sync_api import Browser, BrowserContext, Page, expect
from reel_ready_to_show import a_shown_clip, agree_to_recordings, hand_over, leave
from review_rooms import Rooms

from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

SIZES = [(1366, 768), (1024, 768), (820, 1180), (1920, 1080)]
SHOWN = {"English": ("en", False), "Arabic beside English": ("ar", True), "Welsh beside English": ("cy", True)}


def press(place: str) -> Callable[[Page], None]:
    return lambda page: page.locator(place).first.click()


def ask(page: Page) -> None:
    page.locator(".big-play").click()
    expect(page.locator(".question")).to_be_visible(timeout=30_000)


# Each goes on from the one before.
STATES: dict[str, Callable[[Page], None]] = {
    "opening words": lambda page: None,
    "ready to play": press(".two-buttons .room-go"),
    "asked": ask,
    "marked, or the mark taken away": press(".talk .button"),
    "told": press(".noticed .button"),
    "the microphone on": press(".voice .button"),
    "said": press(".voice .room-go"),
    "about to delete": press(".note .button:last-child"),
    "still": press(".controls .button:nth-child(6)"),
    "stopped": press(".room-stop"),
}


@pytest.fixture(scope="module")
def browser(windows: Browser) -> Browser:
    """With its windows: the parent's room fills one."""
    return windows


@pytest.fixture(scope="module")
def clip(rooms: Rooms) -> Clip:
    clip = a_shown_clip(rooms)
    agree_to_recordings(rooms, clip)
    return clip


@pytest.fixture(scope="module")
def context(rooms: Rooms, browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(storage_state=rooms.context.storage_state(), permissions=["microphone"])
    count_requests(made)
    yield made
    made.close()


@pytest.fixture(params=SHOWN)
def page(rooms: Rooms, clip: Clip, context: BrowserContext, request: pytest.FixtureRequest) -> Iterator[Page]:
    language, beside = SHOWN[request.param]
    opened = context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    hand_over(opened, rooms.site.url, clip, language, beside=beside)
    yield opened
    leave(opened)
    opened.close()


def test_no_state_of_the_room_offends_axe_or_leaves_stop_out_of_sight(page: Page) -> None:
    offences = {}
    for name, act in STATES.items():
        act(page)
        stand_still(page)
        if found := violations(page):
            offences[name] = found
        if name == "stopped":
            break
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            box = page.locator(".room-stop").bounding_box()
            assert box is not None and box["y"] >= 0 and box["y"] + box["height"] <= height + 1, (name, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (name, width)
    assert offences == {}


def test_the_pages_around_it_do_not_offend_axe_either(rooms: Rooms, clip: Clip, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(f"{rooms.site.url}/languages")
    page.locator("summary").first.click()
    assert violations(page) == []
    page.goto(f"{rooms.site.url}/clips/{clip.id}/reels/new?reel=reel-1")
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    assert violations(page) == []
    hand_over(page, rooms.site.url, clip, "ur")
    page.goto(f"{rooms.site.url}/parent/{clip.id}/another")
    assert violations(page) == []
    page.goto(f"{rooms.site.url}/parent/{clip.id}/reel-1/stop")
    assert violations(page) == []
    leave(page)
    page.goto(f"{rooms.site.url}/clips/{clip.id}/reels/reel-1")
    assert violations(page) == []
    page.close()
