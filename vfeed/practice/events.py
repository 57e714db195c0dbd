"""What a person can do with a clip: the event types, and the form of their payloads."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AliasChoices, Field, StringConstraints, field_validator, model_validator
from typing_extensions import TypeAliasType

from vfeed.dyad.camera_setup import CameraSetup
from vfeed.dyad.person_labels import Part
from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.journal.events import Payload, Undone
from vfeed.practice.chain import ANCHORS, in_order
from vfeed.practice.pack_parts import Id as PackId

MAX_REEL_MOMENTS = 3
# A micro-moment is about 10 s or less; half as much again leaves room for its lead-in.
MAX_REEL_MOMENT_US = 15_000_000
MAX_ID = 64
MAX_TEXT = 4_000
MAX_REASON = 500
MAX_SENTENCE = 300
MAX_TITLE = 200
MAX_PEOPLE = 12
MAX_SIGHTINGS = 5
MAX_PACKS = 10
# A pack's id, a full stop and a code's id.
MAX_REFERENCE = 81
MAX_PAUSES = 3
# It stands beside the frame in large letters.
MAX_QUESTION = 160

Id = Annotated[str, StringConstraints(pattern=rf"^[A-Za-z0-9_-]{{1,{MAX_ID}}}$")]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,39}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_TEXT)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON)]
Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_TITLE)]
Share = Annotated[float, Field(ge=-1, le=2, strict=True)]
Side = Annotated[float, Field(gt=0, le=2, strict=True)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_SENTENCE)]
# Earlier versions wrote `strength`, whatever the code; what they kept is read all the same.
CodeRef = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_REFERENCE),
    Field(validation_alias=AliasChoices("code_ref", "strength")),
]
Micros = Annotated[int, Field(ge=0, le=2**53, strict=True)]


def _ordered(anchors: tuple[int | None, ...]) -> tuple[int | None, ...]:
    if not in_order(anchors):
        raise ValueError(_("the steps of a chain come one after the other"))
    if not any(time is not None for time in anchors):
        raise ValueError(_("a chain holds at least one step"))
    return anchors


Anchors = TypeAliasType(
    "Anchors",
    Annotated[
        tuple[Micros | None, ...], Field(min_length=len(ANCHORS), max_length=len(ANCHORS)), AfterValidator(_ordered)
    ],
)
"""Times of the six steps of initiative and reception; None for one that is not set."""


class Span(Payload):
    """A half-open stretch of the clip, in microseconds."""

    start_us: Micros
    end_us: Micros

    @model_validator(mode="after")
    def _forwards(self) -> Span:
        if self.end_us <= self.start_us:
            raise ValueError(_("the start must come before the end"))
        return self


class CandidateDecision(Span):
    """A candidate, and the times at which it is confirmed, rejected, adjusted or put aside as unsure."""

    candidate_id: Id
    kind: Kind


class CandidateAdded(CandidateDecision):
    """What a person saw that the analysis did not offer, under an id of its own; from then on it is decided about."""


class Moment(Span):
    """A tagged moment.

    `note` is for colleagues, `parent_words` a parent may read. A `point` is one frame, from its time to that of the
    next. `anchors` are the times of the chain's six steps (see `chain`).
    """

    moment_id: Id
    code_ref: CodeRef
    note: Text = ""
    parent_words: Sentence = ""
    point: bool = False
    anchors: Anchors | None = None

    @model_validator(mode="after")
    def _chained(self) -> Moment:
        if self.anchors is None:
            return self
        if self.point:
            raise ValueError(_("a chain is no point"))
        if any(time is not None and not self.start_us <= time < self.end_us for time in self.anchors):
            raise ValueError(_("a step of the chain lies outside its start and end"))
        return self


class MomentOpened(Payload):
    """A moment that has begun and whose end is still to come; a chain tells each step by opening it anew."""

    moment_id: Id
    start_us: Micros
    code_ref: CodeRef
    anchors: Anchors | None = None


class Still(Payload):
    """The frame on the screen at a time, kept with a caption."""

    still_id: Id
    at_us: Micros
    caption: Sentence = ""


class StillRemoved(Payload):
    """A still that is no longer wanted."""

    still_id: Id


class MomentRemoved(Payload):
    """A moment, running or tagged, that is no longer wanted."""

    moment_id: Id


class Nothing(Payload):
    """A payload without fields."""


class FaceSeen(Payload):
    """A face at one time: left, top, width and height as shares of the frame; it may reach over the edge."""

    time_us: Micros
    box: tuple[Share, Share, Side, Side]


class NamedPerson(Payload):
    """What the person is whose face was seen there."""

    part: Part
    seen: Annotated[tuple[FaceSeen, ...], Field(min_length=1, max_length=MAX_SIGHTINGS)]


class PeopleNamed(Payload):
    """Who each followed person is, instead of all that was said of it before; nobody: the analysis decides again."""

    people: Annotated[tuple[NamedPerson, ...], Field(max_length=MAX_PEOPLE)] = ()

    @model_validator(mode="after")
    def _a_pair(self) -> PeopleNamed:
        parts = [person.part for person in self.people]
        for part in (Part.INFANT, Part.CAREGIVER):
            if parts.count(part) > 1:
                raise ValueError(_("only one can be the infant, and one the parent, of the pair"))
        return self


class SetupNamed(Payload):
    """How the film is set up; None: the analysis decides again."""

    kind: CameraSetup | None


class GazeFlags(Payload):
    """Whether gaze candidates mean anything for this pair; a reason is needed when they do not."""

    meaningful: bool
    reason: Reason = ""

    @model_validator(mode="after")
    def _reasoned(self) -> GazeFlags:
        if not self.meaningful and not self.reason:
            raise ValueError(_("say why gaze means little here"))
        return self


class PacksChosen(Payload):
    """The code sets that this clip is tagged with, in the order in which they are offered."""

    packs: Annotated[tuple[PackId, ...], Field(min_length=1, max_length=MAX_PACKS)]

    @model_validator(mode="after")
    def _once_each(self) -> PacksChosen:
        if len(set(self.packs)) != len(self.packs):
            raise ValueError(_("a code set is chosen twice"))
        return self


class MaskedFirstPass(Payload):
    """Whether a person watches without the candidates, to see with their own eyes first."""

    on: bool


class PlayBounds(Payload):
    """Where in the clip the play begins and ends, in microseconds; None: with the clip itself."""

    start_us: Micros | None = None
    end_us: Micros | None = None

    @model_validator(mode="after")
    def _forwards(self) -> PlayBounds:
        if self.start_us is not None and self.end_us is not None and self.end_us <= self.start_us:
            raise ValueError(_("the play begins before it ends"))
        return self

    def holds(self, start_us: int, end_us: int) -> bool:
        """Whether a stretch of the clip lies in the play, at least in part."""
        return end_us > (self.start_us or 0) and (self.end_us is None or start_us < self.end_us)


class PausePoint(Payload):
    """Where the film stops by itself in the parent's room, at a time of the clip, and what is asked there.

    With `still` the frame just stands there, and nothing need be asked. `comment` is what the worker wants to say
    there, for the worker alone.
    """

    time_us: Micros
    question: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_QUESTION)] = ""
    still: bool = False
    comment: Sentence = ""

    @model_validator(mode="after")
    def _asks(self) -> PausePoint:
        if not self.question and not self.still:
            raise ValueError(_("a pause has a question, or the picture stands"))
        return self


class ReelMoment(Span):
    """A piece of a reel: a tagged moment, perhaps trimmed, with its pauses in the order of time.

    With `slow_again` the parent's room shows it once more by itself, slowly.
    """

    moment_id: Id
    slow_again: bool = False
    pauses: Annotated[tuple[PausePoint, ...], Field(max_length=MAX_PAUSES)] = ()

    @field_validator("pauses")
    @classmethod
    def _in_order(cls, pauses: tuple[PausePoint, ...]) -> tuple[PausePoint, ...]:
        return tuple(sorted(pauses, key=lambda pause: pause.time_us))

    @model_validator(mode="after")
    def _fits(self) -> ReelMoment:
        if self.end_us - self.start_us > MAX_REEL_MOMENT_US:
            most = MAX_REEL_MOMENT_US // 1_000_000
            raise ValueError(filled(_("a moment in a reel lasts at most %(most)s seconds"), most=most))
        times = [pause.time_us for pause in self.pauses]
        if any(not self.start_us <= time_us < self.end_us for time_us in times):
            raise ValueError(_("a pause lies outside its moment"))
        if len(set(times)) < len(times):
            raise ValueError(_("two pauses lie at the same time"))
        return self


class ClipMoment(Payload):
    """A moment and the clip that it is of."""

    clip_id: Id
    moment_id: Id


class Reel(Payload):
    """A reel: up to three moments in the order in which they are shown.

    Where a reel shows moments of several clips, each clip keeps its own part under the same `reel_id`, so that what a
    part shows is opened, withdrawn and erased with its clip. `order` then names all the moments of all the parts as
    they are shown; it is empty where every moment is of this clip.
    """

    reel_id: Id
    title: Title
    moments: Annotated[tuple[ReelMoment, ...], Field(min_length=1, max_length=MAX_REEL_MOMENTS)]
    order: Annotated[tuple[ClipMoment, ...], Field(max_length=MAX_REEL_MOMENTS)] = ()

    @model_validator(mode="after")
    def _names_its_own(self) -> Reel:
        named = [each.moment_id for each in self.order]
        if len(set(named)) < len(named):
            raise ValueError(_("a moment stands in the order twice"))
        if named and any(piece.moment_id not in named for piece in self.moments):
            raise ValueError(_("the order leaves out a moment of this part"))
        return self


class ReelRemoved(Payload):
    """A reel, or a clip's part of one, that is not to be shown any more."""

    reel_id: Id


