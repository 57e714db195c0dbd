"""A practitioner's way from the phone clip to the shared review, in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from family_entry import new_family, upload
from playwright.sync_api import Page, expect
from service import OWN_PASSWORD, SAMPLES, TABLET, Service

pytestmark = pytest.mark.browser

ANALYSIS_MS = 180_000
REEL_MS = 90_000
CODE_WORDS = re.compile(r"candidate|confidence|likely|gaze|looking away|Long warm look|\d+ ?%", re.IGNORECASE)


def test_a_film_goes_from_upload_to_the_parent_view(page: Page, service: Service, shots: Path) -> None:
    new_family(page)
    page.screenshot(path=shots / "family.png", full_page=True)
    upload(page, SAMPLES / "home_toy.mp4")

    cards = page.get_by_role("listitem").filter(has_text="Gaze contact")
    expect(cards.first).to_be_visible(timeout=ANALYSIS_MS)
    video = page.locator("video").first
    expect(video).to_have_js_property("readyState", 4, timeout=ANALYSIS_MS)
    page.screenshot(path=shots / "review.png")

    cards.first.click()
    page.screenshot(path=shots / "review-candidate.png")
    page.keyboard.press("y")
    expect(cards.filter(has_text="kept").first).to_be_visible()

    page.locator("[data-does=tag]").click()
    page.get_by_label("What strength do you see?").select_option(index=1)
    page.get_by_label(re.compile("^Note")).fill("Long warm look")
    page.get_by_role("button", name="Save the moment").click()
    page.get_by_role("tab", name=re.compile("Moments")).click()
    expect(page.get_by_text("Long warm look")).to_be_visible()
    page.screenshot(path=shots / "review-moment.png")

    page.get_by_role("link", name="Choose moments to show").click()
    # Not the form for browsers without JavaScript, which is there for a blink.
    page.wait_for_url("**/reels/new**")
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    page.get_by_role("checkbox").first.check()
    page.get_by_label(re.compile("Title, shown to the parent")).fill("Playing with the tower")
    page.screenshot(path=shots / "reel.png", full_page=True)
    page.get_by_role("button", name="Make the film").click()
    show = page.get_by_role("button", name=re.compile("Show (it )?to the parent"))
    expect(show).to_be_visible(timeout=REEL_MS)
    page.screenshot(path=shots / "reel-made.png", full_page=True)

    page.set_viewport_size(TABLET)
    show.click()
    expect(page.get_by_role("heading", name="Looking together")).to_be_visible()
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", name="Playing with the tower")).to_be_visible()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    words = page.get_by_role("textbox").first
    words.fill("She looked right at me.")
    words.blur()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page.screenshot(path=shots / "parent.png")
    assert not CODE_WORDS.search(page.locator("body").inner_text())

    page.goto("/families")
    assert "Sparrow" not in page.locator("body").inner_text(), "the parent view holds until the worker's password"
    page.go_back()
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("link", name=re.compile("For the worker")).click()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the parent view").click()
    page.goto("/families")
    page.get_by_role("link", name=re.compile("Sparrow")).first.click()
    expect(page.get_by_text("She looked right at me.")).to_be_visible()
    page.screenshot(path=shots / "story.png", full_page=True)
