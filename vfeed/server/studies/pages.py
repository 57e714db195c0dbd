"""Studies: laid down, given out to coders, watched over, closed; and how far the coders agree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, cast, get_args

from flask import Blueprint, flash, redirect, render_template, request, url_for
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields.choices import SelectChoice

from vfeed.errors import NotFound, VfeedError
from vfeed.practice.retention import SHOWN
from vfeed.research.scheme import LOOKING
from vfeed.research.study import MINUTE_US, KeepingLaid, Phase, Plan
from vfeed.server.studies.forms import StudyForm
from vfeed.server.studies.present import files_part, pair_parts, plan_rows, together_rows
from vfeed.server.web import job_view
from vfeed.server.web.context import day, length, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.server.web.step_words import later
from vfeed.services.gammas import JOB
from vfeed.services.studies import StudyRead
from vfeed.services.study_keeping import FilmsPlan, Stays
from vfeed.timeline.clock import clock

blueprint = Blueprint("studies", __name__, url_prefix="/studies")
DAYS = ("key_until", "tables_until", "films_until")

PHASE_WORDS: Mapping[Phase, str] = {
    "training": later("Training"),
    "test": later("Reliability test"),
    "main": later("Main coding"),
    "recalibration": later("Recalibration"),
}
STAYS: Mapping[Stays, str] = {
    Stays.HELD: later("the family is held"),
    Stays.RECORD: later("it is kept as a record"),
    Stays.WORK: later("the work with its family goes on"),
    Stays.STUDY: later("another study still needs it"),
}
MS = 1000


@blueprint.get("")
def index() -> str:
    """Every study, and the way to a new one."""
    waiting = services().coder_concerns.waiting(person())
    rows = [
        {
            "title": state.plan.title,
            "url": url_for("studies.study", study_id=row.id),
            "begun": day(row.created_at.date()),
            "scheme": state.plan.scheme.title,
            "state": _("coding is closed") if state.closed else _("open"),
            "films_go_on": going_soon(state.films_go_on(date.today())),
            "worries": waiting.get(row.id, 0),
        }
        for row, state in services().studies.all(person())
    ]
    return render_template("studies/index.html", studies=rows, films=len(services().studies.films(person())))


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse | tuple[str, int]:
    """Lay down a study."""
    form = study_form()
    refused: VfeedError | None = None
    if form.validate_on_submit():
        try:
            made = services().studies.begin(person(), plan_from(form), form.films.data or [])
        except VfeedError as error:
            if error.http_status >= 500:
                raise
            refused = error
        else:
            flash(_("The study is laid down. Now give its films to coders."))
            return redirect(url_for("studies.study", study_id=made.id))
    films = {film.clip_id: film for film in services().studies.films(person())}
    page = render_template(
        "studies/new.html",
        form=form,
        refused=refused,
        films=[(option, films[option.data]) for option in form.films],
        length=length,
        crumbs=crumbs(),
    )
    return (page, 422) if form.errors or refused else page


@blueprint.get("/<study_id>")
def study(study_id: str) -> str:
    """A study: how far it is, and what comes next."""
    found = services().studies.read(person(), study_id)
    return study_page(found)


def study_page(found: StudyRead, refused: VfeedError | None = None) -> str:
    """The page, with what was refused."""
    state = found.state
    return render_template(
        "studies/study.html",
        title=state.plan.title,
        refused=refused,
        plan=state.plan,
        plan_rows=plan_rows(state.plan),
        study_id=found.row.id,
        closed=state.closed,
        machine=state.plan.scheme.id == LOOKING.id,
        films=len(found.clips),
        left=len(found.not_given),
        withdrawn=found.withdrawn,
        erased=found.erased,
        closed_off=found.closed_off,
        progress=found.progress,
        given=len(found.codings),
        handed_in=sum(coding.handed_in_at is not None for coding in found.codings),
        not_blind=sum(not coding.blind for coding in found.codings),
        rounds=[
            {
                "phase": _(PHASE_WORDS[each.phase]),
                "words": ngettext("%(num)s coding", "%(num)s codings", each.codings),
                "coders": ", ".join(each.coders),
                "seed": each.seed,
                "algorithm": each.algorithm,
            }
            for each in state.rounds
        ],
        worries=worries_of(found.row.id),
        waiting=services().coder_concerns.waiting(person()).get(found.row.id, 0),
        lead=services().coder_concerns.lead_of(found.row.id),
        keeping=state.keeping,
        films_plan=films_plan(services().study_keeping.films(person(), found.row.id, date.today())),
        held=state.held,
        key_destroyed=state.key_destroyed,
        left_tables=sorted(services().study_keeping.left(person(), found.row.id)) if state.key_destroyed else [],
        phases=[(name, _(words)) for name, words in PHASE_WORDS.items()],
        coders=services().studies.coders(),
        crumbs=crumbs(),
    )


def going_soon(on: date | None) -> str:
    """The day on which films are destroyed, where it is near."""
    return day(on) if on is not None and on <= date.today() + SHOWN else ""


def films_plan(plan: FilmsPlan) -> dict[str, Any] | None:
    """What becomes of the films on their day, in words; None where they have none."""
    if plan.on is None:
        return None
    stay = [
        ngettext("%(num)s film stays: %(why)s.", "%(num)s films stay: %(why)s.", many, why=_(STAYS[why]))
        for why, many in plan.stay.items()
    ]
    return {"on": day(plan.on), "near": bool(going_soon(plan.on)), "go": plan.go, "stay": stay}


def worries_of(study_id: str) -> list[dict[str, Any]] | None:
    """What worries coders, for whoever leads the study; None for anybody else."""
    found = services().coder_concerns.of_study(person(), study_id)
    if found is None:
        return None
    return [
        {
            "id": each.row.id,
            "film": each.film,
            "coder": each.row.coder,
            "day": day(each.row.made_at.date()),
            "words": each.row.words,
            "seen": each.row.seen_by if each.row.seen_at else "",
        }
        for each in found
    ]


@blueprint.post("/<study_id>/assign")
def assign(study_id: str) -> str | AnyResponse | tuple[str, int]:
    """Give films to coders."""
    sent = request.form
    phase = sent.get("phase", "main")
    try:
        if phase not in get_args(Phase):
            raise VfeedError("invalid_input", _("There is no such phase."), hint=_("Choose one from the list."))
        count = services().studies.assign(
            person(),
            study_id,
            cast(Phase, phase),
            sent.getlist("coders"),
            everyone=sent.get("everyone") == "yes",
            clips=sent.get("clips", type=int),
            agreed=services().consensus.finished(study_id),
        )
    except NotFound:
        raise
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return study_page(services().studies.read(person(), study_id), error), error.http_status
    flash(ngettext("%(num)s film was given out.", "%(num)s codings were given out.", count))
    return redirect(url_for("studies.study", study_id=study_id))


@blueprint.post("/<study_id>/pause")
def pause(study_id: str) -> AnyResponse:
    """Let a coder wait, or go on."""
    coder = request.form.get("coder", "")
    if request.form.get("on") == "no":
        services().studies.take_up(person(), study_id, coder)
        flash(_("%(name)s goes on.", name=coder))
    else:
        services().studies.pause(person(), study_id, coder, request.form.get("why", ""))
        flash(_("%(name)s gets no further film for now.", name=coder))
    return redirect(url_for("studies.study", study_id=study_id))


@blueprint.post("/<study_id>/close")
def close(study_id: str) -> AnyResponse:
    """End blind coding, for good."""
    services().studies.close(person(), study_id)
    flash(_("Coding is closed."))
    return redirect(url_for("studies.study", study_id=study_id))


@blueprint.post("/<study_id>/worries/<worry_id>/seen")
def worry_seen(study_id: str, worry_id: str) -> AnyResponse:
    """Say that a worry was read."""
    services().coder_concerns.seen(person(), study_id, worry_id)
    return redirect(url_for("studies.study", study_id=study_id))


@blueprint.post("/<study_id>/keeping")
def keeping(study_id: str) -> str | AnyResponse | tuple[str, int]:
    """Say how long the study is kept, hold it, or end the hold."""
    sent, desk = request.form, services().study_keeping
    try:
        if "release" in sent:
            desk.release(person(), study_id)
        elif "reason" in sent:
            desk.hold(person(), study_id, sent["reason"])
        else:
            seen = {name: _day(sent[f"seen_{name}"]) for name in DAYS if f"seen_{name}" in sent}
            key_until, tables_until, films_until = (_day(sent.get(name, "")) for name in DAYS)
            before = KeepingLaid(**seen) if seen else None
            desk.lay(person(), study_id, key_until, tables_until, films_until, before)
    except NotFound:
        raise
    except VfeedError as error:
        if error.http_status >= 500:
            raise
        return study_page(services().studies.read(person(), study_id), error), error.http_status
    flash(_("Kept."))
    return redirect(url_for("studies.study", study_id=study_id))


@blueprint.post("/<study_id>/destroy-key")
def destroy_key(study_id: str) -> AnyResponse:
    """Destroy what leads from the study's names to films, for good."""
    services().study_keeping.destroy_key(person(), study_id)
    flash(_("The key is destroyed. The tables are what is left of the study."))
    return redirect(url_for("studies.study", study_id=study_id))


