"""Supervision in a real browser: shared by the worker, commented at the picture, answered, and stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from reel_ready_to_show import REEL, TITLE, a_shown_clip
from review_rooms import Rooms
from service import TABLET

from bench.review_browser import let_in
from bench.review_site import ACTOR, LEASE_S
from vfeed.jobs.lease import JobRun
from vfeed.jobs.redaction import redact
from vfeed.practice.sessions import ShownReel
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    store, today = rooms.site.store, date.today()
    clip = a_shown_clip(rooms)
    for person in store.families.participants(clip.family_id):
        store.consents.give(person.id, "supervision", clip.id, today, today + timedelta(days=9), "", ACTOR)
    reel = ShownReel(clip_id=clip.id, reel_id=REEL)
    store.sessions.begin(clip.family_id, clip.visit_id, ACTOR, held_on=today, reels=[reel])
    return clip


@pytest.fixture
def worker(rooms: Rooms) -> Iterator[Page]:
    page = rooms.context.new_page()
    yield page
    page.close()


@pytest.fixture
def supervisor(browser: Browser, rooms: Rooms) -> Iterator[Page]:
    """Another person's browser."""
    rooms.site.store.accounts.create("kim", ["supervisor"], ACTOR)
    context = let_in(browser, rooms.site, "kim")
    page = context.new_page()
    yield page
    context.close()


def hide_now(rooms: Rooms, clip: Clip) -> None:
    """What the worker process does with the waiting job."""
    store = rooms.site.store
    [job] = [each for each in store.jobs.for_clip(clip.id) if each.kind == "hide"]
    lease = store.jobs.claim(job.id, ACTOR, LEASE_S)
    assert lease is not None
    with JobRun(store, job, lease, threading.Event()) as work:
        redact(store, work)


def look(page: Page, name: str, shots: Path) -> None:
    laptop = page.viewport_size
    for size in (laptop, TABLET):
        assert size is not None
        page.set_viewport_size(size)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"supervision-{name}-{size['width']}.png", full_page=True)
    assert laptop is not None
    page.set_viewport_size(laptop)


def test_a_session_is_shared_talked_about_and_closed(
    rooms: Rooms, clip: Clip, worker: Page, supervisor: Page, shots: Path
) -> None:
    session = rooms.site.store.sessions.for_family(clip.family_id)[-1][0]
    worker.goto(f"/families/{clip.family_id}/sessions/{session.id}")
    worker.get_by_role("link", name="Supervision").click()
    worker.get_by_label("With whom?").select_option("kim")
    look(worker, "share", shots)
    worker.get_by_role("button", name="Share it").click()
    expect(worker.get_by_text("kim does not see this film now.")).to_be_visible()
    hide_now(rooms, clip)
    worker.reload()
    look(worker, "worker", shots)
    while worker.get_by_role("button", name="I have looked at these pictures").count():
        worker.get_by_role("button", name="I have looked at these pictures").first.click()
    supervisor.goto("/")
    supervisor.get_by_role("link", name="Shared review of").click()
    expect(supervisor.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(supervisor.locator("[data-ready=true]")).to_be_visible()
    supervisor.locator("video").evaluate("video => { video.currentTime = 1.5 }")
    expect(supervisor.get_by_text("Comment at 0:01.5")).to_be_visible()
    supervisor.get_by_label("Comment at").fill("See how she waits.")
    supervisor.get_by_role("button", name="Keep the comment").click()
    expect(supervisor.get_by_text("See how she waits.")).to_be_visible()
    look(supervisor, "supervisor", shots)
    worker.reload()
    worker.get_by_role("button", name="Go to 0:01.5").click()
    expect(worker.get_by_text("Comment at 0:01.5")).to_be_visible()
    worker.get_by_label("Comment at").fill("And here he answers.")
    worker.get_by_role("button", name="Keep the comment").click()
    expect(worker.get_by_text("And here he answers.")).to_be_visible()
    worker.get_by_role("button", name="Take back my last comment").press("Enter")
    expect(worker.get_by_text("And here he answers.")).to_have_count(0)
    film = supervisor.locator("video").get_attribute("src")
    assert film is not None
    assert supervisor.request.get(film).status == 200
    worker.get_by_role("button", name="Stop sharing").click()
    assert supervisor.request.get(film).status == 403
    supervisor.goto("/supervision")
    expect(supervisor.get_by_text("stopped on")).to_be_visible()
    look(supervisor, "nothing", shots)
