"""A reel of moments of several films of a visit: each film keeps its part, and what ends with a film ends there too."""

from __future__ import annotations

from typing import Any

import pytest
from app_site import PASSWORD, SECOND, Site, end_consent, film_facts
from caregiver_browser import props_in
from filled_store import TODAY, a_clip, a_home, agree, some_bytes
from sqlalchemy import delete, update

from vfeed.services.services import Services
from vfeed.store.tables import Clip, Family, Job

TITLE = "The best of today"
OWN = {"moment_id": "m1", "start_us": 2 * SECOND, "end_us": 5 * SECOND}
SECOND_OWN = {"moment_id": "m2", "start_us": 8 * SECOND, "end_us": 11 * SECOND}


@pytest.fixture
def other(site: Site) -> Clip:
    """Another film of the same visit with a moment in it."""
    clip = a_clip(site.store, site.home, data=some_bytes(seed=1), facts=film_facts())
    moment = {"moment_id": "n1", "start_us": SECOND, "end_us": 4 * SECOND, "code_ref": "shared_joy"}
    site.store.events.append(clip.id, "pat", "moment_tagged", {**moment, "parent_words": "You laughed together."})
    return clip


def piece_of(other: Clip) -> dict[str, Any]:
    return {"clip_id": other.id, "moment_id": "n1", "start_us": SECOND, "end_us": 4 * SECOND}


def save(site: Site, moments: object, reel_id: str | None = None) -> Any:
    body = {"title": TITLE, "moments": moments, "reel_id": reel_id}
    return site.signed_in("practitioner").post(f"/api/clips/{site.clip.id}/reels", json=body)


def saved(site: Site, other: Clip) -> str:
    """A reel that begins with a moment of this film, then one of the other, then one of this again; both are cut."""
    answer = save(site, [OWN, piece_of(other), SECOND_OWN])
    assert answer.status_code == 201, answer.text
    reel_id: str = answer.json["reel_id"]
    for clip in (site.clip, other):
        with site.store.blobs.put(clip.id, f"reel:{reel_id}", "video/mp4") as out:
            out.write(clip.id.encode())
    return reel_id


def page_of(site: Site, clip: Clip, reel_id: str) -> str:
    return site.signed_in("practitioner").get(f"/clips/{clip.id}/reels/{reel_id}").text


def test_each_film_keeps_its_own_part_and_has_it_cut(site: Site, other: Clip) -> None:
    reel_id = saved(site, other)
    parts = {clip.id: site.store.events.state(clip.id).reel(reel_id) for clip in (site.clip, other)}
    kept = {clip_id: [piece.moment_id for piece in part.moments] for clip_id, part in parts.items() if part}
    assert kept == {site.clip.id: ["m1", "m2"], other.id: ["n1"]}
    jobs = [job for clip in (site.clip, other) for job in site.store.jobs.for_clip(clip.id) if job.kind == "reel"]
    assert [(job.clip_id, job.payload) for job in jobs] == [
        (clip.id, {"reel_id": reel_id}) for clip in (site.clip, other)
    ]
    page = page_of(site, site.clip, reel_id)
    assert "3 moments of 2 films" in page and "You laughed together." in page
    assert page.index("/still/m1") < page.index("/still/n1") < page.index("/still/m2")
    assert page.count('<video class="film"') == 2


def test_the_parent_sees_them_in_their_order_and_what_they_say_lies_with_the_film(site: Site, other: Clip) -> None:
    reel_id = saved(site, other)
    browser = site.signed_in("practitioner")
    view = f"/parent/{site.clip.id}/{reel_id}"
    assert browser.post(f"/clips/{site.clip.id}/reels/{reel_id}/parent").location == view
    moments = props_in(browser.get(view).text)["moments"]
    assert [(each["momentId"], each["startUs"]) for each in moments] == [("m1", 0), ("n1", 0), ("m2", 3 * SECOND)]
    assert [browser.get(each["filmUrl"]).data.decode() for each in moments] == [site.clip.id, other.id, site.clip.id]
    body = {"moment_id": "n1", "text": "We laughed so much."}
    assert browser.post(moments[1]["wordsUrl"], json=body).status_code == 200
    assert site.store.events.state(other.id).words == {"n1": "We laughed so much."}
    assert browser.get(f"/media/{other.id}/proxy").status_code == 403, "and nothing else of the other film opens"
    assert (
        browser.post(f"/parent/{site.clip.id}/{reel_id}/stop?done=yes", data={"password": "wrong"}).status_code == 401
    )
    assert site.store.events.state(other.id).reviewing == reel_id


def test_finishing_ends_it_in_both_films_and_the_record_has_both(site: Site, other: Clip) -> None:
    reel_id = saved(site, other)
    browser = site.signed_in("practitioner")
    browser.post(f"/clips/{site.clip.id}/reels/{reel_id}/parent")
    answer = browser.post(f"/parent/{site.clip.id}/{reel_id}/stop?done=yes", data={"password": PASSWORD})
    record = browser.get(answer.location).text
    assert record.index("/still/m1") < record.index("/still/n1") < record.index("/still/m2")
    assert [site.store.events.state(clip.id).reviewing for clip in (site.clip, other)] == [None, None]


