"""A coder's work on one film, as a journal: states by the times at which they change, points, passes, and handing in.

In a lane of states one holds until the next begins, so that two can never overlap. Where nothing was set, or "not
coded" was, nobody looked; "none of these" says that it was looked at and absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import AvailableUndo, Entry, Folded, Journal
from vfeed.practice.events import Id, Micros
from vfeed.practice.parts import changed_parts
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.research.scheme import CANNOT_SEE, NONE, NOT_CODED, Lane, LaneKind, Scheme, Who
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

SHORT_US = 120_000
"""A state shorter than this is shown at the end check: a slip of the finger more often than a look."""
UNSEEN = "cannot see"
"""What "cannot see" is called in marks and files."""


class Begun(Payload):
    """How a coding begins: by which scheme, and which stretch of the film."""

    scheme: Scheme
    start_us: Micros
    end_us: Micros


class Switched(Payload):
    """From here on this state holds, until the next one."""

    lane: Id
    at_us: Micros
    code: Id


class SwitchRemoved(Payload):
    """The state that begins here is taken out: the one before it goes on."""

    lane: Id
    at_us: Micros


class SwitchMoved(Payload):
    """The state that begins here begins at another time."""

    lane: Id
    at_us: Micros
    to_us: Micros


class Pointed(Payload):
    """A point in time."""

    lane: Id
    point_id: Id
    at_us: Micros
    code: Id


class PointRemoved(Payload):
    """A point is taken out."""

    point_id: Id


class PassEnded(Payload):
    """The film was watched to its end for one person: what held last holds up to the end."""

    who: Who


class PassTakenUp(Payload):
    """A pass that was ended goes on."""

    who: Who


class HandedIn(Payload):
    """The coding is handed in and locked."""


STEP_TYPES: dict[str, type[Payload]] = {
    "coding_begun": Begun,
    "switched": Switched,
    "switch_removed": SwitchRemoved,
    "switch_moved": SwitchMoved,
    "pointed": Pointed,
    "point_removed": PointRemoved,
    "pass_ended": PassEnded,
    "pass_taken_up": PassTakenUp,
    "handed_in": HandedIn,
    "undone": Undone,
}
NOT_BEGUN = Begun.model_construct(scheme=Scheme.model_construct(id="", title="", lanes=()), start_us=0, end_us=0)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a lane with what holds in it; `running` while its end is not known yet."""

    start_us: int
    end_us: int
    code: str
    running: bool = False


@dataclass(frozen=True)
class CodingState:
    """What holds now: for each lane the times at which its states change (us: code id), points, ended passes."""

    begun: Begun = NOT_BEGUN
    switches: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    points: Mapping[str, Pointed] = field(default_factory=dict)
    ended: frozenset[Who] = frozenset()
    handed_in: bool = False

    @property
    def scheme(self) -> Scheme:
        """The frozen scheme."""
        return self.begun.scheme

    def spans(self, lane: Lane) -> list[Span]:
        """A lane of states as stretches without a gap, from the beginning of the window to its end."""
        begin, end = self.begun.start_us, self.begun.end_us
        changes = sorted(self.switches.get(lane.id, {}).items())
        if not changes or changes[0][0] > begin:
            changes.insert(0, (begin, NOT_CODED))
        ends = [at for at, _code in changes[1:]] + [end]
        found = [Span(at, until, code) for (at, code), until in zip(changes, ends, strict=True)]
        last = found[-1]
        if lane.who not in self.ended and last.code != NOT_CODED:
            found[-1] = replace(last, running=True)
        return found

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "switches": {
                lane.id: [[at, code] for at, code in sorted(self.switches.get(lane.id, {}).items())]
                for lane in self.scheme.lanes
                if lane.kind == LaneKind.STATE
            },
            "points": [
                each.model_dump() for each in sorted(self.points.values(), key=lambda each: (each.at_us, each.point_id))
            ],
            "ended": sorted(self.ended),
            "handed_in": self.handed_in,
        }

    def changes_since(self, before: CodingState) -> dict[str, Any]:
        """JSON-able: what of `as_dict` differs from an earlier state; of switches only the lanes that differ."""
        return changed_parts(before.as_dict(), self.as_dict(), keyed={"switches"})


