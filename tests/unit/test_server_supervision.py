"""Supervision: what a supervisor sees is what one worker shares, for a time, while everyone agrees."""

from __future__ import annotations

import io
import json
import re
import threading
from datetime import date, timedelta
from typing import Any, BinaryIO

import cv2
import numpy as np
import pytest
from app_site import Site, an_account, told_of_work
from clip_factory import make
from filled_store import TODAY

from vfeed.analysis.redaction import Report, ReviewFlag
from vfeed.jobs.lease import JobRun
from vfeed.jobs.redaction import redact
from vfeed.media.stills import still
from vfeed.practice.sessions import ShownReel
from vfeed.practice.sharing import copy_role, review_flags_role
from vfeed.server.supervision.present import stretch
from vfeed.store.shares import Share
from vfeed.store.tables import SupervisionShare

DOUBTS = [{"start_us": 0, "end_us": 400_000, "reason": "lost", "look_us": [200_000]}]


@pytest.fixture
def session_id(site: Site) -> str:
    site.put(f"reel:{site.reel_id}", b"FILM OF MOMENTS")
    reel = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    begun = site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[reel])
    words = {"name": "working_point", "text": "I want to wait."}
    site.store.sessions.append(site.home.family.id, begun.id, "pat", "words_set", words)
    return begun.id


def share(site: Site, session_id: str, **fields: Any) -> tuple[int, str]:
    """Share by the form; the answer's status, and where it leads or what it says."""
    sent = {
        "supervisor": "supervisor",
        "purpose": "supervision",
        "films": f"{site.clip.id} {site.reel_id}",
        "last_day": (date.today() + timedelta(days=7)).isoformat(),
        "faces": "as_they_are",
        "voices": "as_it_is",
        **fields,
    }
    address = f"/families/{site.home.family.id}/sessions/{session_id}/supervision"
    answer = site.signed_in("practitioner").post(address, data=sent)
    return answer.status_code, answer.location or answer.text


def shared(site: Site, session_id: str, **fields: Any) -> str:
    status, place = share(site, session_id, **fields)
    assert status == 302, place
    return place


def newest(site: Site, session_id: str) -> Share:
    return site.store.shares.for_session(session_id)[0]


def put_copy(site: Site, session_id: str, doubts: list[dict[str, Any]]) -> None:
    """The copy that the worker's job would make."""
    name = newest(site, session_id).id
    site.put(copy_role(name, 0), b"HIDDEN COPY")
    site.put(review_flags_role(name, 0), json.dumps(doubts).encode(), "application/json")


