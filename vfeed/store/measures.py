"""A family's measures in the database: a journal of what was named and entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, parse
from vfeed.practice.measures import STEP_TYPES, MeasuresState, check, fold
from vfeed.store import journal
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.tables import Family, MeasureStep


class Measures:
    """Adds steps and tells what holds now."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def state(self, family_id: str) -> MeasuresState:
        """What holds now."""
        with self._database.read() as session:
            return _state(session, family_id)

    def append(self, family_id: str, actor: str, type: str, payload: Mapping[str, Any]) -> MeasuresState:
        """Add one step and return what holds then; raises VfeedError `invalid_input`, `not_found`, `conflict`.

        The audit trail says that a step was done, never the number.
        """
        step = parse(type, payload, STEP_TYPES)
        try:
            with self._database.write() as session:
                if session.get(Family, family_id, with_for_update=True) is None:
                    raise VfeedError("not_found", "There is no such family.", hint="Go back to the list of families.")
                state = _state(session, family_id)
                check(step, state, date.today())
                event = Event(state.last_event_id + 1, type, step)
                journal.add(session, MeasureStep, family_id, actor, event)
                self._audit.append(session, actor, f"measure.{type}", family_id, {"event": event.id})
                return _state(session, family_id)
        except IntegrityError as error:
            raise journal.overtaken() from error

    def take_back(self, family_id: str, actor: str, *, redo: bool = False) -> MeasuresState:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` when there is none."""
        steps = self.state(family_id).offered
        step = steps.redo if redo else steps.undo
        if step is None:
            raise journal.nothing_left(redo=redo)
        return self.append(family_id, actor, "undone", {"event_id": step.event_id})


def _state(session: Session, family_id: str) -> MeasuresState:
    return fold(journal.parsed(journal.rows(session, MeasureStep, family_id), STEP_TYPES))
