"""Every error as its reader needs it: JSON for the interface, a kind page for a person."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import KINDS, NotSignedIn, VfeedError
from vfeed.logs import written
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.server.web import kiosk_mode, signin
from vfeed.server.web.context import size
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up, translated
from vfeed.server.web.kiosk_mode import languages_of
from vfeed.server.web.request_log import request_id
from vfeed.store.unavailable import DatabaseUnavailable
from vfeed.store.unavailable import as_vfeed_error as as_database_error

TOO_MANY = 429
CODE_OF_STATUS = {
    400: "request_invalid",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "request_too_large",
    415: "request_invalid",
    422: "invalid_input",
    TOO_MANY: "too_many_requests",
}


def _words_of_code(code: str) -> tuple[str, str]:
    """Message and hint for an error that Werkzeug raised, which has no words for our readers."""
    words = {
        "request_invalid": (
            _("The browser sent something that vfeed does not understand."),
            _("Go back, load the page again and try once more."),
        ),
        "not_signed_in": (_("Nobody is signed in here."), _("Sign in and come back to this page.")),
        "forbidden": (_("Your account does not open this page."), _("Ask your administrator if you need it.")),
        "not_found": (
            _("There is nothing at this address."),
            _("It may have been withdrawn, or the address may be incomplete. Start again from the families."),
        ),
        "method_not_allowed": (_("This address cannot be used in that way."), _("Go back and use the page’s buttons.")),
        "conflict": (_("Somebody changed this first."), _("Load the page again.")),
        "request_too_large": (
            _("More was sent than fits at once: %(size)s at most.", size=size(request.max_content_length or 0)),
            _("Go back and send less: a shorter text, or a smaller file."),
        ),
        "invalid_input": (_("Something that was sent does not fit."), _("Check it and send it again.")),
        "too_many_requests": (
            _("There were too many tries in a short time."),
            _("Wait a quarter of an hour, then try again."),
        ),
        "internal": (
            _("vfeed met something it did not expect. Nothing you stored was lost."),
            _("Try again. If it comes back, tell your administrator the time and what you did."),
        ),
    }
    return words.get(code, words["internal"])


def as_vfeed_error(error: HTTPException) -> VfeedError:
    """The same error with one of our codes and words for a person."""
    if isinstance(error, CSRFError):
        return VfeedError(
            "csrf",
            _("The page was open for too long, or the browser keeps no cookies."),
            hint=_("Load the page again and repeat the last step."),
        )
    code = CODE_OF_STATUS.get(error.code or 500, "internal" if (error.code or 500) >= 500 else "request_invalid")
    message, hint = _words_of_code(code)
    return VfeedError(code, message, hint=hint)


def wants_json() -> bool:
    """True for the JSON interface and media, whose readers are scripts."""
    return request.path.startswith(("/api/", "/media/"))


def answer(error: VfeedError, status: int | None = None) -> Response:
    """The response for an error: `{"error": {...}}` for scripts, a page with what to do for people."""
    status = status or error.http_status
    g.refused = error.code
    if isinstance(error, DatabaseUnavailable):
        # Who asks, and what is open to them, stands in the database, too: it is told without either.
        signin.go_on_as_nobody()
    translated(error)
    held = kiosk_mode.current()
    if held is not None:
        return answer_to_parent(error, status, held)
    if wants_json():
        body: dict[str, Any] = {"error": error.as_dict(), **getattr(error, "extra", {})}
        response = jsonify(body)
        response.status_code = status
        return response
    title = looked_up(KINDS[error.code].title)
    if request.blueprint == "public_share":
        # Whoever opens a link at home has no account here, and nowhere to start again.
        page = render_template("take_home/closed.html", error=error, title=title)
        return make_response(page, status)
    # Only where an administrator has something to look for.
    number = request_id() if status >= 500 else ""
    return make_response(render_template("error.html", error=error, title=title, status=status, number=number), status)


def answer_to_parent(error: VfeedError, status: int, held: KioskMode) -> Response:
    """The same for the parent's room: in its words, and without the reason, which may name people of the family."""
    spoken = languages_of(held)[0]
    if wants_json():
        body = VfeedError(error.code, spoken.words["trouble"], hint=spoken.words["trouble_tell"]).as_dict()
        response = jsonify({"error": body})
        response.status_code = status
        return response
    page = render_template(
        "parents_room/trouble.html",
        language=spoken.language,
        direction=spoken.direction,
        say=spoken.words,
        # That somebody typed too often names nobody, and whoever did has to know that it passes.
        for_worker=f"{error.message} {error.hint}" if status == TOO_MANY else "",
        view_url=kiosk_mode.view_url(),
        stop_url=kiosk_mode.stop_url(),
    )
    return make_response(page, status)


def page_above() -> str | None:
    """The address of the nearest page above the one asked for, if somebody looks where forms are only sent to.

    A refused form is shown there, and may be loaded again or kept.
    """
    pages, path = current_app.url_map.bind(""), request.path
    while path and request.method in {"GET", "HEAD"} and not wants_json():
        path = path.rpartition("/")[0]
        if path and pages.test(path, "GET"):
            return path
    return None


def refused_by_werkzeug(error: HTTPException) -> AnyResponse:
    """The answer for what Flask and Werkzeug refuse."""
    if error.code is not None and error.code < 400:
        return error.get_response()
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        cause = error.original_exception
        written("failed", level=logging.ERROR, error=cause, endpoint=request.endpoint)
    page = page_above() if isinstance(error, MethodNotAllowed) else None
    if page is not None:
        return redirect(page)
    response = answer(as_vfeed_error(error), error.code)
    allow = error.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def init_failures(app: Flask) -> None:
    """Turn every exception that leaves a view into an answer."""

    @app.errorhandler(VfeedError)
    def refused(error: VfeedError) -> AnyResponse:
        if error.http_status >= 500:
            written("refused", level=logging.ERROR, code=error.code, endpoint=request.endpoint)
        if isinstance(error, NotSignedIn) and request.method in {"GET", "HEAD"} and not wants_json():
            return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
        return answer(error)

    @app.errorhandler(DBAPIError)
    def refused_by_the_database(error: DBAPIError) -> AnyResponse:
        found = as_database_error(error)
        if found is None:
            raise error
        return refused(found)

    app.register_error_handler(HTTPException, refused_by_werkzeug)
