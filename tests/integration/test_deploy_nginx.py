"""nginx with deploy/nginx.conf in front of vfeed, with waitress and with several processes of gunicorn."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import signal
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from app_site import PASSWORD, an_account, film_facts
from filled_store import a_clip, a_home, agree, settings_in, some_bytes
from nginx_proxy import HEADER_S, HOST, Proxied, nginx, web
from servers import free_port
from service import wait_until

from vfeed.config import Settings
from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.server.web.ranges import PART_BYTES
from vfeed.store import Store

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(600)]
FILM = some_bytes(3 * PART_BYTES, seed=5)


@dataclass(frozen=True)
class Served:
    proxy: Proxied
    settings: Settings
    process_id: int
    processes: int
    clip_id: str
    visit_id: str

    @property
    def film(self) -> str:
        return f"/media/{self.clip_id}/proxy"


@pytest.fixture(scope="module", params=[1, 2], ids=["waitress", "gunicorn"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("deployed")
    address = f"https://{HOST}"
    settings = settings_in(folder, database_url="", https=True, public_url=address, port=free_port(), metrics=True)
    with Store(settings) as store:
        for name in ("ann", "ben"):
            an_account(store, name, "practitioner")
        home = a_home(store)
        agree(store, home)
        clip = a_clip(store, home, some_bytes(seed=6), film_facts(), jobs=[])
        with store.blobs.put(clip.id, "proxy", "video/mp4") as out:
            out.write(FILM)
    with web(settings, request.param) as process, nginx(folder / "nginx", settings.port) as proxy:
        assert proxy.sign_in("ann", PASSWORD).status == 302
        yield Served(proxy, settings, process.pid, request.param, clip.id, home.visit.id)


def test_pages_come_by_https_with_the_headers_that_keep_them_apart(served: Served) -> None:
    page = served.proxy.ask("GET", "/families")
    assert page.status == 200 and b"Robin" in page.body
    assert "max-age=31536000" in page.headers["strict-transport-security"]
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert (page.headers["server"], page.headers["cache-control"]) == ("nginx", "no-store")
    assert list(served.proxy.cookies) == ["__Host-vfeed"]


def test_http_leads_to_https_and_no_other_host_is_answered(served: Served) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", served.proxy.plain_port, timeout=30)
    plain.request("GET", "/families?x=1", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/families?x=1")
    plain.close()
    with pytest.raises(ssl.SSLError):
        served.proxy.tls("another.example.org")


def test_only_todays_tls_is_spoken(served: Served) -> None:
    context = ssl.create_default_context(cafile=str(served.proxy.certificate))
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", served.proxy.port), 30) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname=HOST)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("bytes=100-199", 100, 200), ("bytes=-50", len(FILM) - 50, len(FILM)), ("bytes=0-", 0, PART_BYTES)],
)
def test_a_part_of_a_film_is_what_was_asked_for(served: Served, asked: str, start: int, end: int) -> None:
    part = served.proxy.ask("GET", served.film, Range=asked)
    assert part.status == 206 and part.body == FILM[start:end]
    assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{len(FILM)}"
    assert "x-accel-buffering" not in part.headers
    assert served.proxy.ask("GET", served.film, Range=f"bytes={len(FILM)}-").status == 416


def test_forms_are_small_parts_of_films_large_and_nothing_of_them_lies_on_the_proxys_disk(served: Served) -> None:
    found, ended = set[Path](), threading.Event()

    def watch() -> None:
        while not ended.wait(0.002):
            found.update(served.proxy.on_disk())

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        assert served.proxy.ask("POST", "/families/new", bytes(1024 * 1024 + 1)).status == 413
        part = os.urandom(CHUNK_BYTES)
        described = f"visit_id {_base64(served.visit_id)},filename {_base64('a.mp4')}"
        begun = served.proxy.ask(
            "POST", "/api/uploads", Tus_Resumable="1.0.0", Upload_Length=str(2 * len(part)), Upload_Metadata=described
        )
        assert begun.status == 201, begun.body
        address = begun.headers["location"].removeprefix(f"https://{HOST}")
        tus = {"Tus_Resumable": "1.0.0", "Content_Type": "application/offset+octet-stream"}
        taken = served.proxy.ask("PATCH", address, part, Upload_Offset="0", **tus)
        assert (taken.status, taken.headers["upload-offset"]) == (204, str(len(part)))
        assert served.proxy.ask("PATCH", address, bytes(9 * 1024 * 1024 + 1), Upload_Offset="0", **tus).status == 413
        assert served.proxy.ask("GET", served.film).body == FILM
    finally:
        ended.set()
        watching.join()
    assert found == set()


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_a_head_that_does_not_come_is_not_waited_for(served: Served) -> None:
    with served.proxy.tls() as line:
        line.sendall(f"GET / HTTP/1.1\r\nHost: {HOST}\r\n".encode())
        began = time.monotonic()
        # An answer of 408, or none at all: the connection is closed, and not after the time for a body or an answer.
        assert b" 200 " not in line.recv(1000)
        assert HEADER_S / 2 < time.monotonic() - began < 15


def test_an_address_that_a_client_makes_up_counts_for_nothing(served: Served) -> None:
    def wrong(number: int) -> int:
        stranger = Proxied(served.proxy.port, served.proxy.plain_port, served.proxy.folder, served.proxy.certificate)
        stranger.ask("GET", "/sign-in")
        form = f"name=ben&password=guess&csrf_token={stranger.csrf}".encode()
        kind = "application/x-www-form-urlencoded"
        made_up = f"198.51.100.{number}"
        return stranger.ask(
            "POST", "/sign-in", form, Content_Type=kind, X_Forwarded_For=made_up, Forwarded=made_up
        ).status

    assert [wrong(number) for number in range(9)] == [401] * 8 + [429]


def test_who_watches_asks_vfeed_itself(served: Served) -> None:
    assert served.proxy.ask("GET", "/ready").status == 404
    assert served.proxy.ask("GET", "/health").status == 200


def test_scripts_come_packed_and_pages_do_not(served: Served) -> None:
    page = served.proxy.ask("GET", "/families", Accept_Encoding="gzip")
    assert "content-encoding" not in page.headers
    script = next(
        each for each in page.body.decode().split('"') if each.startswith("/static/") and each.endswith(".js")
    )
    packed = served.proxy.ask("GET", script, Accept_Encoding="gzip")
    assert packed.status == 200 and packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) < len(served.proxy.ask("GET", script).body)


# nginx lets one address hold thirty connections; vfeed has 12 threads in each process.
SLOW_LINES = 26


@contextlib.contextmanager
def slow_players(proxy: Proxied, film: str) -> Iterator[None]:
    """More players than vfeed has threads, each of which has begun a part of the film and takes no more of it."""
    cookie = "; ".join(f"{name}={value}" for name, value in proxy.cookies.items())
    head = f"GET {film} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\nRange: bytes=0-\r\n\r\n"
    with contextlib.ExitStack() as lines:
        for _ in range(SLOW_LINES):
            line = lines.enter_context(proxy.tls(is_slow=True))
            line.sendall(head.encode())
            assert line.recv(100).startswith(b"HTTP/1.1 206")
        yield


def asked_of(port: int) -> int:
    """How many of nginx's connections to vfeed are not over yet."""
    going_on = {psutil.CONN_ESTABLISHED, psutil.CONN_CLOSE_WAIT}
    return sum(
        1
        for each in psutil.net_connections("tcp")
        if each.raddr and each.raddr.port == port and each.status in going_on
    )


