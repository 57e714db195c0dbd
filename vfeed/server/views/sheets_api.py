"""The interface of a sheet's page: what holds, one step more, one step back."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.server import requests
from vfeed.server.context import actor, store

blueprint = Blueprint("sheets_api", __name__, url_prefix="/api/families/<family_id>/sheets/<sheet_id>")


@blueprint.get("")
def state(family_id: str, sheet_id: str) -> Response:
    """What holds now."""
    return jsonify(store().sheets.get(family_id, sheet_id)[1].as_dict())


@blueprint.post("/events")
def append(family_id: str, sheet_id: str) -> Response:
    """Add one step; `expect` is the step that set this place last as the writer saw it."""
    sent = requests.body()
    after = store().sheets.append(
        family_id,
        sheet_id,
        actor(),
        requests.text(sent, "type"),
        requests.mapping(sent, "payload"),
        requests.number_or_none(sent, "expect"),
    )
    return jsonify(after.as_dict())


@blueprint.post("/undo")
def undo(family_id: str, sheet_id: str) -> Response:
    """Take the last step back."""
    return jsonify(store().sheets.take_back(family_id, sheet_id, actor()).as_dict())


@blueprint.post("/redo")
def redo(family_id: str, sheet_id: str) -> Response:
    """Do again what was taken back."""
    return jsonify(store().sheets.take_back(family_id, sheet_id, actor(), redo=True).as_dict())
