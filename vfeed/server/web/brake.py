"""The brake on guessing, one for every process: kept in the database, where it outlives a restart, or in a Redis."""

from __future__ import annotations

import hashlib
import hmac
import time

from limits.storage import MovingWindowSupport, RedisStorage, Storage
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from vfeed.store.database import Database
from vfeed.store.tables import Attempt

SCHEME = "vfeed"
GIVES_UP_S = 1.0
"""A Redis that says nothing for so long is away; each try to sign in asks it a few times."""


class DatabaseStorage(Storage, MovingWindowSupport):
    """A storage for `limits` on the table `attempt`; of a key, which may hold what was typed, a keyed hash is kept."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012

    def __init__(self, uri: str | None = None, *, database: Database, secret: bytes, **_options: object) -> None:
        super().__init__(uri)
        self._database = database
        self._secret = secret

    @property
    def base_exceptions(self) -> type[Exception] | tuple[type[Exception], ...]:
        """What goes wrong underneath."""
        return SQLAlchemyError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a try, unless that is one too many."""
        now, hashed = time.time(), self._hashed(key)
        with self._database.write() as session:
            session.execute(delete(Attempt).where(Attempt.until < now))
            count = session.scalar(select(func.count()).where(Attempt.key == hashed, Attempt.at > now - expiry)) or 0
            if amount > limit or count > limit - amount:
                return False
            session.add_all(Attempt(key=hashed, at=now, until=now + expiry) for _ in range(amount))
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the first try that still counts was, and how many there are."""
        now = time.time()
        query = select(func.min(Attempt.at), func.count()).where(
            Attempt.key == self._hashed(key), Attempt.at > now - expiry
        )
        with self._database.read() as session:
            first, count = session.execute(query).one()
        return (first if first is not None else now), min(count, limit)

    def count(self, key: str) -> int:
        """How many tries of this key still count."""
        query = select(func.count()).where(Attempt.key == self._hashed(key), Attempt.until > time.time())
        with self._database.read() as session:
            return session.scalar(query) or 0

    def clear(self, key: str) -> None:
        """Forget the tries of a key."""
        with self._database.write() as session:
            session.execute(delete(Attempt).where(Attempt.key == self._hashed(key)))

    def check(self) -> bool:
        """It is there whenever the database is."""
        return True

    def reset(self) -> int | None:
        """Forget every try."""
        with self._database.write() as session:
            return int(session.execute(delete(Attempt)).rowcount)  # type: ignore[attr-defined]

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not used: the window moves."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """How many tries of this key still count."""
        return self.count(key)

    def get_expiry(self, key: str) -> float:
        """When the last of them is forgotten."""
        query = select(func.max(Attempt.until)).where(Attempt.key == self._hashed(key))
        with self._database.read() as session:
            return session.scalar(query) or time.time()

    def _hashed(self, key: str) -> str:
        return _hashed(self._secret, key)


class RedisCounts(RedisStorage):
    """A storage for `limits` in a Redis; of a key, which may hold what was typed, a keyed hash is kept there, too."""

    STORAGE_SCHEME = [f"{SCHEME}+redis", f"{SCHEME}+rediss"]  # noqa: RUF012

    def __init__(self, uri: str, *, secret: bytes, **_options: object) -> None:
        super().__init__(uri.removeprefix(f"{SCHEME}+"), socket_timeout=GIVES_UP_S, socket_connect_timeout=GIVES_UP_S)
        self._secret = secret

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a try, unless that is one too many."""
        return super().acquire_entry(_hashed(self._secret, key), limit, expiry, amount)

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the first try that still counts was, and how many there are."""
        return super().get_moving_window(_hashed(self._secret, key), limit, expiry)


def _hashed(secret: bytes, key: str) -> str:
    return hmac.new(secret, key.encode(), hashlib.sha256).hexdigest()
