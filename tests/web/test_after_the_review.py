"""After the shared review, in a real Chromium: record, copies, what goes home, its own film, the story so far."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from clip_factory import make
from families_with_reels import a_reel
from pdf_reading import read_back
from playwright.sync_api import Page, expect
from review_rooms import Rooms, eventually
from service import TABLET

from bench.review_site import PUBLIC_URL

pytestmark = pytest.mark.browser

POINT = "I want to wait until she looks."
SAID = "She looks at me and waits."
OWN = "I let her find the words."
FILM_MS = 20_000


@dataclass(frozen=True)
class Shown:
    """Two films with moments that were shown, and a page in the worker's browser."""

    rooms: Rooms
    page: Page
    reel_page: str

    def check(self, name: str, shots: Path) -> None:
        """Nothing against axe and nothing wider than the window, on a laptop and on a tablet."""
        look(self.page, name, shots)


def look(page: Page, name: str, shots: Path) -> None:
    laptop = page.viewport_size
    for size in (laptop, TABLET):
        assert size is not None
        page.set_viewport_size(size)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], name
        page.screenshot(path=shots / f"{name}-{size['width']}.png", full_page=True)
    assert laptop is not None
    page.set_viewport_size(laptop)


@pytest.fixture(scope="module")
def shown(rooms: Rooms) -> Iterator[Shown]:
    store, family = rooms.site.store, rooms.site.visit.family_id
    for person in store.families.participants(family):
        for use in ("take_home", "session_film"):
            store.consents.give(person.id, use, None, date.today(), date.today() + timedelta(days=30), "", "test")
    first, second = rooms.clip(), rooms.clip()
    reel_id = a_reel(store, first, "The long wait", [1, 5], [SAID])
    a_reel(store, second, "Coming back", [2])
    page = rooms.context.new_page()
    yield Shown(rooms, page, f"/clips/{first.id}/reels/{reel_id}")
    page.close()


def open_record(shown: Shown) -> Page:
    page = shown.page
    page.goto(shown.reel_page)
    page.get_by_role("button", name="Write up the shared review").or_(
        page.get_by_role("link", name="Open the record of the shared review")
    ).click()
    expect(page.locator("[data-ready=true]")).to_be_visible()
    return page


def test_the_record_keeps_itself_and_steps_back(shown: Shown, shots: Path) -> None:
    page = open_record(shown)
    expect(page.get_by_text(SAID)).to_be_visible()
    page.get_by_label("Working point").fill(POINT)
    page.get_by_label("What went well").fill(OWN)
    page.get_by_label("What went well").blur()
    expect(page.get_by_role("status")).to_have_text("Kept.")
    page.reload()
    expect(page.get_by_label("Working point")).to_have_value(POINT)
    page.get_by_role("button", name="Undo: wrote what went well").click()
    expect(page.get_by_label("What went well")).to_have_value("")
    page.get_by_role("button", name="Redo: wrote what went well").click()
    expect(page.get_by_label("What went well")).to_have_value(OWN)
    shown.check("after-record", shots)


def test_what_is_written_without_a_line_is_there_after_the_window_was_closed(shown: Shown) -> None:
    page = open_record(shown)
    address = page.url
    shown.rooms.context.set_offline(True)
    page.get_by_label("Helping question").fill("Written in the lift")
    expect(page.get_by_role("status")).to_contain_text("safe on this computer")
    other = shown.rooms.context.new_page()
    page.goto("about:blank")
    shown.rooms.context.set_offline(False)
    other.goto(address)
    expect(other.get_by_label("Helping question")).to_have_value("Written in the lift")
    session_id = address.rsplit("/", 1)[1]

    def arrived() -> bool:
        words = shown.rooms.site.store.sessions.state(session_id).words
        return words["helping_question"] == "Written in the lift"

    eventually(other, "the server has it", arrived)
    other.close()


def test_the_copies_print_and_the_parents_holds_nothing_of_the_workers(shown: Shown, shots: Path) -> None:
    page = open_record(shown)
    page.get_by_role("link", name="Print or save the record").click()
    expect(page.get_by_text(OWN)).to_be_visible()
    shown.check("after-own-copy", shots)
    page.get_by_role("link", name="The parents’ copy").click()
    expect(page.get_by_text(POINT)).to_be_visible()
    for kept_back in (OWN, "SECRET NOTE"):
        assert kept_back not in page.locator("body").inner_text()
    shown.check("after-parents-copy", shots)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as PDF").click()
    read = read_back(Path(saved.value.path()).read_bytes())
    assert POINT in read.words and SAID in read.words and OWN not in " ".join(read.words)


