"""Journals as islands get them: everything once, and after each step only what it has changed."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

from vfeed.journal.journal import Added, Folded
from vfeed.server.web.step_words import Say, offers, session_words
from vfeed.services.sessions import Record, RecordAnswer

Self = TypeVar("Self")


class Shown(Protocol):
    """A state that is shown as JSON."""

    def as_dict(self) -> dict[str, Any]:
        """The whole."""

    def changes_since(self: Self, before: Self, /) -> dict[str, Any]:
        """What differs from an earlier state."""


ShownState = TypeVar("ShownState", bound=Shown)


def journal_json(folded: Folded[ShownState], say: Say) -> dict[str, Any]:
    """A journal as it stands."""
    return {"last_event_id": folded.last_id, "state": folded.state.as_dict(), **offers(folded.available_undo, say)}


def added_json(added: Added[ShownState], say: Say) -> dict[str, Any]:
    """What an added event has changed."""
    changed = added.after.state.changes_since(added.before.state)
    return {"event_id": added.event.id, "changed": changed, **offers(added.after.available_undo, say)}


def record_json(record: Record) -> dict[str, Any]:
    """The record of a shared review as it stands for its reader."""
    state = record.state.as_dict()
    return {"last_event_id": record.last_id, "state": state, **offers(record.available_undo, session_words)}


def record_answer_json(answer: RecordAnswer) -> dict[str, Any]:
    """What a step has changed of a record, for its reader."""
    changed = answer.after.changes_since(answer.before)
    return {"event_id": answer.event_id, "changed": changed, **offers(answer.available_undo, session_words)}
