"""Somebody new follows the screen alone: from sign-in to the first kept and tagged moment on the sample film."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from loaded_service import LoadedService
from playwright.sync_api import Browser, Locator, Page, expect
from service import LAPTOP, OWN_PASSWORD, Service

pytestmark = pytest.mark.browser

ANALYSIS_MS = 240_000
# How long a person takes, by the literature: silent reading (Brysbaert 2019), and for each act the keystroke-level
# model (Card, Moran and Newell 1983): deciding, pointing, pressing; typing at an average pace.
WORDS_A_MINUTE = 238
ACT_S = 1.35 + 1.1 + 0.2
KEYSTROKE_S = 0.28
MOST_S = 180.0
MOST_ACTS = 20


class Newcomer:
    """Reads what is shown, watches what plays and presses what the words name; counts all of it."""

    def __init__(self, page: Page, shots: Path) -> None:
        self.page, self.shots = page, shots
        self.acts: list[str] = []
        self.spent_s = 0.0

    def read(self, text: str) -> None:
        self.spent_s += len(text.split()) / WORDS_A_MINUTE * 60

    def watch(self, seconds: float) -> None:
        self.spent_s += seconds

    def press(self, what: Locator, name: str) -> None:
        self.page.screenshot(path=self.shots / f"first-moment-{len(self.acts) + 1:02d}.png")
        self._act(name)
        what.click()

    def choose(self, where: Locator, index: int, name: str) -> None:
        self._act(name)
        # Opened, the list shows what was hidden; half of it is read before something fits.
        self.read(" ".join(where.locator("option").all_inner_texts()[::2]))
        where.select_option(index=index)

    def type(self, where: Locator, text: str, name: str) -> None:
        self._act(name)
        self.spent_s += KEYSTROKE_S * len(text)
        where.fill(text)

    def _act(self, name: str) -> None:
        self.acts.append(name)
        self.spent_s += ACT_S


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    running = LoadedService(tmp_path / "service", demo=True).start()
    yield running
    running.stop()


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    context = browser.new_context(viewport=LAPTOP, base_url=service.url)
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def sign_in(who: Newcomer, once: str) -> None:
    page = who.page
    page.goto("/")
    who.read(page.locator("main").inner_text())
    who.type(page.get_by_label("Name"), "admin", "type the name")
    who.type(page.get_by_label("Password"), once, "type the one-time password")
    who.press(page.get_by_role("button", name="Sign in"), "Sign in")
    who.read(page.locator("main").inner_text())
    who.type(page.locator("input[name=current]"), once, "type the one-time password")
    who.type(page.locator("input[name=new]"), OWN_PASSWORD, "type an own password")
    who.type(page.locator("input[name=again]"), OWN_PASSWORD, "type it again")
    who.press(page.get_by_role("button", name="Save the password"), "Save the password")


def follow_tour(who: Newcomer) -> None:
    """Each step's words name what to press: the ringed thing, or a button by its name."""
    page = who.page
    tour = page.get_by_role("region", name="Guided tour")
    ringed = page.locator("[data-ringed]")

    def at(step: str) -> None:
        expect(page.locator(f"[data-tour={step}]")).to_be_visible()
        who.read(tour.locator("p").last.inner_text())

    at("offer")
    who.press(tour.get_by_role("button", name="Start the tour"), "Start the tour")
    at("room")
    who.press(tour.get_by_role("button", name="Next"), "Next")
    at("play")
    who.press(ringed, "Play")
    at("take")
    who.press(ringed, "Next candidate")
    at("look")
    who.read(page.locator(".item.selected").inner_text())
    who.press(ringed, "Play it again")
    who.watch(played_s(page))
    at("keep")
    who.press(ringed, "Keep and tag")
    at("strength")
    form = page.locator(".panel form.form")
    expect(form).to_have_attribute("data-ringed", "")
    who.read(" ".join(form.locator("label").all_inner_texts()))
    who.choose(form.get_by_label("What strength do you see?"), 1, "choose a strength")
    who.press(form.get_by_role("button", name="Save the moment"), "Save the moment")
    at("end")


def played_s(page: Page) -> float:
    """How long the selected candidate lasts, with the two seconds before and the one after that are played as well."""
    lasts = re.search(r", ([0-9.]+) s", page.locator(".item.selected").inner_text())
    assert lasts is not None
    return float(lasts.group(1)) + 3.0


def test_a_newcomer_keeps_and_tags_a_first_moment_in_three_minutes(page: Page, service: Service, shots: Path) -> None:
    who = Newcomer(page, shots)
    sign_in(who, service.one_time_password())
    who.read(page.locator("main").inner_text())
    who.press(page.get_by_role("link", name="Open the sample film"), "Open the sample film")
    before, before_s = len(who.acts), who.spent_s
    expect(page.locator(".item").first).to_be_visible(timeout=ANALYSIS_MS)
    follow_tour(who)
    page.screenshot(path=shots / "first-moment-end.png")
    page.reload()
    page.get_by_role("tab", name=re.compile("Moments")).click()
    expect(page.get_by_role("list", name="Tagged moments").get_by_role("listitem")).to_have_count(1)
    in_room, in_room_s = len(who.acts) - before, who.spent_s - before_s
    print(f"signing in: {before} acts, {before_s:.0f} s; in the room: {in_room} acts, {in_room_s:.0f} s")
    assert in_room_s < MOST_S, who.acts
    assert len(who.acts) <= MOST_ACTS, who.acts
