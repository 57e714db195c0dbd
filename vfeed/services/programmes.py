"""The programme that the work with a family follows: chosen, ticked session by session, pointed to, taken back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.practice.plan import Plan
from vfeed.practice.programme import PlanLine, ProgrammeState, plan_lines, shown_to_be_held
from vfeed.practice.protocol import Pack
from vfeed.services.access import Access, Actor, require
from vfeed.services.families import FamilyRead
from vfeed.services.today import Today
from vfeed.store.store import Store

Found = Sequence[tuple[PlanLine, date]]
"""Sessions of the plan with the day on which each was held."""


@dataclass(frozen=True)
class Followed:
    """What is followed (None: nothing, or what is offered no longer), and what was ticked and undone so far."""

    pack: Pack | None
    packs: Sequence[Pack]
    folded: Folded[ProgrammeState]

    @property
    def state(self) -> ProgrammeState:
        """What holds now."""
        return self.folded.state

    @property
    def lines(self) -> Sequence[PlanLine]:
        """The plan; empty without one."""
        return plan_lines(self.pack, self.state) if self.pack else ()


class Programmes:
    """The use cases of programmes; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access, today: Today) -> None:
        self._store = store
        self._access = access
        self._today = today

    def read(self, family_id: str) -> Followed:
        """Return what a family's programme is, for callers who have opened the family or its clip."""
        folded, packs = self._store.programmes.read(family_id), self._store.packs.known().packs
        return Followed(next((each for each in packs if each.id == folded.state.pack), None), packs, folded)

    def pack(self, family_id: str) -> Pack | None:
        """Return the pack that is followed, for callers who have opened the family or its clip."""
        return self._store.programmes.pack(family_id)

    def choose(self, actor: Actor, family_id: str, pack_id: str, seen: int | None) -> None:
        """Follow a pack from now on, or none (empty); raises VfeedError `not_found`, `conflict`."""
        title = self._store.packs.get(pack_id).title if pack_id else ""
        self.append(actor, family_id, "programme_chosen", {"pack": pack_id, "title": title}, seen)

    def found(self, read: FamilyRead, followed: Followed) -> Found:
        """Return the sessions of the plan that what is kept here shows to have been held."""
        return shown_to_be_held(followed.pack, followed.state, self._today.days(read)) if followed.pack else ()

    def tick(self, actor: Actor, family_id: str, found: Sequence[tuple[PlanLine, date, str]]) -> None:
        """Tick sessions under the titles given; each tick is a step of its own, to be taken back by itself."""
        pack = self.pack(family_id)
        for line, held_on, title in found:
            payload = {
                "pack": pack.id if pack else "",
                "session": line.session.id,
                "round": line.round,
                "title": title,
                "held_on": held_on.isoformat(),
            }
            self.append(actor, family_id, "session_ticked", payload)

    def with_plan(self, family_id: str) -> tuple[Followed, Plan]:
        """Return the programme and its plan; raises VfeedError `invalid_input` when none with a plan is followed."""
        followed = self.read(family_id)
        if followed.pack is None or followed.pack.plan is None:
            raise VfeedError("invalid_input", _("No programme with a plan is followed."), hint=_("Choose one first."))
        return followed, followed.pack.plan

    def append(
        self, actor: Actor, family_id: str, type_: str, payload: Mapping[str, Any], seen: int | None = None
    ) -> None:
        """Add one step; `seen` is the last step that the writer saw. Raises VfeedError `invalid_input`, `conflict`."""
        self._open(actor, family_id)
        self._store.programmes.append(family_id, actor.name, type_, payload, seen)

    def take_back(self, actor: Actor, family_id: str, *, redo: bool = False) -> None:
        """Take the last step back, or do it again; raises VfeedError `invalid_input` without one."""
        self._open(actor, family_id)
        self._store.programmes.take_back(family_id, actor.name, redo=redo)

    def _open(self, actor: Actor, family_id: str) -> None:
        require(actor, "session.keep")
        self._access.open_family(actor, family_id)
