"""What the parent does in their room beside writing: marks what they want to talk about."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from vfeed.server import requests
from vfeed.server.context import actor, store
from vfeed.server.parents_room import clip_time, piece_of
from vfeed.server.views.parent import open_reel

blueprint = Blueprint("parent_api", __name__, url_prefix="/api/parent/<clip_id>/<reel_id>")


@blueprint.post("/talk")
def mark(clip_id: str, reel_id: str) -> Response:
    """Mark a place of the film of moments that the parent wants to talk about."""
    reel = open_reel(clip_id, reel_id)
    sent = requests.body()
    piece, moment = piece_of(reel, requests.text(sent, "moment_id"))
    at_us = requests.number_or_none(sent, "at_us")
    payload = {
        "mark_id": requests.text(sent, "mark_id"),
        "moment_id": piece.moment_id,
        "time_us": clip_time(piece, moment, piece.start_us if at_us is None else at_us),
    }
    store().events.append(clip_id, actor(), "talk_marked", payload)
    return jsonify({"mark_id": payload["mark_id"]})


@blueprint.post("/talk/<mark_id>/remove")
def unmark(clip_id: str, reel_id: str, mark_id: str) -> Response:
    """Take such a mark away."""
    open_reel(clip_id, reel_id)
    store().events.append(clip_id, actor(), "talk_unmarked", {"mark_id": mark_id})
    return jsonify({"mark_id": mark_id})
