"""A practitioner reads vfeed in Welsh: pages, the review room's islands, a decision, and back to English."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader
from review_rooms import SECOND, Rooms

from bench.review_site import candidate

pytestmark = pytest.mark.browser


def test_pages_and_review_room_are_read_in_welsh_and_in_english_again(rooms: Rooms, shots: Path) -> None:
    clip = rooms.clip([candidate("clear", 1 * SECOND, 2 * SECOND, confidence=0.9)])
    page = rooms.context.new_page()
    page.goto(f"{rooms.site.url}/families")
    page.get_by_role("button", name="Cymraeg").click()
    expect(page.locator("html")).to_have_attribute("lang", "cy")
    expect(page.get_by_role("link", name="Teuluoedd")).to_be_visible()
    page.screenshot(path=shots / "welsh-families.png")
    page.set_viewport_size({"width": 820, "height": 1180})
    tops = page.locator(".nav-list a, .account-name").evaluate_all("(all) => all.map((each) => each.offsetTop)")
    assert len(tops) > 5
    assert max(tops) - min(tops) < 5, "on a tablet the masthead is one line"
    page.close()
    room = rooms.open(clip)
    expect(room.locator("html")).to_have_attribute("lang", "cy")
    expect(room.locator(".list .item strong").first).to_have_text("Cyswllt llygaid 1")
    room.keyboard.press("n")
    room.keyboard.press("1")
    expect(room.get_by_text("wedi’i gadw", exact=False).first).to_be_visible()
    room.screenshot(path=shots / "welsh-review.png")
    room.goto(f"{rooms.site.url}/help")
    room.get_by_role("button", name="English").click()
    expect(room.locator("html")).to_have_attribute("lang", "en-GB")
    room.close()


def test_what_happens_to_your_film_prints_on_one_sheet_in_either_language(rooms: Rooms, shots: Path) -> None:
    page = rooms.context.new_page()
    page.goto(f"{rooms.site.url}/help/your-film")
    for language in ("Cymraeg", "English"):
        page.get_by_role("button", name=language).click()
        expect(page.get_by_role("button", name=language)).to_have_count(0)
        page.screenshot(path=shots / f"your-film-{language}.png", full_page=True)
        printed = PdfReader(
            io.BytesIO(page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "12mm")))
        )
        assert len(printed.pages) == 1
    page.close()
