"""A family's programme: chosen, ticked and undone from the family's page; two films set side by side."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.programmes.present import line_of
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _

blueprint = Blueprint("programmes", __name__, url_prefix="/families/<family_id>/programme")


@blueprint.post("")
def choose(family_id: str) -> AnyResponse:
    """Follow this pack from now on, or none."""
    seen = request.form.get("seen", type=int)
    services().programmes.choose(person(), family_id, request.form.get("pack", ""), seen)
    return back(family_id)


@blueprint.post("/sessions")
def tick(family_id: str) -> AnyResponse:
    """Tick a session of the plan as held on a day, or take the tick back."""
    sent = request.form
    payload = {
        "pack": sent.get("pack", ""),
        "session": sent.get("session", ""),
        "round": sent.get("round", default=0, type=int),
        "title": sent.get("title", ""),
        "held_on": None if "back" in sent else sent.get("held_on", ""),
    }
    if payload["held_on"] == "":
        raise VfeedError("invalid_input", _("The day is missing."), hint=_("Enter the day on which it was held."))
    return added(family_id, "session_ticked", payload)


@blueprint.post("/found")
def tick_found(family_id: str) -> AnyResponse:
    """Tick what is kept here shows to have been held; each tick is a step of its own, to be taken back by itself."""
    followed, plan = services().programmes.with_plan(family_id)
    found = services().programmes.found(services().families.read(person(), family_id), followed)
    titled = [(line, held_on, line_of(line, plan)["title"]) for line, held_on in found]
    services().programmes.tick(person(), family_id, titled)
    return back(family_id)


@blueprint.post("/films")
def pair(family_id: str) -> AnyResponse:
    """Set two films side by side, before and after."""
    payload = {name: request.form.get(name) or None for name in ("before", "after")}
    return added(family_id, "films_paired", payload)


@blueprint.post("/outcomes")
def point(family_id: str) -> AnyResponse:
    """Point to one of the outcomes that the service hopes for, in words."""
    sent, pack = request.form, services().programmes.pack(family_id)
    hoped = {each.id: each.label for each in pack.outcomes} if pack else {}
    payload = {
        "pack": pack.id if pack else "",
        "outcome": sent.get("outcome", ""),
        "label": hoped.get(sent.get("outcome", ""), "-"),
        "on": sent.get("on", ""),
        "words": sent.get("words", ""),
    }
    return added(family_id, "outcome_pointed", payload)


@blueprint.post("/undo")
def undo(family_id: str) -> AnyResponse:
    """Take the last step back."""
    services().programmes.take_back(person(), family_id)
    return back(family_id)


@blueprint.post("/redo")
def redo(family_id: str) -> AnyResponse:
    """Do again what was taken back."""
    services().programmes.take_back(person(), family_id, redo=True)
    return back(family_id)


def added(family_id: str, type_: str, payload: dict[str, Any]) -> AnyResponse:
    """The step kept, and the way back to the page it came from."""
    seen = request.form.get("seen", type=int)
    services().programmes.append(person(), family_id, type_, payload, seen)
    return back(family_id)


def back(family_id: str) -> AnyResponse:
    """To the comparison that the request came from, or to the family's page."""
    pack_id, form_id = request.form.get("of_pack", ""), request.form.get("of_form", "")
    if pack_id and form_id:
        return redirect(url_for("sheets.compare", family_id=family_id, pack_id=pack_id, form_id=form_id))
    return redirect(url_for("families.family", family_id=family_id, _anchor="programme"))
