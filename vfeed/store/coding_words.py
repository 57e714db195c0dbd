"""What was told of coding files before, for each account and each study: so that nobody says it twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from vfeed.research.formats.seam import Columns
from vfeed.store.database import Database
from vfeed.store.tables import CodingWords, utc_now

MOST_KEPT = 2_000
"""Words of one scheme, and kinds of tables, that are remembered; the oldest go first."""


@dataclass(frozen=True)
class Learnt:
    """Places in a scheme by word (see `research.recoding`), by the scheme's id; and columns by a table's header."""

    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    columns: Mapping[str, Columns] = field(default_factory=dict)


class Readings:
    """Remembers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, kept_by: str) -> Learnt:
        """What was told before."""
        with self._database.read() as session:
            row = session.get(CodingWords, kept_by)
            return _learnt(row.learnt) if row is not None else Learnt()

    def keep(self, kept_by: str, scheme_id: str, words: Mapping[str, str], columns: Mapping[str, Columns]) -> None:
        """Add to what was told; what is said anew goes before."""
        with self._database.write() as session:
            row = session.get(CodingWords, kept_by, with_for_update=True)
            before = _learnt(row.learnt) if row is not None else Learnt()
            ours = _latest(before.words.get(scheme_id, {}), words)
            schemes = {**before.words, scheme_id: ours} if ours else dict(before.words)
            tables = _latest(before.columns, columns)
            learnt: dict[str, Any] = {
                "words": schemes,
                "columns": {each: {"roles": dict(told.roles), "unit": told.unit} for each, told in tables.items()},
            }
            session.merge(CodingWords(kept_by=kept_by, learnt=learnt, changed_at=utc_now()))


def _latest(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    together = {name: each for name, each in before.items() if name not in now} | dict(now)
    return dict(list(together.items())[-MOST_KEPT:])


def _learnt(kept: Mapping[str, Any]) -> Learnt:
    return Learnt(kept["words"], {name: Columns(each["roles"], each["unit"]) for name, each in kept["columns"].items()})
