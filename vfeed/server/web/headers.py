"""Response headers that keep a page to itself: what may load, what may frame it, what may be kept."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

import secure
from flask import Flask, Response, g, request
from secure import headers as policy
from werkzeug.sansio.utils import host_is_trusted

SELF = "'self'"
NONE = "'none'"
YEAR_S = 31_536_000
# The one script that stands in a page: a browser would keep an answer with all that was sent, readable on its disk. A
# file of its own comes too late: the browser may write its history while it is fetched.
FORGETS_WHAT_WAS_SENT = "history.replaceState(null, null)"


def content_security_policy() -> policy.ContentSecurityPolicy:
    """Nothing loads from anywhere but this server; no inline style, one inline script; no page may frame another."""
    forgets = b64encode(sha256(FORGETS_WHAT_WAS_SENT.encode()).digest()).decode()
    return (
        policy.ContentSecurityPolicy()
        .default_src(NONE)
        .script_src(SELF, f"'sha256-{forgets}'")
        .style_src(SELF)
        .img_src(SELF)
        .media_src(SELF)
        .connect_src(SELF)
        .font_src(SELF)
        .form_action(SELF)
        .base_uri(NONE)
        .frame_ancestors(NONE)
    )


def permissions_policy() -> policy.PermissionsPolicy:
    """No camera, microphone or place; full screen for the films."""
    return _quiet().microphone()


def listening_policy() -> policy.PermissionsPolicy:
    """The same with a microphone: for the parent's room alone, where everybody has agreed to recordings."""
    return _quiet().microphone("self")


def _quiet() -> policy.PermissionsPolicy:
    quiet = policy.PermissionsPolicy().camera().geolocation().payment().usb().display_capture()
    return quiet.fullscreen("self").autoplay("self")


def let_listen() -> None:
    """Let the page that is being answered ask for the microphone."""
    g.may_listen = True


def init_headers(app: Flask, *, https: bool, hosts: Sequence[str]) -> None:
    """Answer under these host names alone; send the security headers with every answer, HSTS only behind HTTPS."""

    @app.before_request
    def refuse_other_hosts() -> Response | None:
        # No page: nothing of one may be built on a name that somebody made up.
        known = host_is_trusted(request.host, list(hosts))
        return None if known else Response("vfeed is not at this address.\n", 400, mimetype="text/plain")

    app.jinja_env.globals["forgets_what_was_sent"] = FORGETS_WHAT_WAS_SENT
    fixed = secure.Secure(
        csp=content_security_policy(),
        coop=policy.CrossOriginOpenerPolicy().same_origin(),
        corp=policy.CrossOriginResourcePolicy().same_origin(),
        hsts=policy.StrictTransportSecurity().max_age(YEAR_S) if https else None,
        permissions=permissions_policy(),
        referrer=policy.ReferrerPolicy().no_referrer(),
        xcto=policy.XContentTypeOptions().nosniff(),
        xfo=policy.XFrameOptions().deny(),
    )

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in fixed.headers.items():
            response.headers[name] = value
        if g.get("may_listen"):
            listening = listening_policy()
            response.headers[listening.header_name] = listening.header_value
        if request.path.startswith("/static/dist/assets/") and response.status_code < 400:
            # Built files carry a hash in their name.
            response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
        elif request.endpoint != "static":
            response.headers.setdefault("Cache-Control", "no-store")
        return response