def test_a_slow_line_holds_no_thread_of_vfeed(served: Served) -> None:
    """nginx takes the parts off vfeed's hands, however long the players are about them; a page comes all the same."""
    with slow_players(served.proxy, served.film):
        wait_until("vfeed has handed all parts on", lambda: asked_of(served.settings.port) == 0, seconds=60)
        assert served.proxy.ask("GET", "/families").status == 200


def test_a_slow_line_does_hold_vfeed_where_the_proxy_takes_nothing_into_its_memory(
    served: Served, tmp_path: Path
) -> None:
    """So that the test before this one is known to see what it looks for."""
    heedless = "proxy_ignore_headers X-Accel-Buffering;"
    with nginx(tmp_path / "nginx", served.settings.port, more=heedless) as proxy:
        proxy.cookies.update(served.proxy.cookies)
        with slow_players(proxy, served.film), pytest.raises(AssertionError, match="vfeed has handed all parts on"):
            wait_until("vfeed has handed all parts on", lambda: asked_of(served.settings.port) == 0, seconds=3)


def test_a_process_that_is_killed_is_replaced_and_nobody_notices(served: Served) -> None:
    if served.processes == 1:
        pytest.skip("systemd starts the one process anew (deploy/vfeed-web.service)")
    keeper = psutil.Process(served.process_id)
    before = {child.pid for child in keeper.children()}
    assert len(before) == served.processes
    os.kill(min(before), signal.SIGKILL)
    answers = [served.proxy.ask("GET", "/families").status for _ in range(10)]
    assert answers == [200] * 10
    wait_until("another was begun", lambda: len({child.pid for child in keeper.children()} - before) == 1, seconds=60)
