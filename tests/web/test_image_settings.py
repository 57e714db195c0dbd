"""What the picture shows: faces cut out large, boxes off, dark films made lighter for the eye alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from clip_factory import make
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms, eventually
from viewports import FILMS

pytestmark = pytest.mark.browser

# The infant's head lies in the red corner of the picture, the parent's in the green one, and then nowhere.
HEADS = {
    "time_us": [0, SECOND, 6 * SECOND],
    "infant": [[0.02, 0.05, 0.05, 0.1]] * 2 + [None],
    "parent": [[0.9, 0.05, 0.05, 0.1]] * 2 + [None],
}
CENTRES = """() => [...document.querySelectorAll('.faces canvas')].map((canvas) =>
  [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]
    .slice(0, 3).map((each) => each > 127))"""
RED, GREEN = [True, False, False], [False, True, False]


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.open(rooms.clip(heads=HEADS))
    expect(opened.locator(".head")).to_have_count(2)
    yield opened
    opened.close()


def test_both_faces_are_shown_large_as_the_two_sit(page: Page) -> None:
    page.keyboard.press("5")
    expect(page.locator(".faces figure")).to_have_text(["Infant", "Parent"])
    eventually(page, "each face is drawn", lambda: page.evaluate(CENTRES) == [RED, GREEN])
    page.keyboard.press("7")
    expect(page.locator(".faces figure")).to_have_text(["Parent"])
    page.keyboard.press("8")
    expect(page.locator(".faces")).to_have_count(0)


def test_a_face_that_cannot_be_seen_is_said_so(page: Page) -> None:
    page.keyboard.press("5")
    field = page.get_by_label("Time of the picture")
    field.fill("0:06.00")
    field.press("Enter")
    expect(page.locator(".faces figure")).to_have_text(["Infant: cannot see", "Parent: cannot see"])


def test_the_boxes_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("b")
    expect(page.locator(".head")).to_have_count(0)


def test_a_dark_film_is_made_lighter_for_this_clip_until_it_is_put_back(page: Page) -> None:
    page.locator(".options summary").click()
    brightness = page.get_by_role("spinbutton", name="Brightness")
    brightness.fill("160")
    brightness.press("Tab")
    expect(page.locator("video")).to_have_css("filter", "brightness(1.6) contrast(1)")
    page.reload()
    expect(page.locator("video")).to_have_css("filter", "brightness(1.6) contrast(1)")
    page.locator(".options summary").click()
    page.get_by_role("button", name="As filmed").click()
    expect(page.locator("video")).to_have_css("filter", "none")


LINES = {
    "time_us": HEADS["time_us"],
    "infant": [[0.9, 0.1, 12.0, True]] * 2 + [None],
    "parent": [[-0.8, 0.2, 20.0, False]] * 2 + [None],
}


def test_where_each_looks_is_drawn_with_its_uncertainty_and_can_be_switched_off(rooms: Rooms) -> None:
    rooms.context.route("**/media/*/gaze", lambda route: route.fulfill(json=LINES))
    page = rooms.open(rooms.clip(heads=HEADS))
    try:
        drawn = page.locator("[data-gaze]")
        expect(drawn).to_have_count(2)
        expect(page.locator("[data-gaze=infant]")).to_have_attribute("data-by", "eyes")
        expect(page.locator("[data-gaze=parent]")).to_have_attribute("data-by", "head")
        page.keyboard.press("Shift+B")
        expect(drawn).to_have_count(0)
        page.reload()
        expect(page.locator(".head")).to_have_count(2)
        expect(drawn).to_have_count(0)
        page.keyboard.press("Shift+B")
        expect(drawn).to_have_count(2)
        page.get_by_label("Time of the picture").fill("0:06.00")
        page.keyboard.press("Enter")
        expect(drawn).to_have_count(0)
        page.get_by_label("Time of the picture").fill("0:00.00")
        page.keyboard.press("Enter")
        page.keyboard.press("q")
        expect(drawn).to_have_count(0)
    finally:
        rooms.context.unroute("**/media/*/gaze")
        page.close()


def test_the_sound_meter_says_how_loud_it_is_here(rooms: Rooms) -> None:
    # A tone in even seconds, silence in odd ones.
    page = rooms.open(rooms.site.add(make("mp4", "h264", frames=211, sound="aac")))
    meter = page.get_by_role("meter", name="Loudness")
    heard, unheard = re.compile("loud|clearly heard"), re.compile("silent|quiet")
    for time, words in (("0:02.50", heard), ("0:03.50", unheard), ("0:04.50", heard)):
        page.get_by_label("Time of the picture").fill(time)
        page.keyboard.press("Enter")
        expect(meter).to_have_attribute("aria-valuetext", re.compile(words))
    page.close()


def test_a_film_without_sound_has_no_meter(page: Page) -> None:
    expect(page.get_by_role("meter")).to_have_count(0)


@pytest.mark.parametrize("film", ["wide", "upright"])
@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1366, 650), (820, 1180)])
def test_what_is_set_for_the_picture_never_lies_over_it(rooms: Rooms, film: str, width: int, height: int) -> None:
    page = rooms.open(rooms.clip([], FILMS[film](), heads=HEADS))
    page.set_viewport_size({"width": width, "height": height})
    page.locator("summary[aria-label='Picture']").click()
    expect(page.locator(".sheet")).to_be_in_viewport(ratio=0.99)
    sheet, image = page.locator(".sheet").bounding_box(), page.locator(".frame").bounding_box()
    assert sheet is not None
    assert image is not None
    beside = sheet["x"] >= image["x"] + image["width"]
    assert beside or sheet["y"] >= image["y"] + image["height"], (sheet, image)
    page.close()
