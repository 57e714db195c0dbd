"""What INTERACT exports as text: groups (1) of sets (2) of events (3), a class to each column."""

from __future__ import annotations

from collections.abc import Sequence

from vfeed.research.formats.columns import Header, find_header, odd_row, time_us
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, make_mark
from vfeed.research.marks import Coding, Mark, Provenance

LEVEL = ("level", "type")
START, STOP = ("start", "start time", "onset", "in"), ("offset", "stop", "end", "end time", "out")
GROUP, SET, EVENT = "1", "2", "3"
MEMO = ("memo", "comment", "transcript", "text")
FACTS = ("duration", "length", "#", "no", "no.", "nr", "nr.", "number", "id", "event")
"""Columns that say no more of an event than its times, or its number."""
LEVEL_WORDS = {"group": GROUP, "set": SET, "event": EVENT}


def read_interact(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return the one coding of the table; None for another kind of table.

    An event with several classes gives a mark for each, whose lane is the class; the set's name is whom it is about.
    """
    header = find_header(rows, LEVEL, START, STOP)
    if header is None or not header.body or not all(_level(header, row) for _, row in header.body if row):
        return None
    fixed = {header.column(*names) for names in (LEVEL, START, STOP, MEMO)}
    classes = [
        (place, title)
        for place, title in enumerate(rows[header.number])
        if place not in fixed and title.strip() and title.strip().lower() not in FACTS
    ]
    marks: list[Mark] = []
    who = ""
    for number, row in header.body:
        level = _level(header, row)
        memo = header.cell(row, *MEMO)
        if level != EVENT:
            who = memo if level == SET else ""
            if level == GROUP and memo:
                losses.noted(f"row {number}", f"The group '{memo}' became no mark.")
            continue
        try:
            span = tuple(time_us(header.cell(row, *edge), "s", asked, name) for edge in (START, STOP))
        except ValueError:
            odd_row(losses, number, row)
            continue
        marks += _marks(row, classes, (span[0], span[1]), who, memo, f"row {number}", losses)
    provenance = Provenance(import_tool="INTERACT")
    return [Coding(asked.clip, asked.coder, tuple(marks), (), asked.length_us, provenance=provenance)]


def _level(header: Header, row: Sequence[str]) -> str:
    said = header.cell(row, *LEVEL).lower()
    return LEVEL_WORDS.get(said, said if said in (GROUP, SET, EVENT) else "")


def _marks(
    row: Sequence[str],
    classes: list[tuple[int, str]],
    span: tuple[int, int],
    who: str,
    memo: str,
    where: str,
    losses: Losses,
) -> list[Mark]:
    coded = [(title, row[place].strip()) for place, title in classes if place < len(row) and row[place].strip()]
    if not coded:
        losses.dropped(where, "No class of the event holds a code.")
    found = [make_mark(losses, where, span, who=who, lane=title, code=code, note=memo) for title, code in coded]
    return [mark for mark in found if mark is not None]
