"""Gamma is asked for on the page on agreement, which shows how far it is and shows itself anew when it is done."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, expect
from review_rooms import Rooms
from service import TABLET
from study_work import LEADER, a_study, code, coding_of

from bench.review_browser import LAPTOP, let_in
from bench.review_site import ACTOR
from vfeed.services.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_gamma_is_worked_out_while_the_page_waits(browser: Browser, rooms: Rooms, shots: Path) -> None:
    store, today = rooms.site.store, date.today()
    for person in store.families.participants(rooms.site.visit.family_id):
        store.consents.give(person.id, "research", None, today, today + timedelta(days=30), "", ACTOR)
    clips = [rooms.clip(), rooms.clip()]
    store.accounts.create("rae", ["researcher"], ACTOR)
    for name in ("kim", "lee"):
        store.accounts.create(name, ["coder"], ACTOR)
    study_id = a_study(store, *clips, coders=("kim", "lee"))
    for name, at in (("kim", 2.0), ("lee", 2.4)):
        looks = {"infant_looking": [(0.0, "partner"), (at, "object")], "parent_looking": [(0.0, "partner")]}
        for clip in clips:
            code(store, name, coding_of(store, name, clip).id, looks)
    for job in store.jobs.active():
        store.jobs.cancel(job.id, ACTOR)
    context = let_in(browser, rooms.site, "rae")
    page = context.new_page()
    page.goto(f"/studies/{study_id}/agreement")
    page.get_by_role("button", name="Work out gamma").click()
    expect(page.get_by_role("progressbar", name="Gamma")).to_be_visible()
    for size in (LAPTOP, TABLET):
        page.set_viewport_size(size)
        assert violations(page) == []
        page.screenshot(path=shots / f"gamma-{size['width']}.png")
    # What a worker does, without its giving way to everything else on a busy machine.
    desk = Services(store).gammas
    for clip_id in desk.missing(LEADER, study_id):
        found = desk.work_out(study_id, clip_id, lambda _done: None)
        with store.database.write() as session:
            store.gammas.keep(study_id, found, session)
    expect(page.get_by_text("Worked out for all 2 films")).to_be_visible(timeout=20_000)
    page.locator("summary", has_text="Every figure").first.click()
    expect(page.get_by_role("rowheader", name="Gamma")).to_be_visible()
    context.close()
