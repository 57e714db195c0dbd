"""Who works with which family, and who asked to."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "family_worker",
        sa.Column("family_id", sa.String(length=22), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_family_worker_family_id_family")),
        sa.PrimaryKeyConstraint("family_id", "username", name=op.f("pk_family_worker")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("family_worker")
