"""Journals in the database: the steps of one owner, read in order and added at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Payload, parse
from vfeed.store.tables import MeasureStep, ProgrammeStep, SessionStep, ShareStep, SheetStep

Steps = type[SessionStep] | type[ProgrammeStep] | type[SheetStep] | type[MeasureStep] | type[ShareStep]


def rows(session: Session, table: Steps, owner_id: str) -> Sequence[Any]:
    """The owner's steps as rows, in their order."""
    return session.scalars(select(table).where(table.owner_id == owner_id).order_by(table.seq)).all()


def parsed(steps: Sequence[Any], types: Mapping[str, type[Payload]]) -> list[Event]:
    """Rows as events."""
    return [Event(row.seq, row.type, parse(row.type, row.payload, types)) for row in steps]


def add(session: Session, table: Steps, owner_id: str, actor: str, event: Event) -> None:
    """One step more, in the caller's transaction."""
    payload = event.payload.model_dump(mode="json")
    session.add(table(owner_id=owner_id, seq=event.id, type=event.type, payload=payload, actor=actor))
    session.flush()


def overtaken() -> VfeedError:
    """The refusal when somebody else was quicker."""
    return VfeedError(
        "conflict", "Somebody else changed this in the meantime.", hint="Look at the change, then try again."
    )


def nothing_left(*, redo: bool) -> VfeedError:
    """The refusal when there is no step to take back, or to do again."""
    message = "There is nothing to do again." if redo else "There is nothing to take back."
    return VfeedError("invalid_input", message, hint="Go on with the next step.")
