"""A coder's session, walked over every route: nothing but picture, sound and the coder's own steps."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from app_site import Site, an_account, end_consent, film_facts
from filled_store import CLIP_US, a_clip
from sqlalchemy import select
from study_work import SECOND, a_study, code, coder, coding_of

from vfeed.errors import VfeedError
from vfeed.server.web.permissions import TABLE
from vfeed.services.services import Services
from vfeed.store.analyses import Findings
from vfeed.store.tables import Audit, StudyClip, StudyCoding

FILM = b"\x00\x00\x00\x20ftypisom the copy's bytes"
OTHER = "kim.another"
CANDIDATE = "candidate-with-a-name-of-its-own"


def a_blind_site(site: Site) -> tuple[Site, StudyCoding]:
    """The site's clip, analysed and reviewed, given to two coders; the other one has handed in."""
    site.put("proxy", FILM)
    site.put("pts_map", b"[[0, 0]]", "application/json")
    candidate = {"id": CANDIDATE, "kind": "gaze_contact", "start_us": 1, "end_us": 2_000_000, "confidence": 0.777}
    lanes = {"infant": [[0, CLIP_US, "partner", 0.9]], "parent": []}
    heads = {"heads": ("application/json", b'{"HEADS": 1}')}
    site.store.analyses.save(site.clip.id, Findings({}, {"words": ["FILMING"]}, {}, lanes, [candidate], b"", heads))
    an_account(site.store, OTHER, "coder")
    a_study(site.store, site.clip, coders=("coder", OTHER))
    code(
        site.store,
        OTHER,
        coding_of(site.store, OTHER).id,
        {"infant_looking": [(0, "object"), (7.654321, "away")]},
    )
    return site, coding_of(site.store, "coder")


@pytest.fixture
def blind(site: Site) -> tuple[Site, StudyCoding]:
    return a_blind_site(site)


def secrets_of(site: Site) -> dict[str, str]:
    """What a coder must never be told, by what it is."""
    with site.store.database.read() as session:
        name = session.scalars(select(StudyClip)).one()
    return {
        "the clip's id": site.clip.id,
        "the clip's name for research": site.clip.id[:8],
        "the family's id": site.home.family.id,
        "the family's code name": site.home.family.code_name,
        "the clip's title": site.clip.title,
        "the visit's title": site.home.visit.title,
        "the visit's day": date.today().isoformat(),
        "a person": "Mother",
        "the helping question": "What helps",
        "a note": "SECRET NOTE",
        "a reel": "The long wait",
        "a candidate": CANDIDATE,
        "a candidate's confidence": "0.777",
        "head boxes": "HEADS",
        "what was said of the filming": "FILMING",
        "another coder": OTHER,
        "another coder's time": "7654321",
        "the name in the study": name.pseudonym,
        "the family's name in the study": name.family_pseudonym,
        "the content's hash": str(site.clip.sha256),
    }


