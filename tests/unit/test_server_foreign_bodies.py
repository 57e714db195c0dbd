"""What a form or body names of another worker's family is refused, as what an address names is: a walk of its own."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from app_site import Site, an_account, film_facts
from clip_factory import make
from filled_store import TODAY, a_clip, some_bytes, uploads_of
from flask.testing import FlaskClient

from vfeed.services.intake import take_in
from vfeed.store.tables import Clip, Family, Participant, Visit


@dataclass(frozen=True)
class Theirs:
    """Another worker's family; `own` and `own_clip` are the caller's."""

    site: Site
    browser: FlaskClient
    own: str
    own_clip: Clip
    child: Participant
    visit: Visit


@pytest.fixture
def theirs(site: Site) -> Theirs:
    """The site's family belongs to the practitioner; a colleague, who has a family too, is signed in."""
    with site.store.database.write() as session:
        family = session.get(Family, site.home.family.id)
        assert family is not None
        family.created_by = "practitioner"
    an_account(site.store, "colleague", "practitioner")
    own = site.store.families.create("Wren", "colleague").id
    child = site.store.families.add_participant(own, "child", "Infant")
    site.store.families.add_participant(own, "adult", "Parent")
    visit = site.store.families.add_visit(own, TODAY, "First")
    for person in site.store.families.participants(own):
        site.store.consents.give(person.id, "session", None, TODAY, None, "", "colleague")
    home = site.home.__class__(site.store.families.get(own), child, child, visit)
    site.put(f"reel:{site.reel_id}", b"moments")
    clip = a_clip(site.store, home, some_bytes(seed=99), film_facts())
    return Theirs(site, site.signed_in("colleague"), own, clip, child, visit)


def tus(visit_id: str, length: int, **more: str) -> dict[str, str]:
    pairs = {"visit_id": visit_id, "title": "Film", **more}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata}


def a_group(t: Theirs) -> tuple[str, str]:
    group = t.site.store.groups.make("Class", "", 8, "colleague")
    t.site.store.groups.join(group.id, t.own, "colleague")
    return group.id, t.site.store.groups.add_meeting(group.id, "First", TODAY, ["colleague"], "colleague").id


def named(t: Theirs) -> str:
    return f"{t.site.clip.id}/{t.site.reel_id}"


def in_group(t: Theirs, what: str, **data: str) -> int:
    group, meeting = a_group(t)
    return t.browser.post(f"/groups/{group}/sessions/{meeting}/{what}", data=data).status_code


def posted(t: Theirs, path: str, **data: object) -> int:
    return t.browser.post(f"/families/{t.own}{path}", data=data).status_code


REASON = "A reason that is long enough."
ATTACKS: dict[str, Callable[[Theirs], int]] = {
    "a film uploaded into their visit": lambda t: (
        t.browser.post("/api/uploads", headers=tus(t.site.home.visit.id, 9)).status_code
    ),
    "a film of a review uploaded into their visit": lambda t: (
        t.browser.post("/api/uploads", headers=tus(t.site.home.visit.id, 9, session_id="x")).status_code
    ),
    "a review begun on their visit": lambda t: posted(t, "/sessions", visit_id=t.site.home.visit.id),
    "a review begun on their moments": lambda t: posted(
        t, "/sessions", visit_id=t.visit.id, reel=f"{t.site.clip.id} {t.site.reel_id}"
    ),
    "a sheet on their visit": lambda t: posted(t, "/sheets", pack="abc", form="comments", visit=t.site.home.visit.id),
    "who is in their film": lambda t: posted(t, "/pairs", clip=t.site.clip.id, seen=""),
    "the language of their parent": lambda t: posted(
        t, "/languages", person=t.site.home.caregiver.id, language="pl", interpreter=""
    ),
    "a consent of their parent": lambda t: posted(
        t, "/consents/ticked", agreed=f"{t.site.home.caregiver.id} take_home", granted_on=TODAY.isoformat(), days="30"
    ),
    "a no of their parent": lambda t: posted(
        t, "/consents/refused", participant=t.site.home.caregiver.id, use="take_home", said_on=TODAY.isoformat()
    ),
    "their moments as evidence": lambda t: posted(
        t, "/left", purpose="review", reason=REASON, ground=REASON, film=named(t)
    ),
    "their family in a group": lambda t: (
        t.browser.post(f"/groups/{a_group(t)[0]}/families", data={"family": t.site.home.family.id}).status_code
    ),
    "their parent's yes to a group": lambda t: in_group(t, "consent", person=t.site.home.caregiver.id, agreed="yes"),
    "their moments in a group": lambda t: in_group(t, "films", film=named(t)),
    "their moments in a film": lambda t: (
        t.browser.post(
            f"/api/clips/{t.own_clip.id}/reels",
            json={
                "reel_id": None,
                "title": "Mine",
                "moments": [{"clip_id": t.site.clip.id, "moment_id": "m1", "start_us": 2_000_000, "end_us": 5_000_000}],
            },
        ).status_code
    ),
}


