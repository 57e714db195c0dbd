"""The steps of a family's measures."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "measure_step",
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["family.id"], name=op.f("fk_measure_step_owner_id_family")),
        sa.PrimaryKeyConstraint("owner_id", "seq", name=op.f("pk_measure_step")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("measure_step")
