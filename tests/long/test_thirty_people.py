"""Thirty people who decide at once on one SQLite database: nothing is refused or lost, and how long it took."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
from statistics import quantiles

import pytest
from app_site import Site, film_facts
from filled_store import a_clip
from service import free_port, wait_until

from vfeed.config import Settings

PEOPLE, SECONDS, PAUSE_S = 30, 30.0, 1.0


class Person:
    """A signed-in browser that tags a moment about once a second and looks at the review every fifth time."""

    def __init__(self, port: int, cookie: str, clip_id: str) -> None:
        self.took_s: list[float] = []
        self.tagged = 0
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": cookie, "Content-Type": "application/json"}
        self._clip = f"/api/clips/{clip_id}"
        page = self._ask("GET", "/families")
        found = re.search(rb'name="csrf-token" content="([^"]+)"', page)
        assert found is not None
        self._headers |= {"X-CSRFToken": found[1].decode(), "Referer": f"http://127.0.0.1:{port}"}

    def work(self, begun: threading.Barrier) -> None:
        begun.wait()
        ends = time.monotonic() + SECONDS
        last = json.loads(self._ask("GET", f"{self._clip}/review"))["last_event_id"]
        while time.monotonic() < ends:
            moment = {"moment_id": f"moment{self.tagged:016}", "start_us": 1_000_000, "end_us": 4_000_000}
            sent = {"type": "moment_tagged", "payload": {**moment, "code_ref": "attentive", "note": ""}}
            start = time.monotonic()
            answer = json.loads(self._ask("POST", f"{self._clip}/events", {**sent, "expect_last": last}))
            self.took_s.append(time.monotonic() - start)
            last, self.tagged = answer["event_id"], self.tagged + 1
            if self.tagged % 5 == 0:
                start = time.monotonic()
                self._ask("GET", f"{self._clip}/review")
                self.took_s.append(time.monotonic() - start)
            time.sleep(PAUSE_S)
        self._line.close()

    def _ask(self, method: str, path: str, value: object = None) -> bytes:
        self._line.request(method, path, None if value is None else json.dumps(value), self._headers)
        answer = self._line.getresponse()
        content = answer.read()
        for set_cookie in answer.headers.get_all("Set-Cookie") or []:
            if set_cookie.split("=", 1)[0] == self._headers["Cookie"].split("=", 1)[0]:
                self._headers["Cookie"] = set_cookie.split(";", 1)[0]
        assert answer.status == 200, (method, path, answer.status, content[:300])
        return content


def cookie_of(site: Site) -> str:
    browser = site.signed_in("practitioner")
    held = browser.get_cookie(site.app.config["SESSION_COOKIE_NAME"])
    assert held is not None
    return f"{held.key}={held.value}"


def environment(settings: Settings, port: int) -> dict[str, str]:
    return os.environ | {
        "VFEED_DATA_DIR": str(settings.data_dir),
        "VFEED_KEY_FILE": str(settings.key_file),
        "VFEED_PORT": str(port),
    }


@pytest.mark.timeout(600)
def test_thirty_people_at_once_lose_nothing(site: Site) -> None:
    clips = [a_clip(site.store, site.home, f"film {number}".encode(), facts=film_facts()) for number in range(PEOPLE)]
    port = free_port()
    log = (site.store.settings.data_dir.parent / "log.txt").open("wb")
    server = subprocess.Popen(
        [sys.executable, "-m", "vfeed", "serve"], env=environment(site.store.settings, port), stdout=log, stderr=log
    )
    try:
        wait_until("the server answers", lambda: _answers(port))
        people = [Person(port, cookie_of(site), clip.id) for clip in clips]
        begun = threading.Barrier(PEOPLE)
        threads = [threading.Thread(target=person.work, args=[begun]) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        server.terminate()
        server.wait(60)
        log.close()
    took = [each for person in people for each in person.took_s]
    median, p95 = quantiles(took, n=20)[9], quantiles(took, n=20)[18]
    print(f"{len(took)} requests of {PEOPLE} people: median {median * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms")
    kept = [len(site.store.events.state(clip.id).moments) for clip in clips]
    assert kept == [person.tagged for person in people]
    assert min(kept) > 3


def _answers(port: int) -> bool:
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        line.request("GET", "/sign-in")
        return line.getresponse().status == 200
    except OSError:
        return False
