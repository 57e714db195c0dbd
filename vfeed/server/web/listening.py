"""Listening: how long a client may take over a request, how much it may send, and what is no request at all.

A proxy in front does this, too (`deploy/`); vfeed holds up without one.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import BadSignature
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer, create_server
from werkzeug.http import parse_cookie

CONNECTIONS = 500
FEW_FREE = 0.8
"""From this share of the connections on, whoever keeps one waiting loses it at once."""
PATIENCE_S = 15.0
PATIENCE_WHEN_FEW_S = 2.0
LEAST_BYTES_S = 10_000
"""A body may come slowly, over a poor line, but not more slowly than this."""
IDLE_S = 30.0
STRANGER_BYTES = 64 * 1024
"""The most that somebody sends who is not signed in: a form with name and password."""
ODD = (b"\r\n ", b"\r\n\t", b"\n ", b"\n\t")

Known = Callable[[str], bool]


class Request(HTTPRequestParser):  # type: ignore[misc]
    """Waitress's request, without what two servers read in two ways, and small for strangers."""

    adj: Any
    is_known: Known = staticmethod(lambda _cookies: False)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; raises ParsingError for a folded line, two lengths, or no or two hosts."""
        if any(fold in header_plus for fold in ODD):
            raise ParsingError("Folded header lines are not accepted")
        head = header_plus.lower()
        if b"\ntransfer-encoding:" in head and b"\ncontent-length:" in head:
            raise ParsingError("Content-Length and Transfer-Encoding exclude each other")
        if head.count(b"\ncontent-length:") > 1 or head.count(b"\nhost:") > 1:
            raise ParsingError("A header came twice")
        super().parse_header(header_plus)
        if self.version == "1.1" and not self.headers.get("HOST"):
            raise ParsingError("No Host")
        if not self.is_known(self.headers.get("COOKIE", "")):
            small: Any = copy.copy(self.adj)
            small.max_request_body_size = min(small.max_request_body_size, STRANGER_BYTES)
            self.adj = small


class Channel(HTTPChannel):  # type: ignore[misc]
    """Waitress's connection, closed when its client takes too long over a request."""

    waits_since: float = 0.0

    def readable(self) -> bool:
        """Asked at least once a second by the loop: here the time that was taken is looked at."""
        if self._is_too_slow(time.time()):
            self.will_close = True
        return bool(super().readable())

    def _is_too_slow(self, now: float) -> bool:
        if self.requests or self.total_outbufs_len:
            # The server's turn, not the client's.
            self.waits_since = now
            return False
        waited = now - max(self.waits_since, self.creation_time)
        few_free = len(self.server.active_channels) >= FEW_FREE * self.adj.connection_limit
        patience = PATIENCE_WHEN_FEW_S if few_free else PATIENCE_S
        if self.request is not None:
            return bool(waited > patience + self.request.body_bytes_received / LEAST_BYTES_S)
        # Between two requests a browser keeps its connection for a while; one that never asked is not kept so long.
        return bool(waited > (IDLE_S if self.waits_since and not few_free else patience))


def listen(app: Flask, when_listening: Callable[[], None] | None = None, **options: Any) -> None:
    """Serve until the process is interrupted; `options` are waitress's."""
    server = make_server(app, **options)
    try:
        if when_listening is not None:
            when_listening()
        server.run()
    finally:
        server.close()


def make_server(app: Flask, **options: Any) -> Any:
    """The server, listening but not running yet."""
    opened: dict[int, Any] = {}
    server = create_server(app, map=opened, connection_limit=CONNECTIONS, asyncore_use_poll=True, **options)
    request = type("KnownRequest", (Request,), {"is_known": staticmethod(known_by(app))})
    channel = type("KnownChannel", (Channel,), {"parser_class": request})
    for each in opened.values():
        if isinstance(each, BaseWSGIServer):
            each.channel_class = channel
    return server


def legible(cookies: str) -> str:
    """Return a Cookie header (as WSGI has it, a letter for each byte) whose bytes that are no UTF-8 are replaced.

    Other pages of the same host set what they like; whoever reads cookies as UTF-8 would fail for that.
    """
    return cookies.encode("latin-1").decode("utf-8", "replace").encode().decode("latin-1")


def known_by(app: Flask) -> Known:
    """Whether cookies hold a session that this application has signed for somebody who signed in."""
    signed = SecureCookieSessionInterface().get_signing_serializer(app)
    name, longest_s = app.config["SESSION_COOKIE_NAME"], int(app.permanent_session_lifetime.total_seconds())

    def is_known(cookies: str) -> bool:
        try:
            held = signed.loads(parse_cookie(legible(cookies)).get(name, ""), max_age=longest_s) if signed else {}
        except BadSignature:
            return False
        return "_user_id" in held

    return is_known
