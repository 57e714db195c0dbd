"""Screening: what was measured of each film, kept beside its analysis, and what people say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.journal.journal import Folded
from vfeed.research.checks import CHECKS, CheckState, check
from vfeed.store.audit import AuditTrail
from vfeed.store.blobs import erased
from vfeed.store.database import Database
from vfeed.store.journal import SCREENING_STREAM, Journals, Stream
from vfeed.store.tables import Analysis, Clip, ScreeningFacts

CHECK_STREAM = Stream(SCREENING_STREAM, CHECKS, Clip)


class Screenings:
    """Keeps what screening needs."""

    def __init__(self, database: Database, audit: AuditTrail, journals: Journals) -> None:
        self._database = database
        self._audit = audit
        self._journals = journals

    def facts(self) -> dict[str, ScreeningFacts]:
        """What is kept of every film's newest analysis, by clip; without those whose analysis is newer."""
        analyses = select(Analysis.clip_id, Analysis.id).order_by(Analysis.created_at)
        with self._database.read() as session:
            newest = {clip_id: analysis_id for clip_id, analysis_id in session.execute(analyses)}
            rows = session.scalars(select(ScreeningFacts)).all()
        return {row.clip_id: row for row in rows if newest.get(row.clip_id) == row.analysis_id}

    def keep(self, clip_id: str, analysis_id: str, facts: Mapping[str, Any]) -> None:
        """Keep the facts of a clip's newest analysis in place of older ones."""
        with self._database.write() as session:
            session.merge(ScreeningFacts(clip_id=clip_id, analysis_id=analysis_id, facts=dict(facts)))

    def checks(self, clip_ids: Sequence[str]) -> dict[str, CheckState]:
        """What people say of these films."""
        with self._database.read() as session:
            folded = self._journals.read_all(session, CHECK_STREAM, clip_ids)
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


def _here(session: Session, clip_id: str) -> None:
    clip = session.get(Clip, clip_id)
    if clip is None or clip.forgotten_at is not None:
        raise erased()


def _any(_folded: Folded[CheckState]) -> None:
    """Every step that has the right form fits."""
