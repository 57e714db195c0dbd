"""The research desk: studies, codings and screenings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, Float, ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.store.sealed import SealedJSON, SealedText
from vfeed.store.tables.base import ID_LENGTH, Base, BigInteger, UtcDateTime, made_at, own_id, ref


class Study(Base):
    """A study of how far coders agree; what is laid down in it, and its course, are its events."""

    __tablename__ = "study"

    id: Mapped[str] = own_id()
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class StudyClip(Base):
    """A clip of a study under its name there: the key that leads from the one to the other, of this study alone."""

    __tablename__ = "study_clip"
    __table_args__ = (UniqueConstraint("study_id", "pseudonym"),)

    study_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("study.id"), primary_key=True)
    clip_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("clip.id"), primary_key=True)
    pseudonym: Mapped[str] = mapped_column(String(40))
    family_pseudonym: Mapped[str] = mapped_column(String(40))
    start_us: Mapped[int] = mapped_column(BigInteger)
    end_us: Mapped[int] = mapped_column(BigInteger)
    added_at: Mapped[datetime] = made_at()
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StudyCoding(Base):
    """A coding that a coder is to do: whose, of which clip, for what; what is coded are its events.

    `blind` is false, with `why`, where the coder had seen more of the film than its video and sound.
    """

    __tablename__ = "study_coding"

    id: Mapped[str] = own_id()
    study_id: Mapped[str] = ref("study.id")
    clip_id: Mapped[str] = ref("clip.id")
    coder: Mapped[str] = mapped_column(String(255), index=True)
    phase: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    place: Mapped[int] = mapped_column(Integer)
    blind: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(SealedText(200), default="")
    available_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = made_at()
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StudyConsensus(Base):
    """The agreed coding of a clip of a study, beside the codings it came from; what was agreed are its events."""

    __tablename__ = "study_consensus"
    __table_args__ = (UniqueConstraint("study_id", "clip_id"),)

    id: Mapped[str] = own_id()
    study_id: Mapped[str] = ref("study.id")
    clip_id: Mapped[str] = ref("clip.id")
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class StudyGamma(Base):
    """Gamma of two codings of a film in one lane, as it was worked out: its parts, null where nothing can be said."""

    __tablename__ = "study_gamma"

    study_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("study.id"), primary_key=True)
    clip_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("clip.id"), primary_key=True)
    first_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    second_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    lane_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    events: Mapped[int] = mapped_column(Integer)
    disorder: Mapped[float | None] = mapped_column(Float)
    expected: Mapped[float | None] = mapped_column(Float)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StudyWorry(Base):
    """What worries a coder in a clip: for whoever leads the study, beside all coding and in no table of it."""

    __tablename__ = "study_worry"

    id: Mapped[str] = own_id()
    study_id: Mapped[str] = ref("study.id")
    clip_id: Mapped[str] = ref("clip.id")
    coder: Mapped[str] = mapped_column(String(255))
    words: Mapped[str] = mapped_column(SealedText())
    made_at: Mapped[datetime] = made_at()
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    seen_by: Mapped[str] = mapped_column(String(255), default="")


class StudyTable(Base):
    """A table of a study as it was when its key was destroyed: what is left of it then."""

    __tablename__ = "study_table"

    study_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("study.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class CodingWords(Base):
    """What was told of coding files before: their columns, and what their words are in a scheme.

    `kept_by` is an account (`account:NAME`) or a study (`study:ID`).
    """

    __tablename__ = "coding_words"

    kept_by: Mapped[str] = mapped_column(String(300), primary_key=True)
    learnt: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ScreeningRun(Base):
    """A screening of films that lie elsewhere, as `vfeed screen` wrote it; what people say of it are its events."""

    __tablename__ = "screening_run"

    id: Mapped[str] = own_id()
    title: Mapped[str] = mapped_column(SealedText(120))
    told: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    films: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = made_at()
    made_by: Mapped[str] = mapped_column(String(255))


class ScreeningRow(Base):
    """What a screening says of one film, under the random name that it has there."""

    __tablename__ = "screening_row"

    run_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("screening_run.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    held: Mapped[dict[str, Any]] = mapped_column(SealedJSON)


class ScreeningFacts(Base):
    """What was measured of a clip for screening, from one analysis; made anew when there is a newer one."""

    __tablename__ = "screening_facts"

    clip_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("clip.id"), primary_key=True)
    analysis_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
