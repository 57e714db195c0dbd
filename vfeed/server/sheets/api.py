"""The interface of a sheet's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.server.web.context import person, services
from vfeed.server.web.journals import added_json, journal_json
from vfeed.server.web.step_words import sheet_words
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import PartIn

blueprint = Blueprint("sheets_api", __name__, url_prefix="/api/families/<family_id>/sheets/<sheet_id>")


@blueprint.get("")
def state(family_id: str, sheet_id: str) -> Response:
    """What holds now."""
    return answer(journal_json(services().sheets.folded(person(), family_id, sheet_id), sheet_words))


@blueprint.post("/events")
def append(family_id: str, sheet_id: str) -> Response:
    """Add one step; `expect` is the step that set this place last as the writer saw it."""
    sent = body(PartIn)
    added = services().sheets.append(person(), family_id, sheet_id, sent.type, sent.payload, sent.expect)
    return answer(added_json(added, sheet_words))


@blueprint.post("/undo")
def undo(family_id: str, sheet_id: str) -> Response:
    """Take the last step back."""
    return answer(added_json(services().sheets.take_back(person(), family_id, sheet_id), sheet_words))


@blueprint.post("/redo")
def redo(family_id: str, sheet_id: str) -> Response:
    """Do again what was taken back."""
    return answer(added_json(services().sheets.take_back(person(), family_id, sheet_id, redo=True), sheet_words))