def _day(text: str) -> date | None:
    """A day of a form, None for none; raises VfeedError `invalid_input`."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise VfeedError("invalid_input", _("This is no day."), hint=_("Choose one.")) from error


@blueprint.get("/<study_id>/agreement")
def agreement(study_id: str) -> str:
    """How far the coders agree."""
    found = services().agreements.read(person(), study_id)
    return render_template(
        "studies/agreement.html",
        study_id=study_id,
        plan=found.plan,
        gamma=gamma_state(study_id),
        parts=pair_parts(found.pairs, found.plan),
        together=together_rows(found),
        again=pair_parts(found.again, found.plan),
        known=pair_parts(services().reference_codings.read(person(), study_id), found.plan),
        files=files_part(services().imported_codings.read(person(), study_id), found.plan),
        alone=found.alone,
        not_blind=found.not_blind,
        clock=clock,
        crumbs=[*crumbs(), (found.plan.title, url_for("studies.study", study_id=study_id))],
    )


@blueprint.post("/<study_id>/gamma")
def work_out_gamma(study_id: str) -> AnyResponse:
    """Have gamma worked out in the background, film by film; what is known already is kept."""
    for clip_id in services().gammas.missing(person(), study_id):
        job_view.enqueue(JOB, clip_id, {"study_id": study_id})
    return redirect(url_for("studies.agreement", study_id=study_id) + "#gamma")


@blueprint.post("/<study_id>/gamma/stop")
def stop_gamma(study_id: str) -> AnyResponse:
    """Stop what is under way; the films that are done stay."""
    for job_id in services().gammas.under_way(person(), study_id):
        job_view.queue().cancel(job_id, person().name)
    return redirect(url_for("studies.agreement", study_id=study_id) + "#gamma")


@blueprint.get("/<study_id>/gamma")
def gamma(study_id: str) -> str:
    """How far gamma is, as a part of the page that asks again and again."""
    return render_template("studies/gamma.html", gamma=gamma_state(study_id), study_id=study_id)


def gamma_state(study_id: str) -> dict[str, Any]:
    """How far gamma is."""
    standing = services().gammas.standing(person(), study_id)
    return {
        "films": standing.films,
        "done": standing.done,
        "under_way": standing.under_way,
        "failed": standing.failed,
        "share": round(100 * standing.progress),
        "whole": standing.whole,
    }


def study_form() -> StudyForm:
    """The form with what can be chosen."""
    films = services().studies.films(person())
    form = StudyForm(films=[film.clip_id for film in films])
    form.scheme.choices = [SelectChoice(each.id, each.title) for each in services().studies.schemes().values()]
    form.films.choices = [SelectChoice(film.clip_id, film.name) for film in films]
    return form


def plan_from(form: StudyForm) -> Plan:
    """What the form lays down; raises VfeedError `invalid_input` for what does not fit."""
    leeways = {0, *(round(float(each) * 1_000_000) for each in form.leeways.data.replace(",", " ").split())}
    laid: dict[str, Any] = {
        "title": form.name.data,
        "question": form.question.data or "",
        "scheme": services().studies.scheme(form.scheme.data),
        "window": form.window.data,
        "window_us": round(float(form.minutes.data) * MINUTE_US),
        "unit_us": form.unit_ms.data * MS,
        "tolerances_us": tuple(sorted(leeways)),
        "least_kappa": float(form.least_kappa.data),
        "second_share": form.second_percent.data / 100,
        "repeat_share": form.repeat_percent.data / 100,
        "gold_share": form.gold_percent.data / 100,
    }
    try:
        return Plan.model_validate(laid)
    except ValidationError as error:
        what = error.errors()[0]["msg"]
        raise VfeedError(
            "invalid_input", _("Something does not fit: %(what)s.", what=what), hint=_("Correct it.")
        ) from error


def crumbs() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Studies"), url_for("studies.index"))]
