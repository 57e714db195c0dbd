"""A vfeed that serves clips with made-up findings, for measuring the review room and for its browser tests."""

from __future__ import annotations

import errno
import io
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import waitress
from argon2 import PasswordHasher
from flask import Flask, session
from sqlalchemy import select

from vfeed.config import Settings
from vfeed.jobs.handlers import Handler, prepare
from vfeed.jobs.lease import JobRun
from vfeed.server.app import THREADS, create_app
from vfeed.server.web.signin import find, sign_in
from vfeed.services.intake import take_in
from vfeed.store import Store
from vfeed.store.analyses import Findings
from vfeed.store.tables import Clip, User, Visit

ACTOR = "bench"
LEASE_S = 600.0
STOP_S = 30
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
# Where people elsewhere would reach it: without such an address no link to take home is offered.
PUBLIC_URL = "http://vfeed.example"


@dataclass(frozen=True)
class Site:
    """The running server: `url`, the open `store`, and a visit whose people agreed to everything."""

    url: str
    store: Store
    visit: Visit
    one_time_password: str
    app: Flask
    prepare: Handler

    def let_in(self, name: str, password: str) -> tuple[str, str]:
        """Return name and value of the cookie of a browser in which the account `name` has just signed in.

        It has this password from now on. No page is read and the hash is as weak as argon2 allows: for all that is not
        about signing in.
        """
        with self.store.database.write() as kept:
            account = kept.scalars(select(User).where(User.username == name)).one()
            account.password, account.must_change_password = QUICK.hash(password), False
        # In a thread of its own, as the server's.
        with ThreadPoolExecutor(1, "review-site") as pool:
            return pool.submit(self._cookie_of, name).result()

    def _cookie_of(self, name: str) -> tuple[str, str]:
        key, answer = self.app.config["SESSION_COOKIE_NAME"], self.app.response_class()
        with self.app.test_request_context(base_url=self.url):
            account = find(name)
            assert account is not None
            sign_in(account)
            self.app.session_interface.save_session(self.app, session, answer)
        return key, SimpleCookie(answer.headers["Set-Cookie"])[key].value

    def add(self, film: bytes, findings: Findings | None = None, title: str = "At play") -> Clip:
        """A clip that is prepared as the worker does it, and analysed with `findings`."""
        clip = take_in(self.store, io.BytesIO(film), visit=self.visit, title=title, actor=ACTOR)
        for job in self.store.jobs.for_clip(clip.id):
            lease = self.store.jobs.claim(job.id, ACTOR, LEASE_S)
            if lease is None:
                continue
            with JobRun(self.store, job, lease, threading.Event()) as work:
                if job.kind == "prepare":
                    self.prepare(self.store, work)
                else:
                    self.store.analyses.save(clip.id, findings or no_findings(), within=work.finish)
        return clip


@contextmanager
def site(folder: Path, prepare: Handler = prepare, **overrides: Any) -> Iterator[Site]:
    """A server on a store in `folder` and on a free port, until the block ends; `overrides` are settings.

    `prepare` makes what is shown of each film, as the worker's handler does.
    """
    # A second account does not make the first one set up a second step: that has tests of its own.
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder / "data",
        key_file=folder / "key" / "master.key",
        demo=False,
        second_step="choice",
        **{"public_url": PUBLIC_URL, **overrides},
    )
    for needed in (settings.data_dir, settings.key_file.parent):
        needed.mkdir(parents=True)
    with Store(settings) as store:
        password = store.accounts.ensure_first_account()
        assert password is not None
        visit = _visit(store)
        # Made in its own thread: the caller's may run an event loop, which the application refuses.
        with ThreadPoolExecutor(1, "review-site") as pool:
            app = pool.submit(create_app, settings, store).result()
            server: Any = waitress.create_server(app, host="127.0.0.1", port=0, threads=THREADS)
            running = pool.submit(server.run)
            try:
                yield Site(f"http://127.0.0.1:{server.effective_port}", store, visit, password, app, prepare)
            finally:
                # What is being answered is answered first: its thread would knock at a closed door.
                server.task_dispatcher.shutdown(timeout=STOP_S)
                server.close()
                # A browser may keep lines open, and the server's loop goes on while there is one.
                for line in list(server.active_channels.values()):
                    line.handle_close()
                _ended(running)


def _ended(running: Future[None]) -> None:
    """Wait for the server's thread, which may just have been waiting on the socket that was closed under it."""
    try:
        running.result(STOP_S)
    except OSError as error:
        if error.errno != errno.EBADF:
            raise


def _visit(store: Store) -> Visit:
    # The first account makes it, for a family is opened by its workers.
    family = store.families.create("Wren", "admin")
    today = date.today()
    people = [
        store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01"),
        store.families.add_participant(family.id, "adult", "Parent", relation="parent"),
    ]
    for person in people:
        store.consents.give(person.id, "session", None, today, today + timedelta(days=30), "", ACTOR)
    return store.families.add_visit(family.id, today, "First visit")


def no_findings() -> Findings:
    """An analysis that found nobody."""
    return findings([], {"infant": [], "parent": []})


def findings(
    candidates: Sequence[Mapping[str, Any]],
    lanes: Mapping[str, Any],
    heads: Mapping[str, Any] | None = None,
) -> Findings:
    """An analysis with these candidates, looking states and head boxes (none: no overlay)."""
    files = {"heads": ("application/json", json.dumps(heads).encode())} if heads else {}
    return Findings({}, {"words": []}, {}, lanes, candidates, b"", files)


def candidate(
    name: str, start_us: int, end_us: int, *, kind: str = "gaze_contact", confidence: float = 0.7
) -> dict[str, Any]:
    """A candidate as an analysis keeps it."""
    return {
        "id": name,
        "kind": kind,
        "start_us": start_us,
        "end_us": end_us,
        "confidence": confidence,
        "reason": f"Both faces turned to each other for {(end_us - start_us) / 1e6:.1f} s; eyes visible on both.",
        "evidence": {
            "infant_seen_share": 0.96,
            "parent_seen_share": 0.81,
            "infant_eye_weight": 0.7,
            "best_us": start_us,
        },
    }
