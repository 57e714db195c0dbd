"""Web processes and workers of an earlier and of this version on the same data, with people at both of them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode

from sample_analysis import stretch
from service import OWN_PASSWORD, Client, free_port, wait_until

FILM_S = 4
END_S = 60
SECOND_US = 1_000_000
SIGN_IN_EVERY, UPLOAD_EVERY, VISIT_EVERY = 12, 9, 7


@dataclass
class Version:
    """A version of vfeed: the folder of its source, and the Python that has its packages."""

    name: str
    source: Path
    python: str
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Where its pages are."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self, command: str, said: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Begin one of its processes with these settings."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VFEED_", "PYTHONPATH"))}
        told = {"PYTHONPATH": str(self.source), "NO_COLOR": "1", "VFEED_PORT": str(self.port)}
        process = subprocess.Popen(
            [self.python, "-m", "vfeed", command], env=kept | told | said, cwd=self.source, stdout=log, stderr=log
        )
        self.running.append(process)
        return process

    def is_ready(self) -> bool:
        """Whether its pages answer; AssertionError when one of its processes has ended."""
        assert all(each.poll() is None for each in self.running), f"{self.name} ended"
        with contextlib.suppress(OSError):
            return Client(self.url).request("GET", "/ready")[0] == 200
        return False

    def end(self) -> None:
        """End its processes as an administrator does."""
        for each in self.running:
            each.send_signal(signal.SIGTERM)
        for each in self.running:
            try:
                each.wait(END_S)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()
        self.running.clear()


@dataclass
class Kept:
    """What was acknowledged, and what was answered that never should be."""

    tags: list[tuple[str, str]] = field(default_factory=list)
    taken_back: list[tuple[str, str]] = field(default_factory=list)
    films: dict[str, bytes] = field(default_factory=dict)
    visits: list[str] = field(default_factory=list)
    sign_ins: int = 0
    pages: int = 0
    faults: list[str] = field(default_factory=list)


def a_film(number: int) -> bytes:
    """A short film, different for each number."""
    tail = random.Random(number).randbytes(64)
    return stretch(seconds=FILM_S) + (len(tail) + 8).to_bytes(4, "big") + b"free" + tail


def sign_in(url: str, password: str) -> Client:
    """A browser of the administrator's that is signed in."""
    client = Client(url)
    client.form("/sign-in", name="admin", password=password)
    return client


def a_family(client: Client, name: str) -> tuple[str, str]:
    """A family with its people, their consents and a visit, entered on the pages; returns its id and the visit's."""
    client.form("/families/new", code_name=name)
    (family_id,) = set(re.findall(rf'href="/families/([A-Za-z0-9_-]+)"[^>]*>\s*{name}', client.page("/families")))
    here = f"/families/{family_id}"
    post(client, f"{here}/people", kind="child", label="Infant", birth_month="2026-01")
    post(client, f"{here}/people", kind="adult", label="Parent", relation="parent")
    boxes = re.findall(r'name="agreed" value="([^"]+ session)"', client.page(here))
    assert len(boxes) == 2, boxes
    days = {"granted_on": str(date.today()), "expires_on": str(date.today() + timedelta(days=30))}
    post(client, f"{here}/consents/ticked", agreed=boxes, **days)
    return family_id, add_visit(client, family_id, "First visit")


def add_visit(client: Client, family_id: str, title: str) -> str:
    """Add a visit to a family; returns its id."""
    post(client, f"/families/{family_id}/visits", day=str(date.today()), title=title)
    page = client.page(f"/families/{family_id}")
    ids = re.findall(r"/visits/([A-Za-z0-9_-]+)/films", page)
    assert title in page and ids
    return str(ids[0])


def post(client: Client, path: str, **fields: Any) -> None:
    """Send a form."""
    body = urlencode({"csrf_token": client.csrf, **fields}, doseq=True).encode()
    status, _, content = client.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
    assert status < 400, (path, status, content[:500])


