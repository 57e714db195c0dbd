"""Coding a film blind: a coder has their own films' video and sound and their own steps, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Added, Folded
from vfeed.research.blind_coding import Begun, CodingState
from vfeed.services.access import Actor, require
from vfeed.store.store import Store
from vfeed.store.tables import StudyCoding

ROLES = ("proxy", "sound", "pts_map", "waveform")
"""What of a film a coder gets: a copy without the original's name and notes, or its sound; its frames' times; how its
sound swings."""


@dataclass(frozen=True)
class Task:
    """A film in a coder's list; `number` counts within the study, and nothing tells which film it is."""

    coding_id: str
    study: str
    number: int
    of: int
    begun: bool
    handed_in: bool


@dataclass(frozen=True)
class Room:
    """A coding with what its room shows."""

    coding_id: str
    number: int
    of: int
    study: str
    folded: Folded[CodingState]
    length_us: int
    has: frozenset[str]


@dataclass(frozen=True)
class Part:
    """A file for the room: open for reading, with its type and the id of this version of it."""

    file: BinaryIO
    media_type: str
    version: str


class CodingRoom:
    """What a coder does."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def mine(self, actor: Actor, today: date | None = None) -> list[Task]:
        """Return the coder's films: those that are open today, study by study."""
        require(actor, "study.code")
        rows = [row for row in self._store.studies.for_coder(actor.name) if self._offered(row, today)]
        of_study: dict[str, list[StudyCoding]] = {}
        for row in rows:
            of_study.setdefault(row.study_id, []).append(row)
        found = []
        for study_id, own in of_study.items():
            state = self._store.studies.read(study_id)[1].state
            for number, row in enumerate(own, 1):
                if row.handed_in_at is None and (state.closed or actor.name in state.paused):
                    continue
                task = Task(row.id, state.plan.title, number, len(own), bool(row.opened_at), bool(row.handed_in_at))
                found.append(task)
        return found

    def open(self, actor: Actor, coding_id: str) -> Room:
        """Open one of the coder's films.

        Raises VfeedError `not_found` for another's, `consent_missing` without a reason that tells of people,
        `conflict` when it was handed in or coding is closed.
        """
        row = self._own(actor, coding_id)
        if row.handed_in_at is not None:
            raise VfeedError(
                "conflict", _("You have handed this film in."), hint=_("Go back to the list of your films.")
            )
        state = self._store.studies.read(row.study_id)[1].state
        part = next(each for each in self._store.studies.clips(row.study_id) if each.clip_id == row.clip_id)
        begun = Begun(scheme=state.plan.scheme, start_us=part.start_us, end_us=part.end_us)
        folded = self._store.studies.open_coding(coding_id, actor.name, begun)
        task = next(task for task in self.mine(actor) if task.coding_id == coding_id)
        clip = self._store.clips.get(row.clip_id)
        has = frozenset(role for role in ROLES if self._store.blobs.has(row.clip_id, role))
        return Room(coding_id, task.number, task.of, task.study, folded, clip.film.duration_us, has)

    def read(self, actor: Actor, coding_id: str) -> Folded[CodingState]:
        """Return what the coder has coded so far."""
        self._own(actor, coding_id)
        return self._store.studies.read_coding(coding_id)

    def append(self, actor: Actor, coding_id: str, type_: str, payload: Mapping[str, Any]) -> Added[CodingState]:
        """Add one step; raises VfeedError `invalid_input`, `conflict` once handed in."""
        self._own(actor, coding_id)
        if type_ == "coding_begun":
            raise VfeedError("invalid_input", _("This coding has begun already."), hint=_("Go on with it."))
        return self._store.studies.append_coding(coding_id, actor.name, type_, payload)

    def take_back(
        self, actor: Actor, coding_id: str, expect_last: int | None = None, *, redo: bool = False
    ) -> Added[CodingState]:
        """Take the coder's last step back, or do it again; raises VfeedError `conflict` where it is not `expect_last`:
        another window of theirs went on.
        """
        self._own(actor, coding_id)
        return self._store.studies.take_back_coding(coding_id, actor.name, redo=redo, expect_last=expect_last)

    def study_of(self, actor: Actor, coding_id: str) -> str:
        """Return the id of the study of a coder's own coding."""
        require(actor, "study.code")
        return self._store.studies.coding_of(coding_id, actor.name).study_id

    def part(self, actor: Actor, coding_id: str, role: str) -> Part:
        """Return a file of the film; raises VfeedError `not_found` while it is not made."""
        row = self._own(actor, coding_id)
        info = self._store.blobs.info(row.clip_id, role) if role in ROLES else None
        if info is None:
            raise VfeedError("not_found", _("This has not been made yet."), hint=_("Come back a little later."))
        return Part(self._store.blobs.open(row.clip_id, role), info.media_type, info.id)

    def _own(self, actor: Actor, coding_id: str) -> StudyCoding:
        """The coder's own coding, open today."""
        require(actor, "study.code")
        row = self._store.studies.coding_of(coding_id, actor.name)
        if not self._offered(row):
            raise VfeedError(
                "consent_missing", _("This film is not open any more."), hint=_("Go on with the next one in your list.")
            )
        state = self._store.studies.read(row.study_id)[1].state
        if row.handed_in_at is None and (state.closed or actor.name in state.paused):
            why = _("Coding is closed in this study.") if state.closed else _("Your coding is paused in this study.")
            raise VfeedError("conflict", why, hint=_("Ask whoever leads the study."))
        return row

    def _offered(self, row: StudyCoding, today: date | None = None) -> bool:
        """Whether it is its time, and everybody in the film agrees to research."""
        day = today or date.today()
        early = row.available_on is not None and row.available_on > day
        return not early and bool(self._store.consents.decide(row.clip_id, "research", day))


def film_list(tasks: Sequence[Task]) -> dict[str, list[Task]]:
    """Return a coder's films by study."""
    found: dict[str, list[Task]] = {}
    for task in tasks:
        found.setdefault(task.study, []).append(task)
    return found
