"""The coding room shows the whole picture of a film, upright or wide, on a screen of any height."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Browser, expect
from review_rooms import Rooms, a_film
from service import LAPTOP, TABLET
from study_work import a_study, coding_of

from bench.review_browser import LOAD_MS, let_in
from bench.review_site import ACTOR, no_findings

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