def apply(state: CodingState, event: Event) -> CodingState:
    """Return the state after an event."""
    match event.payload:
        case Begun() as payload:
            return CodingState(payload)
        case Switched() as payload:
            return _with(state, payload.lane, {**state.switches.get(payload.lane, {}), payload.at_us: payload.code})
        case SwitchRemoved() as payload:
            return _with(state, payload.lane, _without(state, payload.lane, payload.at_us))
        case SwitchMoved() as payload:
            code = state.switches.get(payload.lane, {}).get(payload.at_us, NOT_CODED)
            return _with(state, payload.lane, {**_without(state, payload.lane, payload.at_us), payload.to_us: code})
        case Pointed() as payload:
            return replace(state, points={**state.points, payload.point_id: payload})
        case PointRemoved() as payload:
            return replace(
                state, points={name: each for name, each in state.points.items() if name != payload.point_id}
            )
        case PassEnded() as payload:
            return replace(state, ended=state.ended | {payload.who})
        case PassTakenUp() as payload:
            return replace(state, ended=state.ended - {payload.who})
        case HandedIn():
            return replace(state, handed_in=True)
        case _:
            return state


def _with(state: CodingState, lane: str, switches: Mapping[int, str]) -> CodingState:
    return replace(state, switches={**state.switches, lane: switches})


def _without(state: CodingState, lane: str, at_us: int) -> dict[int, str]:
    return {at: code for at, code in state.switches.get(lane, {}).items() if at != at_us}


def describe(state: CodingState, event: Event) -> Entry:
    """Return what an event does, with the labels of the coding's own scheme."""
    match event.payload:
        case Switched() | Pointed() as payload:
            lane = state.scheme.lane(payload.lane)
            pointed = lane.label(payload.code) if lane else payload.code
            return Entry(event.type, {"code": pointed, "at_us": payload.at_us}, payload.lane)
        case SwitchRemoved() | SwitchMoved() as payload:
            lane = state.scheme.lane(payload.lane)
            code = state.switches.get(payload.lane, {}).get(payload.at_us, NOT_CODED)
            return Entry(event.type, {"code": lane.label(code) if lane else code, "at_us": payload.at_us}, payload.lane)
        case PointRemoved() as payload:
            return Entry(event.type, {}, payload.point_id)
        case PassEnded() | PassTakenUp() as payload:
            return Entry(event.type, {"who": payload.who})
        case _:
            return Entry(event.type)


CODING = Journal(STEP_TYPES, CodingState(), apply, describe, frozenset({"coding_begun"}))
"""A coder's work on one film; its first event is `coding_begun`."""


