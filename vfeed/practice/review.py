"""The review of a clip: its events folded into what holds now, and what undo and redo would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, cast

from vfeed.dyad.setup import SetupKind
from vfeed.practice.events import (
    NOT_UNDOABLE,
    CandidateDecision,
    Event,
    GazeFlags,
    Moment,
    MomentOpened,
    NamedPerson,
    OwnEyes,
    PacksChosen,
    PeopleNamed,
    Reel,
    Review,
    SetupNamed,
    Span,
    Still,
    Undone,
)
from vfeed.practice.library import Library, shipped
from vfeed.practice.marks import Marks, moved
from vfeed.practice.parents_side import ParentsDraft, ParentsSide
from vfeed.practice.said import SETUP_WORDS, Said

# As the screen says it.
KIND_WORDS = {
    "gaze_contact": "gaze contact",
    "gaze_aversion": "looking away",
    "joint_attention": "looking at the same thing",
    "look_to_parent": "looking to the parent",
    "parent_waiting": "parent waits and watches",
    "repair": "contact again",
}

_STATES: Mapping[str, Literal["rejected", "unsure"]] = {"candidate_rejected": "rejected", "candidate_unsure": "unsure"}
_DECIDED = {
    "candidate_confirmed": "kept {}",
    "candidate_rejected": "marked {} as not this",
    "candidate_unsure": "put {} aside as unsure",
    "candidate_added": "marked {}",
}


@dataclass(frozen=True)
class DecisionOnCandidate:
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
class Step:
    """An event that undo or redo would act on, named in words such as "kept gaze contact 3"."""

    event_id: int
    label: str


@dataclass(frozen=True)
class ReviewState:
    """What holds now. Moments are in the order of time, reels in the order in which they were first saved.

    `open_moments` have begun and not ended yet. `packs` are the ids of the code sets chosen for this clip; None while
    nobody has chosen.
    """

    last_event_id: int = 0
    decisions: Mapping[str, DecisionOnCandidate] = field(default_factory=dict)
    moments: tuple[Moment, ...] = ()
    said: Said = field(default_factory=Said)
    open_moments: tuple[MomentOpened, ...] = ()
    stills: tuple[Still, ...] = ()
    gaze_flags: GazeFlags = field(default_factory=lambda: GazeFlags(meaningful=True))
    reels: tuple[Reel, ...] = ()
    own_eyes: bool = False
    packs: tuple[str, ...] | None = None
    parent: ParentsSide = field(default_factory=ParentsSide)
    reviewing: str | None = None
    reviewed: frozenset[str] = frozenset()
    undo_event: Step | None = None
    redo_event: Step | None = None

    @property
    def words(self) -> Mapping[str, str]:
        """The parent's words by moment."""
        return self.parent.words

    def moment(self, moment_id: str) -> Moment | None:
        """The moment with this id, or None."""
        return next((moment for moment in self.moments if moment.moment_id == moment_id), None)

    def running(self, moment_id: str) -> MomentOpened | None:
        """The moment with this id whose end is still to come, or None."""
        return next((moment for moment in self.open_moments if moment.moment_id == moment_id), None)

    def still(self, still_id: str) -> Still | None:
        """The still with this id, or None."""
        return next((still for still in self.stills if still.still_id == still_id), None)

    def reel(self, reel_id: str) -> Reel | None:
        """The reel with this id, or None."""
        return next((reel for reel in self.reels if reel.reel_id == reel_id), None)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; `reviewing` is the id of the reel being shown now, `reviewed` those that have been shown."""
        return {
            "last_event_id": self.last_event_id,
            "decisions": {candidate: asdict(decision) for candidate, decision in self.decisions.items()},
            "swapped": self.said.swapped,
            "people": [person.model_dump(mode="json") for person in self.said.people],
            "setup": self.said.setup,
            "moments": [moment.model_dump(mode="json") for moment in self.moments],
            "open_moments": [moment.model_dump(mode="json") for moment in self.open_moments],
            "stills": [still.model_dump() for still in self.stills],
            "gaze_flags": self.gaze_flags.model_dump(),
            "reels": [reel.model_dump(mode="json") for reel in self.reels],
            "own_eyes": self.own_eyes,
            "packs": None if self.packs is None else list(self.packs),
            **self.parent.as_dict(),
            "reviewing": self.reviewing,
            "reviewed": sorted(self.reviewed),
            "undo_event": asdict(self.undo_event) if self.undo_event else None,
            "redo_event": asdict(self.redo_event) if self.redo_event else None,
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


def fold(
    events: Sequence[Event], originals: Mapping[str, Original] | None = None, library: Library | None = None
) -> ReviewState:
    """The state after these events, in their order.

    `originals` holds how the analysis offered each candidate, `library` the codes (None: those that come with vfeed);
    they only make the words more exact ("moved the start of gaze contact 3").
    """
    live = standing(events)
    draft = Draft(originals or {}, library)
    labels = {event.id: draft.apply(event) for event in live if event.type != "undone"}
    undoable = [event for event in live if event.type not in NOT_UNDOABLE]
    redoable = _redoable(events, live)
    undo = Step(undoable[-1].id, labels[undoable[-1].id]) if undoable else None
    redo = Step(redoable.id, _redo_label(events, redoable, Draft(originals or {}, library))) if redoable else None
    return draft.state(last_event_id=events[-1].id if events else 0, undo=undo, redo=redo)


def standing(events: Sequence[Event]) -> list[Event]:
    """The events that have not been taken back, in their order."""
    # Backwards, because whatever takes an event back comes after it.
    dead: set[int] = set()
    live: list[Event] = []
    for event in reversed(events):
        if event.id in dead:
            continue
        live.append(event)
        if isinstance(event.payload, Undone):
            dead.add(event.payload.event_id)
    return live[::-1]


def _redoable(events: Sequence[Event], live: Iterable[Event]) -> Event | None:
    """The last undo that still stands, unless something new was done since."""
    types = {event.id: event.type for event in events}
    last_new = max((event.id for event in events if event.type not in NOT_UNDOABLE), default=0)
    undos = [
        event
        for event in live
        if isinstance(event.payload, Undone) and types.get(event.payload.event_id) != "undone" and event.id > last_new
    ]
    return undos[-1] if undos else None


def _redo_label(events: Sequence[Event], undo: Event, draft: Draft) -> str:
    target = cast(Undone, undo.payload).event_id
    before = [event for event in events if event.id < target]
    for event in standing(before):
        draft.apply(event)
    return next(draft.apply(event) for event in events if event.id == target)


class Draft:
    """The state under construction."""

    def __init__(self, originals: Mapping[str, Original], library: Library | None = None) -> None:
        self._originals = originals
        self._library = library or shipped()
        self._packs: tuple[str, ...] | None = None
        self._decisions: dict[str, DecisionOnCandidate] = {}
        self._marks = Marks(self._library)
        self._reels: dict[str, Reel] = {}
        self._parent = ParentsDraft()
        self._gaze_flags = GazeFlags(meaningful=True)
        self._swapped = False
        self._people: tuple[NamedPerson, ...] = ()
        self._setup: SetupKind | None = None
        self._own_eyes = False
        self._reviewing: str | None = None
        self._reviewed: set[str] = set()

    def state(self, *, last_event_id: int, undo: Step | None, redo: Step | None) -> ReviewState:
        """What holds after everything that was applied."""
        return ReviewState(
            last_event_id=last_event_id,
            decisions=self._decisions,
            said=Said(self._swapped, self._people, self._setup),
            moments=self._marks.moments(),
            open_moments=self._marks.running(),
            stills=self._marks.stills(),
            gaze_flags=self._gaze_flags,
            reels=tuple(self._reels.values()),
            own_eyes=self._own_eyes,
            packs=self._packs,
            parent=self._parent.state(),
            reviewing=self._reviewing,
            reviewed=frozenset(self._reviewed),
            undo_event=undo,
            redo_event=redo,
        )

    def apply(self, event: Event) -> str:
        """Do what an event does; returns it in words."""
        marked = self._marks.apply(event.type, event.payload) or self._parent.apply(event.payload)
        if marked is not None:
            return marked
        match event.payload:
            case CandidateDecision() as payload:
                return self._candidate(event, payload)
            case Reel() as payload:
                known = self._reels.get(payload.reel_id)
                self._reels[payload.reel_id] = payload
                return f"{'changed' if known else 'saved'} the reel “{payload.title}”"
            case Review() as payload:
                return self._review(event.type, payload)
            case _:
                return self._setting(event)

    def _setting(self, event: Event) -> str:
        if isinstance(event.payload, GazeFlags):
            self._gaze_flags = event.payload
            return f"marked gaze as {'meaningful' if event.payload.meaningful else 'not meaningful'} here"
        if isinstance(event.payload, OwnEyes):
            self._own_eyes = event.payload.on
            return f"switched the candidates {'off' if event.payload.on else 'on'}"
        if isinstance(event.payload, PeopleNamed):
            # It says who everybody is: an earlier swap was about what held before.
            self._people, self._swapped = event.payload.people, False
            return "said who is who" if self._people else "left it to the analysis who is who"
        if isinstance(event.payload, SetupNamed):
            self._setup = event.payload.kind
            return f"said that {SETUP_WORDS[self._setup]}" if self._setup else "left the set-up to the analysis"
        if isinstance(event.payload, PacksChosen):
            self._packs = event.payload.packs
            return f"chose the code sets {', '.join(f'“{self._library.title(each)}”' for each in self._packs)}"
        if event.type == "roles_swapped":
            self._swapped = not self._swapped
            return "swapped infant and parent"
        return ""

    def _candidate(self, event: Event, payload: CandidateDecision) -> str:
        decided = self._decisions.get(payload.candidate_id)
        original = self._originals.get(payload.candidate_id)
        before: DecisionOnCandidate | Span | None = decided or (original.span if original else None)
        self._decisions[payload.candidate_id] = DecisionOnCandidate(
            state=_STATES.get(event.type, "confirmed"),
            kind=payload.kind,
            start_us=payload.start_us,
            end_us=payload.end_us,
            event_id=event.id,
            own=event.type == "candidate_added" or (decided is not None and decided.own),
        )
        kind = KIND_WORDS.get(payload.kind, payload.kind.replace("_", " "))
        words = f"{kind} {original.number}" if original else f"“{kind}”"
        if event.type == "candidate_adjusted":
            return f"{moved(before, payload)} of {words}"
        return _DECIDED[event.type].format(words)

    def _review(self, type_: str, payload: Review) -> str:
        self._reviewed.add(payload.reel_id)
        self._reviewing = payload.reel_id if type_ == "review_started" else None
        return "started showing the reel" if type_ == "review_started" else "stopped showing the reel"
