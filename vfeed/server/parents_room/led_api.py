"""What the parent does in the parent-led room: marks, takes a mark away, and says what they see."""

from __future__ import annotations

from flask import Blueprint, Response

from vfeed.server.parents_room.led import shown_mark
from vfeed.server.web.context import person, services
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import OwnMarkIn, OwnSaid

blueprint = Blueprint("parent_led_api", __name__, url_prefix="/api/parent/film/<clip_id>")


@blueprint.post("/marks")
def mark(clip_id: str) -> Response:
    """Mark what the parent likes."""
    sent = body(OwnMarkIn)
    return answer(shown_mark(services().parent_led.mark(person(), clip_id, sent.mark_id, sent.at_us)))


@blueprint.post("/marks/<mark_id>/remove")
def unmark(clip_id: str, mark_id: str) -> Response:
    """Take a mark away."""
    services().parent_led.unmark(person(), clip_id, mark_id)
    return answer({"mark_id": mark_id})


@blueprint.post("/words")
def words(clip_id: str) -> Response:
    """Keep what the parent says of a mark."""
    sent = body(OwnSaid)
    kept = services().parent_led.keep_words(person(), clip_id, sent.moment_id, sent.text)
    return answer({"moment_id": sent.moment_id, "text": kept})
