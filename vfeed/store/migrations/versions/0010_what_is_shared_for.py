"""What a share is for: supervision, or the training of colleagues."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    with op.batch_alter_table("supervision_share", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purpose", sa.String(length=20), server_default="supervision", nullable=False))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("supervision_share", schema=None) as batch_op:
        batch_op.drop_column("purpose")
