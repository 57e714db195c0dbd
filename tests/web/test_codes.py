"""Code sets of one's own: made, changed and taken out in the browser, saved as a file and taken in again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from review_rooms import Rooms

pytestmark = pytest.mark.browser


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    opened.goto("/codes")
    yield opened
    opened.close()


def test_a_set_is_made_by_keyboard_saved_as_a_file_and_taken_in_again(page: Page, rooms: Rooms, tmp_path: Path) -> None:
    assert violations(page) == []
    page.get_by_role("link", name="Make a code set").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Title").focus()
    for text in ("What we look for", "The team", "", "Waits for an answer", "You waited for your baby."):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    assert violations(page) == []
    page.get_by_role("button", name="Save the code set").press("Enter")
    expect(page.get_by_text("“What we look for” is kept as version 1.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Save as a file ?: What we look for")).click()
    file = tmp_path / "ours.yaml"
    download.value.save_as(file)
    file.write_text(file.read_text().replace("Waits for an answer", "Waits a while"))
    page.get_by_label("Import one from a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("“What we look for” is here.")).to_be_visible()
    [code] = rooms.site.store.packs.known().packs[-1].codes()
    assert (code.label, code.parent_words) == ("Waits a while", "You waited for your baby.")
    page.get_by_role("button", name=re.compile("Take out ?: What we look for")).click()
    page.get_by_role("button", name=re.compile("Bring back ?: What we look for")).click()
    expect(page.get_by_role("link", name="What we look for", exact=True)).to_be_visible()


def test_what_does_not_fit_is_said_at_its_field_and_by_line(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("id: ours\ntitle: Ours\nowner: We\ncode_sets:\n  - id: a\n    titel: A\n")
    page.get_by_label("Import one from a file").set_input_files(file)
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Line 6 does not fit (code_sets, number 1, titel)")
    page.goto("/codes/new")
    page.get_by_role("button", name="Save the code set").click()
    expect(page.get_by_text("Enter at least one code.")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (768, 1024), (683, 384)])
def test_the_pages_do_not_scroll_sideways(page: Page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for address in ("/codes", "/codes/new", "/codes/vipp_sd"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
