"""A job's lane, and when it is due."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it: a vfeed that knows neither column may go on adding jobs."""
    op.add_column("job", sa.Column("lane", sa.String(length=12), server_default="interactive", nullable=False))
    op.add_column("job", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_job_started_at", "job", ["started_at"])


def downgrade() -> None:
    """Take it back."""
    op.drop_index("ix_job_started_at", "job")
    op.drop_column("job", "due_at")
    op.drop_column("job", "lane")
