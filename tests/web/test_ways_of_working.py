"""Ways of working that use film with a parent, each walked once in a real Chromium on one site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from rooms import SECOND, Rooms, a_film, eventually
from shown import OWN_PASSWORD, ROOM, sign_in_again

from bench.review_site import candidate

pytestmark = pytest.mark.browser
TABLET = {"width": 820, "height": 1180}


@pytest.fixture(scope="module")
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield opened
    opened.close()


@pytest.fixture
def tablet(rooms: Rooms, browser: Browser) -> Iterator[Page]:
    """A tablet with a sign-in of its own: what it hands over to the parent locks no other window."""
    context = browser.new_context(viewport=TABLET)
    sign_in_again(context, rooms.site.url)
    opened = context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield opened
    context.close()


def test_watch_me_play_begins_with_the_parent_at_the_tablet(rooms: Rooms, tablet: Page, shots: Path) -> None:
    store = rooms.site.store
    clip = rooms.clip([candidate("c1", SECOND, 3 * SECOND)], film=a_film((180, 320)))
    chosen = {"pack": "watch_me_play", "title": "Watch Me Play"}
    store.programmes.append(clip.family_id, "admin", "programme_chosen", chosen)
    asked: list[str] = []
    page = tablet
    page.goto(f"{rooms.site.url}/clips/{clip.id}")
    page.get_by_role("button", name="Hand the whole film to the parent").click()
    expect(page.locator(ROOM)).to_be_visible()
    page.on("request", lambda request: asked.append(request.url.removeprefix(rooms.site.url)))
    expect(page.get_by_text("Nobody has marked anything in it.")).to_be_visible()
    page.screenshot(path=shots / "parent-first-welcome.png")
    page.get_by_role("button", name="Start").click()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    assert page.locator("video").evaluate("video => getComputedStyle(video).objectFit") == "contain"
    for _ in range(10):
        page.get_by_role("button", name="A little on").click()
    page.get_by_role("button", name="I like this").click()
    eventually(page, "it is marked", lambda: len(store.own_moments.state(clip.id).marks) == 1)
    expect(page.get_by_role("heading", name="What you like in the film")).to_be_visible()
    for _ in range(8):
        page.get_by_role("button", name="A little on").click()
    page.get_by_role("button", name="I like this").click()
    eventually(page, "another", lambda: len(store.own_moments.state(clip.id).marks) == 2)
    page.screenshot(path=shots / "parent-first.png")
    assert violations(page) == []
    page.get_by_role("button", name="Now look together").click()
    expect(page.get_by_role("heading", name="These are the moments that you chose.")).to_be_visible()
    page.get_by_label("What do you see?").fill("She showed me the cup.")
    page.get_by_label("What do you see?").blur()
    eventually(page, "it is kept", lambda: bool(store.own_moments.state(clip.id).words))
    page.screenshot(path=shots / "parent-first-together.png")
    assert violations(page) == []
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("video")).to_have_count(0)
    page.locator(".for-worker a").click()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the parent view").click()
    expect(page.locator("#own")).to_contain_text("She showed me the cup.")
    there = [url for url in asked if url.startswith(("/api/", "/media/", "/parent/"))]
    before = there[: next(at for at, url in enumerate(there) if "/stop" in url)]
    assert len(before) > 3
    assert [url for url in before if not url.startswith(("/parent/film/", "/api/parent/film/"))] == []
    page.locator("#own").get_by_label("What do you see here?").first.select_option(
        label="The parent watches with interest"
    )
    page.locator("#own").get_by_role("button", name="Take it up as a moment").first.click()
    expect(page.locator("#own")).to_contain_text("one of the film’s moments")
    page.locator("#own").screenshot(path=shots / "parent-first-afterwards.png")
