"""A consent that is missing, or has run out, stops each use of a film: with it each goes, without it none does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from app_site import Site, end_consent, put_stills, reached_at
from filled_store import TODAY, agree

from vfeed.practice.sessions import ShownReel


def opening(site: Site, _session_id: str) -> int:
    return site.signed_in("practitioner").get(f"/api/clips/{site.clip.id}/review").status_code


def watching(site: Site, _session_id: str) -> int:
    return site.signed_in("practitioner").get(f"/media/{site.clip.id}/reel/{site.reel_id}").status_code


def making_a_reel(site: Site, _session_id: str) -> int:
    piece = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 4_000_000}
    body = {"title": "Again", "moments": [piece]}
    return site.signed_in("practitioner").post(f"/api/clips/{site.clip.id}/reels", json=body).status_code


def showing_the_parent(site: Site, _session_id: str) -> int:
    return site.signed_in("practitioner").post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent").status_code


def taking_home(site: Site, session_id: str) -> int:
    address = f"/families/{site.home.family.id}/sessions/{session_id}/take-home/links"
    data = {"days": "7"}
    reached_at(site, "https://vfeed.example.org")
    return site.signed_in("practitioner").post(address, data=data).status_code


def sharing(site: Site, session_id: str, purpose: str = "supervision") -> int:
    address = f"/families/{site.home.family.id}/sessions/{session_id}/supervision"
    data = {
        "purpose": purpose,
        "supervisor": "supervisor",
        "films": f"{site.clip.id} {site.reel_id}",
        "last_day": (TODAY + timedelta(days=7)).isoformat(),
        "faces": "as_they_are",
        "voices": "as_it_is",
    }
    return site.signed_in("practitioner").post(address, data=data).status_code


def training(site: Site, session_id: str) -> int:
    return sharing(site, session_id, "training")


def research(site: Site, _session_id: str) -> int:
    return site.signed_in("researcher").get(f"/api/clips/{site.clip.id}/review").status_code


USES: dict[Callable[[Site, str], int], str] = {
    opening: "session",
    watching: "session",
    making_a_reel: "session",
    showing_the_parent: "session",
    taking_home: "take_home",
    sharing: "supervision",
    training: "training",
    research: "research",
}


@pytest.fixture
def session_id(site: Site) -> str:
    """A shared review of a family that agrees to everything."""
    for use in ("take_home", "training"):
        agree(site.store, site.home, use)
    put_stills(site)
    site.put(f"reel:{site.reel_id}", b"the film")
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    family = site.home.family.id
    return site.store.sessions.begin(family, site.home.visit.id, "pat", held_on=TODAY, reels=[shown]).id


@pytest.mark.parametrize("use", USES)
def test_with_every_consent_it_goes(site: Site, session_id: str, use: Callable[[Site, str], int]) -> None:
    assert use(site, session_id) in {200, 201, 302}


@pytest.mark.parametrize("how", ["missing", "run out"])
@pytest.mark.parametrize("use", USES)
def test_without_its_consent_it_stops(site: Site, session_id: str, use: Callable[[Site, str], int], how: str) -> None:
    before = len(site.store.events.read(site.clip.id).events)
    end_consent(site, USES[use], how)
    assert use(site, session_id) == 403
    assert len(site.store.events.read(site.clip.id).events) == before


@pytest.mark.parametrize(("purpose", "other"), [("supervision", "training"), ("training", "supervision")])
def test_one_consent_to_sharing_is_not_the_other(site: Site, session_id: str, purpose: str, other: str) -> None:
    end_consent(site, other, "missing")
    assert sharing(site, session_id, purpose) == 302
    [row] = site.store.shares.for_session(session_id)
    film = f"/supervision/{row.id}/films/0"
    assert site.signed_in("supervisor").get(film).status_code == 200
    end_consent(site, purpose, "run out")
    assert site.signed_in("supervisor").get(film).status_code == 403
