"""A family's measures: named by the worker, their numbers entered, taken out and taken back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.journal import Folded
from vfeed.practice.measures import MeasuresState
from vfeed.services.access import Access, Actor, require
from vfeed.store.store import Store


class Measures:
    """The use cases of measures; each raises VfeedError `not_found` and `forbidden` as `Access` does."""

    def __init__(self, store: Store, access: Access) -> None:
        self._store = store
        self._access = access

    def read(self, actor: Actor, family_id: str) -> Folded[MeasuresState]:
        """Return every step with what holds after them."""
        self._open(actor, family_id)
        return self._store.measures.read(family_id)

    def name(self, actor: Actor, family_id: str, measure: Mapping[str, Any]) -> None:
        """Add a measure; raises VfeedError `invalid_input` for what does not fit."""
        self._append(actor, family_id, "measure_named", {"measure_id": secrets.token_urlsafe(12), **measure})

    def correct(self, actor: Actor, family_id: str, measure_id: str, measure: Mapping[str, Any]) -> None:
        """Change a measure's name, range and cut-offs; its numbers stay. Raises VfeedError `not_found` without it."""
        if measure_id not in self.read(actor, family_id).state.measures:
            raise VfeedError("not_found", _("There is no such measure."), hint=_("Load the page again."))
        self._append(actor, family_id, "measure_named", {**measure, "measure_id": measure_id})

    def enter(self, actor: Actor, family_id: str, number: Mapping[str, Any]) -> None:
        """Enter a dated number; raises VfeedError `invalid_input` for what does not fit."""
        self._append(actor, family_id, "number_entered", {"number_id": secrets.token_urlsafe(12), **number})

    def remove(self, actor: Actor, family_id: str, number_id: str) -> None:
        """Take out a number that was entered by mistake; taking that back brings it back."""
        self._append(actor, family_id, "number_removed", {"number_id": number_id})

    def take_back(self, actor: Actor, family_id: str, *, redo: bool = False) -> None:
        """Take the last step back, or do it again; raises VfeedError `invalid_input` without one."""
        self._open(actor, family_id)
        self._store.measures.take_back(family_id, actor.name, redo=redo)

    def _append(self, actor: Actor, family_id: str, type_: str, payload: Mapping[str, Any]) -> None:
        self._open(actor, family_id)
        self._store.measures.append(family_id, actor.name, type_, payload)

    def _open(self, actor: Actor, family_id: str) -> None:
        require(actor, "session.keep")
        self._access.open_family(actor, family_id)
