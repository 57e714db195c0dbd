"""Clips, with their files, analyses, uploads and the work on them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import JSON, Boolean, Date, Enum, Float, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.errors import KINDS, VfeedError
from vfeed.media.clip_facts import NOTHING, ClipFacts
from vfeed.store.sealed import SealedJSON, SealedText
from vfeed.store.tables.base import Base, BigInteger, UtcDateTime, made_at, own_id, ref


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_active(self) -> bool:
        """Whether it waits or is being worked on."""
        return self in ACTIVE


ACTIVE = (JobState.QUEUED, JobState.RUNNING)
MADE = ("reel_id", "share_id", "film", "study_id", "export_id")
"""What of a job's payload names the thing that is made."""


def _as_text(states: type[StrEnum], length: int) -> Enum:
    # Text in the database, on SQLite and on PostgreSQL: another state is no change of a type there.
    return Enum(states, native_enum=False, length=length, values_callable=lambda each: [state.value for state in each])


class Clip(Base):
    """A clip; once `erased_at` is set only this row's identity, family and dates are left of it."""

    __tablename__ = "clip"

    id: Mapped[str] = own_id()
    family_id: Mapped[str] = ref("family.id")
    visit_id: Mapped[str | None] = ref("visit.id", null=True)
    # Set for the film of a shared review, which is no film of play.
    session_id: Mapped[str | None] = ref("feedback_session.id", null=True)
    title: Mapped[str] = mapped_column(SealedText(200))
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    _facts: Mapped[dict[str, Any]] = mapped_column("facts", SealedJSON)
    recorded_on: Mapped[date | None] = mapped_column(Date)
    # Ids of the participants who are in it, where somebody said that it is not the whole family.
    seen: Mapped[list[str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    erased_at: Mapped[datetime | None] = mapped_column("forgotten_at", UtcDateTime)

    @property
    def film(self) -> ClipFacts:
        """What is known of its film; `NOTHING` of one that was erased."""
        return ClipFacts.from_dict(self._facts)

    @film.setter
    def film(self, facts: ClipFacts) -> None:
        # What another version knew beside stays; of one that is erased nothing does.
        self._facts = {} if facts is NOTHING else {**(self._facts or {}), **facts.as_dict()}


class Blob(Base):
    """A file in the vault: which clip it belongs to and what it is for."""

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("clip_id", "role"),)

    id: Mapped[str] = own_id()
    clip_id: Mapped[str] = ref("clip.id", index=False)
    role: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = made_at()


class Analysis(Base):
    """One analysis of a clip; its per-frame metrics are the clip's blob `metrics`."""

    __tablename__ = "analysis"

    id: Mapped[str] = own_id()
    clip_id: Mapped[str] = ref("clip.id")
    created_at: Mapped[datetime] = made_at()
    version: Mapped[dict[str, Any]] = mapped_column(JSON)
    filming: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    roles: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    states_display: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(SealedJSON)


class Job(Base):
    """A piece of work for a worker; this row, not the queue's message, is the truth about it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_lease_until", "state", "lease_until"),
        Index("ix_job_started_at", "started_at"),
    )

    id: Mapped[str] = own_id()
    kind: Mapped[str] = mapped_column(String(20))
    # Where it stands among those that wait (see `turns`). An earlier vfeed leaves it interactive and due at once.
    lane: Mapped[Literal["interactive", "batch"]] = mapped_column(String(12), server_default="interactive")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clip_id: Mapped[str] = ref("clip.id")
    # What it needs to know beside its clip: ids by name, such as `reel_id`, and a film's number.
    payload: Mapped[dict[str, str | int]] = mapped_column(JSON)
    # Set while queued or running and null afterwards: at most one active job for each thing to be made.
    active_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[JobState] = mapped_column(_as_text(JobState, 12), default=JobState.QUEUED)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    stage: Mapped[str] = mapped_column(String(200), default="")
    eta_s: Mapped[float | None] = mapped_column(Float)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notified_at: Mapped[datetime | None] = mapped_column("woken_at", UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(Boolean, default=False)
    error_code: Mapped[str | None] = mapped_column(String(40))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_hint: Mapped[str | None] = mapped_column(Text)
    # The same with its places and values apart (`VfeedError.as_template`); nothing by an earlier vfeed.
    _error_told: Mapped[dict[str, Any] | None] = mapped_column("error_told", JSON(none_as_null=True))
    # Where in the code the last attempt broke off; never what it worked on.
    trace: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def makes(self) -> str:
        """What it makes, by name: jobs with the same are tries at one thing, and one of them at most is active."""
        return ":".join([self.kind, self.clip_id, *(str(self.payload[name]) for name in MADE if name in self.payload)])

    @property
    def error(self) -> VfeedError | None:
        """What it failed for; None where it did not, or for what only another version knows by its code."""
        if self.error_code not in KINDS:
            return None
        words = {"code": self.error_code, "message": self.error_message or "", "hint": self.error_hint or ""}
        return VfeedError.from_template(self._error_told or words)

    @error.setter
    def error(self, error: VfeedError | None) -> None:
        self.error_code, self.error_message, self.error_hint = (
            (error.code, error.message, error.hint) if error else (None, None, None)
        )
        self._error_told = error.as_template() if error else None


class Upload(Base):
    """An upload under way; how much of it is there is told by its file, not by this row."""

    __tablename__ = "upload"

    id: Mapped[str] = own_id()
    owner: Mapped[str] = mapped_column(String(255), index=True)
    length: Mapped[int] = mapped_column(BigInteger)
    # What the browser said of it (`visit_id`, `session_id`, `title`, `filename`), as tus carries it.
    details: Mapped[dict[str, str]] = mapped_column("metadata", SealedJSON)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    file_name: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = made_at()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
