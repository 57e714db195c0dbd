"""The parent view: what it shows, what it keeps back, and how one gets out."""

from __future__ import annotations

from app_site import PASSWORD, Site
from caregiver_browser import handed_over, props_in, view_of


def test_the_view_holds_the_moments_and_nothing_else(site: Site) -> None:
    page = handed_over(site).get(view_of(site)).text
    props = props_in(page)
    known = {"title", "languages", "moments", "stopUrl"}
    assert set(props) == known | {"wanted", "nextStep", "nextUrl", "finishUrl"}
    assert [(moment["startUs"], moment["endUs"]) for moment in props["moments"]] == [
        (0, 3_000_000),
        (3_000_000, 6_000_000),
    ]
    assert set(props["moments"][0]) == {
        "momentId",
        "filmUrl",
        "wordsUrl",
        "voiceUrl",
        "talkUrl",
        "startUs",
        "endUs",
        "stillUrl",
        "words",
        "pauses",
        "slowAgain",
        "talk",
        "voices",
        "noticed",
    }
    for kept_back in ("SECRET NOTE", "attentive", "Robin", "Playing", "candidate", "Families", "Audit", "%"):
        assert kept_back not in page, kept_back


def test_a_pause_lies_where_its_picture_is_in_the_film_of_moments(site: Site) -> None:
    pieces = [
        {"moment_id": "m2", "start_us": 8_000_000, "end_us": 10_000_000},
        {
            "moment_id": "m1",
            "start_us": 3_000_000,
            "end_us": 5_000_000,
            "pauses": [{"time_us": 3_500_000, "question": "Did you hear that?"}],
        },
    ]
    reel = {"reel_id": site.reel_id, "title": "The long wait", "moments": pieces}
    site.store.events.append(site.clip.id, "pat", "reel_saved", reel)
    first, second = props_in(handed_over(site).get(view_of(site)).text)["moments"]
    assert first["pauses"] == []
    [pause] = second["pauses"]
    assert pause["atUs"] == 2_500_000
    assert [line["text"] for line in pause["question"]] == ["Did you hear that?"]


def test_while_it_is_open_this_browser_reaches_nothing_else(site: Site) -> None:
    browser = handed_over(site)
    for path in ("/", "/families", f"/clips/{site.clip.id}", "/help", "/password", "/no-such-page"):
        assert browser.get(path).location == view_of(site), path
    for path in (f"/media/{site.clip.id}/proxy", f"/api/clips/{site.clip.id}/review", f"/media/{site.clip.id}/still/0"):
        assert browser.get(path).status_code == 403, path
    assert browser.post(f"/api/clips/{site.clip.id}/undo", json={}).status_code == 403
    assert browser.get(f"/media/{site.clip.id}/reel/{site.reel_id}").data == b"film"
    assert browser.get(f"/media/{site.clip.id}/reel/another").status_code == 403
    assert browser.get(f"/parent/{site.clip.id}/another").status_code == 403


def test_the_parents_words_are_kept_as_said(site: Site) -> None:
    browser = handed_over(site)
    answer = browser.post(f"/api{view_of(site)}/words", json={"moment_id": "m1", "text": "  He looked for me.  "})
    assert answer.get_json() == {"moment_id": "m1", "text": "He looked for me."}
    assert browser.post(f"{view_of(site)}/words", data={"moment_id": "m2", "text": "She laughed."}).status_code == 302
    assert site.store.events.state(site.clip.id).words == {"m1": "He looked for me.", "m2": "She laughed."}
    assert props_in(browser.get(view_of(site)).text)["moments"][1]["words"] == "She laughed."


def test_the_parents_own_mark_is_kept_in_the_clips_time_and_taken_away_again(site: Site) -> None:
    browser = handed_over(site)
    # The second moment begins at 8 s of the clip and at 3 s of the film of moments.
    body = {"mark_id": "t1", "moment_id": "m2", "at_us": 4_250_000}
    assert browser.post(f"/api{view_of(site)}/talk", json=body).status_code == 200
    [mark] = site.store.events.state(site.clip.id).parent.talk_marks
    assert (mark.moment_id, mark.time_us) == ("m2", 9_250_000)
    assert props_in(browser.get(view_of(site)).text)["moments"][1]["talk"] == [{"markId": "t1", "atUs": 4_250_000}]
    assert browser.post(f"/api{view_of(site)}/talk/t1/remove", json={}).status_code == 200
    assert site.store.events.state(site.clip.id).parent.talk_marks == ()


