"""Two researchers at one study, each in a window of their own, and coders whose film is withdrawn meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from film_work import another
from playwright.sync_api import Browser, Page, expect
from review_rooms import Rooms
from sample_analysis import stretch
from study_work import LEADER, a_study, code, coding_of

from bench.review_browser import LOAD_MS, let_in
from bench.review_site import ACTOR, no_findings
from vfeed.services.services import Services

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SIZES = {"laptop": {"width": 1366, "height": 768}, "tablet": {"width": 820, "height": 1180}}


@pytest.fixture(scope="module")
def two(browser: Browser, rooms: Rooms) -> Iterator[dict[str, Page]]:
    """Two researchers and two coders, each with a browser of their own."""
    found = {}
    for name, role in (("rae", "researcher"), ("sol", "researcher"), ("kim", "coder"), ("lee", "coder")):
        rooms.site.store.accounts.create(name, [role], ACTOR)
        found[name] = let_in(browser, rooms.site, name, viewport=SIZES["laptop"]).new_page()
        found[name].on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield found
    for page in found.values():
        page.context.close()


def look(page: Page, name: str, shots: Path) -> None:
    for size in SIZES.values():
        page.set_viewport_size(size)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"two-{name}-{size['width']}.png")
        page.screenshot(path=shots / f"two-{name}-{size['width']}-full.png", full_page=True)
    page.set_viewport_size(SIZES["laptop"])


def test_two_researchers_at_one_study_write_nothing_of_each_other_over(
    rooms: Rooms, two: dict[str, Page], shots: Path
) -> None:
    store, today = rooms.site.store, date.today()
    given = [
        store.consents.give(each.id, "research", None, today, today + timedelta(days=30), "", ACTOR)
        for each in store.families.participants(rooms.site.visit.family_id)
    ]
    films = [rooms.site.add(another(stretch("side_view_woman", 5)), no_findings()) for _ in range(3)]
    study = a_study(store, *films, coders=("kim", "lee"), repeat_share=0.0)
    for film in films[:2]:
        for name, looks in (("kim", "partner"), ("lee", "away")):
            states = {
                "infant_looking": [(0.0, looks), (2.0, "object")],
                "parent_looking": [(0.0, "partner"), (3.0, looks)],
            }
            code(store, name, coding_of(store, name, film).id, states)
    rae, sol, kim = two["rae"], two["sol"], two["kim"]

    # Days: the later of two who saw the same page is told.
    for page in (rae, sol):
        page.goto(f"/studies/{study}")
    look(rae, "study", shots)
    rae.get_by_label("Key: until this day").fill((today + timedelta(days=90)).isoformat())
    rae.get_by_role("button", name="Keep these days").click()
    expect(rae.get_by_text("Kept.").first).to_be_visible()
    sol.get_by_label("Tables: until this day").fill((today + timedelta(days=400)).isoformat())
    sol.get_by_role("button", name="Keep these days").click()
    expect(sol.get_by_role("status").filter(has_text="changed in another window")).to_be_visible()
    look(sol, "study-refused", shots)
    expect(sol.get_by_label("Key: until this day")).to_have_value((today + timedelta(days=90)).isoformat())
    keeping = store.studies.read(study)[1].state.keeping
    assert (keeping.key_until, keeping.tables_until) == (today + timedelta(days=90), None)

    # One consensus room.
    room = Services(store).consensus.clips(LEADER, study)[0][0].name
    for page in (rae, sol):
        page.goto(f"/studies/{study}/consensus/{room}")
        expect(page.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    look(rae, "consensus", shots)
    rae.keyboard.press("1")
    expect(rae.get_by_text(re.compile("^Settled:")).first).to_be_visible()
    sol.keyboard.press("2")
    expect(sol.get_by_role("alert").filter(has_text="changed in another window")).to_be_visible()
    look(sol, "consensus-refused", shots)
    for name in ("agreement", "report", "drift", "consensus"):
        rae.goto(f"/studies/{study}/{name}")
        look(rae, name + "-page", shots)
    rae.goto(f"/taking-in?study={study}")
    rae.get_by_label("Coding file").set_input_files(
        {
            "name": "looks.csv",
            "mimeType": "text/csv",
            "buffer": b"who,code,start_s,end_s,coder\nbaby,mum,0,2,ola\nbaby,toy,2,4,ola\n",
        }
    )
    expect(rae.get_by_text("it must still be said which it is")).to_be_visible()
    look(rae, "taking-in", shots)

    # Coding, and then the film is withdrawn.
    kim.goto(f"/coding/{coding_of(store, 'kim', films[2]).id}")
    expect(kim.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    kim.keyboard.press("f")
    expect(kim.get_by_text("Kept.")).to_be_visible()
    look(kim, "coding", shots)
    store.consents.withdraw(given[0].id, ACTOR, "no")
    kim.keyboard.press("t")
    expect(kim.get_by_role("alert").first).to_be_visible()
    look(kim, "coding-withdrawn", shots)
    sol.keyboard.press("1")
    expect(sol.locator("video")).to_have_count(0)
    expect(sol.get_by_role("button", name="Finish this coding")).to_have_count(0)
    expect(sol.get_by_role("link", name="To the list of films")).to_be_visible()
    look(sol, "consensus-withdrawn", shots)
    for name in ("", "/agreement", "/report", "/consensus", f"/consensus/{room}"):
        rae.goto(f"/studies/{study}{name}")
        look(rae, "withdrawn" + name.replace("/", "-")[:12], shots)
