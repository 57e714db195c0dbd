"""Every state of the review room: nothing against WCAG 2.2 A and AA by axe, and no scrolling sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe import violations
from page_settled import count_requests, stand_still
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_site import candidate

pytestmark = pytest.mark.browser

# Small tablets, and a laptop at 200 %: the window then is half as wide and high.
SIZES = [(1366, 768), (1024, 768), (768, 1024), (683, 384)]
HEADS = {
    "time_us": [0, 2 * SECOND, 4 * SECOND],
    "infant": [[0.6, 0.4, 0.1, 0.2]] * 3,
    "parent": [[0.2, 0.3, 0.1, 0.2]] * 3,
}


# Every colour on the timeline.
PIXELS = """() => {
  const canvas = document.querySelector('.board canvas');
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return [...new Set(new Uint32Array(data.buffer))];
}"""


@pytest.fixture(scope="module")
def page(rooms: Rooms) -> Iterator[Page]:
    clip = rooms.clip([candidate("one", SECOND, 2 * SECOND), candidate("two", 3 * SECOND, 4 * SECOND)], heads=HEADS)
    moment = {
        "moment_id": "m1",
        "start_us": 3 * SECOND,
        "end_us": 5 * SECOND,
        "code_ref": "attentive",
        "note": "A wait",
    }
    rooms.site.store.events.append(clip.id, "pat", "moment_tagged", moment)
    count_requests(rooms.context)
    opened = rooms.open(clip)
    yield opened
    opened.close()


def press(*keys: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        for key in keys:
            page.keyboard.press(key)

    return act


def tab(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("tab", name=name).click()


def choose(page: Page, name: str) -> None:
    page.locator(".menu summary").click()
    page.locator(".menu").get_by_role("button", name=name).click()


def options(page: Page) -> None:
    page.locator(".options summary").click()


# Each goes on from the one before.
STATES: dict[str, Callable[[Page], None]] = {
    "as it opens": lambda page: None,
    "a candidate taken up": press("n", "k"),
    "a candidate adjusted": press("a"),
    "decided": press("y", "k"),
    "both faces large": press("5"),
    "picture options": options,
    "options shut again": options,
    "the codes": tab("Tag"),
    "a moment running": press("Shift+E"),
    "a chain running": press("Semicolon"),
    "both dropped": press("u", "u"),
    "moments": tab("Moments"),
    "a moment being tagged": press("t"),
    "the form shut again": press("Tab", "Escape"),
    "the code sets": lambda page: choose(page, "Code sets for this film"),
    "the code sets shut again": press("Escape"),
    "the table": tab("All"),
    "the table searched": press("/", "w"),
    "searched no more": lambda page: page.get_by_role("button", name="Show all").click(),
    "the key card": press("?"),
    "history": press("Escape", "z"),
    "with own eyes": press("Escape", "q"),
}


def test_no_state_of_the_room_offends_axe(page: Page) -> None:
    offences = {}
    for name, act in STATES.items():
        act(page)
        stand_still(page)
        if found := violations(page):
            offences[name] = found
    assert offences == {}


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_scrolls_sideways(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for name in ("Candidates", "Tag", "Moments", "All"):
        page.get_by_role("tab", name=name).click()
        stand_still(page)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, name


def test_forced_colours_are_taken_up_by_what_is_drawn(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 768})
    page.get_by_role("tab", name="Candidates").click()
    page.get_by_role("button", name="Show them now").click()
    expect(page.locator(".legend")).to_be_visible()
    stand_still(page)
    before = set(page.evaluate(PIXELS))
    page.emulate_media(forced_colors="active")

    def drawn_otherwise() -> bool:
        after = set(page.evaluate(PIXELS))
        return len(after) > 3 and after != before

    eventually(page, "the timeline is drawn in other colours", drawn_otherwise)
    expect(page.get_by_role("slider", name="Place in the film")).to_be_visible()
    page.emulate_media(forced_colors="none")
