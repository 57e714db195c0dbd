"""How the service itself is: for whoever watches it, and for what a browser keeps on its behalf."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from vfeed.errors import VfeedError
from vfeed.store.migrating import has_this_shape
from vfeed.store.store import Store


@dataclass(frozen=True)
class Readiness:
    """What answers: the database, in the shape that this version knows, and the folder or store of the films."""

    database: bool
    migrations: bool
    vault: bool

    def as_dict(self) -> dict[str, bool]:
        """As plain values."""
        return asdict(self)

    @property
    def is_ready(self) -> bool:
        """Whether a request can be answered."""
        return self.database and self.migrations and self.vault


class ServiceHealth:
    """What is asked of a running service; nothing of anybody is told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def readiness(self) -> Readiness:
        """Ask each once; what does not answer is False, never an error."""
        shape = self._shape()
        return Readiness(database=shape is not None, migrations=bool(shape), vault=self._vault())

    def jobs(self) -> Mapping[str, int]:
        """Return how many jobs there are in each state."""
        return self._store.jobs.by_state()

    def drafts_key(self, account_id: int) -> bytes:
        """Return the 32 bytes under which an account's browsers keep what the server does not have yet."""
        return self._store.secret(f"drafts:{account_id}")

    def _shape(self) -> bool | None:
        try:
            with self._store.database.read() as session:
                return has_this_shape(session.connection())
        except VfeedError:
            return None

    def _vault(self) -> bool:
        try:
            self._store.vault.is_empty()
        except (OSError, VfeedError):
            return False
        return True
