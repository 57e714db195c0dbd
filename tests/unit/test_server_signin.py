"""Signing in, one's own password, sessions, and the administrator's accounts."""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from datetime import timedelta
from typing import NoReturn

import pytest
from app_site import PASSWORD, Site, an_account, site_with
from filled_store import TODAY, all_text
from flask.testing import FlaskClient
from sqlalchemy import select

from vfeed.practice.kiosk_mode import KioskMode
from vfeed.server.accounts.pages import local_page
from vfeed.server.app import create_app
from vfeed.server.web import signin
from vfeed.services.accounts import Accounts
from vfeed.services.families import Families
from vfeed.store.tables import SignIn, User, utc_now
from vfeed.store.unavailable import DatabaseSlow

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
    age(site, begun=timedelta(hours=site.store.settings.session_hours, seconds=1))
    assert browser.get("/families").location.startswith("/sign-in")


def test_a_session_ends_when_it_was_idle(site: Site) -> None:
    browser, other = site.signed_in("practitioner"), site.signed_in("supervisor")
    age(site, seen=timedelta(minutes=site.store.settings.idle_minutes, seconds=1))
    assert browser.get("/families").location.startswith("/sign-in")
    age(site, seen=timedelta(0))
    assert other.get("/supervision").status_code == 200
    assert browser.get("/families").status_code == 302, "it has ended for good"


