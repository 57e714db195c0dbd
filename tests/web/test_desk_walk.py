"""A researcher new to it: from twelve films to a screening table, a study of two coders and a report on agreement."""

from __future__ import annotations

import json
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
from service import TABLET
from study_work import code

from bench.review_browser import LAPTOP, LOAD_MS, let_in, loaded
from bench.review_site import ACTOR, no_findings

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

# Twelve files that show four films: what a worker makes of a film is made four times.
FILMS = [(name, seconds) for name in ("side_view_woman", "side_view_man") for seconds in (4, 5) for _ in range(3)]
LOOKS = {
    "kim": {"infant_looking": [(0.0, "partner"), (2.0, "object")], "parent_looking": [(0.0, "partner")]},
    "lee": {"infant_looking": [(0.0, "partner"), (2.6, "object")], "parent_looking": [(0.0, "partner"), (3.0, "away")]},
}


@pytest.fixture(scope="module")
def twelve(rooms: Rooms) -> Rooms:
    """Twelve films of rendered people, open to research."""
    store, today = rooms.site.store, date.today()
    for person in store.families.participants(rooms.site.visit.family_id):
        store.consents.give(person.id, "research", None, today, today + timedelta(days=30), "", ACTOR)
    for name, seconds in FILMS:
        film = rooms.site.add(another(stretch(name, seconds)), no_findings())
        # The rendered films are silent: a swing that comes and goes stands in for how a film's sound is drawn.
        swing = [[-each, each] for each in (abs(100 - number % 200) for number in range(100 * seconds))]
        with store.blobs.put(film.id, "waveform", "application/json") as out:
            out.write(json.dumps({"per_second": 100, "peaks": swing}).encode())
    return rooms


@pytest.fixture(scope="module")
def people(browser: Browser, twelve: Rooms) -> Iterator[dict[str, Page]]:
    """A researcher and two coders, each with a browser of their own."""
    found = {}
    for name, role in (("rae", "researcher"), ("kim", "coder"), ("lee", "coder")):
        twelve.site.store.accounts.create(name, [role], ACTOR)
        found[name] = let_in(browser, twelve.site, name).new_page()
        found[name].on("pageerror", lambda error: twelve.complaints.append(str(error)))
    yield found
    for page in found.values():
        page.context.close()


def look(page: Page, name: str, shots: Path) -> None:
    """Nothing is out of reach or out of the page, on a laptop and on a tablet."""
    for size in (LAPTOP, TABLET):
        page.set_viewport_size(size)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"desk-{name}-{size['width']}.png", full_page=True)
    page.set_viewport_size(LAPTOP)


