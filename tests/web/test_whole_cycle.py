"""A whole cycle in a real Chromium, for VIG and for VIPP-SD: from the family's question to the next date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe import violations
from family_entry import new_family, unfold, upload
from pdf_reading import read_back
from playwright.sync_api import Locator, Page, expect
from sample_analysis import small_stretch
from service import LAPTOP, OWN_PASSWORD, SAMPLES, TABLET

pytestmark = pytest.mark.browser

ANALYSIS_MS = 180_000
REEL_MS = 90_000
MOST_ACTS = 12
SAID = "She looks up and finds me."
COMMENT = "Private: see how he waits for her."
POINT = "I want to wait for her eyes."
FOR_WORKERS = re.compile(r"candidate|confidence|likely|gaze|looking away|Private|\d+ ?%", re.IGNORECASE)


@dataclass(frozen=True)
class Way:
    """How a programme's cycle is seen: the plan's next session, a question of its own, its record; with which film."""

    programme: str
    before: tuple[str, ...]
    question: str
    parts: tuple[str, ...]
    film: Callable[[], bytes]


WAYS = {
    "vig": Way(
        "Video Interaction Guidance (VIG)",
        ("Agree on a helping question", "Film", "Choose up to three moments"),
        "What do you see here?",
        ("What was shown", "Working point, in the parent’s words", "Next date", "Where we are"),
        # Two contacts, and what is none.
        lambda: small_stretch("side_view_man", 15),
    ),
    "vipp_sd": Way(
        "VIPP-SD",
        ("Visit 1",),
        "What might your child be thinking?",
        ("Where we are", "What was shown", "Working point, in the parent’s words", "Next date"),
        (SAMPLES / "home_toy.mp4").read_bytes,
    ),
}


@dataclass
class Hand:
    """Counts what a person does by hand."""

    acts: list[str] = field(default_factory=list)

    def press(self, what: Locator, name: str) -> None:
        self.acts.append(name)
        what.click()

    def type(self, where: Locator, text: str, name: str) -> None:
        self.acts.append(name)
        where.fill(text)


def follow(page: Page, way: Way) -> None:
    """The family follows the programme, and what comes before this visit is done."""
    section = page.locator("#programme")
    unfold(page, "Choose a programme")
    section.get_by_label("Programme", exact=True).select_option(label=way.programme)
    section.get_by_role("button", name="Follow this").click()
    for title in way.before:
        expect(section.locator(".plan-line--next")).to_contain_text(title)
        section.locator(".plan-line--next").get_by_role("button", name=re.compile("^Tick")).click()


def decide(page: Page) -> None:
    """Keeps every contact and refuses the rest; each decision leads on to what is still to decide."""
    chosen, tally = page.locator(".item.selected"), page.locator("[data-tally]")
    expect(page.locator(".item").first).to_be_visible(timeout=ANALYSIS_MS)
    page.keyboard.press("n")
    for left in range(page.locator(".item").count(), 0, -1):
        expect(tally).to_contain_text(f"{left} to decide")
        expect(chosen).to_have_class(re.compile("item--open"))
        page.keyboard.press("y" if "Gaze contact" in chosen.inner_text() else "x")
    expect(tally).to_contain_text("All are decided")


def ready(page: Page, hand: Hand, shots: Path, name: str) -> None:
    """From the decided clip to a film of moments with its plan, ready to be shown."""
    hand.press(page.get_by_role("link", name="Choose moments to show"), "Choose moments to show")
    page.wait_for_url("**/reels/new**")
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    hand.press(page.get_by_role("button", name="Suggest moments"), "Suggest moments")
    expect(page.get_by_role("checkbox", checked=True).first).to_be_visible()
    assert violations(page) == []
    page.screenshot(path=shots / f"cycle-{name}-builder.png", full_page=True)
    hand.type(page.get_by_label(re.compile("Title, shown to the parent")), "Finding each other", "Title")
    hand.press(page.get_by_role("button", name="Make the film"), "Make the film")
    expect(page.get_by_role("button", name=re.compile("Show (it )?to the parent"))).to_be_visible(timeout=REEL_MS)


def add_pause(page: Page, question: str) -> None:
    page.get_by_role("link", name=re.compile("add a pause with a question")).click()
    expect(page.locator("form[data-ready=true]")).to_be_visible()
    page.get_by_role("button", name="Pause here and ask").first.click()
    asked = page.get_by_label(re.compile("^Question 1")).first
    offered = page.locator("datalist option").evaluate_all("options => options.map((each) => each.value)")
    assert question in offered, "the programme's own questions are offered"
    asked.fill(question)
    page.get_by_label(re.compile("^Pause 1, for you alone")).first.fill(COMMENT)
    page.get_by_label("Show it once more, slowly").first.check()
    page.get_by_role("button", name="Make the film").click()
    expect(page.get_by_role("button", name=re.compile("Show (it )?to the parent"))).to_be_visible(timeout=REEL_MS)


def look_together(page: Page, question: str) -> None:
    """The parent watches, answers at the pause, marks a moment, and the worker leaves the room."""
    page.get_by_role("button", name=re.compile("Show (it )?to the parent")).click()
    page.get_by_role("button", name="Start").click()
    expect(page.locator("video")).to_have_js_property("readyState", 4, timeout=20_000)
    page.get_by_role("button", name="Play").first.click()
    expect(page.get_by_text(question)).to_be_visible(timeout=20_000)
    words = page.get_by_role("textbox").first
    words.fill(SAID)
    words.blur()
    expect(page.get_by_text("Kept", exact=True)).to_be_visible()
    page.get_by_role("button", name="I want to talk about this").click()
    assert not FOR_WORKERS.search(page.locator("body").inner_text())
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("link", name=re.compile("For the worker")).click()
    page.get_by_label("Password").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Leave the parent view").click()
    page.wait_for_url("**/reels/**")


def write_up(page: Page) -> None:
    page.get_by_role("button", name="Write up the shared review").click()
    expect(page.locator("[data-ready=true]")).to_be_visible()
    expect(page.get_by_text(SAID)).to_be_visible()
    page.get_by_label("Working point").fill(POINT)
    page.get_by_label("Next date").fill((date.today() + timedelta(days=14)).isoformat())
    page.get_by_label("What went well").fill("Private: I held my tongue.")
    page.get_by_label("What went well").blur()
    expect(page.get_by_role("status").first).to_have_text("Kept.")


@pytest.mark.parametrize("name", WAYS)
def test_a_whole_cycle(page: Page, shots: Path, name: str, tmp_path: Path) -> None:
    way, hand = WAYS[name], Hand()
    film = tmp_path / "at-play.mp4"
    film.write_bytes(way.film())
    new_family(page, ("session", "take_home"))
    family = page.url
    follow(page, way)
    upload(page, film)
    decide(page)
    ready(page, hand, shots, name)
    print(f"{name}: {len(hand.acts)} acts from the decided clip to the ready session: {hand.acts}")
    assert len(hand.acts) <= MOST_ACTS

    add_pause(page, way.question)
    reel = page.url
    page.get_by_role("link", name="Print or save the plan").click()
    page.wait_for_url("**/plan")
    for words in (way.question, COMMENT, "Then it is shown once more, slowly.", "For the working point"):
        expect(page.get_by_text(words).first).to_be_visible()
    assert violations(page) == []
    page.screenshot(path=shots / f"cycle-{name}-plan.png", full_page=True)
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save as PDF").click()
    assert way.question in " ".join(read_back(Path(saved.value.path()).read_bytes()).words)

    page.goto(reel)
    page.set_viewport_size(TABLET)
    look_together(page, way.question)
    page.set_viewport_size(LAPTOP)
    write_up(page)
    session = page.url
    page.get_by_role("link", name="Print or save the record").click()
    page.wait_for_url("**/record/own")
    headings = page.get_by_role("heading", level=2).all_inner_texts()
    found = [next(at for at, each in enumerate(headings) if each.startswith(part)) for part in way.parts]
    assert found == sorted(found), headings
    page.get_by_role("link", name="The parents’ copy").click()
    page.wait_for_url("**/record/parents")
    expect(page.get_by_text(POINT)).to_be_visible()
    assert not FOR_WORKERS.search(page.locator("article").inner_text())

    page.goto(session)
    page.get_by_role("link", name="To take home").click()
    page.get_by_role("button", name="Make the file").click()
    expect(page.locator("code.secret")).to_be_visible()

    page.goto(f"{family}#programme")
    page.locator(".plan-line--next").get_by_role("button", name=re.compile("^Tick")).click()
    page.get_by_role("link", name=re.compile("^The whole story")).click()
    expect(page.get_by_text(SAID)).to_be_visible()
    expect(page.get_by_text(POINT)).to_be_visible()
    page.screenshot(path=shots / f"cycle-{name}-story.png", full_page=True)
