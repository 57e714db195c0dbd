"""The tables: one class a table, in one metadata that the migrations are checked against."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime
from typing import Any, Literal

from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin, FsWebAuthnMixin
from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    Dialect,
    Double,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    false,
)
from sqlalchemy import BigInteger as Big
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from vfeed.store.sealed import SealedJSON, SealedText

ID_LENGTH = 22
# 64-bit everywhere, yet still SQLite's own row number type where it is a primary key.
BigInteger = Big().with_variant(Integer(), "sqlite")


def new_id() -> str:
    """A random identity of 22 URL-safe characters (128 bits)."""
    return secrets.token_urlsafe(16)


def utc_now() -> datetime:
    """Now, timezone-aware, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC: naive values are refused, and what comes back is always timezone-aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """To UTC; raises ValueError for a value without a timezone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a timezone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database, where SQLite has dropped the timezone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one declarative base."""

    # Every constraint has a name, or a later migration could not change it on SQLite.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def _id() -> Mapped[str]:
    return mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)


def _ref(target: str, *, null: bool = False, index: bool = True) -> Mapped[Any]:
    return mapped_column(String(ID_LENGTH), ForeignKey(target), nullable=null, index=index)


def _made_at() -> Mapped[datetime]:
    return mapped_column(UtcDateTime, default=utc_now)


FsModels.set_db_info(  # type: ignore[no-untyped-call]
    base_model=Base, user_table_name="account", role_table_name="role", webauthn_table_name="webauthn"
)


class Role(Base, FsRoleMixin):
    """One of the account roles of `practice.roles`."""

    __tablename__ = "role"


class User(Base, FsUserMixin):
    """An account: `username` is the name a person signs in with, `email` is only a unique stand-in unless given."""

    __tablename__ = "account"

    display_name: Mapped[str] = mapped_column(String(120), default="")
    must_change_password: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # A one-time password opens nothing after this.
    one_time_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # What opens the parent's room again, in place of the password, when the worker has chosen one.
    room_pin: Mapped[str | None] = mapped_column(String(255))
    # The language in which this person reads vfeed, as Babel names it; empty while nothing was chosen.
    language: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # The last code of the authenticator app that was taken: none before it opens anything again.
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)


class WebAuthn(Base, FsWebAuthnMixin):
    """A registered passkey or security key of an account."""

    __tablename__ = "webauthn"