def coded_by_keys(page: Page, shots: Path, name: str) -> None:
    """The coder's first film, with the keyboard alone but for ending the passes."""
    page.goto("/")
    look(page, f"list-{name}", shots)
    page.locator("main ol a").first.click()
    expect(page.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    loaded(page)
    expect(page.get_by_text("Sound", exact=True)).to_be_visible()
    page.keyboard.press("f")
    for _ in range(2 if name == "kim" else 3):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("t")
    expect(page.get_by_text("Kept.")).to_be_visible()
    look(page, f"room-{name}", shots)
    page.keyboard.press("e")
    page.keyboard.press("Control+z")
    expect(page.get_by_role("button", name=re.compile("^Redo: Elsewhere"))).to_be_visible()
    page.get_by_role("button", name="I have watched it to the end: Infant").click()
    page.keyboard.press("f")
    page.get_by_role("button", name="I have watched it to the end: Parent").click()
    page.get_by_role("button", name="Hand in …").click()
    expect(page.get_by_role("heading", name="Before you hand in")).to_be_visible()
    look(page, f"check-{name}", shots)
    page.get_by_role("button", name="Hand in for good").click()
    page.wait_for_url("**/coding")
    expect(page.get_by_text("1 of 12 handed in")).to_be_visible()


def test_from_twelve_films_to_a_report_by_following_the_screens(
    twelve: Rooms, people: dict[str, Page], shots: Path
) -> None:
    rae, store = people["rae"], twelve.site.store
    rae.goto("/")
    rae.get_by_role("link", name="Screening").click()
    expect(rae.get_by_text("1 to 12 of 12")).to_be_visible()
    look(rae, "screening", shots)
    rae.locator("tbody a").first.click()
    rae.get_by_role("group", name="Do one adult and one child play?").get_by_label("Yes").check()
    rae.get_by_role("button", name="Keep the answers").click()
    look(rae, "film", shots)
    # By keys, film after film, until every film has a word.
    for _ in FILMS:
        expect(rae.locator("[data-island=screening-keys][data-mounted]")).to_be_attached()
        here = rae.url
        rae.keyboard.press("1")
        rae.wait_for_url(lambda url, here=here: url != here)
    rae.goto("/screening")
    expect(rae.get_by_role("link", name="codable (12)")).to_be_visible()
    with rae.expect_download() as table:
        rae.get_by_role("link", name="Table (CSV)").click()
    assert len(Path(table.value.path()).read_text().splitlines()) == 13

    rae.get_by_role("link", name="New study").click()
    rae.get_by_label("Name", exact=True).fill("Looks in play")
    look(rae, "new", shots)
    rae.get_by_role("button", name="Lay the study down").click()
    rae.get_by_label("Everybody codes every film").check()
    look(rae, "study", shots)
    rae.get_by_role("button", name="Give them out").click()
    # Every film for both, and one that each gets again after four weeks.
    expect(rae.get_by_text("26 codings were given out.")).to_be_visible()
    study = rae.url

    for name in ("kim", "lee"):
        coded_by_keys(people[name], shots, name)
        for row in store.studies.for_coder(name):
            if row.handed_in_at is None and row.purpose != "repeat":
                code(store, name, row.id, LOOKS[name])

    rae.goto(study)
    rae.get_by_role("link", name="How far do they agree?").click()
    expect(rae.get_by_text("The unit is 40 ms.").first).to_be_visible()
    look(rae, "agreement", shots)
    with rae.expect_download() as figures:
        rae.get_by_role("link", name="Every figure as CSV").click()
    assert "Cohen kappa" in Path(figures.value.path()).read_text()
    rae.goto(study)
    rae.get_by_role("link", name="Where they differ").click()
    rae.locator("tbody a").first.click()
    expect(rae.locator("[data-ready=true]")).to_be_visible()
    rae.keyboard.press("1")
    settled = rae.get_by_text(re.compile("^Settled:"))
    expect(settled.first).to_be_visible()
    expect(rae.get_by_role("button", name=re.compile("Leave it out"))).to_be_in_viewport()
    look(rae, "consensus", shots)
    for number in range(20):
        if rae.get_by_role("button", name="Finish this coding").is_enabled():
            break
        expect(rae.get_by_role("button", name="Finish this coding")).to_be_disabled()
        rae.keyboard.press("2" if number % 2 else "1")
        expect(settled).to_have_count(number + 2)
    rae.keyboard.press("f")
    expect(rae.get_by_text("Finished. It goes into the tables")).to_be_visible()
    look(rae, "finished", shots)
    rae.get_by_role("link", name="To the list of films").click()
    expect(rae.get_by_role("cell", name="finished")).to_be_visible()
    rae.goto(study)
    rae.get_by_role("link", name="Over time").click()
    look(rae, "drift", shots)
    rae.goto(study)
    expect(rae.get_by_role("button", name="Close coding for good")).to_be_hidden()
    rae.get_by_text("Close it before all is handed in").click()
    rae.get_by_role("button", name="Close coding for good").click()
    rae.get_by_role("link", name="The computer beside the coders").click()
    look(rae, "machine", shots)
    rae.goto(study)
    rae.get_by_role("link", name="Report").click()
    expect(rae.locator("dt")).to_have_count(15)
    look(rae, "report", shots)


def test_nothing_coded_is_lost_when_the_line_breaks_and_the_window_closes(
    twelve: Rooms, people: dict[str, Page]
) -> None:
    rae, kim, store = people["rae"], people["kim"], twelve.site.store
    rae.goto("/studies/new")
    rae.get_by_label("Name", exact=True).fill("A second one")
    rae.get_by_role("button", name="Lay the study down").click()
    rae.get_by_role("button", name="Give them out").click()
    rae.wait_for_url(re.compile("/studies/[^/]+$"))
    kim.goto("/coding")
    kim.get_by_role("region", name="A second one").locator("ol a").first.click()
    expect(kim.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    address = kim.url
    coding_id = address.rsplit("/", 1)[-1]
    kim.context.route("**/events", lambda route: route.abort())
    kim.keyboard.press("f")
    expect(kim.get_by_text("is safe on this computer")).to_be_visible()
    context = kim.context
    kim.close()
    context.unroute("**/events")
    again = context.new_page()
    people["kim"] = again
    again.goto(address)
    expect(again.locator("[data-ready=true]")).to_be_visible(timeout=LOAD_MS)
    expect(again.get_by_text("Kept.")).to_be_visible()
    assert store.studies.read_coding(coding_id).state.switches["infant_looking"] == {0: "partner"}
