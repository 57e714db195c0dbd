"""A family's measures in the database: a journal of what was named and entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.practice.measures import MEASURES, MeasuresState, check
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream, overtaken
from vfeed.store.tables import Family

MEASURES_OF = Stream("measures", MEASURES, Family)
AddedToMeasures = Added[MeasuresState]


class Measures:
    """Adds events and tells what holds now."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def read(self, family_id: str) -> Folded[MeasuresState]:
        """The family's events with the state after them."""
        with self._database.read() as session:
            return self._journals.read(session, MEASURES_OF, family_id)

    def state(self, family_id: str) -> MeasuresState:
        """What holds now."""
        return self.read(family_id).state

    def append(self, family_id: str, actor: str, type: str, payload: Mapping[str, Any]) -> AddedToMeasures:
        """Add one event; raises VfeedError `invalid_input`, `not_found`, `conflict`.

        The audit trail says that a step was done, never the number.
        """
        parsed = MEASURES.parse(type, payload)

        def fits(folded: Folded[MeasuresState]) -> None:
            check(parsed, folded.state, date.today())

        try:
            with self._database.write() as session:
                _refuse_unknown(session, family_id)
                added = self._journals.append(session, MEASURES_OF, family_id, actor, type, parsed, check=fits)
                return self._recorded(session, family_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, family_id: str, actor: str, *, redo: bool = False) -> AddedToMeasures:
        """Take back the last event, or do it again; raises VfeedError `invalid_input` when there is none."""
        try:
            with self._database.write() as session:
                _refuse_unknown(session, family_id)
                added = self._journals.take_back(session, MEASURES_OF, family_id, actor, redo=redo)
                return self._recorded(session, family_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def _recorded(self, session: Session, family_id: str, added: AddedToMeasures) -> AddedToMeasures:
        event = added.event
        self._audit.append(session, event.actor, f"measure.{event.type}", family_id, {"event": event.id})
        return added


def _refuse_unknown(session: Session, family_id: str) -> None:
    if session.get(Family, family_id) is None:
        raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))
