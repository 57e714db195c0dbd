"""Groups on their pages: nobody else opens them, and no film opens there without everybody's yes to that session."""

from __future__ import annotations

from datetime import timedelta

import pytest
from alembic import command
from app_site import PASSWORD, Site, an_account, end_consent
from filled_store import TODAY, a_home
from flask.testing import FlaskClient

from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store.tables import Family, GroupFamily, GroupFilm
from vfeed.store.upgrading import alembic_config

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
        for person in (self.site.home.child, self.site.home.caregiver):
            self.work.consent(ANN, self.group, self.meeting, person.id, agreed=agreed)

    def shown(self, browser: FlaskClient) -> str:
        """The room, as the page shows it once a leader has handed the screen over."""
        assert browser.post(f"{self.address}/room").location == f"{self.address}/room"
        page = browser.get(f"{self.address}/room").text
        assert "Leave the group’s screen" in browser.get(f"{self.address}/stop").text
        assert browser.post(f"{self.address}/stop", data={"password": PASSWORD}).location == self.address
        return page

    def watched(self, browser: FlaskClient) -> int:
        return browser.get(f"{self.address}/films/{self.film}", buffered=True).status_code


@pytest.fixture
def room(site: Site) -> Room:
    return Room(site)


def test_without_everybodys_yes_to_this_session_no_film_opens(site: Site, room: Room) -> None:
    browser = site.signed_in("practitioner")
    assert room.watched(browser) == 403
    assert "<video" not in room.shown(browser)
    browser.post(f"{room.address}/consent", data={"person": site.home.child.id, "agreed": "yes"})
    assert room.watched(browser) == 403
    browser.post(f"{room.address}/consent", data={"person": site.home.caregiver.id, "agreed": "yes"})
    assert room.watched(browser) == 200
    page = room.shown(browser)
    assert "<video" in page and "Robin" not in page and site.clip.title not in page
    assert "group.shown" in site.actions()
    browser.post(f"{room.address}/consent", data={"person": site.home.caregiver.id})
    assert room.watched(browser) == 403


def test_a_press_leads_back_to_where_it_was_made(site: Site, room: Room) -> None:
    browser = site.signed_in("practitioner")
    page = browser.get(room.address).text
    place = f"people-{site.home.family.id}"
    assert f'id="{place}"' in page and f'name="place" value="{place}"' in page
    said = browser.post(f"{room.address}/consent", data={"person": site.home.child.id, "agreed": "yes", "place": place})
    assert said.location == f"{room.address}#{place}"
    assert browser.post(f"{room.address}/films/{room.film}/drop").location == f"{room.address}#films"


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


@pytest.mark.parametrize(
    "what", ["left", "run out", "another day", "led by another", "a third person", "destroyed", "ended"]
)
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
    elif what == "ended":
        site.store.retention.set(site.home.family.id, TODAY, None, "practitioner", TODAY)
    elif what == "a third person":
        site.store.families.add_participant(site.home.family.id, "adult", "Father")
    else:
        site.store.clips.erase(site.clip.id, "pat")
    assert room.watched(browser) in {403, 404}
    assert "<video" not in room.shown(browser)


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
            # A screen that is not handed over leads to the session's page, which refuses.
            leads_there = rule.endpoint in {"groups.room", "groups.stop"} and answer.location == room.address
            assert answer.status_code == 403 or leads_there, (method, address)
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


def test_any_leader_takes_a_familys_yes_back_and_gives_none(site: Site, room: Room) -> None:
    room.agree()
    an_account(site.store, "colleague", "practitioner")
    room.work.add_leader(ANN, room.group, "colleague")
    with site.store.database.write() as session:
        session.get_one(Family, site.home.family.id).created_by = "practitioner"
    theirs = site.signed_in("colleague")
    page = theirs.get(room.address).text
    assert page.count("Take the yes back") == 2 and "Said yes" not in page
    assert theirs.post(f"{room.address}/consent", data={"person": site.home.child.id}).status_code == 302
    assert site.store.groups.agreed(room.meeting) == {site.home.caregiver.id}
    assert room.watched(site.signed_in("practitioner")) == 403
    assert theirs.get(room.address).text.count("Take the yes back") == 1
    assert (
        theirs.post(f"{room.address}/consent", data={"person": site.home.child.id, "agreed": "yes"}).status_code == 403
    )


def test_a_yes_ends_when_the_family_leaves_and_does_not_come_back_with_it(site: Site, room: Room) -> None:
    room.agree()
    browser = site.signed_in("practitioner")
    assert room.watched(browser) == 200
    sent = {"family": site.home.family.id}
    browser.post(f"/groups/{room.group}/families/leave", data=sent)
    assert room.work.meeting(ANN, room.group, room.meeting).films == [], "the group has no sign of the family"
    with pytest.raises(Exception, match="not in the group"):
        site.store.groups.set_consent(room.meeting, site.home.child.id, site.home.family.id, "pat", agreed=True)
    browser.post(f"/groups/{room.group}/families", data=sent)
    assert site.store.groups.agreed(room.meeting) == frozenset()
    assert room.watched(browser) == 403
    assert site.actions().count("group.consent_withdrawn") == 2
    room.agree()
    assert room.watched(browser) == 200


def test_bringing_up_to_date_ends_the_yeses_of_an_earlier_membership(site: Site, room: Room) -> None:
    room.agree()
    store = site.store
    for later, left in ((timedelta(0), 2), (timedelta(minutes=1), 0)):
        with store.database.write() as session:
            session.get_one(GroupFamily, (room.group, site.home.family.id)).joined_at += later
        with store.database.engine.connect() as connection:
            config = alembic_config()
            config.attributes.update(connection=connection, key_store=store.settings.clip_keys)
            command.downgrade(config, "0032")
            command.upgrade(config, "head")
            connection.commit()
        assert len(store.groups.agreed(room.meeting)) == left


