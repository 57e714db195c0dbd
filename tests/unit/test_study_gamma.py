"""Gamma of a study: worked out in the background film by film, kept, and gone with its film."""

from __future__ import annotations

import html
import re

import pytest
from app_site import Site, an_account, film_facts
from filled_store import a_clip
from study_work import LEADER, a_study, code, coding_of

from vfeed.errors import VfeedError
from vfeed.jobs.worker import Worker
from vfeed.services.services import Services
from vfeed.store.tables import Clip

LOOKS = {
    "kim": {"infant_looking": [(0.0, "partner"), (2.0, "object"), (5.0, "away")], "parent_looking": [(0.0, "partner")]},
    "lee": {"infant_looking": [(0.0, "partner"), (2.6, "object"), (5.1, "away")], "parent_looking": [(1.0, "partner")]},
}


@pytest.fixture
def study(site: Site) -> tuple[str, list[Clip]]:
    """A study of three films that two people coded."""
    clips = [site.clip, *(a_clip(site.store, site.home, f"film {n}".encode(), film_facts()) for n in range(2))]
    for name in LOOKS:
        an_account(site.store, name, "coder")
    study_id = a_study(site.store, *clips, coders=tuple(LOOKS))
    for name, looks in LOOKS.items():
        for clip in clips:
            code(site.store, name, coding_of(site.store, name, clip).id, looks)
    for job in site.store.jobs.active():
        site.store.jobs.cancel(job.id, "ann")
    return study_id, clips


def gammas(site: Site, study_id: str) -> list[tuple[float, int]]:
    (pair,) = Services(site.store).agreements.read(LEADER, study_id).pairs
    return [(lane.states.gamma, lane.states.gamma_clips) for lane in pair.lanes if lane.states]


def keep(site: Site, study_id: str, clip: Clip) -> None:
    found = Services(site.store).gammas.work_out(study_id, clip.id, lambda _done: None)
    with site.store.database.write() as session:
        site.store.gammas.keep(study_id, found, session)


def work_all(site: Site) -> None:
    worker = Worker(site.store, "a-test")
    while site.store.jobs.queued_count():
        worker.work()


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_it_is_asked_for_worked_out_in_the_background_and_kept(site: Site, study: tuple[str, list[Clip]]) -> None:
    study_id, clips = study
    rae = site.signed_in("researcher")
    page = rae.get(f"/studies/{study_id}/agreement").text
    assert "0 of 3 films are worked out." in text_of(page) and "Work out gamma" in text_of(page)
    assert [count for _value, count in gammas(site, study_id)] == [0, 0]
    rae.post(f"/studies/{study_id}/gamma")
    assert {(job.kind, job.clip_id) for job in site.store.jobs.active()} == {("gamma", clip.id) for clip in clips}
    part = rae.get(f"/studies/{study_id}/gamma").text
    assert "<progress" in part and "<!doctype" not in part.lower()
    # Asked for twice, it is worked out once.
    rae.post(f"/studies/{study_id}/gamma")
    assert len(site.store.jobs.active()) == 3
    work_all(site)
    assert "Worked out for all 3 films" in text_of(rae.get(f"/studies/{study_id}/agreement").text)
    (infant, count), _parent = gammas(site, study_id)
    assert count == 3 and 0.3 < infant < 1
    table = Services(site.store).study_files.agreement(LEADER, study_id)["agreement.csv"].decode()
    assert f"{infant:.6f}" in next(line for line in table.splitlines() if ",gamma," in line)
    assert Services(site.store).gammas.missing(LEADER, study_id) == []
    # The film's own page says nothing of it.
    assert "gamma" not in rae.get(f"/api/clips/{site.clip.id}/jobs").text


def test_it_is_the_same_whatever_other_films_there_are(site: Site, study: tuple[str, list[Clip]]) -> None:
    study_id, clips = study
    desk = Services(site.store).gammas
    told: list[float] = []
    first = desk.work_out(study_id, clips[1].id, told.append)
    assert first == desk.work_out(study_id, clips[1].id, lambda _done: None)
    assert told == sorted(told) and told[-1] == 1.0 and len(told) > 30
    assert {of.clip_id for of, _kept in first} == {clips[1].id} and len(first) == 2


def test_it_can_be_stopped_and_what_is_done_stays(site: Site, study: tuple[str, list[Clip]]) -> None:
    study_id, clips = study
    rae = site.signed_in("researcher")
    keep(site, study_id, clips[0])
    rae.post(f"/studies/{study_id}/gamma")
    assert len(site.store.jobs.active()) == 2
    rae.post(f"/studies/{study_id}/gamma/stop")
    assert site.store.jobs.active() == []
    assert "1 of 3 films are worked out." in text_of(rae.get(f"/studies/{study_id}/gamma").text)

    def stop(_done: float) -> None:
        raise VfeedError("cancelled", "The work was stopped.")

    missing = Services(site.store).gammas.missing(LEADER, study_id)
    with pytest.raises(VfeedError, match="stopped"):
        Services(site.store).gammas.work_out(study_id, missing[0], stop)


def test_it_goes_with_the_consent_the_film_and_the_key(site: Site, study: tuple[str, list[Clip]]) -> None:
    study_id, clips = study
    for clip in clips:
        keep(site, study_id, clip)
    assert len(site.store.gammas.of(study_id)) == 6
    site.store.clips.erase(clips[2].id, "ann")
    assert len(site.store.gammas.of(study_id)) == 4
    research = [each for each in site.store.consents.for_family(site.home.family.id) if each.use == "research"]
    site.store.consents.withdraw(research[0].id, "ann", "No more.")
    assert site.store.gammas.of(study_id) == {}
