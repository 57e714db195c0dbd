"""Comments for colleagues in a real browser: a colleague's word is seen, answered at its place, and taken back."""

from __future__ import annotations

import pytest
from axe import violations
from playwright.sync_api import expect
from review_rooms import SECOND, Rooms

pytestmark = pytest.mark.browser


def test_a_colleague_is_answered_at_the_place_in_the_film(rooms: Rooms) -> None:
    clip = rooms.clip()
    rooms.site.store.comments.append(clip.id, "kim", "commented", {"at_us": 3 * SECOND, "text": "Did she see him?"})
    page = rooms.open(clip)
    line = page.locator("[data-news]")
    expect(line).to_contain_text("kim: “Did she see him?”")
    line.get_by_role("button", name="Read").click()
    section = page.get_by_role("region", name="Comments for colleagues")
    field = section.get_by_role("textbox")
    expect(field).to_be_focused()
    expect(line).to_have_count(0)
    section.get_by_role("button", name="Go to 0:03.0").click()
    field.fill("She did, at once")
    expect(section.locator("label")).to_have_text("Comment at 0:03.0")
    page.get_by_role("tab", name="Tag").click()
    page.get_by_role("tab", name="Moments").click()
    expect(field).to_have_value("She did, at once")
    assert violations(page) == []
    section.get_by_role("button", name="Keep the comment").click()
    expect(section.get_by_role("listitem")).to_have_count(2)
    expect(field).to_have_value("")
    folded = rooms.site.store.comments.read(clip.id)
    assert [(each.text, each.at_us // SECOND) for each in folded.state.comments][1] == ("She did, at once", 3)
    section.get_by_role("button", name="Take back my last comment").click()
    expect(section.get_by_role("listitem")).to_have_count(1)
    section.get_by_role("button", name="Comment again").click()
    expect(section.get_by_role("listitem")).to_have_count(2)
    for width, height in ((1366, 650), (820, 1180)):
        page.set_viewport_size({"width": width, "height": height})
        field.scroll_into_view_if_needed()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert rooms.complaints == []


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1366, 650), (1366, 480), (820, 1180), (390, 844)])
def test_the_menu_and_the_form_that_it_leads_to_lie_in_the_window(rooms: Rooms, width: int, height: int) -> None:
    page = rooms.open(rooms.clip())
    page.set_viewport_size({"width": width, "height": height})
    page.get_by_text("More", exact=True).click()
    menu = page.locator(".menu ul")
    expect(menu).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Comments for colleagues").click()
    expect(page.get_by_role("button", name="Keep the comment")).to_be_in_viewport(ratio=0.95)
    page.close()
