"""What takes something out of the service asks for the password again once it was given a while ago."""

from __future__ import annotations

from datetime import timedelta

import pytest
from app_site import PASSWORD, Site
from flask import url_for
from flask.testing import FlaskClient
from sqlalchemy import update

from vfeed.server.web.permissions import TABLE
from vfeed.server.web.reloading import nearest_above
from vfeed.store.tables import SignIn, utc_now
from vfeed.store.tables.accounts import SURE_FOR

AGAIN = "/password-again"
OUT = {name for name, rule in TABLE.items() if rule.again}


def long_ago(site: Site) -> None:
    """Every sign-in began, and was confirmed, longer ago than one is sure of the person."""
    before = utc_now() - SURE_FOR - timedelta(seconds=1)
    with site.store.database.write() as session:
        session.execute(update(SignIn).values(begun_at=before))
        session.execute(update(SignIn).where(SignIn.confirmed_at.is_not(None)).values(confirmed_at=before))


def pdf(site: Site, browser: FlaskClient) -> str:
    begun = browser.post(f"/families/{site.home.family.id}/sessions", data={"visit_id": site.home.visit.id})
    return f"{begun.location}/record/own.pdf"


def test_every_way_out_of_the_service_asks() -> None:
    leaves = {"file", "download", "pdf", "offer", "codings", "agreement", "prepare"}
    # Files of code sets hold nothing of anybody; a parent's own link has its passphrase.
    harmless = {"codes.export", "studies.agreement"}
    ways = {name for name in TABLE if name.rpartition(".")[2] in leaves and not TABLE[name].anonymous}
    ways -= {"review_api.offer", "parent_led.film", "parent_led_api.film"}
    assert ways - harmless <= OUT
    assert "evidence.confirm" in OUT


def test_a_fresh_sign_in_is_not_asked_and_an_old_one_is_until_the_password_is_given(site: Site) -> None:
    browser = site.signed_in("practitioner")
    record = pdf(site, browser)
    assert browser.get(record).status_code == 200
    long_ago(site)
    asked = browser.get(record)
    assert asked.status_code == 303 and asked.location.startswith(f"{AGAIN}?next=")
    assert "once more" in browser.get(asked.location).text
    assert browser.post(asked.location, data={"password": "wrong"}).status_code == 422
    assert browser.get(record).status_code == 303
    assert browser.post(asked.location, data={"password": PASSWORD}).location == record
    assert browser.get(record).status_code == 200
    long_ago(site)
    assert browser.get(record).status_code == 303
    assert browser.get(f"/families/{site.home.family.id}").status_code == 200, "work inside goes on"


def test_what_is_sent_is_not_done_before_and_one_comes_back_to_its_page(site: Site) -> None:
    browser = site.signed_in("practitioner")
    begun = browser.post(f"/families/{site.home.family.id}/sessions", data={"visit_id": site.home.visit.id})
    here = f"{begun.location}/take-home"
    long_ago(site)
    sent = browser.post(f"{here}/links", data={"days": "7"})
    assert sent.status_code == 303 and sent.location == f"{AGAIN}?next={here}"
    assert site.store.take_home.for_session(begun.location.rsplit("/", 1)[1]) == []
    assert "cross it out" in browser.get(sent.location).text, "a passphrase that was on show is gone"
    back = browser.post(sent.location, data={"password": PASSWORD}).location
    assert back == here and browser.get(back).status_code == 200


@pytest.mark.parametrize("name", sorted(OUT))
def test_every_way_out_that_is_sent_has_a_page_above_it(site: Site, name: str) -> None:
    """A browser sends no Referer from our pages: the address alone says where somebody was."""
    for rule in site.app.url_map.iter_rules(name):
        if "POST" in (rule.methods or ()):
            with site.app.test_request_context():
                path = url_for(name, **dict.fromkeys(rule.arguments, "x"))
                page, endpoint = nearest_above(path)
                assert page not in {"", "/", "/families"} and endpoint, path


@pytest.mark.parametrize("elsewhere", ["https://evil.example/x", "//evil.example", "\\\\evil.example"])
def test_it_leads_to_no_other_site(site: Site, elsewhere: str) -> None:
    browser = site.signed_in("practitioner")
    answer = browser.post(AGAIN, query_string={"next": elsewhere}, data={"password": PASSWORD})
    assert answer.location == "/"


def test_guessing_there_is_braked(site: Site) -> None:
    browser = site.signed_in("practitioner")
    tries = [browser.post(AGAIN, data={"password": f"wrong {number}"}).status_code for number in range(10)]
    assert tries[0] == 422 and tries[-1] == 429
