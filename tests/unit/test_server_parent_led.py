"""The parent looks first: the whole film and own marks, nothing machine-made; then the worker takes them up."""

from __future__ import annotations

import html
import json
import re

import pytest
from app_site import PASSWORD, Site, end_consent
from caregiver_browser import props_in
from clip_factory import make
from flask.testing import FlaskClient

from vfeed.practice.own_moments import AFTER_US, BEFORE_US, MAX_MARKS, TOGETHER
from vfeed.server.web.permissions import TABLE, Caller, decide
from vfeed.store.analyses import Findings
from vfeed.store.tables import utc_now

SECOND = 1_000_000
PARENT = Caller(roles=frozenset({"practitioner"}), signed_in=True, locked=True)


def view(site: Site) -> str:
    return f"/parent/film/{site.clip.id}"


@pytest.fixture
def room(site: Site) -> FlaskClient:
    site.put("proxy", b"the whole film")
    browser = site.signed_in("practitioner")
    answer = browser.post(f"/clips/{site.clip.id}/parent-first", data={"language": "en"})
    assert answer.location == view(site)
    return browser


def mark(room: FlaskClient, site: Site, at_us: int, mark_id: str = "o1") -> int:
    body = {"mark_id": mark_id, "at_us": at_us}
    return room.post(f"/api/parent/film/{site.clip.id}/marks", json=body).status_code


def test_a_press_marks_what_was_just_seen_and_words_go_with_it(site: Site, room: FlaskClient) -> None:
    assert mark(room, site, 10 * SECOND) == 200
    [made] = site.store.own_moments.state(site.clip.id).marks
    assert (made.start_us, made.end_us) == (10 * SECOND - BEFORE_US, 10 * SECOND + AFTER_US)
    said = {"moment_id": "o1", "text": "He waited for me."}
    assert room.post(f"/api/parent/film/{site.clip.id}/words", json=said).json == said
    assert room.post(f"/parent/film/{site.clip.id}/together").location == view(site)
    props = props_in(room.get(view(site)).text)
    assert [(each["momentId"], each["words"]) for each in props["moments"]] == [("o1", "He waited for me.")]
    assert room.post(f"/api/parent/film/{site.clip.id}/marks/o1/remove", json={}).status_code == 200
    assert site.store.own_moments.state(site.clip.id).words == {}


@pytest.mark.parametrize("at_us", [-5, 0, 19_999_999, 20_000_000, 10**12])
def test_a_press_anywhere_marks_inside_the_film(site: Site, room: FlaskClient, at_us: int) -> None:
    assert mark(room, site, at_us) == 200
    [made] = site.store.own_moments.state(site.clip.id).marks
    assert 0 <= made.start_us < made.end_us <= 20 * SECOND
    still = room.get(f"/parent/film/{site.clip.id}/still/none")
    assert still.status_code == 404


def test_the_place_that_was_pressed_has_its_picture(site: Site, room: FlaskClient) -> None:
    site.put("original", make("mp4", "h264", size=(160, 90), frames=160))
    assert mark(room, site, 2 * SECOND) == 200
    image = room.get(f"/parent/film/{site.clip.id}/still/o1")
    assert (image.status_code, image.mimetype) == (200, "image/jpeg") and image.data[:2] == b"\xff\xd8"


@pytest.mark.parametrize("body", [{}, {"mark_id": "o1"}, {"mark_id": "", "at_us": 1}, {"mark_id": "o1", "at_us": "1"}])
def test_a_mark_that_does_not_fit_is_refused(site: Site, room: FlaskClient, body: dict[str, object]) -> None:
    assert room.post(f"/api/parent/film/{site.clip.id}/marks", json=body).status_code == 422
    assert site.store.own_moments.state(site.clip.id).marks == ()


