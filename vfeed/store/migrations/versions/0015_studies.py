"""Studies: their clips under other names, codings, and agreed codings."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.String(length=22)
MOMENT = sa.DateTime(timezone=True)
MICROS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply it."""
    op.create_table(
        "study",
        sa.Column("id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study")),
    )
    op.create_table(
        "study_clip",
        sa.Column("study_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("pseudonym", sa.String(length=40), nullable=False),
        sa.Column("family_pseudonym", sa.String(length=40), nullable=False),
        sa.Column("start_us", MICROS, nullable=False),
        sa.Column("end_us", MICROS, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_study_clip_clip_id_clip")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_clip_study_id_study")),
        sa.PrimaryKeyConstraint("study_id", "clip_id", name=op.f("pk_study_clip")),
        sa.UniqueConstraint("study_id", "pseudonym", name=op.f("uq_study_clip_study_id_pseudonym")),
    )
    op.create_table(
        "study_coding",
        sa.Column("id", ID, nullable=False),
        sa.Column("study_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("coder", sa.String(length=255), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("available_on", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("handed_in_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_study_coding_clip_id_clip")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_coding_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_coding")),
    )
    for column in ("study_id", "clip_id", "coder"):
        op.create_index(op.f(f"ix_study_coding_{column}"), "study_coding", [column])
    op.create_table(
        "study_consensus",
        sa.Column("id", ID, nullable=False),
        sa.Column("study_id", ID, nullable=False),
        sa.Column("clip_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_study_consensus_clip_id_clip")),
        sa.ForeignKeyConstraint(["study_id"], ["study.id"], name=op.f("fk_study_consensus_study_id_study")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_study_consensus")),
        sa.UniqueConstraint("study_id", "clip_id", name=op.f("uq_study_consensus_study_id_clip_id")),
    )
    for column in ("study_id", "clip_id"):
        op.create_index(op.f(f"ix_study_consensus_{column}"), "study_consensus", [column])


def downgrade() -> None:
    """Take it back."""
    for table in ("study_consensus", "study_coding", "study_clip", "study"):
        op.drop_table(table)
