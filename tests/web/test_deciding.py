"""Deciding about candidates: by keyboard alone, one key each, the next one coming up by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from rooms import SECOND, Rooms, eventually

from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [
    candidate("clear", 1 * SECOND, 2 * SECOND, confidence=0.9),
    candidate("likely", 3 * SECOND, 4 * SECOND, confidence=0.6),
    candidate("doubtful", 5 * SECOND, 6 * SECOND, confidence=0.3),
    candidate("away", 7 * SECOND, 8 * SECOND, confidence=0.3, kind="gaze_aversion"),
]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


@pytest.fixture
def page(rooms: Rooms, clip: Clip) -> Iterator[Page]:
    opened = rooms.open(clip)
    yield opened
    opened.close()


def names(page: Page) -> list[str]:
    return page.locator(".list .item strong").all_inner_texts()


def selected(page: Page) -> str:
    return page.locator(".item.selected strong").inner_text()


def test_the_queue_begins_with_what_most_needs_a_look(page: Page) -> None:
    assert names(page) == ["Gaze contact 3", "Looking away 1", "Gaze contact 2", "Gaze contact 1"]
    page.get_by_label("Order", exact=True).select_option("time")
    assert names(page) == ["Gaze contact 1", "Gaze contact 2", "Gaze contact 3", "Looking away 1"]
    page.get_by_label("Order", exact=True).select_option("need")


def test_one_key_each_decides_and_the_next_one_comes_up_and_plays(page: Page, rooms: Rooms, clip: Clip) -> None:
    tally = page.locator("[data-tally]")
    expect(tally).to_have_text("You kept 0 of 4 here. 4 to decide.")
    page.keyboard.press("n")
    assert selected(page) == "Gaze contact 3"
    expect(page.locator(".item.selected")).to_contain_text("Both faces turned to each other")
    expect(page.locator(".item.selected")).to_contain_text("The infant’s face could be seen 96 % of this time")
    page.keyboard.press("m")
    expect(page.locator(".item.selected strong")).to_have_text("Looking away 1")
    expect(page.locator("video")).to_have_js_property("paused", False)
    page.keyboard.press("x")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 2")
    page.keyboard.press("1")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 1")
    page.keyboard.press("y")
    expect(tally).to_have_text("You kept 2 of 4 here. 1 to decide.")
    wanted = {"doubtful": "unsure", "away": "rejected", "likely": "confirmed", "clear": "confirmed"}
    eventually(
        page,
        "all four are kept",
        lambda: {name: each["state"] for name, each in rooms.state(clip)["decisions"].items()} == wanted,
    )


def test_edges_are_nudged_frame_by_frame_and_kept_with_one_key(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.keyboard.press("n")
    for key in ("f", "f", "f", "g"):
        page.keyboard.press(key)
    expect(page.get_by_label("Start, in seconds")).to_have_value("5.12")
    expect(page.get_by_label("End, in seconds")).to_have_value("5.96")
    page.keyboard.press("y")
    eventually(page, "the times are kept", lambda: "doubtful" in rooms.state(clip)["decisions"])
    decision = rooms.state(clip)["decisions"]["doubtful"]
    assert (decision["start_us"], decision["end_us"]) == (5_120_000, 5_960_000)


def test_a_look_is_marked_anywhere_and_is_the_persons_own(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_label("Time of the picture").fill("0:04.40")
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact, seen by you")
    expect(page.locator("[data-tally]")).to_contain_text("1 more seen by you.")
    eventually(page, "it is kept", lambda: bool(rooms.state(clip)["decisions"]))
    [decision] = rooms.state(clip)["decisions"].values()
    assert (decision["own"], decision["start_us"], decision["end_us"]) == (True, 3_400_000, 5_400_000)


def test_watching_with_own_eyes_first_is_remembered_for_the_clip(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.keyboard.press("q")
    expect(page.get_by_text("so that you watch with your own eyes first")).to_be_visible()
    assert names(page) == []
    assert page.locator("[data-candidate]").count() == 0
    eventually(page, "it is kept", lambda: rooms.state(clip)["own_eyes"])
    page.reload()
    expect(page.get_by_text("so that you watch with your own eyes first")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator(".list .item strong")).to_have_text(["Gaze contact, seen by you"])
    page.get_by_role("button", name="Show them now").click()
    expect(page.locator(".list .item strong")).to_have_count(5)


def test_the_same_is_done_with_a_pointer(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.locator(".list .item .row").first.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("[data-tally]")).to_have_text("You kept 1 of 4 here. 3 to decide.")
    page.locator(".item.selected").get_by_role("button", name="Unsure").click()
    eventually(page, "it is put aside", lambda: len(rooms.state(clip)["decisions"]) == 2)
