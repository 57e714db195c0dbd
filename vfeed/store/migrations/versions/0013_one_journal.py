"""One table for every journal, in place of six with the same columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Each table that was there: its stream, its column for the owner, and the owner's table.
TABLES = {
    "event": ("review", "clip_id", "clip"),
    "session_step": ("session", "owner_id", "feedback_session"),
    "programme_step": ("programme", "owner_id", "family"),
    "sheet_step": ("sheet", "owner_id", "sheet"),
    "measure_step": ("measures", "owner_id", "family"),
    "share_step": ("share", "owner_id", "supervision_share"),
}
REST = ("seq", "type", "payload", "actor", "at")


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "journal_event",
        sa.Column("stream", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        *_columns(),
        sa.PrimaryKeyConstraint("stream", "owner_id", "seq", name=op.f("pk_journal_event")),
    )
    journal = sa.table("journal_event", *map(sa.column, ("stream", "owner_id", *REST)))
    for name, (stream, owner, _of) in TABLES.items():
        table = sa.table(name, *map(sa.column, (owner, *REST)))
        rows = sa.select(sa.literal(stream), table.c[owner], *(table.c[each] for each in REST))
        op.execute(journal.insert().from_select(("stream", "owner_id", *REST), rows))
        op.drop_table(name)


def downgrade() -> None:
    """Take it back."""
    journal = sa.table("journal_event", *map(sa.column, ("stream", "owner_id", *REST)))
    for name, (stream, owner, of) in TABLES.items():
        op.create_table(
            name,
            sa.Column(owner, sa.String(length=22), nullable=False),
            *_columns(),
            sa.ForeignKeyConstraint([owner], [f"{of}.id"], name=op.f(f"fk_{name}_{owner}_{of}")),
            sa.PrimaryKeyConstraint(owner, "seq", name=op.f(f"pk_{name}")),
        )
        table = sa.table(name, *map(sa.column, (owner, *REST)))
        rows = sa.select(journal.c.owner_id, *(journal.c[each] for each in REST)).where(journal.c.stream == stream)
        op.execute(table.insert().from_select((owner, *REST), rows))
    op.drop_table("journal_event")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    ]
