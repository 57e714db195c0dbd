"""Codings from elsewhere in the database: a journal for each film of what was read in and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from vfeed.journal.journal import Added, Folded
from vfeed.research.kept_codings import KEPT, CodingImported, KeptState, check, refuse_known
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import CODINGS_STREAM, Journals, Stream, overtaken
from vfeed.store.tables import Clip, Detail, JournalEvent

CODINGS = Stream(CODINGS_STREAM, KEPT, Clip)
AddedCoding = Added[KeptState]


class Codings:
    """Adds codings and tells which are kept. Whoever calls has asked for the consent to research."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def of(self, clip_id: str) -> Sequence[CodingImported]:
        """The codings that are kept with a film now."""
        with self._database.read() as session:
            return tuple(self._journals.read(session, CODINGS, clip_id).state.codings.values())

    def of_all(self, clip_ids: Iterable[str]) -> dict[str, Folded[KeptState]]:
        """The journals of those of these films that ever had a coding, in the order given."""
        wanted = list(clip_ids)
        begun = select(JournalEvent.owner_id).where(JournalEvent.stream == CODINGS_STREAM, JournalEvent.seq == 1)
        with self._database.read() as session:
            there = set(session.scalars(begun))
            return self._journals.read_all(session, CODINGS, [each for each in wanted if each in there])

    def add(self, clip_id: str, actor: str, codings: Sequence[CodingImported]) -> None:
        """Keep all of these or none; raises VfeedError `not_found` for no such film, `conflict` for a known coding."""
        self.add_all({clip_id: codings}, actor)

    def add_all(self, codings: Mapping[str, Sequence[CodingImported]], actor: str) -> None:
        """Keep all of these, by film, or none; raises as `add`."""
        try:
            with self._database.write() as session:
                for clip_id, ours in codings.items():
                    refuse_known(ours, self._journals.read(session, CODINGS, clip_id).state)
                    for each in ours:
                        detail: dict[str, Detail] = {"marks": len(each.marks), "tool": each.told.get("import_tool", "")}
                        self._append(session, clip_id, actor, "coding_imported", each.model_dump(mode="json"), detail)
        except IntegrityError as error:
            raise overtaken() from error

    def remove(self, clip_id: str, actor: str, coding_id: str) -> None:
        """Take a coding out; raises VfeedError `not_found`."""
        try:
            with self._database.write() as session:
                self._append(session, clip_id, actor, "coding_removed", {"coding_id": coding_id}, {})
        except IntegrityError as error:
            raise overtaken() from error

    def take_back(self, clip_id: str, actor: str, *, redo: bool = False) -> AddedCoding:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` where there is none."""
        try:
            with self._database.write() as session:
                _living(session, clip_id)
                added = self._journals.take_back(session, CODINGS, clip_id, actor, redo=redo)
                self._audit.append(session, actor, "codes.undone", clip_id, {"event": added.event.id})
                return added
        except IntegrityError as error:
            raise overtaken() from error

    def _append(
        self,
        session: Session,
        clip_id: str,
        actor: str,
        type: str,
        payload: Mapping[str, Any],
        detail: dict[str, Detail],
    ) -> None:
        _living(session, clip_id)
        parsed = KEPT.parse(type, payload)

        def fits(folded: Folded[KeptState]) -> None:
            check(parsed, folded.state)

        added = self._journals.append(session, CODINGS, clip_id, actor, type, parsed, check=fits)
        action = {"coding_imported": "codes.imported", "coding_removed": "codes.removed"}[type]
        self._audit.append(session, actor, action, clip_id, {"event": added.event.id} | detail)


def _living(session: Session, clip_id: str) -> Clip:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.erased_at is not None:
        raise erased()
    return clip
