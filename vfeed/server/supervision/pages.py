"""Supervision: sharing one session with one supervisor for a time, and talking about it at the time of the picture."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.errors import VfeedError
from vfeed.media.apart import still_apart
from vfeed.practice.sharing import GRID_COLUMNS, GRID_ROWS, USUAL, Terms, own_offers
from vfeed.practice.sharing import decide as decide_terms
from vfeed.server.consents.standing import use_words
from vfeed.server.supervision import present as supervision
from vfeed.server.supervision.forms import ShareForm
from vfeed.server.web.context import actor, day, moment, person, services, session_title, store
from vfeed.server.web.files import STILL_SIDE_PX, kept, picture_answer
from vfeed.server.web.wall.answers import answer, body
from vfeed.server.web.wall.journals import CommentIn
from vfeed.server.web.words import gettext as _
from vfeed.store.shares import Share, terms_of
from vfeed.timeline.clock import clock

blueprint = Blueprint("supervision", __name__)

LOOKED_AT_ONCE = 12
"""Stretches that are shown together to be looked at: more than these, and the last are not looked at any more."""

OF_SESSION = "/families/<family_id>/sessions/<session_id>/supervision"
OF_SHARE = "/supervision/<share_id>"
OF_FILM = f"{OF_SHARE}/films/<int:number>"


@blueprint.route(OF_SESSION, methods=["GET", "POST"])
def manage(family_id: str, session_id: str) -> str | AnyResponse | tuple[str, int]:
    """Share a session, and what is shared of it already."""
    record = services().sessions.read(person(), family_id, session_id)
    form = share_form(family_id, session_id)
    if form.validate_on_submit():
        terms = Terms(
            supervisor=form.supervisor.data,
            last_day=form.last_day.data,
            faces=form.faces.data,
            voices=form.voices.data,
            purpose=form.purpose.data,
            films=tuple(supervision.chosen_film(value) for value in form.films.data or ()),
        )
        refuse_without_consent(terms)
        row = store().shares.make(session_id, terms, actor(), date.today())
        if terms.needs_copies:
            for number, film in enumerate(terms.films):
                supervision.make_copy(row.id, number, film)
        flash(_("It is shared."))
        return redirect(url_for("supervision.share", share_id=row.id))
    family = store().families.get(family_id)
    here: dict[str, Any] = {"family_id": family_id, "session_id": session_id}
    page = render_template(
        "supervision/manage.html",
        form=form,
        has_films=bool(form.films.choices),
        shares=[share_line((row, record.session)) for row in store().shares.for_session(session_id)],
        crumbs=[
            (_("Families"), url_for("families.everyone")),
            (family.code_name, url_for("families.family", family_id=family_id)),
            (session_title(record.state.held_on), url_for("sessions.session", **here)),
        ],
    )
    return (page, 422) if form.errors else page


@blueprint.post(f"{OF_SHARE}/stop")
def stop(share_id: str) -> AnyResponse:
    """Stop a share at once."""
    store().shares.revoke(share_id, actor())
    found = store().shares.get(share_id)
    supervision.drop_copies(found)
    flash(_("It is shared no longer."))
    return redirect(url_for("supervision.manage", family_id=found[1].family_id, session_id=found[1].id))


@blueprint.get("/supervision")
def everything() -> str:
    """What is shared with this supervisor."""
    return render_template(
        "supervision/everything.html", shares=[share_line(each) for each in store().shares.for_supervisor(actor())]
    )


@blueprint.get(OF_SHARE)
def share(share_id: str) -> str:
    """What is shared, with its films and comments."""
    found, worker = supervision.share_for_me(share_id)
    _row, session = found
    store().audit.record(actor(), "supervision.opened", session.family_id, {"share": share_id})
    state = services().sessions.shared_part(session.id)
    back = (
        (_("Share for supervision"), url_for("supervision.manage", family_id=session.family_id, session_id=session.id))
        if worker
        else (_("Shared with me"), url_for("supervision.everything"))
    )
    return render_template(
        "supervision/share.html",
        title=supervision.title_of(found),
        line=share_line(found),
        worker=worker,
        words=[
            (_("Helping question"), state.words.get("helping_question", "")),
            (_("Working point, in the parent’s words"), state.words.get("working_point", "")),
        ],
        films=[film_part(found, film, worker=worker) for film in supervision.films_of(found)],
        may_uncheck=own_offers(store().shares.read(share_id), actor(), comments_only=False).undo is not None,
        crumbs=[back],
    )


@blueprint.get(OF_FILM)
def film(share_id: str, number: int) -> Response:
    """A film of a share, as much of it as was asked for; refused from the moment on at which the share has ended."""
    found, worker = supervision.share_for_me(share_id)
    now = supervision.film_now(found, number)
    supervision.require_seen(now, worker=worker)
    return kept(now.film.clip_id, now.role)


@blueprint.get(f"{OF_FILM}/pictures/<int:time_us>")
def picture(share_id: str, number: int, time_us: int) -> Response:
    """A picture of a copy, for the worker who checks it."""
    found, worker = supervision.share_for_me(share_id)
    now = supervision.film_now(found, number)
    supervision.require_seen(now, worker=worker)
    with store().blobs.open(now.film.clip_id, now.role) as file:
        jpeg = still_apart(file, time_us, STILL_SIDE_PX)
    info = store().blobs.info(now.film.clip_id, now.role)
    return picture_answer(jpeg, f"{info.id if info else ''}-{time_us}")


@blueprint.post(f"{OF_FILM}/copy")
def copy(share_id: str, number: int) -> AnyResponse:
    """Have a copy made anew: the film was changed after the last one."""
    found, _worker = supervision.share_for_me(share_id)
    now = supervision.film_now(found, number)
    if terms_of(found[0]).needs_copies and found[0].revoked_at is None:
        supervision.make_copy(share_id, number, now.film)
    return redirect(url_for("supervision.share", share_id=share_id, _anchor=f"film-{number}"))


@blueprint.post(f"{OF_FILM}/check")
def check(share_id: str, number: int) -> AnyResponse:
    """Settle doubtful stretches that somebody looked at; those with a face are covered in a new copy."""
    found, _worker = supervision.share_for_me(share_id)
    now = supervision.film_now(found, number)
    info = store().blobs.info(now.film.clip_id, now.role) if now.role else None
    if info is None or info.id != request.form.get("copy"):
        raise VfeedError("conflict", _("There is a newer copy of this film."), hint=_("Load the page again."))
    looked_at, with_face = (set(request.form.getlist(name, type=int)) for name in ("doubt", "face"))
    doubts = [doubt for doubt in now.doubts if doubt.number in looked_at and not doubt.settled]
    for doubt in doubts:
        if doubt.number in with_face:
            mark = {"start_us": doubt.start_us, "end_us": doubt.end_us, "cells": list(range(GRID_COLUMNS * GRID_ROWS))}
            store().shares.append(share_id, actor(), "marked", {"film": now.film.key, **mark})
        else:
            looked = {"film": now.film.key, "copy_id": info.id, "doubt": doubt.number}
            store().shares.append(share_id, actor(), "looked", looked)
    if any(doubt.number in with_face for doubt in doubts):
        supervision.make_copy(share_id, number, now.film)
        flash(_("What you ticked is covered in a new copy, which is being made."))
    return redirect(url_for("supervision.share", share_id=share_id, _anchor=f"film-{number}"))


@blueprint.post(f"{OF_SHARE}/check/undo")
def uncheck(share_id: str) -> AnyResponse:
    """Take back this person's last check."""
    found, _worker = supervision.share_for_me(share_id)
    before = {each.key: supervision.marked_stretches(share_id, each) for each in terms_of(found[0]).films}
    store().shares.take_back(share_id, actor(), comments_only=False)
    for number, each in enumerate(terms_of(found[0]).films):
        if supervision.marked_stretches(share_id, each) != before[each.key]:
            supervision.make_copy(share_id, number, each)
    flash(_("Taken back."))
    return redirect(url_for("supervision.share", share_id=share_id))


