"""What was confirmed to leave as evidence, by its sum."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("evidence_export", sa.Column("confirmed_sum", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("evidence_export", "confirmed_sum")
