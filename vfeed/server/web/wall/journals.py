"""The shapes of what people keep beside a review: records, forms, codings, comments, and what a parent says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import StrictInt, StrictStr

from vfeed.practice.sessions import ShownReel
from vfeed.research.blind_coding import Pointed
from vfeed.research.consensus import Settled
from vfeed.server.web.wall.base import Asked, Shape
from vfeed.server.web.wall.review import Step


class StepIn(Asked):
    """One step to add."""

    type: StrictStr
    payload: Mapping[str, Any]


class PartIn(StepIn):
    """One step to add; `expect` is the step that set this part last as the sender saw it."""

    expect: StrictInt | None = None


class JournalAnswer(Shape):
    """What one more step has changed: of lists and objects only entries that differ, null where one is gone."""

    event_id: int
    changed: Mapping[str, Any]
    undo: Step | None
    redo: Step | None


class Journal(Shape):
    """A journal as it stands, without its state."""

    last_event_id: int
    undo: Step | None
    redo: Step | None


class RecordState(Shape):
    """The record of a shared review; `went_well` is empty for whoever did not begin it. Days are YYYY-MM-DD."""

    held_on: str
    next_on: str | None
    helping_question: str
    working_point: str
    went_well: str
    reels: list[ShownReel]
    touched: Mapping[str, int]


class RecordJournal(Journal):
    """The record of a shared review."""

    state: RecordState


class SheetState(Shape):
    """A filled-in form: what stands at each place, and which step set it last."""

    values: Mapping[str, str | int]
    aside: bool
    touched: Mapping[str, int]


class SheetJournal(Journal):
    """A filled-in form."""

    state: SheetState


class CodingState(Shape):
    """A coding: for each lane pairs of a time and the code that holds from there on, and points in time."""

    switches: Mapping[str, list[tuple[int, str]]]
    points: list[Pointed]
    ended: list[str]
    handed_in: bool


class CodingJournal(Journal):
    """A coding."""

    state: CodingState


class LanePlace(Shape):
    """A stretch of a lane."""

    lane: str
    start_us: int
    end_us: int


class LaneCode(Shape):
    """A code of a lane."""

    lane: str
    code: str


class EndCheck(Shape):
    """What is left open in a coding or looks like a slip, before it is handed in."""

    open_passes: list[str]
    not_coded: list[LanePlace]
    short: list[LanePlace]
    unused: list[LaneCode]


class ConsensusState(Shape):
    """What two coders have agreed on, by lane and start of the stretch, and which step settled each last."""

    settled: Mapping[str, Settled]
    finished: bool
    touched: Mapping[str, int]


class ConsensusJournal(Journal):
    """An agreed coding."""

    state: ConsensusState


class Comment(Shape):
    """Something said about a place of a film, by a colleague or in supervision; `when` is in words."""

    id: int
    at_us: int
    text: str
    author: str
    mine: bool
    when: str


class Thread(Shape):
    """What was said about a film, and whether this person may take back or say again their own last comment."""

    comments: list[Comment]
    can_undo: bool
    can_redo: bool


class CommentIn(Asked):
    """Something to say about a time of a film."""

    at_us: StrictInt | None = None
    text: StrictStr


class ParentWords(Asked):
    """What the parent says about a moment, written down."""

    moment_id: StrictStr
    text: StrictStr


class TalkMarkIn(Asked):
    """A place of the film of moments that the parent wants to talk about; null: where the moment begins."""

    mark_id: StrictStr
    moment_id: StrictStr
    at_us: StrictInt | None = None


class TalkMarked(Shape):
    """A mark that was made or taken away."""

    mark_id: str


class NextStep(Asked):
    """What the parent would like to try next."""

    text: StrictStr


class OwnMark(Shape):
    """What a parent marked in a film by themselves: the stretch, and where the film stood when they pressed."""

    mark_id: str
    at_us: int
    start_us: int
    end_us: int


class OwnMarkIn(Shape):
    """To mark what the parent likes, under a new id, where the film stands."""

    mark_id: StrictStr
    at_us: StrictInt


class OwnMarkGone(Shape):
    """A mark that was taken away."""

    mark_id: str


class OwnSaid(Shape):
    """What a parent says of their own mark, which the room knows as a moment."""

    moment_id: StrictStr
    text: StrictStr
