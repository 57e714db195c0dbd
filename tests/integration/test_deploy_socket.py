"""nginx and vfeed with a socket between them, as in deploy/compose.yaml: each may end without the other."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from app_site import PASSWORD, an_account
from filled_store import settings_in
from nginx_proxy import HOST, Answer, Proxied, nginx, web

from vfeed.config import Settings
from vfeed.doctor import examine
from vfeed.errors import VfeedError
from vfeed.launch import open_store, refuse_second
from vfeed.store import Store

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(600)]


@pytest.fixture(params=[1, 2], ids=["waitress", "gunicorn"])
def processes(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    place = tmp_path / "socket"
    place.mkdir(mode=0o755)
    made = settings_in(tmp_path, database_url="", https=True, public_url=f"https://{HOST}", socket=place / "web.sock")
    with Store(made) as store:
        an_account(store, "ann", "practitioner")
    return made


def test_either_may_begin_anew_and_wrong_tries_count_for_whom_the_proxy_names(
    settings: Settings, processes: int, tmp_path: Path
) -> None:
    assert settings.socket
    with nginx(tmp_path / "first", settings.socket) as proxy:
        with web(settings, processes):
            assert proxy.sign_in("ann", PASSWORD).status == 302
            # Who may ask is told by the folder: the proxy runs as another user.
            assert settings.socket.stat().st_mode & 0o666 == 0o666
        assert proxy.ask("GET", "/families").status == 502
        with web(settings, processes):
            assert proxy.ask("GET", "/families").status == 200
            with nginx(tmp_path / "second", settings.socket) as other:
                assert [guess(other, number).status for number in range(9)] == [401] * 8 + [429]
    with Store(settings) as store:
        told = {row.detail["from"] for row in store.audit.list() if "from" in row.detail}
    assert told == {"127.0.0.1"}


def test_counts_are_told_to_who_asks_at_the_socket_and_to_nobody_behind_the_proxy(
    settings: Settings, processes: int
) -> None:
    asked = settings.model_copy(update={"metrics": True})
    with web(asked, processes):
        assert status_at(asked, "/metrics") == 200
        assert status_at(asked, "/metrics", "198.51.100.1") == 404


def status_at(settings: Settings, path: str, client: str = "") -> int:
    """What is answered right at the socket, or by it to the proxy's client."""
    connection = http.client.HTTPConnection("127.0.0.1")
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.connect(str(settings.socket))
    connection.request("GET", path, headers={"X-Forwarded-For": client} if client else {})
    return connection.getresponse().status


def guess(proxy: Proxied, number: int) -> Answer:
    stranger = Proxied(proxy.port, proxy.plain_port, proxy.folder, proxy.certificate)
    stranger.ask("GET", "/sign-in")
    form = f"name=ben&password=guess&csrf_token={stranger.csrf}".encode()
    kind = "application/x-www-form-urlencoded"
    return stranger.ask("POST", "/sign-in", form, Content_Type=kind, X_Forwarded_For=f"198.51.100.{number}")


def test_a_second_one_leaves_the_socket_to_the_first_and_one_that_was_killed_is_in_nobodys_way(
    settings: Settings,
) -> None:
    given = {f"VFEED_{name.upper()}": str(value) for name, value in settings.model_dump(exclude_none=True).items()}
    with web(settings) as first:
        command = [sys.executable, "-m", "vfeed", "serve"]
        second = subprocess.run(command, env=os.environ | given, capture_output=True, text=True, timeout=120)
        assert second.returncode and "web.sock is in use" in " ".join(second.stderr.split())
        assert "VFEED_SOCKET" in second.stderr and "VFEED_PORT" not in second.stderr
        first.kill()
    assert settings.socket and settings.socket.is_socket()
    assert next(each.ok for each in examine(settings) if each.subject == "Socket")
    with web(settings):
        assert not next(each.ok for each in examine(settings) if each.subject == "Socket")


def test_a_place_where_no_socket_can_be_is_refused_before_anything_is_made(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"a film")
    shut = tmp_path / "nobody" / "web.sock"
    for place in (shut, tmp_path / "film.mp4", tmp_path, tmp_path / ("x" * 108)):
        there = settings.model_copy(update={"socket": place, "data_dir": tmp_path / "new"})
        refuse_second(there)
        with pytest.raises(VfeedError, match="No socket can be made"):
            open_store(there)
    with pytest.raises(VfeedError, match="must speak HTTPS"):
        open_store(settings.model_copy(update={"https": False}))
    assert not (tmp_path / "new").exists() and (tmp_path / "film.mp4").read_bytes() == b"a film"
