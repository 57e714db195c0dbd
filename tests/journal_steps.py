"""Journals for tests: steps by type and payload, folded in their order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from vfeed.journal.events import Event
from vfeed.journal.journal import Folded, Journal

State = TypeVar("State")
Given = tuple[str, dict[str, Any]]


def undone(event_id: int) -> Given:
    return "undone", {"event_id": event_id}


def folded(
    journal: Journal[State], steps: Iterable[Given], *, actor: str = "pat", at: datetime | None = None
) -> Folded[State]:
    """The steps as events of one person, numbered from 1, and the state after them."""
    return journal.fold(
        Event(number, type_, journal.parse(type_, payload), actor, at)
        for number, (type_, payload) in enumerate(steps, 1)
    )