def test_a_link_opens_at_home_until_it_is_closed(shown: Shown, shots: Path) -> None:
    page = open_record(shown)
    page.get_by_role("link", name="To take home").click()
    here = page.url
    shown.check("after-take-home", shots)
    page.get_by_role("button", name="Make a link").click()
    address, passphrase = page.locator("code.secret").all_inner_texts()
    assert address.startswith(f"{PUBLIC_URL}/take-home/")
    browser = shown.rooms.context.browser
    assert browser is not None
    home = browser.new_context(viewport=TABLET)
    parent = home.new_page()
    parent.goto(address.replace(PUBLIC_URL, shown.rooms.site.url))
    look(parent, "after-link-door", shots)
    parent.get_by_label("Passphrase").fill(passphrase.upper().replace("-", " "))
    parent.get_by_role("button", name="Open").click()
    expect(parent.get_by_text(SAID)).to_be_visible()
    expect(parent.locator("video").first).to_have_js_property("readyState", 4, timeout=FILM_MS)
    assert OWN not in parent.locator("body").inner_text() and "Wren" not in parent.locator("body").inner_text()
    look(parent, "after-link-open", shots)
    page.goto(here)
    page.get_by_role("button", name=re.compile("^Close it now")).click()
    expect(page.get_by_text("closed on")).to_be_visible()
    parent.reload()
    expect(parent.get_by_text("This link has ended, or it was closed.")).to_be_visible()
    home.close()


def test_a_locked_card_is_saved_with_its_passphrase(shown: Shown) -> None:
    page = open_record(shown)
    page.get_by_role("link", name="To take home").click()
    page.get_by_role("button", name="Make the file").click()
    passphrase = page.locator("code.secret").inner_text()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the locked file").click()
    read = read_back(Path(saved.value.path()).read_bytes(), passphrase)
    assert SAID in read.words


def test_the_reviews_own_film_comes_to_its_record(shown: Shown, shots: Path, tmp_path: Path) -> None:
    film = tmp_path / "review.mp4"
    film.write_bytes(make("mp4", "h264", frames=60))
    page = open_record(shown)
    page.get_by_role("link", name="The review’s own film").click()
    page.locator("input[type=file]").set_input_files(str(film))
    page.get_by_role("link", name="Open the film").click()
    expect(page.get_by_role("heading", name=re.compile("^review"))).to_be_visible()
    shown.check("after-review-film", shots)
    page.goto(f"/families/{shown.rooms.site.visit.family_id}")
    assert page.get_by_role("link", name="review", exact=True).count() == 0


def test_the_story_plays_two_films_together_and_plots_numbers(shown: Shown, shots: Path) -> None:
    page = open_record(shown)
    page.goto(f"/families/{shown.rooms.site.visit.family_id}")
    page.get_by_role("link", name=re.compile("^The whole story")).click()
    expect(page.get_by_text(POINT)).to_be_visible()
    films = page.locator("[data-island=together] video")
    for index in range(2):
        expect(films.nth(index)).to_have_js_property("readyState", 4, timeout=FILM_MS)
    page.get_by_role("button", name="Play both").click()

    def times_s() -> list[float]:
        return films.evaluate_all("films => films.map((film) => film.currentTime)")

    eventually(page, "both have played for a while", lambda: min(times_s()) > 0.5)
    page.get_by_role("button", name="Pause both").click()
    first, second = times_s()
    assert abs(first - second) < 0.5
    page.locator("#add-measure summary").click()
    page.get_by_label("Name", exact=True).fill("EPDS")
    page.get_by_label("Your cut-off", exact=True).fill("13")
    page.get_by_role("button", name="Add the measure").click()
    for number in ("16", "9"):
        page.get_by_label("Number", exact=True).fill(number)
        page.get_by_role("button", name="Enter EPDS").click()
    expect(page.locator(".plot-point")).to_have_count(2)
    page.get_by_role("button", name="Undo: entered the number 9").click()
    expect(page.locator(".plot-point")).to_have_count(1)
    shown.check("after-story", shots)
