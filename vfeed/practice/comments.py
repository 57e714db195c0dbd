"""What colleagues say to each other about a film: for the family's own workers, at places of the film.

It is a journal of its own, so that taking back a decision takes back nobody's words, and so that nothing that shows a
review (the parent's room, what goes home, what is shared with a supervisor) can show what stands here.
"""

from __future__ import annotations

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.journal.events import Payload, Undone
from vfeed.journal.journal import Journal
from vfeed.practice.thread import COMMENTED, Commented, Thread, describe


def check(payload: Payload, duration_us: int) -> None:
    """Raise VfeedError `invalid_input` for a comment on a place beyond the end of the film."""
    if isinstance(payload, Commented) and payload.at_us > duration_us:
        raise VfeedError(
            "invalid_input",
            _("This lies beyond the end of the film."),
            hint=_("Go to a place in the film and try again."),
        )


COMMENTS = Journal({COMMENTED: Commented, "undone": Undone}, Thread(), Thread.after, describe)
"""What colleagues say about a film."""
