"""What was told of coding files before."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "coding_words",
        sa.Column("kept_by", sa.String(length=300), nullable=False),
        sa.Column("learnt", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kept_by", name=op.f("pk_coding_words")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("coding_words")
