"""The pages before something is destroyed for good: what goes, what stays, what is done no longer."""

from __future__ import annotations

from typing import get_args

import pytest
from app_site import Site, a_reviewed_clip, end_consent, put_stills, reached_at
from filled_store import TODAY, a_clip, agree
from flask.testing import FlaskClient

from vfeed.practice.consent import Use
from vfeed.practice.sessions import ShownReel

NOT_CALLED_BACK = "Files that were handed out before cannot be called back."


def withdrawing(site: Site, use: str) -> str:
    """The address at which the first consent to this use is withdrawn."""
    agree(site.store, site.home, use)
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == use)
    return f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"


def places(site: Site) -> dict[str, str]:
    """The three pages after which a film cannot be brought back."""
    return {
        "withdraw": withdrawing(site, "session"),
        "destroy": f"/clips/{site.clip.id}/destroy",
        "erase": f"/families/{site.home.family.id}/erase",
    }


@pytest.mark.parametrize("place", ["withdraw", "destroy", "erase"])
def test_each_says_when_backups_are_bound_by_it_and_that_what_was_handed_out_stays_out(site: Site, place: str) -> None:
    page = site.signed_in("practitioner").get(places(site)[place]).text
    assert "Nobody can bring this back." in page
    assert "Once the next backup is made, backups of vfeed cannot open" in page
    assert "made by hand must be destroyed by hand" in page
    assert "What stays" in page and NOT_CALLED_BACK in page


@pytest.mark.parametrize("place", ["withdraw", "destroy", "erase"])
def test_whoever_did_not_tick_is_led_to_the_box_and_told_there(site: Site, place: str) -> None:
    page = site.signed_in("practitioner").post(places(site)[place], data={"understood": ""}).text
    box = page[page.index('<input aria-describedby="understood-error"') :].partition(">")[0]
    assert 'aria-invalid="true"' in box and "autofocus" in box and 'type="checkbox"' in box
    assert 'id="understood-error"' in page


@pytest.mark.parametrize("use", get_args(Use))
def test_each_withdrawal_says_what_is_done_no_longer_in_words_of_its_own(site: Site, use: str) -> None:
    words = {
        "session": "The film “",
        "voice": "no voice was recorded. From now on none is recorded.",
        "take_home": f"links to take home show them no longer. {NOT_CALLED_BACK}",
        "session_film": "From now on no film of one can be added.",
        "supervision": "no supervisor sees the films that this covers, also where they are shared already.",
        "training": "nobody sees the films that this covers to learn from them",
        "research": "every coding of them in studies is deleted",
    }
    assert words[use] in site.signed_in("practitioner").get(withdrawing(site, use)).text


def test_several_films_are_told_of_as_several(site: Site) -> None:
    browser, address = site.signed_in("practitioner"), withdrawing(site, "session")
    assert "measurement made from it" in browser.get(address).text
    a_clip(site.store, site.home, b"another film")
    page = browser.get(address).text
    assert "measurement made from them" in page and "comments of colleagues about them" in page


@pytest.mark.parametrize(("use", "words"), [("session", "1 film is destroyed."), ("research", "")])
def test_what_was_destroyed_is_said_afterwards(site: Site, use: str, words: str) -> None:
    browser = site.signed_in("practitioner")
    page = browser.post(withdrawing(site, use), data={"understood": "y"}, follow_redirects=True).text
    assert f"is withdrawn. {words}" in page if words else "is withdrawn.</div>" in page


TO_TICK = ("Tick the films of moments", "tick on the record")


@pytest.fixture
def record(site: Site) -> str:
    """The address of the record of a shared review at which one film was looked at."""
    put_stills(site)
    site.put(f"reel:{site.reel_id}", b"the film of moments")
    return begun(site, ShownReel(clip_id=site.clip.id, reel_id=site.reel_id))


def begun(site: Site, *reels: ShownReel) -> str:
    home = site.home
    row = site.store.sessions.begin(home.family.id, home.visit.id, "practitioner", held_on=TODAY, reels=reels)
    return f"/families/{home.family.id}/sessions/{row.id}"


