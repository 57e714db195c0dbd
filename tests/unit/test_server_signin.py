"""Signing in, one's own password, sessions, and the administrator's accounts."""

from __future__ import annotations

import re
import time

import pytest
from served import PASSWORD, Site, an_account
from sqlalchemy import select

from vfeed.config import Settings
from vfeed.server.app import create_app
from vfeed.server.signin import SIGNED_IN_AT
from vfeed.server.views.accounts import local_page
from vfeed.store.tables import User

NEW = "a longer new password"


def account(site: Site, name: str) -> User:
    with site.store.database.read() as session:
        return session.scalars(select(User).where(User.username == name)).one()


def test_name_and_password_open_a_session(site: Site) -> None:
    browser = site.browser()
    answer = browser.post("/sign-in", data={"name": "practitioner", "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")
    assert browser.get("/families").status_code == 200
    assert "account.signed_in" in site.actions()


@pytest.mark.parametrize("name, password", [("practitioner", "wrong"), ("nobody.here", PASSWORD), ("practitioner", "")])
def test_a_wrong_name_or_password_is_refused_in_the_same_words(site: Site, name: str, password: str) -> None:
    browser = site.browser()
    answer = browser.post("/sign-in", data={"name": name, "password": password})
    assert answer.status_code in {200, 401}
    assert "Sign in" in answer.text
    assert browser.get("/families").status_code == 302


def test_a_refused_try_is_recorded_without_what_was_typed(site: Site) -> None:
    site.browser().post("/sign-in", data={"name": "my secret password", "password": "x"})
    row = site.store.audit.list()[0]
    assert (row.action, row.actor) == ("account.refused", "unknown name")


def test_guessing_is_braked_for_that_name_alone(site: Site) -> None:
    browser = site.browser()
    tries = [browser.post("/sign-in", data={"name": "practitioner", "password": "guess"}) for _ in range(9)]
    assert [answer.status_code for answer in tries] == [401] * 8 + [429]
    assert "quarter of an hour" in tries[-1].text
    other = site.browser().post("/sign-in", data={"name": "supervisor", "password": PASSWORD})
    assert other.status_code == 302


def test_a_one_time_password_must_be_changed_before_anything_else_opens(site: Site) -> None:
    browser = site.browser()
    browser.post("/sign-in", data={"name": "newcomer", "password": PASSWORD})
    assert browser.get("/families").location == "/password"
    assert browser.get("/api/clips/x").status_code == 403
    answer = browser.post("/password", data={"current": PASSWORD, "new": NEW, "again": NEW})
    assert answer.status_code == 302
    assert browser.get("/families").status_code == 200
    assert not account(site, "newcomer").must_change_password
    assert site.browser().post("/sign-in", data={"name": "newcomer", "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "not the password you signed in with"),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, NEW, NEW + "x", "not the same"),
        (PASSWORD, PASSWORD, PASSWORD, "another password"),
    ],
)
def test_a_new_password_that_does_not_fit_changes_nothing(
    site: Site, current: str, new: str, again: str, said: str
) -> None:
    before = account(site, "practitioner").password
    page = site.signed_in("practitioner").post("/password", data={"current": current, "new": new, "again": again})
    assert said in page.text
    assert account(site, "practitioner").password == before


def test_a_new_password_ends_the_sessions_elsewhere(site: Site) -> None:
    here, elsewhere = site.signed_in("practitioner"), site.signed_in("practitioner")
    here.post("/password", data={"current": PASSWORD, "new": NEW, "again": NEW})
    assert here.get("/families").status_code == 200
    assert elsewhere.get("/families").status_code == 302


def test_a_session_ends_after_its_hours(site: Site) -> None:
    browser = site.signed_in("practitioner")
    with browser.session_transaction() as held:
        held[SIGNED_IN_AT] = time.time() - site.store.settings.session_hours * 3600 - 1
    assert browser.get("/families").location.startswith("/sign-in")


def test_a_closed_account_is_out_at_once_and_cannot_come_back(site: Site) -> None:
    browser = site.signed_in("researcher")
    site.signed_in("administrator").post("/accounts/researcher/close")
    assert browser.get("/clips").status_code == 302
    assert site.browser().post("/sign-in", data={"name": "researcher", "password": PASSWORD}).status_code == 401


def test_a_new_account_gets_a_one_time_password_that_is_shown_once(site: Site) -> None:
    administrator = site.signed_in("administrator")
    page = administrator.post("/accounts/new", data={"name": "j.miller", "roles": ["practitioner"]})
    found = re.search(r'class="secret">([^<]+)<', page.text)
    assert found is not None
    assert found[1] not in administrator.get("/accounts").text
    answer = site.browser().post("/sign-in", data={"name": "j.miller", "password": found[1]})
    assert answer.status_code == 302
    assert account(site, "j.miller").must_change_password


@pytest.mark.parametrize(
    "data",
    [
        {"name": "", "roles": ["practitioner"]},
        {"name": "A b", "roles": ["practitioner"]},
        {"name": "fine.name"},
        {"name": "practitioner", "roles": ["practitioner"]},
        {"name": "fine.name", "roles": ["king"]},
    ],
)
def test_an_account_that_does_not_fit_is_not_made(site: Site, data: dict[str, object]) -> None:
    before = len(site.store.accounts.list())
    page = site.signed_in("administrator").post("/accounts/new", data=data)
    assert 'class="field-error"' in page.text
    assert len(site.store.accounts.list()) == before


def test_nobody_closes_their_own_account(site: Site) -> None:
    assert site.signed_in("administrator").post("/accounts/administrator/close").status_code == 403
    assert account(site, "administrator").active


def test_an_account_without_a_role_is_told_so(site: Site) -> None:
    an_account(site.store, "roleless")
    page = site.signed_in("roleless").get("/")
    assert page.status_code == 403 and "no role" in page.text


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", ""]
)
def test_signing_in_never_leads_to_another_site(site: Site, address: str) -> None:
    with site.app.test_request_context():
        assert local_page(address) == "/"


