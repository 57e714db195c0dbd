"""Screening: what was measured of each film, kept beside its analysis, and what people say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.journal.journal import Folded
from vfeed.research.checks import CHECKS, CheckState, check
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import SCREENING_STREAM, Journals, Stream
from vfeed.store.tables import Analysis, Clip, JournalEvent, ScreeningFacts

CHECK_STREAM = Stream(SCREENING_STREAM, CHECKS, Clip)


@dataclass(frozen=True)
class Measured:
    """A film that was analysed: the facts kept of its newest analysis.

    None while nobody asked for them, empty where that analysis kept too little to make them of.
    """

    clip_id: str
    analysis_id: str
    facts: Mapping[str, Any] | None


class Screenings:
    """Keeps what screening needs."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def facts(self, clip_ids: Sequence[str] | None = None) -> dict[str, Measured]:
        """What is kept of the newest analysis of these films (None: of every film that was analysed), by clip."""
        analyses = select(Analysis.clip_id, Analysis.id).order_by(Analysis.created_at)
        kept = select(ScreeningFacts.clip_id, ScreeningFacts.analysis_id, ScreeningFacts.facts)
        if clip_ids is not None:
            analyses = analyses.where(Analysis.clip_id.in_(clip_ids))
            kept = kept.where(ScreeningFacts.clip_id.in_(clip_ids))
        with self._database.read() as session:
            newest = {clip_id: analysis_id for clip_id, analysis_id in session.execute(analyses)}
            rows = {(clip_id, analysis_id): facts for clip_id, analysis_id, facts in session.execute(kept)}
        return {
            each: Measured(each, analysis_id, rows.get((each, analysis_id))) for each, analysis_id in newest.items()
        }

    def keep(self, measured: Sequence[Measured]) -> None:
        """Keep the facts of these clips' newest analyses in place of older ones; an erased clip keeps none."""
        ids = [each.clip_id for each in measured]
        with self._database.write() as session:
            here = set(session.scalars(select(Clip.id).where(Clip.id.in_(ids), Clip.erased_at.is_(None))))
            for each in measured:
                if each.clip_id in here:
                    facts = dict(each.facts or {})
                    session.merge(ScreeningFacts(clip_id=each.clip_id, analysis_id=each.analysis_id, facts=facts))

    def checks(self, clip_ids: Sequence[str]) -> dict[str, CheckState]:
        """What people say of these films, without those that nobody has spoken of."""
        wanted = set(clip_ids)
        spoken = select(JournalEvent.owner_id).where(JournalEvent.stream == SCREENING_STREAM, JournalEvent.seq == 1)
        with self._database.read() as session:
            owners = [owner_id for owner_id in session.scalars(spoken) if owner_id in wanted]
            folded = self._journals.read_all(session, CHECK_STREAM, owners)
        return {clip_id: each.state for clip_id, each in folded.items()}

    def read(self, clip_id: str) -> Folded[CheckState]:
        """What was said of a film, step by step."""
        with self._database.read() as session:
            return self._journals.read(session, CHECK_STREAM, clip_id)

    def append(self, clip_id: str, actor: str, type_: str, payload: Mapping[str, Any]) -> None:
        """Add one step; raises VfeedError `invalid_input`, `not_found`."""
        parsed = CHECKS.parse(type_, payload)
        check(parsed)
        with self._database.write() as session:
            _here(session, clip_id)
            self._journals.append(session, CHECK_STREAM, clip_id, actor, type_, parsed, check=_any)
            self._audit.append(session, actor, f"screening.{type_}", clip_id)

    def take_back(self, clip_id: str, actor: str, *, redo: bool = False) -> None:
        """Take back the last step, or do it again; raises VfeedError `invalid_input` for none."""
        with self._database.write() as session:
            _here(session, clip_id)
            self._journals.take_back(session, CHECK_STREAM, clip_id, actor, redo=redo)
            self._audit.append(session, actor, "screening.undone", clip_id)


def _here(session: Session, clip_id: str) -> None:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.erased_at is not None:
        raise erased()


def _any(_folded: Folded[CheckState]) -> None:
    """Every step that has the right form fits."""
