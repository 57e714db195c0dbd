"""Code sets of a service's own."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "own_pack",
        sa.Column("pack_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("pack_id", "version", name=op.f("pk_own_pack")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("own_pack")
