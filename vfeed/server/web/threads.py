"""What is said about places of a film, as pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from vfeed.journal.journal import AvailableUndo
from vfeed.practice.thread import Comment
from vfeed.server.web.context import actor, moment


def thread_part(comments: Iterable[Comment], own: AvailableUndo) -> dict[str, Any]:
    """Return a thread for its reader: `own` is what they may take back or say again of what they wrote."""
    return {
        "comments": [
            {
                "id": each.id,
                "at_us": each.at_us,
                "text": each.text,
                "author": each.author,
                "mine": each.author == actor(),
                "when": moment(each.at) if each.at else "",
            }
            for each in comments
        ],
        "can_undo": own.undo is not None,
        "can_redo": own.redo is not None,
    }
