"""One error shape for scripts, one kind page for people, on every route."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from app_site import Site
from werkzeug.test import TestResponse

import vfeed
from vfeed.errors import KINDS

BY_CODE = {"doctor.py", "jobs/handlers.py"}
"""Where several codes without a class of their own are told apart: what may come back, and what leaves the sound."""
SCRIPTED = ("/api/", "/media/")
METHODS = ("GET", "POST", "PATCH", "DELETE")


def addresses(site: Site) -> list[tuple[str, set[str]]]:
    """Every address, filled with things that are not there, with all that may be done at it."""
    made: dict[str, set[str]] = {}
    for rule in site.app.url_map.iter_rules():
        values: dict[str, Any] = {name: "nothing-like-this" for name in rule.arguments}
        values |= {name: 1 for name in ("time_us", "number", "passkey_id") if name in values}
        values |= {name: word for name, word in (("role", "proxy"), ("copy", "own")) if name in values}
        address = site.app.url_map.bind("localhost").build(rule.endpoint, values)
        made[address] = made.get(address, set()) | (rule.methods or set())
    return list(made.items())


def test_errors_are_told_apart_by_their_class_not_by_their_code() -> None:
    package = Path(vfeed.__file__).parent
    compared = re.compile(r"\b(error|refused|refusal)\.code (==|!=|(not )?in) ")
    found = {str(path.relative_to(package)) for path in package.rglob("*.py") if compared.search(path.read_text())}
    assert found == BY_CODE


def check(answer: TestResponse, where: str) -> None:
    if where.split()[1].startswith(SCRIPTED):
        error = answer.get_json()["error"]
        assert set(error) == {"code", "message", "hint", "permanent"}, where
        assert error["code"] in KINDS and error["message"], where
    else:
        assert answer.mimetype == "text/html", where
        assert "<h1>" in answer.text and "<main" in answer.text, where
        assert "Traceback" not in answer.text, where


@pytest.mark.parametrize("name", ["practitioner", "administrator"])
def test_every_refusal_has_the_one_shape(site: Site, name: str) -> None:
    browser = site.signed_in(name)
    for address, methods in addresses(site):
        for method in METHODS:
            if address.startswith("/static"):
                continue
            answer = browser.open(address, method=method, buffered=True)
            if answer.status_code < 400:
                # It may have signed out, or begun something.
                browser = site.signed_in(name)
            assert answer.status_code < 500, f"{method} {address}"
            if answer.status_code >= 400:
                check(answer, f"{method} {address} {answer.status_code}")
            if method not in methods:
                # A page that only takes what is sent leads whoever loads it to the page above.
                assert answer.status_code in {302, 403, 404, 405, 412}, f"{method} {address} {answer.status_code}"


def test_an_address_that_only_takes_what_is_sent_leads_to_its_page_when_it_is_loaded(site: Site) -> None:
    """A browser loads it where a form was answered in place: never may that say that the address is none."""
    browsers = [site.signed_in(name) for name in ("practitioner", "administrator", "researcher", "coder", "supervisor")]
    led = 0
    for address, methods in addresses(site):
        if "GET" in methods or "POST" not in methods or address.startswith(SCRIPTED):
            continue
        answers = [browser.get(address) for browser in browsers]
        assert {answer.status_code for answer in answers} <= {302, 403, 405}, address
        above = {answer.headers["Location"] for answer in answers if answer.status_code == 302}
        assert len(above) == 1 and address.startswith(above.pop()), address
        led += 1
    assert led > 50


def test_nobody_learns_which_addresses_exist(site: Site) -> None:
    answers = [site.browser().get(path) for path in ("/families", "/no-such-page")]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert site.browser().get("/api/no-such-thing").get_json()["error"]["code"] == "not_signed_in"


def test_a_missing_page_says_what_to_do(site: Site) -> None:
    answer = site.signed_in("practitioner").get("/no-such-page")
    assert answer.status_code == 404
    assert "What to do" in answer.text and "not_found" in answer.text


def test_a_failure_inside_keeps_its_details_to_the_log(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(site.store.families, "list", broken)
    answer = site.signed_in("practitioner").get("/families")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text and "internal" in answer.text


def test_a_destroyed_clip_is_not_there_any_more(site: Site) -> None:
    site.store.clips.erase(site.clip.id)
    browser = site.signed_in("practitioner")
    for path in ("/clips/{}", "/api/clips/{}", "/api/clips/{}/review", "/media/{}/proxy", "/media/{}/reel/reel-1"):
        assert browser.get(path.format(site.clip.id)).status_code == 404, path


def test_a_clip_without_consent_opens_for_nobody_and_says_who_has_not_agreed(site: Site) -> None:
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    for name in ("practitioner", "researcher"):
        browser = site.signed_in(name)
        for path in (
            "/api/clips/{}",
            "/api/clips/{}/review",
            "/api/clips/{}/jobs",
            "/media/{}/proxy",
            "/media/{}/still/0",
        ):
            answer = browser.get(path.format(site.clip.id))
            error = answer.get_json()["error"]
            assert (answer.status_code, error["code"]) == (403, "consent_missing"), f"{name} {path}"
            assert "Grandad" in error["message"]
