"""A researcher takes the files of other programs in: on a laptop by keys, and on a tablet by touch."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from playwright.sync_api import Browser, Page, expect
from review_rooms import Rooms
from service import TABLET
from study_work import a_study

from bench.review_browser import LAPTOP, let_in
from bench.review_site import ACTOR

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_numbers = itertools.count()
LOW_LAPTOP = {"width": 1366, "height": 650}
TABLE = "who,lane,code,start_s,end_s,coder\n" + "".join(
    f"mother,gaze,{code},{start},{start + 0.8},kim\n" for start, code in enumerate(("baby", "toy", "baby", "?", "room"))
)


@pytest.fixture(scope="module")
def film_id(rooms: Rooms) -> str:
    store, today = rooms.site.store, date.today()
    for person in store.families.participants(rooms.site.visit.family_id):
        store.consents.give(person.id, "research", None, today, today + timedelta(days=30), "", ACTOR)
    return rooms.clip().id


@pytest.fixture(params=["laptop", "low laptop", "tablet"])
def rae(request: pytest.FixtureRequest, browser: Browser, rooms: Rooms, film_id: str) -> Iterator[Page]:
    sizes = {"laptop": LAPTOP, "low laptop": LOW_LAPTOP, "tablet": TABLET}
    name = f"rae-{next(_numbers)}"
    rooms.site.store.accounts.create(name, ["researcher"], ACTOR)
    touch = request.param == "tablet"
    context = let_in(browser, rooms.site, name, viewport=sizes[request.param], has_touch=touch)
    page = context.new_page()
    page.on("pageerror", lambda error: rooms.complaints.append(str(error)))
    yield page
    context.close()


def look(page: Page, name: str, shots: Path) -> None:
    assert violations(page) == [], name
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    page.screenshot(path=shots / f"taking-in-{name}-{width}.png", full_page=True)


def test_a_file_is_looked_at_told_what_it_means_and_taken_in(
    rae: Page, rooms: Rooms, film_id: str, shots: Path, tmp_path: Path
) -> None:
    store = rooms.site.store
    a_study(store, store.clips.get(film_id))
    before = len(store.codings.of(film_id))
    path = tmp_path / f"looks {before}.csv"
    path.write_text(TABLE + "mother,gaze,baby,7,7.5,kim\n" * before)
    rae.goto("/studies")
    rae.get_by_role("link", name="Looks").first.click()
    rae.get_by_role("link", name="Take codings in").click()
    expect(rae.get_by_label("Coding file")).to_be_visible()
    look(rae, "empty", shots)
    rae.get_by_label("Coding file").set_input_files(path)
    expect(rae.get_by_role("heading", name="What the file says")).to_be_visible()
    look(rae, "asks", shots)
    # With the keyboard alone: the focus stays where it is while the page is looked at anew.
    film = rae.get_by_label("In the file: no name")
    film.focus()
    rae.keyboard.press("ArrowDown")
    expect(rae.get_by_text("Of 1 film it must still be said")).to_have_count(0)
    expect(film).to_be_focused()
    for code, place in (
        ("baby", "The infant’s face"),
        ("toy", "A thing"),
        ("?", "Cannot see"),
        ("room", "Leave it out"),
    ):
        select = rae.get_by_label(f"“{code}” in the scheme")
        labels = {"The infant’s face": "parent_looking/partner", "A thing": "parent_looking/object"}
        value = labels.get(place) or ("parent_looking/cannot_see" if place == "Cannot see" else "-")
        select.select_option(value)
        expect(rae.locator("[data-looked]:not([aria-busy])")).to_be_attached()
    expect(rae.get_by_role("button", name="Add these codings")).to_be_visible()
    look(rae, "ready", shots)
    rae.get_by_role("button", name="00:02.000").click()
    rae.wait_for_function("document.querySelector('#compare-1').currentTime === 2")
    rae.get_by_role("button", name="Add these codings").click()
    expect(rae.get_by_text("1 coding is taken in.")).to_be_visible()
    look(rae, "kept", shots)
    assert len(store.codings.of(film_id)) == before + 1
    rae.get_by_role("button", name="Take out").last.click()
    expect(rae.get_by_text("You can take that back.")).to_be_visible()
    assert len(store.codings.of(film_id)) == before
    rae.get_by_role("button", name="Take the last step back").click()
    expect(rae.get_by_text("It is taken back.")).to_be_visible()
    assert len(store.codings.of(film_id)) == before + 1
    # The next file of this kind knows its words, and needs the film alone.
    rae.get_by_label("Coding file").set_input_files(path)
    expect(rae.get_by_text("as before")).to_have_count(4)
    assert rooms.complaints == []


def test_a_table_that_nobody_knows_is_told_column_by_column(
    rae: Page, rooms: Rooms, shots: Path, tmp_path: Path
) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Was;Von;Bis\nBlick;500;1500\nWeg;1500;2500\n", encoding="utf-8")
    rae.goto("/taking-in")
    rae.get_by_label("Coding file").set_input_files(path)
    expect(rae.get_by_role("heading", name="What are its columns?")).to_be_visible()
    look(rae, "columns", shots)
    for number, role in enumerate(("code", "start", "end"), 1):
        rae.get_by_label(f"Column {number}").select_option(role)
    rae.get_by_label("Times are in").select_option("ms")
    expect(rae.get_by_role("heading", name="Which film is it?")).to_be_visible()
    rae.get_by_label("In the file: no name").select_option(index=1)
    expect(rae.get_by_role("button", name="Add these codings")).to_be_visible()
    expect(rae.get_by_role("button", name="00:01.500")).to_be_visible()
    assert rooms.complaints == []
