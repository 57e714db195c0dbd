"""Many people at once: a service as it is deployed, people who look and tag, and what it costs the machine.

People think between two acts, as people do. Times are of whole answers over the loopback. On a machine that has other
work, too, times say little: the processor time of an act is measured beside them, and says how many acts a second the
machine could answer.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import psutil
from argon2 import PasswordHasher
from sqlalchemy import make_url, select

from bench.review_site import candidate, findings
from vfeed.config import Settings
from vfeed.media.clip_facts import NOTHING
from vfeed.store import Store
from vfeed.store.tables import Role, User

Row = tuple[str, float, str]
CROWDS = ((100, 1), (100, 4), (500, 4))
"""People and web processes."""
THINK_S, LASTS_S, COME_S = 10.0, 45.0, 30.0
FAMILIES, FILM_BYTES, PART_BYTES = 12, 4_000_000, 500_000
FACTS = replace(
    NOTHING,
    container="mp4/mov",
    video_codec="h264",
    width_px=1280,
    height_px=720,
    duration_us=60_000_000,
    mean_fps=25.0,
    longest_gap_us=40_000,
    size_bytes=FILM_BYTES,
)
PASSWORD = "correct horse battery"
# What the sign-in costs is argon2's, by design; it is not what is measured here.
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


@dataclass
class Person:
    """A browser on a kept connection; `took` are the seconds of its answers by what was asked."""

    port: int
    name: str
    clips: list[str]
    draw: random.Random
    took: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    cookie: str = ""
    csrf: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, what: str, method: str, path: str, body: str = "", **headers: str) -> bytes:
        """Ask and note how long it took; an answer of 400 or more, or none, is a fault."""
        sent = {"Cookie": self.cookie, "X-CSRFToken": self.csrf} | {k.replace("_", "-"): v for k, v in headers.items()}
        began = time.perf_counter()
        for attempt in (1, 2):
            try:
                self.connection.request(method, path, body or None, sent)
                answer = self.connection.getresponse()
                content = answer.read()
                break
            except (http.client.RemoteDisconnected, ConnectionError):
                # A kept connection that the server closed meanwhile: browsers ask again.
                self.connection.close()
                if attempt == 2:
                    self.faults.append(f"{what}: no answer")
                    return b""
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        if answer.status >= 400:
            self.faults.append(f"{what}: {answer.status}")
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.partition(";")[0]
        found = re.search(rb'name="csrf-token" content="([^"]+)"', content)
        self.csrf = found.group(1).decode() if found else self.csrf
        return content

    def sign_in(self) -> None:
        """As at the start of a day."""
        self.ask("sign in", "GET", "/sign-in")
        form = urlencode({"name": self.name, "password": PASSWORD, "csrf_token": self.csrf})
        self.ask("sign in", "POST", "/sign-in", form, Content_Type="application/x-www-form-urlencoded")
        self.ask("sign in", "GET", "/families")

    def act(self, number: int) -> None:
        """Look at the families, open a film, play a part of it, or tag a moment."""
        clip = self.draw.choice(self.clips)
        chosen = self.draw.random()
        if chosen < 0.25:
            self.ask("families", "GET", "/families")
        elif chosen < 0.45:
            self.ask("film's page", "GET", f"/clips/{clip}")
        elif chosen < 0.60:
            self.ask("review", "GET", f"/api/clips/{clip}/review")
        elif chosen < 0.80:
            start = self.draw.randrange(FILM_BYTES - PART_BYTES)
            self.ask("part of a film", "GET", f"/media/{clip}/proxy", Range=f"bytes={start}-{start + PART_BYTES - 1}")
        else:
            moment = {"moment_id": f"{self.name}-{number}", "start_us": 1_000_000, "end_us": 3_000_000}
            step = json.dumps({"type": "moment_tagged", "payload": {**moment, "strength": "attentive"}})
            self.ask("tag", "POST", f"/api/clips/{clip}/events", step, Content_Type="application/json")


def report() -> list[Row]:
    """Rows of (what, value, unit); the database is that of VFEED_DATABASE_URL, or SQLite."""
    rows: list[Row] = []
    # One folder with its key for all: they share the database.
    with tempfile.TemporaryDirectory() as folder:
        for people, processes in CROWDS:
            measured = _crowd(Path(folder), people, processes)
            print(*(f"  {what}: {value:.1f} {unit}" for what, value, unit in measured), sep="\n", flush=True)
            rows += measured
    return rows


def _crowd(folder: Path, people: int, processes: int) -> list[Row]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        data_dir=folder / "data",
        key_file=folder / "key" / "master.key",
        database_url=os.environ.get("VFEED_DATABASE_URL", ""),
        port=_free_port(),
        demo=False,
        second_step="choice",
        web_processes=processes,
        limits_url=os.environ.get("VFEED_LIMITS_URL", ""),
    )
    names = [f"person{os.getpid()}x{people}x{processes}x{number}" for number in range(people)]
    with Store(settings) as store:
        clips = _prepare(store, names)
    with _served(settings) as server:
        crowd = [Person(settings.port, name, clips, random.Random(n)) for n, name in enumerate(names)]
        before, began = _cpu(server), time.monotonic()
        threads = [threading.Thread(target=_day, args=(person,)) for person in crowd]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cpu = {name: spent - before.get(name, 0.0) for name, spent in _cpu(server).items()}
        lasted = time.monotonic() - began
    return _rows(crowd, cpu, lasted, f"{people} people, {processes} {'process' if processes == 1 else 'processes'}")


def _rows(crowd: list[Person], cpu: dict[str, float], lasted: float, who: str) -> list[Row]:
    took = [each for person in crowd for what, times in person.took.items() if what != "sign in" for each in times]
    asked = sum(len(times) for person in crowd for times in person.took.values())
    faults = Counter(fault for person in crowd for fault in person.faults)
    for fault, number in faults.most_common(5):
        print(f"  {number} x {fault}")
    per_ask = {name: 1000 * spent / asked for name, spent in cpu.items()}
    largest = max(per_ask, key=lambda name: per_ask[name])
    return [
        (f"{who}: load of the machine", os.getloadavg()[0], ""),
        (f"{who}: answers", float(asked), ""),
        (f"{who}: answers a second", asked / lasted, ""),
        (f"{who}: faults", float(sum(faults.values())), ""),
        (f"{who}: median", 1000 * statistics.median(took), "ms"),
        (f"{who}: 95th of 100", 1000 * sorted(took)[len(took) * 95 // 100], "ms"),
        *((f"{who}: processor time of an answer, {name}", each, "ms") for name, each in per_ask.items()),
        (f"{who}: answers a second that a core could give ({largest} first)", 1000 / sum(per_ask.values()), ""),
    ]


def _day(person: Person) -> None:
    pause = threading.Event().wait
    pause(person.draw.uniform(0, COME_S))
    person.sign_in()
    ended, number = time.monotonic() + LASTS_S, 0
    while time.monotonic() < ended:
        pause(person.draw.expovariate(1 / THINK_S))
        number += 1
        person.act(number)
    person.connection.close()


def _prepare(store: Store, names: list[str]) -> list[str]:
    """Families that everybody works with, each with a film that was looked at."""
    with store.database.write() as session:
        role = session.scalar(select(Role).where(Role.name == "practitioner")) or Role(name="practitioner")
        session.add_all(
            User(
                username=name,
                email=f"{name}@accounts.example",
                password=HASH,
                active=True,
                must_change_password=False,
                fs_uniquifier=f"unique-{name}",
                roles=[role],
            )
            for name in names
        )
    return [_family(store, f"Bird {names[0]} {number}") for number in range(FAMILIES)]


def _family(store: Store, code_name: str) -> str:
    # Made by vfeed, as the demo family is: open to every practitioner.
    family = store.families.create(code_name)
    people = [
        store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01"),
        store.families.add_participant(family.id, "adult", "Parent", relation="parent"),
    ]
    for person in people:
        store.consents.give(person.id, "session", None, date.today(), None, "", "bench")
    visit = store.families.add_visit(family.id, date.today(), "First visit")
    film = io.BytesIO(os.urandom(10_000))
    clip = store.clips.ingest(
        film, family_id=family.id, visit_id=visit.id, title="Play", actor="bench", facts=FACTS, jobs=["analyse"]
    )
    with store.blobs.put(clip.id, "proxy", "video/mp4") as out:
        out.write(os.urandom(FILM_BYTES))
    (job,) = store.jobs.for_clip(clip.id)
    lease = store.jobs.claim(job.id, "bench", 600)
    assert lease is not None
    found = findings(
        [candidate(f"c{n}", n * 2_000_000, n * 2_000_000 + 1_000_000) for n in range(30)],
        {"infant": [[0, 60_000_000, "partner", 0.9]], "parent": [[0, 60_000_000, "unseen", 1.0]]},
    )
    store.analyses.save(clip.id, found, within=lambda session: store.jobs.finish(session, lease))
    return clip.id


@contextlib.contextmanager
def _served(settings: Settings) -> Iterator[psutil.Process]:
    given = {f"VFEED_{k.upper()}": str(v) for k, v in settings.model_dump().items() if v not in ("", None)}
    process = subprocess.Popen(
        [sys.executable, "-m", "vfeed", "serve"], env=os.environ | given, stdout=subprocess.DEVNULL
    )
    try:
        _until(lambda: _is_ready(settings.port), 120)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def _cpu(server: psutil.Process) -> dict[str, float]:
    """Seconds of processor time so far: of the web processes, and of the database's server."""
    web = [server, *server.children(recursive=True)]
    address = os.environ.get("VFEED_DATABASE_URL", "")
    if not address:
        return {"vfeed": _spent(web)}
    port = str(make_url(address).port or 5432)
    found = [each for each in psutil.process_iter(["name", "cmdline"]) if each.info["name"] == "postgres"]
    keepers = [each for each in found if port in each.info["cmdline"]]
    database = [each for keeper in keepers for each in (keeper, *keeper.children(recursive=True))]
    return {"vfeed": _spent(web), "PostgreSQL": _spent(database)}


def _spent(processes: list[psutil.Process]) -> float:
    total = 0.0
    for each in processes:
        with contextlib.suppress(psutil.Error):
            times = each.cpu_times()
            # Of the children that have ended, too: PostgreSQL begins one for each connection.
            total += times.user + times.system + times.children_user + times.children_system
    return total


def _is_ready(port: int) -> bool:
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/ready")
        return connection.getresponse().status == 200
    return False


def _until(happened: Callable[[], bool], seconds: float) -> None:
    ended = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > ended:
            raise TimeoutError
        threading.Event().wait(0.2)


def _free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])
