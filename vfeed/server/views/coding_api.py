"""The interface of the coding room: what is coded so far, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.research.blind_coding import end_check
from vfeed.server import requests
from vfeed.server.context import person, services
from vfeed.server.journals import added_json, journal_json
from vfeed.server.step_words import coding_words

blueprint = Blueprint("coding_api", __name__, url_prefix="/api/coding/<coding_id>")


@blueprint.get("")
def state(coding_id: str) -> Response:
    """What is coded so far."""
    return jsonify(journal_json(services().coding.read(person(), coding_id), coding_words))


@blueprint.get("/end-check")
def end_check_of(coding_id: str) -> Response:
    """What to look at before handing in."""
    return jsonify(end_check(services().coding.read(person(), coding_id).state).as_dict())


@blueprint.post("/events")
def append(coding_id: str) -> Response:
    """Add one step."""
    sent = requests.body()
    kind, payload = requests.text(sent, "type"), requests.mapping(sent, "payload")
    return jsonify(added_json(services().coding.append(person(), coding_id, kind, payload), coding_words))


@blueprint.post("/undo")
def undo(coding_id: str) -> Response:
    """Take the last step back."""
    return jsonify(added_json(services().coding.take_back(person(), coding_id), coding_words))


@blueprint.post("/redo")
def redo(coding_id: str) -> Response:
    """Do again what was taken back."""
    return jsonify(added_json(services().coding.take_back(person(), coding_id, redo=True), coding_words))
