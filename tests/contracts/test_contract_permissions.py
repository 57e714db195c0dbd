"""Default deny: every route, walked with every role and with nobody, answers as the one table says."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from addressable_objects import INSTEAD, things_in
from app_site import Furnished, Site, an_account, site_in
from filled_store import a_clip, copy_store
from flask.testing import FlaskClient
from held_connections import held_connections
from sqlalchemy import select
from werkzeug.routing import Rule
from writes import writes

from vfeed.practice.roles import ACCOUNT_ROLES
from vfeed.server.web.permissions import TABLE, Caller, decide
from vfeed.server.web.whose import ELSEWHERE
from vfeed.services.gate import Gate
from vfeed.store.tables import Family

CALLERS: dict[str, Caller] = {
    "anonymous": Caller(),
    **{role: Caller(roles=frozenset({role}), signed_in=True) for role in ACCOUNT_ROLES},
    "newcomer": Caller(roles=frozenset(ACCOUNT_ROLES), signed_in=True, one_time_password=True),
    "administrator whose second step is to come": Caller(
        roles=frozenset({"administrator"}), signed_in=True, second_step_due=True
    ),
    "administrator without a second step": Caller(
        roles=frozenset({"administrator"}), signed_in=True, second_step_missing=True
    ),
    "parent beside a practitioner": Caller(roles=frozenset({"practitioner"}), signed_in=True, locked=True),
}
# Routes that show a family or a clip and write no line of their own: what they say, another line has said already.
SERVICE = {"oidc.begin", "oidc.back"}
PASSKEYS = {"second_step.ask_passkey", "second_step.sign_in_with_passkey"}
UNRECORDED = {
    "clips_api.jobs",
    "tus.head",
    "parent.leave",
    "parent_led.leave",
    "uploads.page",
    "clips.erase",
    "consents.withdraw",
    "erasing.family",
}


# What any GET may note: who saw or was refused what, and when somebody signed in was last there.
NOTED = {"insert audit", "update audit_head", "update sign_in"}
# What else a GET writes, each for a reason; none of it is a file.
WRITTEN_BY_GET = {
    # The provider leads there and back by addresses, and each is a try that the brake counts.
    "oidc.begin": {"insert attempt", "delete attempt"},
    "oidc.back": {"insert attempt", "delete attempt"},
    # The secret that the page shows is the same when it is loaded again, and opens nothing until a code confirms it.
    "second_step.set_up": {"update account"},
    # That a coder has opened a film, and when, is part of the study's record; so is who began to agree on one.
    "coding.room": {"insert journal_event", "update study_coding"},
    "consensus.room": {"insert study_consensus"},
    # What screening goes by, of films that an earlier version looked at.
    "screening.index": {"insert screening_facts"},
}


def browser_of(site: Site, name: str) -> FlaskClient:
    if name == "anonymous":
        return site.browser()
    if name == "parent beside a practitioner":
        return site.signed_in("practitioner", locked=True)
    if name == "administrator whose second step is to come":
        return site.signed_in("administrator", due=True)
    return site.signed_in(name.partition(" ")[0])


def address_of(site: Site, rule: Rule, things: dict[str, str | int]) -> str:
    needed = {name: things.get(f"{rule.endpoint} {name}", things[name]) for name in rule.arguments}
    with site.app.test_request_context():
        return site.app.url_map.bind("localhost").build(rule.endpoint, needed)


def walks(site: Site) -> Iterator[tuple[Rule, str]]:
    for rule in site.app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}) or sorted(rule.methods or set()):
            yield rule, method


def test_every_route_has_a_line_in_the_table_and_every_line_a_route(site: Site) -> None:
    assert {rule.endpoint for rule in site.app.url_map.iter_rules()} == set(TABLE)
    assert {name.rpartition(" ")[2] for name in INSTEAD} <= set(TABLE)


@dataclass(frozen=True)
class Walked:
    """A folder with a site in which there is one of everything that an address names."""

    folder: Path
    things: dict[str, str | int]


@pytest.fixture(scope="module")
def walked(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Walked:
    folder = tmp_path_factory.mktemp("walked")
    copy_store(furnished.folder, folder)
    with site_in(folder, furnished) as site:
        return Walked(folder, things_in(site, whole=True))


@pytest.mark.parametrize("name", CALLERS)
def test_every_route_answers_as_the_table_says(tmp_path: Path, furnished: Furnished, walked: Walked, name: str) -> None:
    settings: dict[str, Any] = {"metrics": True}
    if CALLERS[name].second_step_missing:
        settings["second_step"] = "administrators"
    left: list[tuple[Rule, str]] | None = None
    while left is None or left:
        shutil.rmtree(tmp_path)
        copy_store(walked.folder, tmp_path)
        with site_in(tmp_path, furnished, **settings) as site:
            left = walk_on(site, name, walked.things, list(walks(site)) if left is None else left)


def walk_on(
    site: Site, name: str, things: dict[str, str | int], left: list[tuple[Rule, str]]
) -> list[tuple[Rule, str]]:
    """Walk until something may have ended (a consent, a job, a link); returns what is left to walk."""
    caller, browser = CALLERS[name], browser_of(site, name)
    for number, (rule, method) in enumerate(left, start=1):
        address = address_of(site, rule, things)
        with held_connections(site.store.database.engine) as held, writes() as written:
            answer = browser.open(address, method=method, headers={"Tus-Resumable": "1.0.0"}, buffered=True)
        assert held.now == 0 and held.most <= 1, f"{name} {method} {address} holds {held.most} connections at once"
        if method == "GET":
            assert set(written) <= NOTED | WRITTEN_BY_GET.get(rule.endpoint, set()), f"{name} {address}: {written}"
        if answer.status_code < 400:
            # Signing out, or leaving the parent view, must not colour the next answer.
            browser = browser_of(site, name)
        ruling = decide(rule.endpoint, caller)
        where = f"{name} {method} {address}: {answer.status_code}"
        if ruling.allowed:
            assert is_done(rule, method, answer.status_code), where
        elif (
            method == "GET"
            and not address.startswith(("/api/", "/media/"))
            and (not caller.signed_in or caller.locked or caller.one_time_password or is_between(caller))
        ):
            assert answer.status_code == 302, where
        else:
            assert answer.status_code == (401 if ruling.code == "not_signed_in" else 403), where
        # What was refused for holding nothing has changed nothing.
        if ruling.allowed and method != "GET" and answer.status_code < 400:
            return left[number:]
    return []


def is_done(rule: Rule, method: str, status: int) -> bool:
    """Whether it was done, or a form refused for holding nothing; what else is right says `INSTEAD`."""
    expected = INSTEAD.get(f"{method} {rule.endpoint}", INSTEAD.get(rule.endpoint))
    if expected is not None:
        return status in expected
    return status < 400 or (method != "GET" and status in {400, 422})


# A practitioner of another team, with what else they may be; each opens nothing of a family that is not theirs.
OTHER_TEAMS = (
    ("practitioner",),
    ("practitioner", "supervisor"),
    ("practitioner", "researcher"),
    ("practitioner", "coder", "administrator"),
)


@pytest.mark.parametrize("roles", OTHER_TEAMS, ids=" and ".join)
def test_another_team_reaches_nothing_of_a_family_by_any_route(site: Site, roles: tuple[str, ...]) -> None:
    an_account(site.store, "colleague", *roles)
    give_to(site, "practitioner")
    things = things_in(site)
    walked = 0
    browser = site.signed_in("colleague")
    for rule, method in walks(site):
        led = {name: value for name, value in things.items() if name in rule.arguments}
        families = Gate(site.store).family_behind(led)
        if families is None or rule.endpoint in ELSEWHERE:
            continue
        if {"supervisor", "researcher"} & set(roles) and is_shared_out(rule, roles):
            continue
        address = address_of(site, rule, things)
        answer = browser.open(address, method=method, headers={"Tus-Resumable": "1.0.0"}, buffered=True)
        assert answer.status_code == 403, f"{roles} {method} {address}: {answer.status_code}"
        walked += 1
    assert walked > 100
    refused = [row for row in site.store.audit.list() if row.action == "access.refused" and row.actor == "colleague"]
    assert refused


def is_shared_out(rule: Rule, roles: tuple[str, ...]) -> bool:
    """What research may see by the family's consent, and what a supervisor was sent: decided there, not by the team."""
    for_research = "researcher" in roles and TABLE[rule.endpoint].action == "clip.view" and "clip_id" in rule.arguments
    return for_research or ("supervisor" in roles and "share_id" in rule.arguments)


