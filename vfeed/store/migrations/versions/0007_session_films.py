"""Films of shared reviews, linked to their session."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    with op.batch_alter_table("clip", schema=None) as batch_op:
        batch_op.add_column(sa.Column("session_id", sa.String(length=22), nullable=True))
        batch_op.create_index(batch_op.f("ix_clip_session_id"), ["session_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_clip_session_id_feedback_session"), "feedback_session", ["session_id"], ["id"]
        )


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("clip", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_clip_session_id_feedback_session"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_clip_session_id"))
        batch_op.drop_column("session_id")
