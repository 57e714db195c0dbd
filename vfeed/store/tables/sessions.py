"""What people do with moments: events, shared reviews, forms, what goes home and to supervisors."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.practice.sharing import Faces, Purpose, SharedFilm, Terms, Voices
from vfeed.store.sealed import SealedJSON
from vfeed.store.tables.base import ID_LENGTH, Base, UtcDateTime, made_at, own_id, ref, utc_now


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
    at: Mapped[datetime] = made_at()


class FeedbackSession(Base):
    """A shared review with a family; all that its record holds are its events."""

    __tablename__ = "feedback_session"

    id: Mapped[str] = own_id()
    family_id: Mapped[str] = ref("family.id")
    visit_id: Mapped[str | None] = ref("visit.id", null=True)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class Sheet(Base):
    """A form that is filled in for a visit or a shared review; all that it holds are its steps."""

    __tablename__ = "sheet"

    id: Mapped[str] = own_id()
    family_id: Mapped[str] = ref("family.id")
    visit_id: Mapped[str | None] = ref("visit.id", null=True)
    session_id: Mapped[str | None] = ref("feedback_session.id", null=True)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))


class TakeHomeLink(Base):
    """A link under which a parent sees the moments of a shared review; neither it nor its passphrase is kept."""

    __tablename__ = "take_home_link"

    id: Mapped[str] = own_id()
    session_id: Mapped[str] = ref("feedback_session.id")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    passphrase_hash: Mapped[str] = mapped_column(String(255))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(255))
    last_opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_open(self) -> bool:
        """Whether it has neither been revoked nor run out."""
        return self.revoked_at is None and utc_now() < self.expires_at


class SupervisionShare(Base):
    """A shared review that one supervisor may look at for a time: what for, what of it, and how much is hidden."""

    __tablename__ = "supervision_share"

    id: Mapped[str] = own_id()
    session_id: Mapped[str] = ref("feedback_session.id")
    supervisor: Mapped[str] = mapped_column(String(255), index=True)
    purpose: Mapped[Purpose] = mapped_column(String(20), default="supervision", server_default="supervision")
    last_day: Mapped[date] = mapped_column(Date)
    faces: Mapped[Faces] = mapped_column(String(20))
    voices: Mapped[Voices] = mapped_column(String(20))
    _films: Mapped[list[dict[str, Any]]] = mapped_column("films", SealedJSON)
    created_at: Mapped[datetime] = made_at()
    created_by: Mapped[str] = mapped_column(String(255))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(String(255))

    @property
    def terms(self) -> Terms:
        """What it allows, and since when it does not any more."""
        return Terms(
            supervisor=self.supervisor,
            last_day=self.last_day,
            faces=self.faces,
            voices=self.voices,
            purpose=self.purpose,
            films=tuple(SharedFilm.model_validate(film) for film in self._films),
            revoked_at=self.revoked_at,
        )

    @terms.setter
    def terms(self, terms: Terms) -> None:
        self.supervisor, self.last_day, self.purpose = terms.supervisor, terms.last_day, terms.purpose
        self.faces, self.voices = terms.faces, terms.voices
        self._films = [film.model_dump() for film in terms.films]
        self.revoked_at = terms.revoked_at
