"""Screenings of films that lie elsewhere: taken in, looked through, spoken of, and handed on as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vfeed.errors import within
from vfeed.journal.journal import Folded
from vfeed.research.checks import CheckState
from vfeed.research.codability import Codability, Verdict, with_person
from vfeed.research.row_checks import RowsState
from vfeed.screening.brought import Brought, brought
from vfeed.screening.one_clip import MISSING
from vfeed.screening.tables import COLUMNS
from vfeed.services.access import Actor, require
from vfeed.services.screening import ORDER
from vfeed.store.store import Store

NOTHING_SAID = CheckState()
MOST_TITLE = 120


@dataclass(frozen=True)
class Listed:
    """A screening in the list."""

    run_id: str
    title: str
    films: int
    spoken: int
    at: datetime
    by: str


@dataclass(frozen=True)
class Row:
    """A film with what the screening and people say of it; `best` are the best three minutes and others, us."""

    name: str
    machine: Codability
    found: Codability
    check: CheckState
    by: str
    best: tuple[tuple[int, int], ...]
    strip: str
    length_us: int
    sha256: str


@dataclass(frozen=True)
class Screened:
    """A whole screening: its rows by what can be done with them and then by name, and what can be taken back."""

    run_id: str
    title: str
    form: str
    rows: tuple[Row, ...]
    folded: Folded[RowsState]

    def row(self, name: str) -> Row | None:
        """Return the film of this name."""
        return next((each for each in self.rows if each.name == name), None)

    def next_of(self, name: str) -> str:
        """Return the next film in the table that no person has spoken of, "" where there is none."""
        place = next((number for number, each in enumerate(self.rows) if each.name == name), -1)
        after = [*self.rows[place + 1 :], *self.rows[: max(0, place)]]
        return next((each.name for each in after if not each.by and each.name != name), "")


class BroughtScreenings:
    """What a researcher does with a screening of films elsewhere."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def take_in(self, actor: Actor, title: str, files: Mapping[str, bytes]) -> str:
        """Keep the screening in these files; returns its id. Raises VfeedError as `screening.brought.brought`.

        Raises `invalid_input` for a title that is too long.
        """
        require(actor, "research.view")
        found: Brought = brought(files)
        return self._store.screening_runs.begin(within(title, MOST_TITLE), found.how, found.rows, actor.name)

    def all(self, actor: Actor) -> list[Listed]:
        """Return every screening, newest first."""
        require(actor, "research.view")
        return [
            Listed(
                run.id,
                run.title,
                run.films,
                sum(
                    check.word is not None for check in self._store.screening_runs.read(run.id)[1].state.checks.values()
                ),
                run.made_at,
                run.made_by,
            )
            for run in self._store.screening_runs.all()
        ]

    def read(self, actor: Actor, run_id: str) -> Screened:
        """Return a screening; raises VfeedError `not_found`."""
        require(actor, "research.view")
        run, folded = self._store.screening_runs.read(run_id)
        form = str(run.told.get("form") or "infant")
        checks = folded.state.checks
        rows = [
            _row(name, held, checks.get(name, NOTHING_SAID), form)
            for name, held in self._store.screening_runs.rows(run_id).items()
        ]
        rows.sort(key=lambda each: (ORDER.index(each.found.verdict), each.name))
        return Screened(run.id, run.title, form, tuple(rows), folded)

    def record(self, actor: Actor, run_id: str, type_: str, payload: Mapping[str, Any]) -> None:
        """A person's answer, or word, on a film; raises VfeedError `not_found`, `invalid_input`."""
        require(actor, "research.view")
        self._store.screening_runs.append(run_id, actor.name, type_, payload)

    def take_back(self, actor: Actor, run_id: str, *, redo: bool = False) -> None:
        """Take the last answer or word back, or say it again."""
        require(actor, "research.view")
        self._store.screening_runs.take_back(run_id, actor.name, redo=redo)

    def remove(self, actor: Actor, run_id: str) -> None:
        """Delete a screening, with all that was said of it; raises VfeedError `not_found`."""
        require(actor, "research.view")
        self._store.screening_runs.remove(run_id, actor.name)

    def lines(self, actor: Actor, run_id: str) -> list[list[str]]:
        """Return the rows of its table as `vfeed screen` writes it, with what people said since."""
        screened = self.read(actor, run_id)
        held = self._store.screening_runs.rows(run_id)
        return [_line(row, held[row.name]["row"]) for row in screened.rows]

    def in_vfeed(self, actor: Actor, sha256: str) -> str:
        """Return the id of the very same film in vfeed, where it is open to research; "" for none."""
        require(actor, "research.view")
        open_clips = self._store.consents.open_to("research") if sha256 else []
        return next((clip.id for clip in open_clips if clip.sha256 == sha256), "")


def _row(name: str, held: Mapping[str, Any], check: CheckState, form: str) -> Row:
    said_before = Verdict(held["checked"]) if held["checked"] else None
    machine = Codability(Verdict(held["verdict"]), tuple(held["reasons"]), tuple(held["advice"]), ())
    word = check.word or said_before
    found = with_person(machine, form=form, age_months=held["age_months"], answers=check.answers, verdict=word)
    by = check.by if check.word else held["checked_by"]
    best = tuple((int(start), int(end)) for start, end in held["best"])
    return Row(name, machine, found, check, by, best, held["strip"], held["length_us"], held["sha256"])


def _line(row: Row, cells: Mapping[str, str]) -> list[str]:
    told = {**cells, "clip_id": row.name, "verdict": row.found.verdict.value, "checked_by": row.by}
    told |= {"reasons": " ".join(row.found.reasons), "advice": " ".join(row.found.advice)}
    open_questions = row.found.to_look_at if row.found.verdict is not Verdict.AGAIN else ()
    told["still_to_look_at"] = "; ".join(open_questions)
    return [str(told.get(name) or MISSING) for name in COLUMNS]


def counted(rows: Sequence[Row]) -> dict[Verdict, int]:
    """Return how many films there are of each kind."""
    return {kind: sum(row.found.verdict is kind for row in rows) for kind in ORDER}
