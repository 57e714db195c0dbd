"""Analyses: what was found in a clip, kept whole so that thresholds can be moved later."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.store.blobs import Blobs
from vfeed.store.database import Database, known
from vfeed.store.tables import Analysis, ScreeningFacts, new_id

JSON_TYPE = "application/json"
NPZ_TYPE = "application/x-npz"


@dataclass(frozen=True)
class Findings:
    """An analysis in the forms in which it is kept: JSON-able parts, and files by role with their media type.

    `screening` are the facts that screening goes by, None to have them made when somebody asks. `id` names the
    analysis, and may be in the roles of its files.
    """

    version: Mapping[str, Any]
    filming: Mapping[str, Any]
    roles: Mapping[str, Any]
    states_display: Mapping[str, Any]
    candidates: Sequence[Mapping[str, Any]]
    metrics: bytes
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)
    screening: Mapping[str, Any] | None = None
    id: str = field(default_factory=new_id)


class Analyses:
    """Keeps analyses; the newest one counts, and none touches what people decided."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def save(self, clip_id: str, findings: Findings, within: Callable[[Session], None] | None = None) -> str:
        """Store an analysis and its files together; `within` may refuse by raising. Returns the analysis id."""
        row = Analysis(
            id=findings.id,
            clip_id=clip_id,
            version=dict(findings.version),
            filming=dict(findings.filming),
            roles=dict(findings.roles),
            states_display=dict(findings.states_display),
            candidates=[dict(candidate) for candidate in findings.candidates],
        )

        def enter(session: Session) -> None:
            if within is not None:
                within(session)
            session.add(row)
            if findings.screening is not None:
                facts = dict(findings.screening)
                session.merge(ScreeningFacts(clip_id=clip_id, analysis_id=row.id, facts=facts))

        with self._blobs.batch(clip_id) as batch:
            for role, (media_type, data) in {"metrics": (NPZ_TYPE, findings.metrics), **findings.files}.items():
                with batch.put(role, media_type) as out:
                    out.write(data)
            batch.commit(enter)
        return row.id

    def latest_id(self, clip_id: str) -> str | None:
        """The id of the newest analysis of a clip, or None."""
        query = select(Analysis.id).where(Analysis.clip_id == clip_id).order_by(Analysis.created_at.desc()).limit(1)
        with self._database.read() as session:
            return known(session, ("latest analysis id", clip_id), lambda: session.scalar(query))

    def made_of(self, clip_ids: Collection[str]) -> set[str]:
        """Which of these clips were analysed."""
        with self._database.read() as session:
            return set(session.scalars(select(Analysis.clip_id).where(Analysis.clip_id.in_(clip_ids))))

    def first_at(self, clip_id: str) -> datetime | None:
        """When a clip was analysed first, or None."""
        query = select(Analysis.created_at).where(Analysis.clip_id == clip_id).order_by(Analysis.created_at).limit(1)
        with self._database.read() as session:
            return session.scalar(query)

    def latest(self, clip_id: str) -> Analysis | None:
        """The newest analysis of a clip, or None."""
        query = select(Analysis).where(Analysis.clip_id == clip_id).order_by(Analysis.created_at.desc()).limit(1)
        with self._database.read() as session:
            return known(session, ("latest analysis", clip_id), lambda: session.scalar(query))