def test_to_show_it_is_one_thing_to_do(site: Site, other: Clip) -> None:
    saved(site, other)
    with site.store.database.write() as session:
        session.execute(delete(Job))
        session.execute(update(Family).values(created_by="practitioner"))
    tasks = Services(site.store).today.page("practitioner", TODAY)[1]
    assert [(task.kind, task.about_id, task.about) for task in tasks] == [("show", site.clip.id, TITLE)]


@pytest.mark.parametrize("how", ["erased", "no consent"])
def test_when_a_film_goes_its_moments_go_and_the_rest_stays(site: Site, other: Clip, how: str) -> None:
    reel_id = saved(site, other)
    if how == "erased":
        site.store.clips.erase(other.id, "ann")
    else:
        for person in (site.home.child, site.home.caregiver):
            site.store.consents.give(person.id, "session", other.id, TODAY, None, "", "ann")
        rows = [row for row in site.store.consents.for_family(site.home.family.id) if row.clip_id == other.id]
        site.store.consents.withdraw(rows[0].id, "ann", "")
    page = page_of(site, site.clip, reel_id)
    assert "/still/m1" in page and "/still/n1" not in page
    assert "1 moment of another film is not here" in page
    browser = site.signed_in("practitioner")
    view = browser.post(f"/clips/{site.clip.id}/reels/{reel_id}/parent").location
    assert [each["momentId"] for each in props_in(browser.get(view).text)["moments"]] == ["m1", "m2"]


def test_without_any_consent_nothing_of_either_opens(site: Site, other: Clip) -> None:
    reel_id = saved(site, other)
    end_consent(site, "session", "missing")
    end_consent(site, "supervision", "missing")
    for clip in (site.clip, other):
        assert site.signed_in("practitioner").get(f"/media/{clip.id}/reel/{reel_id}").status_code == 403


def test_a_film_whose_moments_were_taken_out_keeps_no_part(site: Site, other: Clip) -> None:
    reel_id = saved(site, other)
    assert save(site, [OWN], reel_id).status_code == 201
    assert site.store.events.state(other.id).reel(reel_id) is None
    assert not site.store.blobs.has(other.id, f"reel:{reel_id}")
    assert "took out the film of moments" in site.signed_in("practitioner").get(f"/api/clips/{other.id}/history").text
    assert save(site, [piece_of(other)], reel_id).json["clip_id"] == other.id
    assert site.store.events.state(site.clip.id).reel(reel_id) is None


@pytest.mark.parametrize(
    ("moments", "status"),
    [
        ([OWN, {**SECOND_OWN, "clip_id": 7}], 422),
        ([OWN, {**SECOND_OWN, "clip_id": ["x"]}], 422),
        ([OWN, {**SECOND_OWN, "clip_id": "nobody"}], 404),
        ([OWN, "m2"], 422),
        ({"moment_id": "m1"}, 422),
        (None, 422),
        ([OWN, OWN], 422),
    ],
)
def test_what_is_no_list_of_moments_is_refused_and_nothing_kept(site: Site, moments: object, status: int) -> None:
    before = site.store.events.state(site.clip.id)
    assert save(site, moments).status_code == status
    assert site.store.events.state(site.clip.id) == before


def test_four_moments_of_two_films_are_too_many(site: Site, other: Clip) -> None:
    extra = {"moment_id": "n2", "start_us": 6 * SECOND, "end_us": 8 * SECOND, "code_ref": "shared_joy"}
    site.store.events.append(other.id, "pat", "moment_tagged", extra)
    more = {"clip_id": other.id, "moment_id": "n2", "start_us": 6 * SECOND, "end_us": 8 * SECOND}
    assert save(site, [OWN, SECOND_OWN, piece_of(other), more]).status_code == 422
    assert len(site.store.events.state(other.id).reels) == 0


def test_moments_of_another_visit_or_family_are_refused_and_nothing_is_kept(site: Site) -> None:
    stranger = a_home(site.store, "Wren")
    agree(site.store, stranger)
    film = a_clip(site.store, stranger, data=some_bytes(seed=2), facts=film_facts())
    moment = {"moment_id": "n1", "start_us": SECOND, "end_us": 4 * SECOND, "code_ref": "shared_joy"}
    site.store.events.append(film.id, "pat", "moment_tagged", moment)
    before = site.store.events.state(site.clip.id)
    answer = save(site, [OWN, piece_of(film)])
    assert answer.status_code == 422 and "one visit" in answer.json["error"]["message"]
    assert site.store.events.state(site.clip.id) == before


def test_the_builder_offers_the_films_of_the_visit_and_suggests_of_all(site: Site, other: Clip) -> None:
    browser = site.signed_in("practitioner")
    page = browser.get(f"/clips/{site.clip.id}/reels/new").text
    assert f"/api/clips/{other.id}/review" in page
    found = browser.get(f"/api/clips/{site.clip.id}/suggestion").json
    assert {(each["clip_id"], each["moment_id"], each["start_us"]) for each in found} == {
        (site.clip.id, "m1", 2 * SECOND),
        (site.clip.id, "m2", 8 * SECOND),
        (other.id, "n1", SECOND),
    }
    assert save(site, found).status_code == 201