def addresses(site: Site, coding_id: str) -> list[tuple[str, str, str]]:
    """Every route with every method, leading to what is there."""
    known: dict[str, Any] = {
        "clip_id": site.clip.id,
        "family_id": site.home.family.id,
        "visit_id": site.home.visit.id,
        "coding_id": coding_id,
        "study_id": site.store.studies.all()[0][0].id,
        "reel_id": site.reel_id,
        "candidate_id": CANDIDATE,
        "job_id": site.store.jobs.for_clip(site.clip.id)[0].id,
        "time_us": 0,
        "number": 1,
        "role": "proxy",
        "copy": "parents",
        "filename": "icon.svg",
        "name": OTHER,
        "pack_id": "plain",
        "language": "cy",
        "form_id": "comments",
    }
    found = []
    for rule in site.app.url_map.iter_rules():
        given = {name: known.get(name, 1) for name in rule.arguments}
        address = site.app.url_map.bind("localhost").build(rule.endpoint, given)
        found += [(rule.endpoint, method, address) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_no_route_tells_a_coder_more_than_picture_sound_and_their_own_steps(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    site.signed_in("coder").get(f"/coding/{coding.id}")
    told: list[str] = []
    answered, secrets, browser = 0, secrets_of(site), site.signed_in("coder")
    for endpoint, method, address in addresses(site, coding.id):
        for body in ({}, {"json": {"type": "switched", "payload": {}}}) if method == "POST" else ({},):
            answer = browser.open(address, method=method, buffered=True, **body)
            if method == "POST":
                # It may have ended the sign-in.
                browser = site.signed_in("coder")
            answered += answer.status_code < 400
            # What stands in the address was known before; the answer must not repeat it, either.
            whole = answer.get_data(as_text=False).decode("utf-8", "replace") + str(answer.headers)
            whole = whole.replace(address, "")
            told += [f"{method} {endpoint}: {what}" for what, text in secrets.items() if text in whole]
    assert told == []
    assert answered > 10


def test_the_film_comes_under_no_name_and_with_another_tag_in_each_coding(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    answer = site.signed_in("coder").get(f"/media/coding/{coding.id}/proxy", buffered=True)
    assert answer.status_code == 200 and answer.data == FILM
    assert "Content-Disposition" not in answer.headers and "Last-Modified" not in answer.headers
    info = site.store.blobs.info(site.clip.id, "proxy")
    assert info is not None and info.id not in str(answer.headers)
    second = a_study(site.store, site.clip, coders=("coder", OTHER))
    other = next(row for row in site.store.studies.codings(second) if row.coder == "coder")
    tags = {
        site.signed_in("coder").get(f"/media/coding/{each}/proxy").headers["ETag"] for each in (coding.id, other.id)
    }
    assert len(tags) == 2


@pytest.mark.parametrize("role", ["poster", "waveform", "strip", "original", "heads"])
def test_of_a_film_nothing_else_is_handed_out(blind: tuple[Site, StudyCoding], role: str) -> None:
    site, coding = blind
    assert site.signed_in("coder").get(f"/media/coding/{coding.id}/{role}").status_code == 404
    with pytest.raises(VfeedError):
        Services(site.store).coding.part(coder("coder"), coding.id, role)


def test_another_coders_work_is_not_there_for_anybody_else(blind: tuple[Site, StudyCoding]) -> None:
    site, _coding = blind
    theirs = coding_of(site.store, OTHER)
    for path in (f"/coding/{theirs.id}", f"/api/coding/{theirs.id}", f"/media/coding/{theirs.id}/proxy"):
        assert site.signed_in("coder").get(path).status_code == 404, path
    event = {"type": "switched", "payload": {"lane": "infant_looking", "at_us": 1, "code": "away"}}
    assert site.signed_in("coder").post(f"/api/coding/{theirs.id}/events", json=event).status_code == 404


def test_a_coder_reaches_nothing_but_the_coding_and_the_account_pages(site: Site) -> None:
    mine = {endpoint.partition(".")[0] for endpoint, rule in TABLE.items() if "coder" in rule.roles and rule.action}
    assert mine == {"coding", "coding_api"}


@pytest.mark.parametrize("role", ["researcher", "practitioner"])
def test_a_film_that_one_still_has_to_code_opens_nowhere_else(site: Site, role: str) -> None:
    an_account(site.store, "both", role, "coder")
    a_study(site.store, site.clip, coders=("coder", "both"))
    browser = site.signed_in("both")
    for path in ("/clips/{}", "/api/clips/{}/review", "/api/clips/{}/offer", "/media/{}/heads", "/media/{}/proxy"):
        assert browser.get(path.format(site.clip.id)).status_code == 404, path
    code(site.store, "both", coding_of(site.store, "both").id, {})
    assert site.signed_in("both").get(f"/api/clips/{site.clip.id}/review").status_code == 200


def test_whoever_had_the_flags_before_them_is_marked_as_not_blind(site: Site) -> None:
    an_account(site.store, "both", "researcher", "coder")
    assert site.signed_in("both").get(f"/clips/{site.clip.id}").status_code == 200
    a_study(site.store, site.clip, coders=("coder", "both"))
    row = coding_of(site.store, "both")
    assert (row.blind, row.why) == (False, f"saw the flags on {date.today().isoformat()}")
    assert coding_of(site.store, "coder").blind


def test_with_others_at_hand_whoever_had_the_flags_gets_another_film(site: Site) -> None:
    an_account(site.store, "both", "researcher", "coder")
    an_account(site.store, OTHER, "coder")
    site.signed_in("both").get(f"/clips/{site.clip.id}")
    other = a_clip(site.store, site.home, b"another film", film_facts())
    a_study(site.store, site.clip, other, coders=("coder", "both", OTHER))
    assert [row.clip_id for row in site.store.studies.for_coder("both")] == [other.id]


@pytest.mark.parametrize("how", ["missing", "run out"])
def test_every_opening_asks_for_everybodys_consent_and_names_nobody(blind: tuple[Site, StudyCoding], how: str) -> None:
    site, coding = blind
    end_consent(site, "research", how)
    for path in (f"/coding/{coding.id}", f"/api/coding/{coding.id}", f"/media/coding/{coding.id}/proxy"):
        answer = site.signed_in("coder").get(path)
        assert answer.status_code == 403, path
        assert "Mother" not in answer.text and "Baby" not in answer.text
    assert coding.id not in site.signed_in("coder").get("/coding").text


def test_withdrawal_in_mid_study_takes_the_film_and_its_codings(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    study_id = coding.study_id
    consent = next(each for each in site.store.consents.for_family(site.home.family.id) if each.use == "research")
    site.store.consents.withdraw(consent.id, "pat", "no more")
    assert site.store.studies.codings(study_id) == [] and site.store.studies.clips(study_id) == []
    assert site.store.studies.read_coding(coding.id).last_id == 0
    assert site.signed_in("coder").get(f"/coding/{coding.id}").status_code == 404
    page = site.signed_in("researcher").get(f"/studies/{study_id}").text
    assert "1 film was withdrawn" in page
    assert "study.withdrawn" in site.actions()


def test_each_opening_and_handing_in_is_in_the_audit_trail(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    site.signed_in("coder").get(f"/coding/{coding.id}")
    with site.store.database.read() as session:
        lines = [(row.actor, row.action) for row in session.scalars(select(Audit).where(Audit.object == site.clip.id))]
    assert ("coder", "coding.opened") in lines and (OTHER, "coding.handed_in") in lines


def test_a_coder_codes_takes_back_and_hands_in_and_then_it_is_locked(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    browser = site.signed_in("coder")
    browser.get(f"/coding/{coding.id}")
    api = f"/api/coding/{coding.id}"
    step = {"type": "switched", "payload": {"lane": "infant_looking", "at_us": 3 * SECOND, "code": "away"}}
    assert browser.post(f"{api}/events", json=step).get_json()["changed"]["switches"] == {
        "infant_looking": [[3 * SECOND, "away"]]
    }
    assert browser.post(f"{api}/undo", json={}).get_json()["changed"]["switches"] == {"infant_looking": []}
    assert browser.post(f"{api}/redo", json={}).status_code == 200
    assert browser.get(f"{api}/end-check").get_json()["open_passes"] == ["infant", "parent"]
    assert browser.post(f"/coding/{coding.id}/hand-in").status_code == 422
    for who in ("infant", "parent"):
        browser.post(f"{api}/events", json={"type": "pass_ended", "payload": {"who": who}})
    assert browser.post(f"/coding/{coding.id}/hand-in").status_code == 302
    assert browser.post(f"{api}/events", json=step).status_code == 409
    assert browser.post(f"{api}/undo", json={}).status_code == 422
    assert browser.get(f"/coding/{coding.id}").status_code == 409


def test_a_second_window_takes_no_step_back_that_it_does_not_show(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    browser = site.signed_in("coder")
    browser.get(f"/coding/{coding.id}")
    api = f"/api/coding/{coding.id}"
    shown = browser.get(api).get_json()["last_event_id"]
    step = {"type": "switched", "payload": {"lane": "infant_looking", "at_us": 3 * SECOND, "code": "away"}}
    last = browser.post(f"{api}/events", json=step).get_json()["event_id"]
    refused = browser.post(f"{api}/undo", json={"expect_last": shown})
    assert refused.status_code == 409 and "in another window" in refused.get_json()["error"]["message"]
    assert browser.get(api).get_json()["state"]["switches"]["infant_looking"] == [[3 * SECOND, "away"]]
    back = browser.post(f"{api}/undo", json={"expect_last": last})
    assert back.get_json()["changed"]["switches"] == {"infant_looking": []}
    assert browser.post(f"{api}/redo", json={"expect_last": last}).status_code == 409


def test_a_paused_coder_gets_no_film_and_nobody_one_after_closing(blind: tuple[Site, StudyCoding]) -> None:
    site, coding = blind
    leader = site.signed_in("researcher")
    leader.post(f"/studies/{coding.study_id}/pause", data={"coder": "coder", "on": "yes", "why": "a drift"})
    assert site.signed_in("coder").get(f"/coding/{coding.id}").status_code == 409
    leader.post(f"/studies/{coding.study_id}/pause", data={"coder": "coder", "on": "no"})
    assert site.signed_in("coder").get(f"/coding/{coding.id}").status_code == 200
    leader.post(f"/studies/{coding.study_id}/close")
    assert site.signed_in("coder").get(f"/coding/{coding.id}").status_code == 409


def test_the_names_in_a_study_are_random_and_of_this_study_alone(site: Site) -> None:
    names = set()
    for _ in range(4):
        study = a_study(site.store, site.clip)
        [row] = site.store.studies.clips(study)
        assert re.fullmatch(r"[A-HJ-NP-Z]{3}-F01-C1", row.pseudonym)
        names.add(row.pseudonym)
    assert len(names) > 1
