"""The review of a clip: the state that its events fold into, and what each event does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, TypeVar

from vfeed.journal.events import Event
from vfeed.journal.journal import Entry, Journal, Param
from vfeed.practice.annotations import Annotations, edge_moved
from vfeed.practice.caregiver_input import CaregiverInput
from vfeed.practice.events import (
    EVENT_TYPES,
    LASTING,
    CandidateDecision,
    GazeFlags,
    MaskedFirstPass,
    Moment,
    MomentOpened,
    PacksChosen,
    PeopleNamed,
    PlayBounds,
    Reel,
    ReelRemoved,
    Review,
    SetupNamed,
    Span,
    Still,
)
from vfeed.practice.overrides import ManualOverrides

Kept = TypeVar("Kept")
_STATES: Mapping[str, Literal["rejected", "unsure"]] = {"candidate_rejected": "rejected", "candidate_unsure": "unsure"}


@dataclass(frozen=True)
class CandidateVerdict:
    """What a person decided about a candidate, and the times they gave it; only a confirmed one is a finding.

    `own` is true for what the person saw and the analysis had not offered.
    """

    state: Literal["confirmed", "rejected", "unsure"]
    kind: str
    start_us: int
    end_us: int
    event_id: int
    own: bool = False


@dataclass(frozen=True)
class Original:
    """How the analysis offered a candidate: its times, and its number among those of its kind."""

    span: Span
    number: int


@dataclass(frozen=True)
class ReviewState:
    """What holds now.

    `packs` are the ids of the code sets chosen for this clip; None while nobody has chosen. `reviewing` is the reel
    that is being shown now, `reviewed` those that have been shown.
    """

    decisions: Mapping[str, CandidateVerdict] = field(default_factory=dict)
    annotations: Annotations = field(default_factory=Annotations)
    overrides: ManualOverrides = field(default_factory=ManualOverrides)
    gaze_flags: GazeFlags = field(default_factory=lambda: GazeFlags(meaningful=True))
    reels_by_id: Mapping[str, Reel] = field(default_factory=dict)
    masked_first_pass: bool = False
    play: PlayBounds = field(default_factory=PlayBounds)
    packs: tuple[str, ...] | None = None
    parent: CaregiverInput = field(default_factory=CaregiverInput)
    reviewing: str | None = None
    reviewed: frozenset[str] = frozenset()

    @property
    def moments(self) -> tuple[Moment, ...]:
        """Tagged moments in the order of time."""
        return self.annotations.moments

    @property
    def open_moments(self) -> tuple[MomentOpened, ...]:
        """Moments that have begun and not ended yet, in the order of time."""
        return self.annotations.running

    @property
    def stills(self) -> tuple[Still, ...]:
        """Stills in the order of time."""
        return self.annotations.stills

    @property
    def reels(self) -> tuple[Reel, ...]:
        """Reels in the order in which they were first saved."""
        return tuple(self.reels_by_id.values())

    @property
    def words(self) -> Mapping[str, str]:
        """The parent's words by moment."""
        return self.parent.words

    def moment(self, moment_id: str) -> Moment | None:
        """The moment with this id, or None."""
        return self.annotations.moments_by_id.get(moment_id)

    def running(self, moment_id: str) -> MomentOpened | None:
        """The moment with this id whose end is still to come, or None."""
        return self.annotations.open_by_id.get(moment_id)

    def still(self, still_id: str) -> Still | None:
        """The still with this id, or None."""
        return self.annotations.stills_by_id.get(still_id)

    def reel(self, reel_id: str) -> Reel | None:
        """The reel with this id, or None."""
        return self.reels_by_id.get(reel_id)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "decisions": {candidate: asdict(decision) for candidate, decision in self.decisions.items()},
            "moments": [moment.model_dump(mode="json") for moment in self.moments],
            "open_moments": [moment.model_dump(mode="json") for moment in self.open_moments],
            "stills": [still.model_dump() for still in self.stills],
            "reels": [reel.model_dump(mode="json") for reel in self.reels],
            **self._settings(),
        }

    def changes_since(self, before: ReviewState) -> dict[str, Any]:
        """JSON-able: what differs from an earlier state.

        Of what `as_dict` lists by id, only what differs, by its id, null where it is gone; everything else whole.
        """
        changes: dict[str, Any] = {
            "decisions": _changed(before.decisions, self.decisions, asdict),
            "moments": _changed(before.annotations.moments_by_id, self.annotations.moments_by_id, _dumped),
            "open_moments": _changed(before.annotations.open_by_id, self.annotations.open_by_id, _dumped),
            "stills": _changed(before.annotations.stills_by_id, self.annotations.stills_by_id, _dumped),
            "reels": _changed(before.reels_by_id, self.reels_by_id, _dumped),
        }
        earlier = before._settings()
        settings = {name: value for name, value in self._settings().items() if value != earlier[name]}
        return {name: change for name, change in changes.items() if change} | settings

    def _settings(self) -> dict[str, Any]:
        return {
            "swapped": self.overrides.swapped,
            "people": [person.model_dump(mode="json") for person in self.overrides.people],
            "setup": self.overrides.setup,
            "gaze_flags": self.gaze_flags.model_dump(),
            "masked_first_pass": self.masked_first_pass,
            "play": self.play.model_dump(),
            "packs": None if self.packs is None else list(self.packs),
            **self.parent.as_dict(),
            "reviewing": self.reviewing,
            "reviewed": sorted(self.reviewed),
        }