def test_a_slipping_finger_makes_no_second_mark_and_there_is_an_end_to_them(site: Site, room: FlaskClient) -> None:
    assert [mark(room, site, 5 * SECOND), mark(room, site, 5 * SECOND + 400_000, "o2")] == [200, 422]
    with pytest.raises(Exception, match="marks already"):
        for number in range(MAX_MARKS + 1):
            payload = {"mark_id": f"n{number}", "at_us": number * 10_000_000, "start_us": 0, "end_us": SECOND}
            site.store.own_moments.append(site.clip.id, "pat", "own_marked", payload)
    assert room.post(f"/api/parent/film/{site.clip.id}/words", json={"moment_id": "no", "text": "x"}).status_code == 422


def machine_made(site: Site) -> set[str]:
    """Put an analysis, decisions, a tag and a note on the film; returns texts that may be nowhere in the room."""
    offered = {"id": "cand-777", "kind": "gaze_contact", "start_us": 0, "end_us": 9, "confidence": 0.5, "reason": "r7"}
    lanes = {"infant": [[0, 9, "unseen", 1.0]], "parent": [[0, 9, "partner", None]]}
    site.store.analyses.save(site.clip.id, Findings({}, {"setup": "x"}, {"confidence": 0.9}, lanes, [offered], b""))
    site.put("heads", b"HEADS", "application/json")
    return {
        "cand-777",
        "gaze_contact",
        "partner",
        "unseen",
        "HEADS",
        "SECRET NOTE",
        "attentive",
        '"m1"',
        "The long wait",
    }


def test_nothing_machine_made_and_no_tag_is_in_the_room_on_any_route_it_calls(site: Site, room: FlaskClient) -> None:
    hidden = machine_made(site)
    mark(room, site, 10 * SECOND)
    base, api = view(site), f"/api/parent/film/{site.clip.id}"
    answers = [
        room.get(base),
        room.get(f"{base}/file"),
        room.get(f"{base}/stop"),
        room.post(f"{api}/marks", json={"mark_id": "o2", "at_us": 3 * SECOND}),
        room.post(f"{api}/words", json={"moment_id": "o2", "text": "Hello."}),
        room.post(f"{api}/marks/o2/remove", json={}),
        room.post(f"{base}/together", follow_redirects=True),
    ]
    said = {"film", "still", "mark", "unmark", "words", "join", "leave", "view"}
    rules = [rule for rule in site.app.url_map.iter_rules() if rule.endpoint.startswith("parent_led")]
    locked = {rule.endpoint for rule in rules if decide(rule.endpoint, PARENT).allowed}
    assert {each.partition(".")[2] for each in locked} == said
    for answer in answers:
        assert answer.status_code == 200
        shown = answer.text + json.dumps(dict(answer.headers))
        assert [text for text in hidden if text in shown] == [], answer.request.path
    assert set(props_in(room.get(base).text)["own"]) == {"marks", "url", "joinUrl", "joined"}


def test_the_room_opens_nothing_else_and_a_reels_room_not_the_whole_film(site: Site, room: FlaskClient) -> None:
    machine_made(site)
    site.put(f"reel:{site.reel_id}", b"film")
    clip = site.clip.id
    for address in (
        f"/clips/{clip}",
        f"/media/{clip}/proxy",
        f"/media/{clip}/heads",
        f"/api/clips/{clip}/review",
        f"/parent/{clip}/{site.reel_id}",
        f"/media/{clip}/reel/{site.reel_id}",
        "/parent/film/another",
    ):
        assert room.get(address).status_code in {302, 403, 404}, address
    assert room.get("/static/icon.svg", buffered=True).status_code == 200
    reels_room = site.signed_in("practitioner", locked=True)
    for address in (view(site), f"{view(site)}/file"):
        assert reels_room.get(address).status_code == 404
    assert mark(reels_room, site, 5) == 404


def test_without_consent_nothing_opens_and_nothing_is_kept(site: Site, room: FlaskClient) -> None:
    end_consent(site, "session", "run out")
    assert room.get(view(site)).status_code == 403
    assert room.get(f"{view(site)}/file").status_code == 403
    assert mark(room, site, 5) == 403
    assert site.store.own_moments.state(site.clip.id).marks == ()