def check(payload: Payload, state: CodingState) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix, `conflict` once handed in."""
    if state.handed_in:
        raise VfeedError("conflict", _("This coding is handed in."), hint=_("Nothing more can be changed in it."))
    match payload:
        case Switched() | Pointed():
            kind = LaneKind.STATE if isinstance(payload, Switched) else LaneKind.POINT
            lane = _lane(state, payload.lane, kind)
            if not lane.has(payload.code):
                raise _refused(_("The scheme holds no such code here."), _("Load the page again."))
            _inside(state, payload.at_us)
        case SwitchRemoved() | SwitchMoved():
            _change(payload, state)
        case PointRemoved() if payload.point_id not in state.points:
            raise _refused(_("This point is not there any more."), _("Load the page again."))
        case Begun() | PassEnded() | PassTakenUp() | HandedIn():
            _course(payload, state)
        case _:
            pass


def _change(payload: SwitchRemoved | SwitchMoved, state: CodingState) -> None:
    there = state.switches.get(payload.lane, {})
    if payload.at_us not in there:
        raise _refused(_("No state begins there any more."), _("Load the page again."))
    if isinstance(payload, SwitchMoved):
        _inside(state, payload.to_us)
        if payload.to_us in there and payload.to_us != payload.at_us:
            raise _refused(_("Another state begins there."), _("Take that one out first."))


def _course(payload: Begun | PassEnded | PassTakenUp | HandedIn, state: CodingState) -> None:
    if isinstance(payload, Begun):
        if state.begun is not NOT_BEGUN:
            raise _refused(_("This coding has begun already."), _("Go on with it."))
    elif isinstance(payload, HandedIn):
        if set(state.scheme.passes) - state.ended:
            raise _refused(_("A pass is not ended yet."), _("Watch the film to its end for each person, and say so."))
    elif payload.who not in state.scheme.passes:
        raise _refused(_("The scheme has no such pass."), _("Load the page again."))


def _lane(state: CodingState, lane_id: str, kind: LaneKind) -> Lane:
    lane = state.scheme.lane(lane_id)
    if lane is None or lane.kind != kind:
        raise _refused(_("The scheme holds no such lane."), _("Load the page again."))
    return lane


def _inside(state: CodingState, at_us: int) -> None:
    if not state.begun.start_us <= at_us < state.begun.end_us:
        raise _refused(_("This time is outside of what is coded."), _("Go back into the stretch that is marked."))


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)


def own_offers(folded: Folded[CodingState]) -> AvailableUndo:
    """What undo and redo may act on: nothing once it is handed in."""
    return AvailableUndo() if folded.state.handed_in else folded.available_undo


@dataclass(frozen=True)
class EndCheck:
    """What a coder should look at before handing in: passes not ended, stretches not coded, slips, unused codes."""

    open_passes: tuple[Who, ...]
    not_coded: tuple[tuple[str, Span], ...]
    short: tuple[tuple[str, Span], ...]
    unused: tuple[tuple[str, str], ...]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""

        def places(found: tuple[tuple[str, Span], ...]) -> list[dict[str, Any]]:
            return [{"lane": lane, "start_us": span.start_us, "end_us": span.end_us} for lane, span in found]

        return {
            "open_passes": list(self.open_passes),
            "not_coded": places(self.not_coded),
            "short": places(self.short),
            "unused": [{"lane": lane, "code": code} for lane, code in self.unused],
        }


def end_check(state: CodingState) -> EndCheck:
    """Return what is left open or looks like a slip; nothing of it but an open pass keeps anybody from handing in."""
    not_coded, short, unused = [], [], []
    for lane in state.scheme.lanes:
        if lane.kind == LaneKind.POINT:
            used = {each.code for each in state.points.values() if each.lane == lane.id}
        else:
            spans = state.spans(lane)
            used = {span.code for span in spans}
            not_coded += [(lane.id, span) for span in spans if span.code == NOT_CODED]
            short += [(lane.id, span) for span in spans if span.end_us - span.start_us < SHORT_US]
        unused += [(lane.id, code.id) for code in lane.codes if code.id not in used]
    open_passes = tuple(who for who in state.scheme.passes if who not in state.ended)
    return EndCheck(open_passes, tuple(not_coded), tuple(short), tuple(unused))


def lane_coding(state: CodingState, lane: Lane, clip: str, coder: str, length_us: int, about: Provenance) -> Coding:
    """Return one lane as a coding that says what was coded in it; where that is nothing, nobody watched it.

    A state that was set again while it held goes on: it is one mark, as where a change between was taken out.
    A lane of points was watched wherever its pass was ended: the whole window, or nothing.
    """
    if lane.kind == LaneKind.POINT:
        points = [each for each in state.points.values() if each.lane == lane.id]
        at = tuple(Mark(each.at_us, each.at_us, lane.who, lane.title, each.code) for each in points)
        whole = (Interval(state.begun.start_us, state.begun.end_us),) if lane.who in state.ended else ()
        return Coding(clip, coder, at, (), length_us, provenance=about, lanes={lane.name: whole})
    spans = state.spans(lane)
    held: dict[str, list[Interval]] = {}
    for span in spans:
        held.setdefault(span.code, []).append(Interval(span.start_us, span.end_us))
    marks = [
        Mark(each.start_us, each.end_us, lane.who, lane.title, UNSEEN if code == CANNOT_SEE else code)
        for code, own in held.items()
        if code not in (NONE, NOT_CODED)
        for each in Timeline(own)
    ]
    window = Timeline(Interval(span.start_us, span.end_us) for span in spans if span.code != NOT_CODED).intervals
    return Coding(clip, coder, tuple(marks), (), length_us, provenance=about, lanes={lane.name: window})
