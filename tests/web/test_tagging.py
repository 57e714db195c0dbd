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
    page.locator(".list .item--kept .row").click()
    page.locator(".item.selected").get_by_role("button", name="Keep and tag").click()
    page.get_by_label("What strength do you see?").select_option(label="Eye to eye")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    assert rooms.state(clip)["last_event_id"] == 2


def test_several_code_sets_are_in_use_at_once_and_undo_goes_back(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.get_by_text("More", exact=True).click()
    page.get_by_role("button", name="Code sets for this clip").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("AVIGuk", exact=False).first).to_be_visible()
    dialog.get_by_label("Video Interaction Guidance (VIG)").check()
    dialog.get_by_role("button", name="Use these").click()
    eventually(page, "they are kept", lambda: rooms.state(clip)["packs"] == ["plain", "vig"])
    page.keyboard.press("t")
    strength = page.get_by_label("What strength do you see?")
    strength.select_option(label="5 Guiding")
    page.get_by_role("button", name="Save the moment").click()
    eventually(page, "it is tagged", lambda: len(rooms.state(clip)["moments"]) == 1)
    page.keyboard.press("u")
    page.get_by_role("button", name="Undo: chose the code sets").click()
    eventually(page, "nothing is chosen", lambda: rooms.state(clip)["packs"] is None)


def test_a_tag_keeps_its_words_when_its_code_set_is_not_in_use(rooms: Rooms, clip: Clip) -> None:
    moment = {"moment_id": "m1", "start_us": SECOND, "end_us": 2 * SECOND, "strength": "vig.guiding", "note": ""}
    rooms.site.store.events.append(clip.id, "pat", "packs_chosen", {"packs": ["plain"]})
    rooms.site.store.events.append(clip.id, "pat", "moment_tagged", moment)
    page = rooms.open(clip)
    page.get_by_role("tab", name="Moments").click()
    page.get_by_role("button", name="Change: 5 Guiding").click()
    strength = page.get_by_label("What strength do you see?")
    expect(strength).to_have_value("vig.guiding")
    expect(strength.locator("optgroup[label='Not in use for this clip'] option")).to_have_text(["5 Guiding"])
    page.close()