def test_who_was_signed_out_meanwhile_is_told_why_and_once(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert "signed out" not in site.browser().get("/sign-in").text
    age(site, seen=timedelta(minutes=site.store.settings.idle_minutes, seconds=1))
    asked = browser.get("/families?sort=name").location
    assert "You were signed out: nothing had been done here for a while" in browser.get(asked).text
    assert "You were signed out" not in browser.get(asked).text
    assert browser.post(asked, data={"name": "practitioner", "password": PASSWORD}).location == "/families?sort=name"
    browser.post("/sign-out")
    assert "You were signed out" not in browser.get("/sign-in").text, "nor who went by themselves"


def age(site: Site, *, begun: timedelta = timedelta(0), seen: timedelta = timedelta(0)) -> None:
    """Let every sign-in be so old, and used so long ago."""
    with site.store.database.write() as session:
        for row in session.scalars(select(SignIn)):
            row.begun_at, row.seen_at = utc_now() - begun, utc_now() - seen


def copy_of_cookie(site: Site, browser: FlaskClient) -> FlaskClient:
    """Another browser with a copy of this one's cookie, as somebody may have kept it."""
    cookie = browser.get_cookie("vfeed")
    assert cookie is not None
    thief = site.browser()
    thief.set_cookie("vfeed", cookie.value)
    return thief


def test_signing_out_ends_the_session_also_for_a_kept_cookie(site: Site) -> None:
    browser = site.signed_in("practitioner")
    thief = copy_of_cookie(site, browser)
    assert thief.get("/families").status_code == 200
    answer = browser.post("/sign-out")
    assert thief.get("/families").location.startswith("/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_a_new_password_ends_a_kept_cookie(site: Site) -> None:
    browser = site.signed_in("practitioner")
    thief = copy_of_cookie(site, browser)
    browser.post("/password", data={"current": PASSWORD, "new": NEW, "again": NEW})
    assert thief.get("/families").status_code == 302


def a_record(site: Site) -> str:
    """Where the record of a shared review is written."""
    family_id = site.home.family.id
    return f"/families/{family_id}/sessions/{site.store.sessions.begin(family_id, None, 'ann', held_on=TODAY).id}"


def seal_in(site: Site, browser: FlaskClient) -> dict[str, str]:
    """The key for what waits in the browser, as a page with notes hands it out."""
    page = browser.get(a_record(site))
    found = re.search(r'data-island="session" data-props="(.*?)">', page.text)
    assert found is not None, page.status
    seal: dict[str, str] = json.loads(html.unescape(found.group(1)))["seal"]
    assert len(base64.b64decode(seal["key"])) == 32
    assert page.headers["Cache-Control"] == "no-store"
    return seal


def test_unsent_work_opens_for_whoever_did_it_after_signing_in_again_and_for_nobody_else(site: Site) -> None:
    browser = site.signed_in("practitioner")
    first = seal_in(site, browser)
    browser.post("/sign-out")
    again = seal_in(site, site.signed_in("practitioner"))
    an_account(site.store, "colleague", "practitioner")
    site.store.workers.add(site.home.family.id, "colleague", "practitioner")
    other = seal_in(site, site.signed_in("colleague"))
    assert first == again
    assert {first["id"], first["key"]}.isdisjoint(other.values())


@pytest.mark.parametrize("state", [{"locked": True}, {"due": True}])
def test_a_locked_browser_and_one_half_signed_in_get_no_key_to_unsent_work(site: Site, state: dict[str, bool]) -> None:
    key = seal_in(site, site.signed_in("practitioner"))["key"]
    browser = site.signed_in("practitioner", **state)
    here, room = a_record(site), f"/parent/{site.clip.id}/{site.reel_id}"
    for path in (here, room, "/"):
        answer = browser.get(path, follow_redirects=True)
        assert key not in html.unescape(answer.text)
        assert "seal" not in answer.text


def test_the_parents_lock_holds_for_every_tab_and_every_kept_cookie(site: Site) -> None:
    browser = site.signed_in("practitioner")
    kept = copy_of_cookie(site, browser)
    with browser.session_transaction() as held:
        before = dict(held)
    for row in site.store.sign_ins.of("practitioner"):
        site.store.sign_ins.lock(row.id, KioskMode(site.clip.id, site.reel_id))
    assert kept.get("/families").location.startswith("/parent/")
    # An answer that was under way at the hand-over writes the cookie of before.
    with browser.session_transaction() as held:
        held.update(before)
    assert browser.get("/families").location.startswith("/parent/")


def test_sign_ins_are_listed_and_ended_one_by_one_or_all_others_at_once(site: Site) -> None:
    here, there, elsewhere = (site.signed_in("practitioner") for _ in range(3))
    page = here.get("/sign-ins").text
    assert page.count("a test") == 3 and page.count("this one") == 1
    ids = {row.id for row in site.store.sign_ins.of("practitioner")}
    addresses = re.findall(r"/sign-ins/([0-9a-f]{64})/end", page)
    assert len(addresses) == 2 and set(addresses) < ids
    here.post(f"/sign-ins/{addresses[0]}/end")
    assert sorted(each.get("/families").status_code for each in (there, elsewhere)) == [200, 302]
    here.post("/sign-ins/end-others")
    assert [each.get("/families").status_code for each in (here, there, elsewhere)] == [200, 302, 302]


def test_nobody_ends_the_sign_in_of_another(site: Site) -> None:
    other = site.signed_in("supervisor")
    (row,) = site.store.sign_ins.of("supervisor")
    assert site.signed_in("practitioner").post(f"/sign-ins/{row.id}/end").status_code == 404
    assert other.get("/supervision").status_code == 200


@pytest.mark.parametrize(
    "guessable",
    [
        "123456789012",
        "passwordpassword",
        "aaaaaaaaaaaa",
        "practitioner2026",
        "vfeedvfeedvfeed",
        " " * 12 + "a",
        "letmein12345678",
        "healthvisitor1",
        "newcomernewcomer",
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(site: Site, guessable: str) -> None:
    browser = site.signed_in("newcomer")
    page = browser.post("/password", data={"current": PASSWORD, "new": guessable, "again": guessable})
    assert page.status_code == 200 and "easy to guess" in page.text
    assert account(site, "newcomer").must_change_password


def test_a_one_time_password_runs_out(site: Site) -> None:
    secret = site.store.accounts.reset_password("researcher", "admin")
    with site.store.database.write() as session:
        row = session.scalars(select(User).where(User.username == "researcher")).one()
        row.one_time_until = utc_now() - timedelta(seconds=1)
    assert site.browser().post("/sign-in", data={"name": "researcher", "password": secret}).status_code == 401


def test_forty_wrong_tries_at_a_clinic_keep_no_colleague_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    # The time that an unknown name costs is not what is tried here.
    monkeypatch.setattr(signin, "hash_password", lambda _password: "")
    for number in range(41):
        site.browser().post("/sign-in", data={"name": f"nobody{number}", "password": "guess"})
    assert site.browser().post("/sign-in", data={"name": "nobody99", "password": "guess"}).status_code == 429
    right = site.browser().post("/sign-in", data={"name": "practitioner", "password": PASSWORD})
    assert right.status_code == 302


def test_a_restart_does_not_lift_the_brake(site: Site) -> None:
    guess = {"name": "practitioner", "password": "guess"}
    for _ in range(8):
        site.browser().post("/sign-in", data=guess)
    with site_with(site) as again:
        assert again.browser().post("/sign-in", data=guess).status_code == 429


def test_what_was_typed_as_a_name_is_not_kept_by_the_brake(site: Site) -> None:
    site.browser().post("/sign-in", data={"name": "my secret password", "password": "x"})
    assert "my secret password" not in all_text(site.store.settings)


@pytest.mark.parametrize(
    ("pin", "fits"), [("2580", True), ("12", False), ("1111", False), ("4321", False), ("abcd", False)]
)
def test_a_pin_leads_out_of_the_parents_room_and_the_password_no_longer(site: Site, pin: str, fits: bool) -> None:
    site.signed_in("practitioner").post("/sign-ins/pin", data={"password": PASSWORD, "pin": pin})
    stop = f"/parent/{site.clip.id}/{site.reel_id}/stop"
    room = site.signed_in("practitioner", locked=True)
    page = room.get(stop).text
    assert "one-time-code" in page and "current-password" not in page
    assert ("your PIN leads back" in page) == fits and ("your password leads back" in page) == (not fits)
    if fits:
        assert "not the PIN of the worker" in room.post(stop, data={"password": "2581"}).text
        assert room.post(stop, data={"password": PASSWORD}).status_code == 401
    assert room.post(stop, data={"password": pin if fits else PASSWORD}).status_code == 302
    assert room.get("/families").status_code == 200


def test_guessing_the_pin_of_the_parents_room_is_braked_also_after_a_restart_and_the_worker_is_told(site: Site) -> None:
    site.signed_in("practitioner").post("/sign-ins/pin", data={"password": PASSWORD, "pin": "2580"})
    stop = f"/parent/{site.clip.id}/{site.reel_id}/stop"
    room = site.signed_in("practitioner", locked=True)
    assert [room.post(stop, data={"password": f"{guess:04}"}).status_code for guess in range(9)] == [401] * 8 + [429]
    with site_with(site) as restarted:
        again = restarted.signed_in("practitioner", locked=True)
        waits = again.post(stop, data={"password": "2580"})
        assert waits.status_code == 429, "the right PIN waits, too"
        assert "This cannot be shown just now." in waits.text
        assert "For the worker: There were too many tries in a short time. Wait a quarter of an hour" in waits.text
        assert again.get("/families").location.startswith("/parent/"), "it is still locked"
        assert again.post(stop, data={"password": PASSWORD}).status_code == 429


def test_a_wrong_pin_is_told_at_its_field_in_the_workers_language(site: Site) -> None:
    worker = site.signed_in("practitioner")
    worker.post("/sign-ins/pin", data={"password": PASSWORD, "pin": "2580"})
    worker.post("/language", data={"language": "cy", "back": "/"})
    room = site.signed_in("practitioner", locked=True)
    page = room.post(f"/parent/{site.clip.id}/{site.reel_id}/stop", data={"password": "1212"}).text
    assert '<section class="stack" lang="cy" dir="ltr">' in page and 'lang="en-GB" dir' not in page
    assert 'aria-describedby="password-hint password-error"' in page and 'aria-invalid="true"' in page


@pytest.mark.usefixtures("slow_hashes")
def test_passwords_and_pins_are_kept_with_the_work_that_is_advised(site: Site) -> None:
    """RFC 9106, for machines without much memory; every other test hashes with less."""
    signed_in = site.signed_in("practitioner")
    signed_in.post("/sign-ins/pin", data={"password": PASSWORD, "pin": "2580"})
    signed_in.post("/password", data={"current": PASSWORD, "new": NEW, "again": NEW})
    site.store.accounts.reset_password("coder", "ann")
    kept = [account(site, "practitioner").room_pin, account(site, "practitioner").password]
    kept += [account(site, "coder").password]
    assert [str(each)[:30] for each in kept] == ["$argon2id$v=19$m=65536,t=3,p=4"] * 3


def test_a_pin_is_not_changed_without_the_password(site: Site) -> None:
    site.signed_in("practitioner").post("/sign-ins/pin", data={"password": "guess", "pin": "2580"})
    assert account(site, "practitioner").room_pin is None


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
    with site_with(site, https=https) as other:
        cookie = other.browser().get("/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie
    assert ("Secure" in cookie) is https


def test_the_secret_key_comes_from_the_master_key_and_stays_the_same(site: Site) -> None:
    again = create_app(site.store.settings, site.store)
    assert again.secret_key == site.app.secret_key
    assert len(bytes.fromhex(str(again.secret_key))) == 32


def test_after_a_refusal_the_password_has_the_focus_and_what_is_typed_can_be_shown(site: Site) -> None:
    def focused(page: str) -> list[str]:
        return re.findall(r"<input[^>]* autofocus[^>]* name=\"(\w+)\"", page)

    assert focused(site.browser().get("/sign-in").text) == ["name"]
    refused = site.browser().post("/sign-in", data={"name": "practitioner", "password": "a guess"}).text
    assert focused(refused) == ["password"]
    assert 'data-shows="password" hidden' in refused


def test_a_page_starts_no_thread(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = site.signed_in("practitioner")
    started: list[str] = []
    monkeypatch.setattr(threading.Thread, "start", lambda thread: started.append(thread.name))
    assert browser.get("/families").status_code == 200
    assert started == []


@pytest.mark.parametrize("known", [True, False], ids=["after who asks was found", "while who asks is looked up"])
def test_a_database_that_does_not_answer_is_told_without_asking_it_who_reads_and_signs_nobody_out(
    site: Site, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    browser = site.signed_in("practitioner")

    def silent(*_asked: object) -> NoReturn:
        raise DatabaseSlow

    with monkeypatch.context() as away:
        if known:
            away.setattr(Families, "read", silent)
        else:
            away.setattr(Accounts, "behind", silent)
        told = browser.get(f"/families/{site.home.family.id}")
        assert told.status_code == 503
        assert "practitioner" not in told.text and "Try again" in told.text
    assert "practitioner" in browser.get(f"/families/{site.home.family.id}").text
