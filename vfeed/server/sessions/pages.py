"""Shared reviews: begun from the family or from the moments, written up on one page that keeps itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.errors import VfeedError
from vfeed.practice.sessions import DAYS, WORDS, SessionState, ShownReel
from vfeed.server.programmes.present import prompts_for
from vfeed.server.reels.present import still_url
from vfeed.server.sessions.forms import BeginSessionForm, SessionForm
from vfeed.server.sessions.present import not_shown, reel_choices, with_visits
from vfeed.server.web import access
from vfeed.server.web.context import person, services, session_title
from vfeed.server.web.drafts import seal
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.journals import record_json
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.step_words import lines, session_words
from vfeed.services.rows import FeedbackSession
from vfeed.services.samples import is_sample
from vfeed.services.sessions import Record

blueprint = Blueprint("sessions", __name__, url_prefix="/families/<family_id>/sessions")


@blueprint.post("")
def begin(family_id: str) -> AnyResponse:
    """Begin the record of a shared review, on a visit or on chosen moments."""
    form = with_visits(BeginSessionForm(), services().families.visits(person(), family_id))
    if not form.validate_on_submit():
        raise VfeedError("invalid_input", _("There is no such visit."), hint=_("Load the family’s page again."))
    reels = [shown_reel(key) for key in request.form.getlist("reel")]
    begun = services().sessions.begin(person(), family_id, form.visit_id.data or None, reels)
    return redirect(url_for("sessions.session", family_id=family_id, session_id=begun.id))


@blueprint.route("/<session_id>", methods=["GET", "POST"])
def session(family_id: str, session_id: str) -> str | AnyResponse | tuple[str, int]:
    """The record; without JavaScript the whole page is kept at once."""
    record = services().sessions.read(person(), family_id, session_id)
    state = record.state
    clips = access.open_clips(family_id)
    choices = reel_choices(clips)
    form = session_form(state, choices)
    if not record.has_log:
        del form.went_well
    if form.validate_on_submit():
        for type_, payload in changes(form, state):
            expect = request.form.get(f"seen_{payload.get('name', 'reels')}", type=int)
            services().sessions.append(person(), family_id, session_id, type_, payload, expect)
        flash(_("Kept."))
        return redirect(url_for("sessions.session", family_id=family_id, session_id=session_id))
    page = render_template(
        "sessions/session.html",
        title=session_title(state.held_on),
        lead=visit_words(record.session),
        record_url=url_for("records.page", family_id=family_id, session_id=session_id, copy="own"),
        film_url=url_for("session_films.page", family_id=family_id, session_id=session_id),
        supervision_url=url_for("supervision.manage", family_id=family_id, session_id=session_id),
        take_home_url=url_for("take_home.page", family_id=family_id, session_id=session_id),
        crumbs=family_crumbs(family_id),
        form=form,
        state=state,
        moments=[(each, still_url(each)) for each in services().moments.of(state.reels, clips)],
        not_shown=not_shown(family_id, state, clips),
        history=lines(record.history, session_words),
        props=props_for(record, choices),
        prompts=prompts_for(family_id, session_id),
        on_sample=any(is_sample(clips[reel.clip_id]) for reel in state.reels if reel.clip_id in clips),
    )
    return (page, 422) if form.errors else page


def session_form(state: SessionState, choices: list[dict[str, str]]) -> SessionForm:
    """The form with what is kept now."""
    form = SessionForm(
        held_on=state.held_on,
        next_on=state.next_on,
        reels=[f"{reel.clip_id} {reel.reel_id}" for reel in state.reels],
        **{name: state.words.get(name, "") for name in WORDS},
    )
    form.reels.choices = [SelectChoice(each["key"], each["title"]) for each in choices]
    return form


def changes(form: SessionForm, state: SessionState) -> Iterator[tuple[str, dict[str, Any]]]:
    """The steps that lead from what is kept to what was sent."""
    sent = tuple(shown_reel(key) for key in form.reels.data or [])
    # What this person may not open cannot be ticked, and stays.
    offered = {choice.value for choice in form.reels.choices}
    closed = tuple(reel for reel in state.reels if f"{reel.clip_id} {reel.reel_id}" not in offered)
    if (*closed, *sent) != state.reels:
        yield "reels_set", {"reels": [reel.model_dump() for reel in (*closed, *sent)]}
    for name in (name for name in WORDS if name in form):
        if (text := form[name].data or "") != state.words.get(name, ""):
            yield "words_set", {"name": name, "text": text}
    for which in DAYS:
        if (sent_day := form[which].data) != getattr(state, which):
            yield "day_set", {"name": which, "day": sent_day.isoformat() if sent_day else None}


def shown_reel(key: str) -> ShownReel:
    """A reel from the value of its box; raises VfeedError `invalid_input`."""
    clip_id, _blank, reel_id = key.partition(" ")
    try:
        return ShownReel(clip_id=clip_id, reel_id=reel_id)
    except ValueError as error:
        raise VfeedError(
            "invalid_input", _("There is no such film of moments."), hint=_("Load the page again.")
        ) from error


def visit_words(found: FeedbackSession) -> str:
    """The visit that a session belongs to, in words."""
    return services().families.visit(found.visit_id).title if found.visit_id else ""


def props_for(record: Record, choices: list[dict[str, str]]) -> dict[str, Any]:
    """What the island needs to keep the page as it is written."""
    here: dict[str, Any] = {"family_id": record.session.family_id, "session_id": record.session.id}
    return {
        "sessionId": record.session.id,
        "seal": seal(),
        "journal": record_json(record),
        "hasLog": record.has_log,
        "reels": choices,
        "stateUrl": url_for("sessions_api.state", **here),
        "eventsUrl": url_for("sessions_api.append", **here),
        "undoUrl": url_for("sessions_api.undo", **here),
        "redoUrl": url_for("sessions_api.redo", **here),
    }
