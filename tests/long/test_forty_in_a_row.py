"""Forty candidates kept and tagged in a row by keys alone, in a real Chromium: none comes twice."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from review_rooms import Rooms, eventually

from bench.review_site import candidate

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
STEP_US, LASTS_US = 200_000, 190_000
FORTY = 40


def test_nine_save_and_on_forty_times_without_a_repeat(rooms: Rooms) -> None:
    many = [candidate(f"c{number}", number * STEP_US, number * STEP_US + LASTS_US) for number in range(FORTY + 2)]
    clip = rooms.clip(many)
    page = rooms.open(clip)
    page.get_by_label("Order", exact=True).select_option("time")
    page.keyboard.press("n")
    met = []
    for _ in range(FORTY):
        selected = page.locator(".item.selected")
        expect(selected.locator(".standing")).to_have_text("to decide")
        met.append(selected.locator("strong").first.inner_text())
        page.keyboard.press("9")
        expect(page.get_by_label("What strength do you see?")).to_have_value("eye_to_eye")
        page.keyboard.press("Control+Enter")
        expect(page.get_by_label("What strength do you see?")).to_have_count(0)
        page.keyboard.press("n")
    assert len(set(met)) == FORTY
    eventually(page, "all are kept", lambda: len(rooms.state(clip)["moments"]) == FORTY)
    page.close()
