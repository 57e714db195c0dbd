"""The web application: `create_app` puts the parts together, `serve` runs it under waitress."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Flask, Request, request
from flask_wtf.csrf import CSRFProtect

from vfeed.config import Settings
from vfeed.jobs.queue import JobQueue
from vfeed.logs import begin as begin_log
from vfeed.server.accounts.oidc import init_oidc
from vfeed.server.blueprints import BLUEPRINTS
from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.server.web.assets import init_assets
from vfeed.server.web.authorization import init_guard
from vfeed.server.web.context import init_context
from vfeed.server.web.errors import init_failures
from vfeed.server.web.headers import init_headers
from vfeed.server.web.i18n import init_words
from vfeed.server.web.listening import legible, listen
from vfeed.server.web.navigation import init_navigation
from vfeed.server.web.request_log import init_request_log, numbered
from vfeed.server.web.signin import init_signin
from vfeed.services.services import Services
from vfeed.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

FORM_BYTES = 1024 * 1024
THREADS = 12
# A request or an answer that outgrows these would be put on disk by waitress, unencrypted: they hold the largest
# upload part and the largest part of a film that is sent at once.
IN_MEMORY_BYTES = CHUNK_BYTES + FORM_BYTES
CHANNEL_TIMEOUT_S = 120
WITH_FILES = frozenset({"taking_in.look", "taking_in.take_in", "brought_screenings.take_in"})


class FormRequest(Request):
    """A request whose files stay in memory: nothing that was sent with a form lies on the disk as it came."""

    def _get_file_stream(self, *_told: object, **_more: object) -> BytesIO:
        return BytesIO()


def let_files_in() -> None:
    """Let more be sent where a form brings a file, before anything reads the form."""
    if request.endpoint in WITH_FILES:
        request.max_content_length = CHUNK_BYTES


class WebApplication(Flask):
    """Lets each request see the data as they were at its first question, until it writes; not while it is sent."""

    request_class = FormRequest

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request within one unit of work."""
        store: Store = self.extensions["vfeed_store"]
        if "HTTP_COOKIE" in environ:
            environ["HTTP_COOKIE"] = legible(environ["HTTP_COOKIE"])
        with numbered(environ), store.database.snapshot():
            return super().wsgi_app(environ, start_response)


def create_app(settings: Settings, store: Store | None = None) -> Flask:
    """The application on an open store (opened here when not given).

    Raises what `Store` raises: VfeedError `key_missing`, `key_wrong`, `data_newer`, `setting_invalid`.
    """
    store = store or Store(settings)
    store.database.give_up_after(settings.database_patience_s)
    app = WebApplication(__name__)
    app.config.from_mapping(
        SECRET_KEY=store.secret("web-session").hex(),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        # Tokens live as long as the session, so that a long upload or a long review never loses its last step.
        WTF_CSRF_TIME_LIMIT=None,
        # The referrer is never sent (see headers), so it cannot be compared either; Sec-Fetch-Site is, in guard.
        WTF_CSRF_SSL_STRICT=False,
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.extensions["vfeed_store"] = store
    app.extensions["vfeed_services"] = Services(store)
    app.extensions["vfeed_settings"] = settings
    app.extensions["vfeed_queue"] = JobQueue(store)
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    init_words(app)
    init_request_log(app)
    init_headers(app, https=settings.https, hosts=settings.trusted_hosts)
    init_context(app)
    init_assets(app)
    init_failures(app)
    init_signin(app, settings, password_salt=store.secret("password-salt").hex(), store=store)
    init_oidc(app, settings)
    app.before_request(let_files_in)
    init_guard(app)
    CSRFProtect(app)
    init_navigation(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def serve(settings: Settings, store: Store, *, when_listening: Callable[[], None] | None = None) -> None:
    """Serve the pages until the process is interrupted; `when_listening` is called once they can be asked for."""
    begin_log(settings.data_dir, "web", settings.log_level)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    listen(
        create_app(settings, store),
        when_listening,
        threads=THREADS,
        ident=None,
        max_request_body_size=IN_MEMORY_BYTES,
        inbuf_overflow=IN_MEMORY_BYTES,
        outbuf_overflow=4 * IN_MEMORY_BYTES,
        outbuf_high_watermark=IN_MEMORY_BYTES,
        channel_timeout=CHANNEL_TIMEOUT_S,
        **_place(settings),
        **(_proxy(settings) if settings.https else {}),
    )


def _place(settings: Settings) -> dict[str, Any]:
    """Where waitress listens. Who reaches a socket is told by the folder that it lies in."""
    if settings.socket:
        return {"unix_socket": str(settings.socket), "unix_socket_perms": "666"}
    return {"host": settings.host, "port": settings.port}


def _proxy(settings: Settings) -> dict[str, Any]:
    """With HTTPS there is a proxy on this machine in front: whom it speaks for decides whose tries are counted."""
    return {
        "url_scheme": "https",
        # Where the network does not come, at a socket or the loopback of either kind, whoever asks is from here.
        "trusted_proxy": "127.0.0.1" if settings.is_on_a_network else "*",
        "trusted_proxy_headers": {"x-forwarded-for"},
        "clear_untrusted_proxy_headers": True,
    }
