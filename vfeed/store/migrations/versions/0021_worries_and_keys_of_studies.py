"""What worries coders, and what is left of a study whose key was destroyed."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
ID = sa.String(length=22)
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "study_worry",
        sa.Column("id", ID, nullable=False),
        sa.Column("study_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("coder", sa.String(length=255), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
        sa.Column("seen_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_study_worry_clip_id_clip")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_worry_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_worry")),
    )
    for column in ("study_id", "clip_id"):
        op.create_index(op.f(f"ix_study_worry_{column}"), "study_worry", [column])
    op.create_table(
        "study_table",
        sa.Column("study_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_table_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", "name", name=op.f("pk_study_table")),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("study_table")
    op.drop_table("study_worry")
