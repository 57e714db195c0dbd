"""The review room's interface."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import pytest
from app_site import SECOND, Site
from flask.testing import FlaskClient
from synthetic_heads import INFANT, scene

from vfeed.analysis.result import recompute
from vfeed.media.stills import square_around
from vfeed.perception.metrics import metrics_to_npz
from vfeed.services.face_pictures import PAIR_MARGIN, PAIR_SIDE_PX, BothPeople, best_frame
from vfeed.store.analyses import Findings

CANDIDATE = {
    "id": "c1",
    "kind": "gaze_contact",
    "start_us": 1 * SECOND,
    "end_us": 2 * SECOND,
    "confidence": 0.8,
    "reason": "Both faces are turned to each other.",
    "evidence": {},
}
DECISION = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 1 * SECOND, "end_us": 2 * SECOND}


def analysed(site: Site, candidate: dict[str, Any] = CANDIDATE) -> None:
    lanes: dict[str, Any] = {"infant": [[0, SECOND, "partner", 0.9]], "parent": [[0, SECOND, "unseen", 1.0]]}
    words = {"words": ["The infant’s face can be read for 90 % of the time."]}
    heads = b'{"time_us":[0,1500000],"infant":[null,[0.5,0.4,0.1,0.2]],"parent":[[0.1,0.1,0.1,0.2],[0.2,0.2,0.1,0.2]]}'
    site.store.analyses.save(
        site.clip.id, Findings({}, words, {}, lanes, [candidate], b"", {"heads": ("application/json", heads)})
    )


@pytest.mark.parametrize(
    ("filming", "shown", "not_shown"),
    [
        (
            {
                "usable": "again",
                "usable_words": "Little can be seen.",
                "words": ["It is dark."],
                "advice": ["Open the curtains."],
            },
            ["notice--warn", "Little can be seen.", "It is dark.", "For the next film", "Open the curtains."],
            [],
        ),
        (
            {"usable": "fine", "usable_words": "All well.", "words": [], "advice": []},
            ["notice--good", "All well.", "nothing about the people"],
            ["For the next film"],
        ),
        ({"words": ["From before there was advice."]}, ["From before"], ["notice--", "nothing about the people"]),
    ],
)
def test_a_films_page_says_what_the_film_allows(
    site: Site, filming: dict[str, Any], shown: list[str], not_shown: list[str]
) -> None:
    site.store.analyses.save(site.clip.id, Findings({}, filming, {}, {}, [], b""))
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}").text
    about = page[page.index('id="facts-h"') :].split("</section>")[0]
    assert all(words in about for words in shown)
    assert not any(words in about for words in not_shown)


def test_when_the_two_are_exchanged_what_was_seen_is_said_of_the_other(site: Site) -> None:
    metrics = scene(["partner"] * 20, ["partner"] * 20)
    metrics["light"][:, INFANT] = 40.0
    filming = recompute(metrics).filming
    site.store.analyses.save(site.clip.id, Findings({}, filming, {}, {}, [], metrics_to_npz(metrics)))
    browser = site.signed_in("practitioner")
    address = f"/clips/{site.clip.id}"
    assert "The infant’s face is dark" in browser.get(address).text
    browser.post(f"{address}/roles")
    assert "The parent’s face is dark" in browser.get(address).text


def review(browser: FlaskClient, site: Site) -> dict[str, Any]:
    read: dict[str, Any] = browser.get(f"/api/clips/{site.clip.id}/review").get_json()
    return read


def test_before_the_analysis_there_is_a_review_without_candidates(site: Site) -> None:
    read = review(site.signed_in("practitioner"), site)
    assert (read["candidates"], read["lanes"], read["heads_url"]) == ([], None, None)
    assert read["last_event_id"] == 3
    assert {"id", "label", "parent_words", "part"} <= set(read["strengths"][0])


def test_candidates_come_with_reason_label_and_face_pair(site: Site) -> None:
    analysed(site)
    read = review(site.signed_in("practitioner"), site)
    candidate = read["candidates"][0]
    assert candidate["label"] == "Gaze contact"
    assert candidate["face_pair_url"] == f"/media/{site.clip.id}/facepair/c1"
    assert candidate["reason"] == CANDIDATE["reason"]
    assert read["lanes"]["parent"] == [[0, SECOND, "unseen", 1.0]]


def test_looking_away_is_never_called_otherwise(site: Site) -> None:
    analysed(site, {**CANDIDATE, "kind": "gaze_aversion"})
    assert review(site.signed_in("practitioner"), site)["candidates"][0]["label"] == "Looking away"


def test_a_decision_is_kept_and_taken_back_and_made_again(site: Site) -> None:
    analysed(site)
    browser = site.signed_in("practitioner")
    here = f"/api/clips/{site.clip.id}"
    answer = browser.post(f"{here}/events", json={"type": "candidate_confirmed", "payload": DECISION, "expect_last": 3})
    assert answer.get_json()["event_id"] == 4
    assert answer.get_json()["changed"]["decisions"]["c1"]["state"] == "confirmed"
    undone = browser.post(f"{here}/undo", json={"expect_last": 4}).get_json()
    assert undone["changed"] == {"decisions": {"c1": None}} and undone["redo"]["label"] == "kept gaze contact 1"
    again = browser.post(f"{here}/redo", json={}).get_json()
    assert again["changed"]["decisions"]["c1"]["state"] == "confirmed" and again["redo"] is None
    assert review(browser, site)["state"]["decisions"]["c1"]["state"] == "confirmed"


def test_an_answer_tells_what_has_changed_and_stays_small(site: Site) -> None:
    browser = site.signed_in("practitioner")
    moment = {"start_us": SECOND, "end_us": 2 * SECOND, "code_ref": "attentive"}
    sizes = []
    for number in range(40):
        sent = {"type": "moment_tagged", "payload": {**moment, "moment_id": f"x{number}"}}
        answer = browser.post(f"/api/clips/{site.clip.id}/events", json=sent)
        sizes.append(len(answer.data))
    assert answer.get_json()["changed"] == {
        "moments": {
            "x39": {**moment, "moment_id": "x39", "note": "", "parent_words": "", "point": False, "anchors": None}
        }
    }
    assert not answer.get_json()["offer_changed"] and sizes[-1] <= sizes[1] + 10 < 4000


def test_the_offer_is_asked_for_by_itself_and_not_reckoned_for_whoever_has_it(site: Site) -> None:
    metrics = scene(["partner"] * 60, (["partner"] * 15 + ["toy"] * 15) * 2, eyes=True)
    contacts = [each.as_dict() for each in recompute(metrics).candidates if each.kind == "gaze_contact"]
    site.store.analyses.save(site.clip.id, Findings({}, {"words": []}, {}, {}, contacts, metrics_to_npz(metrics)))
    browser = site.signed_in("practitioner")
    here = f"/api/clips/{site.clip.id}"
    first = browser.get(f"{here}/offer")
    read = review(browser, site)
    assert first.get_json() == {name: read[name] for name in ("candidates", "lanes", "who")}
    tag = {"If-None-Match": first.headers["ETag"]}
    assert (browser.get(f"{here}/offer", headers=tag).status_code, first.headers["Cache-Control"]) == (
        304,
        "private, no-store",
    )
    one = {"candidate_id": contacts[0]["id"]} | {name: contacts[0][name] for name in ("kind", "start_us", "end_us")}
    decided = browser.post(f"{here}/events", json={"type": "candidate_rejected", "payload": one}).get_json()
    assert decided["offer_changed"] and "candidates" not in decided
    assert browser.get(f"{here}/offer", headers=tag).status_code == 200
    off = {"type": "gaze_flags_set", "payload": {"meaningful": False, "reason": "sees poorly"}}
    assert browser.post(f"{here}/events", json=off).get_json()["offer_changed"]
    assert browser.get(f"{here}/offer").get_json()["candidates"] == []


def test_research_reads_decisions_and_times_but_no_words_in_what_has_changed(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "candidate_confirmed", DECISION)
    read = review(site.signed_in("researcher"), site)
    assert all(moment["note"] == "" for moment in read["state"]["moments"]) and read["state"]["decisions"]
    assert (read["undo"], read["redo"], read["state"]["reels"], read["state"]["words"]) == (None, None, [], {})


def test_a_decision_ranks_the_rest_anew_and_changes_no_name(site: Site) -> None:
    metrics = scene(["partner"] * 60, (["partner"] * 15 + ["toy"] * 15) * 2, eyes=True)
    contacts = [each.as_dict() for each in recompute(metrics).candidates if each.kind == "gaze_contact"]
    site.store.analyses.save(site.clip.id, Findings({}, {"words": []}, {}, {}, contacts, metrics_to_npz(metrics)))
    browser = site.signed_in("practitioner")
    before = browser.get(f"/api/clips/{site.clip.id}/review").get_json()
    first = before["candidates"][0]
    refused = {"candidate_id": first["id"]} | {name: first[name] for name in ("kind", "start_us", "end_us")}
    sent = {"type": "candidate_rejected", "payload": refused}
    assert browser.post(f"/api/clips/{site.clip.id}/events", json=sent).status_code == 200
    after = browser.get(f"/api/clips/{site.clip.id}/offer").get_json()
    assert [each["id"] for each in after["candidates"]][:2] == [each["id"] for each in before["candidates"]]
    assert after["candidates"][0] == first


def test_the_history_tells_who_did_what_and_whether_it_stands(site: Site) -> None:
    analysed(site)
    browser = site.signed_in("practitioner")
    here = f"/api/clips/{site.clip.id}"
    browser.post(f"{here}/events", json={"type": "candidate_confirmed", "payload": DECISION})
    browser.post(f"{here}/undo", json={})
    *_, kept, undone = browser.get(f"{here}/history").get_json()
    assert (kept["label"], kept["about"], kept["stands"]) == ("kept gaze contact 1", "c1", False)
    assert (kept["actor"], undone["label"]) == ("practitioner", "took back: kept gaze contact 1")


def test_who_was_overtaken_is_told_and_changes_nothing(site: Site) -> None:
    browser = site.signed_in("practitioner")
    body = {"type": "candidate_rejected", "payload": DECISION, "expect_last": 1}
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json=body)
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "conflict")
    assert review(browser, site)["last_event_id"] == 3


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400),
        ([], 400),
        ({}, 422),
        ({"type": "candidate_confirmed"}, 422),
        ({"type": 5, "payload": {}}, 422),
        ({"type": "unheard_of", "payload": {}}, 422),
        ({"type": "candidate_confirmed", "payload": {**DECISION, "end_us": 0}}, 422),
        ({"type": "candidate_confirmed", "payload": {**DECISION, "end_us": 99 * SECOND}}, 422),
        ({"type": "candidate_confirmed", "payload": {**DECISION, "start_us": 0.5}}, 422),
        ({"type": "candidate_confirmed", "payload": {**DECISION, "more": 1}}, 422),
        ({"type": "candidate_confirmed", "payload": DECISION, "expect_last": "x"}, 422),
        (
            {"type": "moment_tagged", "payload": {"moment_id": "m9", "start_us": 0, "end_us": 1, "code_ref": "none"}},
            422,
        ),
        ({"type": "gaze_flags_set", "payload": {"meaningful": False}}, 422),
        ({"type": "reel_saved", "payload": {}}, 422),
        ({"type": "review_started", "payload": {"reel_id": "reel-1"}}, 422),
        ({"type": "undone", "payload": {"event_id": 3}}, 422),
    ],
)
def test_an_event_that_does_not_fit_is_refused_and_nothing_is_added(site: Site, body: Any, status: int) -> None:
    browser = site.signed_in("practitioner")
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json=body)
    assert answer.status_code == status
    assert answer.get_json()["error"]["message"]
    assert review(browser, site)["last_event_id"] == 3


def test_an_unchanged_review_is_not_sent_again(site: Site) -> None:
    browser = site.signed_in("practitioner")
    first = browser.get(f"/api/clips/{site.clip.id}/review")
    again = browser.get(f"/api/clips/{site.clip.id}/review", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    browser.post(f"/api/clips/{site.clip.id}/undo", json={})
    later = browser.get(f"/api/clips/{site.clip.id}/review", headers={"If-None-Match": first.headers["ETag"]})
    assert later.status_code == 200


def test_a_saved_reel_is_queued_to_be_made(site: Site) -> None:
    browser = site.signed_in("practitioner")
    body = {"title": "Turns", "moments": [{"moment_id": "m2", "start_us": 8 * SECOND, "end_us": 9 * SECOND}]}
    answer = browser.post(f"/api/clips/{site.clip.id}/reels", json=body)
    assert answer.status_code == 201
    job = site.store.jobs.get(answer.get_json()["job_id"])
    assert (job.kind, job.payload) == ("reel", {"reel_id": answer.get_json()["reel_id"]})


@pytest.mark.parametrize(
    "moments",
    [[], None, "m1", [{"moment_id": "m1", "start_us": 0, "end_us": 5 * SECOND}], [{"moment_id": "m1"}] * 4],
)
def test_a_reel_that_does_not_fit_is_refused(site: Site, moments: Any) -> None:
    answer = site.signed_in("practitioner").post(
        f"/api/clips/{site.clip.id}/reels", json={"title": "Turns", "moments": moments}
    )
    assert answer.status_code == 422
    assert len(site.store.events.state(site.clip.id).reels) == 1


def test_a_job_is_stopped_and_started_again(site: Site) -> None:
    browser = site.signed_in("practitioner")
    job_id = site.store.jobs.for_clip(site.clip.id)[0].id
    assert browser.post(f"/api/jobs/{job_id}/cancel").get_json()["state"] == "cancelled"
    assert browser.post(f"/api/jobs/{job_id}/retry").get_json()["state"] == "queued"
    jobs = browser.get(f"/api/clips/{site.clip.id}/jobs").get_json()
    assert {"id", "kind", "state", "progress", "stage", "eta_s", "error"} <= set(jobs[0])


def test_the_clip_says_where_its_parts_are_once_they_are_made(site: Site) -> None:
    browser = site.signed_in("practitioner")
    before = browser.get(f"/api/clips/{site.clip.id}").get_json()
    assert before["proxy_url"] is None
    site.put("proxy", b"film")
    after = browser.get(f"/api/clips/{site.clip.id}").get_json()
    assert browser.get(after["proxy_url"]).data == b"film"
    assert after["still_url"] == f"/media/{site.clip.id}/still/{{time_us}}"


def test_heads_change_places_with_the_roles(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    analysed(site)
    browser = site.signed_in("practitioner")
    before = browser.get(f"/media/{site.clip.id}/heads").get_json()
    browser.post(f"/clips/{site.clip.id}/roles")
    after = browser.get(f"/media/{site.clip.id}/heads").get_json()
    assert (after["infant"], after["parent"]) == (before["parent"], before["infant"])


def test_gaze_candidates_are_switched_off_with_a_reason_without_javascript(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert browser.post(f"/clips/{site.clip.id}/gaze", data={"reason": ""}).status_code == 422
    assert browser.post(f"/clips/{site.clip.id}/gaze", data={"reason": "She sees poorly."}).status_code == 302
    assert not site.store.events.state(site.clip.id).gaze_flags.meaningful
    browser.post(f"/clips/{site.clip.id}/gaze", data={"meaningful": "yes", "reason": "Glasses."})
    assert site.store.events.state(site.clip.id).gaze_flags.meaningful


def test_a_supervisor_opens_no_review_and_changes_nothing(site: Site) -> None:
    browser = site.signed_in("supervisor")
    assert browser.get(f"/api/clips/{site.clip.id}/review").status_code == 403
    answer = browser.post(f"/api/clips/{site.clip.id}/undo", json={})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "forbidden")


def test_the_face_pair_takes_the_frame_nearest_the_middle_with_both_faces() -> None:
    box = (0.1, 0.1, 0.1, 0.1)
    heads = BothPeople([0, 400, 500, 800], infant=[box, box, None, box], parent=[box, None, box, box])
    assert best_frame(heads, 0, 1000) == 3


@pytest.mark.parametrize(
    "box", [[0.0, 0.0, 0.2, 0.3], [0.9, 0.9, 0.2, 0.3], [0.4, 0.4, 0.001, 0.001], [-0.2, -0.2, 0.3, 0.3]]
)
def test_a_face_at_the_edge_still_gives_a_square(box: list[float]) -> None:
    image = np.zeros((90, 160, 3), np.uint8)
    square = square_around(image, box, PAIR_SIDE_PX, PAIR_MARGIN)
    assert square.shape == (PAIR_SIDE_PX, PAIR_SIDE_PX, 3)
    assert cv2.imencode(".jpg", square)[0]


def test_lines_of_looks_come_from_the_kept_measurements_unless_gaze_means_little(site: Site) -> None:
    metrics = scene(["partner", "toy"], ["partner", "unseen"], eyes=True)
    site.store.analyses.save(
        site.clip.id, Findings({}, {"words": []}, {}, {"infant": [], "parent": []}, [], metrics_to_npz(metrics), {})
    )
    browser = site.signed_in("practitioner")
    lines = browser.get(f"/media/{site.clip.id}/gaze").get_json()
    assert len(lines["time_us"]) == 2
    assert lines["infant"][1] is None
    assert all(lines["parent"])
    off = {"meaningful": False, "reason": "sees poorly"}
    site.store.events.append(site.clip.id, "pat", "gaze_flags_set", off)
    assert browser.get(f"/media/{site.clip.id}/gaze").get_json() == {"time_us": [], "infant": [], "parent": []}
