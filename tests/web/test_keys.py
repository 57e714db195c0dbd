"""The keys: every one can be changed, a layout for one hand, off altogether, and a card to print."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms

from bench.review_site import candidate

pytestmark = pytest.mark.browser
A4_PX = {"width": 794, "height": 1123}


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.open(rooms.clip([candidate("one", SECOND, 2 * SECOND), candidate("two", 3 * SECOND, 4 * SECOND)]))
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()


def line(page: Page, command: str) -> str:
    return page.locator(f"[data-command={command}] dd").first.inner_text()


def kept(page: Page) -> str:
    return page.locator("[data-tally]").inner_text()


def change(page: Page, command: str, key: str) -> None:
    page.locator(f"[data-command={command}]").get_by_role("button", name="Change the key for").click()
    page.keyboard.press(key)


def test_a_key_is_changed_by_pressing_it_and_works_at_once(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    change(page, "keep", "#")
    expect(page.get_by_text("“Keep” is now #.")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("y")
    expect(page.locator("[data-tally]")).to_contain_text("You kept 0 of 2")
    page.keyboard.press("#")
    expect(page.locator("[data-tally]")).to_contain_text("You kept 1 of 2")
    expect(page.locator("[data-does=keep]").first).to_have_attribute("title", "Keep (#)")
    page.reload()
    page.keyboard.press("?")
    assert line(page, "keep").split() == ["#", "1"]


def test_the_letter_of_a_code_is_chosen_and_tags_at_once(page: Page, rooms: Rooms, shots: Path) -> None:
    page.keyboard.press("?")
    letter = page.get_by_label("Being attentive", exact=True)
    assert "⇧ W" not in letter.inner_text(), "a letter that opens something is not offered"
    letter.select_option("x")
    assert violations(page) == []
    letter.scroll_into_view_if_needed()
    page.screenshot(path=shots / "code-letters.png")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="Tag", exact=True).click()
    button = page.locator(".code", has_text="Being attentive").first
    expect(button).to_have_attribute("aria-keyshortcuts", "Shift+X")
    page.keyboard.press("Shift+X")
    expect(button).to_have_attribute("aria-pressed", "true")


def test_a_key_that_is_taken_is_told_and_given_over_only_when_said_so(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    change(page, "loop", "k")
    told = page.get_by_role("alert").filter(has_text="K already means “Stop”.")
    expect(told).to_be_visible()
    assert violations(page) == []
    told.get_by_role("button", name="Leave it").click()
    assert line(page, "shuttle-stop").startswith("K")
    change(page, "loop", "k")
    page.get_by_role("button", name="Give it to this one").click()
    assert line(page, "loop").startswith("K")
    assert line(page, "shuttle-stop").startswith("no key")
    page.get_by_role("button", name="Undo", exact=True).last.click()
    assert line(page, "shuttle-stop").startswith("K")


def test_keys_of_the_browser_are_refused_and_escape_leaves_a_key_as_it_is(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    change(page, "loop", "F3")
    expect(page.get_by_text("F3 belongs to the browser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert line(page, "loop").startswith("C")


def test_one_hand_is_enough(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_label("Left hand").check()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("f")
    expect(page.locator(".item.selected")).to_have_count(1)
    page.keyboard.press("1")
    expect(page.locator("[data-tally]")).to_contain_text("You kept 1 of 2")
    page.keyboard.press("b")
    expect(page.locator("[data-tally]")).to_contain_text("You kept 0 of 2")


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.locator(".item.selected")).to_have_count(0)
    page.locator(".list .item .row").first.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.locator("[data-tally]")).to_contain_text("You kept 1 of 2")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-tally]")).to_contain_text("You kept 0 of 2")


def test_the_card_shows_a_persons_own_keys_and_prints_on_one_sheet(page: Page, shots: Path) -> None:
    page.keyboard.press("?")
    page.get_by_role("button", name="Change keys").click()
    change(page, "loop", "#")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Key card to print").click()
    card = opened.value
    expect(card.locator("[data-command=loop] kbd").first).to_have_text("#")
    card.emulate_media(media="print")
    card.set_viewport_size(A4_PX)
    expect(card.get_by_role("button", name="Print this card")).to_be_hidden()
    card.screenshot(path=shots / "key-card-print.png", full_page=True)
    sheet = card.pdf(format="A4", margin={side: "12mm" for side in ("top", "bottom", "left", "right")})
    assert sheet.count(b"/Type /Page\n") == 1
    card.close()
