"""The picture is never cut on the pages around the rooms: choosing, the film of moments, supervision, at home."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from reel_ready_to_show import REEL, a_shown_clip
from review_rooms import Rooms
from viewports import FILMS, WINDOWS
from visible_frame import drawn

from bench.review_browser import sign_in
from bench.review_site import ACTOR
from vfeed.practice.sessions import ShownReel
from vfeed.store.tables import Clip, FeedbackSession

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module", params=list(FILMS))
def clip(rooms: Rooms, request: pytest.FixtureRequest) -> Clip:
    clip = a_shown_clip(rooms, film=FILMS[request.param]())
    store, today = rooms.site.store, date.today()
    for person in store.families.participants(clip.family_id):
        for use in ("take_home", "supervision"):
            store.consents.give(person.id, use, None, today, today + timedelta(days=9), "", ACTOR)
    return clip


@pytest.fixture
def session(rooms: Rooms, clip: Clip) -> FeedbackSession:
    shown = ShownReel(clip_id=clip.id, reel_id=REEL)
    return rooms.site.store.sessions.begin(clip.family_id, clip.visit_id, ACTOR, held_on=date.today(), reels=[shown])


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    yield opened
    opened.close()


def look(page: Page, images: Locator) -> None:
    """Each picture, brought to the middle of each window, is whole."""
    expect(images.first).to_be_visible(timeout=20_000)
    for width, height in WINDOWS:
        page.set_viewport_size({"width": width, "height": height})
        for image in images.all():
            expect(image).to_have_js_property("readyState" if is_film(image) else "complete", loaded(image))
            image.evaluate("picture => picture.scrollIntoView({ block: 'center', behavior: 'instant' })")
            image.evaluate("() => new Promise(requestAnimationFrame)")
            seen = drawn(image)
            assert seen.is_whole, f"{width} x {height}: {seen}"


def is_film(image: Locator) -> bool:
    return image.evaluate("picture => picture.tagName") == "VIDEO"


def loaded(image: Locator) -> object:
    return 4 if is_film(image) else True


def test_where_moments_are_chosen(rooms: Rooms, clip: Clip, page: Page) -> None:
    page.goto(f"{rooms.site.url}/clips/{clip.id}/reels/new")
    expect(page.locator("form[data-ready=true]")).to_be_visible(timeout=20_000)
    look(page, page.locator("video"))


def test_on_the_page_of_the_film_of_moments(rooms: Rooms, clip: Clip, page: Page) -> None:
    page.goto(f"{rooms.site.url}/clips/{clip.id}/reels/{REEL}")
    look(page, page.locator("video"))
    look(page, page.locator(".still-row img"))


def test_where_it_is_supervised(rooms: Rooms, browser: Browser, session: FeedbackSession, page: Page) -> None:
    name = f"kim-{session.id[:6].lower().replace('_', 'a')}"
    password = rooms.site.store.accounts.create(name, ["supervisor"], ACTOR)
    page.goto(f"{rooms.site.url}/families/{session.family_id}/sessions/{session.id}")
    page.get_by_role("link", name="Supervision").click()
    page.get_by_label("With whom?").select_option(name)
    for group in ("Faces", "Voices"):
        page.get_by_role("group", name=group).get_by_label("As they are").check()
    page.get_by_role("button", name="Share it").click()
    context = browser.new_context(base_url=rooms.site.url)
    try:
        sign_in(context, rooms.site.url, password, name)
        other = context.new_page()
        other.goto("/")
        other.get_by_role("link", name="Shared review of").click()
        expect(other.locator("[data-ready=true]")).to_be_visible()
        look(other, other.locator("video"))
    finally:
        context.close()


def test_at_home(rooms: Rooms, browser: Browser, session: FeedbackSession) -> None:
    made = rooms.site.store.take_home.offer(session.id, 7, ACTOR)
    context = browser.new_context(base_url=rooms.site.url)
    page = context.new_page()
    page.goto(f"/take-home/{made.token}")
    page.get_by_label("Passphrase").fill(made.passphrase)
    page.get_by_role("button", name="Open").click()
    look(page, page.locator("video"))
    look(page, page.locator("main img"))
    context.close()
