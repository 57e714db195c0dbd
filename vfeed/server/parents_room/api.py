"""What the parent does in their room beside writing: marks what they want to talk about, and says it aloud."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.media.voice import voice_type
from vfeed.server.parents_room.pages import open_reel
from vfeed.server.parents_room.present import clip_time, piece_of
from vfeed.server.reels.present import voice_url
from vfeed.server.sessions.present import record_of_reel
from vfeed.server.web.context import actor, person, services, store
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import NextStep, TalkMarkIn
from vfeed.server.web.words import gettext as _

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
    reel = open_reel(clip_id, reel_id)
    sent = body(TalkMarkIn)
    piece, moment = piece_of(reel, sent.moment_id)
    payload = {
        "mark_id": sent.mark_id,
        "moment_id": piece.moment_id,
        "time_us": clip_time(piece, moment, piece.start_us if sent.at_us is None else sent.at_us),
    }
    store().events.append(clip_id, actor(), "talk_marked", payload)
    return answer({"mark_id": sent.mark_id})


@blueprint.post("/talk/<mark_id>/remove")
def unmark(clip_id: str, reel_id: str, mark_id: str) -> Response:
    """Take such a mark away."""
    open_reel(clip_id, reel_id)
    store().events.append(clip_id, actor(), "talk_unmarked", {"mark_id": mark_id})
    return answer({"mark_id": mark_id})


@blueprint.post("/next")
def next_step(clip_id: str, reel_id: str) -> Response:
    """Keep what the parent would like to try next, in the record of the shared review."""
    open_reel(clip_id, reel_id)
    text = body(NextStep).text
    clip = store().clips.get(clip_id)
    if text != services().sessions.agreed_on(clip, reel_id)[1]:
        record = record_of_reel(clip, reel_id)
        payload = {"name": "working_point", "text": text}
        services().sessions.append(person(), clip.family_id, record.id, "words_set", payload)
    return answer({"text": text})


@blueprint.post("/voices/<moment_id>")
def record(clip_id: str, reel_id: str, moment_id: str) -> tuple[Response, int]:
    """Keep what the parent said aloud, where everybody has agreed to that."""
    piece, _moment = piece_of(open_reel(clip_id, reel_id), moment_id)
    store().consents.require(clip_id, "voice")
    sound = request.get_data()
    voice_id = store().voices.keep(clip_id, actor(), piece.moment_id, sound, voice_type(sound))
    return jsonify({"voiceId": voice_id, "url": voice_url(clip_id, reel_id, voice_id)}), 201


@blueprint.post("/voices/<voice_id>/remove")
def remove_voice(clip_id: str, reel_id: str, voice_id: str) -> AnyResponse:
    """Delete a recording for good; needs no consent to recordings, for it ends the keeping."""
    open_reel(clip_id, reel_id)
    store().voices.remove(clip_id, actor(), voice_id)
    if request.is_json:
        return jsonify({"voiceId": voice_id})
    flash(_("The recording is deleted."))
    return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))
