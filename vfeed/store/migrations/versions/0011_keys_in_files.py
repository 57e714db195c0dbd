"""The clips' wrapped keys move out of the database, into files that its backups do not hold."""

from pathlib import Path

import sqlalchemy as sa
from alembic import context, op

from vfeed.store.keyring import make_folder, write_whole
from vfeed.store.keystore import KEYS

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BEFORE = sa.table("clip_key", sa.column("clip_id", sa.String), sa.column("wrapped", sa.LargeBinary))


def upgrade() -> None:
    """Apply it."""
    folder = Path(context.config.attributes["key_store"]) / KEYS
    make_folder(folder)
    for clip_id, wrapped in op.get_bind().execute(sa.select(BEFORE.c.clip_id, BEFORE.c.wrapped)):
        write_whole(folder / clip_id, wrapped)
    op.drop_table("clip_key")


def downgrade() -> None:
    """Take it back."""
    op.create_table(
        "clip_key",
        sa.Column("clip_id", sa.String(length=22), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["clip_id"], ["clip.id"], name=op.f("fk_clip_key_clip_id_clip")),
        sa.PrimaryKeyConstraint("clip_id", name=op.f("pk_clip_key")),
    )
    folder = Path(context.config.attributes["key_store"]) / KEYS
    known = set(op.get_bind().execute(sa.text("select id from clip where forgotten_at is null")).scalars())
    rows = [{"clip_id": path.name, "wrapped": path.read_bytes()} for path in folder.iterdir() if path.name in known]
    if rows:
        op.bulk_insert(BEFORE, rows)
