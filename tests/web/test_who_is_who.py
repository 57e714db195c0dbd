"""Who is who and how the film is set up: said by pointer, by keyboard alone and by touch, undone, open to everybody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe import violations
from browser_fixtures import clip_page
from page_settled import stand_still
from playwright.sync_api import Browser, Locator, Page, expect
from review_rooms import Rooms, eventually
from stored_analysis import BEAT, three
from synthetic_heads import alone, split_screen

from bench.review_browser import READY
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

TABLET = {"width": 820, "height": 1180}
SIZES = [(1366, 768), (1024, 768), (820, 1180), (683, 384)]
SMALLEST_TARGET_PX = 44


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.analysed(three(0, 1, 2))


page = clip_page


@pytest.fixture
def tablet(rooms: Rooms, browser: Browser, clip: Clip) -> Iterator[Page]:
    """The same room on a screen that is touched."""
    signed_in = rooms.context.storage_state()
    context = browser.new_context(viewport=TABLET, has_touch=True, base_url=rooms.site.url, storage_state=signed_in)
    opened = context.new_page()
    opened.goto(f"/clips/{clip.id}")
    expect(opened.locator(READY)).to_be_visible()
    yield opened
    context.close()


def part_of(page: Page, number: int) -> Locator:
    return page.locator(f"[data-person='{number}'] input:checked")


def parts(rooms: Rooms, clip: Clip) -> list[str]:
    return [person["part"] for person in rooms.state(clip)["people"]]


def test_by_pointer_another_carer_is_chosen_and_taken_back(rooms: Rooms, clip: Clip, page: Page) -> None:
    question = page.locator("[data-question]")
    expect(question).to_contain_text("More than two people were seen")
    question.get_by_role("button", name="Who is who").click()
    dialog = page.get_by_role("dialog", name="Who is who")
    expect(dialog.get_by_role("img")).to_have_count(3)
    for image in dialog.get_by_role("img").all():
        eventually(page, "a still", lambda p=image: p.evaluate("img => img.naturalWidth") > 0)
    expect(part_of(page, 2)).to_have_value("parent")
    dialog.get_by_role("group", name="Person 1").get_by_text("Parent or carer").click()
    expect(part_of(page, 2)).to_have_value("other")
    expect(dialog.locator("[aria-live]")).to_have_text("Person 2 is now: Somebody else.")
    assert parts(rooms, clip) == []
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(question).to_have_count(0)
    expect(page.locator("[data-last]")).to_have_text("Last: said who is who")
    eventually(page, "saved", lambda: parts(rooms, clip) == ["parent", "other", "infant"])
    page.get_by_role("button", name="Undo: said who is who").click()
    expect(question).to_be_visible()
    eventually(page, "taken back", lambda: parts(rooms, clip) == [])
    page.get_by_role("button", name="Redo: said who is who").click()
    expect(question).to_have_count(0)


def test_by_keyboard_alone_infant_and_parent_change_places(rooms: Rooms, clip: Clip, page: Page) -> None:
    page.keyboard.press("Shift+W")
    expect(page.locator("[data-person]")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Shift+W")
    expect(page.locator("[data-person]")).to_have_count(3)
    # From “Close” to the first person, and on to the second, who is the parent; one up is the infant.
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowUp")
    expect(part_of(page, 2)).to_have_value("infant")
    expect(part_of(page, 3)).to_have_value("parent")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    eventually(page, "saved", lambda: parts(rooms, clip) == ["other", "infant", "parent"])
    # A swap exchanges the two that were named.
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Swap infant and parent").click()
    eventually(page, "swapped", lambda: bool(rooms.state(clip)["swapped"]))
    page.keyboard.press("Shift+W")
    expect(part_of(page, 3)).to_have_value("infant")


def test_by_touch_the_parent_is_put_at_the_camera_and_all_is_left_to_the_computer(
    rooms: Rooms, clip: Clip, tablet: Page
) -> None:
    page = tablet
    page.locator("[data-question]").get_by_role("button", name="Who is who").tap()
    expect(page.locator("[data-person]")).to_have_count(3)
    for label in page.locator("dialog label").all():
        box = label.bounding_box()
        assert box is not None and box["height"] >= SMALLEST_TARGET_PX
    page.get_by_text("Only the infant in view").tap()
    expect(part_of(page, 2)).to_have_value("other")
    expect(page.get_by_role("group", name="Person 1").get_by_role("radio", name="Parent")).to_be_disabled()
    page.get_by_role("button", name="Save").tap()
    eventually(page, "saved", lambda: rooms.state(clip)["setup"] == "parent_at_camera")
    expect(page.locator(".heads .head")).to_have_count(1)
    page.get_by_text("More", exact=True).tap()
    page.get_by_role("button", name="Who is who").last.tap()
    page.get_by_role("button", name="Leave both to the computer").tap()
    eventually(page, "left", lambda: rooms.state(clip)["setup"] is None and not parts(rooms, clip))
    expect(page.locator(".heads .head")).to_have_count(2)


def test_a_split_screen_is_confirmed_with_one_press(rooms: Rooms) -> None:
    clip = rooms.analysed(split_screen(["partner"] * 60, BEAT))
    page = rooms.open(clip)
    question = page.locator("[data-question]")
    expect(question).to_contain_text("split screen of two cameras")
    question.get_by_role("button", name="No, choose").click()
    expect(page.get_by_text("It looks like: split screen of two cameras (clear).")).to_be_visible()
    page.keyboard.press("Escape")
    question.get_by_role("button", name="Yes").click()
    expect(question).to_have_count(0)
    eventually(page, "saved", lambda: rooms.state(clip)["setup"] == "split_screen")
    page.get_by_role("button", name="Undo: said that the film is a split screen").click()
    expect(question).to_be_visible()
    page.close()


def test_an_infant_alone_is_asked_about_in_words_of_doubt(rooms: Rooms) -> None:
    page = rooms.open(rooms.analysed(alone(BEAT)))
    expect(page.locator("[data-question]")).to_contain_text("only the infant in view")
    page.keyboard.press("Shift+W")
    expect(page.get_by_text("(hard to tell)")).to_be_visible()
    expect(page.locator("[data-person]")).to_have_count(1)
    page.close()


def test_the_dialog_and_the_question_offend_no_rule_and_fit_every_size(page: Page) -> None:
    assert violations(page) == []
    page.keyboard.press("Shift+W")
    expect(page.locator("[data-person]")).to_have_count(3)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        stand_still(page)
        assert violations(page) == []
        for wide in ("document.documentElement.scrollWidth", "document.querySelector('dialog').scrollWidth"):
            assert page.evaluate(wide) <= width
    page.get_by_text("Only the infant in view").click()
    assert violations(page) == []


def test_with_gaze_flags_off_no_candidate_is_shown_or_counted_and_the_reason_is(
    rooms: Rooms, clip: Clip, page: Page
) -> None:
    lanes, items, tally = page.locator(".legend"), page.locator(".list > li"), page.locator("[data-tally]")
    expect(tally).to_be_visible()
    assert items.count() > 0
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Offer looks or not").click()
    page.get_by_label("Reason").fill("She sees poorly.")
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("Reason: She sees poorly.")).to_be_visible()
    for gone in (items, tally, lanes):
        expect(gone).to_have_count(0)
    expect(page.get_by_role("tab", name="Candidates")).to_have_text("Candidates")
    page.keyboard.press("n")
    expect(page.locator(".selected")).to_have_count(0)
    page.get_by_role("tab", name="All").click()
    expect(page.get_by_role("tabpanel")).not_to_contain_text("Gaze contact")
    # Everything else goes on.
    expect(page.locator(".heads .head")).to_have_count(2)
    page.keyboard.press("t")
    expect(page.get_by_text("What strength do you see?")).to_be_visible()
    page.get_by_role("tab", name="Candidates").click()
    page.get_by_role("button", name="Switch them on again").click()
    expect(tally).to_be_visible()
    assert items.count() > 0
