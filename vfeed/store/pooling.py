"""What stands before PostgreSQL and shares its processes out: well by the connection, refused by the transaction."""

from __future__ import annotations

from sqlalchemy import Engine, text

from vfeed.errors import VfeedError

TRIES = 3
"""A pool that others use meanwhile may by chance give out two processes of the server."""


def refuse_shared_processes(engine: Engine) -> None:
    """Raise VfeedError `setting_invalid` where two connections at once are served by one process of the server.

    So does PgBouncer with `pool_mode = transaction`. What vfeed sets for a connection (how long a question may take),
    the lock of a change of the tables, prepared questions and the queue's listening belong to a process of the server:
    they would be another's with the next transaction. Nothing is asked of SQLite.
    """
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as one, engine.connect() as other:
        for _ in range(TRIES):
            processes = set()
            for connection in (one, other):
                processes.add(connection.scalar(text("SELECT pg_backend_pid()")))
                connection.rollback()
            if len(processes) == 1:
                raise VfeedError(
                    "setting_invalid",
                    "Before PostgreSQL stands what gives each transaction to another of its processes.",
                    hint="Set pool_mode = session in PgBouncer for this database, or let VFEED_DATABASE_URL name "
                    "PostgreSQL itself.",
                )
