"""The interface of a shared review's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.server import requests
from vfeed.server.context import actor, store

blueprint = Blueprint("sessions_api", __name__, url_prefix="/api/families/<family_id>/sessions/<session_id>")


@blueprint.get("")
def state(family_id: str, session_id: str) -> Response:
    """What holds now."""
    found = store().sessions.get(family_id, session_id)
    return jsonify(store().sessions.state(found.id).as_dict())


@blueprint.post("/events")
def append(family_id: str, session_id: str) -> Response:
    """Add one step; `expect` is the step that set this part last as the writer saw it."""
    sent = requests.body()
    after = store().sessions.append(
        family_id,
        session_id,
        actor(),
        requests.text(sent, "type"),
        requests.mapping(sent, "payload"),
        requests.number_or_none(sent, "expect"),
    )
    return jsonify(after.as_dict())


@blueprint.post("/undo")
def undo(family_id: str, session_id: str) -> Response:
    """Take the last step back."""
    return jsonify(store().sessions.take_back(family_id, session_id, actor()).as_dict())


@blueprint.post("/redo")
def redo(family_id: str, session_id: str) -> Response:
    """Do again what was taken back."""
    return jsonify(store().sessions.take_back(family_id, session_id, actor(), redo=True).as_dict())
