"""The interface of a shared review's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.server import own_log, requests
from vfeed.server.context import actor, store
from vfeed.server.journals import added_json, journal_json
from vfeed.server.step_words import session_words

blueprint = Blueprint("sessions_api", __name__, url_prefix="/api/families/<family_id>/sessions/<session_id>")


@blueprint.get("")
def state(family_id: str, session_id: str) -> Response:
    """What holds now."""
    found = store().sessions.get(family_id, session_id)
    return jsonify(own_log.as_read(found, journal_json(store().sessions.read(found.id), session_words)))


@blueprint.post("/events")
def append(family_id: str, session_id: str) -> Response:
    """Add one event; `expect` is the event that set this part last as the writer saw it."""
    sent = requests.body()
    found = store().sessions.get(family_id, session_id)
    own_log.refuse_foreign_words(found, requests.mapping(sent, "payload"))
    added = store().sessions.append(
        family_id,
        session_id,
        actor(),
        requests.text(sent, "type"),
        requests.mapping(sent, "payload"),
        requests.number_or_none(sent, "expect"),
    )
    return jsonify(own_log.as_read(found, added_json(added, session_words)))


@blueprint.post("/undo")
def undo(family_id: str, session_id: str) -> Response:
    """Take the last step back."""
    return take_back(family_id, session_id)


@blueprint.post("/redo")
def redo(family_id: str, session_id: str) -> Response:
    """Do again what was taken back."""
    return take_back(family_id, session_id, redo=True)


def take_back(family_id: str, session_id: str, *, redo: bool = False) -> Response:
    """Take the last step back, or do it again; never a step of a colleague's own log."""
    found = store().sessions.get(family_id, session_id)
    own_log.refuse_foreign_step(found, store().sessions.read(session_id), redo=redo)
    added = store().sessions.take_back(family_id, session_id, actor(), redo=redo)
    return jsonify(own_log.as_read(found, added_json(added, session_words)))