def kept(site: Site) -> dict[str, object]:
    """What stands of the other family."""
    family = site.home.family.id
    return {
        "films": [each.clip.id for each in site.store.clips.with_files(family)],
        "seen": [each.clip.seen for each in site.store.clips.with_files(family)],
        "reviews": [row.id for row, _state in site.store.sessions.for_family(family)],
        "sheets": len(site.store.sheets.for_family(family)),
        "consents": sorted(row.id for row in site.store.consents.for_family(family)),
        "people": [(each.id, each.language) for each in site.store.families.participants(family)],
        "evidence": len(site.store.evidence.of(family)),
        "uploads": len(uploads_of(site.store, "colleague")),
        "events": len(site.store.events.read(site.clip.id).events),
    }


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_nothing_of_another_workers_family_is_reached_by_what_a_body_names(theirs: Theirs, attack: str) -> None:
    before = kept(theirs.site)
    status = ATTACKS[attack](theirs)
    assert 400 <= status < 500 and status != 405, (attack, status)
    assert kept(theirs.site) == before


def test_who_no_longer_works_with_a_family_cannot_finish_a_film_for_it(theirs: Theirs) -> None:
    site, content = theirs.site, some_bytes(seed=5)
    site.store.workers.add(site.home.family.id, "colleague", "practitioner")
    begun = theirs.browser.post("/api/uploads", headers=tus(site.home.visit.id, len(content)))
    assert begun.status_code == 201
    place = begun.headers["Location"]
    part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert theirs.browser.patch(place, data=content, headers=part).status_code == 204
    site.store.workers.remove(site.home.family.id, "colleague", "practitioner")
    assert theirs.browser.post(f"{place}/finish", json={}).status_code == 403


def test_a_film_that_another_worker_has_is_known_without_its_name(theirs: Theirs) -> None:
    site, content = theirs.site, make("mp4", "h264", frames=50)
    known = take_in(
        site.store, io.BytesIO(content), visit=site.home.visit, title="A SECRET title", actor="practitioner"
    )
    begun = theirs.browser.post("/api/uploads", headers=tus(theirs.visit.id, len(content)))
    part = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    theirs.browser.patch(begun.headers["Location"], data=content, headers=part)
    answer = theirs.browser.post(f"{begun.headers['Location']}/finish", json={})
    assert answer.status_code == 409 and answer.json["error"]["code"] == "clip_known"
    assert "SECRET" not in answer.text and known.id not in answer.text


def test_a_leader_who_does_not_work_with_a_family_reads_no_title_before_the_yes(theirs: Theirs) -> None:
    site, store = theirs.site, theirs.site.store
    group, meeting = a_group(theirs)
    with store.database.write() as session:
        from vfeed.store.tables import Group

        row = session.get(Group, group)
        assert row is not None
        row.leaders = ["colleague", "practitioner"]
    store.groups.join(group, site.home.family.id, "practitioner")
    store.groups.choose_film(meeting, site.clip, site.reel_id, "practitioner")
    page = f"/groups/{group}/sessions/{meeting}"
    assert "The long wait" not in theirs.browser.get(page).text
    assert "The long wait" in site.signed_in("practitioner").get(page).text
