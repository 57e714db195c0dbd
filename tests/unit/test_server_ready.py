"""Whether a process is alive, and whether it can answer: what a proxy in front asks."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import servers
from app_site import PASSWORD, Site
from filled_store import Home, settings_in
from sqlalchemy import text
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.server import processes
from vfeed.server.app import _proxy, create_app
from vfeed.server.processes import application, gunicorn_options
from vfeed.server.web import signin
from vfeed.store import Store
from vfeed.store.database import Database
from vfeed.store.unavailable import DatabaseAway

MOST_ASKED = 60
EVERYTHING = {"ok": True, "database": True, "migrations": True, "vault": True, "queue": True}


def shaped(store: Store, revision: str) -> None:
    with store.database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_a_process_that_can_answer_is_ready_for_anybody_who_asks(site: Site) -> None:
    answer = site.browser().get("/ready")
    assert (answer.status_code, answer.json) == (200, EVERYTHING)


@pytest.mark.parametrize(("revision", "is_ready"), [("0001", False), ("9999", True)])
def test_tables_of_an_older_version_are_not_ready_and_of_a_newer_one_are(
    site: Site, revision: str, is_ready: bool
) -> None:
    """The newer version was begun beside this one: see docs/at-scale.md on bringing a service up to date."""
    shaped(site.store, revision)
    answer = site.browser().get("/ready")
    assert answer.json == {**EVERYTHING, "ok": is_ready, "migrations": is_ready}
    assert answer.status_code == (200 if is_ready else 503)
    assert site.browser().get("/health").status_code == 200


def test_without_its_films_a_process_is_not_ready(site: Site) -> None:
    shutil.rmtree(site.store.settings.vault_dir)
    answer = site.browser().get("/ready")
    assert (answer.status_code, answer.json) == (503, {**EVERYTHING, "ok": False, "vault": False})


def test_a_queue_that_is_away_is_told_and_makes_nothing_unready(store: Store, home: Home) -> None:
    store.settings = store.settings.model_copy(update={"queue_url": f"redis://127.0.0.1:{servers.free_port()}/0"})
    answer = create_app(store.settings, store).test_client().get("/ready")
    assert (answer.status_code, answer.json) == (200, {**EVERYTHING, "queue": False})


@pytest.mark.parametrize("path", ["/families", "/clips/{clip}", "/api/clips/{clip}/review", "/audit", "/help"])
def test_wherever_in_a_request_the_database_goes_people_are_told_so(
    site: Site, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    browser = site.signed_in("practitioner")
    address = path.format(clip=site.clip.id)
    left = 0

    def counting(ask: Callable[[Database], AbstractContextManager[Session]]) -> Callable[[Database], Any]:
        @contextmanager
        def asked(database: Database) -> Iterator[Session]:
            nonlocal left
            left -= 1
            if left < 0:
                raise DatabaseAway
            with ask(database) as session:
                yield session

        return asked

    monkeypatch.setattr(Database, "read", counting(Database.read))
    monkeypatch.setattr(Database, "write", counting(Database.write))
    for asked in range(MOST_ASKED):
        left = asked
        answer = browser.get(address)
        if left >= 0:
            break
        assert answer.status_code == 503, (asked, answer.text)
        assert "The database does not answer" in answer.text, asked
    assert answer.status_code in {200, 403} and asked, "it was answered when nothing went wrong"


def test_an_opening_that_could_not_be_written_down_is_neither_shown_nor_forgotten(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser, address = site.signed_in("practitioner"), f"/clips/{site.clip.id}"

    def away(*_told: object, **_more: object) -> None:
        raise DatabaseAway

    with monkeypatch.context() as patch:
        patch.setattr(site.store.audit, "record", away)
        answer = browser.get(address)
        assert answer.status_code == 503 and "Playing" not in answer.text
    before = site.actions()
    assert browser.get(address).status_code == 200
    assert len(site.actions()) == len(before) + 1


def braked_app(site: Site) -> Site:
    """The site as another process with the same settings serves it, its counts in a Redis."""
    address = f"redis://{servers.redis().address}/0"
    app = create_app(site.store.settings.model_copy(update={"limits_url": address}), site.store)
    app.config["WTF_CSRF_ENABLED"] = False
    return replace(site, app=app)


@pytest.fixture
def braked(site: Site) -> Iterator[Site]:
    # The limiter is one in a process, and applications of other tests follow in this one.
    before = dict(vars(signin.limiter))
    made = braked_app(site)
    yield made
    vars(signin.limiter).update(before)


def wrong(site: Site, name: str = "practitioner") -> int:
    return site.browser().post("/sign-in", data={"name": name, "password": "guess"}).status_code


def test_wrong_tries_are_counted_in_a_redis_for_every_process_and_name_nobody_there(braked: Site) -> None:
    assert [wrong(braked) for _ in range(5)] == [401] * 5
    another = braked_app(braked)
    assert [wrong(another) for _ in range(4)] == [401] * 3 + [429]
    redis = pytest.importorskip("redis").Redis(port=servers.redis().port)
    keys = redis.keys()
    assert keys and not [key for key in keys if b"practitioner" in key or b"127.0.0.1" in key]
    right = another.browser().post("/sign-in", data={"name": "supervisor", "password": PASSWORD})
    assert right.status_code == 302


def test_while_the_redis_is_away_each_process_counts_and_people_sign_in(braked: Site) -> None:
    server = servers.redis()
    server.kill()
    try:
        assert [wrong(braked, "supervisor") for _ in range(9)] == [401] * 8 + [429]
        right = braked.browser().post("/sign-in", data={"name": "researcher", "password": PASSWORD})
        assert right.status_code == 302
    finally:
        server.restart()


def test_a_redis_that_hangs_keeps_nobody_waiting_for_long(braked: Site) -> None:
    process = servers.redis().process
    assert process is not None
    process.send_signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        assert wrong(braked) == 401
        # Redis' own client waits for 5 s each time that it is asked, which is three times.
        assert time.monotonic() - began < 12
    finally:
        process.send_signal(signal.SIGCONT)


def test_an_address_of_counts_that_does_not_work_is_refused_with_the_fix(site: Site) -> None:
    settings = site.store.settings.model_copy(update={"limits_url": "mysql://somewhere"})
    with pytest.raises(VfeedError) as error:
        create_app(settings, site.store)
    assert error.value.code == "setting_invalid" and "VFEED_LIMITS_URL" in error.value.hint


def test_the_client_is_whom_the_proxy_of_this_machine_names_and_nobody_elses_word_counts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def app(environ: dict[str, str], _start: object) -> list[bytes]:
        seen.append((environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]))
        return []

    monkeypatch.setattr(processes, "create_app", lambda *_given: app)
    served = application(settings_in(site.store.settings.data_dir.parent, https=True, public_url="https://v.example"))
    for address in ("127.0.0.1", "::1", "10.0.0.9"):
        served({"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": "198.51.100.7", "wsgi.url_scheme": "http"}, None)
    assert seen == [("198.51.100.7", "https")] * 2 + [("10.0.0.9", "https")]


@pytest.mark.parametrize(("host", "believed"), [("::1", "*"), ("localhost", "*"), ("0.0.0.0", "127.0.0.1")])
def test_a_proxy_at_the_loopback_of_either_kind_is_believed(host: str, believed: str) -> None:
    """Else all people had the proxy's address, and one who guesses made others wait."""
    settings = settings_in(Path("/nowhere"), host=host, https=True, public_url="https://v.example")
    assert _proxy(settings)["trusted_proxy"] == believed


def test_every_option_for_gunicorn_is_one_that_it_knows() -> None:
    config = pytest.importorskip("gunicorn.config").Config()
    for name, value in gunicorn_options(settings_in(Path("/nowhere"), web_processes=4)).items():
        config.set(name, value)
    assert config.address == [("127.0.0.1", 8000)]
    sixth = settings_in(Path("/nowhere"), host="::1")
    config.set("bind", gunicorn_options(sixth)["bind"])
    assert config.address == [("::1", 8000)] and sixth.opens_at == "http://[::1]:8000"
