"""Serving the pages from one process (waitress) or from several behind a proxy (gunicorn), as the settings say."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from vfeed.config import Settings
from vfeed.errors import DataNewer, VfeedError
from vfeed.logs import begin as begin_log
from vfeed.logs import written
from vfeed.server.app import THREADS, create_app
from vfeed.server.app import serve as serve_one
from vfeed.store import Store
from vfeed.store.unavailable import DatabaseUnavailable

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Where the proxy comes from: this machine, or a socket, which gunicorn tells no address of.
PROXIES = {"127.0.0.1", "::1", ""}
# Bodies and answers of films take long over a poor line; a process that does nothing at all for so long is replaced.
SILENT_S = 120
GRACE_S = 30
# A browser's connection to the proxy is the proxy's; its own to vfeed it may keep.
IDLE_S = 30
AGAIN_S = 1.0


def serve(settings: Settings, store: Store) -> None:
    """Serve the pages until the process is told to end; the store is for one process, and closed for several.

    Raises VfeedError `setting_invalid` when several are asked for and gunicorn is not installed.
    """
    if settings.web_processes == 1:
        serve_one(settings, store)
        return
    # Each process opens what it needs after it was begun: no connection is shared.
    store.close()
    _gunicorn(settings, lambda: once_it_can(lambda: application(settings)))


def once_it_can(load: Callable[[], WSGIApplication]) -> WSGIApplication:
    """Load the application, waiting where the others of a running service can go on meanwhile.

    gunicorn ends all processes when a new one does not begin: while the database is away, or newer vfeed brings the
    service up to date, one that died would take the others with it.
    """
    while True:
        try:
            return load()
        except (DatabaseUnavailable, DataNewer) as error:
            written("waits", level=logging.WARNING, code=error.code)
        time.sleep(AGAIN_S)


def application(settings: Settings, store: Store | None = None) -> WSGIApplication:
    """The application for a WSGI server that is not vfeed's own; behind HTTPS it believes its proxy who asks."""
    begin_log(settings.data_dir, "web", settings.log_level)
    app = create_app(settings, store)
    return believing(app) if settings.https else app


def believing(app: WSGIApplication) -> WSGIApplication:
    """Take the client's address from the proxy on this machine alone: by it wrong tries are counted."""
    told = ProxyFix(app, x_for=1, x_proto=0, x_host=0)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["wsgi.url_scheme"] = "https"
        return (told if environ.get("REMOTE_ADDR") in PROXIES else app)(environ, start_response)

    return answer


def _gunicorn(settings: Settings, load: Callable[[], WSGIApplication]) -> None:
    try:
        from gunicorn.app.base import BaseApplication
    except ImportError as error:
        raise VfeedError(
            "setting_invalid",
            "Several web processes need gunicorn, which is not installed.",
            hint='Run: pip install "vfeed[gunicorn]", or leave VFEED_WEB_PROCESSES at 1.',
        ) from error

    class Pages(BaseApplication):  # type: ignore[misc,unused-ignore]
        """gunicorn, told by vfeed's settings alone: none of its own files and variables is read."""

        def load_config(self) -> None:
            for name, value in gunicorn_options(settings).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return load()

    logging.getLogger("gunicorn.error").setLevel(logging.WARNING)
    Pages().run()


def gunicorn_options(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told: as many processes, each with as many threads as waitress has, strict about requests."""
    return {
        "bind": f"unix:{settings.socket}" if settings.socket else settings.bound_to,
        "workers": settings.web_processes,
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": SILENT_S,
        "graceful_timeout": GRACE_S,
        "keepalive": IDLE_S,
        "proc_name": "vfeed",
        "loglevel": "warning",
        # The client's address is told by `believing`; no header changes what gunicorn takes a request for.
        "forwarded_allow_ips": "",
        "secure_scheme_headers": {},
        "control_socket_disable": True,
    }
