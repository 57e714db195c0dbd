"""Shared reviews and the steps of their records."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "feedback_session",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("family_id", sa.String(length=22), nullable=False),
        sa.Column("visit_id", sa.String(length=22), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_feedback_session_family_id_family")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_feedback_session_visit_id_visit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_session")),
    )
    with op.batch_alter_table("feedback_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_session_family_id"), ["family_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_session_visit_id"), ["visit_id"], unique=False)
    op.create_table(
        "session_step",
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["feedback_session.id"], name=op.f("fk_session_step_owner_id_feedback_session")
        ),
        sa.PrimaryKeyConstraint("owner_id", "seq", name=op.f("pk_session_step")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("session_step")
    op.drop_table("feedback_session")