def test_who_leads_a_group_no_longer_sees_nothing_of_it_but_has_led(site: Site, room: Room) -> None:
    room.agree()
    an_account(site.store, "colleague", "practitioner")
    room.work.add_leader(ANN, room.group, "colleague")
    room.work.keep(ANN, room.group, room.meeting, ["colleague", "practitioner"], {})
    theirs = site.signed_in("colleague")
    theirs.post(f"{room.address}/room")
    assert room.watched(theirs) == 200
    mine = site.signed_in("practitioner")
    assert mine.post(f"/groups/{room.group}/leaders/remove", data={"name": "colleague"}).status_code == 302
    assert room.watched(theirs) == 403 and theirs.get(f"{room.address}/room").status_code == 403
    theirs.post(f"{room.address}/stop", data={"password": PASSWORD})
    for address in (f"/groups/{room.group}", room.address, f"{room.address}/sheet", f"/groups/{room.group}/course"):
        assert theirs.get(address).status_code == 403, address
    assert "Tuesday class" not in theirs.get("/groups").text
    page = mine.get(room.address).text
    assert "leads this group no longer" in page
    sent = {"led_by": ["colleague", "practitioner"]}
    assert mine.post(room.address, data=sent).status_code == 302, "the sheet of a past session can still be kept"
    assert mine.post(room.address, data={"led_by": "stranger"}).status_code == 422
    assert mine.post(f"/groups/{room.group}/leaders/remove", data={"name": "practitioner"}).status_code == 409
    assert room.work.read(ANN, room.group).group.leaders == ["practitioner"]
    assert "group.leader_removed" in site.actions()


def test_a_colleague_whose_name_is_not_known_is_asked_for_anew_on_the_page_of_the_group(room: Room) -> None:
    mine = room.site.signed_in("practitioner")
    refused = mine.post(f"/groups/{room.group}/leaders", data={"name": "nobody-here"})
    assert refused.status_code == 404 and "There is no practitioner of that name." in refused.text
    assert 'id="leader"' in refused.text and "Start again" not in refused.text


def test_name_and_day_of_a_session_are_mended_step_by_step_and_another_day_is_asked_anew(
    site: Site, room: Room
) -> None:
    room.agree()
    browser = site.signed_in("practitioner")

    def mend(title: str, days: int) -> int:
        sent = {"title": title, "held_on": (TODAY - timedelta(days=days)).isoformat()}
        return browser.post(f"{room.address}/mend", data=sent).status_code

    def now() -> tuple[str, int]:
        row = site.store.groups.meeting(room.group, room.meeting)
        return row.title, (TODAY - row.held_on).days

    def back(**sent: str) -> int:
        return browser.post(f"{room.address}/mend/back", data=sent).status_code

    assert back() == 422, "nothing was mended yet"
    assert mend("Session one", 0) == 302 and now() == ("Session one", 0)
    assert len(site.store.groups.agreed(room.meeting)) == 2, "the day is the same"
    assert mend("Session one", 7) == 302 and now() == ("Session one", 7)
    assert site.store.groups.agreed(room.meeting) == frozenset()
    assert back() == 302 and now() == ("Session one", 0)
    assert room.watched(browser) == 403, "no yes comes back with the day"
    assert back() == 302 and now() == ("Session 1", 0)
    assert back() == 422 and back(redo="yes") == 302 and now() == ("Session one", 0)
    assert mend("", 0) == 422 and mend("x" * 121, 0) == 422
    assert browser.post(f"{room.address}/mend", data={"title": "A", "held_on": "soon"}).status_code == 422
    page = browser.get(room.address).text
    assert "changed this session to “Session one”" in page and "added this session as “Session 1”" in page
    assert now() == ("Session one", 0) and site.actions().count("group.session_mended") == 5


def test_a_screen_that_shows_films_to_a_group_opens_nothing_else_and_only_a_password_leads_out(
    site: Site, room: Room
) -> None:
    room.agree()
    browser = site.signed_in("practitioner")
    assert browser.get(f"{room.address}/room").location == room.address, "opened only by handing over"
    browser.post(f"{room.address}/room")
    assert room.watched(browser) == 200
    other = room.work.make(ANN, "Thursday class").id
    there = room.work.add_meeting(ANN, other, "Session 1", TODAY, ["practitioner"])
    for address in ("/", "/families", "/groups", room.address, f"/groups/{room.group}"):
        assert browser.get(address).location == f"{room.address}/room", address
    for address in (f"/groups/{other}/sessions/{there}/room", f"/groups/{other}/sessions/{there}/stop"):
        assert browser.get(address).status_code == 404, address
    clip = site.clip.id
    for address in (f"/media/{clip}/reel/{site.reel_id}", f"/parent/{clip}/{site.reel_id}", f"/parent/film/{clip}"):
        assert browser.get(address).status_code == 403, address
    stop = f"{room.address}/stop"
    assert browser.post(f"{room.address}/consent", data={"person": site.home.child.id}).status_code == 403
    assert browser.post(stop, data={"password": "wrong"}).status_code == 401
    assert browser.get("/families").location == f"{room.address}/room"
    assert browser.post(stop, data={"password": PASSWORD}).location == room.address
    assert browser.get("/families").status_code == 200
    reels_room = site.signed_in("practitioner", locked=True)
    for address in (f"{room.address}/room", stop, f"{room.address}/films/{room.film}"):
        assert reels_room.get(address).status_code == 404, address


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
