"""The retention clock of each family."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "family_clock",
        sa.Column("family_id", sa.String(length=22), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=True),
        sa.Column("announced_on", sa.Date(), nullable=True),
        sa.Column("hold_reason", sa.Text(), nullable=False),
        sa.Column("held_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_family_clock_family_id_family")),
        sa.PrimaryKeyConstraint("family_id", name=op.f("pk_family_clock")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("family_clock")
