"""Consents: written down for people and uses, and withdrawn in two steps that say what is destroyed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.server.consents.consent_status import use_words
from vfeed.server.consents.forms import ConsentForm, RefusalForm, TickedForm, WithdrawForm
from vfeed.server.consents.table import way_back, with_boxes, with_choices, with_refusals
from vfeed.server.consents.withdrawing import how_far_gone, what_is_destroyed, what_is_silenced, what_stays, what_went
from vfeed.server.families.present import family_page
from vfeed.server.web.context import day, person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.services.consents import Terms

blueprint = Blueprint("consents", __name__)


@blueprint.post("/families/<family_id>/consents")
def give(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Write down a consent for each chosen person and use."""
    family = services().families.one(person(), family_id)
    people = services().families.people(family_id)
    form = with_choices(ConsentForm(), people, services().families.clips(family_id))
    if not form.validate_on_submit() or form.granted_on.data is None:
        return family_page(family, given_form=form, opened="consent"), 422
    pairs = [(person_id, use) for person_id in form.participants.data or [] for use in form.uses.data or []]
    terms = Terms(form.granted_on.data, form.expires_on.data, form.clip_id.data or None, form.note.data or "")
    services().consents.give(person(), family_id, pairs, terms)
    flash(_("The consent is written down."))
    return redirect(url_for("families.family", family_id=family_id))


@blueprint.post("/families/<family_id>/consents/ticked")
def tick(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Write down the consents that were ticked in the table, and go back to where they were missing."""
    family = services().families.one(person(), family_id)
    form = with_boxes(TickedForm(), services().families.people(family_id))
    if not form.validate_on_submit() or form.granted_on.data is None:
        return family_page(family, ticked=form), 422
    keys = [key.partition(" ") for key in form.agreed.data or []]
    terms = Terms(form.granted_on.data, form.expires_on.data, note=form.note.data or "")
    count = services().consents.give(person(), family_id, [(person_id, use) for person_id, _blank, use in keys], terms)
    flash(ngettext("The consent is written down.", "%(num)s consents are written down.", count))
    return redirect(way_back(request.form.get("back", "")) or url_for("families.family", family_id=family_id))


@blueprint.post("/families/<family_id>/consents/refused")
def refuse(family_id: str) -> str | AnyResponse | tuple[str, int]:
    """Write down that somebody said no: it stays, and keeps the films closed."""
    family = services().families.one(person(), family_id)
    form = with_refusals(RefusalForm(), services().families.people(family_id))
    if not form.validate_on_submit() or form.said_on.data is None:
        return family_page(family, refused_form=form), 422
    words = form.participant.data or "", form.use.data or ""
    services().consents.refuse(person(), family_id, *words, form.said_on.data, form.note.data or "")
    flash(_("The “no” is written down."))
    return redirect(url_for("families.family", family_id=family_id, _anchor="consents"))


@blueprint.route("/families/<family_id>/consents/<consent_id>/withdraw", methods=["GET", "POST"])
def withdraw(family_id: str, consent_id: str) -> str | AnyResponse:
    """Say what a withdrawal destroys; withdraw once that was read."""
    found = services().consents.withdrawal(person(), family_id, consent_id)
    family, row = found.family, found.consent
    family_url = url_for("families.family", family_id=family_id)
    form = WithdrawForm()
    if form.validate_on_submit():
        services().consents.withdraw(person(), family_id, consent_id, form.reason.data or "")
        flash(" ".join([_("The consent of %(person)s is withdrawn.", person=found.person.label), *what_went(found)]))
        return redirect(family_url)
    return render_template(
        "consents/withdraw.html",
        form=form,
        person=found.person.label,
        about=_("%(use)s, agreed on %(day)s.", use=use_words(row.use), day=day(row.granted_on)),
        destroyed=what_is_destroyed(found.destroyed) or what_is_silenced(found.recordings),
        gone=how_far_gone(found),
        stays=what_stays(found),
        back=f"{family_url}#consents",
        crumbs=[(_("Families"), url_for("families.index")), (family.code_name, family_url)],
    )
