"""What pages show of a family, each asked for once in a look at the data, however many rows it is.

`look_up` asks for all that a family's own pages show; what reads a part of it afterwards finds it in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from vfeed.practice.retention import Clock
from vfeed.store.database import known, memory
from vfeed.store.tables import (
    Analysis,
    Blob,
    Clip,
    Consent,
    Family,
    FamilyClock,
    FamilyWorker,
    FeedbackSession,
    Participant,
    Sheet,
    Visit,
)


@dataclass(frozen=True)
class ClipFiles:
    """A clip of a family with what was made of it: whether it is analysed, and the roles of `SHOWN` that are here."""

    clip: Clip
    is_analysed: bool
    roles: frozenset[str]


SHOWN = ("poster", "proxy")


def by_code_name(found: Iterable[Family]) -> list[Family]:
    """Return families by code name; a server that keeps the names sealed cannot put them in order itself."""
    return sorted(found, key=lambda family: family.code_name)


def family_in(session: Session, family_id: str) -> Family | None:
    """The family, or None; who works with it is asked for with it."""
    return _with_workers(session, family_id)[0]


def workers_in(session: Session, family_id: str) -> Sequence[FamilyWorker]:
    """Who was added to a family and who asked for it, the newest first."""
    return _with_workers(session, family_id)[1]


def people_in(session: Session, family_id: str) -> Sequence[Participant]:
    """The people of a family, children first; their consents are asked for with them."""
    return _with_consents(session, family_id)[0]


def consents_in(session: Session, family_id: str) -> Sequence[Consent]:
    """Every consent of a family's people, the newest first."""
    return _with_consents(session, family_id)[1]


def visits_in(session: Session, family_id: str) -> Sequence[Visit]:
    """The visits of a family, oldest first."""

    def find() -> Sequence[Visit]:
        query = select(Visit).where(Visit.family_id == family_id).order_by(Visit.date, Visit.created_at)
        rows = session.scalars(query).all()
        memory(session).update({(Visit, row.id): row for row in rows})
        return rows

    return known(session, ("visits", family_id), find)


def clips_in(session: Session, family_id: str) -> Sequence[ClipFiles]:
    """Every clip of a family that is not erased, oldest first, films of shared reviews too."""

    def find() -> Sequence[ClipFiles]:
        analysed = exists().where(Analysis.clip_id == Clip.id)
        has = [exists().where(Blob.clip_id == Clip.id, Blob.role == role) for role in SHOWN]
        query = select(Clip, analysed, *has).where(Clip.family_id == family_id, Clip.erased_at.is_(None))
        rows = session.execute(query.order_by(Clip.created_at, Clip.id)).all()
        found = [ClipFiles(row[0], row[1], frozenset(_chosen(SHOWN, row[2:]))) for row in rows]
        memory(session).update({(Clip, each.clip.id): each.clip for each in found})
        return found

    return known(session, ("clips", family_id), find)


def sessions_in(session: Session, family_id: str) -> Sequence[FeedbackSession]:
    """The family's shared reviews."""

    def find() -> Sequence[FeedbackSession]:
        rows = session.scalars(select(FeedbackSession).where(FeedbackSession.family_id == family_id)).all()
        memory(session).update({(FeedbackSession, row.id): row for row in rows})
        return rows

    return known(session, ("sessions", family_id), find)


def sheets_in(session: Session, family_id: str) -> Sequence[Sheet]:
    """The family's forms, in the order in which they were begun."""

    def find() -> Sequence[Sheet]:
        query = select(Sheet).where(Sheet.family_id == family_id).order_by(Sheet.created_at, Sheet.id)
        return session.scalars(query).all()

    return known(session, ("sheets", family_id), find)


def clock_in(row: FamilyClock | None) -> Clock:
    """A family's clock as its rules know it."""
    return Clock() if row is None else Clock(row.ended_on, row.keep_until, row.hold_reason or "", row.announced_on)


def _with_workers(session: Session, family_id: str) -> tuple[Family | None, Sequence[FamilyWorker]]:
    def find() -> tuple[Family | None, Sequence[FamilyWorker]]:
        query = select(Family, FamilyWorker).outerjoin(FamilyWorker, FamilyWorker.family_id == Family.id)
        rows = session.execute(query.where(Family.id == family_id).order_by(FamilyWorker.since.desc())).all()
        return (rows[0][0] if rows else None), [row[1] for row in rows if row[1] is not None]

    return known(session, ("family", family_id), find)


def _with_consents(session: Session, family_id: str) -> tuple[Sequence[Participant], Sequence[Consent]]:
    def find() -> tuple[Sequence[Participant], Sequence[Consent]]:
        query = select(Participant, Consent).outerjoin(Consent, Consent.participant_id == Participant.id)
        query = query.where(Participant.family_id == family_id)
        rows = session.execute(query.order_by(Participant.kind.desc(), Participant.created_at)).all()
        consents = [row[1] for row in rows if row[1] is not None]
        newest_first = sorted(consents, key=lambda row: row.created_at, reverse=True)
        return list(dict.fromkeys(row[0] for row in rows)), newest_first

    return known(session, ("people", family_id), find)


def _chosen(names: Sequence[str], flags: Sequence[bool]) -> list[str]:
    return [name for name, flag in zip(names, flags, strict=True) if flag]
