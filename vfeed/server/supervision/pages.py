"""Supervision: sharing one session with one supervisor for a time, and talking about it at the time of the picture."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.errors import ConsentMissing, VfeedError
from vfeed.practice.sharing import CHECKS, USUAL, Terms
from vfeed.practice.thread import own_steps
from vfeed.server.consents.consent_status import use_words
from vfeed.server.sessions.present import not_shown
from vfeed.server.supervision import present as supervision
from vfeed.server.supervision.forms import ShareForm
from vfeed.server.web import access
from vfeed.server.web.context import actor, person, services, session_title
from vfeed.server.web.files import image_answer, kept
from vfeed.server.web.forms import say_beside
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.navigation import family_crumbs
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import CommentIn

blueprint = Blueprint("supervision", __name__)

OF_SESSION = "/families/<family_id>/sessions/<session_id>/supervision"
OF_SHARE = "/supervision/<share_id>"
OF_FILM = f"{OF_SHARE}/films/<int:number>"


@blueprint.route(OF_SESSION, methods=["GET", "POST"])
def manage(family_id: str, session_id: str) -> str | AnyResponse | tuple[str, int]:
    """Share a session, and what is shared of it already."""
    record = services().sessions.read(person(), family_id, session_id)
    form = share_form(family_id, session_id)
    status = 200
    if form.validate_on_submit():
        terms = Terms(
            supervisor=form.supervisor.data,
            last_day=form.last_day.data,
            faces=form.faces.data,
            voices=form.voices.data,
            purpose=form.purpose.data,
            films=tuple(supervision.chosen_film(value) for value in form.films.data or ()),
        )
        try:
            refuse_without_consent(terms)
        except ConsentMissing as refused:
            say_beside(form.purpose, refused)
            status = refused.http_status
        else:
            return shared(session_id, terms)
    here: dict[str, Any] = {"family_id": family_id, "session_id": session_id}
    page = render_template(
        "supervision/manage.html",
        form=form,
        has_films=bool(form.films.choices),
        not_shown=not_shown(family_id, record.state, access.open_clips(family_id)),
        shares=[
            supervision.share_line(each) for each in services().supervision.of_session(person(), family_id, session_id)
        ],
        crumbs=[
            *family_crumbs(family_id),
            (session_title(record.state.held_on), url_for("sessions.session", **here)),
        ],
    )
    return (page, 422 if status == 200 else status) if form.errors else page


def shared(session_id: str, terms: Terms) -> AnyResponse:
    """Share a session on these terms and have the copies made, then show what is shared."""
    made = services().supervision.make(person(), session_id, terms)
    if terms.needs_copies:
        for number, film in enumerate(terms.films):
            supervision.make_copy(made.id, number, film)
    flash(_("It is shared."))
    return redirect(url_for("supervision.share", share_id=made.id))


@blueprint.post(f"{OF_SHARE}/stop")
def stop(share_id: str) -> AnyResponse:
    """Stop a share at once."""
    session = services().supervision.stop(person(), share_id).session
    flash(_("It is shared no longer."))
    return redirect(url_for("supervision.manage", family_id=session.family_id, session_id=session.id))


@blueprint.get("/supervision")
def index() -> str:
    """What is shared with this supervisor."""
    shares = [supervision.share_line(each) for each in services().supervision.with_me(person())]
    return render_template("supervision/index.html", shares=shares)


@blueprint.get(OF_SHARE)
def share(share_id: str) -> str:
    """What is shared, with its films and comments."""
    found, worker = supervision.share_for_me(share_id)
    session = found.session
    services().supervision.opened(person(), found)
    state = services().sessions.shared_part(session.id)
    back = (
        (_("Share for supervision"), url_for("supervision.manage", family_id=session.family_id, session_id=session.id))
        if worker
        else (_("Shared with me"), url_for("supervision.index"))
    )
    return render_template(
        "supervision/share.html",
        title=supervision.title_of(found),
        line=supervision.share_line(found),
        worker=worker,
        words=[
            (_("Helping question"), state.words.get("helping_question", "")),
            (_("Working point, in the parent’s words"), state.words.get("working_point", "")),
        ],
        films=[supervision.film_part(found, film, worker=worker) for film in services().supervision.films(found)],
        may_uncheck=own_steps(services().supervision.said(share_id), actor(), CHECKS).undo is not None,
        crumbs=[back],
    )


@blueprint.get(OF_FILM)
def film(share_id: str, number: int) -> Response:
    """A film of a share, as much of it as was asked for; refused from the moment on at which the share has ended."""
    found, worker = supervision.share_for_me(share_id)
    now = services().supervision.film(found, number)
    services().supervision.require_seen(person(), now, as_worker=worker)
    return kept(now.film.clip_id, now.role)


@blueprint.get(f"{OF_FILM}/stills/<int:time_us>")
def still(share_id: str, number: int, time_us: int) -> Response:
    """A picture of a copy, for the worker who checks it."""
    found, worker = supervision.share_for_me(share_id)
    now = services().supervision.film(found, number)
    services().supervision.require_seen(person(), now, as_worker=worker)
    jpeg = services().files.frame(now.film.clip_id, time_us, role=now.role)
    return image_answer(jpeg, f"{now.copy_id}-{time_us}")


@blueprint.post(f"{OF_FILM}/copy")
def copy(share_id: str, number: int) -> AnyResponse:
    """Have a copy made anew: the film was changed after the last one."""
    found, _worker = supervision.share_for_me(share_id)
    now = services().supervision.film(found, number)
    if found.terms.needs_copies and found.terms.revoked_at is None:
        supervision.make_copy(share_id, number, now.film)
    return redirect(url_for("supervision.share", share_id=share_id, _anchor=f"film-{number}"))


@blueprint.post(f"{OF_FILM}/check")
def check(share_id: str, number: int) -> AnyResponse:
    """Settle doubtful stretches that somebody looked at; those with a face are covered in a new copy."""
    found, _worker = supervision.share_for_me(share_id)
    now = services().supervision.film(found, number)
    if not now.copy_id or now.copy_id != request.form.get("copy"):
        raise VfeedError("conflict", _("There is a newer copy of this film."), hint=_("Load the page again."))
    looked_at, with_face = (set(request.form.getlist(name, type=int)) for name in ("doubt", "face"))
    if services().supervision.check(person(), share_id, now, looked_at=looked_at, with_face=with_face):
        supervision.make_copy(share_id, number, now.film)
        flash(_("What you ticked is covered in a new copy, which is being made."))
    elif not services().supervision.film(found, number).reason:
        flash(_("%(name)s sees this film now.", name=found.terms.supervisor))
    return redirect(url_for("supervision.share", share_id=share_id, _anchor=f"film-{number}"))


@blueprint.post(f"{OF_SHARE}/check/undo")
def uncheck(share_id: str) -> AnyResponse:
    """Take back this person's last check."""
    found, _worker = supervision.share_for_me(share_id)
    for number in services().supervision.uncheck(person(), found):
        supervision.make_copy(share_id, number, found.terms.films[number])
    flash(_("Taken back."))
    return redirect(url_for("supervision.share", share_id=share_id))


