"""What people say of the films of a screening that lie elsewhere: one journal for the whole screening."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.research.checks import CheckState, PersonsWord, QuestionAnswered, WordGiven
from vfeed.research.checks import apply as apply_one
from vfeed.research.checks import check as check_one


class RowWord(Payload):
    """What a person says of a film as a whole; "" leaves it to the computer again."""

    name: str
    word: PersonsWord


class RowAnswer(QuestionAnswered):
    """An answer about a film to a question of the form."""

    name: str


STEP_TYPES: dict[str, type[Payload]] = {"row_word": RowWord, "row_answer": RowAnswer, "undone": Undone}


@dataclass(frozen=True)
class RowsState:
    """What holds now, by film; films of which nobody spoke are missing. `last` is the one spoken of last."""

    checks: Mapping[str, CheckState] = field(default_factory=dict)
    last: str = ""


def apply(state: RowsState, event: Event) -> RowsState:
    """Return the state after an event."""
    match event.payload:
        case RowWord() as payload:
            said: Payload = WordGiven(word=payload.word)
        case RowAnswer() as payload:
            said = QuestionAnswered(question=payload.question, answer=payload.answer)
        case _:
            return state
    before = state.checks.get(payload.name, CheckState())
    after = apply_one(before, Event(event.id, event.type, said, event.actor, event.at))
    return RowsState({**state.checks, payload.name: after}, payload.name)


def describe(_state: RowsState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case RowWord() as payload:
            return Entry(event.type, {"word": payload.word}, payload.name)
        case RowAnswer() as payload:
            return Entry(event.type, {"question": payload.question, "answer": payload.answer}, payload.name)
        case _:
            return Entry(event.type)


ROW_CHECKS = Journal(STEP_TYPES, RowsState(), apply, describe)
"""What people say of the films of a screening."""


def check(payload: Payload, names: frozenset[str]) -> None:
    """Refuse what is of no film of these, and an answer to no question; raises VfeedError `not_found`."""
    if isinstance(payload, RowWord | RowAnswer) and payload.name not in names:
        raise VfeedError("not_found", _("There is no such film."), hint=_("Go back to the list of films."))
    check_one(payload)
