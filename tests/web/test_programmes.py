"""A family's programme in the browser: choosing VIG and VIPP-SD, their plan and prompts, and the massage sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Page, expect
from review_rooms import Rooms, eventually

from vfeed.store.tables import Sheet

pytestmark = pytest.mark.browser

TODAY = date.today()
PROGRAMME = "#programme"


@pytest.fixture
def family_id(rooms: Rooms, request: pytest.FixtureRequest) -> str:
    """A family of its own for each test, with a child, an adult, a consent and a visit a week ago."""
    store = rooms.site.store
    family = store.families.create(f"Family {request.node.name}"[:80])
    for person in (
        store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01"),
        store.families.add_participant(family.id, "adult", "Parent", relation="mother"),
    ):
        store.consents.give(person.id, "session", None, TODAY, TODAY + timedelta(days=30), "", "pat")
    store.families.add_visit(family.id, TODAY - timedelta(days=7), "Session 1")
    return family.id


@pytest.fixture
def page(rooms: Rooms, family_id: str) -> Iterator[Page]:
    opened = rooms.context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    opened.goto(f"/families/{family_id}")
    yield opened
    opened.close()


def follow(page: Page, title: str) -> None:
    """Choose a programme, by keyboard alone."""
    section = page.locator(PROGRAMME)
    section.get_by_text(re.compile("Choose a programme|Change the programme")).press("Enter")
    section.get_by_label("Programme", exact=True).select_option(label=title)
    section.get_by_role("button", name="Follow this").press("Enter")
    expect(section.get_by_role("heading", name=title)).to_be_visible()


def tick_next(page: Page) -> None:
    page.locator(".plan-line--next").get_by_role("button", name=re.compile("^Tick")).press("Enter")


def sheets_of(rooms: Rooms, family_id: str) -> list[Sheet]:
    return [sheet for sheet, _state in rooms.site.store.sheets.for_family(family_id)]


def test_vipp_sd_is_chosen_and_its_seven_visits_are_ticked_and_undone(page: Page, shots: Path) -> None:
    section = page.locator(PROGRAMME)
    follow(page, "VIPP-SD")
    expect(section.locator(".plan-line")).to_have_count(7)
    expect(section.locator(".plan-line--next")).to_contain_text("Visit 1")
    tick_next(page)
    expect(section.locator(".plan-line--next")).to_contain_text("Visit 2")
    expect(section.locator(".plan-line").first).to_contain_text("Held on")
    assert violations(page) == []
    section.screenshot(path=shots / "programme-vipp-sd.png")
    section.get_by_role("button", name="Undo: ticked “Visit 1").click()
    expect(section.locator(".plan-line--next")).to_contain_text("Visit 1")
    section.get_by_role("button", name="Redo: ticked “Visit 1").click()
    expect(section.locator(".plan-line--next")).to_contain_text("Visit 2")


def test_vig_is_chosen_and_its_cycle_and_prompts_are_seen(page: Page, rooms: Rooms, family_id: str) -> None:
    section = page.locator(PROGRAMME)
    follow(page, "Video Interaction Guidance (VIG)")
    for title in ("Agree on a helping question", "Film", "Choose up to three moments"):
        expect(section.locator(".plan-line--next")).to_contain_text(title)
        tick_next(page)
    page.get_by_role("button", name="Write up a shared review").click()
    prompts = page.locator("#prompts")
    expect(prompts).to_contain_text("activate, receive, then share")
    expect(prompts).to_contain_text("What did you do just before this?")
    expect(prompts).to_contain_text("What would you like to do more of, from what you have seen?")
    assert violations(page) == []
    page.get_by_role("link", name="Video Interaction Guidance (VIG)").click()
    tick_next(page)
    expect(section.get_by_role("heading", name="Round 2")).to_be_visible()
    follow(page, "VIPP-SD")
    follow(page, "Video Interaction Guidance (VIG)")
    expect(section.get_by_text("Held on")).to_have_count(4 + section.get_by_label("Held on").count())
    assert rooms.site.store.programmes.state(family_id).pack == "vig"


def test_the_massage_sheet_is_filled_in_over_two_sessions_and_compared(
    page: Page, rooms: Rooms, family_id: str, shots: Path
) -> None:
    follow(page, "Infant massage observation sheet")
    page.get_by_role("button", name=re.compile("Fill in ?: Observation sheet")).click()
    sheet = page.locator(".sheet[data-ready=true]")
    # By keyboard: into the first group, and on with the arrow keys.
    sheet.get_by_role("group", name="M1", exact=True).get_by_label("Open").focus()
    page.keyboard.press("ArrowRight")
    expect(sheet.get_by_role("button", name="Undo: “M1”: Yes")).to_be_visible()
    sheet.get_by_role("group", name="M2", exact=True).get_by_text("Variable").click()
    sheet.get_by_role("group", name="M15", exact=True).get_by_text("No", exact=True).click()
    sheet.get_by_label("In your own words").fill("Calm from the start.")
    sheet.get_by_label("In your own words").blur()
    expect(sheet.get_by_role("button", name="Undo: wrote “In your own words”")).to_be_visible()
    expect(sheet.get_by_role("status")).to_contain_text("12 still open.")
    assert violations(page) == []
    page.set_viewport_size({"width": 820, "height": 1180})
    page.screenshot(path=shots / "massage-sheet.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    [first] = sheets_of(rooms, family_id)
    assert rooms.site.store.sheets.get(family_id, first.id)[1].texts["m2"] == "variable"

    visit = rooms.site.store.families.add_visit(family_id, TODAY, "Session 2")
    second = rooms.site.store.sheets.begin(family_id, "pat", "infant_massage", "sheet", visit_id=visit.id)
    page.goto(f"/families/{family_id}/sheets/{second.id}")
    sheet.get_by_role("group", name="M2", exact=True).get_by_text("Yes").click()
    sheet.get_by_role("button", name="Undo: “M2”: Yes").click()
    expect(sheet.get_by_role("group", name="M2", exact=True).get_by_label("Open")).to_be_checked()
    sheet.get_by_role("button", name="Redo: “M2”: Yes").click()
    expect(sheet.get_by_role("group", name="M2", exact=True).get_by_label("Yes")).to_be_checked()

    page.get_by_role("link", name="Side by side").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="M2", exact=True))
    expect(row.get_by_role("cell")).to_have_text(["Variable", "Yes"])
    expect(page.get_by_role("columnheader")).to_have_count(3)
    expect(page.get_by_text("Calm from the start.")).to_be_visible()
    assert violations(page) == []
    page.screenshot(path=shots / "massage-compared.png", full_page=True)


def test_what_was_filled_in_without_a_line_is_sent_later(page: Page, rooms: Rooms, family_id: str) -> None:
    visit = rooms.site.store.families.visits(family_id)[0]
    sheet = rooms.site.store.sheets.begin(family_id, "pat", "abc", "comments", visit_id=visit.id)
    page.goto(f"/families/{family_id}/sheets/{sheet.id}")
    more = page.get_by_role("button", name="One more: Delight, on target")
    page.route("**/events", lambda route: route.abort())
    more.click()
    more.click()
    expect(page.get_by_role("status").first).to_contain_text("safe on this computer")
    page.unroute("**/events")
    page.reload()

    def arrived() -> bool:
        return rooms.site.store.sheets.get(family_id, sheet.id)[1].counts.get("delight.on_target") == 2

    eventually(page, "the count arrived", arrived)
    assert violations(page) == []


def test_two_films_stand_beside_the_sheets(page: Page, rooms: Rooms, family_id: str, shots: Path) -> None:
    store = rooms.site.store
    clip = rooms.clip()
    wren = clip.family_id
    visit = store.families.visits(wren)[0]
    other = rooms.clip()
    store.sheets.begin(wren, "pat", "infant_massage", "sheet", visit_id=visit.id)
    page.goto(f"/families/{wren}/sheets/of/infant_massage/sheet")
    page.get_by_label("Film before").select_option(clip.id)
    page.get_by_label("Film after").select_option(other.id)
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("video")).to_have_count(2)
    state = store.programmes.state(wren)
    assert (state.before, state.after) == (clip.id, other.id)
    assert violations(page) == []
    page.screenshot(path=shots / "massage-films.png", full_page=True)
