"""The interface of a shared review's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.server.web.context import person, services
from vfeed.server.web.journals import record_answer_json, record_json
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import PartIn

blueprint = Blueprint("sessions_api", __name__, url_prefix="/api/families/<family_id>/sessions/<session_id>")


@blueprint.get("")
def state(family_id: str, session_id: str) -> Response:
    """What holds now."""
    return answer(record_json(services().sessions.read(person(), family_id, session_id)))


@blueprint.post("/events")
def append(family_id: str, session_id: str) -> Response:
    """Add one event; `expect` is the event that set this part last as the writer saw it."""
    sent = body(PartIn)
    added = services().sessions.append(person(), family_id, session_id, sent.type, sent.payload, sent.expect)
    return answer(record_answer_json(added))


@blueprint.post("/undo")
def undo(family_id: str, session_id: str) -> Response:
    """Take the last step back."""
    return answer(record_answer_json(services().sessions.take_back(person(), family_id, session_id)))


@blueprint.post("/redo")
def redo(family_id: str, session_id: str) -> Response:
    """Do again what was taken back."""
    return answer(record_answer_json(services().sessions.take_back(person(), family_id, session_id, redo=True)))
