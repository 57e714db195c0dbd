"""What a person says of a film before it is coded: what the computer cannot see, and the word above its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Event, Payload, Undone
from vfeed.journal.journal import Entry, Journal
from vfeed.research.codability import QUESTIONS, Answer, Verdict

PersonsWord = Literal["codable", "codable with limits", "film again", ""]


class QuestionAnswered(Payload):
    """An answer to a question of the form; "" leaves it open again."""

    question: str
    answer: Literal["yes", "no", "cannot say", ""]


class WordGiven(Payload):
    """What a person says of the film as a whole; "" leaves it to the computer again."""

    word: PersonsWord


STEP_TYPES: dict[str, type[Payload]] = {
    "question_answered": QuestionAnswered,
    "word_given": WordGiven,
    "undone": Undone,
}


@dataclass(frozen=True)
class CheckState:
    """What holds now; `by` gave the last word or answer."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    word: Verdict | None = None
    by: str = ""


def apply(state: CheckState, event: Event) -> CheckState:
    """Return the state after an event."""
    match event.payload:
        case QuestionAnswered() as payload:
            answers = {name: each for name, each in state.answers.items() if name != payload.question}
            if payload.answer:
                answers[payload.question] = Answer(payload.answer)
            return replace(state, answers=answers, by=event.actor)
        case WordGiven() as payload:
            return replace(state, word=Verdict(payload.word) if payload.word else None, by=event.actor)
        case _:
            return state


def describe(_state: CheckState, event: Event) -> Entry:
    """Return what an event does."""
    match event.payload:
        case QuestionAnswered() as payload:
            return Entry(event.type, {"question": payload.question, "answer": payload.answer})
        case WordGiven() as payload:
            return Entry(event.type, {"word": payload.word})
        case _:
            return Entry(event.type)


CHECKS = Journal(STEP_TYPES, CheckState(), apply, describe)
"""What people say of a film."""


def check(payload: Payload) -> None:
    """Refuse an answer to no question; raises VfeedError `invalid_input`."""
    if isinstance(payload, QuestionAnswered) and payload.question not in QUESTIONS:
        raise VfeedError("invalid_input", _("There is no such question."), hint=_("Load the page again."))
