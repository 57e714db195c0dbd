"""Shared reviews: begun once, then a journal of what people wrote about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, parse
from vfeed.practice.journal import Line
from vfeed.practice.sessions import STEP_TYPES, Begun, ReelsSet, SessionState, ShownReel, check, fold, history, part_of
from vfeed.store import journal
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.events import state_in
from vfeed.store.tables import Clip, Family, FeedbackSession, SessionStep, Visit, new_id


class Sessions:
    """Keeps the records of shared reviews."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def begin(
        self, family_id: str, visit_id: str | None, actor: str, *, held_on: date, reels: Sequence[ShownReel] = ()
    ) -> FeedbackSession:
        """A new record, with the visit's helping question; raises VfeedError `not_found`, `invalid_input`."""
        found = FeedbackSession(id=new_id(), family_id=family_id, visit_id=visit_id, created_by=actor)
        with self._database.write() as session:
            question = _question(session, family_id, visit_id)
            _refuse_unknown(session, family_id, reels)
            session.add(found)
            session.flush()
            begun = Begun(held_on=held_on, helping_question=question, reels=tuple(reels))
            journal.add(session, SessionStep, found.id, actor, Event(1, "session_begun", begun))
            self._audit.append(session, actor, "session.begun", family_id, {"session": found.id})
        return found

    def get(self, family_id: str, session_id: str) -> FeedbackSession:
        """The family's session; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _of_family(session, family_id, session_id)

    def for_family(self, family_id: str) -> Sequence[tuple[FeedbackSession, SessionState]]:
        """A family's sessions with what holds for each, oldest first."""
        query = select(FeedbackSession).where(FeedbackSession.family_id == family_id)
        with self._database.read() as session:
            found = [(row, _state(session, row.id)) for row in session.scalars(query).all()]
        return sorted(found, key=lambda each: (each[1].held_on, each[0].created_at))

    def showing(self, family_id: str, shown: ShownReel) -> FeedbackSession | None:
        """The latest session that names this reel, or None."""
        found = [row for row, state in self.for_family(family_id) if shown in state.reels]
        return found[-1] if found else None

    def state(self, session_id: str) -> SessionState:
        """What holds now; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _state(session, session_id)

    def history(self, session_id: str) -> Sequence[tuple[SessionStep, Line]]:
        """Every step with its words, in order."""
        with self._database.read() as session:
            rows = journal.rows(session, SessionStep, session_id)
        return list(zip(rows, history(journal.parsed(rows, STEP_TYPES)), strict=True))

    def append(
        self,
        family_id: str,
        session_id: str,
        actor: str,
        type: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> SessionState:
        """Add one step and return what holds then.

        `expect` is the step that set this part last as the writer saw it (see `SessionState.touched`).
        Raises VfeedError `invalid_input`, `not_found`, and `conflict` when somebody else has set the part since.
        """
        step = parse(type, payload, STEP_TYPES)
        try:
            with self._database.write() as session:
                _of_family(session, family_id, session_id)
                state = _state(session, session_id)
                part = part_of(step)
                if expect is not None and part is not None and state.touched.get(part, 0) != expect:
                    raise journal.overtaken()
                check(step, state)
                if isinstance(step, ReelsSet):
                    _refuse_unknown(session, family_id, [reel for reel in step.reels if reel not in state.reels])
                event = Event(state.last_event_id + 1, type, step)
                journal.add(session, SessionStep, session_id, actor, event)
                detail = {"session": session_id, "event": event.id, "part": part}
                self._audit.append(session, actor, f"session.{type}", family_id, detail)
                return _state(session, session_id)
        except IntegrityError as error:
            raise journal.overtaken() from error

    def take_back(self, family_id: str, session_id: str, actor: str, *, redo: bool = False) -> SessionState:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` when there is none."""
        steps = self.state(session_id).offered
        step = steps.redo if redo else steps.undo
        if step is None:
            message = "There is nothing to do again." if redo else "There is nothing to take back."
            raise VfeedError("invalid_input", message, hint="Go on with the next step.")
        return self.append(family_id, session_id, actor, "undone", {"event_id": step.event_id})


def _state(session: Session, session_id: str) -> SessionState:
    rows = journal.rows(session, SessionStep, session_id)
    if not rows:
        raise _unknown()
    return fold(journal.parsed(rows, STEP_TYPES))


def _unknown() -> VfeedError:
    return VfeedError("not_found", "There is no such shared review.", hint="Go back to the family.")


def _of_family(session: Session, family_id: str, session_id: str) -> FeedbackSession:
    found = session.get(FeedbackSession, session_id, with_for_update=True)
    if found is None or found.family_id != family_id:
        raise _unknown()
    return found


def _question(session: Session, family_id: str, visit_id: str | None) -> str:
    if session.get(Family, family_id) is None:
        raise VfeedError("not_found", "There is no such family.", hint="Go back to the list of families.")
    if visit_id is None:
        return ""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.family_id != family_id:
        raise VfeedError("invalid_input", "This visit is not one of the family's.", hint="Choose one of its visits.")
    return visit.helping_question


def _refuse_unknown(session: Session, family_id: str, reels: Sequence[ShownReel]) -> None:
    for reel in reels:
        clip = session.get(Clip, reel.clip_id)
        ours = clip is not None and clip.family_id == family_id and clip.forgotten_at is None
        if not ours or state_in(session, reel.clip_id).reel(reel.reel_id) is None:
            raise VfeedError(
                "invalid_input", "There is no such film of moments in this family.", hint="Load the page again."
            )
