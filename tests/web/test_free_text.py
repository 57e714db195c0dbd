"""A text that is longer than a field takes goes in whole or not at all, and the field says so: nothing is cut."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from review_rooms import SECOND, Rooms, eventually

from bench.review_site import candidate

pytestmark = pytest.mark.browser
LONG = "At the table with the red spoon, " * 15


def paste(page: Page, into: Locator, text: str) -> None:
    """Copy `text` out of a field that takes it all, and paste it at the end of another."""
    page.evaluate(
        """(text) => {
            const source = document.createElement('textarea');
            document.body.append(source);
            source.value = text;
            source.select();
        }""",
        text,
    )
    page.keyboard.press("Control+c")
    page.evaluate("() => document.activeElement.remove()")
    into.focus()
    page.keyboard.press("End")
    page.keyboard.press("Control+v")


def test_a_longer_text_is_refused_whole_with_both_numbers_and_a_shorter_one_goes_in(rooms: Rooms, shots: Path) -> None:
    clip = rooms.clip()
    page = rooms.context.new_page()
    page.goto(f"{rooms.site.url}/clips/{clip.id}")
    field = page.get_by_label("Name of the film")
    before = field.input_value()
    field.focus()
    page.wait_for_load_state("networkidle")
    paste(page, field, LONG)
    said = page.get_by_role("alert")
    most = f"At most 200 characters fit here; with this there would be {len(before) + len(LONG)}"
    expect(said).to_contain_text(most)
    expect(field).to_have_value(before)
    page.screenshot(path=shots / "text-too-long.png")
    paste(page, field, " at the table")
    expect(field).to_have_value(f"{before} at the table")
    expect(said).to_have_count(0)
    page.get_by_role("button", name="Rename").click()
    eventually(page, "renamed", lambda: rooms.site.store.clips.get(clip.id).title == f"{before} at the table")
    page.close()


def test_in_the_review_room_the_words_of_a_moment_are_held_in_the_same_way(rooms: Rooms, shots: Path) -> None:
    page = rooms.open(rooms.clip([candidate("clear", 1 * SECOND, 2 * SECOND, confidence=0.9)]))
    page.keyboard.press("n")
    page.keyboard.press("9")
    note = page.locator("textarea[maxlength]").first
    note.focus()
    page.wait_for_load_state("networkidle")
    paste(page, note, LONG)
    expect(page.locator("[data-limit]")).to_contain_text(f"there would be {len(LONG)}")
    expect(page.locator("[data-limit]")).to_be_in_viewport(ratio=1)
    page.screenshot(path=shots / "moment-too-long.png")
    expect(note).to_have_value("")
    page.close()
