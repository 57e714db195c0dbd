"""The record of a shared review: the worker's own, and the parents' copy that holds nothing of it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from app_site import Site, put_stills
from filled_store import TODAY, agree
from pdf_reading import read_back

from vfeed.practice.library import shipped
from vfeed.practice.protocol import Pack
from vfeed.practice.sessions import ShownReel

OWN = "I let her find the words."
HEADINGS = {
    "helping_question": "Helping question",
    "shown": "What was shown",
    "working_point": "Working point",
    "next_date": "Next date",
}
KEPT_BACK = (OWN, "SECRET NOTE", "attentive", "Robin", "Playing", "First visit", "candidate", "%", "practitioner")


@pytest.fixture
def address(site: Site) -> str:
    """The address of a session with everything in it."""
    put_stills(site)
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    agree(site.store, site.home, "take_home")
    family = site.home.family.id
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    begun = site.store.sessions.begin(family, site.home.visit.id, "practitioner", held_on=TODAY, reels=[shown])
    for name, text in (("working_point", "I wait until he looks."), ("went_well", OWN)):
        site.store.sessions.append(family, begun.id, "practitioner", "words_set", {"name": name, "text": text})
    next_on = (TODAY + timedelta(days=14)).isoformat()
    site.store.sessions.append(family, begun.id, "pat", "day_set", {"name": "next_on", "day": next_on})
    return f"/families/{family}/sessions/{begun.id}/record"


def article(page: str) -> str:
    """The record itself, without the page around it."""
    return page.split("<article")[1].split("</article>")[0]


def test_the_workers_record_holds_everything(site: Site, address: str) -> None:
    browser = site.signed_in("practitioner")
    text = article(browser.get(f"{address}/own").text)
    for words in (
        "What helps Baby settle?",
        "He waited for me.",
        "I wait until he looks.",
        OWN,
        "SECRET NOTE",
        "Robin",
    ):
        assert words in text, words
    read = read_back(browser.get(f"{address}/own.pdf").data)
    assert OWN in read.texts[0]
    assert [piece.kind for piece in read.pieces].count("Figure") == 2


def test_the_parents_copy_holds_nothing_of_the_workers(site: Site, address: str) -> None:
    browser = site.signed_in("practitioner")
    text = article(browser.get(f"{address}/parents").text)
    content = browser.get(f"{address}/parents.pdf").data
    read = read_back(content)
    for words in ("What helps Baby settle?", "He waited for me.", "I wait until he looks."):
        assert words in text and words in " ".join(read.texts), words
    shown = re.sub(r"<[^>]+>", " ", text)
    for kept_back in KEPT_BACK:
        assert kept_back not in shown, kept_back
        assert kept_back not in " ".join([*read.texts, read.title, *read.outline, *(p.alt for p in read.pieces)])
    assert read.untagged == []
    assert all(piece.alt for piece in read.pieces if piece.kind == "Figure")


def test_page_and_pdf_say_the_same_in_the_same_order(site: Site, address: str) -> None:
    browser = site.signed_in("practitioner")
    for copy in ("own", "parents"):
        headings = re.findall(r"<h[12]>([^<]+)</h", article(browser.get(f"{address}/{copy}").text))
        assert read_back(browser.get(f"{address}/{copy}.pdf").data).outline == headings


def test_taking_a_record_out_is_written_down(site: Site, address: str) -> None:
    answer = site.signed_in("practitioner").get(f"{address}/parents.pdf")
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    newest = site.store.audit.list()[0]
    assert (newest.action, newest.object) == ("session.exported", site.home.family.id)
    assert newest.detail["path"].endswith("/parents.pdf")


def test_without_consent_no_picture_and_no_words_about_it_are_in_any_copy(site: Site, address: str) -> None:
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    browser = site.signed_in("practitioner")
    for copy in ("own", "parents"):
        page = article(browser.get(f"{address}/{copy}").text)
        assert "<img" not in page and "He waited for me." not in page
        read = read_back(browser.get(f"{address}/{copy}.pdf").data)
        assert "Figure" not in [piece.kind for piece in read.pieces]
        assert "I wait until he looks." in " ".join(read.texts)


@pytest.mark.parametrize("name", ["supervisor", "researcher", "administrator"])
def test_nobody_else_opens_a_record(site: Site, address: str, name: str) -> None:
    for copy in ("own", "parents", "own.pdf", "parents.pdf"):
        assert site.signed_in(name).get(f"{address}/{copy}").status_code == 403
    assert site.signed_in("practitioner").get(f"{address}/theirs").status_code == 404


@pytest.mark.parametrize("pack", [pack for pack in shipped().packs if pack.record], ids=lambda pack: pack.id)
def test_the_record_follows_the_programmes_pack_and_loses_nobodys_words(site: Site, address: str, pack: Pack) -> None:
    family = site.home.family.id
    site.store.programmes.append(family, "pat", "programme_chosen", {"pack": pack.id, "title": pack.title})
    text = article(site.signed_in("practitioner").get(f"{address}/own").text)
    found = {part: text.find(f">{heading}") for part, heading in HEADINGS.items()}
    if pack.plan is not None and "plan" in pack.record:
        found["plan"] = text.find("Where we are")
        assert "comes next" in text
    named = [found[part] for part in pack.record if part in found]
    assert named == sorted(named) and -1 not in found.values()
    for words in ("He waited for me.", "I wait until he looks.", OWN):
        assert words in text, words


def test_the_record_holds_the_forms_of_its_session(site: Site, address: str) -> None:
    family, session_id = site.home.family.id, address.split("/")[-2]
    site.store.programmes.append(family, "pat", "programme_chosen", {"pack": "infant_massage", "title": "Massage"})
    form = site.store.packs.get("infant_massage").forms[0]
    sheet = site.store.sheets.begin(family, "pat", "infant_massage", form.id, session_id=session_id)
    item = next(each for each in form.items if each.filling == "choice")
    payload = {"item": item.id, "text": form.answers[0].id}
    site.store.sheets.append(family, sheet.id, "pat", "answered", payload)
    text = article(site.signed_in("practitioner").get(f"{address}/own").text)
    assert f"{item.label}: {form.answers[0].label}" in html.unescape(text)
    assert item.label not in html.unescape(article(site.signed_in("practitioner").get(f"{address}/parents").text))
