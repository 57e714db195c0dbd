"""What was typed of a family can be corrected, and what was added by mistake goes again."""

from __future__ import annotations

from typing import Any

import pytest
from app_site import Site, an_account
from filled_store import TODAY, a_clip, a_home
from flask.testing import FlaskClient

from vfeed.store.tables import Participant

NO_FILM = {"in_no_film": "1"}


@pytest.fixture
def browser(site: Site) -> FlaskClient:
    return site.signed_in("practitioner")


def of(site: Site, what: str) -> str:
    return f"/families/{site.home.family.id}/{what}"


def people(site: Site) -> dict[str, Participant]:
    return {each.label: each for each in site.store.families.participants(site.home.family.id)}


def test_a_real_name_typed_by_mistake_is_replaced_everywhere(site: Site, browser: FlaskClient) -> None:
    home = site.home
    child, adult = of(site, f"people/{home.child.id}"), of(site, f"people/{home.caregiver.id}")
    visit = of(site, f"visits/{home.visit.id}")
    sent: list[tuple[str, dict[str, Any]]] = [
        (of(site, "name"), {"code_name": "Kite"}),
        (child, {"label": "Little one", "birth_month": "2025-12"}),
        (adult, {"label": "Mum", "relation": "mother"}),
        (visit, {"day": "2026-01-02", "title": "At home", "helping_question": "When do we play?"}),
    ]
    page = browser.get(f"/families/{home.family.id}").text
    for address, data in sent:
        assert f'href="{address}"' in page
        assert browser.get(address).status_code == 200
        assert browser.post(address, data=data).status_code == 302
    page = browser.get(f"/families/{home.family.id}").text
    for words in ("Kite", "Little one", "Mum", "At home", "2 January 2026", "When do we play?"):
        assert words in page
    for words in ("Robin", "First visit", "What helps Baby settle?"):
        assert words not in page
    assert set(people(site)) == {"Little one", "Mum"}
    done = {"family.renamed", "family.person_corrected", "family.visit_corrected"}
    assert done <= set(site.actions())


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("name", {"code_name": " "}),
        ("name", {"code_name": "Taken"}),
        ("people/{child}", {"label": ""}),
        ("people/{child}", {"label": "Baby", "birth_month": "2026-13"}),
        ("visits/{visit}", {"day": "2999-01-01", "title": "First visit"}),
        ("visits/{visit}", {"day": "2026-01-02", "title": ""}),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_changes(
    site: Site, browser: FlaskClient, what: str, data: dict[str, str]
) -> None:
    site.store.families.create("Taken")
    before = site.actions()
    answer = browser.post(of(site, what.format(child=site.home.child.id, visit=site.home.visit.id)), data=data)
    assert answer.status_code == 422 and "field-error" in answer.text
    assert site.actions() == before


def test_somebody_added_by_mistake_goes_and_films_open_again(site: Site, browser: FlaskClient) -> None:
    twice = site.store.families.add_participant(site.home.family.id, "adult", "Mother again")
    assert not site.store.consents.decide(site.clip.id, "session")
    answer = browser.post(of(site, f"people/{twice.id}/remove"), follow_redirects=True)
    assert "nobody said that this person is in none of them" in answer.text and "Mother again" in people(site)
    assert not site.store.consents.decide(site.clip.id, "session")
    page = browser.get(of(site, f"people/{twice.id}")).text
    assert "Mother again is neither seen nor heard in any film of this family." in page
    assert browser.post(of(site, f"people/{twice.id}/remove"), data=NO_FILM).status_code == 302
    assert "Mother again" not in people(site)
    assert site.store.consents.decide(site.clip.id, "session")
    assert "family.person_removed" in site.actions()


@pytest.mark.parametrize("label", ["Baby", "Mother"])
def test_no_film_opens_by_taking_out_the_only_child_or_adult_it_can_show(
    site: Site, browser: FlaskClient, label: str
) -> None:
    new = a_home(site.store, "Wren")
    clip = a_clip(site.store, new, b"another film")
    others = [each for each in (new.child, new.caregiver) if each.label != label]
    site.store.consents.give(others[0].id, "session", None, TODAY, None, "", "ann")
    only = next(each for each in (new.child, new.caregiver) if each.label == label)
    answer = browser.post(f"/families/{new.family.id}/people/{only.id}/remove", data=NO_FILM, follow_redirects=True)
    assert "there is no other, so the person stays" in answer.text
    assert not site.store.consents.decide(clip.id, "session")