def test_a_tablet_with_a_parent_reaches_no_other_film_by_any_route(site: Site) -> None:
    other = a_clip(site.store, site.home, b"another film")
    things = things_in(site) | {"clip_id": other.id}
    reached = []
    browser = site.signed_in("practitioner", locked=True)
    for rule, method in walks(site):
        if not rule.arguments & {"clip_id", "reel_id"}:
            continue
        for named in (things, things | {"clip_id": site.clip.id, "reel_id": "another"}):
            if "reel_id" not in rule.arguments and named["clip_id"] == site.clip.id:
                continue
            address = address_of(site, rule, named)
            answer = browser.open(address, method=method, buffered=True)
            # Shown instead is what the tablet is locked to.
            if answer.status_code not in {302, 403}:
                reached.append(f"{method} {address}: {answer.status_code}")
            assert answer.status_code != 302 or f"/parent/{site.clip.id}/{site.reel_id}" in answer.location, address
    assert reached == []


def give_to(site: Site, name: str) -> None:
    """The site's family is this account's."""
    with site.store.database.write() as session:
        for family in session.scalars(select(Family)):
            family.created_by = name


def is_between(caller: Caller) -> bool:
    return caller.second_step_due or caller.second_step_missing


def test_no_route_is_open_to_nobody_but_those_that_must_be(site: Site) -> None:
    open_to_all = {endpoint for endpoint in TABLE if decide(endpoint, Caller()).allowed}
    public_share = {f"public_share.{name}" for name in ("view", "film", "still", "close")}
    always = {"static", "home.health", "home.ready", "home.metrics", "accounts.sign_in", "accounts.language"}
    assert open_to_all == always | PASSKEYS | SERVICE | public_share


