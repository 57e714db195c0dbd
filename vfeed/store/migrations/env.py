"""Alembic's entry: runs the migrations on the connection that `vfeed.store.migrating.migrate` hands over."""

from alembic import context

from vfeed.store.migrations.ours import include_name
from vfeed.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=include_name,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
