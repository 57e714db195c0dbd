"""The parent view: only the chosen moments, their words written down, and a way out that needs the worker.

Handing over locks the session (see `lock`): from then on this browser opens nothing but this reel.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.events import Reel
from vfeed.practice.room_words import ENGLISH, catalogues
from vfeed.server.parents_room.forms import LeaveForm, WordsForm
from vfeed.server.parents_room.present import piece_of, props_for
from vfeed.server.reels.present import may_record, parts_of, reel_of, require_made
from vfeed.server.sessions.present import record_of_reel
from vfeed.server.web import access, lock, signin
from vfeed.server.web.context import actor, store
from vfeed.server.web.headers import let_listen
from vfeed.server.web.lock import languages_of
from vfeed.server.web.signin import TRIES_A_NAME, limiter
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import ParentWords
from vfeed.server.web.words import gettext as _
from vfeed.services.reels import Part

blueprint = Blueprint("parent", __name__)
SHOWN_FOR = frozenset({"session"})


@blueprint.post("/clips/<clip_id>/reels/<reel_id>/parent")
def hand_over(clip_id: str, reel_id: str) -> AnyResponse:
    """Lock this browser to the reel and show it."""
    parts = parts_on_show(clip_id, reel_id)
    require_made(parts)
    language = request.form.get("language", ENGLISH)
    if language not in catalogues():
        raise VfeedError("invalid_input", _("There is no such language here."), hint=_("Choose one from the list."))
    clip_ids = [part.clip.id for part in parts]
    store().events.append_all([(each, "review_started", {"reel_id": reel_id}) for each in clip_ids], actor())
    others = tuple(clip_ids[1:])
    lock.close_on(lock.Lock(clip_id, reel_id, language, beside="beside" in request.form, others=others))
    return redirect(url_for("parent.view", clip_id=clip_id, reel_id=reel_id))


@blueprint.get("/parent/<clip_id>/<reel_id>")
def view(clip_id: str, reel_id: str) -> str | AnyResponse:
    """The chosen moments, full screen; opened only by handing over."""
    parts = parts_on_show(clip_id, reel_id)
    held = lock.current()
    if held is None:
        return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))
    spoken = languages_of(held)[0]
    if any(may_record(part.clip.id) for part in parts):
        let_listen()
    return render_template(
        "parents_room/view.html",
        title=parts[0].reel.title,
        language=spoken.language,
        direction=spoken.direction,
        say=spoken.words,
        props=props_for(held, parts),
        words_form_url=url_for("parent.words", clip_id=clip_id, reel_id=reel_id),
    )


@blueprint.post("/parent/<clip_id>/<reel_id>/words")
def words(clip_id: str, reel_id: str) -> AnyResponse:
    """Write down what the parent says, from a form."""
    form = WordsForm()
    if not form.validate_on_submit():
        raise VfeedError("invalid_input", _("These words do not fit."), hint=_("Shorten them and keep them again."))
    keep_words(clip_id, reel_id, form.moment_id.data or "", form.text.data or "")
    flash(languages_of(lock.current() or lock.Lock(clip_id, reel_id))[0].words["kept"])
    return redirect(url_for("parent.view", clip_id=clip_id, reel_id=reel_id))


@blueprint.post("/api/parent/<clip_id>/<reel_id>/words")
def words_api(clip_id: str, reel_id: str) -> Response:
    """Write down what the parent says, from the island."""
    sent = body(ParentWords)
    kept = keep_words(clip_id, reel_id, sent.moment_id, sent.text)
    return answer({"moment_id": sent.moment_id, "text": kept})


@blueprint.route("/parent/<clip_id>/<reel_id>/stop", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def leave(clip_id: str, reel_id: str) -> str | AnyResponse | tuple[str, int]:
    """Stop; the worker's password leads back to the worker's pages."""
    form, refused = LeaveForm(), ""
    if form.validate_on_submit():
        if signin.leads_out(current_user, form.password.data or ""):
            stop_showing(clip_id, reel_id)
            lock.release()
            if request.args.get("done"):
                return redirect(to_the_record(clip_id, reel_id))
            return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))
        refused = _("That is not the PIN or password of the worker who opened this view.")
    spoken = languages_of(lock.current() or lock.Lock(clip_id, reel_id))[0]
    page = render_template(
        "parents_room/leave.html",
        language=spoken.language,
        direction=spoken.direction,
        say=spoken.words,
        form=form,
        refused=refused,
        done=bool(request.args.get("done")),
        view_url=url_for("parent.view", clip_id=clip_id, reel_id=reel_id),
    )
    return (page, 401) if refused else page


def to_the_record(clip_id: str, reel_id: str) -> str:
    """Where a finished session is written up: its record, with what the parent said already in it."""
    clip = store().clips.get(clip_id)
    record = record_of_reel(clip, reel_id)
    return url_for("sessions.session", family_id=clip.family_id, session_id=record.id)


def stop_showing(clip_id: str, reel_id: str) -> None:
    """Write down that the reel is on show no more, in each clip of which it showed something."""
    held = lock.current()
    clip_ids = held.clip_ids if held else (clip_id,)
    showing = [each for each, state in store().events.states(clip_ids).items() if state.reviewing == reel_id]
    store().events.append_all([(each, "review_stopped", {"reel_id": reel_id}) for each in showing], actor())


def parts_on_show(clip_id: str, reel_id: str) -> list[Part]:
    """The reel's parts, of this clip and of others, that may be shown in a session."""
    return parts_of(access.open_clip(clip_id, among=SHOWN_FOR), reel_of(clip_id, reel_id), among=SHOWN_FOR)


def open_reel(clip_id: str, reel_id: str) -> Reel:
    """A clip's part of a reel, when the clip may be shown in a session."""
    access.open_clip(clip_id, among=SHOWN_FOR)
    return reel_of(clip_id, reel_id)


def keep_words(clip_id: str, reel_id: str, moment_id: str, text: str) -> str:
    """Keep the parent's words about a moment of this reel; returns them as kept."""
    reel = open_reel(clip_id, reel_id)
    piece, _moment = piece_of(reel, moment_id)
    payload = {"moment_id": piece.moment_id, "text": text}
    added = store().events.append(clip_id, actor(), "words_written", payload)
    return added.after.state.words.get(piece.moment_id, "")
