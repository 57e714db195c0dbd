"""Families: the list, a new one, and a family's page with its people, consents, visits, films and story."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import Conflict, InvalidInput, NotFound
from vfeed.practice.roles import ASKED_DAYS
from vfeed.server.families.forms import AskForm, FamilyForm, ParticipantForm, VisitForm
from vfeed.server.families.present import crumbs, family_page
from vfeed.server.families.today import SHOWN_TASKS, family_row, ordered, task_line
from vfeed.server.web import access
from vfeed.server.web.authorization import can
from vfeed.server.web.context import actor, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.wording import flash_remarks

blueprint = Blueprint("families", __name__, url_prefix="/families")


@blueprint.get("")
def index() -> str:
    """What there is to do, and every family that is open to this person."""
    sort = request.args.get("sort", "name")
    lines, tasks = services().today.page(actor(), date.today())
    return render_template(
        "families/index.html",
        tasks=[task_line(task, date.today()) for task in tasks] if can("reels.new") else [],
        shown=SHOWN_TASKS,
        families=[family_row(line, date.today()) for line in ordered(lines, sort)],
        total=len(lines),
        sort=sort,
        columns=[
            ("name", _("Family")),
            ("", _("Child")),
            ("visit", _("Last visit")),
            ("review", _("Next shared review")),
            ("", _("Films")),
        ],
        sample_url=sample_url(len(lines)),
    )


def sample_url(families: int) -> str:
    """The sample film, for somebody who has nothing but that to look at yet; else empty."""
    sample = services().samples.first() if families == 1 and can("review_api.append") else None
    return url_for("clips.clip", clip_id=sample.id) if sample and access.decide(sample.id) else ""


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> str | AnyResponse:
    """Add a family."""
    form = FamilyForm()
    if form.validate_on_submit():
        try:
            family = services().families.create(person(), form.code_name.data or "")
        except Conflict as error:
            form.code_name.errors = [looked_up(error.message)]
        else:
            return redirect(url_for("families.family", family_id=family.id))
    return render_template("families/new.html", form=form, crumbs=crumbs())


@blueprint.route("/ask", methods=["GET", "POST"])
def ask() -> str | AnyResponse | tuple[str, int]:
    """Open another worker's family for a week, with a reason that they are shown."""
    form = AskForm()
    if form.validate_on_submit():
        try:
            found = services().families.ask(person(), form.code_name.data or "", form.reason.data or "")
        except NotFound as error:
            form.code_name.errors = [looked_up(error.message)]
        except InvalidInput as error:
            form.reason.errors = [looked_up(error.message)]
        else:
            return redirect(url_for("families.family", family_id=found.id))
    page = render_template("families/ask.html", form=form, days=ASKED_DAYS, crumbs=crumbs())
    return (page, 422) if form.errors else page


@blueprint.post("/<family_id>/workers")
def add_worker(family_id: str) -> AnyResponse | tuple[str, int]:
    """Let a colleague work with this family."""
    family = services().families.one(person(), family_id)
    try:
        services().families.add_worker(person(), family_id, request.form.get("name", ""))
    except NotFound as refused:
        flash(f"{looked_up(refused.message)} {looked_up(refused.hint)}", "error")
        return family_page(family), refused.http_status
    flash(_("From now on %(name)s works with this family, too.", name=request.form.get("name", "")))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.post("/<family_id>/workers/<name>/remove")
def remove_worker(family_id: str, name: str) -> AnyResponse:
    """Let a colleague open this family no longer."""
    services().families.remove_worker(person(), family_id, name)
    flash(_("%(name)s no longer opens this family.", name=name))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.get("/<family_id>")
def family(family_id: str) -> str:
    """A family's page; `consent` in the address names a use whose boxes are ticked, `back` where to go afterwards."""
    return family_page(services().families.one(person(), family_id))


@blueprint.post("/<family_id>/people")
def add_participant(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Add a person to a family."""
    found = services().families.one(person(), family_id)
    form = ParticipantForm()
    if not form.validate_on_submit():
        return family_page(found, participant_form=form, opened="person"), 422
    label = form.label.data or ""
    if form.kind.data == "child":
        services().families.add_child(person(), family_id, label, form.birth_month.data or None)
    else:
        services().families.add_adult(person(), family_id, label, form.relation.data or None)
    flash(_("%(person)s was added.", person=form.label.data))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.post("/<family_id>/visits")
def add_visit(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Add a visit to a family."""
    found = services().families.one(person(), family_id)
    form = VisitForm()
    if not form.validate_on_submit() or form.day.data is None:
        return family_page(found, visit_form=form, opened="visit"), 422
    title, question = form.title.data or "", form.helping_question.data or ""
    services().families.add_visit(person(), family_id, form.day.data, title, question)
    flash(_("The visit was added. Films of that day go in here."))
    flash_remarks(question)
    return redirect(url_for("families.family", family_id=family_id))
