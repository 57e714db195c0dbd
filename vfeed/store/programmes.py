"""Which programme the work with a family follows, and how far it has come: a journal for each family."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, parse
from vfeed.practice.journal import Line
from vfeed.practice.programme import STEP_TYPES, FilmsPaired, ProgrammeState, check, fold, history
from vfeed.practice.protocol import Pack
from vfeed.store import journal
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.packs import library_in
from vfeed.store.tables import Clip, Family, ProgrammeStep


class Programmes:
    """Keeps each family's programme."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def state(self, family_id: str) -> ProgrammeState:
        """What holds now; a family without steps follows no programme."""
        with self._database.read() as session:
            return _state(session, family_id)

    def pack(self, family_id: str) -> Pack | None:
        """The pack that the work follows; None when none is chosen, or it is offered no longer."""
        with self._database.read() as session:
            chosen = _state(session, family_id).pack
            library = library_in(session)
        return library.pack(chosen) if library.has_pack(chosen) else None

    def history(self, family_id: str) -> Sequence[tuple[ProgrammeStep, Line]]:
        """Every step with its words, in order."""
        with self._database.read() as session:
            rows = journal.rows(session, ProgrammeStep, family_id)
        return list(zip(rows, history(journal.parsed(rows, STEP_TYPES)), strict=True))

    def append(
        self, family_id: str, actor: str, type: str, payload: Mapping[str, Any], expect_last: int | None = None
    ) -> ProgrammeState:
        """Add one step and return what holds then.

        `expect_last` is the last step that the writer saw (0: none). Raises VfeedError `invalid_input`, `not_found`,
        and `conflict` when somebody else was quicker.
        """
        step = parse(type, payload, STEP_TYPES)
        try:
            with self._database.write() as session:
                _refuse_unknown_family(session, family_id)
                state = _state(session, family_id)
                if expect_last is not None and expect_last != state.last_event_id:
                    raise journal.overtaken()
                check(step, state, library_in(session))
                if isinstance(step, FilmsPaired):
                    _refuse_foreign_films(session, family_id, step)
                event = Event(state.last_event_id + 1, type, step)
                journal.add(session, ProgrammeStep, family_id, actor, event)
                self._audit.append(session, actor, f"programme.{type}", family_id, {"event": event.id})
                return _state(session, family_id)
        except IntegrityError as error:
            raise journal.overtaken() from error

    def take_back(self, family_id: str, actor: str, *, redo: bool = False) -> ProgrammeState:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` when there is none."""
        steps = self.state(family_id).offered
        step = steps.redo if redo else steps.undo
        if step is None:
            raise journal.nothing_left(redo=redo)
        return self.append(family_id, actor, "undone", {"event_id": step.event_id})


def _state(session: Session, family_id: str) -> ProgrammeState:
    return fold(journal.parsed(journal.rows(session, ProgrammeStep, family_id), STEP_TYPES))


def _refuse_unknown_family(session: Session, family_id: str) -> None:
    if session.get(Family, family_id, with_for_update=True) is None:
        raise VfeedError("not_found", "There is no such family.", hint="Go back to the list of families.")


def _refuse_foreign_films(session: Session, family_id: str, step: FilmsPaired) -> None:
    for clip_id in (step.before, step.after):
        clip = session.get(Clip, clip_id) if clip_id else None
        if clip_id and (clip is None or clip.family_id != family_id or clip.forgotten_at is not None):
            raise VfeedError("invalid_input", "There is no such film in this family.", hint="Load the page again.")
