"""Groups on their pages: nobody else opens them, and no film opens there without everybody's yes to that session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from served import Site, an_account, end_consent
from stored import TODAY, a_home

from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store.group_tables import GroupFilm
from vfeed.store.tables import Family

ANN = Actor("practitioner", frozenset({"practitioner"}))


class Room:
    """A group with one family, one session today and one film meant for it."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.work = Services(site.store).groups
        self.group = self.work.make(ANN, "Tuesday class", "infant_massage").id
        self.work.join(ANN, self.group, site.home.family.id)
        self.meeting = self.work.add_meeting(ANN, self.group, "Session 1", TODAY, ["practitioner"])
        site.put(f"reel:{site.reel_id}", b"moments")
        self.work.choose_film(ANN, self.group, self.meeting, site.clip.id, site.reel_id)
        self.film = self.work.meeting(ANN, self.group, self.meeting).films[0].film.id
        self.address = f"/groups/{self.group}/sessions/{self.meeting}"

    def agree(self, *, agreed: bool = True) -> None:
        for person in (self.site.home.child, self.site.home.adult):
            self.work.consent(ANN, self.group, self.meeting, person.id, agreed=agreed)

    def watched(self, browser: FlaskClient) -> int:
        return browser.get(f"{self.address}/films/{self.film}", buffered=True).status_code


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def test_without_everybodys_yes_to_this_session_no_film_opens(site: Site, room: Room) -> None:
    browser = site.signed_in("practitioner")
    assert room.watched(browser) == 403
    assert "<video" not in browser.get(f"{room.address}/room").text
    browser.post(f"{room.address}/consent", data={"person": site.home.child.id, "agreed": "yes"})
    assert room.watched(browser) == 403
    browser.post(f"{room.address}/consent", data={"person": site.home.adult.id, "agreed": "yes"})
    assert room.watched(browser) == 200
    page = browser.get(f"{room.address}/room").text
    assert "<video" in page and "Robin" not in page and site.clip.title not in page
    assert "group.shown" in site.actions()
    browser.post(f"{room.address}/consent", data={"person": site.home.adult.id})
    assert room.watched(browser) == 403


def test_a_yes_is_to_one_session_of_one_group(site: Site, room: Room) -> None:
    room.agree()
    later = room.work.add_meeting(ANN, room.group, "Session 2", TODAY, ["practitioner"])
    room.work.choose_film(ANN, room.group, later, site.clip.id, site.reel_id)
    other = room.work.make(ANN, "Thursday class").id
    there = room.work.add_meeting(ANN, other, "Session 1", TODAY, ["practitioner"])
    browser = site.signed_in("practitioner")
    film = room.work.meeting(ANN, room.group, later).films[0].film.id
    assert browser.get(f"/groups/{room.group}/sessions/{later}/films/{film}").status_code == 403
    assert browser.get(f"/groups/{other}/sessions/{there}/films/{room.film}").status_code == 404
    assert browser.get(f"/groups/{other}/sessions/{room.meeting}/films/{room.film}").status_code == 404
    with pytest.raises(Exception, match="cannot be shown"):
        room.work.choose_film(ANN, other, there, site.clip.id, site.reel_id)


@pytest.mark.parametrize("what", ["left", "run out", "another day", "led by another", "a third person", "destroyed"])
def test_what_changes_closes_the_film_at_once(site: Site, room: Room, what: str) -> None:
    room.agree()
    browser = site.signed_in("practitioner")
    assert room.watched(browser) == 200
    if what == "left":
        browser.post(f"/groups/{room.group}/families/leave", data={"family": site.home.family.id})
    elif what == "run out":
        end_consent(site, "session", "run out")
    elif what == "another day":
        with site.store.database.write() as session:
            session.merge(site.store.groups.meeting(room.group, room.meeting)).held_on = TODAY - timedelta(days=1)
    elif what == "led by another":
        an_account(site.store, "colleague", "practitioner")
        room.work.add_leader(ANN, room.group, "colleague")
        room.work.keep(ANN, room.group, room.meeting, ["colleague"], {})
    elif what == "a third person":
        site.store.families.add_participant(site.home.family.id, "adult", "Father")
    else:
        site.store.clips.forget(site.clip.id, "pat")
    assert room.watched(browser) in {403, 404}
    assert "<video" not in browser.get(f"{room.address}/room").text


