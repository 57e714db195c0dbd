"""A filled-in form: every answer is a step that is only ever added. Nothing is added up over the items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, cast

from pydantic import Field, StringConstraints

from vfeed.errors import VfeedError
from vfeed.practice.events import Event, Payload, Text, Undone
from vfeed.practice.journal import Line, Offered, offered, told
from vfeed.practice.pack_parts import Id, Label
from vfeed.practice.review import standing
from vfeed.practice.sheet_form import Form, key

MAX_COUNT = 999
MAX_ENTRY = 40

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SheetBegun(Payload):
    """How a sheet begins: whose form it is, and the form as it was on that day."""

    pack: Id
    pack_title: Label
    form: Form


class Answered(Payload):
    """What stands at an item: the id of an answer, an entry or a text; empty takes it out."""

    item: Key
    text: Text


class Counted(Payload):
    """How often a mark of an item was counted."""

    item: Key
    mark: Key
    count: Annotated[int, Field(ge=0, le=MAX_COUNT, strict=True)]


class PutAside(Payload):
    """Whether the sheet is left out, because it was begun by mistake or for the wrong session."""

    aside: bool


STEP_TYPES: dict[str, type[Payload]] = {
    "sheet_begun": SheetBegun,
    "answered": Answered,
    "counted": Counted,
    "put_aside": PutAside,
    "undone": Undone,
}
FIXED = frozenset({"sheet_begun"})


@dataclass(frozen=True)
class SheetState:
    """What holds now. `touched` names, for each key, the step that set it last (0 or missing: nobody did)."""

    begun: SheetBegun
    texts: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    aside: bool = False
    touched: Mapping[str, int] = field(default_factory=dict)
    last_event_id: int = 0
    offered: Offered = field(default_factory=Offered)

    @property
    def form(self) -> Form:
        """The form that is filled in."""
        return self.begun.form

    def words(self, item_id: str, mark_id: str = "") -> str:
        """What stands there, in words; empty when nothing does."""
        if mark_id:
            count = self.counts.get(key(item_id, mark_id))
            return "" if count is None else str(count)
        item, text = self.form.item(item_id), self.texts.get(item_id, "")
        answer = self.form.answer(text) if item is not None and item.filling == "choice" else None
        return answer.label if answer else text

    def as_dict(self) -> dict[str, Any]:
        """JSON-able; every key of the form is there."""
        values: dict[str, str | int] = {}
        for name in self.form.places():
            values[name] = self.counts.get(name, 0) if "." in name else self.texts.get(name, "")
        return {
            "values": values,
            "aside": self.aside,
            "touched": {name: self.touched.get(name, 0) for name in values},
            "last_event_id": self.last_event_id,
            "undo": asdict(self.offered.undo) if self.offered.undo else None,
            "redo": asdict(self.offered.redo) if self.offered.redo else None,
        }


def fold(events: Sequence[Event]) -> SheetState:
    """What holds after these steps; the first of them is `sheet_begun`."""
    begun = cast(SheetBegun, events[0].payload)
    texts: dict[str, str] = {}
    counts: dict[str, int] = {}
    touched: dict[str, int] = {}
    aside = False
    for event in standing(events):
        match event.payload:
            case Answered() as payload:
                texts[payload.item] = payload.text
            case Counted() as payload:
                counts[key(payload.item, payload.mark)] = payload.count
            case PutAside() as payload:
                aside = payload.aside
            case _:
                pass
        if (part := part_of(event.payload)) is not None:
            touched[part] = event.id
    return SheetState(
        begun=begun,
        texts=texts,
        counts=counts,
        aside=aside,
        touched=touched,
        last_event_id=events[-1].id,
        offered=offered(events, lambda event: label(event, begun.form), FIXED),
    )


def history(events: Sequence[Event]) -> list[Line]:
    """Every step in words, in order."""
    form = cast(SheetBegun, events[0].payload).form
    return told(events, lambda event: label(event, form))


def label(event: Event, form: Form) -> str:
    """What a step did, in words."""
    match event.payload:
        case Answered() as payload:
            return _answered(payload, form)
        case Counted() as payload:
            mark = next((each.label for each in form.marks if each.id == payload.mark), payload.mark)
            return f"counted {payload.count} at “{_name(form, payload.item)}”, {mark.lower()}"
        case PutAside() as payload:
            return "put this sheet aside" if payload.aside else "took this sheet up again"
        case SheetBegun():
            return "began this sheet"
        case _:
            return ""


def _answered(payload: Answered, form: Form) -> str:
    name = _name(form, payload.item)
    if not payload.text:
        return f"left “{name}” open"
    item = form.item(payload.item)
    answer = form.answer(payload.text) if item is not None and item.filling == "choice" else None
    return f"“{name}”: {answer.label}" if answer else f"wrote “{name}”"


def _name(form: Form, item_id: str) -> str:
    item = form.item(item_id)
    return item.label if item else item_id


def part_of(payload: Payload) -> str | None:
    """The key that a step sets; None for any other step."""
    match payload:
        case Answered():
            return payload.item
        case Counted():
            return key(payload.item, payload.mark)
        case _:
            return None


def check(payload: Payload, state: SheetState) -> None:
    """Refuse a step that does not fit; raises VfeedError `invalid_input` with the fix."""
    match payload:
        case SheetBegun():
            raise _refused("This sheet has begun already.", "Fill it in instead.")
        case Answered():
            _fits(payload, state.form)
        case Counted() if part_of(payload) not in set(state.form.places()):
            raise _refused("There is nothing of this name to count.", "Load the page again.")
        case Undone():
            state.offered.check(payload)
        case _:
            pass


def _fits(payload: Answered, form: Form) -> None:
    item = form.item(payload.item)
    if item is None or item.filling == "counter":
        raise _refused("The form holds no such item.", "Load the page again.")
    if item.filling == "choice" and payload.text and form.answer(payload.text) is None:
        raise _refused("This is none of the answers.", f"Choose one of: {', '.join(a.label for a in form.answers)}.")
    if item.filling == "entry" and (len(payload.text) > MAX_ENTRY or "\n" in payload.text):
        raise _refused("An entry is short.", f"Please keep it to {MAX_ENTRY} characters on one line.")


def _refused(message: str, hint: str) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint)
