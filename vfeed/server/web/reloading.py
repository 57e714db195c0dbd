"""Which address shows a page again: that of a page to which a form was sent, or of the page above where none lies."""

from __future__ import annotations

from flask import current_app, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from vfeed.server.web.errors import wants_json


def page_above() -> tuple[str, str]:
    """Path and endpoint of the nearest page above the address asked for, where that only takes what is sent.

    Both are empty for any other request. The first page is above all: `/` answers everybody.
    """
    only_taken = isinstance(request.routing_exception, MethodNotAllowed)
    if not only_taken or wants_json() or request.method not in {"GET", "HEAD"}:
        return "", ""
    return nearest_above(request.path)


def page_again() -> str:
    """The address that shows the page at hand again, for whoever chooses another language there.

    Empty where it answers what somebody signed in has sent: loaded again it lacks what was typed, or is shown once.
    """
    if request.method in {"GET", "HEAD"}:
        return request.full_path
    if current_user.is_authenticated:
        return ""
    return request.full_path if _answers(request.path) else nearest_above(request.path)[0]


def nearest_above(path: str) -> tuple[str, str]:
    """Path and endpoint of the nearest page above `path`. Both are empty for `/`, which is above all.

    Where somebody came from is not known by the request: a browser sends no `Referer` from our pages.
    """
    while path != "/":
        path = path.rsplit("/", 1)[0] or "/"
        if endpoint := _answers(path):
            return path, endpoint
    return "", ""


def _answers(path: str) -> str:
    """The endpoint that shows a page at `path`; empty: none does."""
    adapter = current_app.create_url_adapter(request)
    assert adapter is not None
    try:
        return str(adapter.match(path, method="GET")[0])
    except (HTTPException, RequestRedirect):
        return ""
