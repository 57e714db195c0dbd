"""ELAN's tab-delimited export. Its header may be missing or in any language: columns are known by what is in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, make_mark, tier_parts
from vfeed.research.formats.text import microseconds
from vfeed.research.marks import Coding, Mark, Provenance

_CLOCK = re.compile(r"^\d+:\d{2}:\d{2}[.,]\d{1,3}$")
_DECIMAL = re.compile(r"^\d+[.,]\d{1,3}$")
_WHOLE = re.compile(r"^\d+$")
_SMPTE = re.compile(r"^\d+:\d{2}:\d{2}:\d{2}$")
NOTATIONS = (("clock", _CLOCK, 1_000_000), ("decimal", _DECIMAL, 1_000_000), ("whole", _WHOLE, 1_000))
SLACK_US = 1_000


def read_elan_tab(rows: Rows, _name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return the one coding of the table; None where its columns are not those of ELAN.

    Columns are tier, participant, begin, end and duration in up to three notations each, and the value last; or a
    column of values for each tier.
    """
    body, header = _parts(rows)
    width = max((len(row) for _, row in body), default=0)
    if len(body) < 1 or width < 3:
        return None
    kinds = [_notation(body, place) for place in range(width)]
    edges = _edges(body, kinds)
    if edges is None:
        return None
    begin, end, unit_us = edges
    text_before = [place for place in range(begin) if kinds[place] == ""]
    last_time = max(place for place, kind in enumerate(kinds) if kind)
    values = list(range(last_time + 1, width))
    if not values or begin > 2 or not text_before:
        return None
    if unit_us == 1_000:
        losses.noted("times", "Whole numbers were read as milliseconds, as ELAN writes them.")
    marks: list[Mark] = []
    for number, row in body:
        marks += _marks(number, row, begin, end, unit_us, text_before, values, header, losses)
    provenance = Provenance(import_tool="ELAN")
    return [Coding(asked.clip, asked.coder, tuple(marks), (), asked.length_us, provenance=provenance)]


_Body = list[tuple[int, list[str]]]


def _parts(rows: Rows) -> tuple[_Body, list[str]]:
    """The rows with times, numbered, and the row before them."""
    timed = [number for number, row in enumerate(rows) if sum(bool(_kind(cell)) for cell in row) >= 2]
    if not timed:
        return [], []
    header = rows[timed[0] - 1] if timed[0] else []
    return [(number + 1, rows[number]) for number in timed], header


def _kind(cell: str) -> str:
    cell = cell.strip()
    found = next((kind for kind, pattern, _ in NOTATIONS if pattern.match(cell)), "")
    return found or ("frames" if _SMPTE.match(cell) else "")


def _notation(body: _Body, place: int) -> str:
    kinds = {_kind(row[place]) if place < len(row) else "" for _, row in body}
    # Whole seconds may stand among decimals.
    if kinds == {"decimal", "whole"}:
        return "decimal"
    return kinds.pop() if len(kinds) == 1 else ""


def _edges(body: _Body, kinds: list[str]) -> tuple[int, int, int] | None:
    """Places of begin and end, and the unit: two columns of one notation in order, the third their difference."""
    for kind, _, unit_us in NOTATIONS:
        places = [place for place, each in enumerate(kinds) if each == kind]
        for begin, end in combinations(places, 2):
            spans = [(microseconds(row[begin], unit_us), microseconds(row[end], unit_us)) for _, row in body]
            lengths = [place for place in places if place > end]
            ordered = all(start <= stop for start, stop in spans)
            fits = [place for place in lengths if _differs(body, place, unit_us, spans)]
            if ordered and (fits or not lengths):
                return begin, end, unit_us
    return None


def _differs(body: _Body, place: int, unit_us: int, spans: list[tuple[int, int]]) -> bool:
    return all(
        abs(microseconds(row[place], unit_us) - (stop - start)) <= SLACK_US
        for (_, row), (start, stop) in zip(body, spans, strict=True)
    )


def _marks(
    number: int,
    row: list[str],
    begin: int,
    end: int,
    unit_us: int,
    names: list[int],
    values: list[int],
    header: list[str],
    losses: Losses,
) -> list[Mark]:
    span = (microseconds(row[begin], unit_us), microseconds(row[end], unit_us))
    tier = row[names[0]].strip() if names else ""
    participant = row[names[1]].strip() if len(names) > 1 else ""
    marks = []
    for place in values:
        code = row[place].strip() if place < len(row) else ""
        if len(values) > 1 and not code:
            continue
        named = tier or (header[place].strip() if place < len(header) else "")
        who, lane = tier_parts(named)
        if participant and participant != who:
            who, lane = participant, named
        mark = make_mark(losses, f"row {number}", span, who=who, lane=lane, code=code)
        marks += [mark] if mark is not None else []
    return marks
