"""Who is who and the set-up over the web: found, said, recomputed everywhere, and kept over another analysis."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from app_site import Site, end_consent
from clip_factory import make
from flask.testing import FlaskClient
from stored_analysis import BEAT, analysis_of, three
from synthetic_heads import alone, split_screen

from vfeed.perception.metrics import Metrics
from vfeed.services.face_pictures import PERSON_SIDE_PX
from vfeed.services.offers import MetricsOutdated, Offers
from vfeed.store.analyses import Findings


def analyse(site: Site, metrics: Metrics) -> None:
    """Keep an analysis as the worker does."""
    site.store.analyses.save(site.clip.id, analysis_of(metrics))


@pytest.fixture
def browser(site: Site) -> FlaskClient:
    return site.signed_in("practitioner")


def read(browser: FlaskClient, site: Site, what: str) -> Any:
    answer = browser.get(f"/api/clips/{site.clip.id}/{what}")
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def say(browser: FlaskClient, site: Site, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json={"type": kind, "payload": payload})
    assert answer.status_code == 200, answer.text
    review: dict[str, Any] = read(browser, site, "review")
    return review


def parts(browser: FlaskClient, site: Site) -> list[str]:
    return [person["part"] for person in read(browser, site, "people")]


def naming(browser: FlaskClient, site: Site, *wanted: str) -> dict[str, Any]:
    people = read(browser, site, "people")
    return {"people": [{"part": part, "seen": each["seen"]} for part, each in zip(wanted, people, strict=True)]}


def heads(browser: FlaskClient, site: Site) -> Any:
    return browser.get(f"/media/{site.clip.id}/heads").get_json()


def test_everybody_is_offered_with_part_share_and_sightings(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    people = read(browser, site, "people")
    assert [each["number"] for each in people] == [1, 2, 3]
    assert sorted(each["part"] for each in people) == ["infant", "other", "parent"] and people[2]["part"] == "infant"
    assert all(each["seen_share"] == 1.0 and 1 <= len(each["seen"]) <= 3 for each in people)
    assert read(browser, site, "review")["who"]["asks"] == ["people"]


def test_before_the_analysis_there_is_nobody_to_name(site: Site, browser: FlaskClient) -> None:
    assert read(browser, site, "people") == [] and read(browser, site, "review")["who"] is None


def test_choosing_the_other_carer_shows_their_moments_with_the_infant(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    first = parts(browser, site).index("parent")
    other = 1 - first
    wanted = ["other", "other", "infant"]
    wanted[other] = "parent"
    before = heads(browser, site)
    review = say(browser, site, "people_named", naming(browser, site, *wanted))
    assert parts(browser, site) == wanted
    assert review["who"]["roles"] == {"confidence": 1.0, "others": 1, "given": True, "lost": []}
    assert review["who"]["asks"] == [] and review["undo"]["label"] == "said who is who"
    after = heads(browser, site)
    assert after["infant"] == before["infant"] and after["parent"] != before["parent"]
    browser.post(f"/api/clips/{site.clip.id}/undo", json={})
    assert heads(browser, site) == before


def test_a_swap_exchanges_the_named_and_a_new_naming_ends_it(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    say(browser, site, "people_named", naming(browser, site, "infant", "other", "parent"))
    say(browser, site, "roles_swapped", {})
    assert parts(browser, site) == ["parent", "other", "infant"]
    say(browser, site, "people_named", naming(browser, site, "other", "infant", "parent"))
    assert parts(browser, site) == ["other", "infant", "parent"]
    say(browser, site, "people_named", {"people": []})
    assert parts(browser, site)[2] == "infant"


def test_pictures_of_both_faces_have_another_address_once_somebody_else_is_in_them(
    site: Site, browser: FlaskClient
) -> None:
    analyse(site, three(0, 1, 2))
    seen = {read(browser, site, "review")["candidates"][0]["face_pair_url"]}
    for step in (
        ("setup_named", {"kind": "one_view"}),
        ("people_named", naming(browser, site, "other", "parent", "infant")),
        ("roles_swapped", {}),
    ):
        seen.add(say(browser, site, *step)["candidates"][0]["face_pair_url"])
    assert len({address.partition("?")[0] for address in seen}) == 1 and len(seen) == 3


def test_a_naming_holds_when_another_analysis_numbers_the_people_otherwise(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    say(browser, site, "people_named", naming(browser, site, "other", "infant", "parent"))
    analyse(site, three(2, 0, 1))
    assert parts(browser, site) == ["parent", "other", "infant"]


def test_who_is_not_found_again_is_said_and_asked_for(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    say(browser, site, "people_named", naming(browser, site, "parent", "other", "infant"))
    analyse(site, three(1, 2))
    review = read(browser, site, "review")
    assert review["who"]["roles"]["lost"] == ["parent"] and "people" in review["who"]["asks"]
    page = browser.get(f"/clips/{site.clip.id}").text
    assert "The parent that was named is not found again" in page


def test_the_filming_remarks_follow_what_is_said(site: Site, browser: FlaskClient) -> None:
    analyse(site, alone(["partner"] * 60))
    address = f"/clips/{site.clip.id}"
    assert "Only one person was found" in browser.get(address).text
    assert read(browser, site, "review")["who"]["asks"] == ["setup"]
    review = say(browser, site, "setup_named", {"kind": "parent_at_camera"})
    assert review["who"]["setup"] == {"kind": "parent_at_camera", "confidence": 1.0, "given": True}
    assert review["who"]["asks"] == []
    page = browser.get(address).text
    assert "The parent is at the camera, as a person said" in page and "Have both faces" not in page


def test_a_split_screen_is_asked_about_until_it_is_confirmed(site: Site, browser: FlaskClient) -> None:
    analyse(site, split_screen(["partner"] * 60, BEAT))
    who = read(browser, site, "review")["who"]
    assert who["setup"]["kind"] == "split_screen" and who["asks"] == ["setup"]
    assert say(browser, site, "setup_named", {"kind": "split_screen"})["who"]["asks"] == []


def test_another_set_up_gives_other_candidates_and_back(site: Site, browser: FlaskClient) -> None:
    analyse(site, split_screen(["partner"] * 80, ["partner"] * 40 + ["toy"] * 40))
    found = read(browser, site, "review")
    as_one = say(browser, site, "setup_named", {"kind": "one_view"})
    assert as_one["candidates"] != found["candidates"] and as_one["lanes"] != found["lanes"]
    assert say(browser, site, "setup_named", {"kind": None})["candidates"] == found["candidates"]


def test_with_the_parent_at_the_camera_there_is_no_parents_head(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    say(browser, site, "setup_named", {"kind": "parent_at_camera"})
    assert parts(browser, site) == ["other", "other", "infant"]
    assert set(map(str, heads(browser, site)["parent"])) == {"None"}


def test_decisions_teach_the_rest_in_the_light_of_what_was_said(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    review = say(browser, site, "people_named", naming(browser, site, "other", "parent", "infant"))
    contact = next(each for each in review["candidates"] if each["kind"] == "gaze_contact")
    payload = {"candidate_id": contact["id"], **{name: contact[name] for name in ("kind", "start_us", "end_us")}}
    after = say(browser, site, "candidate_confirmed", payload)
    assert after["who"] == review["who"]
    assert [each["id"] for each in after["candidates"]][: len(review["candidates"])] == [
        each["id"] for each in review["candidates"]
    ]


def test_measurements_of_an_earlier_version_leave_the_analysis_as_it_is_and_say_so(
    site: Site, browser: FlaskClient
) -> None:
    site.store.analyses.save(site.clip.id, replace(analysis_of(three(0, 1, 2)), metrics=b"old"))
    before = read(browser, site, "review")
    review = say(browser, site, "roles_swapped", {})
    assert before["who"]["outdated"] is False and review["who"]["outdated"] is True
    assert [each["start_us"] for each in review["candidates"]] == [each["start_us"] for each in before["candidates"]]


def test_a_person_is_shown_at_their_clearest(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    site.put("original", make("mp4", "h264", frames=75))
    address = read(browser, site, "people")[0]["still_url"]
    assert browser.get(address).status_code == 202
    assert "still.viewed" not in site.actions()
    assert browser.post(address).status_code == 204
    answer = browser.get(address)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    image = cv2.imdecode(np.frombuffer(answer.data, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape == (PERSON_SIDE_PX, PERSON_SIDE_PX, 3)
    again = browser.get(f"/media/{site.clip.id}/person/1")
    assert again.data == answer.data
    nobody = f"/media/{site.clip.id}/person/9"
    assert (browser.get(nobody).status_code, browser.post(nobody).status_code) == (404, 404)
    assert "still.viewed" in site.actions()


def test_both_faces_of_a_candidate_are_made_when_a_page_asks_and_anew_for_other_people(
    site: Site, browser: FlaskClient
) -> None:
    analyse(site, three(0, 1, 2))
    site.put("original", make("mp4", "h264", frames=75))
    address = read(browser, site, "review")["candidates"][0]["face_pair_url"]
    assert browser.get(address).status_code == 202
    assert browser.post(address).status_code == 204
    found = browser.get(address)
    assert (found.status_code, found.mimetype) == (200, "image/jpeg")
    review = say(browser, site, "roles_swapped", {})
    assert browser.get(review["candidates"][0]["face_pair_url"]).status_code == 202


def test_who_may_not_see_a_film_has_no_picture_made_of_it(site: Site) -> None:
    analyse(site, three(0, 1, 2))
    site.put("original", make("mp4", "h264", frames=75))
    address = read(site.signed_in("practitioner"), site, "people")[0]["still_url"]
    assert site.signed_in("supervisor").post(address).status_code == 403
    end_consent(site, "session", "missing")
    assert site.signed_in("practitioner").post(address).status_code == 403
    assert not [blob for blob in site.store.blobs.list(site.clip.id) if blob.role.startswith("person:")]


@pytest.mark.parametrize("kind", ["people_named", "setup_named"])
def test_a_researcher_reads_and_does_not_say(site: Site, kind: str) -> None:
    analyse(site, three(0, 1, 2))
    browser = site.signed_in("researcher")
    assert len(read(browser, site, "people")) == 3
    payload: dict[str, Any] = {"people": []} if kind == "people_named" else {"kind": None}
    answer = browser.post(f"/api/clips/{site.clip.id}/events", json={"type": kind, "payload": payload})
    assert answer.status_code == 403


def test_with_gaze_flags_off_nobody_is_offered_a_look_and_the_people_stay(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    on = read(browser, site, "review")
    assert on["candidates"] and on["lanes"]
    off = say(browser, site, "gaze_flags_set", {"meaningful": False, "reason": "She sees poorly."})
    assert (off["candidates"], off["lanes"]) == ([], None)
    assert off["state"]["gaze_flags"]["reason"] == "She sees poorly."
    first = on["candidates"][0]
    assert browser.get(f"/media/{site.clip.id}/facepair/{first['id']}").status_code == 404
    assert len(off["state"]["moments"]) == 2 and off["who"] == on["who"] and off["heads_url"]
    assert say(browser, site, "people_named", naming(browser, site, "other", "parent", "infant"))["candidates"] == []
    for page in (f"/clips/{site.clip.id}", f"/clips/{site.clip.id}/reels/new"):
        shown = browser.get(page)
        assert shown.status_code == 200 and first["reason"] not in shown.text
    back = say(browser, site, "gaze_flags_set", {"meaningful": True})
    assert [each["kind"] for each in back["candidates"]]


def test_with_gaze_flags_off_a_film_of_chosen_moments_is_still_made(site: Site, browser: FlaskClient) -> None:
    analyse(site, three(0, 1, 2))
    say(browser, site, "gaze_flags_set", {"meaningful": False, "reason": "Glasses."})
    body = {"title": "Turns", "moments": [{"moment_id": "m2", "start_us": 8_000_000, "end_us": 9_000_000}]}
    assert browser.post(f"/api/clips/{site.clip.id}/reels", json=body).status_code == 201


def test_measurements_of_an_earlier_version_have_an_error_of_their_own(site: Site) -> None:
    site.store.analyses.save(site.clip.id, Findings({}, {}, {}, {}, [], b"of another kind"))
    with pytest.raises(MetricsOutdated) as error:
        Offers(site.store).metrics(site.clip.id)
    assert error.value.code == "metrics_outdated" and "look again" in error.value.hint
    assert site.signed_in("practitioner").get(f"/media/{site.clip.id}/gaze").json["infant"] == []
