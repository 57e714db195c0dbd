"""How long a family's things are kept: the day the work ended, a record's day, a hold with its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from vfeed.errors import VfeedError
from vfeed.practice import retention as rules
from vfeed.server.context import actor, day, store
from vfeed.server.forms import ClockForm
from vfeed.server.words import gettext as _
from vfeed.server.words import ngettext

blueprint = Blueprint("clocks", __name__, url_prefix="/families/<family_id>")


@blueprint.post("/clock")
def set_clock(family_id: str) -> AnyResponse:
    """Keep when the work ended and until when it is a record."""
    form = ClockForm()
    if not form.validate_on_submit():
        raise VfeedError("invalid_input", _("That is not a day."), hint=_("Go back and enter it anew."))
    store().retention.set(family_id, form.ended_on.data, form.keep_until.data, actor(), date.today())
    flash(_("How long this family is kept is saved."))
    return back(family_id)


@blueprint.post("/hold")
def hold(family_id: str) -> AnyResponse:
    """Keep the family whatever its clock says."""
    store().retention.hold(family_id, request.form.get("reason", ""), actor())
    flash(_("This family is held: nothing erases it by itself."))
    return back(family_id)


@blueprint.post("/hold/end")
def release(family_id: str) -> AnyResponse:
    """End the hold."""
    store().retention.release(family_id, actor())
    flash(_("The hold has ended."))
    return back(family_id)


def back(family_id: str) -> AnyResponse:
    """The family's page, where its clock stands."""
    return redirect(url_for("families.family", family_id=family_id, _anchor="clock"))


def clock_of(family_id: str) -> dict[str, Any]:
    """What the family's page shows of its clock."""
    clock, today = store().retention.clock(family_id), date.today()
    return {
        "words": clock_words(clock, today),
        "is_near": is_near(clock, today),
        "hold_reason": clock.hold_reason,
        "form": ClockForm(formdata=None, ended_on=clock.ended_on, keep_until=clock.keep_until),
    }


def is_near(clock: rules.Clock, today: date) -> bool:
    """Whether the family is erased within the time in which pages say so."""
    erased = rules.erased_on(clock, store().retention.months, today)
    return erased is not None and erased - today <= rules.SHOWN


def clock_words(clock: rules.Clock, today: date) -> str:
    """How the clock stands, in a sentence."""
    months = store().retention.months
    if clock.hold_reason:
        return _("Held: nothing erases it by itself. “%(reason)s”", reason=clock.hold_reason)
    if clock.ended_on is None:
        if not months:
            return _("Kept until somebody erases it: your service has set no time.")
        words = ngettext("%(num)s month", "%(num)s months", months)
        return _("The work goes on. %(time)s after its end everything is erased by itself.", time=words)
    erased = rules.erased_on(clock, months, today)
    if erased is None:
        return _("Kept until somebody erases it: your service has set no time.")
    left = ngettext("%(num)s day", "%(num)s days", max((erased - today).days, 0))
    return _("Everything of this family is erased by itself on %(day)s, in %(left)s.", day=day(erased), left=left)
