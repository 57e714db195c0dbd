"""The interface of a shared review's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.server import requests
from vfeed.server.context import actor, store
from vfeed.server.journals import added_json, journal_json
from vfeed.server.step_words import session_words

blueprint = Blueprint("sessions_api", __name__, url_prefix="/api/families/<family_id>/sessions/<session_id>")


@blueprint.get("")
def state(family_id: str, session_id: str) -> Response:
    """What holds now."""
    found = store().sessions.get(family_id, session_id)
    return jsonify(journal_json(store().sessions.read(found.id), session_words))


@blueprint.post("/events")
def append(family_id: str, session_id: str) -> Response:
    """Add one event; `expect` is the event that set this part last as the writer saw it."""
    sent = requests.body()
    added = store().sessions.append(
        family_id,
        session_id,
        actor(),
        requests.text(sent, "type"),
        requests.mapping(sent, "payload"),
        requests.number_or_none(sent, "expect"),
    )
    return jsonify(added_json(added, session_words))


@blueprint.post("/undo")
def undo(family_id: str, session_id: str) -> Response:
    """Take the last step back."""
    return jsonify(added_json(store().sessions.take_back(family_id, session_id, actor()), session_words))


@blueprint.post("/redo")
def redo(family_id: str, session_id: str) -> Response:
    """Do again what was taken back."""
    return jsonify(added_json(store().sessions.take_back(family_id, session_id, actor(), redo=True), session_words))
