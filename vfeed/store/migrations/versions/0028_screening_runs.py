"""Screenings of films that lie elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "screening_run",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("title", sa.String(length=120).with_variant(sa.Text(), "postgresql"), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("films", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_run")),
    )
    op.create_table(
        "screening_row",
        sa.Column("run_id", sa.String(length=22), nullable=False),
        sa.Column("name", sa.String(length=22), nullable=False),
        sa.Column("held", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["screening_run.id"], name=op.f("fk_screening_row_run_id_screening_run")),
        sa.PrimaryKeyConstraint("run_id", "name", name=op.f("pk_screening_row")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("screening_row")
    op.drop_table("screening_run")
