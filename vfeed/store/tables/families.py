"""Families: who works with them, how long they are kept, the people in them, visits and consents."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.store.sealed import SealedText
from vfeed.store.tables.base import ID_LENGTH, Base, UtcDateTime, made_at, own_id, ref


class Family(Base):
    """A family, known by a code name alone."""

    __tablename__ = "family"

    id: Mapped[str] = own_id()
    code_name: Mapped[str] = mapped_column(SealedText(80, findable=True), unique=True)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class FamilyWorker(Base):
    """A practitioner beside the one who made the family: added by a worker, or (`until` set) one who asked."""

    __tablename__ = "family_worker"

    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(255), primary_key=True)
    since: Mapped[datetime] = made_at()
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(SealedText(), default="")
    added_by: Mapped[str] = mapped_column(String(255))


class FamilyClock(Base):
    """How long a family's things are kept: until when, and who holds them back from being erased."""

    __tablename__ = "family_clock"

    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), primary_key=True)
    ended_on: Mapped[date | None] = mapped_column(Date)
    keep_until: Mapped[date | None] = mapped_column(Date)
    announced_on: Mapped[date | None] = mapped_column(Date)
    hold_reason: Mapped[str] = mapped_column(SealedText(), default="")
    held_by: Mapped[str] = mapped_column(String(255), default="")


class Participant(Base):
    """A person seen in the family's clips: `kind` child or adult; `birth_month` is YYYY-MM and only for a child.

    `language` is that of the parent's room for an adult, `interpreter` who interprets for them; empty: English, nobody.
    """

    __tablename__ = "participant"

    id: Mapped[str] = own_id()
    family_id: Mapped[str] = ref("family.id")
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(SealedText(80))
    birth_month: Mapped[str | None] = mapped_column(SealedText(7))
    relation: Mapped[str | None] = mapped_column(SealedText(80))
    language: Mapped[str] = mapped_column(String(12), default="", server_default="")
    interpreter: Mapped[str] = mapped_column(SealedText(120), default="", server_default="")
    created_at: Mapped[datetime] = made_at()


class Visit(Base):
    """One visit, with the question that the family and the worker agreed on."""

    __tablename__ = "visit"

    id: Mapped[str] = own_id()
    family_id: Mapped[str] = ref("family.id")
    date: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(SealedText(200))
    helping_question: Mapped[str] = mapped_column(SealedText(), default="")
    created_at: Mapped[datetime] = made_at()


class Consent(Base):
    """One person's consent to one use, for one clip or (`clip_id` null) all clips of the family."""

    __tablename__ = "consent"

    id: Mapped[str] = own_id()
    participant_id: Mapped[str] = ref("participant.id")
    use: Mapped[str] = mapped_column(String(20))
    clip_id: Mapped[str | None] = ref("clip.id", null=True)
    granted_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(SealedText(), default="")
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(255))
    withdraw_reason: Mapped[str | None] = mapped_column(SealedText())
