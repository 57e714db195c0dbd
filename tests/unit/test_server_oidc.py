"""Signing in by a service's own accounts, against a real provider on the loopback."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from app_site import PASSWORD, Site, site_with
from authenticator import app_of, forget_counter
from flask.testing import FlaskClient
from joserfc.jwk import RSAKey
from oidc_provider import SECRET, Provider, running
from werkzeug.test import TestResponse

from vfeed.config import Settings
from vfeed.errors import VfeedError
from vfeed.server.accounts.oidc import had_second_step
from vfeed.server.app import create_app


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with running() as started:
        yield started


@pytest.fixture
def by_service(site: Site, provider: Provider, tmp_path: Path) -> Iterator[Site]:
    provider.user, provider.signs_with = {"sub": "1", "preferred_username": "practitioner"}, None
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    with site_with(site, oidc_issuer=provider.issuer, oidc_client_id="vfeed", oidc_secret_file=secret) as changed:
        yield changed


def through(browser: FlaskClient, next_: str = "/families") -> TestResponse:
    """To the provider, as a browser goes there, and back."""
    there = browser.get(f"/sign-in/service?next={next_}")
    assert there.status_code == 302
    back = requests.get(there.location, allow_redirects=False, timeout=10)
    assert back.status_code == 302, back.text
    return browser.get(_path(back.headers["Location"]))


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_whom_the_provider_names_is_signed_in_and_led_on(by_service: Site) -> None:
    browser = by_service.browser()
    assert "Sign in with your service" in browser.get("/sign-in").text
    answer = through(browser)
    assert (answer.status_code, answer.location) == (302, "/families")
    assert browser.get("/families").status_code == 200
    row = next(row for row in by_service.store.audit.list() if row.action == "account.signed_in")
    assert (row.actor, row.detail["by"]) == ("practitioner", "service")


def test_the_way_there_carries_state_nonce_and_a_challenge(by_service: Site) -> None:
    asked = dict(parse_qsl(urlsplit(by_service.browser().get("/sign-in/service").location).query))
    assert {"state", "nonce", "code_challenge"} <= asked.keys() and asked["code_challenge_method"] == "S256"


@pytest.mark.parametrize("name", ["somebody.else", "", "closed"])
def test_nobody_gets_in_who_has_no_open_account_here(by_service: Site, provider: Provider, name: str) -> None:
    if name == "closed":
        by_service.store.accounts.set_active("practitioner", False, "administrator")
        name = "practitioner"
    provider.user = {"sub": "2", "preferred_username": name}
    browser = by_service.browser()
    assert through(browser).status_code == 403
    assert browser.get("/families").status_code == 302
    assert "account.refused" in by_service.actions()


def test_an_answer_for_another_browser_a_made_up_code_and_a_foreign_signature_open_nothing(
    by_service: Site, provider: Provider
) -> None:
    mine, other = by_service.browser(), by_service.browser()
    there = mine.get("/sign-in/service")
    back = _path(requests.get(there.location, allow_redirects=False, timeout=10).headers["Location"])
    assert other.get(back).status_code in {302, 401} and other.get("/families").location.startswith("/sign-in")
    assert mine.get(back).location == "/"
    again = by_service.browser()
    again.get("/sign-in/service")
    assert again.get("/sign-in/service/back?code=x&state=y").location != "/families"
    assert again.get("/families").location.startswith("/sign-in")
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    forged = by_service.browser()
    through(forged)
    assert forged.get("/families").location.startswith("/sign-in")


def test_a_provider_that_says_no_opens_nothing(by_service: Site) -> None:
    browser = by_service.browser()
    browser.get("/sign-in/service")
    browser.get("/sign-in/service/back?error=access_denied")
    assert browser.get("/families").location.startswith("/sign-in")


def test_ones_own_second_step_is_asked_for_unless_the_provider_had_one(by_service: Site, provider: Provider) -> None:
    totp, _codes = app_of(by_service)
    browser = by_service.browser()
    assert through(browser).location.startswith("/second-step")
    assert browser.get("/families").location == "/second-step"
    forget_counter(by_service, "practitioner")
    assert browser.post("/second-step", data={"code": totp.generate().token}).status_code == 302
    provider.user["amr"] = ["pwd", "mfa"]
    assert through(by_service.browser()).location == "/families"


def test_a_one_time_password_that_was_not_needed_opens_nothing(by_service: Site, provider: Provider) -> None:
    provider.user["preferred_username"] = "newcomer"
    browser = by_service.browser()
    assert through(browser).location == "/families"
    assert browser.get("/families").status_code == 200
    assert by_service.browser().post("/sign-in", data={"name": "newcomer", "password": PASSWORD}).status_code == 401


def test_without_the_setting_there_is_no_such_way(site: Site) -> None:
    browser = site.browser()
    assert "service’s account" not in browser.get("/sign-in").text
    assert browser.get("/sign-in/service").status_code == 404


@pytest.mark.parametrize("address", ["http://sign-in.example.org", "ftp://x", "javascript:alert(1)"])
def test_a_provider_without_https_is_refused(tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match="oidc_issuer"):
        Settings(data_dir=tmp_path / "data", key_file=tmp_path / "key", oidc_issuer=address)


def test_a_secret_that_others_may_read_or_that_is_not_there_is_refused(site: Site, tmp_path: Path) -> None:
    loose = tmp_path / "loose"
    loose.write_text("secret")
    loose.chmod(0o644)
    for path, code in ((loose, "modes_open"), (tmp_path / "none", "setting_invalid")):
        settings = site.store.settings.model_copy(
            update={"oidc_issuer": "https://id.example.org", "oidc_secret_file": path}
        )
        with pytest.raises(VfeedError) as refused:
            create_app(settings, site.store)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("claims", "had"), [({}, False), ({"amr": ["pwd"]}, False), ({"amr": "mfa"}, False), ({"amr": ["mfa"]}, True)]
)
def test_what_counts_as_a_second_step_of_the_provider(claims: dict[str, object], had: bool) -> None:
    assert had_second_step(claims) is had
