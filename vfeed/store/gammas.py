"""Gamma film by film, kept once it is worked out: it takes long, and what was handed in does not change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from vfeed.store.database import Database
from vfeed.store.tables import StudyGamma, utc_now


@dataclass(frozen=True, order=True)
class Of:
    """What a value is of: a film of a study, two codings (their ids) and a lane."""

    clip_id: str
    first: str
    second: str
    lane: str


@dataclass(frozen=True)
class Kept:
    """Disorder found and expected over so many events; both None where nothing can be said of the film."""

    events: int
    disorder: float | None
    expected: float | None


class Gammas:
    """Keeps what was worked out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, study_id: str) -> dict[Of, Kept]:
        """Everything that is known of a study."""
        query = select(StudyGamma).where(StudyGamma.study_id == study_id)
        with self._database.read() as session:
            return {
                Of(row.clip_id, row.first_id, row.second_id, row.lane_id): Kept(row.events, row.disorder, row.expected)
                for row in session.scalars(query)
            }

    def keep(self, study_id: str, found: Iterable[tuple[Of, Kept]], session: Session) -> None:
        """Keep values, in the caller's transaction."""
        for of, kept in found:
            session.merge(
                StudyGamma(
                    study_id=study_id,
                    clip_id=of.clip_id,
                    first_id=of.first,
                    second_id=of.second,
                    lane_id=of.lane,
                    events=kept.events,
                    disorder=kept.disorder,
                    expected=kept.expected,
                    made_at=utc_now(),
                )
            )
