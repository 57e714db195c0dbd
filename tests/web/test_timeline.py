"""The timeline: what a drag does is also a key, a button and a field; a table says the same; thousands stay quick."""

from __future__ import annotations

import re

import pytest
from browser_fixtures import clip_page
from playwright.sync_api import Page, expect
from review_rooms import CLIP_US, SECOND, Rooms, eventually

from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [candidate("first", 1 * SECOND, 2 * SECOND), candidate("second", 4 * SECOND, 6 * SECOND)]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    clip = rooms.clip(OFFERED)
    moment = {
        "moment_id": "m1",
        "start_us": 3 * SECOND,
        "end_us": 5 * SECOND,
        "code_ref": "attentive",
        "note": "A wait",
    }
    rooms.site.store.events.append(clip.id, "pat", "moment_tagged", moment)
    return clip


page = clip_page


def at(page: Page, time_us: int, down: int) -> tuple[float, float]:
    """Where a time lies on the board, which shows the whole film."""
    box = page.locator(".board").bounding_box()
    assert box is not None
    duration = int(page.locator(".board").get_attribute("aria-valuemax") or 0) * 1000
    return box["x"] + box["width"] * time_us / duration, box["y"] + down


def test_an_edge_is_dragged_typed_and_nudged_alike(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.mouse.click(*at(page, 5 * SECOND, 34))
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 2")
    page.keyboard.press("a")
    handle = page.locator("[data-edge=end_us]").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + 10)
    page.mouse.down()
    page.mouse.move(*at(page, 7 * SECOND, 34), steps=5)
    page.mouse.up()
    end = page.get_by_label("End, in minutes and seconds")
    assert abs(float(end.input_value().removeprefix("0:")) - 7.0) < 0.1
    end.fill("6.52")
    end.press("Enter")
    page.locator(".item.selected .row").focus()
    page.keyboard.press("h")
    expect(end).to_have_value("0:06.56")
    page.keyboard.press("y")
    eventually(page, "it is kept", lambda: "second" in rooms.state(clip)["decisions"])
    assert rooms.state(clip)["decisions"]["second"]["end_us"] == 6_560_000


def test_the_part_on_show_is_moved_by_keys_buttons_fields_and_the_strip(page: Page) -> None:
    first, last = page.get_by_label("Shown from"), page.get_by_label("Shown to")
    expect(first).to_have_value("0:00")
    page.keyboard.press("=")
    expect(last).to_have_value("0:04")
    page.get_by_role("button", name="Zoom out").click()
    expect(last).to_have_value("0:09")
    first.fill("0:03")
    first.press("Enter")
    expect(page.get_by_label("Part of the film on show")).to_have_attribute("aria-valuetext", "0:03 of 0:09")
    page.get_by_label("Part of the film on show").focus()
    page.keyboard.press("Home")
    expect(first).to_have_value("0:00")
    page.get_by_role("button", name="Whole film").click()
    expect(last).to_have_value("0:09")


def test_a_moment_on_the_timeline_is_gone_to(page: Page) -> None:
    page.mouse.click(*at(page, 4 * SECOND, 60))
    expect(page.locator(".list li.here")).to_contain_text("A wait")
    expect(page.get_by_label("Time of the picture")).to_have_value("0:03.00")


def test_a_table_says_what_the_timeline_shows(page: Page) -> None:
    page.get_by_role("tab", name="All").click()
    rows = page.get_by_role("row")
    expect(rows).to_have_text(
        [
            re.compile("Start.*Lasts.*What"),
            re.compile("0:01.0.*1.0 s.*Gaze contact 1.*to decide"),
            re.compile("0:03.0.*2.0 s.*A wait"),
            re.compile("0:04.0.*2.0 s.*Gaze contact 2.*to decide"),
        ]
    )
    page.get_by_role("button", name="Go to Gaze contact 2 at 0:04.0").click()
    expect(page.get_by_label("Time of the picture")).to_have_value("0:04.00")


def test_thousands_of_candidates_come_in_pages(rooms: Rooms) -> None:
    gap = CLIP_US // 1000
    many = [candidate(f"c{number}", number * gap, (number + 1) * gap) for number in range(1000)]
    page = rooms.open(rooms.clip(many))
    page.get_by_label("Order", exact=True).select_option("time")
    expect(page.locator(".item")).to_have_count(50)
    page.get_by_role("button", name="Later").click()
    expect(page.get_by_text("51 to 100 of 1000")).to_be_visible()
    page.close()
