"""What people did with a clip: events that are only ever added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.practice import events as steps
from vfeed.practice.history import Told, history
from vfeed.practice.library import Library
from vfeed.practice.review import Original, ReviewState, fold, numbers
from vfeed.practice.rules import check
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.packs import library_in
from vfeed.store.tables import Analysis, Clip, Event


class Events:
    """Adds events and tells what holds now."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def append(
        self, clip_id: str, actor: str, type: str, payload: Mapping[str, Any], expect_last: int | None = None
    ) -> Event:
        """Add one event after checking that it fits; `event.seq` is its id.

        Raises VfeedError `invalid_input` for what does not fit, `not_found` for no such clip, and `conflict` when the
        clip's last event is not `expect_last` (0: none yet) because somebody else was quicker.
        """
        try:
            with self._database.write() as session:
                return append_in(session, self._audit, clip_id, actor, type, payload, expect_last)
        except IntegrityError as error:
            raise _overtaken() from error

    def undo(self, clip_id: str, actor: str, expect_last: int | None = None) -> Event:
        """Take back the last step; raises VfeedError `invalid_input` when there is none."""
        return self._take_back(clip_id, actor, expect_last, redo=False)

    def redo(self, clip_id: str, actor: str, expect_last: int | None = None) -> Event:
        """Do again what was taken back last; raises VfeedError `invalid_input` when there is nothing."""
        return self._take_back(clip_id, actor, expect_last, redo=True)

    def list(self, clip_id: str) -> Sequence[Event]:
        """The clip's events in their order."""
        with self._database.read() as session:
            return _rows(session, clip_id)

    def state(self, clip_id: str) -> ReviewState:
        """What holds now for a clip."""
        with self._database.read() as session:
            return state_in(session, clip_id)

    def history(self, clip_id: str) -> Sequence[tuple[Event, Told]]:
        """Every event with what it did in words, in their order."""
        with self._database.read() as session:
            rows = _rows(session, clip_id)
            told = history(_parsed(rows), _originals(session, clip_id), library_in(session))
        return list(zip(rows, told, strict=True))

    def _take_back(self, clip_id: str, actor: str, expect_last: int | None, *, redo: bool) -> Event:
        state = self.state(clip_id)
        step = state.redo_event if redo else state.undo_event
        if step is None:
            message = "There is nothing to do again." if redo else "There is nothing to take back."
            raise VfeedError("invalid_input", message, hint="Go on with the next step.")
        expected = state.last_event_id if expect_last is None else expect_last
        return self.append(clip_id, actor, "undone", {"event_id": step.event_id}, expected)


def append_in(
    session: Session,
    audit: AuditTrail,
    clip_id: str,
    actor: str,
    type: str,
    payload: Mapping[str, Any],
    expect_last: int | None = None,
) -> Event:
    """Add one event in the caller's transaction; raises as `Events.append`."""
    parsed = steps.parse(type, payload)
    clip = session.get(Clip, clip_id, with_for_update=True)
    if clip is None or clip.forgotten_at is not None:
        raise erased()
    library = library_in(session)
    state = state_in(session, clip_id, library)
    if expect_last is not None and state.last_event_id != expect_last:
        raise _overtaken()
    check(type, parsed, state, duration_us=int(clip.facts["duration_us"]), library=library)
    event = Event(
        clip_id=clip_id,
        seq=state.last_event_id + 1,
        type=type,
        payload=parsed.model_dump(mode="json"),
        actor=actor,
    )
    session.add(event)
    audit.append(session, actor, f"review.{type}", clip_id, {"event": event.seq})
    return event


def _rows(session: Session, clip_id: str) -> Sequence[Event]:
    return session.scalars(select(Event).where(Event.clip_id == clip_id).order_by(Event.seq)).all()


def state_in(session: Session, clip_id: str, library: Library | None = None) -> ReviewState:
    """What holds now, as the caller's transaction sees it; `library` when the caller has read it already."""
    rows = _rows(session, clip_id)
    return fold(_parsed(rows), _originals(session, clip_id), library or library_in(session))


def _parsed(rows: Sequence[Event]) -> list[steps.Event]:
    return [steps.Event(row.seq, row.type, steps.parse(row.type, row.payload)) for row in rows]


def _originals(session: Session, clip_id: str) -> dict[str, Original]:
    query = select(Analysis.candidates).where(Analysis.clip_id == clip_id).order_by(Analysis.created_at.desc()).limit(1)
    found = session.scalar(query) or []
    return {
        each["id"]: Original(steps.Span(start_us=each["start_us"], end_us=each["end_us"]), number)
        for each, number in zip(found, numbers(each["kind"] for each in found), strict=True)
    }


def _overtaken() -> VfeedError:
    return VfeedError(
        "conflict", "Somebody else changed this clip in the meantime.", hint="Look at the change, then try again."
    )
