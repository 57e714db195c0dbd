"""A tablet: the timeline, the decisions and the faces by finger and pen, with nothing too small to hit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_settled import stand_still
from playwright.sync_api import Browser, CDPSession, Page, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_browser import open_room
from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [candidate("first", 1 * SECOND, 2 * SECOND), candidate("second", 4 * SECOND, 6 * SECOND)]
HEADS = {
    "time_us": [0, 4 * SECOND],
    "infant": [[0.6, 0.4, 0.1, 0.2]] * 2,
    "parent": [[0.2, 0.3, 0.1, 0.2]] * 2,
}
LEAST_PX, MAIN_PX = 24, 44
# What can be pressed and is seen; a control inside its label is as large as the label.
SMALL = """(least) => [...document.querySelectorAll('.room :is(button, a, summary, select, input, [role=slider])')]
  .map((each) => each.matches('[type=checkbox], [type=radio]') ? each.closest('label') ?? each : each)
  .filter((each) => each.checkVisibility())
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => {
    const most = each.classList.contains('button') ? least.main : least.any;
    return box.width > 0 && (box.width < most - 0.5 || box.height < most - 0.5);
  })
  .map(([each, box]) => `${each.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED, heads=HEADS)


@pytest.fixture
def page(browser: Browser, rooms: Rooms, clip: Clip) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 1024, "height": 768}, has_touch=True, storage_state=rooms.context.storage_state()
    )
    yield open_room(context, rooms.site.url, clip)
    context.close()


@pytest.fixture
def hand(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def board(page: Page) -> Any:
    box = page.locator(".board").bounding_box()
    assert box is not None
    return box


def place(page: Page, time_us: int, down: int = 34) -> tuple[float, float]:
    box = board(page)
    duration = int(page.locator(".board").get_attribute("aria-valuemax") or 0) * 1000
    return box["x"] + box["width"] * time_us / duration, box["y"] + down


def touch(hand: CDPSession, kind: str, *points: tuple[float, float]) -> None:
    fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
    hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})


def swipe(hand: CDPSession, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 8) -> None:
    """One finger for each way, all at once."""
    touch(hand, "touchStart", *(start for start, _ in ways))
    for step in range(1, steps + 1):
        share = step / steps
        touch(hand, "touchMove", *((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share) for a, b in ways))
    touch(hand, "touchEnd")


def shown(page: Page) -> tuple[str, str]:
    return page.get_by_label("Shown from").input_value(), page.get_by_label("Shown to").input_value()


def test_two_fingers_zoom_and_pan_the_timeline(page: Page, hand: CDPSession) -> None:
    assert shown(page) == ("0:00", "0:09")
    one, two = place(page, 4 * SECOND, 80), place(page, 5 * SECOND, 80)
    swipe(hand, (one, (one[0] - 150, one[1])), (two, (two[0] + 150, two[1])))
    first, last = shown(page)
    assert first >= "0:02"
    assert last <= "0:06"
    box = board(page)
    left, right = (box["x"] + 200, one[1]), (box["x"] + 260, one[1])
    swipe(hand, (left, (left[0] + 200, left[1])), (right, (right[0] + 200, right[1])))
    assert shown(page)[0] < first


def test_one_finger_goes_along_the_film(page: Page, hand: CDPSession) -> None:
    swipe(hand, (place(page, 1 * SECOND, 80), place(page, 5 * SECOND, 80)))
    now = page.get_by_label("Time of the picture").input_value()
    assert "0:04.80" <= now <= "0:05.20"


def test_a_candidate_is_taken_up_its_edge_dragged_and_kept_by_finger(
    page: Page, hand: CDPSession, rooms: Rooms, clip: Clip
) -> None:
    page.touchscreen.tap(*place(page, 5 * SECOND))
    expect(page.locator(".item.selected strong")).to_have_text("Gaze contact 2")
    page.locator(".item.selected").get_by_role("button", name="Adjust").tap()
    handle = page.locator("[data-edge=end_us]").bounding_box()
    assert handle is not None
    middle = (handle["x"] + handle["width"] / 2, handle["y"] + 10)
    swipe(hand, (middle, place(page, 7 * SECOND)))
    assert abs(float(page.get_by_label("End, in minutes and seconds").input_value().removeprefix("0:")) - 7.0) < 0.15

    def kept() -> bool:
        # A browser takes a tap right after a swipe for a wish to stop its momentum.
        save = page.get_by_role("button", name="Save these times")
        if save.count():
            save.first.tap()
        return "second" in rooms.state(clip)["decisions"]

    eventually(page, "it is kept", kept)
    assert abs(rooms.state(clip)["decisions"]["second"]["end_us"] - 7 * SECOND) < 150_000


def test_each_decision_and_the_faces_have_a_button_to_tap(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_role("button", name="Next candidate").tap()
    page.locator(".item.selected [data-does=unsure]").tap()
    page.locator(".item.selected [data-does=not-this]").tap()
    # The longer one is likelier a good moment, and comes first.
    states = {"second": "unsure", "first": "rejected"}
    eventually(
        page,
        "both are decided",
        lambda: {name: each["state"] for name, each in rooms.state(clip)["decisions"].items()} == states,
    )
    page.locator("[data-does=undo]").tap()
    eventually(page, "one is taken back", lambda: len(rooms.state(clip)["decisions"]) == 1)
    page.locator(".options summary").tap()
    page.get_by_label("Both faces large").tap()
    expect(page.locator(".faces figure")).to_have_count(2)
    page.get_by_label("The whole picture").tap()
    expect(page.locator(".faces")).to_have_count(0)


def test_a_pen_does_what_a_mouse_does(page: Page, hand: CDPSession) -> None:
    (x, y), (to, _) = place(page, 2 * SECOND, 80), place(page, 6 * SECOND, 80)
    pen = {"pointerType": "pen", "button": "left", "clickCount": 1, "y": y}
    hand.send("Input.dispatchMouseEvent", {**pen, "type": "mousePressed", "x": x})
    for step in range(1, 6):
        hand.send("Input.dispatchMouseEvent", {**pen, "type": "mouseMoved", "x": x + (to - x) * step / 5, "buttons": 1})
    hand.send("Input.dispatchMouseEvent", {**pen, "type": "mouseReleased", "x": to})
    assert "0:05.80" <= page.get_by_label("Time of the picture").input_value() <= "0:06.20"


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (820, 1180)])
def test_nothing_is_too_small_to_hit(page: Page, shots: Path, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    least = {"any": LEAST_PX, "main": MAIN_PX}
    page.get_by_role("button", name="Next candidate").tap()
    # What decides moves from the card to below the list.
    stand_still(page)
    page.screenshot(path=shots / f"touch-{width}.png")
    assert page.evaluate(SMALL, least) == []
    page.locator("[data-does=adjust]").filter(visible=True).first.tap()
    assert page.evaluate(SMALL, least) == []
    for name in ("Moments", "All"):
        page.get_by_role("tab", name=name).tap()
        assert page.evaluate(SMALL, least) == []


def test_tags_words_stills_the_chain_and_the_dialogs_are_all_reached_by_finger(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.get_by_role("button", name="Next candidate").tap()
    page.locator(".item.selected [data-does=keep-and-tag]").tap()
    page.get_by_label("What strength do you see?").select_option(label="Eye to eye")
    page.get_by_label("Words that the parent may read").fill("You looked at each other.")
    page.get_by_role("button", name="Save the moment").tap()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    page.get_by_role("tab", name="Moments").tap()
    page.get_by_role("button", name="Keep this picture", exact=True).tap()
    eventually(page, "the picture is kept", lambda: len(rooms.state(clip)["stills"]) == 1)
    page.get_by_role("tab", name="All").tap()
    page.get_by_label("Any kind").select_option(label="Stills")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("tab", name="Tag", exact=True).tap()
    chain = page.locator(".code", has_text="To and fro, step by step")
    chain.tap()
    page.touchscreen.tap(*place(page, 6 * SECOND, 120))
    chain.tap()
    eventually(page, "two steps are set", lambda: len(rooms.state(clip)["open_moments"]) == 1)
    page.get_by_text("More", exact=True).tap()
    page.get_by_role("button", name="Code sets for this film").tap()
    page.get_by_role("dialog").get_by_label("Marte Meo").tap()
    page.get_by_role("dialog").get_by_role("button", name="Use these").tap()
    eventually(page, "both sets are in use", lambda: rooms.state(clip)["packs"] == ["plain", "marte_meo"])
    page.locator("[data-does=undo]").tap()
    eventually(page, "it is taken back", lambda: rooms.state(clip)["packs"] is None)
    page.get_by_text("More", exact=True).tap()
    page.locator("[data-does=show-keys]").first.tap()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close").tap()
    expect(page.get_by_role("dialog")).to_have_count(0)
