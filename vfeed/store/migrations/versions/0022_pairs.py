"""Who is in a film, and each adult's language and interpreter."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    with op.batch_alter_table("clip") as clip:
        clip.add_column(sa.Column("seen", sa.JSON(), nullable=True))
    with op.batch_alter_table("participant") as participant:
        participant.add_column(sa.Column("language", sa.String(length=12), server_default="", nullable=False))
        participant.add_column(sa.Column("interpreter", sa.String(length=120), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back, without making tables anew that others refer to."""
    op.drop_column("participant", "interpreter")
    op.drop_column("participant", "language")
    op.drop_column("clip", "seen")
