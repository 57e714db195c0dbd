"""The gate before every view: signed in, role, one-time password, parent lock; and the record after it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.web import blind, kiosk_mode, signin, whose
from vfeed.server.web.context import actor, services
from vfeed.server.web.errors import answer, wants_json
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.permissions import TABLE, Caller, decide
from vfeed.server.web.reloading import nearest_above, page_above

RECORD_AGAIN_S = 3600.0
# Refusals that the audit trail holds, wherever in a request they come from.
WRITTEN_REFUSALS = frozenset({"forbidden", "consent_missing", "csrf"})
REMEMBERED = 10_000


def caller() -> Caller:
    """The person behind the current request."""
    if not current_user.is_authenticated:
        return Caller()
    if "caller" not in g:
        g.caller = _person()
    return cast(Caller, g.caller)


def _person() -> Caller:
    name, roles = str(current_user.username), frozenset(role.name for role in current_user.roles)
    one_time, locked = bool(current_user.must_change_password), kiosk_mode.current() is not None
    return Caller(
        roles=roles,
        signed_in=True,
        one_time_password=one_time,
        locked=locked,
        second_step_due=signin.is_due(),
        # The password comes first; and nobody is asked while a parent has the tablet.
        second_step_missing=not one_time and not locked and services().second_steps.is_missing(name, roles),
    )


def can(endpoint: str) -> bool:
    """For templates: may this person call the endpoint?"""
    return decide(endpoint, caller()).allowed


def init_guard(app: Flask) -> None:
    """Refuse by default, and write down what was shown or taken out."""
    seen = Seen()

    @app.before_request
    def admit() -> AnyResponse | None:
        # An address that does not exist is a 404 for people who are signed in, and nothing for anybody else.
        missing = request.url_rule is None
        person = caller()
        above, shown_by = page_above()
        if above and decide(shown_by, person).allowed:
            return redirect(above)
        if missing and person.signed_in and not person.locked:
            raise request.routing_exception or NotFound()
        refuse_foreign_pages()
        ruling = decide(request.endpoint, person)
        if ruling.allowed:
            kiosk_mode.refuse_others()
            endpoint = request.endpoint or ""
            blind.refuse_unblinding(person, request.view_args or {})
            refuse_no_text()
            whose.refuse_others(endpoint, TABLE[endpoint], person, request.view_args or {})
            return again() if TABLE[endpoint].again and not g.sign_in.is_sure else None
        write_refusal(person, seen, ruling.code)
        a_page = ruling.code == "forbidden" and request.method in {"GET", "HEAD"} and not wants_json()
        if a_page and (page := page_before(person)):
            return redirect(page)
        raise VfeedError(ruling.code, ruling.reason, hint=hint_for(person, ruling.code))

    @app.after_request
    def record(response: Response) -> Response:
        try:
            _write_refused(seen)
            if response.status_code < 300 and response.status_code != HTTPStatus.ACCEPTED and request.method == "GET":
                _write_opening(seen)
        except VfeedError as error:
            # What cannot be written down is not shown.
            return answer(error)
        return response


def _write_refused(seen: Seen) -> None:
    if g.get("refused") in WRITTEN_REFUSALS and "refusal_written" not in g:
        write_refusal(caller(), seen, g.refused)


def _write_opening(seen: Seen) -> None:
    rule = TABLE.get(request.endpoint or "")
    if rule is None or not rule.records:
        return
    subject = subject_of(request.view_args or {})
    with seen.noting((session.get("_id"), actor(), rule.records, request.path)) as is_new:
        if is_new or not rule.often:
            services().gate.shown(actor(), rule.records, subject, request.path)


def again() -> AnyResponse:
    """To the page that asks for the password once more, and from there to the page at hand."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else nearest_above(request.path)[0]
    return redirect(url_for("accounts.again", next=wanted), code=303)


def page_before(person: Caller) -> str:
    """The page that this person must go through before any other, or nothing."""
    if person.locked:
        return kiosk_mode.view_url()
    if person.second_step_due:
        return url_for("second_step.ask")
    if person.one_time_password:
        return url_for("accounts.password")
    return url_for("second_step.set_up") if person.second_step_missing else ""


def write_refusal(person: Caller, seen: Seen, code: str) -> None:
    """Write down, once an hour, that somebody who is signed in was refused: where, about what, and by which rule."""
    g.refusal_written = True
    subject = subject_of(request.view_args or {})
    with seen.noting((actor(), "refused", request.endpoint, subject)) as is_new:
        if person.signed_in and is_new:
            services().gate.refused(actor(), subject, request.endpoint or "", code)


def refuse_foreign_pages() -> None:
    """Refuse a change that another site's page set off; the token check would too, this is the second lock."""
    if request.method not in {"GET", "HEAD", "OPTIONS"} and request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise VfeedError(
            "csrf",
            _("Another page tried to change something here."),
            hint=_("Open vfeed itself and do it there."),
        )


def refuse_no_text() -> None:
    """Refuse a form with a sign that is none (NUL): no page shows it and no database of a server keeps it."""
    if any("\0" in value for values in request.form.listvalues() for value in values):
        raise VfeedError(
            "invalid_input",
            _("A field must hold letters and signs alone."),
            hint=_("Type it anew instead of pasting it."),
        )


def hint_for(person: Caller, code: str) -> str:
    """What a refused person can do."""
    if code == "not_signed_in":
        return _("Sign in, then open this page again.")
    if person.locked:
        return _("Press Stop and enter the worker’s password to leave the parent view.")
    if person.second_step_due or person.second_step_missing:
        return _("Open the first page: it asks for your second step.")
    if person.one_time_password:
        return _("Choose your own password first.")
    return _("Ask your administrator if you need this for your work.")


def subject_of(view_args: dict[str, Any]) -> str:
    """What a request was about: the id under which the audit trail keeps a clip, a family or a share."""
    return str(view_args.get("clip_id") or view_args.get("family_id") or view_args.get("share_id") or "")


class Seen:
    """Remembers for an hour what was already written down, so that a player's many requests make one line."""

    def __init__(self) -> None:
        self._until: dict[tuple[Any, ...], float] = {}
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def noting(self, key: tuple[Any, ...]) -> Iterator[bool]:
        """Whether it is to be written down: the first time, again after an hour, and when writing it broke off."""
        is_new = self._is_new(key)
        try:
            yield is_new
        except BaseException:
            if is_new:
                with self._lock:
                    self._until.pop(key, None)
            raise

    def _is_new(self, key: tuple[Any, ...]) -> bool:
        now = time.monotonic()
        with self._lock:
            if self._until.get(key, 0.0) > now:
                return False
            if len(self._until) >= REMEMBERED:
                self._until.clear()
            self._until[key] = now + RECORD_AGAIN_S
            return True
