"""What belongs to the service: the check of the key, its own code sets, the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from vfeed.practice.protocol import Pack
from vfeed.store.tables.base import Base, BigInteger, UtcDateTime, made_at


class KeyCheck(Base):
    """A known text wrapped by the master key: tells a wrong key file from a damaged clip."""

    __tablename__ = "key_check"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)


class OwnPack(Base):
    """A code set of the service's own, as it was saved: every version stays, since old tags refer to it."""

    __tablename__ = "own_pack"

    pack_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    _content: Mapped[dict[str, Any]] = mapped_column("content", JSON)
    removed: Mapped[bool] = mapped_column(Boolean, default=False)
    actor: Mapped[str] = mapped_column(String(255))
    at: Mapped[datetime] = made_at()

    @property
    def pack(self) -> Pack:
        """The code set itself."""
        return Pack.model_validate(self._content)

    @pack.setter
    def pack(self, pack: Pack) -> None:
        self._content = pack.model_dump(mode="json", by_alias=True)


Detail = str | int | float | Sequence[str] | None
"""What a line of the trail adds under a name: a word, an id, a number, a yes or no, or several words."""


class Audit(Base):
    """One link of the audit chain: `hash` covers this row and the hash of the one before it."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(255))
    action: Mapped[str] = mapped_column(String(60), index=True)
    object: Mapped[str] = mapped_column(String(120), index=True)
    detail: Mapped[dict[str, Detail]] = mapped_column(JSON)
    prev_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the audit chain, sealed with a key from the master key: shows that last rows were cut off."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