def test_the_worker_leaves_with_the_password_and_takes_a_moment_up(site: Site, room: FlaskClient) -> None:
    mark(room, site, 10 * SECOND)
    room.post(f"/api/parent/film/{site.clip.id}/words", json={"moment_id": "o1", "text": "He waited."})
    assert room.post(f"{view(site)}/stop", data={"password": "wrong"}).status_code == 401
    assert room.post(f"{view(site)}/stop", data={"password": PASSWORD}).location.endswith("#own")
    page = room.get(f"/clips/{site.clip.id}").text
    assert "He waited." in page and "0:10.0" in page
    assert room.post(f"/clips/{site.clip.id}/own/o1", data={"code_ref": "no_such"}).status_code == 422
    assert room.post(f"/clips/{site.clip.id}/own/o1", data={"code_ref": "attentive"}).status_code == 302
    state = site.store.events.state(site.clip.id)
    moment = state.moment("own-o1")
    assert moment is not None and state.words["own-o1"] == "He waited."
    assert "one of the film’s moments" in room.get(f"/clips/{site.clip.id}").text
    assert room.post(f"/clips/{site.clip.id}/own/o1", data={"code_ref": "attentive"}).status_code == 422


def test_a_mark_whose_id_a_tag_has_already_is_taken_up_beside_it(site: Site, room: FlaskClient) -> None:
    mark(room, site, 15 * SECOND, "m1")
    before = site.store.events.state(site.clip.id).moment("m1")
    room.post(f"/api/parent/film/{site.clip.id}/words", json={"moment_id": "m1", "text": "He waited."})
    room.post(f"{view(site)}/stop", data={"password": PASSWORD})
    assert "one of the film’s moments" not in room.get(f"/clips/{site.clip.id}").text
    assert room.post(f"/clips/{site.clip.id}/own/m1", data={"code_ref": "attentive"}).status_code == 302
    state = site.store.events.state(site.clip.id)
    assert state.moment("m1") == before and "m1" not in state.words
    taken_up = state.moment("own-m1")
    assert taken_up is not None and taken_up.start_us == 15 * SECOND - BEFORE_US
    assert state.words["own-m1"] == "He waited."
    assert "one of the film’s moments" in room.get(f"/clips/{site.clip.id}").text


def test_an_id_too_long_to_be_taken_up_is_refused_when_it_is_marked(site: Site, room: FlaskClient) -> None:
    assert [mark(room, site, 5 * SECOND, "a" * 61), mark(room, site, 15 * SECOND, "a" * 60)] == [422, 200]
    room.post(f"{view(site)}/stop", data={"password": PASSWORD})
    assert room.post(f"/clips/{site.clip.id}/own/{'a' * 60}", data={"code_ref": "attentive"}).status_code == 302


def is_together(site: Site, room: FlaskClient) -> bool:
    return bool(props_in(room.get(view(site)).text)["own"]["joined"])


