"""The coding room shows the whole picture of a film, on a screen of any height, and nothing once its consent ended."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from review_rooms import Rooms, a_film
from service import LAPTOP, TABLET
from study_work import LEADER, a_study, code, coding_of

from bench.review_browser import LOAD_MS, let_in
from bench.review_site import ACTOR, no_findings
from vfeed.services.services import Services

pytestmark = pytest.mark.browser

LOW_LAPTOP = {"width": 1366, "height": 650}


def test_nothing_of_a_film_is_cut_off_where_it_is_coded(rooms: Rooms, browser: Browser) -> None:
    site = rooms.site
    for person in site.store.families.participants(site.visit.family_id):
        site.store.consents.give(person.id, "research", None, date.today(), None, "", ACTOR)
    films = [site.add(a_film(size), no_findings()) for size in ((320, 180), (180, 320))]
    for name in ("kim", "lee"):
        site.store.accounts.create(name, ["coder"], ACTOR)
    a_study(site.store, *films, coders=("kim", "lee"))
    context = let_in(browser, site, "kim")
    page = context.new_page()
    for film in films:
        page.goto(f"/coding/{coding_of(site.store, 'kim', film).id}")
        expect(page.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
        expect(page.locator("video")).not_to_have_js_property("videoHeight", 0, timeout=LOAD_MS)
        for size in (LAPTOP, LOW_LAPTOP, TABLET):
            page.set_viewport_size(size)
            image, stage = page.locator("video").bounding_box(), page.locator(".stage").bounding_box()
            assert image and stage
            assert image["height"] > 0.9 * stage["height"], size
            assert image["height"] <= stage["height"] + 1, size
            assert image["width"] <= stage["width"] + 1, size
    context.close()


def test_a_film_goes_from_the_screens_of_those_who_work_on_it_once_its_consent_ended(
    rooms: Rooms, browser: Browser
) -> None:
    site = rooms.site
    store, services = site.store, Services(site.store)
    for name in ("ann", "ben"):
        store.accounts.create(name, ["coder"], ACTOR)
    store.accounts.create("rae", ["researcher"], ACTOR)
    people = store.families.participants(site.visit.family_id)
    given = [store.consents.give(each.id, "research", None, date.today(), None, "", ACTOR) for each in people]
    film = site.add(a_film((320, 240)), no_findings())
    other = site.add(a_film((240, 240)), no_findings())
    met = a_study(store, other, coders=("ann", "ben"), repeat_share=0.0)
    for name, gaze in (("ann", "partner"), ("ben", "away")):
        code(store, name, coding_of(store, name, other).id, {"infant_looking": [(0.0, gaze)]})
    a_study(store, film, coders=("ann", "ben"))
    coding, meeting = let_in(browser, site, "ann").new_page(), let_in(browser, site, "rae").new_page()
    coding.goto(f"/coding/{coding_of(store, 'ann', film).id}")
    expect(coding.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    [(both, _state)] = services.consensus.clips(LEADER, met)
    meeting.goto(f"/studies/{met}/consensus/{both.name}")
    expect(meeting.locator("video")).to_be_visible()
    store.consents.withdraw(given[0].id, ACTOR, "no")
    for page, words in ((coding, "There is no such film to code."), (meeting, "not open to research any more")):
        page.keyboard.press("1" if page is meeting else "f")
        expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible()
        expect(page.locator("video")).to_have_count(0)
        page.context.close()
