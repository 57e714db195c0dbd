"""Why work failed is kept as a text and its values, too, so that it is said in the reader's language."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("job", sa.Column("error_told", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("job", "error_told")
