"""Codings from elsewhere that are kept with a film, as a journal: each is put in whole and can be taken out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.research.formats.seam import Loss, LossKind
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.timeline.interval import Interval

MOST_MARKS = 20_000
"""Marks of one coding of one film; more belong to several films, or to something else than a coder."""
MOST_TEXT = 4_000
MOST_LOSSES = 200
"""Lines of the loss report that are kept with a coding; the rest is counted in its last line."""
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
Words = Annotated[str, StringConstraints(max_length=MOST_TEXT)]
Micros = Annotated[int, Field(ge=0, le=2**53, strict=True)]
Blind = Literal["true", "false", ""]


class KeptMark(Payload):
    """A mark as `marks.Mark` has it."""

    start_us: Micros
    end_us: Micros
    who: Words = ""
    lane: Words = ""
    code: Words = ""
    modifiers: tuple[Words, ...] = ()
    note: Words = ""


class KeptLoss(Payload):
    """A line of the report on what was lost, as `formats.seam.Loss` has it."""

    kind: LossKind
    where: Words
    what: Words


class KeptLane(Payload):
    """When a lane was watched that has times of its own."""

    who: Words = ""
    lane: Words = ""
    window: tuple[tuple[Micros, Micros], ...]


class CodingImported(Payload):
    """A coding out of a file; `told` is its provenance, the file's hash and program among it."""

    coding_id: Id
    coder: Words
    marks: Annotated[tuple[KeptMark, ...], Field(max_length=MOST_MARKS)]
    window: tuple[tuple[Micros, Micros], ...] = ()
    length_us: Micros = 0
    blind: Blind = ""
    told: Mapping[str, Words] = {}
    losses: Annotated[tuple[KeptLoss, ...], Field(max_length=MOST_LOSSES)] = ()
    lanes: Annotated[tuple[KeptLane, ...], Field(max_length=MOST_MARKS)] = ()


class CodingRemoved(Payload):
    """A coding that is taken out."""

    coding_id: Id


STEP_TYPES: dict[str, type[Payload]] = {
    "coding_imported": CodingImported,
    "coding_removed": CodingRemoved,
    "undone": Undone,
}


@dataclass(frozen=True)
class KeptState:
    """The codings that are kept now, in the order in which they came."""

    codings: Mapping[str, CodingImported] = field(default_factory=dict)


def apply(state: KeptState, event: Event) -> KeptState:
    """Return the state after an event."""
    match event.payload:
        case CodingImported() as payload:
            return KeptState({**state.codings, payload.coding_id: payload})
        case CodingRemoved() as payload:
            return KeptState({name: each for name, each in state.codings.items() if name != payload.coding_id})
        case _:
            return state


def describe(_state: KeptState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case CodingImported() as payload:
            return Entry(event.type, {"marks": len(payload.marks)}, payload.coding_id)
        case CodingRemoved() as payload:
            return Entry(event.type, {}, payload.coding_id)
        case _:
            return Entry(event.type)


KEPT = Journal(STEP_TYPES, KeptState(), apply, describe)


def check(payload: Payload, state: KeptState) -> None:
    """Refuse a step that does not fit; raises VfeedError `not_found`."""
    if isinstance(payload, CodingRemoved) and payload.coding_id not in state.codings:
        raise VfeedError("not_found", _("There is no such coding."), hint=_("Look at the list: vfeed codes list."))


def refuse_known(codings: Sequence[CodingImported], state: KeptState) -> None:
    """Refuse what is kept already; raises VfeedError `conflict`. One file may hold two codings that are alike."""
    if any(_same(each, known) for each in codings for known in state.codings.values()):
        raise VfeedError(
            "conflict",
            _("This coding was read in before, from the very same file."),
            hint=_("Nothing more needs to be done; take the old one out first if it should be read in anew."),
        )


def _same(one: CodingImported, other: CodingImported) -> bool:
    return (one.coder, one.told.get("import_sha256"), one.marks) == (
        other.coder,
        other.told.get("import_sha256"),
        other.marks,
    )


def packed(coding: Coding, coding_id: str, blind: Blind, losses: Sequence[Loss] = ()) -> CodingImported:
    """Return a coding as it is kept, with its file's loss report; what the file says of blindness goes before `blind`.

    Raises VfeedError `invalid_input` for more marks than a coder sets in a film.
    """
    if len(coding.marks) > MOST_MARKS:
        raise VfeedError(
            "invalid_input",
            _("It has %(count)s marks of one film; %(most)s can be kept."),
            hint=_("Look whether the file is about several films, and say which column names them."),
            count=len(coding.marks),
            most=MOST_MARKS,
        )
    cut = [
        Loss(LossKind.CHANGED, mark.code or mark.lane, f"A note of {len(mark.note)} characters: {MOST_TEXT} are kept.")
        for mark in coding.marks
        if len(mark.note) > MOST_TEXT
    ]
    said = coding.provenance.blind
    about = asdict(coding.provenance)
    about.pop("blind")
    return CodingImported(
        coding_id=coding_id,
        coder=coding.coder,
        marks=tuple(
            KeptMark(
                start_us=mark.start_us,
                end_us=mark.end_us,
                who=mark.who,
                lane=mark.lane,
                code=mark.code,
                modifiers=mark.modifiers,
                note=mark.note[:MOST_TEXT],
            )
            for mark in coding.marks
        ),
        window=_kept_window(coding.window),
        length_us=coding.length_us,
        blind="true" if said == "true" else "false" if said == "false" else blind,
        told={name: value for name, value in about.items() if value},
        losses=_kept_losses([*cut, *losses]),
        lanes=tuple(
            KeptLane(who=who, lane=lane, window=_kept_window(window)) for (who, lane), window in coding.lanes.items()
        ),
    )


def _kept_window(window: Sequence[Interval]) -> tuple[tuple[int, int], ...]:
    return tuple((each.start_us, each.end_us) for each in window)


def _kept_losses(losses: Sequence[Loss]) -> tuple[KeptLoss, ...]:
    shown = losses if len(losses) <= MOST_LOSSES else losses[: MOST_LOSSES - 1]
    kept = [KeptLoss(kind=each.kind, where=each.where[:MOST_TEXT], what=each.what[:MOST_TEXT]) for each in shown]
    if more := len(losses) - len(shown):
        kept.append(KeptLoss(kind=LossKind.NOTED, where="the report", what=f"{more} more lines."))
    return tuple(kept)


def unpacked(kept: CodingImported, clip: str, coder: str, *, notes: bool) -> Coding:
    """Return a kept coding under other names; notes only where they are asked for."""
    told = {"source": "import"} | dict(kept.told) | {"blind": kept.blind}
    marks = (
        Mark(
            each.start_us,
            each.end_us,
            each.who,
            each.lane,
            each.code,
            tuple(each.modifiers),
            each.note if notes else "",
        )
        for each in kept.marks
    )
    lanes = {(each.who, each.lane): _window(each.window) for each in kept.lanes}
    about = Provenance(**told)
    return Coding(clip, coder, tuple(marks), _window(kept.window), kept.length_us, provenance=about, lanes=lanes)


def _window(kept: Sequence[tuple[int, int]]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in kept)
