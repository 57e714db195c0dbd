"""Where in the code a job broke off, for the administrator."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    with op.batch_alter_table("job") as table:
        table.add_column(sa.Column("trace", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("job") as table:
        table.drop_column("trace")