def test_signing_in_leads_on_to_the_page_that_was_asked_for(site: Site) -> None:
    browser = site.browser()
    door = browser.get("/families?x=1").location
    assert door == "/sign-in?next=/families?x%3D1"
    answer = browser.post("/sign-in", data={"name": "practitioner", "password": PASSWORD, "next": "/families?x=1"})
    assert answer.location == "/families?x=1"


def test_a_form_without_its_token_changes_nothing(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    browser = site.signed_in("practitioner")
    page = browser.post("/families/new", data={"code_name": "Wren"})
    assert page.status_code == 400 and "open for too long" in page.text
    answer = browser.post(f"/api/clips/{site.clip.id}/undo", json={})
    assert answer.get_json()["error"]["code"] == "csrf"
    assert site.store.families.find("Wren") is None


def test_the_token_of_the_page_opens_forms_and_scripts(site: Site) -> None:
    site.app.config["WTF_CSRF_ENABLED"] = True
    browser = site.signed_in("practitioner")
    found = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/families/new").text)
    assert found is not None
    assert browser.post("/families/new", data={"code_name": "Wren", "csrf_token": found[1]}).status_code == 302
    answer = browser.post(f"/api/clips/{site.clip.id}/undo", json={}, headers={"X-CSRFToken": found[1]})
    assert answer.status_code == 200


def test_a_change_set_off_by_another_site_is_refused(site: Site) -> None:
    browser = site.signed_in("practitioner")
    page = browser.post("/families/new", data={"code_name": "Wren"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 400
    assert site.store.families.find("Wren") is None


@pytest.mark.parametrize("https", [True, False])
def test_cookies_are_for_this_site_and_no_script(site: Site, https: bool) -> None:
    settings: Settings = site.store.settings.model_copy(update={"https": https})
    app = create_app(settings, site.store)
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is https


def test_the_secret_key_comes_from_the_master_key_and_stays_the_same(site: Site) -> None:
    again = create_app(site.store.settings, site.store)
    assert again.secret_key == site.app.secret_key
    assert len(bytes.fromhex(str(again.secret_key))) == 32
