"""Codings of other programs: looked at on the page, put with their films, and taken out again."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.research.scheme import Scheme
from vfeed.server.taking_in.told import (
    ACCEPT,
    ROLE_WORDS,
    Looked,
    hint_of,
    keep,
    looked,
    loss_rows,
    marks_of,
    offered_places,
    said_of,
)
from vfeed.server.web.context import moment, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.taking_in import KeptFilm
from vfeed.timeline.clock import clock
from vfeed.timeline.timeline import Timeline

blueprint = Blueprint("taking_in", __name__, url_prefix="/taking-in")


@blueprint.get("")
def page() -> str:
    """The form, and what was taken in so far."""
    return shown_page(request.args.get("study", ""))


def shown_page(study_id: str, looked_at: Looked | None = None, refused: VfeedError | None = None) -> str:
    """The page, with what was refused."""
    study = services().studies.read(person(), study_id) if study_id else None
    return render_template(
        "taking_in/page.html",
        study_id=study_id,
        scheme=study.state.plan.scheme if study else None,
        schemes=[] if study else [(each.id, each.title) for each in services().studies.schemes().values()],
        accept=ACCEPT,
        films=len(services().taking_in.films(person(), study_id)),
        kept=[film_of(each) for each in services().taking_in.kept(person(), study_id)],
        refused=refused,
        hint=hint_of(refused) if refused else "",
        look=look_of(looked_at) if looked_at else None,
        crumbs=crumbs(study_id, study.state.plan.title if study else ""),
    )


@blueprint.post("/look")
def look() -> str | tuple[str, int]:
    """What a file says, as a part of the page: nothing of it is kept."""
    try:
        found = looked(said_of(request.form, request.files.get("file"), scheme_of()))
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return render_template("taking_in/look.html", look=None, refused=error, hint=hint_of(error)), error.http_status
    return render_template("taking_in/look.html", look=look_of(found), refused=found.refused, hint=_hint(found))


@blueprint.post("")
def take_in() -> str | AnyResponse | tuple[str, int]:
    """Put what was looked at with its films."""
    study_id = request.form.get("study", "")
    found: Looked | None = None
    try:
        found = looked(said_of(request.form, request.files.get("file"), scheme_of()))
        if request.form.get("sha256") != found.said.sha256:
            raise VfeedError(
                "invalid_input", _("The file is not the one that was looked at."), hint=_("Look at it once more.")
            )
        count = keep(found)
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return shown_page(study_id, found, error), error.http_status
    flash(ngettext("%(num)s coding is taken in.", "%(num)s codings are taken in.", count))
    return redirect(url_for("taking_in.page", study=study_id or None) + "#kept")


@blueprint.post("/<clip_id>/undo")
def undo(clip_id: str) -> AnyResponse:
    """Take back the last step with a film's codings."""
    services().taking_in.take_back(person(), clip_id)
    return _back(_("It is taken back."))


@blueprint.post("/<clip_id>/redo")
def redo(clip_id: str) -> AnyResponse:
    """Do again what was taken back."""
    services().taking_in.take_back(person(), clip_id, redo=True)
    return _back(_("It is done again."))


@blueprint.post("/<clip_id>/<coding_id>/remove")
def remove(clip_id: str, coding_id: str) -> AnyResponse:
    """Take a coding out."""
    services().taking_in.remove(person(), clip_id, coding_id)
    return _back(_("The coding is taken out. You can take that back."))


def _back(words: str) -> AnyResponse:
    flash(words)
    return redirect(url_for("taking_in.page", study=request.form.get("study") or None) + "#kept")


def scheme_of() -> Scheme | None:
    """The scheme that words are put into: the study's, or the one that was chosen; None to leave them as they are."""
    if study_id := request.form.get("study", ""):
        return services().studies.read(person(), study_id).state.plan.scheme
    chosen = request.form.get("scheme", "")
    return services().studies.scheme(chosen) if chosen else None


def _hint(found: Looked) -> str:
    return hint_of(found.refused) if found.refused else ""


def look_of(found: Looked) -> dict[str, Any]:
    """What the page shows of a file."""
    said, read, taking = found.said, found.found, found.taking
    films = services().taking_in.films(person(), said.study_id)
    names = {film.clip_id: film.name for film in films}
    return {
        "sha256": said.sha256,
        "tool": read.tool if read else "",
        "codings": _codings_words(found),
        "rows": found.rows,
        "roles": found.roles,
        "role_words": [(role, _(words)) for role, words in ROLE_WORDS.items()],
        "unit": found.unit,
        "films": found.films,
        "known_films": [(film.clip_id, film.name, clock(film.length_us)) for film in films],
        "words": [
            {"key": used.word.key, "word": used.word, "marks": used.marks, "place": place, "why": why}
            for used, place, why in found.words
        ],
        "open_films": found.open_films,
        "open_words": found.open_words,
        "places": offered_places(said.scheme) if said.scheme else [],
        "ready": taking is not None,
        "takings": [
            {
                "clip_id": clip_id,
                "film": names.get(clip_id, ""),
                "film_url": url_for("media.blob", clip_id=clip_id, role="proxy"),
                "coder": coding.coder,
                "marks": marks_of(coding),
                "count": len(coding.marks),
                "window": [(clock(each.start_us), clock(each.end_us)) for each in Timeline(coding.stretches)],
            }
            for clip_id, coding in (taking.codings if taking else ())
        ],
        "losses": loss_rows(taking.losses if taking else read.losses if read else ()),
    }


def _codings_words(found: Looked) -> list[dict[str, Any]]:
    """What a file says, before anything is made of it: whose, of which film, how many marks, from when to when."""
    if found.found is None:
        return []
    return [
        {
            "clip": coding.clip,
            "coder": coding.coder,
            "marks": len(coding.marks),
            "start": clock(coding.marks[0].start_us) if coding.marks else "",
            "end": clock(max(mark.end_us for mark in coding.marks)) if coding.marks else "",
            "tiers": sorted({" · ".join(part for part in (mark.who, mark.lane) if part) for mark in coding.marks}),
            "codes": sorted({mark.code for mark in coding.marks}),
        }
        for coding in found.found.codings
    ]


def film_of(film: KeptFilm) -> dict[str, Any]:
    """A film with what was taken in for it."""
    return {
        "clip_id": film.clip_id,
        "name": film.film,
        "can_undo": film.can_undo,
        "can_redo": film.can_redo,
        "codings": [
            {
                "id": each.coding.coding_id,
                "coder": each.coding.coder,
                "marks": len(each.coding.marks),
                "tool": each.coding.told.get("import_tool", ""),
                "sha256": each.coding.told.get("import_sha256", ""),
                "scheme": each.coding.told.get("scheme_id", ""),
                "blind": each.coding.blind,
                "at": moment(each.at) if each.at else "",
                "by": each.by,
                "losses": loss_rows(each.coding.losses),
            }
            for each in film.kept
        ],
    }


def crumbs(study_id: str, title: str) -> list[tuple[str, str]]:
    """The way back."""
    studies = [(_("Studies"), url_for("studies.index"))]
    return [*studies, (title, url_for("studies.study", study_id=study_id))] if study_id else studies
