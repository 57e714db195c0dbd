"""What the parent does in their room beside writing: marks what they want to talk about, and says it aloud."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.server.reels.present import voice_url
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import NextStep, TalkMarkIn

blueprint = Blueprint("parent_api", __name__, url_prefix="/api/parent/<clip_id>/<reel_id>")

# Three minutes at twice the rate that the room asks for.
MOST_VOICE_BYTES = 4 * 1024 * 1024


@blueprint.url_value_preprocessor
def allow_a_voice(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Lift a form's limit for a recording, before the CSRF check looks into the body."""
    if endpoint == "parent_api.record":
        request.max_content_length = MOST_VOICE_BYTES


@blueprint.post("/talk")
def mark(clip_id: str, reel_id: str) -> Response:
    """Mark a place of the film of moments that the parent wants to talk about."""
    sent = body(TalkMarkIn)
    services().parents_room.mark(person(), clip_id, reel_id, sent.moment_id, sent.mark_id, sent.at_us)
    return answer({"mark_id": sent.mark_id})


@blueprint.post("/talk/<mark_id>/remove")
def unmark(clip_id: str, reel_id: str, mark_id: str) -> Response:
    """Take such a mark away."""
    services().parents_room.unmark(person(), clip_id, reel_id, mark_id)
    return answer({"mark_id": mark_id})


@blueprint.post("/next")
def next_step(clip_id: str, reel_id: str) -> Response:
    """Keep what the parent would like to try next, in the record of the shared review."""
    text = body(NextStep).text
    services().parents_room.try_next(person(), clip_id, reel_id, text)
    return answer({"text": text})


@blueprint.post("/voices/<moment_id>")
def record(clip_id: str, reel_id: str, moment_id: str) -> Response:
    """Keep what the parent said aloud, where everybody has agreed to that."""
    voice_id = services().parents_room.keep_voice(person(), clip_id, reel_id, moment_id, request.get_data)
    return answer({"voiceId": voice_id, "url": voice_url(clip_id, reel_id, voice_id)})


@blueprint.post("/voices/<voice_id>/remove")
def remove_voice(clip_id: str, reel_id: str, voice_id: str) -> AnyResponse:
    """Delete a recording for good; needs no consent to recordings, for it ends the keeping."""
    services().parents_room.remove_voice(person(), clip_id, reel_id, voice_id)
    if request.is_json:
        return answer({"voiceId": voice_id})
    flash(_("The recording is deleted."))
    return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))
