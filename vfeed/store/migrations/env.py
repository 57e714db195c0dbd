"""Alembic's entry: runs the migrations on the connection that `vfeed.store.database.migrate` hands over."""

from alembic import context

from vfeed.store.tables import Base

HUEY_PREFIX = "huey_"


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave the job queue's own tables, which may share a PostgreSQL database with ours, alone."""
    return not (kind == "table" and name is not None and name.startswith(HUEY_PREFIX))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
