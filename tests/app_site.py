"""The application on a store of its own, and browsers signed in as whoever a test needs."""

from __future__ import annotations

import html
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from filled_store import CLIP_US, TODAY, Home, a_clip, a_home, agree, copy_store, settings_in
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from PIL import Image
from sqlalchemy import select

from vfeed.jobs.queue import make_huey
from vfeed.media.clip_facts import NOTHING, ClipFacts
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.practice.roles import ACCOUNT_ROLES
from vfeed.server.app import create_app
from vfeed.server.web.signin import SIGN_IN
from vfeed.store import Store
from vfeed.store.sign_ins import hashed
from vfeed.store.tables import Clip, Role, User

PASSWORD = "correct horse battery"
# As weak as argon2 allows: the tests check who gets in, not how long guessing takes.
QUICK_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
USES = ("session", "voice", "supervision", "research")
SECOND = 1_000_000


def film_facts(duration_us: int = CLIP_US) -> ClipFacts:
    """The facts of a clip as `media.probe` would give them."""
    return replace(
        NOTHING,
        container="mp4/mov",
        video_codec="h264",
        width_px=1280,
        height_px=720,
        duration_us=duration_us,
        mean_fps=25.0,
        longest_gap_us=40_000,
        size_bytes=1000,
    )


@dataclass(frozen=True)
class Site:
    """The application with a family whose people agreed to everything, one clip, two moments and a reel."""

    app: Flask
    store: Store
    home: Home
    clip: Clip
    reel_id: str = "reel-1"

    def browser(self) -> FlaskClient:
        return self.app.test_client()

    def signed_in(self, name: str, *, locked: bool = False, due: bool = False) -> FlaskClient:
        """A browser with a session of this account, without the cost of checking its password."""
        with self.store.database.read() as session:
            account = session.scalars(select(User).where(User.username == name)).one()
        browser = self.browser()
        with browser.session_transaction() as held:
            held["_user_id"] = account.fs_uniquifier
            held["_fresh"] = True
            held[SIGN_IN] = secret = self.store.sign_ins.begin(name, "a test", due=due)
        if locked:
            self.store.sign_ins.lock(hashed(secret), KioskMode(self.clip.id, self.reel_id))
        return browser

    def put(self, role: str, data: bytes, media_type: str = "video/mp4") -> None:
        with self.store.blobs.put(self.clip.id, role, media_type) as out:
            out.write(data)

    def actions(self) -> list[str]:
        """What the audit trail holds, newest first."""
        return [row.action for row in self.store.audit.list()]


def end_consent(site: Site, use: str, how: str) -> None:
    """Everybody's consent to a use is `missing`, or has `run out`."""
    for consent in site.store.consents.for_family(site.home.family.id):
        if consent.use == use:
            with site.store.database.write() as session:
                row = session.merge(consent)
                if how == "run out":
                    row.granted_on, row.expires_on = TODAY - timedelta(days=9), TODAY - timedelta(days=1)
                else:
                    session.delete(row)


def reached_at(site: Site, address: str) -> None:
    """Say that people reach the site at this public address."""
    settings = site.app.extensions["vfeed_settings"]
    site.app.extensions["vfeed_settings"] = settings.model_copy(update={"public_url": address})


def put_stills(site: Site) -> None:
    """A still for each moment of the reel, as the worker would keep it."""
    image = io.BytesIO()
    Image.new("RGB", (160, 90), (200, 120, 60)).save(image, "JPEG")
    for middle in (3.5, 9.5):
        site.put(f"still:{round(middle * SECOND)}", image.getvalue(), "image/jpeg")


def told_of_work(browser: FlaskClient, address: str) -> list[list[dict[str, Any]]]:
    """What each place of a page that tells how far something is asks for and gets: the jobs that it shows."""
    places = re.findall(r'data-island="clip-progress" data-props="([^"]*)"', browser.get(address).text)
    return [browser.get(json.loads(html.unescape(each))["jobsUrl"]).get_json() for each in places]


def an_account(store: Store, name: str, *roles: str, one_time: bool = False) -> None:
    """An account with `PASSWORD`, without the cost of a strong hash."""
    with store.database.write() as session:
        known = {role.name: role for role in session.scalars(select(Role))}
        session.add(
            User(
                username=name,
                email=f"{name}@accounts.example",
                password=QUICK_HASH,
                active=True,
                must_change_password=one_time,
                fs_uniquifier=f"unique-{name}",
                roles=[known.get(role) or Role(name=role) for role in roles],
            )
        )


def a_reviewed_clip(store: Store, home: Home, data: bytes | None = None) -> Clip:
    clip = a_clip(store, home, data, film_facts())
    for number, start in enumerate((2, 8), start=1):
        moment = {"moment_id": f"m{number}", "start_us": start * SECOND, "end_us": (start + 3) * SECOND}
        store.events.append(clip.id, "pat", "moment_tagged", {**moment, "code_ref": "attentive", "note": "SECRET NOTE"})
    pieces = [
        {"moment_id": "m1", "start_us": 2 * SECOND, "end_us": 5 * SECOND},
        {"moment_id": "m2", "start_us": 8 * SECOND, "end_us": 11 * SECOND},
    ]
    store.events.append(
        clip.id, "pat", "reel_saved", {"reel_id": "reel-1", "title": "The long wait", "moments": pieces}
    )
    return clip


@dataclass(frozen=True)
class Furnished:
    """A folder with a store to copy, and what is in it."""

    folder: Path
    compiled: Path
    home: Home
    clip: Clip


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """Made once: copying it is quicker than entering everything for each test."""
    folder, compiled = tmp_path_factory.mktemp("furnished"), tmp_path_factory.mktemp("templates")
    with Store(settings_in(folder)) as store:
        home = a_home(store)
        for use in USES:
            agree(store, home, use)
        for role in ACCOUNT_ROLES:
            an_account(store, role, role)
        an_account(store, "newcomer", *ACCOUNT_ROLES, one_time=True)
        make_huey(store.settings, store.secret("queue")).storage.close()
        return Furnished(folder, compiled, home, a_reviewed_clip(store, home))


def compiled_in(furnished: Furnished) -> FileSystemBytecodeCache:
    """Where the templates are kept compiled for every test of a run."""
    return FileSystemBytecodeCache(str(furnished.compiled))


@contextmanager
def site_in(folder: Path, furnished: Furnished, **settings: Any) -> Iterator[Site]:
    """The application on a copy of what was furnished, or of more, that lies in this folder."""
    with Store(settings_in(folder, **settings)) as store:
        app = create_app(store.settings, store)
        app.config["WTF_CSRF_ENABLED"] = False
        app.jinja_env.bytecode_cache = compiled_in(furnished)
        yield Site(app, store, furnished.home, furnished.clip)


@pytest.fixture
def site(tmp_path: Path, furnished: Furnished) -> Iterator[Site]:
    copy_store(furnished.folder, tmp_path)
    with site_in(tmp_path, furnished) as site:
        yield site


@contextmanager
def site_with(site: Site, **settings: Any) -> Iterator[Site]:
    """The same site with other settings."""
    site.store.settings = site.store.settings.model_copy(update=settings)
    app = create_app(site.store.settings, site.store)
    app.config["WTF_CSRF_ENABLED"] = False
    yield Site(app, site.store, site.home, site.clip)
