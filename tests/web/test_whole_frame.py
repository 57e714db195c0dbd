"""The picture is never cut: wide, upright and square films, on every size of window and in every state of the room."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from reel_ready_to_show import QUESTION, a_shown_clip, hand_over, leave, piece
from review_rooms import SECOND, Rooms, eventually
from viewports import FILMS, WINDOWS
from visible_frame import drawn, share_of_window

from bench.review_browser import signed_in
from bench.review_site import candidate

pytestmark = pytest.mark.browser

# Of a window, in every state.
ROOM_SHARE = 0.45
PIECES = (piece("m1", 1, 3, [(2, QUESTION)]), piece("m2", 4, 6), piece("m3", 6, 8))


@pytest.fixture
def page(rooms: Rooms, windows: Browser) -> Iterator[Page]:
    """A window that the parent's room can fill."""
    context = signed_in(windows, rooms.site)
    opened = context.new_page()
    yield opened
    leave(opened)
    context.close()


def look(page: Page, state: str, share: float) -> None:
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("scrollTo(0, 0)")
        page.locator("video").evaluate("() => new Promise(requestAnimationFrame)")
        image, stage = drawn(page.locator("video")), share_of_window(page.locator(".stage"))
        where = f"{state}, {width} x {height}: {image}, {stage:.2f}"
        assert image.is_whole, where
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


def test_under_a_browsers_bars_every_moment_stays_in_sight_with_its_name(rooms: Rooms, page: Page) -> None:
    hand_over(page, rooms.site.url, a_shown_clip(rooms, PIECES, FILMS["upright"]()))
    page.set_viewport_size({"width": 1366, "height": 650})
    page.locator(".room-go").click()
    page.locator(".controls > :nth-child(2)").click()
    expect(page.locator(".question")).to_be_visible(timeout=20_000)
    for moment in page.locator(".moment").all():
        expect(moment).to_be_in_viewport(ratio=0.99)


@pytest.mark.parametrize("width", [820, 1024, 1366])
def test_the_buttons_of_the_parents_room_stand_in_one_row(rooms: Rooms, page: Page, width: int) -> None:
    hand_over(page, rooms.site.url, a_shown_clip(rooms, PIECES, FILMS["wide"]()))
    page.set_viewport_size({"width": width, "height": 768})
    page.locator(".room-go").click()
    buttons = page.locator(".controls > *")
    expect(buttons).to_have_count(7)
    tops = buttons.evaluate_all("(all) => all.map((each) => each.offsetTop)")
    assert len(set(tops)) == 1, tops


OFFERED = [candidate("first", 1 * SECOND, 3 * SECOND), candidate("second", 4 * SECOND, 6 * SECOND)]
# Of a laptop's window, by what the film is like; the upright one has the timeline beside it.
LEAST = {"wide": 0.40, "upright": 0.30, "square": 0.30}


@pytest.mark.parametrize("film", FILMS)
def test_in_the_review_room_the_whole_picture_is_seen_and_has_most_of_the_screen(rooms: Rooms, film: str) -> None:
    page = rooms.open(rooms.clip(OFFERED, FILMS[film]()))
    for act in ("nothing chosen", "n", "a", "9"):
        if act != "nothing chosen":
            page.keyboard.press(act)
        for width, height in WINDOWS:
            page.set_viewport_size({"width": width, "height": height})
            page.evaluate("scrollTo(0, 0)")
            page.locator("video").evaluate("() => new Promise(requestAnimationFrame)")
            image = drawn(page.locator("video"))
            where = f"{act}, {width} x {height}: {image}"
            assert image.is_whole, where
            assert page.evaluate("document.documentElement.scrollWidth") <= width, where
            if (width, height) == (1366, 768):
                assert image.share >= LEAST[film] or act == "9", where
    page.close()


def test_as_large_as_the_screen_the_film_keeps_its_buttons_and_the_deciding_keys(rooms: Rooms) -> None:
    clip = rooms.clip(OFFERED)
    page = rooms.open(clip)
    page.keyboard.press("Shift+F")
    expect(page.locator(".side")).to_be_hidden()
    page.keyboard.press("n")
    expect(page.get_by_role("group", name="Deciding")).to_contain_text("Gaze contact")
    image = drawn(page.locator("video"))
    assert image.is_whole
    assert image.share > 0.6, image
    page.keyboard.press("y")
    expect(page.get_by_role("group", name="Deciding")).to_contain_text("to decide")
    page.get_by_role("group", name="Deciding").get_by_role("button", name="Not this").click()
    eventually(page, "both are decided", lambda: len(rooms.state(clip)["decisions"]) == 2)
    page.keyboard.press("Shift+F")
    expect(page.locator(".side")).to_be_visible()
    page.close()


def test_on_a_tablet_the_film_stays_above_the_list_and_what_decides_below_it(rooms: Rooms) -> None:
    many = [candidate(f"c{number}", number * 700_000, number * 700_000 + 600_000) for number in range(12)]
    page = rooms.open(rooms.clip(many))
    page.set_viewport_size({"width": 820, "height": 1180})
    page.locator(".item .row").nth(8).click()
    page.mouse.wheel(0, 300)
    page.locator("video").evaluate("() => new Promise(requestAnimationFrame)")
    image = drawn(page.locator("video"))
    assert image.is_whole, image
    box = page.get_by_role("group", name="Deciding").get_by_role("button", name="Adjust").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 1180
    for name in ("Keep", "Not this", "Unsure", "Adjust", "Keep and tag"):
        expect(page.get_by_role("button", name=name, exact=True).filter(visible=True)).to_have_count(1)
    page.close()


def test_the_list_moves_under_a_film_that_stays(rooms: Rooms) -> None:
    many = [candidate(f"c{number}", number * 700_000, number * 700_000 + 600_000) for number in range(12)]
    page = rooms.open(rooms.clip(many, FILMS["upright"]()))
    # Something below the room makes the page longer than the window.
    page.evaluate("document.body.style.paddingBlockEnd = '600px'; scrollTo(0, 200)")
    for _ in range(8):
        page.keyboard.press("n")
    expect(page.locator(".item.selected")).to_be_in_viewport(ratio=1)
    assert page.evaluate("scrollY") == 0
    assert drawn(page.locator("video")).is_whole
    page.close()


def test_the_width_of_the_list_is_moved_by_keys_and_remembered(rooms: Rooms) -> None:
    clip = rooms.clip(OFFERED)
    page = rooms.open(clip)
    before = page.locator(".side").bounding_box()
    page.get_by_role("separator", name="Width of the list").press("ArrowLeft")
    after = page.locator(".side").bounding_box()
    assert before is not None and after is not None
    assert after["width"] == pytest.approx(before["width"] + 24, abs=1)
    page.reload()
    expect(page.locator(".side")).to_be_visible()
    again = page.locator(".side").bounding_box()
    assert again is not None and again["width"] == pytest.approx(after["width"], abs=1)
    page.get_by_role("separator", name="Width of the list").dblclick()
    page.close()