def withdrawn(site: Site, use: str) -> FlaskClient:
    """The worker's browser, once somebody has withdrawn this consent."""
    browser = site.signed_in("practitioner")
    assert browser.post(withdrawing(site, use), data={"understood": "y"}).status_code == 302
    return browser


def test_the_record_of_films_that_were_destroyed_says_so_and_asks_nobody_to_tick(site: Site, record: str) -> None:
    browser = withdrawn(site, "session")
    for page in (record, f"{record}/supervision"):
        text = browser.get(page).text
        assert "Every film of this shared review was destroyed." in text
        assert not any(words in text for words in TO_TICK)
    after = browser.get(begun(site)).text
    assert "There is no film of moments to look at together." in after and TO_TICK[0] not in after
    assert "No film here." in browser.get(f"/families/{site.home.family.id}").text


def test_of_several_films_the_record_says_how_many_are_gone_and_shows_the_others(site: Site, record: str) -> None:
    other = a_reviewed_clip(site.store, site.home, b"another film")
    both = begun(site, *(ShownReel(clip_id=each, reel_id="reel-1") for each in (site.clip.id, other.id)))
    site.store.clips.erase(other.id, "practitioner")
    text = site.signed_in("practitioner").get(both).text
    assert "1 film that you looked at was destroyed." in text and text.count("<li>\n          <img") == 2


@pytest.mark.parametrize("how", ["missing", "run out"])
def test_the_record_of_films_that_are_shut_says_why(site: Site, record: str, how: str) -> None:
    end_consent(site, "session", how)
    browser = site.signed_in("practitioner")
    for page in (record, f"{record}/supervision"):
        text = browser.get(page).text
        assert site.store.consents.decide(site.clip.id, "session").reason in text
        assert not any(words in text for words in TO_TICK)


def test_the_record_of_a_film_of_moments_that_was_taken_back_says_so(site: Site, record: str) -> None:
    site.store.events.undo(site.clip.id, "pat")
    text = site.signed_in("practitioner").get(record).text
    assert "A film of moments that you looked at was taken back." in text and TO_TICK[0] not in text


@pytest.mark.parametrize("use", ["supervision", "training", "research", "voice", "session_film", "take_home"])
def test_what_else_is_withdrawn_leaves_the_record_as_it_was(site: Site, record: str, use: str) -> None:
    text = withdrawn(site, use).get(record).text
    assert text.count("You were watching and waiting") == 4 and "destroyed" not in text


def test_a_link_that_shows_nothing_any_more_is_told_so(site: Site, record: str) -> None:
    reached_at(site, "https://vfeed.example.org")
    agree(site.store, site.home, "take_home")
    browser = site.signed_in("practitioner")
    assert browser.post(f"{record}/take-home/links", data={"days": "7"}).status_code == 200
    assert "open until" in browser.get(f"{record}/take-home").text
    text = withdrawn(site, "take_home").get(f"{record}/take-home").text
    assert "it shows nothing now, and closes on" in text and "open until" not in text


def test_once_films_of_the_review_itself_are_destroyed_none_is_awaited(site: Site, record: str) -> None:
    assert "No film of this review is here." in withdrawn(site, "session_film").get(f"{record}/film").text


def test_the_familys_page_says_what_was_withdrawn_and_does_not_ask_for_it_as_if_it_were_missing(site: Site) -> None:
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}"
    for row in site.store.consents.for_family(site.home.family.id):
        if row.use == "session" and row.participant_id == site.home.caregiver.id:
            site.store.consents.withdraw(row.id, "pat", "")
    head = browser.get(address).text.partition('class="columns"')[0]
    assert "was withdrawn (Mother, " in head and "How long it is kept" in head
    assert "Write down the consents" not in head and "button--primary" not in head
    site.store.consents.give(site.home.caregiver.id, "session", None, TODAY, None, "", "pat")
    assert "was withdrawn" not in browser.get(address).text.partition('class="columns"')[0]
    end_consent(site, "session", "missing")
    assert "Write down the consents" in browser.get(address).text, "nobody took anything back"
