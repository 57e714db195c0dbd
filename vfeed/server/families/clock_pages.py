"""How long a family's things are kept: the day the work ended, a record's day, a hold with its reason."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.server.families.forms import ClockForm
from vfeed.server.web.context import person, services
from vfeed.server.web.i18n import gettext as _

blueprint = Blueprint("clocks", __name__, url_prefix="/families/<family_id>")


@blueprint.post("/clock")
def set_clock(family_id: str) -> AnyResponse:
    """Keep when the work ended and until when it is a record."""
    form = ClockForm()
    if not form.validate_on_submit():
        raise VfeedError("invalid_input", _("That is not a day."), hint=_("Go back and enter it anew."))
    services().families.set_clock(person(), family_id, form.ended_on.data, form.keep_until.data)
    flash(_("How long this family is kept is saved."))
    return back(family_id)


@blueprint.post("/hold")
def hold(family_id: str) -> AnyResponse:
    """Keep the family whatever its clock says."""
    services().families.hold(person(), family_id, request.form.get("reason", ""))
    flash(_("This family is held: nothing erases it by itself."))
    return back(family_id)


@blueprint.post("/hold/end")
def release(family_id: str) -> AnyResponse:
    """End the hold."""
    services().families.release(person(), family_id)
    flash(_("The hold has ended."))
    return back(family_id)


def back(family_id: str) -> AnyResponse:
    """The family's page, where its clock stands."""
    return redirect(url_for("families.family", family_id=family_id, _anchor="clock"))
