"""How many connections of a store's pool are out at once."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Engine, event


@dataclass
class Held:
    """The connections that are out now, and the most that were out together."""

    now: int = 0
    most: int = 0


@contextlib.contextmanager
def held_connections(engine: Engine) -> Iterator[Held]:
    """Count what is taken from an engine's pool and given back, by all threads, from now on."""
    held = Held()

    def take(*_told: object) -> None:
        held.now += 1
        held.most = max(held.most, held.now)

    def give_back(*_told: object) -> None:
        held.now -= 1

    event.listen(engine, "checkout", take)
    event.listen(engine, "checkin", give_back)
    try:
        yield held
    finally:
        event.remove(engine, "checkout", take)
        event.remove(engine, "checkin", give_back)
