"""A family is its worker's: others open it with a reason that is written down and shown."""

from __future__ import annotations

from datetime import timedelta

import pytest
from app_site import Site, an_account
from flask.testing import FlaskClient
from sqlalchemy import select

from vfeed.server.web.permissions import TABLE
from vfeed.server.web.whose import ELSEWHERE
from vfeed.services.gate import OWNED
from vfeed.store.tables import Family, FamilyWorker, User, utc_now

REASON = "I stand in for a colleague who is ill."


@pytest.fixture
def colleague(site: Site) -> FlaskClient:
    """A second practitioner; the site's family is the first one's."""
    an_account(site.store, "colleague", "practitioner")
    with site.store.database.write() as session:
        for family in session.scalars(select(Family)):
            family.created_by = "practitioner"
    return site.signed_in("colleague")


def addresses(site: Site) -> list[str]:
    family, clip = site.home.family.id, site.clip.id
    return [
        f"/families/{family}",
        f"/families/{family}/story",
        f"/clips/{clip}",
        f"/clips/{clip}/reels/{site.reel_id}",
        f"/media/{clip}/proxy",
        f"/api/clips/{clip}/review",
        f"/visits/{site.home.visit.id}/films",
    ]


def test_a_colleague_opens_nothing_of_another_workers_family(site: Site, colleague: FlaskClient) -> None:
    assert {address: colleague.get(address).status_code for address in addresses(site)} == dict.fromkeys(
        addresses(site), 403
    )
    assert "Robin" not in colleague.get("/families").text
    assert site.signed_in("practitioner").get(addresses(site)[0]).status_code == 200
    row = site.store.audit.list()[0]
    assert "access.refused" in site.actions() and row is not None


def test_with_a_reason_it_opens_for_a_week_is_written_down_and_shown(site: Site, colleague: FlaskClient) -> None:
    here = addresses(site)[0]
    assert colleague.post("/families/ask", data={"code_name": "Robin", "reason": REASON}).location == here
    assert colleague.get(here).status_code == 200 and "Robin" in colleague.get("/families").text
    page = site.signed_in("practitioner").get(here).text
    assert REASON in page and "colleague" in page
    asked = next(row for row in site.store.audit.list() if row.action == "family.asked_for")
    assert (asked.actor, asked.object) == ("colleague", site.home.family.id) and REASON not in str(asked.detail)
    with site.store.database.write() as session:
        for row in session.scalars(select(FamilyWorker)):
            row.until = utc_now() - timedelta(seconds=1)
    assert colleague.get(here).status_code == 403


@pytest.mark.parametrize(("code_name", "reason"), [("Robin", ""), ("Robin", "because"), ("Wren", REASON), ("", REASON)])
def test_without_a_reason_or_for_no_family_nothing_opens(
    site: Site, colleague: FlaskClient, code_name: str, reason: str
) -> None:
    answer = colleague.post("/families/ask", data={"code_name": code_name, "reason": reason})
    assert answer.status_code == 422
    assert colleague.get(addresses(site)[0]).status_code == 403
    assert colleague.post(f"/clips/{site.clip.id}/title", data={"title": "Mine"}).status_code == 403
    assert colleague.post(f"/api/clips/{site.clip.id}/title", json={"title": "Mine"}).status_code == 403


def test_a_worker_adds_a_colleague_and_takes_them_out_again(site: Site, colleague: FlaskClient) -> None:
    here, worker = addresses(site)[0], site.signed_in("practitioner")
    worker.post(f"{here}/workers", data={"name": "colleague"})
    assert colleague.get(here).status_code == 200
    worker.post(f"{here}/workers/colleague/remove")
    assert colleague.get(here).status_code == 403
    refused = worker.post(f"{here}/workers", data={"name": "researcher"})
    assert refused.status_code == 404 and "There is no practitioner of that name." in refused.text
    assert "Start again" not in refused.text and "Add a colleague" in refused.text, "it is the family’s page"


def test_a_researcher_who_is_a_practitioner_too_sees_such_a_film_as_research_alone(
    site: Site, colleague: FlaskClient
) -> None:
    with site.store.database.write() as session:
        account = session.scalars(select(User).where(User.username == "colleague")).one()
        researcher = session.scalars(select(User).where(User.username == "researcher")).one()
        account.roles.append(researcher.roles[0])
    page = colleague.get(f"/clips/{site.clip.id}")
    assert page.status_code == 200
    assert "SECRET NOTE" not in page.text and site.clip.title not in page.text
    assert colleague.get(addresses(site)[0]).status_code == 403


def test_every_address_of_a_family_says_whose_it_is(site: Site) -> None:
    named = {*OWNED, "family_id", "job_id", "share_id"}
    # An upload is its own sender's; a link to take home is the parent's; a group asks who leads
    # it (test_server_groups.py); the rest is no family's.
    free = {"upload_id", "token", "name", "filename", "language", "pack_id", "sign_in_id", "passkey_id", "group_id"}
    for rule in site.app.url_map.iter_rules():
        if rule.arguments and rule.endpoint not in ELSEWHERE and "practitioner" in TABLE[rule.endpoint].roles:
            assert rule.arguments & (named | free), rule