class SignIn(Base):
    """A sign-in that goes on: `id` is a hash of its secret, `lock` what the parent's room holds it to."""

    __tablename__ = "sign_in"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    username: Mapped[str] = mapped_column(String(255), index=True)
    device: Mapped[str] = mapped_column(String(120), default="")
    begun_at: Mapped[datetime] = _made_at()
    seen_at: Mapped[datetime] = _made_at()
    lock: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    # Set while the second step is still to come: until then nothing opens but the page that asks for it.
    due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # When the password was given once more; what takes something out asks for it anew after a while.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attempt(Base):
    """A try that the brake on guessing counts, under a keyed hash of who it is counted for."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[float] = mapped_column(Double)
    until: Mapped[float] = mapped_column(Double, index=True)


class Family(Base):
    """A family, known by a code name alone."""

    __tablename__ = "family"

    id: Mapped[str] = _id()
    code_name: Mapped[str] = mapped_column(SealedText(80, findable=True), unique=True)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class FamilyWorker(Base):
    """A practitioner beside the one who made the family: added by a worker, or (`until` set) one who asked."""

    __tablename__ = "family_worker"

    family_id: Mapped[str] = mapped_column(String(ID_LENGTH), ForeignKey("family.id"), primary_key=True)
    username: Mapped[str] = mapped_column(String(255), primary_key=True)
    since: Mapped[datetime] = _made_at()
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

    id: Mapped[str] = _id()
    family_id: Mapped[str] = _ref("family.id")
    kind: Mapped[str] = mapped_column(String(10))
    label: Mapped[str] = mapped_column(SealedText(80))
    birth_month: Mapped[str | None] = mapped_column(SealedText(7))
    relation: Mapped[str | None] = mapped_column(SealedText(80))
    language: Mapped[str] = mapped_column(String(12), default="", server_default="")
    interpreter: Mapped[str] = mapped_column(SealedText(120), default="", server_default="")
    created_at: Mapped[datetime] = _made_at()


class Visit(Base):
    """One visit, with the question that the family and the worker agreed on."""

    __tablename__ = "visit"

    id: Mapped[str] = _id()
    family_id: Mapped[str] = _ref("family.id")
    date: Mapped[date] = mapped_column(Date)
    title: Mapped[str] = mapped_column(SealedText(200))
    helping_question: Mapped[str] = mapped_column(SealedText(), default="")
    created_at: Mapped[datetime] = _made_at()


class Clip(Base):
    """A clip; once `forgotten_at` is set only this row's identity, family and dates are left of it."""

    __tablename__ = "clip"

    id: Mapped[str] = _id()
    family_id: Mapped[str] = _ref("family.id")
    visit_id: Mapped[str | None] = _ref("visit.id", null=True)
    # Set for the film of a shared review, which is no film of play.
    session_id: Mapped[str | None] = _ref("feedback_session.id", null=True)
    title: Mapped[str] = mapped_column(SealedText(200))
    sha256: Mapped[str | None] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    recorded_on: Mapped[date | None] = mapped_column(Date)
    # Ids of the participants who are in it, where somebody said that it is not the whole family.
    seen: Mapped[list[str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    forgotten_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class KeyCheck(Base):
    """A known text wrapped by the master key: tells a wrong key file from a damaged clip."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class Blob(Base):
    """A file in the vault: which clip it belongs to and what it is for."""

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("clip_id", "role"),)

    id: Mapped[str] = _id()
    clip_id: Mapped[str] = _ref("clip.id", index=False)
    role: Mapped[str] = mapped_column(String(80))
    media_type: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str] = mapped_column(String(64), unique=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = _made_at()


class Consent(Base):
    """One person's consent to one use, for one clip or (`clip_id` null) all clips of the family."""

    __tablename__ = "consent"

    id: Mapped[str] = _id()
    participant_id: Mapped[str] = _ref("participant.id")
    use: Mapped[str] = mapped_column(String(20))
    clip_id: Mapped[str | None] = _ref("clip.id", null=True)
    granted_on: Mapped[date] = mapped_column(Date)
    expires_on: Mapped[date | None] = mapped_column(Date)
    note: Mapped[str] = mapped_column(SealedText(), default="")
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[str | None] = mapped_column(String(255))
    withdraw_reason: Mapped[str | None] = mapped_column(SealedText())


class Analysis(Base):
    """One analysis of a clip; its per-frame metrics are the clip's blob `metrics`."""

    __tablename__ = "analysis"

    id: Mapped[str] = _id()
    clip_id: Mapped[str] = _ref("clip.id")
    created_at: Mapped[datetime] = _made_at()
    version: Mapped[dict[str, Any]] = mapped_column(JSON)
    filming: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    roles: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    states_display: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(SealedJSON)


class JournalEvent(Base):
    """What a person did: never changed, never removed but with its owner; `seq` counts from 1 in each stream.

    `stream` names the kind of journal, `owner_id` whose it is: a clip, a shared review, a family, a sheet, a share.
    """

    __tablename__ = "journal_event"

    stream: Mapped[str] = mapped_column(String(20), primary_key=True)
    owner_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    type: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = _made_at()


class FeedbackSession(Base):
    """A shared review with a family; all that its record holds are its events."""

    __tablename__ = "feedback_session"

    id: Mapped[str] = _id()
    family_id: Mapped[str] = _ref("family.id")
    visit_id: Mapped[str | None] = _ref("visit.id", null=True)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class Sheet(Base):
    """A form that is filled in for a visit or a shared review; all that it holds are its steps."""

    __tablename__ = "sheet"

    id: Mapped[str] = _id()
    family_id: Mapped[str] = _ref("family.id")
    visit_id: Mapped[str | None] = _ref("visit.id", null=True)
    session_id: Mapped[str | None] = _ref("feedback_session.id", null=True)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class TakeHomeLink(Base):
    """A link under which a parent sees the moments of a shared review; neither it nor its passphrase is kept."""

    __tablename__ = "take_home_link"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("feedback_session.id")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    passphrase_hash: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(255))
    last_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SupervisionShare(Base):
    """A shared review that one supervisor may look at for a time: what for, what of it, and how much is hidden."""

    __tablename__ = "supervision_share"

    id: Mapped[str] = _id()
    session_id: Mapped[str] = _ref("feedback_session.id")
    supervisor: Mapped[str] = mapped_column(String(255), index=True)
    purpose: Mapped[str] = mapped_column(String(20), default="supervision", server_default="supervision")
    last_day: Mapped[date] = mapped_column(Date)
    faces: Mapped[str] = mapped_column(String(20))
    voices: Mapped[str] = mapped_column(String(20))
    films: Mapped[list[dict[str, Any]]] = mapped_column(SealedJSON)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(255))


