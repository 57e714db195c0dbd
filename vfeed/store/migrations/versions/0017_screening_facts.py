"""What was measured of each film for screening."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "screening_facts",
        sa.Column("clip_id", sa.String(length=22), nullable=False),
        sa.Column("analysis_id", sa.String(length=22), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_screening_facts_clip_id_clip")),
        sa.PrimaryKeyConstraint("clip_id", name=op.f("pk_screening_facts")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("screening_facts")
