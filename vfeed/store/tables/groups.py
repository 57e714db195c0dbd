"""The tables of groups: what belongs to a family in them refers to it, and goes when the family is erased."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.store.sealed import SealedText
from vfeed.store.tables.base import ID_LENGTH, Base, UtcDateTime, new_id, utc_now


class Group(Base):
    """A group of families, such as a massage class; `leaders` are the accounts that may open it."""

    __tablename__ = "parent_group"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120), unique=True)
    pack: Mapped[str] = mapped_column(String(40), default="")
    most_pairs: Mapped[int] = mapped_column(Integer)
    leaders: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    created_by: Mapped[str] = mapped_column(String(255))


class GroupFamily(Base):
    """A family in a group."""

    __tablename__ = "group_family"

    group_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("parent_group.id"), primary_key=True)
    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


class GroupSession(Base):
    """A session of a group; `led_by` are the accounts that led it, `place` its session in the pack's plan."""

    __tablename__ = "group_session"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    group_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("parent_group.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    held_on: Mapped[date] = mapped_column(Date)
    led_by: Mapped[list[str]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(SealedText(), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    created_by: Mapped[str] = mapped_column(String(255))


class GroupAttendance(Base):
    """Whether a family was there: came, part of the time, or away."""

    __tablename__ = "group_attendance"

    meeting_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("group_session.id"), primary_key=True)
    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), primary_key=True)
    came: Mapped[str] = mapped_column(String(8))


class GroupConsent(Base):
    """One person's yes to being seen on film by one group in one session; taken back, the row is gone."""

    __tablename__ = "group_consent"

    meeting_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("group_session.id"), primary_key=True)
    participant_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("participant.id"), primary_key=True)
    given_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)
    written_by: Mapped[str] = mapped_column(String(255))


class GroupFilm(Base):
    """A film of moments that is meant for a session; whether it opens is asked each time."""

    __tablename__ = "group_film"
    __table_args__ = (UniqueConstraint("meeting_id", "clip_id", "reel_id"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)
    meeting_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("group_session.id"), index=True)
    clip_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("clip.id"), index=True)
    reel_id: Mapped[str] = mapped_column(String(40))
    added_by: Mapped[str] = mapped_column(String(255))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utc_now)


TABLES: tuple[Any, ...] = (Group, GroupFamily, GroupSession, GroupAttendance, GroupConsent, GroupFilm)
