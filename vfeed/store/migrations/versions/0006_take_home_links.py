"""Links under which a parent sees the moments of a shared review."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "take_home_link",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("session_id", sa.String(length=22), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("passphrase_hash", sa.String(length=255), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(length=255), nullable=True),
        sa.Column("last_opened_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["feedback_session.id"], name=op.f("fk_take_home_link_session_id_feedback_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_take_home_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_take_home_link_token_hash")),
    )
    with op.batch_alter_table("take_home_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_take_home_link_session_id"), ["session_id"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("take_home_link")
