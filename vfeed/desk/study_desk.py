"""What the commands `vfeed study` work with: the store, its use cases, and who they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vfeed import launch
from vfeed.config import load_settings
from vfeed.desk.bundles import RESEARCHER, bundle_of_study
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store.store import Store


@dataclass(frozen=True)
class Desk:
    """An open store with its use cases."""

    store: Store
    services: Services
    actor: Actor

    def bundle(self, study_id: str, label: str) -> dict[str, bytes]:
        """The files of a bundle of a study, by path."""
        return bundle_of_study(self.store, study_id, label, self.actor.name)


@contextmanager
def opened(name: str) -> Iterator[Desk]:
    """The installation of the settings, as a researcher of this name."""
    with launch.open_store(load_settings()) as store:
        yield Desk(store, Services(store), Actor(name, RESEARCHER))