@pytest.mark.parametrize("end", ["left", "handed over anew", "put away"])
def test_looking_together_ends_by_itself(
    site: Site, room: FlaskClient, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    mark(room, site, 10 * SECOND)
    room.post(f"{view(site)}/together")
    assert is_together(site, room)
    if end == "left":
        room.post(f"{view(site)}/stop", data={"password": PASSWORD})
        assert site.actions()[0] == "parent.worker_left"
        assert site.store.own_moments.state(site.clip.id).joined_at is None
        room.post(f"/clips/{site.clip.id}/parent-first", data={"language": "en"})
    elif end == "handed over anew":
        another = site.signed_in("practitioner")
        another.post(f"/clips/{site.clip.id}/parent-first", data={"language": "en"})
    else:
        monkeypatch.setattr("vfeed.server.parents_room.led.now", lambda: utc_now() + TOGETHER)
        monkeypatch.setattr("vfeed.services.parent_led.utc_now", lambda: utc_now() + TOGETHER)
    assert not is_together(site, room)
    assert [each["momentId"] for each in props_in(room.get(view(site)).text)["moments"]] == ["film"]
    monkeypatch.undo()
    room.post(f"{view(site)}/together")
    assert is_together(site, room), "and begins anew when the parent asks"


def test_nobody_but_the_parent_writes_as_the_parent(site: Site) -> None:
    """While the parent view is not open, nothing of the parent's can be written by any route that keeps their word."""
    site.put("proxy", b"film")
    site.put(f"reel:{site.reel_id}", b"film")
    asked = {"clip_id": site.clip.id, "reel_id": site.reel_id, "mark_id": "o1", "moment_id": "m1"}
    payload = {"mark_id": "o1", "at_us": 5, "start_us": 0, "end_us": SECOND}
    site.store.own_moments.append(site.clip.id, "pat", "own_marked", payload)
    worker = site.signed_in("practitioner")
    before = len(site.store.events.read(site.clip.id).events)
    walked = set()
    for rule in site.app.url_map.iter_rules():
        if not rule.endpoint.startswith(("parent.", "parent_api.", "parent_led.", "parent_led_api.")):
            continue
        if "POST" not in (rule.methods or set()) or rule.endpoint in NOT_THE_PARENTS:
            continue
        address = site.app.url_map.bind("localhost").build(rule.endpoint, {n: asked[n] for n in rule.arguments})
        body = {"mark_id": "o2", "moment_id": "m1", "at_us": 9, "text": "I was a bad mother."}
        assert worker.post(address, json=body).status_code == 403, address
        walked.add(rule.endpoint)
    assert walked == {name for name, rule in TABLE.items() if rule.parents} and len(walked) == 10
    assert len(site.store.events.read(site.clip.id).events) == before
    assert [each.mark_id for each in site.store.own_moments.state(site.clip.id).marks] == ["o1"]
    assert site.store.own_moments.state(site.clip.id).words == {}


NOT_THE_PARENTS = {
    "parent.hand_over",
    "parent.leave",
    "parent_api.remove_voice",
    "parent_led.hand_over",
    "parent_led.leave",
    "parent_led.take_up",
}
"""What a worker does: hands over, leads out, takes a moment up, and deletes a recording for a family that asks."""


def test_a_programme_asks_for_it_and_the_marks_go_with_the_film(site: Site) -> None:
    site.put("proxy", b"film")
    worker = site.signed_in("practitioner")
    assert "parent-first" not in worker.get(f"/clips/{site.clip.id}").text
    chosen = {"pack": "watch_me_play", "title": "Watch Me Play"}
    site.store.programmes.append(site.home.family.id, "pat", "programme_chosen", chosen)
    assert f"/clips/{site.clip.id}/parent-first" in worker.get(f"/clips/{site.clip.id}").text
    payload = {"mark_id": "o1", "at_us": 5, "start_us": 0, "end_us": SECOND}
    site.store.own_moments.append(site.clip.id, "pat", "own_marked", payload)
    assert "own_marked" not in site.signed_in("researcher").get(f"/clips/{site.clip.id}").text
    site.store.clips.erase(site.clip.id, "pat")
    assert site.store.own_moments.state(site.clip.id).marks == ()


def test_every_rule_of_the_room_is_in_the_table() -> None:
    assert {name for name, rule in TABLE.items() if name.startswith("parent_led") and not rule.locked} == {
        "parent_led.hand_over",
        "parent_led.take_up",
    }


def test_the_marks_are_given_to_the_workers_timeline_in_a_lane_of_their_own(site: Site, room: FlaskClient) -> None:
    mark(room, site, 10 * SECOND)
    room.post(f"/api/parent/film/{site.clip.id}/words", json={"moment_id": "o1", "text": "He waited."})
    room.post(f"{view(site)}/stop", data={"password": PASSWORD})
    own = [{"start_us": 4 * SECOND, "end_us": 12 * SECOND, "words": "He waited."}]
    assert review_props(room.get(f"/clips/{site.clip.id}").text)["parentsOwn"] == own
    review = room.get(f"/api/clips/{site.clip.id}/review").text
    assert "o1" not in review and "He waited." not in review
    researcher = site.signed_in("researcher").get(f"/clips/{site.clip.id}").text
    assert review_props(researcher)["parentsOwn"] == [] and "He waited." not in researcher


def review_props(page: str) -> dict[str, object]:
    found = re.search(r'data-island="review" data-props="([^"]+)"', page)
    assert found is not None
    props: dict[str, object] = json.loads(html.unescape(found[1]))
    return props