@blueprint.get(f"{OF_FILM}/comments")
def talk(share_id: str, number: int) -> Response:
    """The comments on a film."""
    found, worker = supervision.share_for_me(share_id)
    return answer(talk_about(found, supervision.film_now(found, number), worker=worker))


@blueprint.post(f"{OF_FILM}/comments")
def say(share_id: str, number: int) -> Response:
    """Say something about a time of a film."""
    found, worker = supervision.share_for_me(share_id)
    now = supervision.film_now(found, number)
    sent = body(CommentIn)
    said = {"film": now.film.key, "at_us": sent.at_us, "text": sent.text}
    store().shares.append(share_id, actor(), "commented", said)
    return answer(talk_about(found, now, worker=worker))


@blueprint.post(f"{OF_FILM}/comments/undo")
def unsay(share_id: str, number: int) -> Response:
    """Take back one's own last comment of this share."""
    return _unsaid(share_id, number, redo=False)


@blueprint.post(f"{OF_FILM}/comments/redo")
def say_again(share_id: str, number: int) -> Response:
    """Say again what was taken back."""
    return _unsaid(share_id, number, redo=True)


def _unsaid(share_id: str, number: int, *, redo: bool) -> Response:
    found, worker = supervision.share_for_me(share_id)
    store().shares.take_back(share_id, actor(), comments_only=True, redo=redo)
    return answer(talk_about(found, supervision.film_now(found, number), worker=worker))


