"""A filled-in form: every answer is a step that is only ever added. Nothing is added up over the items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal, Param
from vfeed.practice.events import Text
from vfeed.practice.pack_parts import Id, Label
from vfeed.practice.parts import changed_parts
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
NOT_BEGUN = SheetBegun.model_construct(pack="", pack_title="", form=Form.model_construct(id="", title="", items=()))
"""What a sheet holds before its first event."""


@dataclass(frozen=True)
class SheetState:
    """What holds now. `touched` names, for each key, the step that set it last (0 or missing: nobody did)."""

    begun: SheetBegun = NOT_BEGUN
    texts: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    aside: bool = False
    touched: Mapping[str, int] = field(default_factory=dict)

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
        }

    def changes_since(self, before: SheetState) -> dict[str, Any]:
        """JSON-able: what of `as_dict` differs from an earlier state; of values and `touched` only what differs."""
        return changed_parts(before.as_dict(), self.as_dict(), keyed={"values", "touched"})


def apply(state: SheetState, event: Event) -> SheetState:
    """Return the state after an event."""
    touched = {**state.touched, part_of(event.payload) or "": event.id}
    match event.payload:
        case SheetBegun() as payload:
            return SheetState(payload)
        case Answered() as payload:
            return replace(state, texts={**state.texts, payload.item: payload.text}, touched=touched)
        case Counted() as payload:
            counts = {**state.counts, key(payload.item, payload.mark): payload.count}
            return replace(state, counts=counts, touched=touched)
        case PutAside() as payload:
            return replace(state, aside=payload.aside)
        case _:
            return state


def describe(state: SheetState, event: Event) -> Entry:
    """Return what an event does, with the labels of the sheet's own form."""
    match event.payload:
        case Answered() as payload:
            return _answered(payload, state.form)
        case Counted() as payload:
            mark = next((each.label for each in state.form.marks if each.id == payload.mark), payload.mark)
            params: dict[str, Param] = {"count": payload.count, "item": _name(state.form, payload.item), "mark": mark}
            return Entry("item_counted", params, part_of(payload))
        case PutAside() as payload:
            return Entry("sheet_put_aside" if payload.aside else "sheet_taken_up")
        case _:
            return Entry("sheet_begun")


def _answered(payload: Answered, form: Form) -> Entry:
    params = {"item": _name(form, payload.item)}
    if not payload.text:
        return Entry("item_left_open", params, payload.item)
    item = form.item(payload.item)
    answer = form.answer(payload.text) if item is not None and item.filling == "choice" else None
    if answer is None:
        return Entry("item_written", params, payload.item)
    return Entry("item_answered", {**params, "answer": answer.label}, payload.item)


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
            raise _refused(_("This sheet has begun already."), _("Fill it in instead."))
        case Answered():
            _fits(payload, state.form)
        case Counted() if part_of(payload) not in set(state.form.places()):
            raise _refused(_("There is nothing of this name to count."), _("Load the page again."))
        case _:
            pass


def _fits(payload: Answered, form: Form) -> None:
    item = form.item(payload.item)
    if item is None or item.filling == "counter":
        raise _refused(_("The form holds no such item."), _("Load the page again."))
    if item.filling == "choice" and payload.text and form.answer(payload.text) is None:
        raise _refused(
            _("This is none of the answers."),
            _("Choose one of: %(answers)s."),
            answers=", ".join(a.label for a in form.answers),
        )
    if item.filling == "entry" and (len(payload.text) > MAX_ENTRY or "\n" in payload.text):
        raise _refused(_("An entry is short."), _("Please keep it to %(most)s characters on one line."), most=MAX_ENTRY)


def _refused(message: str, hint: str, **values: object) -> VfeedError:
    return VfeedError("invalid_input", message, hint=hint, **values)


SHEET = Journal(STEP_TYPES, SheetState(), apply, describe, frozenset({"sheet_begun"}))
"""A form that is filled in; its first event is `sheet_begun`."""
