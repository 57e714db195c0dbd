"""The shapes of the JSON interface. Times are whole microseconds of the clip unless the name says otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel, StrictInt, StrictStr
from typing_extensions import TypeAliasType

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.naming import Part
from vfeed.practice.events import GazeFlags, Moment, MomentOpened, NamedPerson, Reel, Still, TalkMark, VoiceNote
from vfeed.practice.protocol import Timing
from vfeed.store.tables import JobState

Person = TypeAliasType("Person", Literal["infant", "parent"])
GazeState = TypeAliasType("GazeState", Literal["partner", "object", "away", "unseen"])
GazeRun = TypeAliasType("GazeRun", tuple[int, int, GazeState, float | None])
"""Start, end, state, confidence."""
Box = TypeAliasType("Box", tuple[float, float, float, float])
"""Left, top, width, height as shares of the frame."""
GazeLine = TypeAliasType("GazeLine", tuple[float, float, float, bool])
"""Right, down, one standard deviation in degrees, whether by the eyes."""
Evidence = TypeAliasType("Evidence", Mapping[str, float | int | bool | str | None])


class Shape(BaseModel):
    """The base of every shape: exactly the fields named, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_serialization_defaults_required=True)


class ErrorBody(Shape):
    """A refusal: its code, what is the matter and what to do, for a person."""

    code: str
    message: str
    hint: str


class Job(Shape):
    """A piece of work on a clip; `words` says in a line how it goes."""

    id: str
    kind: Literal["prepare", "analyse", "reel", "hide"]
    reel_id: str | None
    state: JobState
    progress: float
    stage: str
    eta_s: int | None
    error: ErrorBody | None
    words: str


class Jobs(RootModel[list[Job]]):
    """A clip's jobs, the newest of each thing to be made."""


class ClipName(Shape):
    """What a clip is called on the screens."""

    title: StrictStr


class ClipFacts(BaseModel):
    """What is known of the file; more than these, by the clip."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_serialization_defaults_required=True)

    width_px: int = 0
    height_px: int = 0
    mean_fps: float = 0.0
    frame_count: int = 0


class Clip(Shape):
    """A clip: its facts, where its parts are, and its jobs. `sound_url` is set where no pictures could be made."""

    id: str
    title: str
    facts: ClipFacts
    duration_us: int
    proxy_url: str | None
    sound_url: str | None
    poster_url: str | None
    waveform_url: str | None
    frame_times_url: str | None
    still_url: str
    gaze_flags: GazeFlags
    jobs: list[Job]


class FrameTimes(RootModel[list[tuple[int, int]]]):
    """Pairs of proxy time and clip time, one for each frame of the proxy."""


class Waveform(Shape):
    """The sound as lowest and highest values, so many pairs a second."""

    per_second: float
    peaks: list[tuple[float, float]]


class Heads(Shape):
    """Head boxes as shares of the frame's width and height, one entry for each analysed frame; null: not found."""

    time_us: list[int]
    infant: list[Box | None]
    parent: list[Box | None]


class GazeLines(Shape):
    """Right, down, spread in degrees and whether by the eyes, one for each analysed frame; null: cannot be told."""

    time_us: list[int]
    infant: list[GazeLine | None]
    parent: list[GazeLine | None]


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
    own_eyes: bool
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


class Code(Shape):
    """A code to tag with; `id` is what a tag keeps of it, `key` the letter pressed with Shift (empty: one is given)."""

    id: str
    label: str
    parent_words: str
    part: Literal["child", "parent", "both"]
    timing: Timing
    group: str
    key: str
    colour: str
    shape: str


class CodeSet(Shape):
    """Codes that belong together."""

    id: str
    title: str
    codes: list[Code]


class Pack(Shape):
    """The codes of a programme; `own`: one of the service's own."""

    id: str
    version: int
    title: str
    owner: str
    about: str
    training: str
    licence: str
    own: bool
    code_sets: list[CodeSet]


class WordingHint(Shape):
    """Words that tell what somebody lacks (`*`: any ending), and what could be said instead."""

    words: list[str]
    instead: str


class Codes(Shape):
    """Every pack on offer that has codes, and hints for words."""

    packs: list[Pack]
    wording: list[WordingHint]


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


class Untagged(RootModel[list[Moment]]):
    """Kept candidates without a tag, as moments."""


class ReelKept(Shape):
    """A reel that was kept, the first clip in it, and the job that makes its file."""

    reel_id: str
    clip_id: str
    job_id: str


class EventIn(Shape):
    """One event to add; `expect_last` is the last that the sender knows (0: none), where nothing may come between."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: StrictStr
    payload: Mapping[str, Any]
    expect_last: StrictInt | None = None


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


class TakeBackIn(Shape):
    """To take the last event back, or to do it again."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    expect_last: StrictInt | None = None


class ReelIn(Shape):
    """A reel to keep: a new one without an id. Its moments are checked as the event's; one of another clip of the
    visit says so by `clip_id`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: StrictStr
    reel_id: str | None = None
    moments: Any = None
