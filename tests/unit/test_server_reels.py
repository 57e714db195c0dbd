"""The film of a reel: shown, shared and taken out only while it shows what is chosen now."""

from __future__ import annotations

import re

import pytest
from app_site import Site, told_of_work
from filled_store import agree

from vfeed.practice.events import Reel
from vfeed.practice.reel_file import cut_as, cut_role


@pytest.fixture
def site_with_film(site: Site) -> Site:
    """The reel's film as it was cut before its first moment was taken out."""
    site.put(f"reel:{site.reel_id}", b"FILM OF TWO")
    before = the_reel(site)
    site.put(cut_role(site.reel_id), cut_as(before).encode(), "text/plain")
    second = before.moments[1].model_dump()
    changed = {"reel_id": site.reel_id, "title": before.title, "moments": [second]}
    site.store.events.append(site.clip.id, "pat", "reel_saved", changed)
    return site


def the_reel(site: Site) -> Reel:
    found = site.store.events.state(site.clip.id).reel(site.reel_id)
    assert found is not None
    return found


def test_a_film_that_shows_what_was_taken_out_is_shown_to_nobody(site_with_film: Site) -> None:
    site, address = site_with_film, f"/clips/{site_with_film.clip.id}/reels/{site_with_film.reel_id}"
    browser = site.signed_in("practitioner")
    page = browser.get(address).text
    assert "changed after the last one was made" in page and "Show it to the parent" not in page
    assert browser.post(f"{address}/parent").status_code == 409
    assert browser.post(f"{address}/film", data={"reason": "For the family"}).status_code == 409
    assert site.store.events.state(site.clip.id).reviewing is None


def test_it_is_made_anew_by_one_press_and_shown_again_after_an_undo(site_with_film: Site) -> None:
    site, address = site_with_film, f"/clips/{site_with_film.clip.id}/reels/{site_with_film.reel_id}"
    browser = site.signed_in("practitioner")
    assert browser.post(f"{address}/make").status_code == 302
    [job] = [job for job in site.store.jobs.for_clip(site.clip.id) if job.kind == "reel"]
    assert (job.state, job.payload) == ("queued", {"reel_id": site.reel_id})
    site.store.jobs.add("hide", site.clip.id, {"share_id": "another", "film": 0}, "pat")
    [[told]] = told_of_work(browser, address)
    assert told["id"] == job.id, "how far it is is told, and of this film of moments alone"
    site.store.events.undo(site.clip.id, "pat")
    assert "Show it to the parent" in browser.get(address).text
    agree(site.store, site.home, "take_home")
    assert browser.post(f"{address}/film", data={"reason": "For the family"}).data == b"FILM OF TWO"


def test_films_of_earlier_versions_do_not_say_how_they_were_cut(site: Site) -> None:
    site.put(f"reel:{site.reel_id}", b"FILM")
    assert "Show it to the parent" in site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/reel-1").text


def test_before_the_session_the_page_leads_to_the_parent_and_after_it_to_the_record(site: Site) -> None:
    site.put(f"reel:{site.reel_id}", b"FILM")
    browser, address = site.signed_in("practitioner"), f"/clips/{site.clip.id}/reels/{site.reel_id}"
    before = browser.get(address).text
    lit = re.compile(r'<button class="button button--primary">([^<]+)<')
    assert lit.findall(before) == ["Show it to the parent"]
    site.store.events.append(site.clip.id, "pat", "review_started", {"reel_id": site.reel_id})
    site.store.events.append(site.clip.id, "pat", "review_stopped", {"reel_id": site.reel_id})
    assert lit.findall(browser.get(address).text) == ["Write up the shared review"]


def test_the_private_note_is_out_of_sight_and_says_whose_it_is(site: Site) -> None:
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    note = page.index("SECRET NOTE")
    assert page[:note].count("<details") > page[:note].count("</details>")
    assert "Your note, not for the parent" in page[:note]


def test_the_review_rooms_lit_button_knows_how_far_the_film_has_come(site: Site) -> None:
    room = f"/clips/{site.clip.id}"
    browser = site.signed_in("practitioner")

    def lit() -> str:
        found = re.search(r'<a class="button button--primary" href="([^"]+)">([^<]+)', browser.get(room).text)
        return f"{found[2]} {found[1]}" if found else ""

    site.put("proxy", b"FILM")
    reel_page = f"{room}/reels/{site.reel_id}"
    assert lit() == f"Show the chosen moments {reel_page}"
    site.store.events.append(site.clip.id, "pat", "review_started", {"reel_id": site.reel_id})
    site.store.events.append(site.clip.id, "pat", "review_stopped", {"reel_id": site.reel_id})
    assert lit() == f"After the shared review {reel_page}"
    site.store.events.append(site.clip.id, "pat", "reel_removed", {"reel_id": site.reel_id})
    assert lit() == f"Choose moments to show {room}/reels/new"
