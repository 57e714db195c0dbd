"""A film that lies on its side is turned on its page: what was made of its pictures goes, what people did stays."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from app_site import Site
from filled_store import TODAY
from stored_analysis import analysis_of
from synthetic_heads import scene

from vfeed.errors import VfeedError
from vfeed.practice.sessions import ShownReel
from vfeed.practice.sharing import SharedFilm, Terms
from vfeed.services.access import Actor
from vfeed.services.offers import MetricsOutdated, Offers
from vfeed.services.services import Services

MADE = ("poster", "waveform", "proxy", "heads", "frame:1000000", "person:a:0", "facepair:c:found")
SEEN = [{"part": "infant", "seen": [{"time_us": 0, "box": [0.1, 0.1, 0.2, 0.2]}]}]


@pytest.fixture
def film(site: Site) -> Site:
    """The site's film, made ready and analysed, with a reel."""
    for job in site.store.jobs.for_clip(site.clip.id):
        site.store.jobs.cancel(job.id, "practitioner")
    site.store.analyses.save(site.clip.id, analysis_of(scene(["partner"] * 20, ["partner"] * 20)))
    for role in (*MADE, f"reel:{site.reel_id}", f"cut:{site.reel_id}"):
        site.put(role, b"AS IT LAY")
    return site


def turn(site: Site, quarters: object, name: str = "practitioner") -> Any:
    return site.signed_in(name).post(f"/clips/{site.clip.id}/turn", data={"quarters": quarters})


def waiting(site: Site) -> list[tuple[str, Any]]:
    jobs = site.store.jobs.for_clip(site.clip.id)
    return sorted((job.kind, job.payload.get("reel_id")) for job in jobs if job.state == "queued")


def offered(site: Site) -> list[str]:
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/turn").text
    return re.findall(r'name="quarters" value="(\d)"', page)


def share(site: Site, **more: Any) -> str:
    reel = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    begun = site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[reel])
    films = (SharedFilm(clip_id=site.clip.id, reel_id=site.reel_id),)
    terms = {"faces": "hidden", "voices": "as_it_is", "last_day": date.today() + timedelta(days=7), **more}
    return site.store.shares.make(begun.id, Terms("supervisor", films=films, **terms), "pat", date.today()).id


def test_turning_makes_anew_what_shows_the_film_and_keeps_what_people_did(film: Site) -> None:
    store, clip_id = film.store, film.clip.id
    before, original = store.events.state(clip_id), store.blobs.read(clip_id, "original")
    analysed_at = store.analyses.first_at(clip_id)
    assert f"/clips/{clip_id}/turn" in film.signed_in("practitioner").get(f"/clips/{clip_id}").text
    assert turn(film, 1).location == f"/clips/{clip_id}"
    assert {blob.role for blob in store.blobs.list(clip_id)} == {"original", "waveform"}
    assert waiting(film) == [("analyse", None), ("prepare", None), ("reel", film.reel_id)]
    assert store.events.state(clip_id) == before
    assert store.analyses.first_at(clip_id) == analysed_at
    assert store.blobs.read(clip_id, "original") == original
    film_now = store.clips.get(clip_id).film
    assert (film_now.width_px, film_now.height_px, film_now.turned_quarters) == (720, 1280, 1)
    assert "clip.turned" in film.actions()
    assert "clip-progress" in film.signed_in("practitioner").get(f"/clips/{clip_id}").text
    with pytest.raises(MetricsOutdated):
        Offers(store).metrics(clip_id)


def test_a_film_that_is_worked_on_is_not_turned(film: Site) -> None:
    assert turn(film, 1).status_code == 302
    assert offered(film) == []
    assert turn(film, 2).status_code == 409
    assert film.store.clips.get(film.clip.id).film.turned_quarters == 1


def test_the_choices_are_turns_of_what_is_seen_and_lead_back_to_what_the_camera_noted(film: Site) -> None:
    assert offered(film) == ["3", "1", "2"]
    turn(film, 1)
    for job in film.store.jobs.for_clip(film.clip.id):
        film.store.jobs.cancel(job.id, "practitioner")
    page = film.signed_in("practitioner").get(f"/clips/{film.clip.id}/turn").text
    assert offered(film) == ["0", "2", "3"] and page.count("As the camera noted") == 1
    turn(film, 0)
    now = film.store.clips.get(film.clip.id).film
    assert (now.width_px, now.turned_quarters) == (1280, 0)


