"""The programme that a family's work follows, and filled-in forms."""

import sqlalchemy as sa
from alembic import op

from vfeed.store.tables import UtcDateTime

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def _steps(table: str, owner: str) -> None:
    op.create_table(
        table,
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=255), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], [f"{owner}.id"], name=op.f(f"fk_{table}_owner_id_{owner}")),
        sa.PrimaryKeyConstraint("owner_id", "seq", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    """Apply it."""
    _steps("programme_step", "family")
    op.create_table(
        "sheet",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("family_id", sa.String(length=22), nullable=False),
        sa.Column("visit_id", sa.String(length=22), nullable=True),
        sa.Column("session_id", sa.String(length=22), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(["family_id"], ["family.id"], name=op.f("fk_sheet_family_id_family")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_sheet_visit_id_visit")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["feedback_session.id"], name=op.f("fk_sheet_session_id_feedback_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
    )
    with op.batch_alter_table("sheet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sheet_family_id"), ["family_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_visit_id"), ["visit_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sheet_session_id"), ["session_id"], unique=False)
    _steps("sheet_step", "sheet")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("sheet_step")
    op.drop_table("sheet")
    op.drop_table("programme_step")
