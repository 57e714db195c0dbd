"""A whole session on a tablet, by touch alone: film, moments, the parent's room, the next step and the record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from family_entry import new_family, sign_in
from playwright.sync_api import Browser, Locator, Page, expect
from service import OWN_PASSWORD, SAMPLES, TABLET, Service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ANALYSIS_MS = 180_000
FILM_MS = 90_000
QUESTION = "How can I see what he likes?"
SAID = "He looks for me."
NEXT_STEP = "Wait for him once a day."


@pytest.fixture
def tablet(browser: Browser, service: Service) -> Iterator[Page]:
    """A tablet held upright, signed in; every request of it goes to the service."""
    context = browser.new_context(viewport=TABLET, has_touch=True, is_mobile=True, base_url=service.url)
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    sign_in(page, service)
    yield page
    context.close()
    assert complaints == []


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def review(page: Page) -> None:
    """Keeps and tags the first moment that is offered, and keeps the next."""
    expect(page.locator(".item").first).to_be_visible(timeout=ANALYSIS_MS)
    bar = page.locator(".deciding")
    bar.get_by_role("button", name="Next").tap()
    expect(page.locator(".item.selected")).to_have_count(1)
    bar.get_by_role("button", name="Keep and tag").tap()
    expect(page.get_by_label("What strength do you see?")).not_to_have_value("")
    button(page, "Save the moment").tap()
    expect(page.get_by_label("What strength do you see?")).to_have_count(0)
    page.get_by_role("tab", name=re.compile("^Candidates")).tap()
    bar.get_by_role("button", name="Next").tap()
    bar.get_by_role("button", name="Keep", exact=True).tap()
    expect(page.locator("[data-tally]")).to_contain_text("You kept 2")


def choose(page: Page) -> None:
    page.get_by_role("link", name="Choose moments").first.tap()
    page.wait_for_url("**/reels/new**")
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    button(page, "Suggest moments").tap()
    expect(page.get_by_role("checkbox", checked=True).first).to_be_visible()
    button(page, "Make the film").tap()
    expect(page.get_by_role("button", name=re.compile("Show (it )?to the parent"))).to_be_visible(timeout=FILM_MS)


def look_together(page: Page) -> None:
    page.get_by_role("button", name=re.compile("Show (it )?to the parent")).tap()
    button(page, "Start").tap()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    go = page.locator(".room-go")
    # Going on to the next moment plays it.
    go.tap()
    for left in range(page.locator(".moment").count() or 1, 0, -1):
        page.get_by_role("textbox").fill(SAID)
        expect(go).to_have_text(re.compile("Next moment" if left > 1 else "Finish"), timeout=40_000)
        go.tap()
    expect(page.get_by_role("heading", name="That was the last moment")).to_be_visible()
    expect(page.get_by_text(QUESTION)).to_be_visible()
    page.get_by_label("What would you like to try next?").fill(NEXT_STEP)
    button(page, "Finish").tap()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    button(page, "Leave the parent view").tap()


def test_a_whole_session_by_touch(tablet: Page, shots: Path) -> None:
    page = tablet
    new_family(page, helping_question=QUESTION)
    page.get_by_role("link", name="Add a film").first.tap()
    page.locator("input[type=file]").set_input_files(str(SAMPLES / "home_toy.mp4"))
    page.get_by_role("link", name="Open the film").tap()
    review(page)
    page.screenshot(path=shots / "tablet-review.png")
    choose(page)
    page.screenshot(path=shots / "tablet-ready.png", full_page=True)
    look_together(page)
    expect(page.locator("[data-ready=true]")).to_be_visible()
    expect(page.get_by_label("Working point")).to_have_value(NEXT_STEP)
    expect(page.get_by_text(SAID).first).to_be_visible()
    page.screenshot(path=shots / "tablet-record.png", full_page=True)