def numbers(kinds: Iterable[str]) -> list[int]:
    """The number of each candidate among those of its kind, from 1 in the order given.

    >>> numbers(["gaze_contact", "gaze_aversion", "gaze_contact"])
    [1, 1, 2]
    """
    so_far: Counter[str] = Counter()
    found = []
    for kind in kinds:
        so_far[kind] += 1
        found.append(so_far[kind])
    return found


def apply(state: ReviewState, event: Event) -> ReviewState:
    """Return the state after an event."""
    match event.payload:
        case CandidateDecision() as payload:
            return replace(state, decisions={**state.decisions, payload.candidate_id: _decided(state, event, payload)})
        case Reel() as payload:
            return replace(state, reels_by_id={**state.reels_by_id, payload.reel_id: payload})
        case ReelRemoved() as payload:
            left = {reel_id: reel for reel_id, reel in state.reels_by_id.items() if reel_id != payload.reel_id}
            return replace(state, reels_by_id=left)
        case Review() as payload:
            shown = payload.reel_id if event.type == "review_started" else None
            return replace(state, reviewing=shown, reviewed=state.reviewed | {payload.reel_id})
        case GazeFlags() as payload:
            return replace(state, gaze_flags=payload)
        case MaskedFirstPass() as payload:
            return replace(state, masked_first_pass=payload.on)
        case PacksChosen() as payload:
            return replace(state, packs=payload.packs)
        case PlayBounds() as payload:
            return replace(state, play=payload)
        case _:
            return _after(state, event)


def _after(state: ReviewState, event: Event) -> ReviewState:
    match event.payload:
        case PeopleNamed() as payload:
            # It says who everybody is: an earlier swap was about what held before.
            return replace(state, overrides=replace(state.overrides, people=payload.people, swapped=False))
        case SetupNamed() as payload:
            return replace(state, overrides=replace(state.overrides, setup=payload.kind))
        case _ if event.type == "roles_swapped":
            return replace(state, overrides=replace(state.overrides, swapped=not state.overrides.swapped))
        case payload:
            annotations, parent = state.annotations.apply(payload), state.parent.apply(payload)
            return replace(state, annotations=annotations, parent=parent)


def _decided(state: ReviewState, event: Event, payload: CandidateDecision) -> CandidateVerdict:
    before = state.decisions.get(payload.candidate_id)
    return CandidateVerdict(
        state=_STATES.get(event.type, "confirmed"),
        kind=payload.kind,
        start_us=payload.start_us,
        end_us=payload.end_us,
        event_id=event.id,
        own=event.type == "candidate_added" or (before is not None and before.own),
    )


def describe(state: ReviewState, event: Event) -> Entry:
    """Return what an event does to the state before it."""
    marked = state.annotations.describe(event.type, event.payload) or state.parent.describe(event.type, event.payload)
    if marked is not None:
        return marked
    match event.payload:
        case CandidateDecision() as payload:
            return _decision_entry(state, event.type, payload)
        case Reel() as payload:
            known = payload.reel_id in state.reels_by_id
            return Entry("reel_changed" if known else "reel_saved", {"title": payload.title})
        case ReelRemoved() as payload:
            gone = state.reel(payload.reel_id)
            return Entry("reel_removed", {"title": gone.title if gone else ""})
        case _:
            return _setting_entry(state, event)


def _setting_entry(state: ReviewState, event: Event) -> Entry:
    match event.payload:
        case GazeFlags() as payload:
            return Entry("gaze_meaningful" if payload.meaningful else "gaze_not_meaningful")
        case MaskedFirstPass() as payload:
            return Entry("candidates_hidden" if payload.on else "candidates_shown")
        case PeopleNamed() as payload:
            return Entry("people_named" if payload.people else "people_left_open")
        case SetupNamed() as payload:
            return Entry("setup_named", {"kind": payload.kind}) if payload.kind else Entry("setup_left_open")
        case PacksChosen() as payload:
            return Entry("packs_chosen", {"packs": payload.packs})
        case PlayBounds() as payload:
            return _play_entry(state.play, payload)
        case _:
            return Entry(event.type)


def _decision_entry(state: ReviewState, type_: str, payload: CandidateDecision) -> Entry:
    params: dict[str, Param] = {"candidate_id": payload.candidate_id, "kind": payload.kind}
    if type_ == "candidate_adjusted":
        before = state.decisions.get(payload.candidate_id)
        # Before the first decision the times were the analysis's own, which whoever tells this knows.
        span = {"start_us": payload.start_us, "end_us": payload.end_us}
        params |= {"edge": edge_moved(before, payload)} if before else span
    return Entry(type_, params, payload.candidate_id)


def _play_entry(before: PlayBounds, payload: PlayBounds) -> Entry:
    if payload.start_us is not None and payload.start_us != before.start_us:
        return Entry("play_begins", {"at_us": payload.start_us})
    if payload.end_us is not None and payload.end_us != before.end_us:
        return Entry("play_ends", {"at_us": payload.end_us})
    return Entry("play_whole" if payload == PlayBounds() else "play_bounded")


def _changed(
    before: Mapping[str, Kept], after: Mapping[str, Kept], dump: Callable[[Kept], dict[str, Any]]
) -> dict[str, Any]:
    if before is after:
        return {}
    new = {name: dump(value) for name, value in after.items() if before.get(name) is not value}
    return new | {name: None for name in before if name not in after}


def _dumped(payload: Moment | MomentOpened | Still | Reel) -> dict[str, Any]:
    return payload.model_dump(mode="json")


REVIEW = Journal(EVENT_TYPES, ReviewState(), apply, describe, LASTING)
"""What people do with a clip."""
