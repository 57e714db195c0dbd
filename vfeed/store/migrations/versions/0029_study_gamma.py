"""Gamma of a study, film by film."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "study_gamma",
        sa.Column("study_id", sa.String(length=22), nullable=False),
        sa.Column("clip_id", sa.String(length=22), nullable=False),
        sa.Column("first_id", sa.String(length=22), nullable=False),
        sa.Column("second_id", sa.String(length=22), nullable=False),
        sa.Column("lane_id", sa.String(length=80), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("disorder", sa.Float(), nullable=True),
        sa.Column("expected", sa.Float(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_gamma_study_id_study")),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_study_gamma_clip_id_clip")),
        sa.PrimaryKeyConstraint("study_id", "clip_id", "first_id", "second_id", "lane_id", name=op.f("pk_study_gamma")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("study_gamma")
