"""Every own text that goes to a family is looked at for words of lack, and none is refused."""

from __future__ import annotations

import pytest
from app_site import Site
from filled_store import TODAY, agree

from vfeed.practice.sessions import ShownReel

LACK = "He never looks at me: what a problem."
SAYS = "The parent will read “never”."


@pytest.fixture
def session(site: Site) -> str:
    """Where a shared review of the family lies, of which moments may go home."""
    agree(site.store, site.home, "take_home")
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    record = site.store.sessions.begin(site.home.family.id, None, "practitioner", held_on=TODAY, reels=[shown])
    return record.id


def here(site: Site, session: str) -> str:
    return f"/families/{site.home.family.id}/sessions/{session}"


@pytest.mark.parametrize("name", ["helping_question", "working_point"])
def test_what_goes_home_of_a_record_is_looked_at(site: Site, session: str, name: str) -> None:
    browser = site.signed_in("practitioner")
    pages = [f"{here(site, session)}/take-home", f"{here(site, session)}/record/parents"]
    assert [SAYS in browser.get(page).text for page in pages] == [False, False]
    step = {"name": name, "text": LACK}
    site.store.sessions.append(site.home.family.id, session, "practitioner", "words_set", step)
    assert [SAYS in browser.get(page).text for page in pages] == [True, True]
    assert SAYS not in browser.get(f"{here(site, session)}/record/own").text
    site.put(f"reel:{site.reel_id}", b"film")
    assert SAYS in browser.get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text


def test_what_a_parent_said_of_a_moment_is_theirs_to_word(site: Site, session: str) -> None:
    said = {"moment_id": "m1", "text": "I never saw that before."}
    site.store.events.append(site.clip.id, "pat", "words_written", said)
    page = site.signed_in("practitioner").get(f"{here(site, session)}/record/parents").text
    assert "I never saw that before." in page and SAYS not in page


def test_the_helping_question_of_a_visit_is_looked_at_and_kept_as_it_is(site: Site) -> None:
    browser, family = site.signed_in("practitioner"), site.home.family.id
    sent = {"day": TODAY.isoformat(), "title": "Second", "helping_question": LACK}
    page = browser.post(f"/families/{family}/visits", data=sent, follow_redirects=True).text
    assert SAYS in page and "“problem”" in page
    assert site.store.families.visits(family)[-1].helping_question == LACK


def test_the_sentences_of_an_own_code_set_are_looked_at(site: Site) -> None:
    browser = site.signed_in("practitioner")
    row = {"code_label": "Waits", "code_part": "parent", "code_timing": "interval", "code_parent_words": LACK}
    rest = dict.fromkeys(("code_heading", "code_key", "code_id", "code_group", "code_colour", "code_shape"), "")
    sent = {"title": "Ours", "owner": "us", "about": "", **row, **rest}
    assert SAYS in browser.post("/codes/new", data=sent, follow_redirects=True).text
    assert len(site.store.packs.versions()) == 1
