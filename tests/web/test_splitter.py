"""The line between film and list, really dragged and moved by keys, and where it was left the next time."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from review_rooms import Rooms, eventually

from bench.review_site import candidate

pytestmark = pytest.mark.browser
STEP_PX, LEAST_PX = 24, 336


def width(page: Page) -> int:
    return round(page.locator(".side").evaluate("side => side.getBoundingClientRect().width"))


def test_it_is_dragged_keyed_remembered_and_put_back(rooms: Rooms) -> None:
    clip = rooms.clip([candidate("c1", 1_000_000, 2_000_000)])
    page = rooms.open(clip)
    line = page.get_by_role("separator")
    before = width(page)
    film_before = page.locator("video").evaluate("video => video.getBoundingClientRect().width")
    box = line.bounding_box()
    assert box is not None
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 60, middle[1], steps=4)
    page.mouse.move(middle[0] - 120, middle[1], steps=4)
    page.mouse.up()
    assert width(page) == pytest.approx(before + 120, abs=2)
    assert page.locator("video").evaluate("video => video.getBoundingClientRect().width") < film_before
    dragged = width(page)
    line.focus()
    page.keyboard.press("ArrowLeft")
    eventually(page, "a key makes the list wider", lambda: width(page) == dragged + STEP_PX)
    expect(line).to_have_attribute("aria-valuenow", str(dragged + STEP_PX))
    page.reload()
    expect(page.locator(".room[data-ready=true]")).to_be_visible()
    eventually(page, "it is as it was left", lambda: width(page) == dragged + STEP_PX)
    for _ in range(60):
        page.get_by_role("separator").press("ArrowRight")
    eventually(page, "it is never narrower than its buttons", lambda: width(page) == LEAST_PX)
    page.get_by_role("separator").dblclick()
    eventually(page, "a double click puts it back", lambda: width(page) == before)
    page.close()
