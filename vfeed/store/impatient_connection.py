"""A connection to PostgreSQL that is given up when the server says nothing: one whose disk hangs keeps no limit."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any


def give_up_after(connection: Any, seconds: float) -> None:
    """From now on raise psycopg's OperationalError, on a connection then closed, when no answer comes for so long."""
    # All that psycopg asks a server is a generator that this waits for.
    wait = connection.wait

    def wait_until(asking: Generator[Any, Any, Any], *rest: Any, **more: Any) -> Any:
        return wait(_until(connection, asking, time.monotonic() + seconds), *rest, **more)

    connection.wait = wait_until


def _until(connection: Any, asking: Generator[Any, Any, Any], ends: float) -> Generator[Any, Any, Any]:
    try:
        wanted = next(asking)
        while True:
            ready = yield wanted
            # psycopg wakes ten times a second where nothing has come.
            if not ready and time.monotonic() > ends:
                connection.close()
                raise connection.OperationalError("the server says nothing")
            wanted = asking.send(ready)
    except StopIteration as done:
        return done.value
