"""A family's programme: chosen, ticked and undone from the family's page; two films set side by side."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.programmes.present import found_in, line_of
from vfeed.server.web.context import actor, person, services, store
from vfeed.server.web.words import gettext as _

blueprint = Blueprint("programmes", __name__, url_prefix="/families/<family_id>/programme")


@blueprint.post("")
def choose(family_id: str) -> AnyResponse:
    """Follow this pack from now on, or none."""
    pack_id = request.form.get("pack", "")
    title = store().packs.get(pack_id).title if pack_id else ""
    return added(family_id, "programme_chosen", {"pack": pack_id, "title": title})


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
    pack = store().programmes.pack(family_id)
    state = store().programmes.state(family_id)
    if pack is None or pack.plan is None:
        raise VfeedError("invalid_input", _("No programme with a plan is followed."), hint=_("Choose one first."))
    for line, held_on in found_in(services().families.read(person(), family_id), pack, state):
        payload = {
            "pack": pack.id,
            "session": line.session.id,
            "round": line.round,
            "title": line_of(line, pack.plan)["title"],
            "held_on": held_on.isoformat(),
        }
        store().programmes.append(family_id, actor(), "session_ticked", payload)
    return back(family_id)


@blueprint.post("/films")
def pair(family_id: str) -> AnyResponse:
    """Set two films side by side, before and after."""
    payload = {name: request.form.get(name) or None for name in ("before", "after")}
    return added(family_id, "films_paired", payload)


@blueprint.post("/outcomes")
def point(family_id: str) -> AnyResponse:
    """Point to one of the outcomes that the service hopes for, in words."""
    sent, pack = request.form, store().programmes.pack(family_id)
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
    store().programmes.take_back(family_id, actor())
    return back(family_id)


@blueprint.post("/redo")
def redo(family_id: str) -> AnyResponse:
    """Do again what was taken back."""
    store().programmes.take_back(family_id, actor(), redo=True)
    return back(family_id)


def added(family_id: str, type_: str, payload: dict[str, Any]) -> AnyResponse:
    """The step kept, and the way back to the page it came from."""
    seen = request.form.get("seen", type=int)
    store().programmes.append(family_id, actor(), type_, payload, seen)
    return back(family_id)


def back(family_id: str) -> AnyResponse:
    """To the comparison that the request came from, or to the family's page."""
    pack_id, form_id = request.form.get("of_pack", ""), request.form.get("of_form", "")
    if pack_id and form_id:
        return redirect(url_for("sheets.compare", family_id=family_id, pack_id=pack_id, form_id=form_id))
    return redirect(url_for("families.family", family_id=family_id, _anchor="programme"))
