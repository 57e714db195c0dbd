"""Erasing a whole family, in a step of its own that says what goes, and the certificate that is left."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask_login import current_user
from flask_security import verify_password

from vfeed.server.families.forms import EraseFamilyForm
from vfeed.server.web import signin
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext
from vfeed.server.web.signin import TRIES_A_NAME, limiter
from vfeed.services.erasing import ToErase
from vfeed.services.rows import Family

blueprint = Blueprint("erasing", __name__)


@blueprint.route("/families/<family_id>/erase", methods=["GET", "POST"])
@limiter.limit(TRIES_A_NAME, key_func=signin.name_and_address, methods=["POST"], deduct_when=signin.not_done)
def family(family_id: str) -> str | tuple[str, int]:
    """Say what is erased; erase once that was read, the code name typed and the password given."""
    wanted = services().erasing.read(person(), family_id)
    found = wanted.family
    form = EraseFamilyForm()
    if form.validate_on_submit() and fits(form, found):
        certificate = services().erasing.family(person(), family_id)
        return render_template(
            "families/erased.html", certificate=certificate, code_name=found.code_name, crumbs=crumbs()
        )
    page = render_template(
        "families/erase.html",
        form=form,
        family=found,
        erased=what_is_erased(wanted),
        back=url_for("families.family", family_id=family_id),
        crumbs=[*crumbs(), (found.code_name, url_for("families.family", family_id=family_id))],
    )
    return (page, 422) if request.method == "POST" else page


def fits(form: EraseFamilyForm, found: Family) -> bool:
    """Whether the family was named and the password is the worker's own."""
    if (form.code_name.data or "") != found.code_name:
        form.code_name.errors = [_("That is not the code name of this family.")]
        return False
    if not verify_password(form.password.data or "", current_user.password):
        form.password.errors = [_("That is not the password you signed in with.")]
        return False
    return True


def what_is_erased(wanted: ToErase) -> list[str]:
    """In words, what is gone afterwards."""
    return [
        ngettext(
            "%(num)s film with all that was made from it",
            "%(num)s films with all that was made from them",
            wanted.films,
        ),
        ngettext("%(num)s person with their consents", "%(num)s people with their consents", wanted.people),
        ngettext(
            "%(num)s visit with its helping question", "%(num)s visits with their helping questions", wanted.visits
        ),
        _("every note, every word of the parent, every record, form, measure and link to take home"),
        _("the code name"),
    ]


def crumbs() -> list[tuple[str, str]]:
    """The way back to the list."""
    return [(_("Families"), url_for("families.index"))]
