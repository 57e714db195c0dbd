"""Groups of families: sessions, who leads them, attendance, consents and films of a session."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def _id(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(length=22), nullable=False)


def _made(name: str) -> "sa.Column[Any]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _text(name: str, length: int) -> "sa.Column[Any]":
    return sa.Column(name, sa.String(length=length), nullable=False)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "parent_group",
        _id("id"),
        _text("title", 120),
        _text("pack", 40),
        sa.Column("most_pairs", sa.Integer(), nullable=False),
        sa.Column("leaders", sa.JSON(), nullable=False),
        _made("created_at"),
        _text("created_by", 255),
        _key("parent_group", "id"),
        sa.UniqueConstraint("title", name=op.f("uq_parent_group_title")),
    )
    op.create_table(
        "group_family",
        _id("group_id"),
        _id("family_id"),
        _made("joined_at"),
        _refers("group_family", "group_id", "parent_group"),
        _refers("group_family", "family_id", "family"),
        _key("group_family", "group_id", "family_id"),
    )
    op.create_table(
        "group_session",
        _id("id"),
        _id("group_id"),
        _text("title", 120),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("led_by", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _made("created_at"),
        _text("created_by", 255),
        _refers("group_session", "group_id", "parent_group"),
        _key("group_session", "id"),
    )
    op.create_index(op.f("ix_group_session_group_id"), "group_session", ["group_id"])
    op.create_table(
        "group_attendance",
        _id("meeting_id"),
        _id("family_id"),
        _text("came", 8),
        _refers("group_attendance", "meeting_id", "group_session"),
        _refers("group_attendance", "family_id", "family"),
        _key("group_attendance", "meeting_id", "family_id"),
    )
    op.create_table(
        "group_consent",
        _id("meeting_id"),
        _id("participant_id"),
        _made("given_at"),
        _text("written_by", 255),
        _refers("group_consent", "meeting_id", "group_session"),
        _refers("group_consent", "participant_id", "participant"),
        _key("group_consent", "meeting_id", "participant_id"),
    )
    op.create_table(
        "group_film",
        _id("id"),
        _id("meeting_id"),
        _id("clip_id"),
        _text("reel_id", 40),
        _text("added_by", 255),
        _made("added_at"),
        _refers("group_film", "meeting_id", "group_session"),
        _refers("group_film", "clip_id", "clip"),
        _key("group_film", "id"),
        sa.UniqueConstraint("meeting_id", "clip_id", "reel_id", name=op.f("uq_group_film_meeting_id_clip_id_reel_id")),
    )
    op.create_index(op.f("ix_group_film_meeting_id"), "group_film", ["meeting_id"])
    op.create_index(op.f("ix_group_film_clip_id"), "group_film", ["clip_id"])


def downgrade() -> None:
    """Take it back."""
    for table in ("group_film", "group_consent", "group_attendance", "group_session", "group_family", "parent_group"):
        op.drop_table(table)
