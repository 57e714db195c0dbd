"""What was typed of a family is corrected: its code name, a person, a visit; what was added by mistake goes again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import Conflict, InvalidInput, VfeedError
from vfeed.server.families.forms import FamilyForm, PersonForm, VisitForm
from vfeed.server.web.context import person, services
from vfeed.server.web.forms import Form
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import looked_up
from vfeed.server.web.wording import flash_remarks
from vfeed.services.rows import Family

blueprint = Blueprint("correcting", __name__, url_prefix="/families/<family_id>")
Answer = AnyResponse | tuple[str, int]


@blueprint.route("/name", methods=["GET", "POST"])
def name(family_id: str) -> Answer:
    """Correct a family's code name."""
    family = services().families.one(person(), family_id)
    form = FamilyForm(data={"code_name": family.code_name})
    if form.validate_on_submit():
        try:
            services().families.rename(person(), family_id, form.code_name.data or "")
        except Conflict as error:
            form.code_name.errors = [looked_up(error.message)]
        else:
            return _corrected(family_id)
    return _page(family, form, _("Correct the code name"))


@blueprint.route("/people/<person_id>", methods=["GET", "POST"])
def participant(family_id: str, person_id: str) -> Answer:
    """Correct what was typed of a person."""
    family = services().families.one(person(), family_id)
    found = services().families.person_of(person(), family_id, person_id)
    form = PersonForm(obj=found)
    if form.validate_on_submit():
        label, month, relation = form.label.data or "", form.birth_month.data, form.relation.data
        services().families.correct_person(person(), family_id, person_id, label, month or None, relation or None)
        return _corrected(family_id)
    left_out = "relation" if found.kind == "child" else "birth_month"
    remove = url_for("correcting.remove_participant", family_id=family_id, person_id=person_id)
    hint = _("Films then open without their consent. Whoever agreed to anything, or said no, stays.")
    word = _("%(person)s is neither seen nor heard in any film of this family.", person=found.label)
    return _page(family, form, _("Correct: %(what)s", what=found.label), remove, hint, left_out, word)


@blueprint.post("/people/<person_id>/remove")
def remove_participant(family_id: str, person_id: str) -> AnyResponse:
    """Take out somebody who was added by mistake."""
    found = services().families.person_of(person(), family_id, person_id)
    try:
        said = bool(request.form.get("in_no_film"))
        services().families.remove_person(person(), family_id, person_id, in_no_film=said)
    except (Conflict, InvalidInput) as refused:
        return _refused(refused, url_for("correcting.participant", family_id=family_id, person_id=person_id))
    flash(_("%(what)s was removed.", what=found.label))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.route("/visits/<visit_id>", methods=["GET", "POST"])
def visit(family_id: str, visit_id: str) -> Answer:
    """Correct what was typed of a visit."""
    family = services().families.one(person(), family_id)
    found = services().families.visit_to_correct(person(), family_id, visit_id)
    form = VisitForm(data={"day": found.date, "title": found.title, "helping_question": found.helping_question})
    if form.validate_on_submit() and form.day.data is not None:
        title, question = form.title.data or "", form.helping_question.data or ""
        services().families.correct_visit(person(), family_id, visit_id, form.day.data, title, question)
        flash_remarks(question)
        return _corrected(family_id)
    remove = url_for("correcting.remove_visit", family_id=family_id, visit_id=visit_id)
    hint = _("Only a visit without films, shared reviews and forms.")
    return _page(family, form, _("Correct: %(what)s", what=found.title), remove, hint)


@blueprint.post("/visits/<visit_id>/remove")
def remove_visit(family_id: str, visit_id: str) -> AnyResponse:
    """Take out a visit that was added by mistake."""
    found = services().families.visit_to_correct(person(), family_id, visit_id)
    try:
        services().families.remove_visit(person(), family_id, visit_id)
    except Conflict as refused:
        return _refused(refused, url_for("correcting.visit", family_id=family_id, visit_id=visit_id))
    flash(_("%(what)s was removed.", what=found.title))
    return redirect(url_for("families.family", family_id=family_id))


def _page(
    family: Family, form: Form, title: str, remove: str = "", hint: str = "", left_out: str = "", word: str = ""
) -> Answer:
    fields = [each for each in form if each.name not in ("csrf_token", left_out)]
    crumbs = [
        (_("Families"), url_for("families.index")),
        (family.code_name, url_for("families.family", family_id=family.id)),
    ]
    words = {"title": title, "hint": hint, "word": word}
    page = render_template(
        "families/correct.html", fields=fields, remove=remove, crumbs=crumbs, back=crumbs[1][1], **words
    )
    return page, 422 if request.method == "POST" else 200


def _corrected(family_id: str) -> AnyResponse:
    flash(_("Corrected."))
    return redirect(url_for("families.family", family_id=family_id))


def _refused(refused: VfeedError, back: str) -> AnyResponse:
    flash(f"{looked_up(refused.message)} {looked_up(refused.hint)}", "error")
    return redirect(back)
