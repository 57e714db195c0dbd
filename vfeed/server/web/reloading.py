"""Addresses that only take what is sent: whoever loads one, after a form that was answered, is led to its page."""

from __future__ import annotations

from flask import current_app, request
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
