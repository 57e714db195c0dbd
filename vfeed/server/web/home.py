"""The first page, the help page, and a sign of life for whoever watches the server."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from vfeed import __version__
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.server.web.authorization import can
from vfeed.server.web.context import actor, services, settings, size
from vfeed.server.web.i18n import DRAFTED_BY_MACHINE, chosen

blueprint = Blueprint("home", __name__)

# And whoever asks at the socket for nobody else, as waitress and gunicorn call them.
LOOPBACK = ("127.0.0.1", "::1", "localhost", "")
FIRST_PAGES = (
    "families.index",
    "supervision.index",
    "clips.for_research",
    "coding.mine",
    "accounts.index",
    "audit.trail",
)


@blueprint.get("/")
def index() -> AnyResponse:
    """Lead each role to its own first page."""
    for endpoint in FIRST_PAGES:
        if can(endpoint):
            return redirect(url_for(endpoint))
    raise VfeedError("forbidden", _("This account has no role yet."), hint=_("Ask your administrator to give it one."))


@blueprint.get("/help")
def guide() -> str:
    """What a person can do here, in a page."""
    limits = {"minutes": settings().max_clip_minutes, "size": size(settings().max_clip_bytes)}
    return render_template("help/help.html", limits=limits, version=__version__)


@blueprint.get("/help/filming")
def filming() -> str:
    """How to film: one page to print, in the reader's language, which says so where nobody has checked it."""
    return render_template("help/filming.html", is_draft=chosen() in DRAFTED_BY_MACHINE)


@blueprint.get("/help/your-film")
def your_film() -> str:
    """What happens to a family's film under this service's settings: one page to read together before filming."""
    return render_template(
        "help/your_film.html",
        is_draft=chosen() in DRAFTED_BY_MACHINE,
        months=settings().erase_after_months,
        elsewhere=bool(settings().vault),
    )


@blueprint.get("/keys")
def keys() -> str:
    """The keys of the review room, to change and to print."""
    return render_template("help/keys.html", props={"account": actor()})


@blueprint.get("/metrics")
def metrics() -> Response:
    """Counts of requests and jobs for a program on this machine; not there unless the setting says so."""
    if not settings().metrics or request.remote_addr not in LOOPBACK:
        raise NotFound
    jobs = [f'vfeed_jobs{{state="{state}"}} {number}' for state, number in services().service_health.jobs().items()]
    lines = [*current_app.extensions["vfeed_counts"].lines(), "# TYPE vfeed_jobs gauge", *jobs]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")


@blueprint.get("/health")
def health() -> dict[str, bool]:
    """That the server answers; nothing about what it holds."""
    return {"ok": True}


@blueprint.get("/ready")
def ready() -> tuple[dict[str, bool], int]:
    """Whether requests can be answered: 200 or 503, with what answers.

    A queue that is away is told and makes nothing unready: the database holds what is to be done.
    """
    found = services().service_health.readiness()
    queue = current_app.extensions["vfeed_queue"]
    return {"ok": found.is_ready, **found.as_dict(), "queue": queue.answers()}, 200 if found.is_ready else 503
