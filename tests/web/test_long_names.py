"""A film that keeps the name its phone gave it, one long word, fits on every page that tells of it."""

from __future__ import annotations

import pytest
from page_settled import stand_still
from playwright.sync_api import Browser, expect
from review_rooms import SECOND, Rooms

from bench.review_site import candidate

pytestmark = pytest.mark.browser

NAME = "Video_from_a_messenger_2026-11-29_at_16.43.12_on_the_floor_with_the_red_ball_second_try_FINAL"
WIDE = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


@pytest.mark.parametrize("width", [360, 1366])
def test_a_long_name_widens_no_page(browser: Browser, rooms: Rooms, width: int) -> None:
    clip = rooms.clip([candidate("one", SECOND, 2 * SECOND)])
    rooms.site.store.clips.rename(clip.id, NAME, "bench")
    rooms.site.store.families.rename(clip.family_id, f"{NAME} {clip.id}"[:80], "bench")
    context = browser.new_context(
        viewport={"width": width, "height": 740},
        is_mobile=width < 600,
        has_touch=width < 600,
        storage_state=rooms.context.storage_state(),
    )
    page = context.new_page()
    family = f"/families/{clip.family_id}"
    addresses = ("/families", family, f"{family}/story", f"{family}/name")
    for address in (*addresses, *(f"/clips/{clip.id}{part}" for part in ("", "/reels/new", "/turn", "/destroy"))):
        page.goto(rooms.site.url + address)
        expect(page.locator("[data-island]:not([data-mounted])")).to_have_count(0)
        stand_still(page)
        needed, there = page.evaluate(WIDE)
        assert needed <= there, f"{address} scrolls sideways"
    context.close()
