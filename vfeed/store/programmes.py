"""Which programme the work with a family follows, and how far it has come: a journal for each family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.practice.programme import PROGRAMME, FilmsPaired, ProgrammeState, check
from vfeed.practice.protocol import Pack
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.journal import Journals, Stream, overtaken, refuse_overtaken
from vfeed.store.packs import library_in
from vfeed.store.tables import Clip, Family

PROGRAMMES = Stream("programme", PROGRAMME, Family)
AddedToProgramme = Added[ProgrammeState]


class Programmes:
    """Keeps each family's programme."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def read(self, family_id: str) -> Folded[ProgrammeState]:
        """The family's events with the state after them; a family without events follows no programme."""
        with self._database.read() as session:
            return self._journals.read(session, PROGRAMMES, family_id)

    def state(self, family_id: str) -> ProgrammeState:
        """What holds now."""
        return self.read(family_id).state

    def pack(self, family_id: str) -> Pack | None:
        """The pack that the work follows; None when none is chosen, or it is offered no longer."""
        with self._database.read() as session:
            chosen = self._journals.read(session, PROGRAMMES, family_id).state.pack
            library = library_in(session)
        return library.pack(chosen) if library.has_pack(chosen) else None

    def append(
        self, family_id: str, actor: str, type: str, payload: Mapping[str, Any], expect_last: int | None = None
    ) -> AddedToProgramme:
        """Add one event.

        `expect_last` is the last event that the writer saw (0: none). Raises VfeedError `invalid_input`, `not_found`,
        and `conflict` when somebody else was quicker.
        """
        parsed = PROGRAMME.parse(type, payload)
        try:
            with self._database.write() as session:
                _refuse_unknown_family(session, family_id)
                library = library_in(session)

                def fits(folded: Folded[ProgrammeState]) -> None:
                    refuse_overtaken(folded, expect_last)
                    check(parsed, folded.state, library)

                if isinstance(parsed, FilmsPaired):
                    _refuse_foreign_films(session, family_id, parsed)
                added = self._journals.append(session, PROGRAMMES, family_id, actor, type, parsed, check=fits)
                return self._recorded(session, family_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, family_id: str, actor: str, *, redo: bool = False) -> AddedToProgramme:
        """Take back the last event, or do it again; raises VfeedError `invalid_input` when there is none."""
        try:
            with self._database.write() as session:
                _refuse_unknown_family(session, family_id)
                added = self._journals.take_back(session, PROGRAMMES, family_id, actor, redo=redo)
                return self._recorded(session, family_id, added)
        except IntegrityError as error:
            raise overtaken() from error

    def _recorded(self, session: Session, family_id: str, added: AddedToProgramme) -> AddedToProgramme:
        event = added.event
        self._audit.append(session, event.actor, f"programme.{event.type}", family_id, {"event": event.id})
        return added


def _refuse_unknown_family(session: Session, family_id: str) -> None:
    if session.get(Family, family_id) is None:
        raise VfeedError("not_found", _("There is no such family."), hint=_("Go back to the list of families."))


def _refuse_foreign_films(session: Session, family_id: str, step: FilmsPaired) -> None:
    for clip_id in (step.before, step.after):
        clip = session.get(Clip, clip_id) if clip_id else None
        if clip_id and (clip is None or clip.family_id != family_id or clip.erased_at is not None):
            raise VfeedError(
                "invalid_input", _("There is no such film in this family."), hint=_("Load the page again.")
            )
