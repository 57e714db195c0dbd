"""The parent view: only the chosen moments, their words written down, and a way out that needs the worker.

Handing over locks the session (see `kiosk_mode`): from then on this browser opens nothing but this reel.
"""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.server.parents_room.forms import WordsForm
from vfeed.server.parents_room.leaving import chosen_language, leaving_page
from vfeed.server.parents_room.present import props_for
from vfeed.server.web import kiosk_mode, signin
from vfeed.server.web.context import person, services
from vfeed.server.web.headers import let_listen
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.kiosk_mode import languages_of
from vfeed.server.web.signin import TRIES_A_NAME, limiter
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import ParentWords

blueprint = Blueprint("parent", __name__)


@blueprint.post("/clips/<clip_id>/reels/<reel_id>/parent")
def hand_over(clip_id: str, reel_id: str) -> AnyResponse:
    """Lock this browser to the reel and show it."""
    language = chosen_language()
    parts = services().parents_room.hand_over(person(), clip_id, reel_id)
    others = tuple(part.clip.id for part in parts[1:])
    kiosk_mode.close_on(KioskMode(clip_id, reel_id, language, beside="beside" in request.form, others=others))
    return redirect(url_for("parent.view", clip_id=clip_id, reel_id=reel_id))


@blueprint.get("/parent/<clip_id>/<reel_id>")
def view(clip_id: str, reel_id: str) -> str | AnyResponse:
    """The chosen moments, full screen; opened only by handing over."""
    parts = services().parents_room.parts(person(), clip_id, reel_id)
    held = kiosk_mode.current()
    if held is None:
        return redirect(url_for("reels.reel", clip_id=clip_id, reel_id=reel_id))
    spoken = languages_of(held)[0]
    if any(services().parents_room.may_record(part.clip.id) for part in parts):
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
    services().parents_room.keep_words(person(), clip_id, reel_id, form.moment_id.data or "", form.text.data or "")
    flash(languages_of(kiosk_mode.current() or KioskMode(clip_id, reel_id))[0].words["kept"])
    return redirect(url_for("parent.view", clip_id=clip_id, reel_id=reel_id))


@blueprint.post("/api/parent/<clip_id>/<reel_id>/words")
def words_api(clip_id: str, reel_id: str) -> Response:
    """Write down what the parent says, from the island."""
    sent = body(ParentWords)
    kept = services().parents_room.keep_words(person(), clip_id, reel_id, sent.moment_id, sent.text)
    return answer({"moment_id": sent.moment_id, "text": kept})


@blueprint.route("/parent/<clip_id>/<reel_id>/stop", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.refused)
def leave(clip_id: str, reel_id: str) -> str | AnyResponse | tuple[str, int]:
    """Stop; the worker's password leads back to the worker's pages."""

    def stopped() -> str:
        held = kiosk_mode.current()
        services().parents_room.stop(person(), held.clip_ids if held else (clip_id,), reel_id)
        done = bool(request.args.get("done"))
        return to_the_record(clip_id, reel_id) if done else url_for("reels.reel", clip_id=clip_id, reel_id=reel_id)

    return leaving_page(url_for("parent.view", clip_id=clip_id, reel_id=reel_id), stopped)


def to_the_record(clip_id: str, reel_id: str) -> str:
    """Where a finished session is written up: its record, with what the parent said already in it."""
    record = services().sessions.of_reel(person(), clip_id, reel_id)
    return url_for("sessions.session", family_id=record.family_id, session_id=record.id)