@pytest.mark.parametrize("quarters", ["4", "-1", "left", ""])
def test_no_other_turn_is_taken(film: Site, quarters: str) -> None:
    assert turn(film, quarters).status_code == 422
    assert waiting(film) == []


def test_turning_to_where_it_stands_does_nothing(film: Site) -> None:
    assert turn(film, 0).status_code == 302
    assert waiting(film) == [] and film.store.blobs.has(film.clip.id, "proxy")


def test_who_is_who_by_places_in_the_picture_is_left_open_and_said_beforehand(film: Site) -> None:
    film.store.events.append(film.clip.id, "pat", "people_named", {"people": SEEN})
    assert "say it again" in film.signed_in("practitioner").get(f"/clips/{film.clip.id}/turn").text
    turn(film, 2)
    assert film.store.events.state(film.clip.id).overrides.people == ()


def test_a_turn_that_is_cut_short_leaves_neither_half(film: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Turned, with the old places of faces still taken for who is who, it would show the wrong people."""
    film.store.events.append(film.clip.id, "pat", "people_named", {"people": SEEN})

    def cut(*_asked: object, **_more: object) -> None:
        raise OSError("power")

    monkeypatch.setattr(film.store.events, "append_in", cut)
    with pytest.raises(OSError, match="power"):
        Services(film.store).clips.turn(Actor("practitioner", frozenset({"practitioner"})), film.clip.id, 2)
    assert film.store.clips.get(film.clip.id).film.turned_quarters == 0 and waiting(film) == []
    assert film.store.blobs.read(film.clip.id, "proxy") == b"AS IT LAY"
    assert film.store.events.state(film.clip.id).overrides.people != ()


@pytest.mark.parametrize("what", ["taken/s1", "person/1"])
def test_a_picture_that_is_cut_while_the_film_is_turned_is_not_kept(
    film: Site, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    film.store.events.append(film.clip.id, "pat", "still_taken", {"still_id": "s1", "at_us": 1_500_000})

    def cut(*_how: object) -> Any:
        assert turn(film, 1).status_code == 302
        return b"ON ITS SIDE" if what.startswith("taken") else np.zeros((720, 1280, 3), np.uint8)

    monkeypatch.setattr("vfeed.services.files.still_isolated", cut)
    monkeypatch.setattr("vfeed.services.faces.frame_isolated", cut)
    answer = film.signed_in("practitioner").post(f"/media/{film.clip.id}/{what}")
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (409, "conflict")
    assert {blob.role for blob in film.store.blobs.list(film.clip.id)} == {"original", "waveform"}


def test_nobody_is_shown_by_where_they_were_before_the_turn(film: Site) -> None:
    browser = film.signed_in("practitioner")
    people, face = f"/api/clips/{film.clip.id}/people", f"/media/{film.clip.id}/person/1"
    assert browser.get(people).status_code == 200
    assert turn(film, 1).status_code == 302
    refused = [browser.get(people), browser.get(face), browser.post(face)]
    assert [answer.get_json()["error"]["code"] for answer in refused] == ["metrics_outdated"] * 3


def test_a_film_whose_copy_with_faces_hidden_is_shared_is_not_turned_until_the_sharing_ends(film: Site) -> None:
    share_id = share(film)
    assert offered(film) == []
    assert turn(film, 1).status_code == 409
    assert film.store.blobs.has(film.clip.id, "proxy")
    film.store.shares.revoke(share_id, "pat")
    share(film, faces="as_they_are")
    assert offered(film) == ["3", "1", "2"]
    assert turn(film, 1).status_code == 302


def test_nobody_turns_a_film_who_may_not_review_it(film: Site) -> None:
    for name in ("researcher", "supervisor"):
        assert turn(film, 1, name).status_code in (403, 404)
    assert waiting(film) == []


def test_an_erased_film_is_not_turned(film: Site) -> None:
    film.store.clips.erase(film.clip.id)
    with pytest.raises(VfeedError, match="no such film"), film.store.database.write() as session:
        film.store.clips.turn_in(session, film.clip.id, 1, [], "pat")
