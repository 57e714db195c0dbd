"""Father and mother as equals: own films, own consents, own language, and words worded for each."""

from __future__ import annotations

import pytest
from app_site import Site, film_facts
from filled_store import TODAY, a_clip, some_bytes

from vfeed.practice.invitation import found_in, invitation_for
from vfeed.store.tables import Clip, Participant


@pytest.fixture
def father(site: Site) -> Participant:
    return site.store.families.add_participant(site.home.family.id, "adult", "Father", language="pl")


@pytest.fixture
def his_film(site: Site, father: Participant) -> Clip:
    """A film of the father and the child, in which the mother is not."""
    clip = a_clip(site.store, site.home, some_bytes(seed=7), film_facts())
    say(site, clip, f"{site.home.child.id} {father.id}")
    return clip


def say(site: Site, clip: Clip, seen: str) -> int:
    browser = site.signed_in("practitioner")
    return browser.post(f"/families/{site.home.family.id}/pairs", data={"clip": clip.id, "seen": seen}).status_code


def opens(site: Site, clip: Clip) -> bool:
    return bool(site.store.consents.decide(clip.id, "session"))


def test_a_second_carer_closes_films_of_everybody_until_it_is_said_who_is_in_them(
    site: Site, father: Participant
) -> None:
    assert not opens(site, site.clip)
    assert say(site, site.clip, f"{site.home.child.id} {site.home.caregiver.id}") == 302
    assert opens(site, site.clip)
    assert say(site, site.clip, "") == 302
    assert not opens(site, site.clip)
    assert "clip.people_said" in site.actions()


def test_each_pairs_film_opens_by_their_own_consents(site: Site, father: Participant, his_film: Clip) -> None:
    assert not opens(site, his_film)
    site.store.consents.give(father.id, "session", None, TODAY, None, "", "ann")
    assert opens(site, his_film)
    open_clips = {clip.id for clip in site.store.consents.open_to("session")}
    assert his_film.id in open_clips and site.clip.id in open_clips


def test_one_carers_no_leaves_the_other_pairs_film(site: Site, father: Participant, his_film: Clip) -> None:
    site.store.consents.give(father.id, "session", None, TODAY, None, "", "ann")
    hers = next(
        row
        for row in site.store.consents.for_family(site.home.family.id)
        if row.participant_id == site.home.caregiver.id and row.use == "session"
    )
    assert site.store.consents.withdraw(hers.id, "ann", "") == [site.clip.id]
    assert opens(site, his_film)
    childs = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == "session")
    with pytest.raises(Exception, match="withdrawn before"):
        site.store.consents.withdraw(hers.id, "ann", "")
    assert childs is not None


def test_a_withdrawal_names_beforehand_the_films_that_go_and_no_other_pairs(
    site: Site, father: Participant, his_film: Clip
) -> None:
    consents = site.store.consents.for_family(site.home.family.id)
    hers = next(row for row in consents if row.participant_id == site.home.caregiver.id and row.use == "session")
    browser = site.signed_in("practitioner")
    page = browser.get(f"/families/{site.home.family.id}/consents/{hers.id}/withdraw").text
    assert his_film.title == site.clip.title and page.count(f"The film “{site.clip.title}”") == 1


@pytest.mark.parametrize("who", ["child", "adult", "stranger"])
def test_a_pair_is_a_child_and_an_adult_of_the_family(site: Site, father: Participant, who: str) -> None:
    other = site.store.families.create("Wren")
    stranger = site.store.families.add_participant(other.id, "adult", "Somebody")
    seen = {
        "child": site.home.child.id,
        "adult": site.home.caregiver.id,
        "stranger": f"{site.home.child.id} {stranger.id}",
    }
    assert say(site, site.clip, seen[who]) == 422
    browser = site.signed_in("practitioner")
    assert browser.post(f"/families/{other.id}/pairs", data={"clip": site.clip.id, "seen": ""}).status_code == 404


def test_the_room_of_a_pair_begins_in_its_adults_language_with_the_interpreter_named(
    site: Site, father: Participant
) -> None:
    browser, here = site.signed_in("practitioner"), f"/families/{site.home.family.id}"
    say(site, site.clip, f"{site.home.child.id} {father.id}")
    site.store.consents.give(father.id, "session", None, TODAY, None, "", "ann")
    sent = {"person": father.id, "language": "pl", "interpreter": "Mrs K., Tuesdays"}
    assert browser.post(f"{here}/languages", data=sent).status_code == 302
    assert browser.post(f"{here}/languages", data={**sent, "language": "xx"}).status_code == 422
    assert browser.post(f"{here}/languages", data={**sent, "person": "nobody"}).status_code == 404
    site.put(f"reel:{site.reel_id}", b"film")
    page = browser.get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    assert '<option value="pl" selected>' in page and "Mrs K., Tuesdays" in page


def test_an_invitation_is_worded_for_each_and_its_words_are_looked_at(site: Site, father: Participant) -> None:
    browser, here = site.signed_in("practitioner"), f"/families/{site.home.family.id}/invitation"
    for adult, label in ((site.home.caregiver.id, "Mother"), (father.id, "Father")):
        page = browser.get(here, query_string={"to": adult}).text
        assert f"Invitation for {label}" in page and "Would you be willing" in page
        assert "No word that tells what somebody lacks" in page
    said = {"text": "You do not play enough; he ignores you."}
    page = browser.post(here, query_string={"to": father.id}, data=said).text
    assert "“ignores”" in page and "he ignores you." in page


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (invitation_for("Mum", "Robin"), []),
        ("She FAILED to look", ["FAILED"]),
        ("a problematic bad day", ["bad", "problematic"]),
        ("badge, poorly", []),
        ("", []),
    ],
)
def test_words_that_tell_what_somebody_lacks_are_found(text: str, words: list[str]) -> None:
    assert sorted(each.word for each in found_in(text)) == words


def test_own_words_for_the_parent_are_looked_at_before_the_screen_is_handed_over(site: Site) -> None:
    moment = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 5_000_000, "code_ref": "attentive", "note": ""}
    words = {**moment, "parent_words": "You did not look away."}
    site.store.events.append(site.clip.id, "pat", "moment_changed", words)
    site.put(f"reel:{site.reel_id}", b"film")
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    assert "The parent will read “did not”." in page


def test_the_strip_is_told_by_pair_and_for_all(site: Site, father: Participant, his_film: Clip) -> None:
    site.store.consents.give(father.id, "session", None, TODAY, None, "", "ann")
    say(site, site.clip, f"{site.home.child.id} {site.home.caregiver.id}")
    from vfeed.practice.sessions import ShownReel

    reel = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[reel])
    browser, here = site.signed_in("practitioner"), f"/families/{site.home.family.id}/story"
    none = "After the first shared review"
    assert none not in browser.get(here).text
    assert none not in browser.get(here, query_string={"with": site.home.caregiver.id}).text
    assert none in browser.get(here, query_string={"with": father.id}).text


def test_the_card_of_a_film_names_the_pair_in_it(site: Site, father: Participant, his_film: Clip) -> None:
    page = site.signed_in("practitioner").get(f"/families/{site.home.family.id}").text
    assert page.count(f"<li>with Father and {site.home.child.label}</li>") == 1
    assert "<li>with " not in page.replace(f"<li>with Father and {site.home.child.label}</li>", "")
