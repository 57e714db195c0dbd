"""What nobody types: it is answered with a code, never with a fault of the server's."""

from __future__ import annotations

import pytest
from app_site import Site
from flask.testing import FlaskClient
from pydantic import BaseModel

from vfeed.server.web.wall.answers import expected
from vfeed.server.web.wall.routes import ROUTES


@pytest.fixture
def browser(site: Site) -> FlaskClient:
    return site.signed_in("practitioner")


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "[" * 200_000 + "]" * 200_000, "9" * 100_000, "\0"])
def test_json_that_is_deep_or_huge_is_refused(site: Site, browser: FlaskClient, text: str) -> None:
    answer = browser.post(f"/api/clips/{site.clip.id}/events", data=text, content_type="application/json")
    assert 400 <= answer.status_code < 500
    assert answer.json is not None and answer.json["error"]["code"] != "internal"


@pytest.mark.parametrize("number", ["99999999999999999999999", "-1", "0", "nine", "9" * 5000])
def test_the_audit_trail_opens_whatever_its_address_says(site: Site, number: str) -> None:
    assert site.signed_in("administrator").get(f"/audit?before={number}").status_code == 200


@pytest.mark.parametrize("number", ["sNaN", "NaN", "Infinity", "1e999999999", "-0", "9" * 400, "٣", "1_0", ""])
def test_a_number_that_is_none_is_no_fault_of_the_servers(site: Site, browser: FlaskClient, number: str) -> None:
    story = f"/families/{site.home.family.id}/story"
    browser.post(f"{story}/measures", data={"name": "Worries"})
    (measure,) = site.store.measures.state(site.home.family.id).measures
    limits = {"name": "Another", "lowest": number, "highest": number, "first_cut_off": number}
    assert browser.post(f"{story}/measures", data=limits).status_code < 500
    sent = {"value": number, "on": "2026-01-02"}
    assert browser.post(f"{story}/measures/{measure}/numbers", data=sent).status_code < 500
    assert browser.get(story).status_code == 200


@pytest.mark.parametrize("name", ["a\0b", "\0", "a" * 100_000])
def test_a_name_that_no_keyboard_types_makes_no_family(site: Site, browser: FlaskClient, name: str) -> None:
    before = len(site.store.families.list())
    answer = browser.post("/families/new", data={"code_name": name})
    assert answer.status_code < 500
    assert len(site.store.families.list()) == before


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (
            "/families/{family}/left/referrals",
            {"direction": "out", "on": "2026-01-02", "who": "\0b", "why": "for it"},
        ),
        ("/groups", {"title": "Tues\0day"}),
        ("/codes/checklists/new", {"title": "What\0", "owner": "us", "lines": "Sleep"}),
        ("/families/{family}/left", {"purpose": "court", "reason": "x" * 30 + "\0", "ground": "y" * 30}),
        ("/families/{family}/visits", {"day": "2026-01-02", "title": "A\0b"}),
    ],
)
def test_a_sign_that_is_none_is_refused_in_every_form(site: Site, path: str, fields: dict[str, str]) -> None:
    browser = site.signed_in("practitioner")
    assert browser.post(path.format(family=site.home.family.id), data={"shared": "", **fields}).status_code == 422


@pytest.mark.parametrize("name", ["moments", "", "x" * 5000, "__class__", "title\u200b"])
def test_a_field_that_there_is_not_is_refused_by_name(site: Site, browser: FlaskClient, name: str) -> None:
    answer = browser.post(f"/api/clips/{site.clip.id}/title", json={"title": "x", name: [1]})
    assert answer.status_code == 422 and answer.json is not None
    assert "no such field" in answer.json["error"]["message"] and len(answer.json["error"]["message"]) < 200


@pytest.mark.parametrize("model", sorted({each.body for each in ROUTES.values() if each.body}, key=str), ids=str)
def test_every_body_says_what_a_wrong_field_must_hold(model: type[BaseModel]) -> None:
    for name in ("unheard", *model.model_fields):
        assert expected(model, name)


@pytest.mark.parametrize("body", [1, 1.5, True, "text", [[1]], [], {"csrf_token": 1}, None])
def test_json_that_is_sent_where_a_form_belongs_is_refused_as_a_form_is(
    site: Site, browser: FlaskClient, body: object
) -> None:
    for address in ("/second-step", "/second-step/codes", "/families/new", f"/families/{site.home.family.id}/visits"):
        assert browser.post(address, json=body).status_code < 500
