"""Tagging: from a candidate to a tag by one key, codes of several packs, what runs until it is ended, the chain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from rooms import SECOND, Rooms, eventually

from bench.review_site import candidate
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [candidate("one", 1 * SECOND, 2 * SECOND), candidate("two", 4 * SECOND, 6 * SECOND)]


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


@pytest.fixture
def page(rooms: Rooms, clip: Clip) -> Iterator[Page]:
    opened = rooms.open(clip)
    yield opened
    opened.close()


def test_one_key_keeps_a_candidate_and_opens_the_tag_at_the_times_that_were_kept(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    for key in ("n", "f", "9"):
        page.keyboard.press(key)
    strength = page.get_by_label("What strength do you see?")
    expect(strength).to_be_focused()
    strength.select_option(label="Eye to eye")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    [moment] = rooms.state(clip)["moments"]
    decision = rooms.state(clip)["decisions"]["one"]
    assert (decision["state"], decision["start_us"], decision["end_us"]) == ("confirmed", 1_040_000, 2_000_000)
    assert (moment["strength"], moment["start_us"], moment["end_us"]) == ("eye_to_eye", 1_040_000, 2_000_000)


def test_a_candidate_that_is_kept_already_is_tagged_without_being_decided_again(
    page: Page, rooms: Rooms, clip: Clip
) -> None:
    page.locator(".list .item .row").first.click()
    page.get_by_role("button", name="Keep", exact=True).click()
    eventually(page, "it is kept", lambda: len(rooms.state(clip)["decisions"]) == 1)
    page.keyboard.press("p")
    page.locator(".item.selected").get_by_role("button", name="Keep and tag").click()
    expect(page.get_by_label("What strength do you see?")).to_be_visible()
    assert rooms.state(clip)["last_event_id"] == 1
