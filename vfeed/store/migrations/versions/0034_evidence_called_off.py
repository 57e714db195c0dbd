"""What was chosen to leave as evidence can be called off by whoever works with the family."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("evidence_export", sa.Column("called_off_by", sa.String(length=255), nullable=True))
    op.add_column("evidence_export", sa.Column("called_off_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("evidence_export", "called_off_at")
    op.drop_column("evidence_export", "called_off_by")
