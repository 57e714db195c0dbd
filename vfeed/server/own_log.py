"""The worker's own log: read and written by whoever began the record, by nobody else who may open the family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vfeed.errors import VfeedError
from vfeed.journal.journal import Folded, Step
from vfeed.practice.sessions import OWN_LOG, SessionState
from vfeed.server.context import actor
from vfeed.server.words import gettext as _
from vfeed.store.tables import FeedbackSession

HOLDERS = ("state", "changed")


def is_mine(found: FeedbackSession) -> bool:
    """Whether the log of this record is the current person's own."""
    return found.created_by == actor()


def as_read(found: FeedbackSession, journal: Mapping[str, Any]) -> dict[str, Any]:
    """A record's journal as the current person reads it: without the log when that is a colleague's."""
    if is_mine(found):
        return dict(journal)
    return {
        name: {part: value for part, value in held.items() if part != OWN_LOG} if name in HOLDERS else held
        for name, held in journal.items()
    }


def refuse_foreign_words(found: FeedbackSession, payload: Mapping[str, Any]) -> None:
    """Raise VfeedError `forbidden` for words that somebody else would write into the log."""
    if payload.get("name") == OWN_LOG and not is_mine(found):
        raise _refusal()


def refuse_foreign_step(found: FeedbackSession, folded: Folded[SessionState], *, redo: bool = False) -> None:
    """Raise VfeedError `forbidden` when undo or redo would act on a colleague's log."""
    step: Step | None = folded.offered.redo if redo else folded.offered.undo
    if step is not None and step.entry.about == OWN_LOG and not is_mine(found):
        raise _refusal()


def _refusal() -> VfeedError:
    return VfeedError(
        "forbidden",
        _("This log is your colleague’s own."),
        hint=_("Write what you both need under the other headings."),
    )
