"""Saying where the play begins and ends: what lies outside is not offered, and nothing of the film goes."""

from __future__ import annotations

import pytest
from browser_fixtures import clip_page
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [
    candidate("before", 1 * SECOND, 2 * SECOND, confidence=0.9),
    candidate("kept", 2 * SECOND, 3 * SECOND, confidence=0.9),
    candidate("inside", 5 * SECOND, 6 * SECOND, confidence=0.9),
    candidate("after", 8 * SECOND, 9 * SECOND, confidence=0.9),
]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


page = clip_page


def go_to(page: Page, text: str) -> None:
    field = page.get_by_label("Time of the picture")
    field.fill(text)
    field.press("Enter")
    field.evaluate("(field) => field.blur()")
    expect(page.locator(".pane")).to_have_attribute("data-settled", "true")


def bounds(rooms: Rooms, clip: Clip) -> dict[str, int | None]:
    found: dict[str, int | None] = rooms.state(clip)["play"]
    return found


def test_what_lies_outside_the_play_is_not_offered_and_undo_brings_it_back(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.get_by_label("Order", exact=True).select_option("time")
    names = page.locator(".list .item strong")
    tally = page.locator("[data-tally]")
    page.locator(".item", has_text="Gaze contact 2").locator(".row").click()
    page.keyboard.press("y")
    expect(tally).to_have_text("You kept 1 of 4 here. 3 to decide.")
    go_to(page, "0:04")
    page.keyboard.press("[")
    expect(names).to_have_text(["Gaze contact 2", "Gaze contact 3", "Gaze contact 4"])
    go_to(page, "0:07")
    page.keyboard.press("]")
    expect(names).to_have_text(["Gaze contact 2", "Gaze contact 3"])
    expect(tally).to_have_text("You kept 1 of 2 here. 1 to decide.")
    expect(page.locator("[data-play]")).to_contain_text("The play is from 0:04.0 to 0:07.")
    expect(page.locator("[data-play]")).to_contain_text("nothing of the film is deleted")
    page.keyboard.press("n")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 3")
    page.keyboard.press("u")
    expect(names).to_have_text(["Gaze contact 2", "Gaze contact 3", "Gaze contact 4"])
    expect(page.locator("[data-play]")).to_contain_text("The play begins at 0:04.0.")
    page.get_by_role("button", name="Whole film again").click()
    expect(tally).to_have_text("You kept 1 of 4 here. 3 to decide.")
    expect(page.locator("[data-play]")).to_have_count(0)
    eventually(page, "the whole film", lambda: bounds(rooms, clip) == {"start_us": None, "end_us": None})


def test_the_room_opens_where_the_play_begins_and_plays_to_its_end(page: Page, rooms: Rooms, clip: Clip) -> None:
    go_to(page, "0:04")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="The play begins here").click()
    go_to(page, "0:04.6")
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="The play ends here").click()
    eventually(page, "both are kept", lambda: None not in bounds(rooms, clip).values())
    again = rooms.open(clip)
    expect(again.locator(".pane")).to_have_attribute("data-settled", "true")
    assert again.locator("video").evaluate("(film) => film.currentTime") == pytest.approx(4, abs=0.05)
    again.keyboard.press("Space")
    expect(again.locator("video")).to_have_js_property("paused", False)
    expect(again.locator("video")).to_have_js_property("paused", True)
    assert again.locator("video").evaluate("(film) => film.currentTime") == pytest.approx(4.6, abs=0.1)
    again.close()
