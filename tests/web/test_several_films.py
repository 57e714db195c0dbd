"""A film of moments from two films of one visit: chosen, made, and watched in the parent's room, in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from reel_ready_to_show import ROOM, cut, leave, playing
from review_rooms import SECOND, Rooms, a_film, eventually
from service import TABLET

from bench.review_site import ACTOR

pytestmark = pytest.mark.browser
LATER_S = 2


def tag(rooms: Rooms, clip_id: str, name: str, start_s: int, code_ref: str) -> None:
    moment = {"moment_id": name, "start_us": start_s * SECOND, "end_us": (start_s + LATER_S) * SECOND}
    rooms.site.store.events.append(clip_id, ACTOR, "moment_tagged", {**moment, "code_ref": code_ref})


@pytest.fixture(scope="module")
def browser(windows: Browser) -> Browser:
    """With its windows: the parent's room fills one."""
    return windows


def shot(page: Page, shots: Path, name: str) -> None:
    """Nothing against axe and nothing wider than the window, on a laptop and on a tablet."""
    laptop = page.viewport_size
    for size in (laptop, TABLET):
        assert size is not None
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"{name}-{size['width']}.png")
    assert laptop is not None
    page.set_viewport_size(laptop)
    assert violations(page) == [], name


def test_moments_of_two_films_are_one_film_for_the_parent(rooms: Rooms, shots: Path) -> None:
    store = rooms.site.store
    first, second = rooms.clip(), rooms.clip(film=a_film((180, 320)))
    for clip, title in ((first, "On the rug"), (second, "Bath time")):
        store.clips.rename(clip.id, title, ACTOR)
    tag(rooms, first.id, "a1", 1, "attentive")
    tag(rooms, first.id, "a2", 5, "eye_to_eye")
    tag(rooms, second.id, "b1", 3, "shared_joy")
    page = rooms.context.new_page()
    codes: list[str] = []
    page.on("request", lambda request: codes.append(request.url) if request.url.endswith("/api/codes") else None)
    page.goto(f"{rooms.site.url}/clips/{first.id}/reels/new")
    choose = page.get_by_role("group", name="Choose up to three moments")
    expect(choose.get_by_role("heading", name="Bath time")).to_be_visible()
    assert len(codes) == 1, "the same codes for all films"
    images = page.locator(".frame img")
    for number in range(images.count()):
        # The upright one, too, is whole in its box.
        eventually(page, "the picture is here", lambda n=number: images.nth(n).evaluate("it => it.complete"))
        assert images.nth(number).evaluate("it => it.offsetHeight <= it.parentElement.clientHeight")
    for name in ("Being attentive", "Enjoying it together", "Eye to eye"):
        choose.get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Play all in order").click()
    own, other = (clip.id for clip in (first, second))
    video = page.locator("video.film")
    expect(video).to_have_attribute("src", re.compile(other), timeout=15_000)
    expect(video).to_have_attribute("src", re.compile(own), timeout=15_000)
    shot(page, shots, "several-films-choose")
    page.get_by_label("Title, shown to the parent").fill("Today at its best")
    page.get_by_role("button", name="Make the film").click()
    page.wait_for_url(re.compile(r"/reels/(?!new)"))
    for clip in (first, second):
        cut(rooms, clip)
    # The page loads itself again once the films are there.
    expect(page.locator(".film-parts")).to_be_visible(timeout=15_000)
    expect(page.get_by_text("3 moments of 2 films")).to_be_visible()
    shot(page, shots, "several-films-page")
    page.get_by_role("button", name="Show it to the parent").click()
    expect(page.locator(ROOM)).to_be_visible()
    watch(page, [own, other, own])
    shot(page, shots, "several-films-room")
    field = page.get_by_role("textbox").first
    field.fill("We laughed")
    eventually(page, "the words are kept", lambda: store.events.state(own).words == {"a2": "We laughed"})
    leave(page)
    assert [store.events.state(each).reviewing for each in (own, other)] == [None, None]


def watch(page: Page, clips: list[str]) -> None:
    """Each moment plays in its own film and stands at its end; one press leads on and plays."""
    page.locator(".room-go").click()
    for number, clip_id in enumerate(clips):
        page.locator(".room-go").click()
        eventually(page, f"moment {number} plays", lambda: not playing(page)[1], within_ms=15_000)
        expect(page.locator("video")).to_have_attribute("src", re.compile(clip_id))
        eventually(page, f"moment {number} has ended", lambda: playing(page)[1], within_ms=15_000)
