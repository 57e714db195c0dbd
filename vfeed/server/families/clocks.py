"""How long a family's things are kept, as its page says it."""

from __future__ import annotations

from datetime import date
from typing import Any

from vfeed.practice import retention as rules
from vfeed.server.families.forms import ClockForm
from vfeed.server.web.context import day, services
from vfeed.server.web.i18n import gettext as _
from vfeed.server.web.i18n import ngettext


def clock_of(family_id: str) -> dict[str, Any]:
    """What the family's page shows of its clock."""
    (clock, months), today = services().families.clock(family_id), date.today()
    return {
        "words": clock_words(clock, months, today),
        "is_near": is_near(clock, months, today),
        "hold_reason": clock.hold_reason,
        "form": ClockForm(formdata=None, ended_on=clock.ended_on, keep_until=clock.keep_until),
    }


def is_near(clock: rules.Clock, months: int, today: date) -> bool:
    """Whether the family is erased within the time in which pages say so."""
    erased = rules.erased_on(clock, months, today)
    return erased is not None and erased - today <= rules.SHOWN


def clock_words(clock: rules.Clock, months: int, today: date) -> str:
    """How the clock stands, in a sentence."""
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
