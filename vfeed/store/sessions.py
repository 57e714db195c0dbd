"""Shared reviews: begun once, then a journal of what people wrote about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Payload
from vfeed.journal.journal import Added, Folded
from vfeed.practice.sessions import SESSION, Begun, ReelsSet, SessionState, ShownReel, check, part_of
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.events import Events
from vfeed.store.family_reads import sessions_in
from vfeed.store.journal import Journals, Stream, overtaken
from vfeed.store.tables import Clip, Detail, Family, FeedbackSession, Visit, new_id

SESSIONS = Stream("session", SESSION, FeedbackSession)
AddedToSession = Added[SessionState]


class Sessions:
    """Keeps the records of shared reviews."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals, events: Events) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals
        self._events = events

    def begin(
        self, family_id: str, visit_id: str | None, actor: str, *, held_on: date, reels: Sequence[ShownReel] = ()
    ) -> FeedbackSession:
        """A new record, with the visit's helping question; raises VfeedError `not_found`, `invalid_input`."""
        found = FeedbackSession(id=new_id(), family_id=family_id, visit_id=visit_id, created_by=actor)
        with self._database.write() as session:
            question = _question(session, family_id, visit_id)
            self._refuse_unknown(session, family_id, reels)
            session.add(found)
            session.flush()
            begun = Begun(held_on=held_on, helping_question=question, reels=tuple(reels))
            self._journals.append(session, SESSIONS, found.id, actor, "session_begun", begun, check=_first)
            self._audit.append(session, actor, "session.begun", family_id, {"session": found.id})
        return found

    def get(self, family_id: str, session_id: str) -> FeedbackSession:
        """The family's session; raises VfeedError `not_found`."""
        with self._database.read() as session:
            return _of_family(session, family_id, session_id)

    def for_family(self, family_id: str) -> Sequence[tuple[FeedbackSession, SessionState]]:
        """A family's sessions with what holds for each, oldest first."""
        with self._database.read() as session:
            rows = sessions_in(session, family_id)
            folded = self._journals.read_all(session, SESSIONS, [row.id for row in rows])
        found = [(row, folded[row.id].state) for row in rows]
        return sorted(found, key=lambda each: (each[1].held_on, each[0].created_at))

    def showing(self, family_id: str, shown: ShownReel) -> FeedbackSession | None:
        """The latest session that names this reel, or None."""
        found = [row for row, state in self.for_family(family_id) if shown in state.reels]
        return found[-1] if found else None

    def read(self, session_id: str) -> Folded[SessionState]:
        """The record's events with the state after them; raises VfeedError `not_found`."""
        with self._database.read() as session:
            folded = self._journals.read(session, SESSIONS, session_id)
        if not folded.last_id:
            raise _unknown()
        return folded

    def state(self, session_id: str) -> SessionState:
        """What holds now; raises VfeedError `not_found`."""
        return self.read(session_id).state

    def append(
        self,
        family_id: str,
        session_id: str,
        actor: str,
        type: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> AddedToSession:
        """Add one event.

        `expect` is the event that set this part last as the writer saw it (see `SessionState.touched`).
        Raises VfeedError `invalid_input`, `not_found`, and `conflict` when somebody else has set the part since.
        """
        parsed = SESSION.parse(type, payload)
        try:
            with self._database.write() as session:
                _of_family(session, family_id, session_id)

                def fits(folded: Folded[SessionState]) -> None:
                    self._fits(session, family_id, parsed, folded.state, expect)

                added = self._journals.append(session, SESSIONS, session_id, actor, type, parsed, check=fits)
                return self._recorded(session, family_id, session_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, family_id: str, session_id: str, actor: str, *, redo: bool = False) -> AddedToSession:
        """Take back the last event, or do it again; raises VfeedError `invalid_input` when there is none."""
        try:
            with self._database.write() as session:
                _of_family(session, family_id, session_id)
                added = self._journals.take_back(session, SESSIONS, session_id, actor, redo=redo)
                return self._recorded(session, family_id, session_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def _fits(self, session: Session, family_id: str, parsed: Payload, state: SessionState, expect: int | None) -> None:
        part = part_of(parsed)
        if expect is not None and part is not None and state.touched.get(part, 0) != expect:
            raise overtaken()
        check(parsed, state)
        if isinstance(parsed, ReelsSet):
            self._refuse_unknown(session, family_id, [reel for reel in parsed.reels if reel not in state.reels])

    def _recorded(self, session: Session, family_id: str, session_id: str, added: AddedToSession) -> AddedToSession:
        event = added.event
        detail: dict[str, Detail] = {"session": session_id, "event": event.id, "part": part_of(event.payload)}
        self._audit.append(session, event.actor, f"session.{event.type}", family_id, detail)
        return added

    def _refuse_unknown(self, session: Session, family_id: str, reels: Sequence[ShownReel]) -> None:
        for reel in reels:
            clip = session.get(Clip, reel.clip_id)
            ours = clip is not None and clip.family_id == family_id and clip.erased_at is None
            if not ours or self._events.read_in(session, reel.clip_id).state.reel(reel.reel_id) is None:
                raise VfeedError(
                    "invalid_input",
                    _("There is no such film of moments in this family."),
                    hint=_("Load the page again."),
                )


def _first(_folded: Folded[SessionState]) -> None:
    """The event that a record begins with fits always."""


def _unknown() -> VfeedError:
    return VfeedError("not_found", _("There is no such shared review."), hint=_("Go back to the family."))


def _of_family(session: Session, family_id: str, session_id: str) -> FeedbackSession:
    found = session.get(FeedbackSession, session_id)
    if found is None or found.family_id != family_id:
        raise _unknown()
    return found


def _question(session: Session, family_id: str, visit_id: str | None) -> str:
    if session.get(Family, family_id) is None:
        raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))
    if visit_id is None:
        return ""
    visit = session.get(Visit, visit_id)
    if visit is None or visit.family_id != family_id:
        raise VfeedError(
            "invalid_input", _("This visit is not one of the family’s."), hint=_("Choose one of its visits.")
        )
    return visit.helping_question
