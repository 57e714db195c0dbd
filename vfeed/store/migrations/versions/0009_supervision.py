"""Shares for supervision, and what is said about them."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "supervision_share",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("session_id", sa.String(length=22), nullable=False),
        sa.Column("supervisor", sa.String(length=255), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("faces", sa.String(length=20), nullable=False),
        sa.Column("voices", sa.String(length=20), nullable=False),
        sa.Column("films", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["feedback_session.id"], name=op.f("fk_supervision_share_session_id_feedback_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_share")),
    )
    with op.batch_alter_table("supervision_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supervision_share_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_share_supervisor"), ["supervisor"], unique=False)
    op.create_table(
        "share_step",
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["supervision_share.id"], name=op.f("fk_share_step_owner_id_supervision_share")
        ),
        sa.PrimaryKeyConstraint("owner_id", "seq", name=op.f("pk_share_step")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("share_step")
    op.drop_table("supervision_share")