def test_who_keeps_the_machine_sees_no_family(site: Site) -> None:
    administrator = CALLERS["administrator"]
    reachable = {endpoint.partition(".")[0] for endpoint in TABLE if decide(endpoint, administrator).allowed}
    assert reachable == {"static", "home", "accounts", "second_step", "oidc", "audit", "public_share"}


def test_the_parent_view_opens_nothing_but_itself(site: Site) -> None:
    parent = CALLERS["parent beside a practitioner"]
    assert {endpoint for endpoint in TABLE if decide(endpoint, parent).allowed} == {
        "static",
        "home.health",
        "home.ready",
        "home.metrics",
        "accounts.sign_out",
        "groups.room",
        "groups.film",
        "groups.stop",
        "parent_led.view",
        "parent_led.film",
        "parent_led.still",
        "parent_led.join",
        "parent_led.leave",
        "parent_led_api.mark",
        "parent_led_api.unmark",
        "parent_led_api.words",
        "parent.view",
        "parent.words",
        "parent.words_api",
        "parent.leave",
        "parent_api.mark",
        "parent_api.unmark",
        "parent_api.record",
        "parent_api.next_step",
        "parent_api.remove_voice",
        "media.voice",
        "media.reel",
        "media.reel_still",
    }


SETTING_UP = {"second_step.set_up", "second_step.begin_passkey", "second_step.add_passkey"}


@pytest.mark.parametrize(
    ("state", "opened"),
    [
        ("administrator whose second step is to come", {"second_step.ask", *PASSKEYS}),
        ("administrator without a second step", {*SETTING_UP, "accounts.password", "accounts.sign_in"}),
    ],
)
def test_between_password_and_second_step_nothing_opens_but_that_step(state: str, opened: set[str]) -> None:
    always = {"static", "home.health", "home.ready", "home.metrics", "accounts.sign_out", "accounts.language"}
    assert {endpoint for endpoint in TABLE if decide(endpoint, CALLERS[state]).allowed} == opened | always


def test_an_endpoint_without_a_line_is_refused() -> None:
    ruling = decide("nowhere.at_all", CALLERS["practitioner"])
    assert (ruling.allowed, ruling.code) == (False, "forbidden")
    assert ruling.reason


def test_a_route_that_nobody_ruled_on_is_refused(site: Site) -> None:
    site.app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert site.signed_in("practitioner").get("/forgotten").status_code == 403
    assert site.browser().get("/forgotten").status_code == 302


def test_every_view_of_a_family_or_clip_is_recorded(site: Site) -> None:
    shown = {
        rule.endpoint
        for rule in site.app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and rule.arguments & {"family_id", "clip_id", "visit_id", "upload_id"}
    }
    assert {endpoint for endpoint in shown if not TABLE[endpoint].records} <= UNRECORDED
