"""Raw connections to a real server: half-open and dripping ones, too much from strangers, and what is no request."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from app_site import Site
from service import wait_until

from vfeed.server.app import IN_MEMORY_BYTES
from vfeed.server.web import listening
from vfeed.server.web.listening import STRANGER_BYTES, make_server

HEAD = "GET /health HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture
def port(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server with little patience, so that nothing here waits long."""
    monkeypatch.setattr(listening, "PATIENCE_S", 1.5)
    monkeypatch.setattr(listening, "PATIENCE_WHEN_FEW_S", 0.5)
    monkeypatch.setattr(listening, "CONNECTIONS", 40)
    options = {"host": "127.0.0.1", "port": 0, "threads": 4, "max_request_body_size": IN_MEMORY_BYTES}
    server = make_server(site.app, **options)
    running = threading.Thread(target=server.run)
    running.start()
    yield int(server.effective_port)
    server.asyncore.close_all(server._map, ignore_all=True)
    server.task_dispatcher.shutdown()
    running.join()


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=20)


def status_line(line: socket.socket) -> bytes:
    """What the server answers, up to the end of its first line, however it is cut into packets."""
    with line.makefile("rb") as answer:
        return answer.readline()


def ask(port: int, request: bytes) -> bytes:
    with connect(port) as line:
        line.sendall(request)
        return status_line(line)


def is_closed(line: socket.socket) -> bool:
    line.setblocking(False)
    try:
        return line.recv(1) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_half_open_requests_do_not_stop_the_service(port: int) -> None:
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(connect(port)) for _ in range(60)]
        for line in lines:
            with contextlib.suppress(OSError):
                line.sendall(HEAD.encode())
        asked = time.monotonic()
        assert b"200 OK" in ask(port, (HEAD + "Connection: close\r\n\r\n").encode())
        assert time.monotonic() - asked < 15


def test_a_client_that_drips_bytes_is_cut_off(port: int) -> None:
    with connect(port) as line:
        line.sendall(HEAD.encode())

        def dripped() -> bool:
            with contextlib.suppress(OSError):
                line.setblocking(True)
                line.sendall(b"x")
            return is_closed(line)

        wait_until("it is cut off", dripped, seconds=20)


def test_a_body_that_comes_too_slowly_is_cut_off(port: int) -> None:
    with connect(port) as line:
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
        wait_until("it is cut off", lambda: is_closed(line), seconds=20)


def test_a_stranger_sends_no_more_than_a_form(port: int, site: Site) -> None:
    def post(size: int, cookie: str = "") -> bytes:
        head = "POST /api/uploads/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        head += f"Content-Length: {size}\r\n{cookie}\r\n"
        with connect(port) as line:
            line.sendall(head.encode())
            with contextlib.suppress(OSError):
                line.sendall(bytes(size))
            return status_line(line)

    assert b" 413 " in post(STRANGER_BYTES + 1)
    assert b" 413 " in post(STRANGER_BYTES + 1, "Cookie: vfeed=made-up\r\n")
    cookie = site.signed_in("practitioner").get_cookie("vfeed")
    assert cookie is not None
    assert b" 413 " not in post(STRANGER_BYTES + 1, f"Cookie: vfeed={cookie.value}\r\n")
    chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    head = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    assert b" 413 " in ask(port, head + chunk * 2)


@pytest.mark.parametrize(
    "odd",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Host: evil.example\r\n",
        "X-Folded: a\r\n b\r\n",
    ],
)
def test_what_two_servers_read_in_two_ways_is_refused(port: int, odd: str) -> None:
    assert b" 400 " in ask(port, (HEAD + odd + "\r\n0\r\n\r\n").encode())


def test_a_request_without_a_host_is_refused(port: int) -> None:
    assert b" 400 " in ask(port, b"GET /health HTTP/1.1\r\n\r\n")


def test_a_usual_request_is_answered_and_its_connection_kept(port: int) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as client:
        client.connect()
        line = client.sock
        for _ in range(2):
            client.request("GET", "/health", headers={"Host": "localhost"})
            answer = client.getresponse()
            assert answer.status == 200
            assert answer.read() == b'{"ok":true}\n'
            assert client.sock is line


def test_a_cookie_of_another_page_that_is_no_text_is_in_nobodys_way(port: int, site: Site) -> None:
    cookie = site.signed_in("practitioner").get_cookie("vfeed")
    assert cookie is not None
    for odd in (b"other=\xff\xfe; ", b"\xc3\x28=1; ", b""):
        head = b"GET /families HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: " + odd
        assert b" 200 " in ask(port, head + f"vfeed={cookie.value}\r\n\r\n".encode())
        assert b" 302 " in ask(port, head + b"vfeed=made-up\xff\r\n\r\n")
    # Another server asks the application without looking first.
    answer = site.app.test_client().get("/sign-in", environ_overrides={"HTTP_COOKIE": "vfeed=\xff"})
    assert answer.status_code == 200