class Person:
    """Somebody who works on the pages of one version until told to end."""

    def __init__(self, version: Version, number: int, family: tuple[str, str], clips: list[str], kept: Kept) -> None:
        self._version, self._number, self._kept = version, number, kept
        self._family_id, self._visit_id = family
        # One film is everybody's; the other is one's own, so that what is taken back is what one has just done.
        self._shared, self._own = clips[0], clips[1 + number]
        self._chance = random.Random(number)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._work, name=f"{version.name}-{number}")

    def _work(self) -> None:
        client = sign_in(self._version.url, OWN_PASSWORD)
        turn = 0
        while not self.ended.is_set():
            turn += 1
            try:
                self._turn(client, turn)
                if turn % SIGN_IN_EVERY == 0:
                    post(client, "/sign-out")
                    client = sign_in(self._version.url, OWN_PASSWORD)
                    self._kept.sign_ins += 1
            except (AssertionError, OSError, KeyError, ValueError) as error:
                self._kept.faults.append(f"{self._version.name}, turn {turn}: {type(error).__name__} {error}"[:700])
                time.sleep(0.2)

    def _turn(self, client: Client, turn: int) -> None:
        name = f"m{self._number}-{turn}"
        if self._tag(client, self._shared, name):
            self._kept.tags.append((self._shared, name))
        if self._tag(client, self._own, name):
            last = client.json("GET", f"/api/clips/{self._own}/review")["last_event_id"]
            client.json("POST", f"/api/clips/{self._own}/undo", {"expect_last": last})
            self._kept.taken_back.append((self._own, name))
            if turn % 2:
                client.json("POST", f"/api/clips/{self._own}/redo", {"expect_last": last + 1})
                self._kept.taken_back.remove((self._own, name))
                self._kept.tags.append((self._own, name))
        if turn % VISIT_EVERY == 0:
            title = f"Visit {self._number}-{turn}"
            add_visit(client, self._family_id, title)
            self._kept.visits.append(title)
        if turn % UPLOAD_EVERY == 0:
            film = a_film(10_000 * (self._number + 1) + turn)
            clip = client.upload(film, visit_id=self._visit_id, title=f"Film {self._number}-{turn}")
            self._kept.films[clip["id"]] = film
        for path in self._paths():
            client.page(path)
            self._kept.pages += 1

    def _paths(self) -> list[str]:
        paths = ["/families", f"/families/{self._family_id}", "/sign-ins", "/accounts", "/audit", "/codes"]
        clips = [self._shared, self._own, *self._kept.films]
        some = self._chance.choice(clips)
        return [
            *self._chance.sample(paths, 2),
            f"/clips/{some}",
            f"/api/clips/{some}/jobs",
            f"/api/clips/{some}/review",
        ]

    def _tag(self, client: Client, clip_id: str, name: str) -> bool:
        """Tag a moment; others may be quicker a few times."""
        for _try in range(20):
            last = client.json("GET", f"/api/clips/{clip_id}/review")["last_event_id"]
            start = self._chance.randrange(0, 2 * SECOND_US)
            tag = {"moment_id": name, "start_us": start, "end_us": start + SECOND_US, "code_ref": "attentive"}
            body = {"type": "moment_tagged", "payload": tag, "expect_last": last}
            status, _, content = client.request(
                "POST", f"/api/clips/{clip_id}/events", json.dumps(body).encode(), {"Content-Type": "application/json"}
            )
            if status < 300:
                return True
            assert status == 409, (status, content[:300])
        return False


@contextlib.contextmanager
def working(people: list[Person]) -> Iterator[None]:
    """People at work meanwhile."""
    for each in people:
        each.thread.start()
    try:
        yield
    finally:
        for each in people:
            each.ended.set()
        for each in people:
            each.thread.join()


def beside(earlier: Version, later: Version, said: dict[str, str], folder: Path, seconds: float) -> Kept:
    """Run the earlier version, begin the later beside it, let both work, end the earlier; returns what was kept."""
    kept = Kept()
    with (folder / "earlier.log").open("wb") as old_log, (folder / "later.log").open("wb") as new_log:
        try:
            earlier.begin("serve", said, old_log)
            wait_until("the earlier pages are ready", earlier.is_ready)
            earlier.begin("work", said, old_log)
            once = Path(said["VFEED_KEY_FILE"]).with_name("first-password.txt").read_text(encoding="ascii").strip()
            client = sign_in(earlier.url, once)
            client.form("/password", current=once, new=OWN_PASSWORD, again=OWN_PASSWORD)
            family = a_family(client, "Sparrow")
            clips = []
            for number in range(5):
                film = a_film(number)
                clips.append(client.upload(film, visit_id=family[1], title=f"Film {number}")["id"])
                kept.films[clips[-1]] = film
            wait_until("the films are ready", lambda: all(client.jobs_done(each) for each in clips), seconds=300)
            people = [Person(earlier, number, family, clips, kept) for number in range(2)]
            later_people = [Person(later, number, family, clips, kept) for number in (2, 3)]
            with working(people):
                time.sleep(min(5, seconds))
                later.begin("serve", said, new_log)
                wait_until("the later pages are ready", later.is_ready)
                later.begin("work", said, new_log)
                with working(later_people):
                    time.sleep(seconds)
            earlier.end()
            client = sign_in(later.url, OWN_PASSWORD)
            wait_until(
                "all work is done", lambda: all(client.jobs_done(each) for each in list(kept.films)), seconds=300
            )
        finally:
            earlier.end()
            later.end()
    return kept
