"""The review room while there is little to see, or when something failed: what goes on, and what helps."""

from __future__ import annotations

import io
import itertools
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe import violations
from clip_factory import make
from playwright.sync_api import Page, expect
from review_rooms import CLIP_US, SECOND, Rooms

import vfeed.jobs.handlers
from bench.review_site import candidate, findings
from vfeed.errors import VfeedError
from vfeed.jobs.handlers import prepare
from vfeed.jobs.lease import JobRun
from vfeed.services.intake import take_in
from vfeed.store.job_rows import Lease
from vfeed.store.tables import Clip, Job

pytestmark = pytest.mark.browser

UNSEEN = [[0, CLIP_US, "unseen", 1.0]]
SEEN = [[0, CLIP_US, "object", 0.8]]
_lengths = itertools.count(240)


@pytest.fixture
def page(rooms: Rooms) -> Iterator[Page]:
    opened = rooms.context.new_page()
    opened.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()


def new_clip(rooms: Rooms) -> Clip:
    film = make("mp4", "h264", frames=next(_lengths), sound="aac")
    return take_in(rooms.site.store, io.BytesIO(film), visit=rooms.site.visit, title="At play", actor="bench")


def claimed(rooms: Rooms, clip: Clip, kind: str) -> tuple[Job, Lease]:
    store = rooms.site.store
    [job] = [each for each in store.jobs.for_clip(clip.id) if each.kind == kind]
    lease = store.jobs.claim(job.id, "bench", 600.0)
    assert lease is not None
    return job, lease


def prepared(rooms: Rooms, clip: Clip) -> Clip:
    job, lease = claimed(rooms, clip, "prepare")
    with JobRun(rooms.site.store, job, lease, threading.Event()) as work:
        prepare(rooms.site.store, work)
    return clip


