"""The worker's own log: no colleague reads it, writes it, takes it back or finds it in a document."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from app_site import Site, an_account
from flask.testing import FlaskClient
from pypdf import PdfReader

SECRET = "I was too quick with the second film"


@pytest.fixture
def written(site: Site) -> str:
    """A record that one worker of the demo's open family has begun, with their own log."""
    an_account(site.store, "ann", "practitioner")
    begun = site.store.sessions.begin(site.home.family.id, site.home.visit.id, "ann", held_on=date.today(), reels=[])
    payload = {"name": "went_well", "text": SECRET}
    site.store.sessions.append(site.home.family.id, begun.id, "ann", "words_set", payload, None)
    return begun.id


def answers(site: Site, browser: FlaskClient, session_id: str) -> dict[str, str]:
    here, api = f"/families/{site.home.family.id}/sessions/{session_id}", "/api"
    record = PdfReader(BytesIO(browser.get(f"{here}/record/own.pdf").data))
    return {
        "page": browser.get(here).text,
        "state": browser.get(api + here).text,
        "record": browser.get(f"{here}/record/own").text,
        "pdf": " ".join(" ".join(page.extract_text() for page in record.pages).split()),
        "family": browser.get(f"/families/{site.home.family.id}").text,
    }


def test_its_writer_reads_it(site: Site, written: str) -> None:
    seen = answers(site, site.signed_in("ann"), written)
    assert {name for name, text in seen.items() if SECRET in text} == {"page", "state", "record", "pdf"}


def test_a_colleague_finds_it_nowhere(site: Site, written: str) -> None:
    seen = answers(site, site.signed_in("practitioner"), written)
    assert [name for name, text in seen.items() if SECRET in text] == []


def test_a_colleague_cannot_write_it_or_take_it_back(site: Site, written: str) -> None:
    browser = site.signed_in("practitioner")
    api = f"/api/families/{site.home.family.id}/sessions/{written}"
    body = {"type": "words_set", "payload": {"name": "went_well", "text": "mine"}, "expect": None}
    assert browser.post(f"{api}/events", json=body).status_code == 403
    assert browser.post(f"{api}/undo").status_code == 403
    page = f"/families/{site.home.family.id}/sessions/{written}"
    browser.post(page, data={"held_on": date.today().isoformat(), "went_well": "mine"})
    assert site.store.sessions.state(written).words["went_well"] == SECRET
    other = {"type": "words_set", "payload": {"name": "working_point", "text": "wait"}, "expect": None}
    answer = browser.post(f"{api}/events", json=other)
    assert answer.status_code == 200 and SECRET not in answer.text
