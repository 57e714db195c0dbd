"""Filled-in forms of a family: begun for a visit or a shared review, filled in step by step, set beside each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from vfeed.journal.journal import Folded
from vfeed.practice.sheets import SheetState
from vfeed.services.access import Access, Actor, require
from vfeed.store.sheets import AddedToSheet
from vfeed.store.store import Store
from vfeed.store.tables import FeedbackSession, Sheet


@dataclass(frozen=True)
class Placed:
    """A sheet with the day of the visit or shared review that it belongs to, and the visit's title (None: a review)."""

    sheet: Sheet
    state: SheetState
    on: date
    visit_title: str | None


class Sheets:
    """The use cases of forms; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def begin(
        self, actor: Actor, family_id: str, pack_id: str, form_id: str, visit_id: str | None, session_id: str | None
    ) -> Sheet:
        """Return the sheet of a form for a visit or review: that which is there, or a new one."""
        self._open(actor, family_id)
        return self._store.sheets.begin(
            family_id, actor.name, pack_id, form_id, visit_id=visit_id, session_id=session_id
        )

    def read(self, actor: Actor, family_id: str, sheet_id: str) -> tuple[Placed, Folded[SheetState]]:
        """Return a sheet with where it belongs, and all its steps."""
        self._open(actor, family_id)
        sheet, state = self._store.sheets.get(family_id, sheet_id)
        return self._placed(sheet, state), self._store.sheets.read(family_id, sheet_id)

    def folded(self, actor: Actor, family_id: str, sheet_id: str) -> Folded[SheetState]:
        """Return all steps of a sheet with what holds after them."""
        self._open(actor, family_id)
        return self._store.sheets.read(family_id, sheet_id)

    def of_family(self, family_id: str) -> list[Placed]:
        """Return a family's sheets by day, none put aside, for callers who have opened the family."""
        return self._in_order(self._store.sheets.for_family(family_id))

    def of_form(self, actor: Actor, family_id: str, pack_id: str, form_id: str) -> list[Placed]:
        """Return a family's sheets of one form, by day."""
        self._open(actor, family_id)
        return self._in_order(self._store.sheets.of_form(family_id, pack_id, form_id))

    def at(self, session: FeedbackSession) -> tuple[SheetState, ...]:
        """Return what was filled in for a shared review or its visit, for callers who have opened the review."""
        return tuple(
            state
            for sheet, state in self._store.sheets.for_family(session.family_id)
            if sheet.session_id == session.id or (session.visit_id is not None and sheet.visit_id == session.visit_id)
        )

    def append(
        self,
        actor: Actor,
        family_id: str,
        sheet_id: str,
        type_: str,
        payload: Mapping[str, Any],
        expect: int | None = None,
    ) -> AddedToSheet:
        """Add one step; `expect` is the step that set this place last as the writer saw it.

        Raises VfeedError `invalid_input`, and `conflict` when somebody else has set the place since.
        """
        self._open(actor, family_id)
        return self._store.sheets.append(family_id, sheet_id, actor.name, type_, payload, expect)

    def take_back(self, actor: Actor, family_id: str, sheet_id: str, *, redo: bool = False) -> AddedToSheet:
        """Take the last step back, or do it again; raises VfeedError `invalid_input` without one."""
        self._open(actor, family_id)
        return self._store.sheets.take_back(family_id, sheet_id, actor.name, redo=redo)

    def _in_order(self, sheets: Sequence[tuple[Sheet, SheetState]]) -> list[Placed]:
        return sorted((self._placed(*each) for each in sheets), key=lambda each: (each.on, each.sheet.created_at))

    def _placed(self, sheet: Sheet, state: SheetState) -> Placed:
        if sheet.session_id:
            return Placed(sheet, state, self._store.sessions.state(sheet.session_id).held_on, None)
        visit = self._store.families.visit(sheet.visit_id or "")
        return Placed(sheet, state, visit.date, visit.title)

    def _open(self, actor: Actor, family_id: str) -> None:
        require(actor, "session.keep")
        self._access.open_family(actor, family_id)
