"""What all tables are made of: identities, moments, and the one metadata that the migrations are checked against."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger as Big
from sqlalchemy import DateTime, Dialect, ForeignKey, Integer, MetaData, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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


def own_id() -> Mapped[str]:
    """A column for the row's own identity."""
    return mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)


def ref(target: str, *, null: bool = False, index: bool = True) -> Mapped[Any]:
    """A column that refers to a row of `target`, such as family.id."""
    return mapped_column(String(ID_LENGTH), ForeignKey(target), nullable=null, index=index)


def made_at() -> Mapped[datetime]:
    """A column for when the row was made."""
    return mapped_column(UtcDateTime, default=utc_now)
