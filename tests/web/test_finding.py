"""Search and filters over everything on the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms

from bench.review_site import candidate

pytestmark = pytest.mark.browser

OFFERED = [candidate("one", 1 * SECOND, 2 * SECOND), candidate("two", 4 * SECOND, 6 * SECOND)]


def moment(name: str, start: int, code: str, note: str) -> dict[str, Any]:
    return {"moment_id": name, "start_us": start, "end_us": start + SECOND, "code_ref": code, "note": note}


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    clip = rooms.clip(OFFERED)
    events = rooms.site.store.events
    span = {"start_us": SECOND, "end_us": 2 * SECOND}
    events.append(clip.id, "pat", "candidate_rejected", {"candidate_id": "one", "kind": "gaze_contact", **span})
    events.append(clip.id, "pat", "moment_tagged", moment("m1", 3 * SECOND, "attentive", "A long wait"))
    events.append(clip.id, "pat", "moment_tagged", moment("m2", 5 * SECOND, "child_initiative", "The cup"))
    events.append(clip.id, "pat", "still_taken", {"still_id": "s1", "at_us": 7 * SECOND, "caption": "Both wait"})
    opened = rooms.open(clip)
    yield opened
    opened.close()


def rows(page: Page) -> list[str]:
    return page.locator("tbody tr td:nth-child(3)").all_inner_texts()


def test_words_are_searched_for_by_keyboard_alone(page: Page) -> None:
    page.keyboard.press("/")
    search = page.get_by_role("searchbox")
    expect(search).to_be_focused()
    page.keyboard.type("wait")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("2 of 5")
    assert rows(page) == ["Being attentive", "Still"]
    page.keyboard.type(" long")
    expect(page.get_by_role("search").get_by_role("status")).to_have_text("1 of 5")
    assert rows(page) == ["Being attentive"]
    assert violations(page) == []
    page.get_by_role("button", name="Go to Being attentive at 0:03.0").press("Enter")
    expect(page.get_by_label("Time of the picture")).to_have_value("0:03.00")


def test_filters_narrow_down_and_show_all_goes_back(page: Page) -> None:
    page.get_by_role("tab", name="All").click()
    assert len(rows(page)) == 5
    page.get_by_label("Any kind").select_option(label="Candidates")
    page.get_by_label("Any decision").select_option(label="Not this")
    assert rows(page) == ["Gaze contact 1"]
    page.get_by_role("button", name="Show all").click()
    page.get_by_label("Any part").select_option(label="Child")
    assert rows(page) == ["The child begins something"]
    page.get_by_label("Any code").select_option(label="Being attentive")
    expect(page.get_by_text("None in this list.")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    assert len(rows(page)) == 5