def test_a_group_opens_to_those_who_lead_it_alone(site: Site, room: Room) -> None:
    an_account(site.store, "colleague", "practitioner")
    room.agree()
    stranger = site.signed_in("colleague")
    for rule in site.app.url_map.iter_rules():
        if not (rule.endpoint.startswith("groups.") and "group_id" in rule.arguments):
            continue
        values = {"group_id": room.group, "meeting_id": room.meeting, "group_film_id": room.film}
        address = site.app.url_map.bind("localhost").build(rule.endpoint, {n: values[n] for n in rule.arguments})
        for method in (rule.methods or set()) & {"GET", "POST"}:
            sent = {"held_on": TODAY.isoformat(), "led_by": ["practitioner"], "title": "Mine"}
            answer = stranger.open(address, method=method, data=sent)
            assert answer.status_code == 403, (method, address)
    assert len(room.work.read(ANN, room.group).meetings) == 1
    room.work.add_leader(ANN, room.group, "colleague")
    assert stranger.get(f"/groups/{room.group}").status_code == 200
    assert room.watched(stranger) == 403


def test_a_leader_writes_down_the_yes_of_own_families_alone(site: Site, room: Room) -> None:
    an_account(site.store, "colleague", "practitioner")
    room.work.add_leader(ANN, room.group, "colleague")
    with site.store.database.write() as session:
        session.get_one(Family, site.home.family.id).created_by = "practitioner"
    theirs = site.signed_in("colleague")
    sent = {"person": site.home.child.id, "agreed": "yes"}
    assert theirs.post(f"{room.address}/consent", data=sent).status_code == 403
    assert theirs.post(f"{room.address}/films", data={"film": f"{site.clip.id}/{site.reel_id}"}).status_code == 403
    assert site.store.groups.agreed(room.meeting) == frozenset()


def test_a_full_group_takes_nobody_else_and_attendance_is_kept(site: Site, room: Room) -> None:
    small = room.work.make(ANN, "Small", most_pairs=1).id
    room.work.join(ANN, small, site.home.family.id)
    second = a_home(site.store, "Wren").family.id
    browser = site.signed_in("practitioner")
    assert browser.post(f"/groups/{small}/families", data={"family": second}).status_code == 409
    sent = {"led_by": "practitioner", f"came-{site.home.family.id}": "part"}
    assert browser.post(room.address, data=sent).status_code == 302
    assert "part of the time" in browser.get(f"/groups/{room.group}").text
    assert browser.post(room.address, data={**sent, f"came-{second}": "came"}).status_code == 422
    assert browser.post(room.address, data={"led_by": "nobody"}).status_code == 422
    assert browser.post(f"/groups/{room.group}/sessions", data={"title": "x", "held_on": "soon"}).status_code == 422
    assert browser.post("/groups", data={"title": "Tuesday class"}).status_code == 409


def test_the_published_table_is_entered_and_read_back(site: Site, room: Room) -> None:
    browser = site.signed_in("practitioner")
    totals = (5, 7, 2, 5, 2, 7, 11, 10)
    for number, yes in enumerate(totals, 1):
        group = room.work.make(ANN, f"Programme {number}", "infant_massage").id
        meeting = room.work.add_meeting(ANN, group, "Session 1", TODAY, ["practitioner"])
        answers = {f"m{item}": "seen" if item <= yes else "variable" for item in range(1, 15)} | {"m15": "not_seen"}
        assert browser.post(f"/groups/{group}/sessions/{meeting}/sheet", data=answers).status_code == 302
    columns = room.work.programmes(ANN)
    assert [column.total for column in columns] == list(totals)
    page = browser.get("/groups/sheets").text
    assert [int(part.split("</strong>")[0]) for part in page.split("data-total><strong>")[1:]] == list(totals)
    assert "no mark for a facilitator, a parent or a child" in page
    wrong = {"m1": "perhaps"}
    assert browser.post(f"{room.address}/sheet", data=wrong).status_code == 422


def test_what_a_group_holds_of_a_family_goes_with_the_family(site: Site, room: Room) -> None:
    room.agree()
    room.work.keep(ANN, room.group, room.meeting, ["practitioner"], {site.home.family.id: "came"})
    site.store.erasure.family(site.home.family.id, "pat")
    read = room.work.meeting(ANN, room.group, room.meeting)
    assert (read.families, read.films, site.store.groups.agreed(room.meeting)) == ([], [], frozenset())
    with site.store.database.read() as session:
        assert session.get(GroupFilm, room.film) is None
