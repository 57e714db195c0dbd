"""What colleagues say to each other about a film: for the family's own workers, at places of the film.

It is a journal of its own, so that taking back a decision takes back nobody's words, and so that nothing that shows a
review (the parent's room, what goes home, what is shared with a supervisor) can show what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Annotated

from pydantic import StringConstraints

from vfeed.errors import VfeedError
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import AvailableUndo, Entry, Folded, Journal, available_undo
from vfeed.journal.undo import root
from vfeed.practice.events import MAX_TEXT, Micros


class ColleagueCommented(Payload):
    """Words about a place of the film."""

    at_us: Micros
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TEXT)]


STEP_TYPES: dict[str, type[Payload]] = {"commented": ColleagueCommented, "undone": Undone}


@dataclass(frozen=True)
class ColleagueComment:
    """A comment that stands; `id` is its event, `at` when it was kept."""

    id: int
    at_us: int
    text: str
    author: str
    at: datetime | None


@dataclass(frozen=True)
class Thread:
    """The comments that stand, by their events: in the order in which they were written."""

    by_id: Mapping[int, ColleagueComment] = field(default_factory=dict)

    @property
    def comments(self) -> list[ColleagueComment]:
        """From the first to the last; one that was taken back and said again keeps its place."""
        return sorted(self.by_id.values(), key=lambda each: each.id)


def apply(state: Thread, event: Event) -> Thread:
    """Return the thread after an event."""
    if not isinstance(event.payload, ColleagueCommented):
        return state
    said = ColleagueComment(event.id, event.payload.at_us, event.payload.text, event.actor, event.at)
    return replace(state, by_id={**state.by_id, event.id: said})


def describe(_state: Thread, event: Event) -> Entry:
    """Return what an event does."""
    return Entry(event.type)


def own_steps(folded: Folded[Thread], author: str) -> AvailableUndo:
    """What this person's undo and redo would act on: nobody takes back what another has said."""
    return available_undo(folded, [each for each in folded.events if root(folded.events, each).actor == author])


def check(payload: Payload, duration_us: int) -> None:
    """Raise VfeedError `invalid_input` for a comment on a place beyond the end of the film."""
    if isinstance(payload, ColleagueCommented) and payload.at_us > duration_us:
        raise VfeedError(
            "invalid_input", "This lies beyond the end of the film.", hint="Go to a place in the film and try again."
        )


COMMENTS = Journal(STEP_TYPES, Thread(), apply, describe)
"""What colleagues say about a film."""
