"""Sign-ins whose second step is still to come, and the last code of an authenticator app."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply it."""
    op.add_column("sign_in", sa.Column("due", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("account", sa.Column("totp_counter", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))


def downgrade() -> None:
    """Take it back."""
    op.drop_column("account", "totp_counter")
    op.drop_column("sign_in", "due")
