"""The second step of signing in: an app's codes, recovery codes, who must have it, and that nobody is locked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from app_site import PASSWORD, Site, an_account, site_with
from authenticator import app_of, forget_counter, letters_of
from click.testing import CliRunner
from filled_store import tell_commands
from flask.testing import FlaskClient
from passlib.totp import TOTP

from vfeed.keeping import reset_password
from vfeed.server.web.qr_code import qr_code
from vfeed.services.access import Actor
from vfeed.services.accounts import Account
from vfeed.services.services import Services
from vfeed.store import Store
from vfeed.store.rekey import rotate_key


def with_password(site: Site, name: str = "practitioner") -> FlaskClient:
    browser = site.browser()
    assert browser.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 302
    return browser


def test_an_app_is_set_up_on_its_page_and_its_code_is_asked_for_at_the_next_sign_in(site: Site) -> None:
    browser = site.signed_in("practitioner")
    page = browser.get("/second-step/set-up").text
    assert '<div class="qr"><svg' in page
    totp = TOTP(key=letters_of(page))
    wrong = browser.post("/second-step/set-up", data={"code": "000000", "password": PASSWORD})
    assert wrong.status_code == 422 and not site.store.second_steps.of("practitioner")
    no_password = browser.post("/second-step/set-up", data={"code": totp.generate().token, "password": "wrong"})
    assert no_password.status_code == 422 and not site.store.second_steps.of("practitioner")
    done = browser.post("/second-step/set-up", data={"code": totp.generate().token, "password": PASSWORD})
    assert len(re.findall(r"^(?:<pre class=\"secret\">)?[a-z0-9]{5}(?:-[a-z0-9]{5}){2}", done.text, re.MULTILINE)) == 10
    forget_counter(site, "practitioner")
    next_time = with_password(site)
    assert next_time.get("/families").location == "/second-step"
    assert next_time.get("/api/clips/x").status_code == 403
    answer = next_time.post("/second-step", data={"code": totp.generate().token, "next": "/families"})
    assert (answer.status_code, answer.location) == (302, "/families")
    assert next_time.get("/families").status_code == 200


def test_the_right_password_alone_opens_nothing_where_a_second_step_is_set_up(site: Site) -> None:
    app_of(site)
    browser = with_password(site)
    for address in ("/families", "/sign-ins", "/password", "/second-step/set-up", f"/clips/{site.clip.id}"):
        assert browser.get(address).location == "/second-step", address
    assert "account.signed_in" not in site.actions()
    assert browser.post("/api/passkeys/begin", json={"password": PASSWORD}).status_code == 403
    assert site.store.sign_ins.of("practitioner") == [], "it is no sign-in yet"


@pytest.mark.parametrize("name", ["practitioner", "administrator"])
def test_browsers_that_came_in_without_it_are_signed_out_when_the_first_is_set_up(site: Site, name: str) -> None:
    before, browser, other = with_password(site, name), with_password(site, name), with_password(site, "supervisor")
    totp = TOTP(key=letters_of(browser.get("/second-step/set-up").text))
    wrong = browser.post("/second-step/set-up", data={"code": "000000", "password": PASSWORD})
    assert wrong.status_code == 422 and len(site.store.sign_ins.of(name)) == 2
    page = browser.post("/second-step/set-up", data={"code": totp.generate().token, "password": PASSWORD})
    assert "Every other browser is signed out." in page.text
    assert browser.get("/sign-ins").status_code == 200
    assert before.get("/sign-ins").location.startswith("/sign-in?")
    assert other.get("/supervision").status_code == 200


def test_a_passkey_beside_an_app_signs_nobody_out_and_one_that_is_the_first_does(site: Site) -> None:
    steps, sign_ins = site.store.second_steps, site.store.sign_ins
    sign_ins.begin("practitioner", "another")
    here = sign_ins.of("practitioner")[0].id
    sign_ins.begin("practitioner", "a third")
    steps.add_passkey("practitioner", "key", b"one", b"public", 0, here)
    assert [each.id for each in sign_ins.of("practitioner")] == [here]
    sign_ins.begin("practitioner", "one that passed it")
    steps.add_passkey("practitioner", "another key", b"two", b"public", 0, here)
    assert len(sign_ins.of("practitioner")) == 2


def test_a_code_opens_once(site: Site) -> None:
    totp, _codes = app_of(site)
    code = totp.generate().token
    assert site.store.second_steps.check("practitioner", code)
    assert not site.store.second_steps.check("practitioner", code)


def test_a_recovery_code_opens_once_in_any_writing(site: Site) -> None:
    _totp, codes = app_of(site)
    browser = with_password(site)
    answer = browser.post("/second-step", data={"code": f"  {codes[0].upper()} "})
    assert answer.status_code == 302 and browser.get("/families").status_code == 200
    assert with_password(site).post("/second-step", data={"code": codes[0]}).status_code == 422
    assert "account.recovery_code_used" in site.actions() and "account.second_step_refused" in site.actions()
    assert site.store.second_steps.of("practitioner").codes_left == 9


def test_guessing_codes_is_braked(site: Site) -> None:
    app_of(site)
    browser = with_password(site)
    tries = [browser.post("/second-step", data={"code": f"{number:06d}"}).status_code for number in range(9)]
    assert tries == [422] * 8 + [429]


def test_the_secret_of_an_app_is_wrapped_and_recovery_codes_are_hashes(site: Site) -> None:
    totp, codes = app_of(site)
    with site.store.database.engine.connect() as connection:
        row = connection.exec_driver_sql(
            "select tf_totp_secret, mf_recovery_codes from account where username = 'practitioner'"
        ).one()
    assert totp.base32_key not in str(row) and totp.hex_key not in str(row)
    assert not any(code in str(row) or code.replace("-", "") in str(row) for code in codes)


def test_taking_it_away_needs_the_password(site: Site) -> None:
    app_of(site)
    browser = site.signed_in("practitioner")
    assert browser.post("/second-step/remove", data={"password": "wrong"}).status_code == 422
    assert browser.post("/second-step/codes", data={"password": "wrong"}).status_code == 422
    assert site.store.second_steps.of("practitioner")
    assert browser.post("/second-step/codes", data={"password": PASSWORD}).status_code == 200
    assert browser.post("/second-step/remove", data={"password": PASSWORD}).status_code == 302
    assert not site.store.second_steps.of("practitioner")
    assert with_password(site).get("/families").status_code == 200


def test_an_administrator_takes_it_away_for_somebody_who_lost_it_and_never_from_themselves(site: Site) -> None:
    app_of(site)
    app_of(site, "administrator")
    browser = site.signed_in("administrator")
    assert "with a second step" in browser.get("/accounts").text
    assert browser.post("/accounts/practitioner/take-second-step").status_code == 302
    assert browser.post("/accounts/administrator/take-second-step").status_code == 403
    assert site.store.second_steps.of("administrator") and not site.store.second_steps.of("practitioner")


def test_the_command_line_lets_the_last_administrator_in_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    app_of(site, "administrator")
    tell_commands(site.store.settings, monkeypatch)
    assert CliRunner().invoke(reset_password, ["administrator"]).exit_code == 0
    assert not site.store.second_steps.of("administrator")


def test_after_a_new_master_key_the_app_still_opens(site: Site) -> None:
    totp, _codes = app_of(site)
    settings = site.store.settings
    site.store.close()
    rotate_key(settings)
    with Store(settings) as store:
        assert store.second_steps.check("practitioner", totp.generate().token)


@pytest.fixture
def strict(site: Site) -> Iterator[Site]:
    """The same site where administrators must have a second step."""
    with site_with(site, second_step="administrators") as changed:
        yield changed


def test_an_administrator_beside_others_sets_it_up_before_anything_opens(strict: Site) -> None:
    browser = strict.signed_in("administrator")
    assert browser.get("/accounts").location == "/second-step/set-up"
    assert browser.post("/accounts/practitioner/close").status_code == 403
    page = browser.get("/second-step/set-up").text
    assert "needs a second step" in page
    code = TOTP(key=letters_of(page)).generate().token
    assert browser.post("/second-step/set-up", data={"code": code, "password": PASSWORD}).status_code == 200
    assert browser.get("/accounts").status_code == 200
    assert strict.signed_in("practitioner").get("/families").status_code == 200


def test_the_one_person_of_a_laptop_is_never_made_to(strict: Site) -> None:
    for account in strict.store.accounts.list():
        strict.store.accounts.set_active(str(account.username), account.username == "administrator", "vfeed")
    assert strict.signed_in("administrator").get("/accounts").status_code == 200
    told = "needs a second step besides the password"
    assert told in strict.signed_in("administrator").get("/accounts/new").text, "before it happens"
    an_account(strict.store, "second", "practitioner")
    assert strict.signed_in("administrator").get("/accounts").location == "/second-step/set-up"


def test_an_administrator_is_handed_who_has_a_second_step_and_nothing_that_opens_an_account(site: Site) -> None:
    site.store.second_steps.begin_app("researcher")
    app_of(site)
    site.store.sign_ins.begin("supervisor", "a tablet")
    here = site.store.sign_ins.of("supervisor")[0].id
    site.store.second_steps.add_passkey("supervisor", "key", b"one", b"public", 0, here)
    found = Services(site.store).accounts.list(Actor("administrator", frozenset({"administrator"})))
    assert {each.name for each in found if each.has_second_step} == {"practitioner", "supervisor"}
    told = {"name", "roles", "is_open", "has_one_time_password", "has_second_step"}
    assert {field.name for field in fields(Account)} == told


def test_nobody_is_asked_while_a_parent_has_the_tablet(site: Site) -> None:
    with site_with(site, second_step="everyone") as changed:
        assert changed.signed_in("practitioner").get("/families").location == "/second-step/set-up"
        locked = changed.signed_in("practitioner", locked=True)
        assert locked.get("/families").location.startswith("/parent/")


def test_a_one_time_password_comes_before_the_second_step_is_set_up(site: Site) -> None:
    with site_with(site, second_step="everyone") as changed:
        browser = changed.signed_in("newcomer")
        assert browser.get("/families").location == "/password"
        new = "blue kettle walks fast"
        assert browser.post("/password", data={"current": PASSWORD, "new": new, "again": new}).status_code == 302
        assert browser.get("/families").location == "/second-step/set-up"


def test_the_qr_code_is_an_image_without_style_or_script() -> None:
    drawn = qr_code("otpauth://totp/vfeed:ann?secret=ABC&issuer=vfeed")
    assert drawn.startswith("<svg") and "style=" not in drawn and "<script" not in drawn