def go(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.goto(f"{rooms.site.url}/clips/{clip.id}")


def first(page: Page, standing: str) -> Any:
    found = page.locator(f"[data-first={standing}]")
    expect(found).to_be_visible(timeout=20_000)
    assert violations(page) == []
    return found


def test_before_the_copy_is_there_the_page_says_so_and_the_room_opens_by_itself(
    page: Page, rooms: Rooms, shots: Path
) -> None:
    clip = new_clip(rooms)
    go(page, rooms, clip)
    expect(page.get_by_role("heading", name="What vfeed is doing with this film")).to_be_visible()
    expect(page.get_by_text("The review room opens by itself")).to_be_visible()
    page.screenshot(path=shots / "first-preparing.png")
    prepared(rooms, clip)
    expect(page.locator(".room[data-ready=true]")).to_be_visible(timeout=20_000)
    first(page, "queued")
    page.screenshot(path=shots / "first-queued.png")


def test_while_the_film_is_looked_through_one_can_work_and_what_is_found_appears_by_itself(
    page: Page, rooms: Rooms, shots: Path
) -> None:
    clip = prepared(rooms, new_clip(rooms))
    store = rooms.site.store
    _, lease = claimed(rooms, clip, "analyse")
    store.jobs.heartbeat(lease, 600.0, progress=0.34, stage="Looking for faces", eta_s=110.0)
    go(page, rooms, clip)
    expect(first(page, "running")).to_contain_text("faces and glances: 34 %, about 2 minutes left")
    page.screenshot(path=shots / "first-running.png")
    page.keyboard.press("e")
    expect(page.locator(".list .item strong")).to_have_text(["Gaze contact, seen by you"])
    store.jobs.heartbeat(lease, 600.0, progress=1.0, stage="Making small pictures of the faces", eta_s=4.0)
    waits = page.locator("[data-first=running]")
    expect(waits).to_contain_text("Making small pictures of the faces", timeout=20_000)
    expect(waits).to_contain_text("99 %")
    lanes = {"infant": SEEN, "parent": SEEN}
    found = findings([candidate("one", SECOND, 2 * SECOND)], lanes)
    store.analyses.save(clip.id, found, within=lambda session: store.jobs.finish(session, lease))
    expect(page.locator(".list .item strong")).to_have_count(2, timeout=20_000)
    expect(page.locator("[data-first]")).to_have_count(0)


def test_work_can_be_stopped_from_the_room(page: Page, rooms: Rooms) -> None:
    clip = prepared(rooms, new_clip(rooms))
    go(page, rooms, clip)
    first(page, "queued").get_by_role("button", name="Stop this").click()
    first(page, "cancelled").get_by_role("button", name="Try again").click()
    first(page, "queued")


def test_after_a_failure_the_room_says_what_helps_and_goes_on_without(page: Page, rooms: Rooms, shots: Path) -> None:
    clip = prepared(rooms, new_clip(rooms))
    _, lease = claimed(rooms, clip, "analyse")
    rooms.site.store.jobs.fail(
        lease, VfeedError("disk_full", "The disk is full.", hint="Free some space, then try again.")
    )
    go(page, rooms, clip)
    told = first(page, "failed")
    expect(told).to_contain_text("The disk is full. Free some space, then try again.")
    page.screenshot(path=shots / "first-failed.png")
    told.get_by_role("button", name="Go on without").click()
    first(page, "without")
    page.screenshot(path=shots / "first-without.png")
    page.reload()
    first(page, "without")
    page.keyboard.press("e")
    expect(page.locator(".list .item strong")).to_have_text(["Gaze contact, seen by you"])
    page.get_by_role("button", name="Look for candidates after all").click()
    first(page, "queued")


def test_a_film_that_cannot_be_read_is_not_to_be_tried_again(page: Page, rooms: Rooms) -> None:
    clip = prepared(rooms, new_clip(rooms))
    _, lease = claimed(rooms, clip, "analyse")
    rooms.site.store.jobs.fail(
        lease, VfeedError("clip_truncated", "The video is cut off.", hint="Copy it from the camera or phone again.")
    )
    go(page, rooms, clip)
    told = first(page, "failed")
    expect(told).to_contain_text("The video is cut off. Copy it from the camera or phone again.")
    expect(told.get_by_role("button", name="Try again")).to_have_count(0)
    told.get_by_role("button", name="Go on without").click()
    expect(first(page, "without").get_by_role("button")).to_have_count(0)


@pytest.mark.parametrize(
    ("standing", "infant", "parent", "words"),
    [
        ("noFaces", UNSEEN, UNSEEN, "No face could be seen in this film"),
        ("noInfant", UNSEEN, SEEN, "The infant’s face could not be seen"),
        ("noParent", SEEN, UNSEEN, "The parent’s face could not be seen"),
        ("none", SEEN, SEEN, "nothing stood out"),
    ],
)
def test_nothing_to_offer_is_explained(
    page: Page, rooms: Rooms, shots: Path, standing: str, infant: Any, parent: Any, words: str
) -> None:
    clip = rooms.clip([], lanes={"infant": infant, "parent": parent})
    go(page, rooms, clip)
    expect(first(page, standing)).to_contain_text(words)
    page.screenshot(path=shots / f"first-{standing}.png")


def test_when_the_pictures_cannot_be_copied_the_sound_is_reviewed(
    page: Page, rooms: Rooms, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise VfeedError("media_failed", "The video could not be encoded.", hint="Try again.")

    clip = new_clip(rooms)
    with monkeypatch.context() as patched:
        patched.setattr(vfeed.jobs.handlers, "make_proxy", broken)
        prepared(rooms, clip)
    go(page, rooms, clip)
    told = page.locator("[data-no-video]")
    expect(told).to_contain_text("The copy of the pictures could not be made, the sound could.", timeout=20_000)
    expect(told).to_contain_text("The video could not be encoded. Try again.")
    page.screenshot(path=shots / "first-sound-only.png")
    assert violations(page) == []
    expect(page.locator("audio")).to_have_js_property("readyState", 4, timeout=20_000)
    page.keyboard.press("Space")
    expect(page.get_by_label("Time of the picture")).not_to_have_value("0:00.00")
    page.keyboard.press("Space")
    page.get_by_label("Time of the picture").fill("0:04.00")
    page.keyboard.press("Enter")
    page.keyboard.press("e")
    expect(page.locator(".list .item strong")).to_have_text(["Gaze contact, seen by you"])
    told.get_by_role("button", name="Try the picture again").click()
    expect(told).to_contain_text("The picture is being made again.")
    prepared(rooms, clip)
    expect(page.locator("video")).to_be_visible(timeout=20_000)


def test_a_picture_that_the_browser_gives_up_leaves_the_sound(page: Page, rooms: Rooms) -> None:
    clip = prepared(rooms, new_clip(rooms))

    # Chromium has no decoder for these pictures, but one for the sound.
    unknown = make("mp4", "mpeg4", frames=230, sound="aac")
    page.route("**/media/*/proxy", lambda route: route.fulfill(body=unknown, content_type="video/mp4"))
    go(page, rooms, clip)
    told = page.locator("[data-no-video]")
    expect(told).to_contain_text("This browser could not decode the pictures.", timeout=20_000)
    expect(page.locator("audio")).to_have_js_property("readyState", 4, timeout=20_000)
    page.unroute("**/media/*/proxy")
    told.get_by_role("button", name="Try the picture again").click()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)


def test_a_file_that_plays_not_at_all_is_said_so(page: Page, rooms: Rooms) -> None:
    clip = prepared(rooms, new_clip(rooms))
    page.route("**/media/*/proxy", lambda route: route.fulfill(body=b"no film", content_type="video/mp4"))
    go(page, rooms, clip)
    expect(page.locator("[data-no-video]")).to_contain_text("Neither picture nor sound", timeout=20_000)
