"""A family as its own pages show it: looked up at once, so that each store finds its part in memory."""

from __future__ import annotations

from typing import Any

from vfeed.store.database import Database
from vfeed.store.events import REVIEWS
from vfeed.store.family_reads import (
    clips_in,
    family_in,
    people_in,
    sessions_in,
    sheets_in,
    visits_in,
)
from vfeed.store.journal import Journals, Stream
from vfeed.store.measures import MEASURES_OF
from vfeed.store.programmes import PROGRAMMES
from vfeed.store.sessions import SESSIONS
from vfeed.store.sheets import SHEETS


class FamilyLook:
    """Asks a fixed number of questions, however many clips and shared reviews a family has."""

    def __init__(self, database: Database, journals: Journals) -> None:
        self._database = database
        self._journals = journals

    def look_up(self, family_id: str) -> None:
        """Read all that a family's pages show into this look at the data; without `snapshot` it is of no use."""
        with self._database.read() as session:
            family_in(session, family_id)
            people_in(session, family_id)
            visits_in(session, family_id)
            streams: list[tuple[Stream[Any], list[str]]] = [
                (REVIEWS, [each.clip.id for each in clips_in(session, family_id)]),
                (SESSIONS, [each.id for each in sessions_in(session, family_id)]),
                (SHEETS, [each.id for each in sheets_in(session, family_id)]),
                (PROGRAMMES, [family_id]),
                (MEASURES_OF, [family_id]),
            ]
            self._journals.read_streams(session, streams)
