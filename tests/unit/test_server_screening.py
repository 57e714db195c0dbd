"""The table of the screening: as quick with many films as with few, its order, and who does not see what."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from app_site import Site, an_account, film_facts
from filled_store import a_clip
from sqlalchemy import event, func, select
from study_work import LEADER, a_study, code, coding_of

from vfeed.errors import VfeedError
from vfeed.services.screening import Screening
from vfeed.services.services import Services
from vfeed.store.analyses import Findings
from vfeed.store.screenings import Measured
from vfeed.store.tables import Clip, ScreeningFacts

KEPT = {
    "length_us": 200_000_000,
    "sound": 3,
    "uncut_us": 200_000_000,
    "best": [{"start_us": 0, "end_us": 180_000_000, "both_seen_share": 0.9, "others_share": 0.0}],
    "people": 2,
    "unclear": False,
    "face_px": 120.0,
    "advice": [],
    "strip": "99",
}


def films(site: Site, count: int, start: int = 0) -> list[Clip]:
    """Films of which a third was never analysed, a third kept too little to screen, and a third can be coded."""
    made = [a_clip(site.store, site.home, f"film {start + n}".encode(), film_facts()) for n in range(count)]
    for number, clip in enumerate(made):
        if number % 3:
            found = site.store.analyses.save(clip.id, Findings({}, {}, {}, {}, [], b""))
            if number % 3 == 1:
                site.store.screenings.keep([Measured(clip.id, found, KEPT)])
    return made


def asked(site: Site, work: Callable[[], Any]) -> int:
    """How often the database is asked."""
    count = 0

    def one_more(*_: object) -> None:
        nonlocal count
        count += 1

    event.listen(site.store.database.engine, "before_cursor_execute", one_more)
    try:
        work()
    finally:
        event.remove(site.store.database.engine, "before_cursor_execute", one_more)
    return count


def test_many_films_ask_the_database_no_more_often_than_few(site: Site) -> None:
    screening = Services(site.store).screening

    def most() -> tuple[int, int]:
        table = screening.films(LEADER)
        nexts = [asked(site, lambda at=each.clip_id: screening.next_of(LEADER, at)) for each in table]
        return asked(site, lambda: screening.films(LEADER)), max(nexts)

    for clip in films(site, 6):
        screening.record(LEADER, clip.id, "question_answered", {"question": "pair", "answer": "yes"})
    with_few = most()
    for clip in films(site, 30, start=6):
        screening.record(LEADER, clip.id, "question_answered", {"question": "pair", "answer": "yes"})
    assert most() == with_few


def next_by_the_table(screening: Screening, clip_id: str) -> str | None:
    table = screening.films(LEADER)
    at = next(number for number, each in enumerate(table) if each.clip_id == clip_id)
    rest = [*table[at + 1 :], *table[:at]]
    return next((each.clip_id for each in rest if each.check.word is None), None)


def test_the_next_film_is_the_next_in_the_table_that_nobody_has_spoken_of(site: Site) -> None:
    screening = Services(site.store).screening
    made = [site.clip, *films(site, 12)]
    assert {each.found.verdict for each in screening.films(LEADER)} == {"codable", "film again"}
    for clip, word in zip(made[::2], ["codable", "film again", "codable with limits"] * 3, strict=False):
        screening.record(LEADER, clip.id, "word_given", {"word": word})
    found = {clip.id: screening.next_of(LEADER, clip.id) for clip in made}
    assert found == {clip.id: next_by_the_table(screening, clip.id) for clip in made}
    assert len(set(found.values())) > 2
    for clip in made:
        screening.record(LEADER, clip.id, "word_given", {"word": "codable"})
    assert screening.next_of(LEADER, made[0].id) is None


def test_whoever_still_has_to_code_a_film_does_not_find_it_in_the_screening(site: Site) -> None:
    an_account(site.store, "rae", "researcher", "coder")
    an_account(site.store, "kim", "coder")
    other = a_clip(site.store, site.home, b"another film", film_facts())
    a_study(site.store, site.clip, coders=("rae", "kim"))
    browser = site.signed_in("rae")

    def seen() -> list[bool]:
        pages = [browser.get(where).text for where in ("/screening", "/screening/table/csv", f"/screening/{other.id}")]
        return [site.clip.id[:8] in page for page in pages]

    assert seen() == [False, False, False]
    assert other.id[:8] in browser.get("/screening").text
    assert browser.get(f"/screening/{site.clip.id}").status_code == 404
    assert browser.post(f"/screening/{site.clip.id}", data={"word": "codable"}).status_code == 404
    assert site.clip.id[:8] in site.signed_in("researcher").get("/screening").text
    looks = {"infant_looking": [(0.0, "partner")], "parent_looking": [(0.0, "none")]}
    code(site.store, "rae", coding_of(site.store, "rae").id, looks)
    assert seen() == [True, True, True]
    assert browser.get(f"/screening/{site.clip.id}").status_code == 200


def test_an_erased_film_keeps_no_facts(site: Site) -> None:
    site.store.clips.erase(site.clip.id)
    site.store.screenings.keep([Measured(site.clip.id, "none", KEPT)])
    with site.store.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ScreeningFacts)) == 0
    with pytest.raises(VfeedError):
        Services(site.store).screening.film(LEADER, site.clip.id)


def test_a_film_that_an_earlier_version_measured_is_screened_by_what_is_known_of_its_file(site: Site) -> None:
    outdated = io.BytesIO()
    np.savez(outdated, time_us=np.zeros(1, np.int64))
    site.store.analyses.save(site.clip.id, Findings({}, {"asks": []}, {}, {}, [], outdated.getvalue()))
    assert Services(site.store).screening.film(LEADER, site.clip.id)[0].clip_id == site.clip.id
    assert site.signed_in("researcher").get("/screening").status_code == 200
