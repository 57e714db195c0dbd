"""What worries a coder in a film: it goes to whoever leads the study, and to no other coder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.services.access import Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import StudyWorry

MOST = 4_000


@dataclass(frozen=True)
class WorryPage:
    """What the page for a worry says: which study, and to whom it goes."""

    study: str
    lead: str


@dataclass(frozen=True)
class Told:
    """A worry with the film's name in the study."""

    row: StudyWorry
    film: str


class CoderConcerns:
    """What coders say beside their coding."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, actor: Actor, coding_id: str) -> WorryPage:
        """To whom it goes; raises VfeedError `not_found` for another's coding."""
        require(actor, "study.code")
        row = self._store.studies.coding_of(coding_id, actor.name)
        study, folded = self._store.studies.read(row.study_id)
        return WorryPage(folded.state.plan.title, self._lead(study.created_by))

    def tell(self, actor: Actor, coding_id: str, words: str) -> str:
        """Send it on its way, also when the film was handed in or is not open any more; returns to whom it goes.

        Raises VfeedError `not_found`, `invalid_input` for nothing said or far too much.
        """
        found = self.page(actor, coding_id)
        said = words.strip()
        if not said:
            raise VfeedError("invalid_input", _("Nothing is written."), hint=_("Say in a few words what worries you."))
        if len(said) > MOST:
            raise VfeedError("invalid_input", _("That is too long."), hint=_("Say it in %(most)s letters."), most=MOST)
        row = self._store.studies.coding_of(coding_id, actor.name)
        self._store.worries.add(row.study_id, row.clip_id, actor.name, said)
        return found.lead

    def of_study(self, actor: Actor, study_id: str) -> Sequence[Told] | None:
        """Return a study's worries for whoever leads it; None for anybody else."""
        require(actor, "study.manage")
        study, _folded = self._store.studies.read(study_id)
        if not self._is_for(actor, study.created_by):
            return None
        names = {clip.clip_id: clip.pseudonym for clip in self._store.studies.clips(study_id)}
        return [Told(row, names.get(row.clip_id, "")) for row in self._store.worries.of_study(study_id)]

    def waiting(self, actor: Actor) -> Mapping[str, int]:
        """Return how many worries nobody has seen, by study."""
        require(actor, "study.manage")
        return Counter(self._store.worries.open_ones())

    def seen(self, actor: Actor, study_id: str, worry_id: str) -> None:
        """Say that it was read; raises VfeedError `forbidden` for anybody but the lead."""
        require(actor, "study.manage")
        if not self._is_for(actor, self._store.studies.read(study_id)[0].created_by):
            raise VfeedError("forbidden", _("This is for whoever leads the study."), hint=_("Tell them that it waits."))
        self._store.worries.seen(study_id, worry_id, actor.name)

    def lead_of(self, study_id: str) -> str:
        """Return who leads a study, "" for any researcher."""
        return self._lead(self._store.studies.read(study_id)[0].created_by)

    def _lead(self, created_by: str) -> str:
        return created_by if self._store.worries.is_open_account(created_by) else ""

    def _is_for(self, actor: Actor, created_by: str) -> bool:
        """The lead alone; any researcher where nobody has that account any more."""
        return self._lead(created_by) in (actor.name, "")