def test_a_supervisor_reads_who_did_what_with_the_share_and_no_other_line(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    browser = site.signed_in("supervisor")
    browser.get(place), browser.get(f"{place}/films/0")
    text = browser.get(f"{place}/trail").text
    for line in ("shared a session for supervision", "opened a shared session", "watched a film in supervision"):
        assert line in text, line
    for other in ("Robin", "consent", "added a", "Playing"):
        assert other not in text, other
    an_account(site.store, "another", "supervisor")
    assert site.signed_in("another").get(f"{place}/trail").status_code == 404
    family = site.signed_in("practitioner").get(f"/families/{site.home.family.id}/trail").text
    assert "watched a film in supervision" in family


def test_a_supervisor_sees_what_is_shared_and_nothing_else_of_the_family(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    browser = site.signed_in("supervisor")
    assert place in browser.get("/supervision").text
    page = browser.get(place).text
    assert "The long wait" in page and "I want to wait." in page
    for kept_back in ("Robin", "SECRET NOTE", "Playing", "First visit", "Mother"):
        assert kept_back not in page, kept_back
    assert browser.get(f"{place}/films/0").data == b"FILM OF MOMENTS"
    for closed in (f"/families/{site.home.family.id}", f"/clips/{site.clip.id}", f"/media/{site.clip.id}/proxy"):
        assert browser.get(closed).status_code == 403, closed
    assert "supervision.opened" in site.actions() and "supervision.watched" in site.actions()


def test_nobody_else_gets_in(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    with site.store.database.write() as session:
        session.get_one(SupervisionShare, newest(site, session_id).id).supervisor = "kim"
    assert site.signed_in("supervisor").get(place).status_code == 404
    assert site.signed_in("supervisor").get(f"{place}/films/0").status_code == 404
    for name in ("researcher", "administrator"):
        assert site.signed_in(name).get(place).status_code == 403


def test_stopping_it_closes_page_and_film_at_once_and_for_good(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    browser = site.signed_in("supervisor")
    assert browser.get(f"{place}/films/0", headers={"Range": "bytes=0-3"}).data == b"FILM"
    assert site.signed_in("practitioner").post(f"{place}/stop").status_code == 302
    assert browser.get(f"{place}/films/0", headers={"Range": "bytes=4-7"}).status_code == 403
    assert browser.get(place).status_code == 403
    assert browser.post(f"{place}/films/0/comments", json={"at_us": 0, "text": "Late"}).status_code == 403
    assert "has been stopped" in browser.get(place).text
    line = re.sub(r"<[^>]+>", "", browser.get("/supervision").text)
    assert re.search(r"from practitioner; stopped on \d+ \w+ \d{4}\n", line), "the line ends there"
    assert site.actions().count("supervision.stopped") == 1 and "supervision.refused" in site.actions()


def test_why_it_is_closed_is_said_in_the_readers_language(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    assert site.signed_in("practitioner").post(f"{place}/stop").status_code == 302
    browser = site.signed_in("supervisor")
    browser.post("/language", data={"language": "cy", "back": "/"})
    text = browser.get(place).text
    assert "Mae rhannu’r sesiwn hon wedi’i atal." in text and "has been stopped" not in text
    assert "stopped on" not in browser.get("/supervision").text


def test_it_ends_after_its_last_day(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    with site.store.database.write() as session:
        row = session.get_one(SupervisionShare, newest(site, session_id).id)
        row.last_day = date.today() - timedelta(days=1)
    assert site.signed_in("supervisor").get(f"{place}/films/0").status_code == 403
    assert "; ended on " in site.signed_in("supervisor").get("/supervision").text


def test_without_the_consent_nothing_is_shared_and_what_was_shared_closes(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    consents = site.store.consents.for_family(site.home.family.id)
    withdrawn = next(row for row in consents if row.use == "supervision")
    site.store.consents.withdraw(withdrawn.id, "pat", "")
    browser = site.signed_in("supervisor")
    assert browser.get(f"{place}/films/0").status_code == 403
    closed, why = browser.get(place), site.store.consents.decide(site.clip.id, "supervision").reason
    assert closed.status_code == 403 and why in closed.text
    assert "FILM" not in closed.text and "I want to wait." not in closed.text, "the working point is shut, too"
    of_session = f"/families/{site.home.family.id}/sessions/{session_id}/supervision"
    worker = site.signed_in("practitioner")
    for page in (browser.get("/supervision"), worker.get(of_session), worker.get(place)):
        assert why in page.text and "shut, and ends on" in page.text and "open until" not in page.text
    assert "Stop sharing" in worker.get(of_session).text, "a new consent would open it anew"
    status, text = share(site, session_id)
    assert status == 403 and "Start again" not in text, "what was chosen stays in its form"
    assert 'id="purpose-error"' in text and "“Supervision”" in text
    assert len(site.store.shares.for_session(session_id)) == 1
    site.store.consents.give(withdrawn.participant_id, "supervision", None, TODAY, None, "", "pat")
    assert "open until" in browser.get("/supervision").text and browser.get(place).status_code == 200


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"last_day": "2020-01-01"}, "last day of sharing does not fit"),
        ({"last_day": (date.today() + timedelta(days=400)).isoformat()}, "last day of sharing does not fit"),
        ({"films": []}, "Choose at least one film"),
        ({"faces": "hidden"}, "Not a valid choice"),
        ({"purpose": "research"}, "Not a valid choice"),
    ],
)
def test_terms_that_do_not_fit_are_refused(site: Site, session_id: str, fields: dict[str, Any], words: str) -> None:
    status, text = share(site, session_id, **fields)
    assert status == 422 or status == 400, status
    assert words in text
    assert not site.store.shares.for_session(session_id)


def test_only_an_account_with_the_role_is_offered(site: Site, session_id: str) -> None:
    assert site.store.shares.supervisors() == ["newcomer", "supervisor"]
    assert share(site, session_id, supervisor="researcher")[0] == 422
    site.store.accounts.set_active("newcomer", False, "pat")
    assert site.store.shares.supervisors() == ["supervisor"]


def test_a_copy_opens_when_it_is_made_and_each_doubtful_stretch_was_looked_at(site: Site, session_id: str) -> None:
    place = shared(site, session_id, faces="blurred")
    supervisor, worker = site.signed_in("supervisor"), site.signed_in("practitioner")
    assert [job.kind for job in site.store.jobs.for_clip(site.clip.id)][-1] == "hide"
    assert supervisor.get(f"{place}/films/0").status_code == 403, "the film itself is never shown in its place"
    put_copy(site, session_id, DOUBTS)
    assert supervisor.get(f"{place}/films/0").status_code == 403
    assert "have still to be looked at" in supervisor.get(place).text
    assert "A head was not found here." in worker.get(place).text
    info = site.store.blobs.info(site.clip.id, copy_role(newest(site, session_id).id, 0))
    assert info is not None
    old = worker.post(f"{place}/films/0/check", data={"doubt": "0", "copy": "another"})
    assert old.status_code == 409, "what was looked at was another copy"
    page = worker.post(f"{place}/films/0/check", data={"doubt": "0", "copy": info.id}, follow_redirects=True).text
    assert "supervisor sees this film now." in page
    assert supervisor.get(f"{place}/films/0").data == b"HIDDEN COPY"
    worker.post(f"{place}/check/undo")
    assert supervisor.get(f"{place}/films/0").status_code == 403
    put_copy(site, session_id, [])
    worker.post(f"{place}/stop")
    assert site.store.blobs.info(site.clip.id, copy_role(newest(site, session_id).id, 0)) is None


def test_each_share_of_a_film_tells_how_far_its_own_copy_is(site: Site, session_id: str) -> None:
    places = [shared(site, session_id, faces="blurred", voices=voices) for voices in ("altered", "off")]
    site.store.jobs.add("reel", site.clip.id, {"reel_id": site.reel_id}, "pat")
    jobs = {each.payload.get("share_id"): each for each in site.store.jobs.for_clip(site.clip.id)}
    worker = site.signed_in("practitioner")
    for place in places:
        [[told]] = told_of_work(worker, place)
        assert told["id"] == jobs[place.rpartition("/")[2]].id


def test_a_moment_of_a_copy_has_one_time_and_a_stretch_two() -> None:
    assert stretch(2_140_000, 2_160_000) == "0:02.1"
    assert stretch(800_000, 3_100_000) == "0:00.8 to 0:03.1"


def test_a_copy_of_a_film_that_was_changed_since_is_shown_to_nobody_until_it_is_made_anew(
    site: Site, session_id: str
) -> None:
    place = shared(site, session_id, faces="blurred")
    supervisor, worker = site.signed_in("supervisor"), site.signed_in("practitioner")
    [job] = [each for each in site.store.jobs.for_clip(site.clip.id) if each.kind == "hide"]
    site.store.jobs.cancel(job.id, "pat")
    put_copy(site, session_id, [])
    assert supervisor.get(f"{place}/films/0").data == b"HIDDEN COPY"
    site.put(f"reel:{site.reel_id}", b"CUT ANEW")
    assert supervisor.get(f"{place}/films/0").status_code == 403
    assert "changed after it was made" in supervisor.get(place).text
    assert supervisor.post(f"{place}/films/0/copy").status_code == 403
    assert worker.post(f"{place}/films/0/copy").status_code == 302
    assert [each.state for each in site.store.jobs.for_clip(site.clip.id) if each.kind == "hide"].count("queued") == 1
    put_copy(site, session_id, [])
    assert supervisor.get(f"{place}/films/0").data == b"HIDDEN COPY"


def test_a_face_that_was_seen_is_covered_in_a_new_copy(site: Site, session_id: str) -> None:
    film = make("mp4", "h264", frames=20)
    site.put(f"reel:{site.reel_id}", film)
    place = shared(site, session_id, faces="blurred", voices="off")
    newly = newest(site, session_id)
    run_hide(site)
    role = copy_role(newly.id, 0)
    before = site.store.blobs.info(site.clip.id, role)
    assert before is not None
    site.put(review_flags_role(newly.id, 0), json.dumps(DOUBTS).encode(), "application/json")
    site.signed_in("practitioner").post(f"{place}/films/0/check", data={"doubt": "0", "copy": before.id, "face": "0"})
    run_hide(site)
    assert white_bar(site, role, 200_000) < 230 < white_bar(site, role, 700_000)
    assert "0:00.0 to 0:00.4" in site.signed_in("practitioner").get(place).text
    assert newly.terms.needs_copies


@pytest.mark.parametrize(("faces", "keep"), [("infant_stays", "infant"), ("parent_stays", "parent"), ("blurred", None)])
def test_one_face_stays_only_when_it_was_chosen_and_each_stretch_is_looked_at(
    site: Site, session_id: str, monkeypatch: pytest.MonkeyPatch, faces: str, keep: str | None
) -> None:
    asked: list[object] = []

    def made(_file: object, _facts: object, out: BinaryIO, *, keep: str | None, **_rest: object) -> Report:
        asked.append(keep)
        out.write(make("mp4", "h264", frames=20))
        return Report(20, 1, (ReviewFlag(0, 2_000_000, "kept", (400_000,)),) if keep else ())

    monkeypatch.setattr("vfeed.analysis.redacted_copy.redact_clip", made)
    site.put(f"reel:{site.reel_id}", make("mp4", "h264", frames=20))
    place = shared(site, session_id, faces=faces, voices="off")
    run_hide(site)
    assert asked == [keep]
    worker, supervisor = site.signed_in("practitioner"), site.signed_in("supervisor")
    assert ("Is the face that stays the one you chose?" in worker.get(place).text) == (keep is not None)
    opens = supervisor.get(f"{place}/films/0", buffered=True).status_code
    assert opens == (403 if keep else 200)


def run_hide(site: Site) -> None:
    """Do the waiting job as the worker process does."""
    store = site.store
    [job] = [each for each in store.jobs.for_clip(site.clip.id) if each.kind == "hide" and each.state == "queued"]
    lease = store.jobs.claim(job.id, "test", 600.0)
    assert lease is not None
    with JobRun(store, job, lease, threading.Event()) as work:
        redact(store, work)
    assert store.jobs.get(job.id).state == "done"


def white_bar(site: Site, role: str, time_us: int) -> int:
    """How bright the first bar of a picture is: it is white in every second one, and mixed where it is covered."""
    data = still(io.BytesIO(site.store.blobs.read(site.clip.id, role)), time_us, 320)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    return int(image[image.shape[0] // 2, image.shape[1] // 16])


def test_comments_stand_at_their_time_and_each_takes_back_only_their_own(site: Site, session_id: str) -> None:
    place = shared(site, session_id)
    supervisor, worker = site.signed_in("supervisor"), site.signed_in("practitioner")
    address = f"{place}/films/0/comments"
    supervisor.post(address, json={"at_us": 2_000_000, "text": "Here she waits."})
    said = worker.post(address, json={"at_us": 1_000_000, "text": "And here?"}).get_json()
    assert [(each["at_us"], each["author"]) for each in said["comments"]] == [
        (1_000_000, "practitioner"),
        (2_000_000, "supervisor"),
    ]
    left = worker.post(f"{address}/undo").get_json()
    assert [each["text"] for each in left["comments"]] == ["Here she waits."]
    assert worker.post(f"{address}/undo").status_code == 422
    assert len(worker.post(f"{address}/redo").get_json()["comments"]) == 2
    assert supervisor.post(address, json={"at_us": -1, "text": "x"}).status_code == 422
    assert supervisor.post(address, json={"at_us": 5, "text": "  "}).status_code == 422


def test_many_doubtful_stretches_are_looked_at_a_dozen_at_a_time(site: Site, session_id: str) -> None:
    place = shared(site, session_id, faces="blurred")
    many = [{**DOUBTS[0], "start_us": n * 1_000_000, "end_us": n * 1_000_000 + 400_000} for n in range(15)]
    put_copy(site, session_id, many)
    worker = site.signed_in("practitioner")
    info = site.store.blobs.info(site.clip.id, copy_role(newest(site, session_id).id, 0))
    assert info is not None
    for count in (12, 3):
        page = worker.get(place).text
        shown = re.findall(r'name="doubt" value="(\d+)"', page)
        assert len(shown) == count
        worker.post(f"{place}/films/0/check", data={"doubt": shown, "copy": info.id})
    assert site.signed_in("supervisor").get(f"{place}/films/0").data == b"HIDDEN COPY"


def test_without_a_supervisor_whoever_makes_accounts_is_led_to_it(site: Site, session_id: str) -> None:
    for name in ("supervisor", "newcomer"):
        site.store.accounts.set_active(name, False, "admin")
    page = f"/families/{site.home.family.id}/sessions/{session_id}/supervision"
    assert "Ask your administrator for one" in site.signed_in("practitioner").get(page).text
    an_account(site.store, "both", "practitioner", "administrator")
    told = site.signed_in("both").get(page).text
    assert "Ask your administrator" not in told and 'href="/accounts/new"' in told
