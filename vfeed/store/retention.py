"""The retention clock of each family, and the job that erases what has run out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError, within
from vfeed.errors import marked as _
from vfeed.practice import retention as rules
from vfeed.practice.retention import Clock
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.erasure import Certificate, Erasure
from vfeed.store.families import SYSTEM
from vfeed.store.family_reads import clock_in
from vfeed.store.tables import Family, FamilyClock

LEAST_REASON = 10
MOST_REASON = 500


class Retention:
    """Sets clocks, holds them, and erases by them."""

    def __init__(self, database: Database, erasure: Erasure, audit: AuditTrail, months: int) -> None:
        self._database = database
        self._erasure = erasure
        self._audit = audit
        self.months = months

    def clock(self, family_id: str) -> Clock:
        """How a family's clock stands."""
        with self._database.read() as session:
            return clock_in(session.get(FamilyClock, family_id))

    def set(self, family_id: str, ended_on: date | None, keep_until: date | None, actor: str, today: date) -> None:
        """Say when the work ended (None: it goes on) and until when it is kept as a record.

        Raises VfeedError `not_found`, `invalid_input` for a day that does not fit.
        """
        if ended_on is not None and ended_on > today:
            raise VfeedError("invalid_input", _("The work has not ended yet."), hint=_("Enter a day that has been."))
        if keep_until is not None and ended_on is None:
            raise VfeedError("invalid_input", _("A record begins when the work ends."), hint=_("Enter that day, too."))

        def change(row: FamilyClock) -> None:
            row.ended_on, row.keep_until, row.announced_on = ended_on, keep_until, None

        detail = {"ended": _text(ended_on), "until": _text(keep_until)}
        self._change(family_id, actor, "family.clock_set", detail, change)

    def hold(self, family_id: str, reason: str, actor: str) -> None:
        """Keep a family whatever its clock says, with a reason that is shown on its page.

        Raises VfeedError `not_found`, `invalid_input` for no real reason or a too long one.
        """
        said = within(reason, MOST_REASON)
        if len(said) < LEAST_REASON:
            raise VfeedError("invalid_input", _("Say in a few words why."), hint=_("It is shown on the family’s page."))

        def change(row: FamilyClock) -> None:
            row.hold_reason, row.held_by, row.announced_on = said, actor, None

        # The reason may name people: it is kept with the family, and goes with it.
        self._change(family_id, actor, "family.held", {}, change)

    def release(self, family_id: str, actor: str) -> None:
        """End the hold; the time of notice begins anew. Raises VfeedError `not_found`."""

        def change(row: FamilyClock) -> None:
            row.hold_reason, row.held_by, row.announced_on = "", "", None

        self._change(family_id, actor, "family.hold_ended", {}, change)

    def erased_soon(self, family_ids: Collection[str], today: date) -> dict[str, date]:
        """The day on which each of these families will be erased, where that day is near (`rules.SHOWN`)."""
        near = today + rules.SHOWN
        ended = select(FamilyClock).where(FamilyClock.ended_on.is_not(None), FamilyClock.family_id.in_(family_ids))
        with self._database.read() as session:
            days = {row.family_id: rules.erased_on(clock_in(row), self.months, today) for row in session.scalars(ended)}
        return {family_id: day for family_id, day in days.items() if day is not None and day <= near}

    def run(self, today: date) -> Sequence[Certificate]:
        """Announce what will be erased, and erase what was announced and has run out; what is held stays."""
        with self._database.write() as session:
            for row in session.scalars(select(FamilyClock).where(FamilyClock.ended_on.is_not(None))):
                if rules.is_to_be_announced(clock_in(row), self.months, today):
                    row.announced_on = today
                    self._audit.append(session, SYSTEM, "family.erasure_announced", row.family_id)
        with self._database.read() as session:
            due = [row.family_id for row in session.scalars(select(FamilyClock)) if self._is_due(row, today)]
        erased = (self._erase(family_id, today) for family_id in due)
        return [certificate for certificate in erased if certificate is not None]

    def _erase(self, family_id: str, today: date) -> Certificate | None:
        def still(session: Session) -> bool:
            # Asked in the transaction that erases: a hold of the last moment counts.
            return self._is_due(session.get(FamilyClock, family_id), today)

        return self._erasure.family_if(family_id, SYSTEM, still)

    def _is_due(self, row: FamilyClock | None, today: date) -> bool:
        return bool(rules.decide(clock_in(row), self.months, today))

    def _change(
        self,
        family_id: str,
        actor: str,
        action: str,
        detail: dict[str, str],
        change: Callable[[FamilyClock], None],
    ) -> None:
        with self._database.write() as session:
            if session.get(Family, family_id) is None:
                raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))
            row = session.get(FamilyClock, family_id)
            if row is None:
                row = FamilyClock(family_id=family_id)
                session.add(row)
            change(row)
            self._audit.append(session, actor, action, family_id, detail)


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""
