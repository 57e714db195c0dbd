"""A connection to PostgreSQL that is given up when the server says nothing: one whose disk hangs keeps no limit itself.

Loaded only where there is such a server: the driver is an extra.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Any, TypeVar

import psycopg

Result = TypeVar("Result")
Asking = Generator[Any, Any, Result]


class ImpatientConnection(psycopg.Connection[Any]):
    """psycopg's connection; `patience_s` is how long the server may say nothing to a question, None: for ever."""

    patience_s: float | None = None

    def wait(self, gen: Asking[Result], *rest: Any, **more: Any) -> Result:
        """Wait for an answer as psycopg does; where none comes, close the connection and raise OperationalError."""
        if self.patience_s is None:
            return super().wait(gen, *rest, **more)
        return super().wait(self._until(gen, time.monotonic() + self.patience_s), *rest, **more)

    def _until(self, asking: Asking[Result], ends: float) -> Asking[Result]:
        try:
            wanted = next(asking)
            while True:
                ready = yield wanted
                # psycopg wakes ten times a second where nothing has come.
                if not ready and time.monotonic() > ends:
                    self.close()
                    raise psycopg.OperationalError("the server says nothing")
                wanted = asking.send(ready)
        except StopIteration as done:
            answer: Result = done.value
            return answer
