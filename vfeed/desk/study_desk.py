"""What the commands `vfeed study` work with: the store, its use cases, and who they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from vfeed import launch
from vfeed.config import load_settings
from vfeed.desk.bundles import RESEARCHER, bundle_of_study
from vfeed.research.counting import count
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.services.study_files import Keep
from vfeed.store.store import Store


@dataclass(frozen=True)
class Desk:
    """An open store with its use cases."""

    store: Store
    services: Services
    actor: Actor

    def bundle(self, study_id: str, label: str, keep: Keep) -> None:
        """Make a bundle of a study and have its files, by path, kept."""
        bundle_of_study(self.store, study_id, label, self.actor.name, keep=keep)

    def work_out_gamma(self, study_id: str, *, say: Callable[[str], None]) -> None:
        """Work out gamma of the films of which it is not known, and keep it film by film."""
        missing = self.services.gammas.missing(self.actor, study_id)
        for number, clip_id in enumerate(missing, 1):
            found = self.services.gammas.work_out(study_id, clip_id, lambda _done: None)
            with self.store.database.write() as session:
                self.store.gammas.keep(study_id, found, session)
            say(f"Gamma: {number} of {count(len(missing), 'film')}.")


@contextmanager
def opened(name: str) -> Iterator[Desk]:
    """The installation of the settings, as a researcher of this name."""
    with launch.open_store(load_settings()) as store:
        yield Desk(store, Services(store), Actor(name, RESEARCHER))
