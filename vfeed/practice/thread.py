"""A thread: what several people say about places of a film, each taking back only their own words.

Colleagues have one in a review room (`comments.COMMENTS`), worker and supervisor one about what is shared
(`sharing.SHARE`). The two are journals apart: neither can show what stands in the other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import StringConstraints

from vfeed.journal.events import Event, Payload
from vfeed.journal.journal import AvailableUndo, Entry, Folded, available_undo
from vfeed.journal.undo import root
from vfeed.practice.events import MAX_TEXT, Micros

COMMENTED = "commented"


class Commented(Payload):
    """Words about a place of a film."""

    at_us: Micros
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]


@dataclass(frozen=True)
class Comment:
    """A comment that stands; `id` is its event, `at` when it was kept."""

    id: int
    said: Commented
    author: str
    at: datetime | None

    @property
    def at_us(self) -> int:
        """The place in the film."""
        return self.said.at_us

    @property
    def text(self) -> str:
        """The words."""
        return self.said.text


@dataclass(frozen=True)
class Thread:
    """The comments that stand, by their events; one that was taken back and said again keeps its place."""

    by_id: Mapping[int, Comment] = field(default_factory=dict)

    @property
    def comments(self) -> list[Comment]:
        """In the order in which they were written."""
        return sorted(self.by_id.values(), key=lambda each: each.id)

    def after(self, event: Event) -> Thread:
        """Return the thread after an event; one of another kind changes nothing."""
        if not isinstance(event.payload, Commented):
            return self
        said = Comment(event.id, event.payload, event.actor, event.at)
        return replace(self, by_id={**self.by_id, event.id: said})


def describe(_state: object, event: Event) -> Entry:
    """Return what an event does."""
    return Entry(event.type)


def own_steps(folded: Folded[Any], author: str, types: Collection[str] = (COMMENTED,)) -> AvailableUndo:
    """What this person's undo and redo would act on among events of these types.

    Nobody takes back what another has said.
    """
    mine = (each for each in folded.events if each.actor == author)
    return available_undo(folded, [each for each in mine if root(folded.events, each).type in types])
