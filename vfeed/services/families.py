"""Families: added and changed, and all that a family's own pages show, read in one look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.practice.permission import PermissionDecision
from vfeed.practice.retention import Clock
from vfeed.services.access import FAMILY_WORK, Access, Actor, require
from vfeed.store.family_reads import ClipFiles
from vfeed.store.store import Store
from vfeed.store.tables import Clip, Consent, Family, FamilyWorker, Participant, Visit

Row = TypeVar("Row", Participant, Visit)


@dataclass(frozen=True)
class ClipLine:
    """A clip of a family: whether this person may open it at all, and for the work with the family; what is made."""

    clip: Clip
    opens: PermissionDecision
    for_family_work: PermissionDecision
    is_analysed: bool
    has_poster: bool
    has_proxy: bool


@dataclass(frozen=True)
class FamilyRead:
    """A family with its people, visits (oldest first), clips of play (oldest first), consents and workers."""

    family: Family
    people: Sequence[Participant]
    visits: Sequence[Visit]
    clips: Sequence[ClipLine]
    consents: Sequence[Consent]
    workers: Sequence[FamilyWorker]

    @property
    def open_clips(self) -> dict[str, Clip]:
        """The clips that this person may open now for the work with the family, by id."""
        return {each.clip.id: each.clip for each in self.clips if each.for_family_work}


class Families:
    """The use cases of families and their pages; each raises VfeedError `not_found`, `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def read(self, actor: Actor, family_id: str) -> FamilyRead:
        """Return all that a family's pages show; the journals of its clips and reviews are looked up with it."""
        family = self._access.open_family(actor, family_id)
        self._store.family_look.look_up(family_id)
        families = self._store.families
        return FamilyRead(
            family,
            families.participants(family_id),
            families.visits(family_id),
            [self._line(actor, each) for each in self._store.clips.with_files(family_id)],
            self._store.consents.for_family(family_id),
            self._store.workers.of(family_id),
        )

    def one(self, actor: Actor, family_id: str) -> Family:
        """Return a family that this person works with."""
        return self._access.open_family(actor, family_id)

    def people(self, family_id: str) -> Sequence[Participant]:
        """Return the people of a family that the caller has opened."""
        return self._store.families.participants(family_id)

    def clips(self, family_id: str) -> Sequence[Clip]:
        """Return the clips of a family that the caller has opened, whether they open or not."""
        return self._store.clips.for_family(family_id)

    def clock(self, family_id: str) -> tuple[Clock, int]:
        """Return how long a family is kept, and after how many months of its end the service erases (0: never)."""
        return self._store.retention.clock(family_id), self._store.retention.months

    def visit(self, visit_id: str) -> Visit:
        """Return a visit of a family that the caller has opened; raises VfeedError `not_found`."""
        return self._store.families.visit(visit_id)

    def visit_of(self, clip: Clip) -> Visit | None:
        """Return the visit of a clip that the caller has opened, None for one of no visit."""
        return self._store.families.visit(clip.visit_id) if clip.visit_id else None

    def visits(self, actor: Actor, family_id: str) -> Sequence[Visit]:
        """Return a family's visits, oldest first."""
        self._access.open_family(actor, family_id)
        return self._store.families.visits(family_id)

    def set_seen(self, actor: Actor, family_id: str, clip_id: str, people: Sequence[str]) -> None:
        """Say who is in a clip of this family; needs no consent, for it says whose is asked for."""
        self._access.open_family(actor, family_id)
        if self._store.clips.get(clip_id).family_id != family_id:
            raise VfeedError("not_found", _("There is no such film in this family."), hint=_("Load the page again."))
        self._store.clips.set_seen(clip_id, people, actor.name)

    def set_language(self, actor: Actor, family_id: str, participant_id: str, language: str, interpreter: str) -> None:
        """Say which language an adult's room speaks, and who interprets for them."""
        self._access.open_family(actor, family_id)
        if participant_id not in {each.id for each in self._store.families.participants(family_id)}:
            raise VfeedError("not_found", _("There is no such person in this family."), hint=_("Load the page again."))
        self._store.families.set_language(participant_id, language, interpreter, actor.name)

    def create(self, actor: Actor, code_name: str) -> Family:
        """Add a family; raises VfeedError `conflict` for a code name that another one has."""
        require(actor, "family.change")
        return self._store.families.create(code_name, actor.name)

    def ask(self, actor: Actor, code_name: str, reason: str) -> Family:
        """Open another worker's family for a week; raises VfeedError `not_found`, `invalid_input` for no reason."""
        require(actor, "family.view")
        return self._store.workers.ask(code_name, actor.name, reason)

    def add_worker(self, actor: Actor, family_id: str, name: str) -> None:
        """Let a colleague work with a family; raises VfeedError `not_found` for no such practitioner."""
        self._change(actor, family_id)
        self._store.workers.add(family_id, name, actor.name)

    def remove_worker(self, actor: Actor, family_id: str, name: str) -> None:
        """Let a colleague open a family no longer."""
        self._change(actor, family_id)
        self._store.workers.remove(family_id, name, actor.name)

    def add_child(self, actor: Actor, family_id: str, label: str, birth_month: str | None) -> None:
        """Add a child, with year and month of birth where they are known."""
        self._change(actor, family_id)
        self._store.families.add_participant(
            family_id, "child", label, birth_month=birth_month, relation=None, actor=actor.name
        )

    def add_adult(self, actor: Actor, family_id: str, label: str, relation: str | None) -> None:
        """Add an adult, with what they are to the child."""
        self._change(actor, family_id)
        self._store.families.add_participant(
            family_id, "adult", label, birth_month=None, relation=relation, actor=actor.name
        )

    def add_visit(self, actor: Actor, family_id: str, on: date, title: str, helping_question: str) -> None:
        """Add a visit."""
        self._change(actor, family_id)
        self._store.families.add_visit(family_id, on, title, helping_question, actor=actor.name)

    def rename(self, actor: Actor, family_id: str, code_name: str) -> None:
        """Correct the code name; raises VfeedError `conflict` for one that another family has."""
        self._change(actor, family_id)
        self._store.families.rename(family_id, code_name, actor.name)

    def person_of(self, actor: Actor, family_id: str, participant_id: str) -> Participant:
        """Return a person of this family, to be corrected."""
        self._change(actor, family_id)
        return _among(self._store.families.participants(family_id), participant_id)

    def correct_person(
        self,
        actor: Actor,
        family_id: str,
        participant_id: str,
        label: str,
        birth_month: str | None,
        relation: str | None,
    ) -> None:
        """Correct what was typed of a person."""
        person = self.person_of(actor, family_id, participant_id)
        self._store.families.correct_participant(person.id, label, birth_month, relation, actor.name)

    def remove_person(self, actor: Actor, family_id: str, participant_id: str, *, in_no_film: bool) -> None:
        """Take out somebody added by mistake; raises VfeedError as the store's `remove_participant`."""
        person = self.person_of(actor, family_id, participant_id)
        self._store.families.remove_participant(person.id, actor.name, in_no_film=in_no_film)

    def visit_to_correct(self, actor: Actor, family_id: str, visit_id: str) -> Visit:
        """Return a visit of this family, to be corrected."""
        self._change(actor, family_id)
        return _among(self._store.families.visits(family_id), visit_id)

    def correct_visit(
        self, actor: Actor, family_id: str, visit_id: str, on: date, title: str, helping_question: str
    ) -> None:
        """Correct what was typed of a visit."""
        visit = self.visit_to_correct(actor, family_id, visit_id)
        self._store.families.correct_visit(visit.id, on, title, helping_question, actor.name)

    def remove_visit(self, actor: Actor, family_id: str, visit_id: str) -> None:
        """Take out a visit added by mistake; raises VfeedError `conflict` for one with films, reviews or forms."""
        self._store.families.remove_visit(self.visit_to_correct(actor, family_id, visit_id).id, actor.name)

    def set_clock(self, actor: Actor, family_id: str, ended_on: date | None, keep_until: date | None) -> None:
        """Say when the work ended and until when it is a record; raises VfeedError `invalid_input`."""
        self._change(actor, family_id)
        self._store.retention.set(family_id, ended_on, keep_until, actor.name, date.today())

    def hold(self, actor: Actor, family_id: str, reason: str) -> None:
        """Keep a family whatever its clock says; raises VfeedError `invalid_input` for no real reason."""
        self._change(actor, family_id)
        self._store.retention.hold(family_id, reason, actor.name)

    def release(self, actor: Actor, family_id: str) -> None:
        """End the hold."""
        self._change(actor, family_id)
        self._store.retention.release(family_id, actor.name)

    def _change(self, actor: Actor, family_id: str) -> None:
        require(actor, "family.change")
        self._access.open_family(actor, family_id)

    def _line(self, actor: Actor, made: ClipFiles) -> ClipLine:
        clip_id = made.clip.id
        return ClipLine(
            made.clip,
            self._access.decide(actor, clip_id),
            self._access.decide(actor, clip_id, among=FAMILY_WORK),
            made.is_analysed,
            "poster" in made.roles,
            "proxy" in made.roles,
        )


def _among(rows: Sequence[Row], row_id: str) -> Row:
    found = next((each for each in rows if each.id == row_id), None)
    if found is None:
        raise VfeedError("not_found", _("There is no such entry in this family."), hint=_("Load the page again."))
    return found
