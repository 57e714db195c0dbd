"""Referrals in the database: a row for each note, never changed; a wrong one is followed by a right one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.practice.referral import Referral, check_referral
from vfeed.store.audit import AuditTrail
from vfeed.store.database import Database
from vfeed.store.sealed import SealedText
from vfeed.store.tables import ID_LENGTH, Base, UtcDateTime, new_id, utc_now


class ReferralNote(Base):
    """A family went on to somebody, or came from somebody."""

    __tablename__ = "referral"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), index=True)
    direction: Mapped[str] = mapped_column(String(3))
    day: Mapped[date] = mapped_column(Date)
    who: Mapped[str] = mapped_column(SealedText())
    why: Mapped[str] = mapped_column(SealedText())
    shared: Mapped[str] = mapped_column(SealedText(), default="")
    written_by: Mapped[str] = mapped_column(String(255))
    written_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class Referrals:
    """Keeps them; who may is for the use case to say."""

    def __init__(self, database: Database, audit: AuditTrail) -> None:
        self._database = database
        self._audit = audit

    def note(self, family_id: str, told: Referral, actor: str) -> str:
        """Keep a note; returns its id. Raises VfeedError `invalid_input`."""
        check_referral(told, date.today())
        row = ReferralNote(
            id=new_id(),
            family_id=family_id,
            direction=told.direction,
            day=told.on,
            who=told.who.strip(),
            why=told.why.strip(),
            shared=told.shared.strip(),
            written_by=actor,
        )
        with self._database.write() as session:
            session.add(row)
            self._audit.append(session, actor, f"referral.{told.direction}", family_id, {"note": row.id})
        return row.id

    def of(self, family_id: str) -> Sequence[ReferralNote]:
        """A family's, the latest first."""
        query = select(ReferralNote).where(ReferralNote.family_id == family_id)
        with self._database.read() as session:
            return session.scalars(query.order_by(ReferralNote.day.desc(), ReferralNote.written_at.desc())).all()
