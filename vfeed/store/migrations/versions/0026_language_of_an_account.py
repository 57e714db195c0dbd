"""The language in which a person reads vfeed."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("account", sa.Column("language", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("account", "language")
