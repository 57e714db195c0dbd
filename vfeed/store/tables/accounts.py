"""Who signs in: accounts, their roles and passkeys, sign-ins, and tries that the brake counts."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask_security.models.sqla import FsModels, FsRoleMixin, FsUserMixin, FsWebAuthnMixin
from sqlalchemy import JSON, Boolean, Double, String, false
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.practice.kiosk_mode import KioskMode
from vfeed.store.tables.base import Base, BigInteger, UtcDateTime, made_at, utc_now

FsModels.set_db_info(  # type: ignore[no-untyped-call]
    base_model=Base, user_table_name="account", role_table_name="role", webauthn_table_name="webauthn"
)

SURE_FOR = timedelta(minutes=15)
"""So long after the password was given it is still the same person at the screen."""


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
    begun_at: Mapped[datetime] = made_at()
    seen_at: Mapped[datetime] = made_at()
    _lock: Mapped[dict[str, Any] | None] = mapped_column("lock", JSON(none_as_null=True))
    # Set while the second step is still to come: until then nothing opens but the page that asks for it.
    due: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # When the password was given once more; what takes something out asks for it anew after a while.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_sure(self) -> bool:
        """Whether the password was given so lately that what takes something out need not ask for it."""
        return utc_now() - (self.confirmed_at or self.begun_at) <= SURE_FOR

    @property
    def lock(self) -> KioskMode | None:
        """What is on show in it, and nothing else opens; None where all does that its account may."""
        return KioskMode(**{**self._lock, "others": tuple(self._lock.get("others", ()))}) if self._lock else None

    @lock.setter
    def lock(self, held: KioskMode | None) -> None:
        self._lock = asdict(held) if held else None


class Attempt(Base):
    """A try that the brake on guessing counts, under a keyed hash of who it is counted for."""

    __tablename__ = "attempt"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[float] = mapped_column(Double)
    until: Mapped[float] = mapped_column(Double, index=True)
