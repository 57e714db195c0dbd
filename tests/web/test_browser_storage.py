"""What a browser writes on its disk: nothing that a person typed, neither at work nor after a kill or a sign-out."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import pytest
from family_entry import unfold
from filled_store import files_under
from playwright.sync_api import Browser, BrowserContext, Page, expect
from review_rooms import a_film, eventually

from bench.review_browser import LOAD_MS, OWN_PASSWORD, lasting_chromium, open_room, sign_in
from bench.review_site import Site, site
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

# Words that stand in no page, no dictionary and no other test.
FAMILY, PERSON, VISIT = "Quillowick", "Brindlemop", "Vennibark"
FILM = "Ostrafell"
NOTE, FOR_THE_PARENT, HALF_TYPED = "Zephyrnook", "Mirthwattle", "Dapplegrim"
QUESTION, LOG, SEARCHED, REASON = "Lumbreth", "Sorrelwinter", "Thistlequay", "Umbercoil"
FILES = "**/static/**"
CONTROL, CONTROL_OUT = "Readablehere", "Readablethen"
PLANTED = (FAMILY, PERSON, VISIT, FILM, NOTE, FOR_THE_PARENT, HALF_TYPED, QUESTION, LOG, SEARCHED, REASON)


@dataclass
class Desk:
    """A computer with a site and a browser whose profile lies on the disk."""

    site: Site
    profile: Path
    browser: Browser

    def open(self) -> BrowserContext:
        return lasting_chromium(self.browser.browser_type, str(self.profile))

    def kill(self) -> None:
        """End the browser at once, as a battery that is empty does."""
        for process in psutil.process_iter(["cmdline"]):
            if f"--user-data-dir={self.profile}" in (process.info["cmdline"] or []):
                os.kill(process.pid, signal.SIGKILL)

    def written(self, page: Page, control: str) -> None:
        """Wait until the browser has written what it remembers, some seconds later: the search finds what lies open."""
        page.evaluate(f"localStorage.setItem('control', '{control}')")

        def is_there() -> bool:
            # A browser at work removes files, too.
            with contextlib.suppress(FileNotFoundError):
                return bool(self.readable(control))
            return False

        eventually(page, "it is on the disk", is_there)

    def readable(self, *words: str) -> list[str]:
        """Which of these words stand in which files of the profile, as Latin letters or as UTF-16."""
        return [
            f"{word} in {path.relative_to(self.profile)}"
            for path in files_under(self.profile)
            for data in [path.read_bytes()]
            for word in words
            if word.encode() in data or word.encode("utf-16-le") in data
        ]


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with site(tmp_path / "site") as running:
        used = Desk(running, tmp_path / "profile", browser)
        yield used
        used.kill()


def keys_of(key: bytes) -> tuple[bytes, ...]:
    """A key as it might be written down."""
    return key, base64.b64encode(key), key.hex().encode()


def write_in_forms(page: Page, url: str) -> None:
    """Names of a family, a person and a visit, and a search."""
    page.goto(f"{url}/families/new")
    page.get_by_label("Code name").fill(FAMILY)
    page.get_by_role("button", name="Add the family").click()
    unfold(page, "Add a person")
    page.locator("input[name=kind][value=adult]").check()
    page.locator("#add-person input[name=label]").fill(PERSON)
    page.get_by_role("button", name="Add the person").click()
    unfold(page, "Add a visit")
    page.locator("#add-visit input[name=title]").fill(VISIT)
    page.locator("#add-visit input[name=day]").fill(date.today().isoformat())
    page.get_by_role("button", name="Add the visit").click()
    for number in range(6):
        page.goto(f"{url}/families/new")
        page.get_by_label("Code name").fill(f"Family {number}")
        page.get_by_role("button", name="Add the family").click()
    page.goto(f"{url}/families")
    page.get_by_role("searchbox").fill(FAMILY.lower())
    expect(page.locator("#families-list tbody tr:visible")).to_have_count(1)
    page.get_by_role("searchbox").fill(SEARCHED)
    expect(page.get_by_role("status")).to_contain_text("No family of yours is called that.")
    page.goto(f"{url}/families/ask")
    page.get_by_label("Code name").fill("Nobody")
    page.get_by_label("Why?").fill(f"{REASON} is why, and it is long enough.")
    # The answer holds what was typed; the browser may write its history before any file of the page has come.
    page.route(FILES, lambda route: route.abort())
    page.locator("main form button").first.click()
    expect(page.get_by_text(REASON)).to_be_visible()
    page.unroute(FILES)


def tag(room: Page) -> None:
    """In the open form a moment with a note and words for the parent, and a second one half typed."""
    room.get_by_label("What strength do you see?").select_option(label="Eye to eye")
    room.get_by_label(re.compile("^Note")).fill(f"{NOTE} and more")
    room.get_by_label("Words that the parent may read").fill(f"{FOR_THE_PARENT} and more")
    room.get_by_role("button", name="Save the moment").click()
    expect(room.get_by_role("alert")).to_contain_text("Not saved yet")
    room.keyboard.press("t")
    room.get_by_label(re.compile("^Note")).fill(HALF_TYPED)


def write_up(record: Page) -> None:
    """A record of a shared review."""
    record.get_by_label("Helping question").fill(QUESTION)
    record.get_by_label("What went well").fill(LOG)
    expect(record.get_by_role("status")).to_contain_text("safe on this computer")


def work_without_a_network(context: BrowserContext, running: Site, clip: Clip, record_url: str) -> None:
    """Everything that a worker types in an afternoon, of which the server does not get the last part."""
    page = context.new_page()
    write_in_forms(page, running.url)
    record = context.new_page()
    record.goto(record_url)
    expect(record.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    room = open_room(context, running.url, clip)
    # The form comes a moment after the room does.
    room.keyboard.press("t")
    expect(room.get_by_label("What strength do you see?")).to_be_visible()
    context.set_offline(True)
    tag(room)
    write_up(record)


@pytest.mark.timeout(240)
def test_nothing_that_was_typed_can_be_read_in_the_profile_and_nothing_is_lost(desk: Desk) -> None:
    running = desk.site
    clip = running.add(a_film(), title=FILM)
    sessions, events, family_id = running.store.sessions, running.store.events, clip.family_id
    review = sessions.begin(family_id, None, "admin", held_on=date.today())
    record_url = f"{running.url}/families/{family_id}/sessions/{review.id}"
    context = desk.open()
    sign_in(context, running.url, running.one_time_password)
    work_without_a_network(context, running, clip, record_url)
    desk.written(context.pages[-1], CONTROL)
    desk.kill()
    assert desk.readable(*PLANTED) == []
    key = running.store.secret("drafts:1")
    assert not [path for path in files_under(desk.profile) if any(each in path.read_bytes() for each in keys_of(key))]

    # What was written is sent by the next window, also after signing out and in again.
    context = desk.open()
    page = context.new_page()
    page.goto(running.url)
    # A killed browser may have lost its sign-in.
    if "/sign-in" not in page.url:
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/sign-in*")
    assert not events.state(clip.id).moments
    page.get_by_label("Name").fill("admin")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    room = open_room(context, running.url, clip)
    eventually(room, "the moment is sent", lambda: len(events.state(clip.id).moments) == 1)
    [moment] = events.state(clip.id).moments
    assert (moment.note, moment.parent_words) == (f"{NOTE} and more", f"{FOR_THE_PARENT} and more")
    page.goto(record_url)
    eventually(page, "the record is sent", lambda: sessions.state(review.id).words.get("went_well") == LOG)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in*")
    desk.written(page, CONTROL_OUT)
    desk.kill()
    assert desk.readable(*PLANTED) == []
