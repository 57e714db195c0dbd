"""A vfeed service as a person starts it, and a small HTTP client that walks it."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

from playwright.sync_api import ViewportSize
from servers import ON_POSTGRES, databases

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_clips"
OWN_PASSWORD = "a long enough passphrase"
LAPTOP: ViewportSize = {"width": 1366, "height": 768}
TABLET: ViewportSize = {"width": 820, "height": 1180}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(what: str, happened: Callable[[], Any], *, seconds: float = 120) -> Any:
    """Poll until `happened` returns something true and return it; fail with `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = happened()
        if value:
            return value
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


@dataclass
class Service:
    """`vfeed run` in folders of its own."""

    folder: Path
    demo: bool = False
    extra: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    def environment(self) -> dict[str, str]:
        return os.environ | {
            "VFEED_DATA_DIR": str(self.data),
            "VFEED_KEY_FILE": str(self.folder / "key" / "master.key"),
            "VFEED_PORT": str(self.port),
            "VFEED_DATABASE_URL": databases.address(self.folder) if ON_POSTGRES else "",
            "VFEED_DEMO": str(self.demo),
            "NO_COLOR": "1",
            **self.extra,
        }

    def start(self) -> Service:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vfeed", "run"],
                env=self.environment(),
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            wait_until("the server answers", self.answers, seconds=90)
        except AssertionError:
            # On a machine too busy for it: nothing of it may go on beside the other tests.
            self.stop()
            raise
        return self

    def ended(self) -> bool:
        """Whether it ended by itself."""
        return self.process is None or self.process.poll() is not None

    def answers(self) -> bool:
        """Whether the pages can be asked for; AssertionError with its log when it has ended."""
        assert not self.ended(), self.log
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def one_time_password(self) -> str:
        # Its output is a log here: the password waits in a file.
        return (self.folder / "key" / "first-password.txt").read_text(encoding="ascii").strip()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def kill(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


class Client:
    """A signed-in browser without a screen."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.csrf = ""

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        sent = {"X-CSRFToken": self.csrf, "Referer": self.url, **(headers or {})}
        request = urllib.request.Request(self.url + path, data=body, method=method, headers=sent)
        try:
            with self.opener.open(request, timeout=60) as answer:
                content = answer.read()
                self._learn_csrf(answer.headers.get("Content-Type", ""), content)
                return answer.status, {k.lower(): v for k, v in answer.headers.items()}, content
        except urllib.error.HTTPError as error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()

    def _learn_csrf(self, content_type: str, content: bytes) -> None:
        found = re.search(rb'name="csrf-token" content="([^"]+)"', content) if "html" in content_type else None
        if found:
            self.csrf = found.group(1).decode()

    def json(self, method: str, path: str, value: object = None) -> Any:
        body = None if value is None else json.dumps(value).encode()
        status, _, content = self.request(method, path, body, {"Content-Type": "application/json"})
        assert status < 300, (method, path, status, content[:500])
        return json.loads(content) if content else None

    def page(self, path: str) -> str:
        status, _, content = self.request("GET", path)
        assert status == 200, (path, status, content[:300])
        return content.decode()

    def form(self, path: str, **fields: str) -> str:
        self.page(path)
        from urllib.parse import urlencode

        body = urlencode({"csrf_token": self.csrf, **fields}).encode()
        status, _, content = self.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})
        assert status < 400, (path, status, content[:500])
        return content.decode()

    def upload(self, content: bytes, *, visit_id: str, title: str, piece_bytes: int = 1 << 20) -> dict[str, Any]:
        """Send a clip by tus in pieces, and return the clip."""
        pairs = {"filename": f"{title}.mp4", "visit_id": visit_id, "title": title}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        tus = {"Tus-Resumable": "1.0.0"}
        status, headers, answer = self.request(
            "POST", "/api/uploads", b"", {**tus, "Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        )
        assert status == 201, answer
        place = headers["location"].removeprefix(self.url)
        for start in range(0, len(content), piece_bytes):
            status, headers, answer = self.request(
                "PATCH",
                place,
                content[start : start + piece_bytes],
                {**tus, "Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"},
            )
            assert status == 204, answer
        upload_id = place.rsplit("/", 1)[1]
        clip: dict[str, Any] = self.json("POST", f"/api/uploads/{upload_id}/finish")["clip"]
        return clip

    def jobs_done(self, clip_id: str) -> bool:
        jobs = self.json("GET", f"/api/clips/{clip_id}/jobs")
        failed = [job for job in jobs if job["state"] == "failed"]
        assert not failed, failed
        return bool(jobs) and all(job["state"] == "done" for job in jobs)
