"""The shapes of a review: what the analysis offers, what people did with it, and what is sent to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ConfigDict, Field, RootModel, StrictInt, StrictStr
from typing_extensions import TypeAliasType

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.person_labels import Part
from vfeed.practice.events import (
    GazeFlags,
    Moment,
    MomentOpened,
    NamedPerson,
    PlayBounds,
    Reel,
    Still,
    TalkMark,
    VoiceNote,
)
from vfeed.server.web.wall.base import Asked, Box, Person, Shape
from vfeed.server.web.wall.codes import Code

GazeState = TypeAliasType("GazeState", Literal["partner", "object", "away", "unseen"])
GazeRun = TypeAliasType("GazeRun", tuple[int, int, GazeState, float | None])
"""Start, end, state, confidence."""
Evidence = TypeAliasType("Evidence", Mapping[str, float | int | bool | str | None])


class Candidate(Shape):
    """What the analysis offers: `number` counts those of a kind from 1; `evidence` depends on the kind."""

    # Analyses of other versions may have told more, or no evidence.
    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)

    id: str
    number: int
    kind: str
    label: str
    start_us: int
    end_us: int
    confidence: float
    reason: str
    evidence: Evidence = Field(default_factory=dict)
    face_pair_url: str | None


class Lanes(Shape):
    """Where each of the two looks, run by run: start, end, state, confidence."""

    infant: list[GazeRun]
    parent: list[GazeRun]


class FoundRoles(Shape):
    """How sure it is who is who; `given`: said by a person, `lost`: whom the naming did not find again."""

    confidence: float
    others: int
    given: bool
    lost: list[Person]


class SetupFound(Shape):
    """How the clip is filmed; `given`: said by a person."""

    kind: CameraSetup
    confidence: float
    given: bool


class Who(Shape):
    """Who is who and how it is filmed; `setup` is null for early analyses, `outdated`: what was said has no effect."""

    roles: FoundRoles
    setup: SetupFound | None
    asks: list[Literal["people", "setup"]]
    outdated: bool


class Offer(Shape):
    """What the analysis offers in the light of what was decided; `who` is null before the clip is analysed."""

    candidates: list[Candidate]
    lanes: Lanes | None
    who: Who | None


class Decision(Shape):
    """A verdict; `own`: seen by the person, not offered by the analysis."""

    state: Literal["confirmed", "rejected", "unsure"]
    kind: str
    start_us: int
    end_us: int
    event_id: int
    own: bool


class ReviewState(Shape):
    """What holds for a clip; `packs` is null while nobody has chosen any, `reviewing` is the reel on show."""

    decisions: Mapping[str, Decision]
    moments: list[Moment]
    open_moments: list[MomentOpened]
    stills: list[Still]
    reels: list[Reel]
    swapped: bool
    people: list[NamedPerson]
    setup: CameraSetup | None
    gaze_flags: GazeFlags
    masked_first_pass: bool
    play: PlayBounds
    packs: list[str] | None
    words: Mapping[str, str]
    talk_marks: list[TalkMark]
    voices: list[VoiceNote]
    reviewing: str | None
    reviewed: list[str]


class Step(Shape):
    """What undo or redo would act on, in words."""

    event_id: int
    label: str


class Review(Offer):
    """The whole of the review room; `strengths` are the codes that the clip's tags carry."""

    last_event_id: int
    state: ReviewState
    undo: Step | None
    redo: Step | None
    heads_url: str | None
    gaze_url: str | None
    strengths: list[Code]


class ReviewAnswer(Shape):
    """What one more event has changed: of lists only entries that differ, by id, null where one is gone."""

    event_id: int
    changed: Mapping[str, Any]
    undo: Step | None
    redo: Step | None
    offer_changed: bool
    strengths: list[Code]


class HistoryLine(Shape):
    """One event in words."""

    event_id: int
    label: str
    about: str | None
    stands: bool
    actor: str
    at: str | None


class History(RootModel[list[HistoryLine]]):
    """Every event so far, in the order in which they were kept."""


class Sighting(Shape):
    """A face at one time of the clip."""

    time_us: int
    box: Box


class FoundPerson(Shape):
    """Somebody who is followed; the number holds for the newest analysis alone."""

    number: int
    seen_share: float
    part: Part
    seen: list[Sighting]
    still_url: str


class FoundPeople(RootModel[list[FoundPerson]]):
    """Everybody to choose from when saying who is who."""


class SuggestedMoment(Shape):
    """A moment to begin a reel with, and the clip that it is of."""

    clip_id: str
    moment_id: str
    start_us: int
    end_us: int


class Suggestion(RootModel[list[SuggestedMoment]]):
    """Up to three moments."""


class KeptUncoded(RootModel[list[Moment]]):
    """Kept candidates without a tag, as moments."""


class ReelKept(Shape):
    """A reel that was kept, the first clip in it, and the job that makes its file."""

    reel_id: str
    clip_id: str
    job_id: str


class EventIn(Asked):
    """One event to add; `expect_last` is the last that the sender knows (0: none), where nothing may come between."""

    type: StrictStr
    payload: Mapping[str, Any]
    expect_last: StrictInt | None = None


class TakeBackIn(Asked):
    """To take the last event back, or to do it again."""

    expect_last: StrictInt | None = None


class ReelIn(Asked):
    """A reel to keep: a new one without an id. Its moments are checked as the event's; one of another clip of the
    visit says so by `clip_id`.
    """

    title: StrictStr
    reel_id: str | None = None
    moments: Any = None
