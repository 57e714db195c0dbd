"""What a person did is never lost: no network, a killed tab, a killed browser, two windows at once; undo by name."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from review_rooms import SECOND, Rooms, a_film, eventually

from bench.review_browser import OWN_PASSWORD, lasting_chromium, open_room, sign_in
from bench.review_site import Site, candidate, site
from vfeed.store.tables import Clip

pytestmark = pytest.mark.browser

OFFERED = [candidate(f"c{number}", number * SECOND, (number + 1) * SECOND) for number in range(1, 6)]
TEN_MINUTES_MS = 600_000


@pytest.fixture
def clip(rooms: Rooms) -> Clip:
    return rooms.clip(OFFERED)


@pytest.fixture
def page(rooms: Rooms, clip: Clip) -> Iterator[Page]:
    opened = rooms.open(clip)
    yield opened
    rooms.context.set_offline(False)
    opened.close()


def decide_three(page: Page) -> None:
    for key in ("n", "y", "x", "m"):
        page.keyboard.press(key)
    expect(page.locator("[data-tally]")).to_contain_text("You kept 1 of 5 here. 3 to decide.")
    expect(page.locator("[data-on-disk=true]")).to_be_attached()


def states(rooms: Rooms, clip: Clip) -> dict[str, str]:
    return {name: each["state"] for name, each in rooms.state(clip)["decisions"].items()}


ALL_THREE = {"c1": "confirmed", "c2": "rejected", "c3": "unsure"}


def test_ten_minutes_without_a_network_lose_nothing(page: Page, rooms: Rooms, clip: Clip) -> None:
    page.clock.install()
    rooms.context.set_offline(True)
    decide_three(page)
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    page.clock.fast_forward(TEN_MINUTES_MS)
    page.keyboard.press("y")
    rooms.context.set_offline(False)
    eventually(page, "it is sent by itself", lambda: states(rooms, clip) == {**ALL_THREE, "c4": "confirmed"})
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_a_killed_tab_left_is_sent_by_the_next_one(page: Page, rooms: Rooms, clip: Clip) -> None:
    rooms.context.set_offline(True)
    decide_three(page)
    page.close()
    rooms.context.set_offline(False)
    assert states(rooms, clip) == {}
    again = rooms.open(clip)
    eventually(again, "the next window sends it", lambda: states(rooms, clip) == ALL_THREE)
    again.close()


def test_a_link_out_of_the_room_waits_until_what_was_done_is_sent(page: Page, rooms: Rooms, clip: Clip) -> None:
    rooms.context.set_offline(True)
    decide_three(page)
    rooms.context.set_offline(False)
    page.get_by_role("link", name="Choose moments to show").click()
    page.wait_for_url("**/reels/new")
    assert states(rooms, clip) == ALL_THREE
    # The films of the same visit, which other tests left there, offer what was kept in them.
    visit = [each for each in rooms.site.store.clips.for_family(clip.family_id) if each.visit_id == clip.visit_id]
    kept = [state for each in visit for state in states(rooms, each).values() if state == "confirmed"]
    expect(page.get_by_role("checkbox")).to_have_count(len(kept))


def test_without_a_network_undo_takes_back_what_still_waits(page: Page, rooms: Rooms, clip: Clip) -> None:
    rooms.context.set_offline(True)
    decide_three(page)
    page.keyboard.press("u")
    expect(page.locator("[data-last]")).to_have_text("Last: marked gaze contact 2 as not this")
    page.keyboard.press("u")
    page.keyboard.press("r")
    rooms.context.set_offline(False)
    eventually(page, "the rest is sent", lambda: states(rooms, clip) == {"c1": "confirmed", "c2": "rejected"})


def test_undo_and_redo_say_what_they_do_and_reach_the_beginning(page: Page, rooms: Rooms, clip: Clip) -> None:
    for key in ("n", "f", "y"):
        page.keyboard.press(key)
    page.keyboard.press("x")
    undo = page.get_by_role("button", name="Undo: marked gaze contact 2 as not this")
    expect(undo).to_be_visible()
    undo.click()
    expect(page.get_by_role("button", name="Undo: moved the start of gaze contact 1")).to_be_visible()
    page.keyboard.press("u")
    eventually(page, "nothing is left", lambda: states(rooms, clip) == {})
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Redo: moved the start of gaze contact 1").click()
    eventually(page, "it is done again", lambda: states(rooms, clip) == {"c1": "confirmed"})
    page.keyboard.press("z")
    steps = page.get_by_role("dialog").get_by_role("listitem")
    expect(steps.first).to_contain_text("did again: moved the start of gaze contact 1")
    expect(steps.last).to_contain_text("admin")
    page.keyboard.press("Escape")


def test_two_people_who_change_the_same_thing_are_shown_both(
    page: Page, rooms: Rooms, clip: Clip, browser: Browser
) -> None:
    colleague = browser.new_context(storage_state=rooms.context.storage_state(), base_url=rooms.site.url)
    other = open_room(colleague, rooms.site.url, clip)
    page.route("**/events", lambda route: route.abort())
    for each in (page, other):
        each.keyboard.press("n")
    page.keyboard.press("x")
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    other.keyboard.press("y")
    eventually(other, "theirs is saved", lambda: states(rooms, clip) == {"c1": "confirmed"})
    page.unroute("**/events")
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("alert")).to_contain_text("It now stands as: kept, 0:01.00 to 0:02.00.")
    expect(page.get_by_role("alert")).to_contain_text("You: marked gaze contact 1 as not this.")
    page.get_by_role("button", name="Use mine").click()
    eventually(page, "mine is saved", lambda: states(rooms, clip) == {"c1": "rejected"})
    other.bring_to_front()
    other.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(other.locator(".item").filter(has_text="Gaze contact 1")).to_contain_text("not this")
    colleague.close()


def test_two_windows_of_one_person_send_everything_once_and_in_order(page: Page, rooms: Rooms, clip: Clip) -> None:
    other = rooms.open(clip)
    rooms.context.set_offline(True)
    for each, keys in ((page, ("n", "y")), (other, ("n", "x"))):
        for key in keys:
            each.keyboard.press(key)
        expect(each.get_by_role("alert")).to_contain_text("Not saved yet")
    rooms.context.set_offline(False)
    eventually(page, "both are sent", lambda: len(rooms.site.store.events.read(clip.id).events) == 2)
    for each in (page, other):
        expect(each.get_by_role("alert")).to_have_count(0)
    assert [each.type for each in rooms.site.store.events.read(clip.id).events] == [
        "candidate_confirmed",
        "candidate_rejected",
    ]
    other.close()


def test_a_browser_that_is_killed_loses_nothing(browser: Browser, tmp_path: Path) -> None:
    profile, kind = tmp_path / "profile", browser.browser_type
    with site(tmp_path / "site") as running:
        clip = running.add(a_film())
        _mark_and_kill(running, kind, profile, clip)
        context = lasting_chromium(kind, str(profile))
        _sign_in_again(context, running.url)
        page = open_room(context, running.url, clip)
        eventually(page, "the mark is sent", lambda: len(running.store.events.state(clip.id).decisions) == 1)
        context.close()


def _sign_in_again(context: BrowserContext, url: str) -> None:
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    if "/sign-in" in page.url:
        page.get_by_label("Name").fill("admin")
        page.get_by_label("Password").fill(OWN_PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()


def _mark_and_kill(running: Site, kind: BrowserType, profile: Path, clip: Clip) -> None:
    context = lasting_chromium(kind, str(profile))
    sign_in(context, running.url, running.one_time_password)
    page = open_room(context, running.url, clip)
    context.set_offline(True)
    page.keyboard.press("e")
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    for process in psutil.process_iter(["cmdline"]):
        if f"--user-data-dir={profile}" in (process.info["cmdline"] or []):
            os.kill(process.pid, signal.SIGKILL)