class Study(Base):
    """A study of how far coders agree; what is laid down in it, and its course, are its events."""

    __tablename__ = "study"

    id: Mapped[str] = _id()
    created_at: Mapped[datetime] = _made_at()
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
    added_at: Mapped[datetime] = _made_at()
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StudyCoding(Base):
    """A coding that a coder is to do: whose, of which clip, for what; what is coded are its events.

    `blind` is false, with `why`, where the coder had seen more of the film than its pictures and sound.
    """

    __tablename__ = "study_coding"

    id: Mapped[str] = _id()
    study_id: Mapped[str] = _ref("study.id")
    clip_id: Mapped[str] = _ref("clip.id")
    coder: Mapped[str] = mapped_column(String(255), index=True)
    phase: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    place: Mapped[int] = mapped_column(Integer)
    blind: Mapped[bool] = mapped_column(Boolean)
    why: Mapped[str] = mapped_column(SealedText(200), default="")
    available_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = _made_at()
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class StudyConsensus(Base):
    """The agreed coding of a clip of a study, beside the codings it came from; what was agreed are its events."""

    __tablename__ = "study_consensus"
    __table_args__ = (UniqueConstraint("study_id", "clip_id"),)

    id: Mapped[str] = _id()
    study_id: Mapped[str] = _ref("study.id")
    clip_id: Mapped[str] = _ref("clip.id")
    created_at: Mapped[datetime] = _made_at()
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

    id: Mapped[str] = _id()
    study_id: Mapped[str] = _ref("study.id")
    clip_id: Mapped[str] = _ref("clip.id")
    coder: Mapped[str] = mapped_column(String(255))
    words: Mapped[str] = mapped_column(SealedText())
    made_at: Mapped[datetime] = _made_at()
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

    id: Mapped[str] = _id()
    title: Mapped[str] = mapped_column(SealedText(120))
    told: Mapped[dict[str, Any]] = mapped_column(SealedJSON)
    films: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = _made_at()
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


JobState = Literal["queued", "running", "done", "failed", "cancelled"]


class Job(Base):
    """A piece of work for a worker; this row, not the queue's message, is the truth about it."""

    __tablename__ = "job"
    __table_args__ = (
        Index("ix_job_state_lease_until", "state", "lease_until"),
        Index("ix_job_started_at", "started_at"),
    )

    id: Mapped[str] = _id()
    kind: Mapped[str] = mapped_column(String(20))
    # Where it stands among those that wait (see `turns`). An earlier vfeed leaves it interactive and due at once.
    lane: Mapped[Literal["interactive", "batch"]] = mapped_column(String(12), server_default="interactive")
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    clip_id: Mapped[str] = _ref("clip.id")
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    # Set while queued or running and null afterwards: at most one active job for each thing to be made.
    active_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    state: Mapped[JobState] = mapped_column(String(12), default="queued")
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    stage: Mapped[str] = mapped_column(String(200), default="")
    eta_s: Mapped[float | None] = mapped_column(Float)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(80))
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancel_requested: Mapped[bool] = mapped_column(Boolean, default=False)
    error_code: Mapped[str | None] = mapped_column(String(40))
    error_message: Mapped[str | None] = mapped_column(Text)
    error_hint: Mapped[str | None] = mapped_column(Text)
    # Where in the code the last attempt broke off; never what it worked on.
    trace: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = _made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OwnPack(Base):
    """A code set of the service's own, as it was saved: every version stays, since old tags refer to it."""

    __tablename__ = "own_pack"

    pack_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    removed: Mapped[bool] = mapped_column(Boolean, default=False)
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = _made_at()


class Upload(Base):
    """An upload under way; how much of it is there is told by its file, not by this row."""

    __tablename__ = "upload"

    id: Mapped[str] = _id()
    owner: Mapped[str] = mapped_column(String(255), index=True)
    length: Mapped[int] = mapped_column(BigInteger)
    details: Mapped[dict[str, Any]] = mapped_column("metadata", SealedJSON)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    file_name: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = _made_at()
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Audit(Base):
    """One link of the audit chain: `hash` covers this row and the hash of the one before it."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(60), index=True)
    object: Mapped[str] = mapped_column(String(120), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the audit chain, sealed with a key from the master key: shows that last rows were cut off."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