def test_the_worker_finds_the_parents_mark_with_the_moments_and_research_does_not(site: Site) -> None:
    mark = {"mark_id": "t1", "moment_id": "m2", "time_us": 9_250_000}
    site.store.events.append(site.clip.id, "pat", "talk_marked", mark)
    worker = site.signed_in("practitioner")
    assert (
        "The parent wants to talk about this, at 0:09.2"
        in worker.get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    )
    review = f"/api/clips/{site.clip.id}/review"
    assert worker.get(review).get_json()["state"]["talk_marks"] == [mark]
    assert site.signed_in("researcher").get(review).get_json()["state"]["talk_marks"] == []


def test_nobody_else_marks_for_the_parent(site: Site) -> None:
    sent = {"type": "talk_marked", "payload": {"mark_id": "t1", "moment_id": "m1", "time_us": 3_000_000}}
    assert site.signed_in("practitioner").post(f"/api/clips/{site.clip.id}/events", json=sent).status_code == 422


def test_words_about_something_else_are_refused(site: Site) -> None:
    browser = handed_over(site)
    for body in ({"moment_id": "m9", "text": "x"}, {"moment_id": "m1"}, {"text": "x"}, {"moment_id": 1, "text": "x"}):
        assert browser.post(f"/api{view_of(site)}/words", json=body).status_code in {404, 422}, body
    assert browser.post(f"/api{view_of(site)}/words", data="not json").status_code == 400
    assert site.store.events.state(site.clip.id).words == {}


def test_only_the_workers_password_leads_out(site: Site) -> None:
    browser = handed_over(site)
    stop = f"{view_of(site)}/stop"
    assert "The film has stopped" in browser.get(stop).text
    assert browser.post(stop, data={"password": "wrong"}).status_code == 401
    assert browser.get("/families").location == view_of(site)
    answer = browser.post(stop, data={"password": PASSWORD})
    assert answer.location == f"/clips/{site.clip.id}/reels/{site.reel_id}"
    assert browser.get("/families").status_code == 200
    types = [event.type for event in site.store.events.read(site.clip.id).events]
    assert types[-2:] == ["review_started", "review_stopped"]


def test_guessing_the_workers_password_is_braked(site: Site) -> None:
    browser = handed_over(site)
    tries = [browser.post(f"{view_of(site)}/stop", data={"password": "guess"}) for _ in range(9)]
    assert [answer.status_code for answer in tries] == [401] * 8 + [429]


def test_signing_out_from_the_view_leads_to_the_door_not_back_in(site: Site) -> None:
    browser = handed_over(site)
    assert browser.post("/sign-out").location == "/sign-in"
    assert browser.get("/families").status_code == 302


def test_a_film_that_is_not_made_yet_is_not_handed_over(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent").status_code == 409
    assert browser.get("/families").status_code == 200


def test_the_view_is_not_opened_without_handing_over(site: Site) -> None:
    answer = site.signed_in("practitioner").get(view_of(site))
    assert answer.location == f"/clips/{site.clip.id}/reels/{site.reel_id}"


def test_a_film_destroyed_meanwhile_can_still_be_left(site: Site) -> None:
    browser = handed_over(site)
    site.store.clips.erase(site.clip.id)
    assert browser.get(view_of(site)).status_code == 404
    assert browser.post(f"{view_of(site)}/stop", data={"password": PASSWORD}).status_code == 302
    assert browser.get("/families").status_code == 200


def test_the_parents_next_step_lands_in_the_record_and_finishing_leads_there(site: Site) -> None:
    browser = handed_over(site)
    props = props_in(browser.get(view_of(site)).text)
    assert props["wanted"] == site.store.families.visit(site.clip.visit_id or "").helping_question
    for text in ("Wait", "Wait a little longer", "Wait a little longer"):
        assert browser.post(props["nextUrl"], json={"moment_id": "", "text": text}).status_code == 200
    [(record, state)] = site.store.sessions.for_family(site.home.family.id)
    assert state.words["working_point"] == "Wait a little longer"
    assert [(reel.clip_id, reel.reel_id) for reel in state.reels] == [(site.clip.id, site.reel_id)]
    assert len(site.store.sessions.read(record.id).events) == 3, "what is the same is not written twice"
    assert props_in(browser.get(view_of(site)).text)["nextStep"] == "Wait a little longer"
    assert "The film has stopped" not in browser.get(props["finishUrl"]).text
    answer = browser.post(props["finishUrl"], data={"password": PASSWORD})
    assert answer.location == f"/families/{site.home.family.id}/sessions/{record.id}"
    assert "Wait a little longer" in browser.get(answer.location).text


def test_finishing_begins_the_record_and_stopping_does_not(site: Site) -> None:
    browser = handed_over(site)
    finish = props_in(browser.get(view_of(site)).text)["finishUrl"]
    browser.post(f"{view_of(site)}/stop", data={"password": PASSWORD})
    assert site.store.sessions.for_family(site.home.family.id) == []
    handed_over(site).post(finish, data={"password": PASSWORD})
    assert len(site.store.sessions.for_family(site.home.family.id)) == 1