def talk_about(found: Share, now: supervision.SharedNow, *, worker: bool) -> dict[str, Any]:
    """The comments on a film for its page; empty while this person may not see it."""
    said = store().shares.read(found[0].id)
    offers = own_offers(said, actor(), comments_only=True)
    heard = said.state.comments if worker or not now.reason else []
    return {
        "comments": [
            {**each.as_dict(), "mine": each.author == actor(), "when": moment(each.at) if each.at else ""}
            for each in heard
            if each.film == now.film.key
        ],
        "can_undo": offers.undo is not None,
        "can_redo": offers.redo is not None,
    }


def film_part(found: Share, now: supervision.SharedNow, *, worker: bool) -> dict[str, Any]:
    """A film for the page of its share."""
    here: dict[str, Any] = {"share_id": found[0].id, "number": now.number}
    seen = bool(now.role) and (worker or not now.reason)
    info = store().blobs.info(now.film.clip_id, now.role) if now.role else None
    return {
        "number": now.number,
        "title": now.title,
        "closed": now.reason,
        "url": url_for("supervision.film", **here) if seen else "",
        "props": {
            "title": now.title,
            "url": url_for("supervision.film", **here),
            "commentsUrl": url_for("supervision.talk", **here),
            "talk": talk_about(found, now, worker=worker),
        },
        "job": now.job if now.job and now.job["state"] != "done" else None,
        "progress": {
            "clipId": now.film.clip_id,
            "jobsUrl": url_for("clips_api.jobs", clip_id=now.film.clip_id),
            "clipUrl": url_for("supervision.share", share_id=found[0].id),
            "canEdit": worker,
            "until": "hide",
        },
        "check_url": url_for("supervision.check", **here),
        "copy_url": url_for("supervision.copy", **here) if worker and lacks_copy(found, now) else "",
        "copy_id": info.id if info else "",
        "at_once": LOOKED_AT_ONCE,
        "doubts": [doubt_line(doubt, here) for doubt in now.doubts] if worker else [],
        "covered": [
            _("%(start)s to %(end)s", start=clock(start), end=clock(end))
            for _step, start, end in supervision.marked_stretches(found[0].id, now.film)
        ]
        if worker
        else [],
    }


def lacks_copy(found: Share, now: supervision.SharedNow) -> bool:
    """Whether a copy is needed, and neither there nor under way nor stopped with an error that is told."""
    return terms_of(found[0]).needs_copies and not now.role and (now.job is None or now.job["state"] == "done")


def doubt_line(doubt: supervision.Doubt, here: dict[str, Any]) -> dict[str, Any]:
    """A doubtful stretch with its pictures."""
    why = {
        "lost": _("A head was not found here."),
        "found_late": _("A face was found only in the finished copy, and hidden then."),
        "still_found": _("Something is still taken for a face."),
    }
    return {
        "number": doubt.number,
        "settled": doubt.settled,
        "when": _("%(start)s to %(end)s", start=clock(doubt.start_us), end=clock(doubt.end_us)),
        "why": why.get(doubt.reason, ""),
        "pictures": [url_for("supervision.picture", **here, time_us=at) for at in doubt.look_us],
    }


def share_line(found: Share) -> dict[str, Any]:
    """A share in a line."""
    row, _session = found
    terms = terms_of(row)
    standing = decide_terms(terms, terms.supervisor, date.today())
    hidden = [
        {"blurred": _("faces blurred"), "as_they_are": _("faces as they are")}[terms.faces],
        {"altered": _("voices altered"), "off": _("without sound"), "as_it_is": _("voices as they are")}[terms.voices],
    ]
    return {
        "id": row.id,
        "title": supervision.title_of(found),
        "supervisor": row.supervisor,
        "by": row.created_by,
        "open": bool(standing),
        "state": _("open until %(day)s", day=day(terms.last_day)) if standing else standing.reason,
        "hidden": ", ".join(hidden),
        "purpose": use_words(terms.purpose),
        "url": url_for("supervision.share", share_id=row.id),
        "stop_url": url_for("supervision.stop", share_id=row.id),
    }


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
    form.supervisor.choices = [SelectChoice(name, name) for name in store().shares.supervisors()]
    form.films.choices = [SelectChoice(value, title) for value, title in choices]
    return form


def refuse_without_consent(terms: Terms) -> None:
    """Raise VfeedError `consent_missing` unless everyone in every film agrees to what it is shared for."""
    for each in terms.films:
        decision = supervision.consent_to(each, terms.purpose)
        if not decision:
            raise VfeedError(
                "consent_missing",
                decision.reason,
                hint=_(
                    "Ask the family, then write the consent “%(use)s” down on the family's page.",
                    use=use_words(terms.purpose),
                ),
            )
