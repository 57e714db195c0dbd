"""The film of a shared review: kept with its record, opened under a consent of its own, and for nothing else."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from app_site import Site, film_facts
from clip_factory import make
from filled_store import TODAY, agree, some_bytes

from vfeed.practice.consent import USES, needed
from vfeed.store.tables import Clip


def a_session(site: Site) -> str:
    return site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY).id


def its_film(site: Site, session_id: str) -> Clip:
    """A film of the review that is ready."""
    clip = site.store.clips.ingest(
        io.BytesIO(some_bytes(seed=7)),
        family_id=site.home.family.id,
        visit_id=site.home.visit.id,
        title="OUR REVIEW",
        actor="pat",
        facts=film_facts(),
        session_id=session_id,
        jobs=("prepare",),
    )
    with site.store.blobs.put(clip.id, "proxy", "video/mp4") as out:
        out.write(b"film of the review")
    return clip


def page_of(site: Site, session_id: str, name: str = "practitioner") -> str:
    return site.signed_in(name).get(f"/families/{site.home.family.id}/sessions/{session_id}/film").text


def begin_upload(site: Site, session_id: str, length: int) -> Any:
    fields = {"filename": "review.mp4", "visit_id": site.home.visit.id, "session_id": session_id}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in fields.items())
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": str(length), "Upload-Metadata": metadata}
    return site.signed_in("practitioner").post("/api/uploads", headers=headers)


def test_a_film_comes_to_its_session_and_nothing_is_looked_for_in_it(site: Site) -> None:
    session_id, content = a_session(site), make("mp4", "h264", frames=30)
    assert begin_upload(site, session_id, len(content)).status_code == 403, "nobody has agreed yet"
    agree(site.store, site.home, "session_film")
    assert 'data-island="upload"' in page_of(site, session_id)
    place = begin_upload(site, session_id, len(content)).headers["Location"]
    browser = site.signed_in("practitioner")
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert browser.patch(place, data=content, headers=sent).status_code == 204
    clip_id = browser.post(f"{place}/finish").get_json()["clip"]["id"]
    assert site.store.clips.get(clip_id).session_id == session_id
    assert [job.kind for job in site.store.jobs.for_clip(clip_id)] == ["prepare"]
    assert browser.get(f"/clips/{clip_id}").location.endswith(f"/sessions/{session_id}/film")


def test_a_film_of_another_familys_session_is_refused(site: Site) -> None:
    agree(site.store, site.home, "session_film")
    other = site.store.families.create("Wren")
    theirs = site.store.sessions.begin(other.id, None, "pat", held_on=TODAY)
    assert begin_upload(site, theirs.id, 10).status_code == 404


def test_it_opens_for_the_worker_with_the_consent_to_filming_alone(site: Site) -> None:
    session_id = a_session(site)
    clip = its_film(site, session_id)
    browser = site.signed_in("practitioner")
    proxy = f"/media/{clip.id}/proxy"
    assert browser.get(proxy).status_code == 403
    assert "There is no consent to filming the shared review for Baby." in page_of(site, session_id)
    agree(site.store, site.home, "session_film")
    assert browser.get(proxy).data == b"film of the review"
    assert proxy in page_of(site, session_id)


def test_supervision_needs_both_consents_and_research_has_none(site: Site) -> None:
    session_id = a_session(site)
    clip = its_film(site, session_id)
    assert not site.store.consents.decide(clip.id, "supervision")
    agree(site.store, site.home, "session_film")
    assert site.store.consents.decide(clip.id, "supervision")
    for name in ("supervisor", "researcher"):
        assert site.signed_in(name).get(f"/media/{clip.id}/proxy").status_code == 403
    supervision = [row for row in site.store.consents.for_family(site.home.family.id) if row.use == "supervision"]
    site.store.consents.withdraw(supervision[0].id, "pat", "")
    assert not site.store.consents.decide(clip.id, "supervision")
    assert site.signed_in("researcher").get(f"/media/{clip.id}/proxy").status_code == 403
    assert clip.id[:8] not in site.signed_in("researcher").get("/clips").text


def test_it_is_among_no_films_of_play(site: Site) -> None:
    session_id = a_session(site)
    agree(site.store, site.home, "session_film")
    agree(site.store, site.home, "take_home")
    clip = its_film(site, session_id)
    assert clip.id not in {each.id for each in site.store.clips.for_family(site.home.family.id)}
    assert clip.id not in {each.id for each in site.store.clips.for_family(site.home.family.id)}
    assert "OUR REVIEW" not in site.signed_in("practitioner").get(f"/families/{site.home.family.id}").text
    assert not site.store.consents.decide(clip.id, "take_home")


def test_its_worker_is_led_to_where_it_is_turned_and_nothing_is_looked_for_in_it_afterwards(site: Site) -> None:
    session_id = a_session(site)
    clip = its_film(site, session_id)
    turn = f"/clips/{clip.id}/turn"
    assert turn not in page_of(site, session_id), "nobody has agreed to it yet"
    agree(site.store, site.home, "session_film")
    assert turn not in page_of(site, session_id, "administrator")
    assert turn in page_of(site, session_id)
    for job in site.store.jobs.for_clip(clip.id):
        site.store.jobs.cancel(job.id, "practitioner")
    browser = site.signed_in("practitioner")
    assert "looks at the film again" not in browser.get(turn).text
    assert browser.post(turn, data={"quarters": 1}).status_code == 302
    assert [job.kind for job in site.store.jobs.for_clip(clip.id) if job.state == "queued"] == ["prepare"]
    assert turn not in page_of(site, session_id), "it is being made ready"


@pytest.mark.parametrize("use", ["session_film", "session"])
def test_withdrawing_destroys_it_and_the_page_says_so_before(site: Site, use: str) -> None:
    session_id = a_session(site)
    agree(site.store, site.home, "session_film")
    clip = its_film(site, session_id)
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == use)
    page = f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"
    assert "OUR REVIEW" in site.signed_in("practitioner").get(page).text
    assert clip.id in site.store.consents.withdraw(consent.id, "pat", "")
    assert site.signed_in("practitioner").get(f"/media/{clip.id}/proxy").status_code == 404
    left = {each.id for each in site.store.clips.for_family(site.home.family.id)}
    assert (site.clip.id in left) == (use == "session_film"), "films of play stay when only the filming is withdrawn"


def test_no_use_opens_a_film_of_a_review_but_those_it_is_kept_for() -> None:
    opened = {use for use in USES if needed(use, session_film=True)}
    assert opened == {"session", "session_film", "supervision", "training"}
    assert all("session_film" in needed(use, session_film=True) for use in opened)
    assert all(needed(use, session_film=False) == (use,) for use in USES)