class Words(Payload):
    """The parent's words about a moment, as they said them; empty takes them back."""

    moment_id: Id
    text: Text


class TalkMark(Payload):
    """A place of a moment, in the clip's time, that the parent wants to talk about."""

    mark_id: Id
    moment_id: Id
    time_us: Micros


class TalkMarkRemoved(Payload):
    """A place that the parent does not want to talk about any more."""

    mark_id: Id


class VoiceNote(Payload):
    """What the parent said aloud about a moment; the sound itself lies in the vault."""

    voice_id: Id
    moment_id: Id


class VoiceRemoved(Payload):
    """A recording that was deleted; its sound is gone."""

    voice_id: Id


class Review(Payload):
    """The reel of a shared review."""

    reel_id: Id


EVENT_TYPES: dict[str, type[Payload]] = {
    "candidate_confirmed": CandidateDecision,
    "candidate_rejected": CandidateDecision,
    "candidate_adjusted": CandidateDecision,
    "candidate_unsure": CandidateDecision,
    "candidate_added": CandidateAdded,
    "moment_opened": MomentOpened,
    "moment_tagged": Moment,
    "moment_changed": Moment,
    "moment_removed": MomentRemoved,
    "still_taken": Still,
    "still_changed": Still,
    "still_removed": StillRemoved,
    "roles_swapped": Nothing,
    "people_named": PeopleNamed,
    "setup_named": SetupNamed,
    "gaze_flags_set": GazeFlags,
    "packs_chosen": PacksChosen,
    "own_eyes_set": MaskedFirstPass,
    "play_bounded": PlayBounds,
    "reel_saved": Reel,
    "reel_removed": ReelRemoved,
    "words_written": Words,
    "talk_marked": TalkMark,
    "talk_unmarked": TalkMarkRemoved,
    "voice_recorded": VoiceNote,
    "voice_removed": VoiceRemoved,
    "review_started": Review,
    "review_stopped": Review,
    "undone": Undone,
}
# These record how people watched, which cannot be made not to have happened, and a recorded voice, which is deleted for
# good and comes back by no undo.
LASTING = frozenset({"own_eyes_set", "review_started", "review_stopped", "voice_recorded", "voice_removed"})
