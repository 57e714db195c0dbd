"""Turning a film that lies on its side, on its page, as a practitioner does it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from browser_fixtures import clip_page
from playwright.sync_api import Page, expect
from review_rooms import Rooms

from bench.review_site import ACTOR, LEASE_S
from vfeed.jobs.handlers import HANDLERS
from vfeed.jobs.lease import JobRun
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

SIZE = "(film) => [film.videoWidth, film.videoHeight]"
TURN = "Does the film lie on its side? Turn it"


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip()


page = clip_page


def work(rooms: Rooms, clip: Clip) -> None:
    """Do what waits for the clip, as the worker does it."""
    store = rooms.site.store
    for job in store.jobs.for_clip(clip.id):
        lease = store.jobs.claim(job.id, ACTOR, LEASE_S)
        if lease is not None:
            with JobRun(store, job, lease, threading.Event()) as run:
                HANDLERS[job.kind](store, run)


def shown(page: Page) -> Any:
    film = page.locator("video").first
    expect(film).to_be_attached()
    page.wait_for_function("() => document.querySelector('video')?.videoWidth > 0")
    return film.evaluate(SIZE)


def test_a_film_is_turned_and_its_picture_changes_width_for_height(
    page: Page, rooms: Rooms, clip: Clip, shots: Path
) -> None:
    assert shown(page) == [320, 180]
    expect(page.locator("#facts-h ~ p").get_by_role("link", name=TURN)).to_be_visible()
    page.locator("summary[aria-label='Picture']").click()
    page.locator(".options").get_by_role("link", name=TURN).click()
    expect(page.get_by_role("heading", name="Turn “At play”")).to_be_visible()
    expect(page.locator(".way-up")).to_have_count(3)
    assert violations(page) == []
    page.screenshot(path=shots / "turning.png", full_page=True)
    page.get_by_role("button", name="A quarter turn to the right").click()
    expect(page.get_by_text("The film is turned, and made ready anew.")).to_be_visible()
    expect(page.get_by_role("heading", name="What vfeed is doing with this film")).to_be_visible()
    work(rooms, clip)
    page.goto(f"{rooms.site.url}/clips/{clip.id}")
    assert shown(page) == [180, 320]
    page.locator("summary[aria-label='Picture']").click()
    expect(page.get_by_role("group", name="The picture shows")).to_be_in_viewport(ratio=1)
    page.locator(".options").get_by_role("link", name=TURN).click()
    expect(page.locator(".way-up")).to_have_count(3)
    back = page.locator(".ways-up li", has_text="As the camera noted")
    expect(back.get_by_role("button")).to_have_text("A quarter turn to the left")
    back.get_by_role("button").click()
    work(rooms, clip)
    page.goto(f"{rooms.site.url}/clips/{clip.id}")
    assert shown(page) == [320, 180]
