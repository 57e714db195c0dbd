"""Comments for colleagues: read and written by the family's own workers, and nowhere else to be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from app_site import Site, an_account, end_consent
from caregiver_browser import handed_over, view_of
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import vfeed
from vfeed.store.tables import Family

VFEED = Path(vfeed.__file__).parent
SECRET = "I am not sure that she saw him there"


@pytest.fixture
def place(site: Site) -> str:
    """The thread of the demo's film, whose family every worker may open; ann wrote in it."""
    an_account(site.store, "ann", "practitioner")
    an_account(site.store, "ben", "practitioner")
    place = f"/api/clips/{site.clip.id}/comments"
    assert say(site.signed_in("ann"), place).status_code == 200
    return place


def say(browser: FlaskClient, place: str, text: str = SECRET, at_us: int = 1_000_000) -> TestResponse:
    return browser.post(place, json={"at_us": at_us, "text": text})


def test_a_colleague_reads_answers_and_takes_back_only_their_own(site: Site, place: str) -> None:
    ben = site.signed_in("ben")
    thread = ben.get(place).json
    [said] = thread["comments"]
    assert (said["text"], said["author"], said["mine"], said["at_us"]) == (SECRET, "ann", False, 1_000_000)
    assert not thread["can_undo"]
    assert ben.post(f"{place}/undo").status_code == 422
    assert [each["text"] for each in say(ben, place, "She did, at once", 0).json["comments"]] == [
        SECRET,
        "She did, at once",
    ], "in the order of writing"
    assert [each["author"] for each in ben.post(f"{place}/undo").json["comments"]] == ["ann"]
    assert [each["author"] for each in ben.post(f"{place}/redo").json["comments"]] == ["ann", "ben"]


def test_undo_in_the_review_takes_back_no_comment(site: Site, place: str) -> None:
    ann, clip = site.signed_in("ann"), f"/api/clips/{site.clip.id}"
    assert ann.post(f"{clip}/undo", json={}).status_code == 200
    assert len(ann.get(place).json["comments"]) == 1


@pytest.mark.parametrize(
    "sent", [{"at_us": 0, "text": "  "}, {"at_us": -1, "text": "x"}, {"at_us": 10**12, "text": "x"}, {"text": "x"}]
)
def test_what_does_not_fit_is_refused_and_nothing_is_kept(site: Site, place: str, sent: dict[str, object]) -> None:
    ann = site.signed_in("ann")
    assert ann.post(place, json=sent).status_code == 422
    assert len(ann.get(place).json["comments"]) == 1


@pytest.mark.parametrize("role", ["supervisor", "researcher", "coder", "administrator"])
def test_no_other_role_opens_the_thread(site: Site, place: str, role: str) -> None:
    an_account(site.store, "kim", role)
    kim = site.signed_in("kim")
    assert kim.get(place).status_code == 403
    assert say(kim, place).status_code == 403


def test_a_worker_of_another_family_does_not_open_it(site: Site, place: str) -> None:
    with site.store.database.write() as session:
        session.get_one(Family, site.home.family.id).created_by = "ann"
    ben = site.signed_in("ben")
    assert ben.get(place).status_code == 403
    assert SECRET not in ben.get(place).text


def test_without_consent_it_is_closed(site: Site, place: str) -> None:
    end_consent(site, "session", "withdrawn")
    assert site.signed_in("ann").get(place).status_code in (403, 404)


def test_no_other_page_tells_what_was_said(site: Site, place: str) -> None:
    ann, clip, family = site.signed_in("ann"), site.clip.id, site.home.family.id
    for address in (
        f"/clips/{clip}",
        f"/api/clips/{clip}/review",
        f"/api/clips/{clip}/history",
        f"/families/{family}",
        f"/families/{family}/trail",
    ):
        assert SECRET not in ann.get(address).text, address


def test_a_parent_with_the_tablet_neither_sees_nor_opens_it(site: Site, place: str) -> None:
    room = handed_over(site)
    assert SECRET not in room.get(view_of(site)).text
    assert room.get(place).status_code == 403 and say(room, place).status_code == 403
    assert SECRET not in room.get(place).text


def test_nothing_that_is_shown_or_leaves_reads_it_but_the_thread_itself() -> None:
    """Neither what goes home, nor a share, nor an export can hold it: their code does not know it."""
    readers = {
        str(path.relative_to(VFEED))
        for path in VFEED.rglob("*.py")
        if re.search(r"COMMENTS_STREAM|(practice|store|services\(\))\.comments\b", path.read_text())
    }
    assert readers == {
        "server/review/comments.py",
        "services/comments.py",
        "store/clips.py",
        "store/comments.py",
        "store/journal.py",
        "store/store.py",
    }


def test_it_goes_with_its_film(site: Site, place: str) -> None:
    site.store.clips.erase(site.clip.id, "ann")
    assert site.store.comments.read(site.clip.id).events == ()
