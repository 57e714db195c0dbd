"""Measures at the start and the end of a course, outcomes of a service, and the films before and after."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from app_site import Site, film_facts
from filled_store import TODAY, a_clip, some_bytes

from vfeed.errors import VfeedError
from vfeed.practice.measures import MEASURES, due
from vfeed.practice.pack_files import read_pack, write_pack

PACK = """
schema: 2
id: ours
title: Ours
owner: The team
plan: {sessions: [{id: first, title: First}]}
outcomes:
  - {id: calmer, label: Calmer evenings}
  - {id: friends, label: Knows other parents, term: medium}
"""
NAMED = {"measure_id": "m", "name": "WMCI"}


def entered(**more: Any) -> dict[str, Any]:
    return {"number_id": "n1", "measure_id": "m", "on": TODAY.isoformat(), **more}


def parsed(**more: Any) -> Any:
    return MEASURES.parse("number_entered", entered(**more))


@pytest.mark.parametrize(
    "more", [{}, {"value": 3, "words": "balanced"}, {"words": "  "}, {"value": 1, "when": "later"}]
)
def test_either_a_number_or_words_stand_there(more: dict[str, Any]) -> None:
    with pytest.raises(VfeedError):
        MEASURES.parse("number_entered", entered(**more))
    assert parsed(value=0).value == 0


def test_a_number_from_before_has_no_words_and_still_reads() -> None:
    assert parsed(value=3, note="x").words == ""


def test_what_is_still_open_at_the_start_and_the_end_is_told(site: Site) -> None:
    family, browser = site.home.family.id, site.signed_in("practitioner")
    here = f"/families/{family}/story"
    site.store.measures.append(family, "pat", "measure_named", NAMED)
    assert due(site.store.measures.state(family), has_begun=False, has_ended=False) == []
    chosen = {"pack": "infant_massage", "title": "Massage"}
    site.store.programmes.append(family, "pat", "programme_chosen", chosen)
    assert "WMCI has nothing entered for the start" in browser.get(here).text
    sent = {"on": TODAY.isoformat(), "words": "balanced", "version": "2", "filled_by": "the mother", "when": "before"}
    assert browser.post(f"{here}/measures/m/numbers", data=sent).status_code == 302
    page = browser.get(here).text
    assert "nothing entered for the start" not in page and "balanced" in page and "the mother" in page
    assert due(site.store.measures.state(family), has_begun=True, has_ended=True) == [("WMCI", "after")]
    both = {**sent, "value": "3"}
    for bad in (both, {"on": TODAY.isoformat()}, {**sent, "words": "", "value": "many"}, {**sent, "when": "x"}):
        assert browser.post(f"{here}/measures/m/numbers", data=bad).status_code == 422
    assert len(site.store.measures.state(family).measures["m"].numbers) == 1


def test_a_session_points_to_an_outcome_in_words_and_nothing_is_counted(site: Site) -> None:
    pack = read_pack(PACK)
    assert read_pack(write_pack(pack)) == pack
    site.store.packs.save(pack, "pat", over=0)
    family, browser = site.home.family.id, site.signed_in("practitioner")
    site.store.programmes.append(family, "pat", "programme_chosen", {"pack": "ours", "title": "Ours"})
    here = f"/families/{family}/programme/outcomes"
    sent = {"outcome": "calmer", "on": TODAY.isoformat(), "words": "They sat down and sang."}
    assert browser.post(here, data=sent).status_code == 302
    page = browser.get(f"/families/{family}").text
    assert "Calmer evenings" in page and "They sat down and sang." in page and "(later)" in page
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    for bad in ({**sent, "outcome": "richer"}, {**sent, "on": tomorrow}, {**sent, "words": ""}, {**sent, "on": ""}):
        assert browser.post(here, data=bad).status_code == 422
    assert len(site.store.programmes.state(family).pointed) == 1


def test_the_films_before_and_after_stand_side_by_side_with_their_lengths(site: Site) -> None:
    family, browser = site.home.family.id, site.signed_in("practitioner")
    films = [a_clip(site.store, site.home, some_bytes(seed=n), film_facts(duration_us=180_000_000)) for n in (3, 4, 5)]
    for film in films:
        with site.store.blobs.put(film.id, "proxy", "video/mp4") as out:
            out.write(b"film")
    pair = {"before": films[2].id, "after": films[1].id}
    site.store.programmes.append(family, "pat", "films_paired", pair)
    page = browser.get(f"/families/{family}/story").text
    assert page.count("3 min 0 s") >= 2
    assert page.index(f"/media/{films[2].id}/proxy") < page.index(f"/media/{films[1].id}/proxy")
    assert f"/media/{films[0].id}/proxy" not in page