def test_a_no_is_written_down_and_stays_and_a_yes_may_follow(site: Site, browser: FlaskClient) -> None:
    father = site.store.families.add_participant(site.home.family.id, "adult", "Father")
    sent = {"participant": father.id, "use": "session", "said_on": TODAY.isoformat(), "note": "By telephone"}
    page = browser.post(of(site, "consents/refused"), data=sent, follow_redirects=True).text
    assert "The “no” is written down." in page and "Said no on" in page and "was withdrawn (" not in page
    assert "Said no to “Watching together”: Father. Films stay closed." in page
    assert "Write down the consents" not in page
    reason = site.store.consents.decide(site.clip.id, "session").reason
    assert reason == "Father said no to watching the films together."
    assert "consent.refused" in site.actions() and "clip.erased" not in site.actions()
    site.store.consents.give(father.id, "session", None, TODAY, None, "", "ann")
    assert site.store.consents.decide(site.clip.id, "session")
    answer = browser.post(of(site, "consents/refused"), data=sent)
    assert answer.status_code == 409 and "agreed to watching the films together before" in answer.text
    assert site.store.consents.decide(site.clip.id, "session")


@pytest.mark.parametrize("wrong", [{"participant": "x"}, {"use": "x"}, {"said_on": "2999-01-01"}, {"said_on": ""}])
def test_a_no_that_does_not_fit_is_said_at_its_field(site: Site, browser: FlaskClient, wrong: dict[str, str]) -> None:
    sent = {"participant": site.home.child.id, "use": "training", "said_on": TODAY.isoformat()} | wrong
    answer = browser.post(of(site, "consents/refused"), data=sent)
    assert answer.status_code == 422 and "field-error" in answer.text
    assert "consent.refused" not in site.actions()


@pytest.mark.parametrize("why", ["consented", "withdrew", "said no", "is in a film"])
def test_nobody_goes_with_whom_something_was_agreed(site: Site, browser: FlaskClient, why: str) -> None:
    father = site.store.families.add_participant(site.home.family.id, "adult", "Father")
    if why == "is in a film":
        site.store.clips.set_seen(site.clip.id, [site.home.child.id, father.id], "ann")
    elif why == "said no":
        site.store.consents.refuse(father.id, "session", TODAY, "", "ann")
    else:
        consent = site.store.consents.give(father.id, "research", None, TODAY, None, "", "ann")
        if why == "withdrew":
            site.store.consents.withdraw(consent.id, "ann", "")
    answer = browser.post(of(site, f"people/{father.id}/remove"), data=NO_FILM, follow_redirects=True)
    assert "so the person stays" in answer.text
    assert "Father" in people(site) and "family.person_removed" not in site.actions()


def test_a_visit_goes_while_nothing_belongs_to_it(site: Site, browser: FlaskClient) -> None:
    empty = site.store.families.add_visit(site.home.family.id, TODAY, "By mistake")
    assert browser.post(of(site, f"visits/{empty.id}/remove")).status_code == 302
    answer = browser.post(of(site, f"visits/{site.home.visit.id}/remove"), follow_redirects=True)
    assert "so it stays" in answer.text
    assert [each.title for each in site.store.families.visits(site.home.family.id)] == ["First visit"]


def test_nothing_of_another_family_is_reached_by_this_ones_address(site: Site, browser: FlaskClient) -> None:
    other = site.store.families.create("Other")
    someone = site.store.families.add_participant(other.id, "adult", "Somebody")
    visit = site.store.families.add_visit(other.id, TODAY, "Elsewhere")
    for what in (
        f"people/{someone.id}",
        f"people/{someone.id}/remove",
        f"visits/{visit.id}",
        f"visits/{visit.id}/remove",
    ):
        assert browser.post(of(site, what), data={"label": "x", "day": "2026-01-02", "title": "x"}).status_code == 404
    an_account(site.store, "watcher", "supervisor")
    assert site.signed_in("watcher").post(of(site, "name"), data={"code_name": "x"}).status_code == 403
