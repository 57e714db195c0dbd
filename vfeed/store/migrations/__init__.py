"""How the database came to be: Alembic's migrations, run by `vfeed.store.migrating.migrate`."""