@blueprint.get(f"{OF_FILM}/comments")
def talk(share_id: str, number: int) -> Response:
    """The comments on a film."""
    found, worker = supervision.share_for_me(share_id)
    return answer(supervision.talk_about(found, services().supervision.film(found, number), worker=worker))


@blueprint.post(f"{OF_FILM}/comments")
def comment(share_id: str, number: int) -> Response:
    """Say something about a time of a film."""
    found, worker = supervision.share_for_me(share_id)
    now = services().supervision.film(found, number)
    sent = body(CommentIn)
    services().supervision.comment(person(), share_id, now, sent.at_us, sent.text)
    return answer(supervision.talk_about(found, now, worker=worker))


@blueprint.post(f"{OF_FILM}/comments/undo")
def undo(share_id: str, number: int) -> Response:
    """Take back one's own last comment of this share."""
    return _taken_back(share_id, number, redo=False)


@blueprint.post(f"{OF_FILM}/comments/redo")
def redo(share_id: str, number: int) -> Response:
    """Say again what was taken back."""
    return _taken_back(share_id, number, redo=True)


def _taken_back(share_id: str, number: int, *, redo: bool) -> Response:
    found, worker = supervision.share_for_me(share_id)
    services().supervision.take_back(person(), share_id, redo=redo)
    return answer(supervision.talk_about(found, services().supervision.film(found, number), worker=worker))


def share_form(family_id: str, session_id: str) -> ShareForm:
    """The form with what can be chosen; everything is hidden unless somebody chooses otherwise."""
    choices = supervision.film_choices(family_id, session_id)
    form = ShareForm(
        purpose="supervision",
        last_day=date.today() + USUAL,
        faces="blurred",
        voices="altered",
        films=[value for value, _title in choices],
    )
    form.supervisor.choices = [SelectChoice(name, name) for name in services().supervision.supervisors()]
    form.films.choices = [SelectChoice(value, title) for value, title in choices]
    return form


def refuse_without_consent(terms: Terms) -> None:
    """Raise VfeedError `consent_missing` unless everyone in every film agrees to what it is shared for."""
    for each in terms.films:
        decision = services().supervision.consent_to(each, terms.purpose)
        if not decision:
            raise VfeedError(
                "consent_missing",
                decision.reason,
                hint=_(
                    "Ask the family, then write the consent “%(use)s” down on the family’s page.",
                    use=use_words(terms.purpose),
                ),
            )
