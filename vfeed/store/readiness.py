"""Whether what requests need is there: for whoever decides which process is asked."""

from __future__ import annotations

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


def readiness(store: Store) -> Readiness:
    """Ask each once; what does not answer is False, never an error."""
    shape = _shape(store)
    return Readiness(database=shape is not None, migrations=bool(shape), vault=_vault(store))


def _shape(store: Store) -> bool | None:
    try:
        with store.database.read() as session:
            return has_this_shape(session.connection())
    except VfeedError:
        return None


def _vault(store: Store) -> bool:
    try:
        store.vault.is_empty()
    except (OSError, VfeedError):
        return False
    return True
