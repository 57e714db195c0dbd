"""A film of moments that is ready to be shown to a parent, and the way into the parent's room."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from film_work import reel
from playwright.sync_api import Page, expect
from review_rooms import SECOND, Rooms

from bench.review_browser import OWN_PASSWORD
from bench.review_site import ACTOR, LEASE_S
from vfeed.jobs.lease import JobRun
from vfeed.store.tables import Clip

NOTE = "SECRET NOTE"
TITLE = "Playing together"
QUESTION = "What do you see here?"
REEL = "reel-1"
ROOM = ".room[data-ready=true]"
SPANS = (("m1", 1, 3), ("m2", 4, 6), ("m3", 6, 8))


def piece(name: str, start_s: float, end_s: float, pauses: Sequence[tuple[float, str]] = ()) -> dict[str, Any]:
    """A moment of the film; its pauses are seconds of the clip and a question."""
    return {
        "moment_id": name,
        "start_us": round(start_s * SECOND),
        "end_us": round(end_s * SECOND),
        "pauses": [{"time_us": round(at * SECOND), "question": question} for at, question in pauses],
    }


PIECES = (piece("m1", 1, 3, [(2, QUESTION)]), piece("m2", 4, 6), piece("m3", 6, 8))


def a_shown_clip(rooms: Rooms, pieces: Sequence[Mapping[str, Any]] = PIECES, film: bytes | None = None) -> Clip:
    """A clip with three tagged moments and their film, cut as the worker cuts it."""
    clip, store = rooms.clip(film=film), rooms.site.store
    for name, start_s, end_s in SPANS:
        span = {"moment_id": name, "start_us": start_s * SECOND, "end_us": end_s * SECOND}
        store.events.append(clip.id, ACTOR, "moment_tagged", {**span, "code_ref": "attentive", "note": NOTE})
    store.events.append(clip.id, ACTOR, "reel_saved", {"reel_id": REEL, "title": TITLE, "moments": list(pieces)})
    store.jobs.add("reel", clip.id, {"reel_id": REEL}, ACTOR)
    cut(rooms, clip)
    return clip


def cut(rooms: Rooms, clip: Clip) -> None:
    """Cut the films of moments that wait for it, as the worker does."""
    store = rooms.site.store
    for job in store.jobs.for_clip(clip.id):
        if job.kind == "reel" and (lease := store.jobs.claim(job.id, ACTOR, LEASE_S)):
            with JobRun(store, job, lease, threading.Event()) as work:
                reel(store, work)


def hand_over(page: Page, url: str, clip: Clip, language: str = "en", *, beside: bool = False) -> None:
    """From the page of the film of moments into the parent's room, in a language and perhaps with English beside it."""
    page.goto(f"{url}/clips/{clip.id}/reels/{REEL}")
    page.get_by_label("Language of the parent").select_option(language)
    page.get_by_label("English beside it").set_checked(beside)
    page.get_by_role("button", name="Show it to the parent").click()
    expect(page.locator(ROOM)).to_be_visible()


def leave(page: Page) -> None:
    """Out of the parent's room by the worker's password."""
    page.goto(page.url.split("/stop")[0] + "/stop")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the parent view").click()
    page.wait_for_url("**/reels/**")


def agree_to_recordings(rooms: Rooms, clip: Clip) -> None:
    """Everybody agrees that voices are recorded about this clip."""
    store, today = rooms.site.store, date.today()
    if not store.consents.decide(clip.id, "voice"):
        for person in store.families.participants(clip.family_id):
            store.consents.give(person.id, "voice", clip.id, today, today + timedelta(days=9), "", ACTOR)


def playing(page: Page) -> tuple[float, bool]:
    """Where the film stands, in seconds, and whether it stands still."""
    time_s, paused = page.locator("video").evaluate("video => [video.currentTime, video.paused]")
    return float(time_s), bool(paused)
