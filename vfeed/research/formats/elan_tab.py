"""ELAN's tab-delimited export. Its header may be missing or in any language: columns are known by what is in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from vfeed.research.formats.columns import time_us
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, file_name, make_mark, same_film, tier_parts
from vfeed.research.formats.text import UNITS_US, microseconds
from vfeed.research.marks import Coding, Mark, Provenance

_CLOCK = re.compile(r"^\d+:\d{2}:\d{2}[.,]\d{1,3}$")
_DECIMAL = re.compile(r"^\d+[.,]\d{1,3}$")
_WHOLE = re.compile(r"^\d+$")
_SMPTE = re.compile(r"^\d+:\d{2}:\d{2}:\d{2}$")
_EAF = re.compile(r"\.eaf$", re.IGNORECASE)
CLOCKS, DECIMALS, MILLIS, PICTURES = "clock", "decimal", "whole", "frames"
NOTATIONS = ((CLOCKS, _CLOCK, "s"), (DECIMALS, _DECIMAL, "s"), (MILLIS, _WHOLE, "ms"), (PICTURES, _SMPTE, "s"))
"""From the plainest to the one that needs the film's rate: name, look and unit."""
SLACK_US = 1_000


def read_elan_tab(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return a coding for each file that the table is of; None where its columns are not those of ELAN.

    Columns are tier, participant, begin, end and duration in up to four notations each, the value, and for an export
    of several files the name of the .eaf; or a column of values for each tier.
    """
    body, header = _parts(rows)
    width = max((len(row) for _, row in body), default=0)
    if len(body) < 1 or width < 3:
        return None
    kinds = [_notation(body, place) for place in range(width)]
    try:
        found = _times(body, kinds, asked, name)
    except ValueError:
        return None
    if found is None:
        return None
    begin, spans, unit = found
    text_before = [place for place in range(begin) if kinds[place] == ""]
    last_time = max(place for place, kind in enumerate(kinds) if kind)
    files = [place for place in range(last_time + 1, width) if _all_files(body, place)]
    values = [place for place in range(last_time + 1, width) if place not in files]
    if not values or begin > 2 or not text_before:
        return None
    if unit == "ms":
        losses.noted("times", "Whole numbers were read as milliseconds, as ELAN writes them.")
    marks: dict[str, list[Mark]] = defaultdict(list)
    for (number, row), span in zip(body, spans, strict=True):
        file = file_name(row[files[0]].strip()) if files else ""
        marks[file] += _marks(number, row, span, text_before, values, header, losses)
    return _codings(marks, asked, losses)


def _codings(marks: dict[str, list[Mark]], asked: Asked, losses: Losses) -> list[Coding]:
    """A coding for each .eaf; its film is called like it, unless one alone is asked for."""
    ours = {file: each for file, each in marks.items() if asked.clip and same_film(file, asked.clip)}
    if len(marks) > 1:
        losses.noted("files", f"It is of {len(marks)} files; each became a coding of its own.")
    provenance = Provenance(import_tool="ELAN")
    return [
        Coding(
            asked.clip if ours or len(marks) == 1 else _EAF.sub("", file),
            asked.coder,
            tuple(each),
            (),
            asked.length_us,
            provenance=provenance,
        )
        for file, each in (ours or marks).items()
    ]


def _all_files(body: _Body, place: int) -> bool:
    return all(place < len(row) and _EAF.search(row[place].strip()) for _, row in body)


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
    return next((kind for kind, pattern, _ in NOTATIONS if pattern.match(cell)), "")


def _notation(body: _Body, place: int) -> str:
    kinds = {_kind(row[place]) if place < len(row) else "" for _, row in body}
    # Whole seconds may stand among decimals.
    if kinds == {DECIMALS, MILLIS}:
        return DECIMALS
    return kinds.pop() if len(kinds) == 1 else ""


def _times(body: _Body, kinds: list[str], asked: Asked, name: str) -> tuple[int, list[tuple[int, int]], str] | None:
    """Place of begin, each row's begin and end (us), and their unit; the third column must be their difference."""
    for kind, _, unit in NOTATIONS:
        places = [place for place, each in enumerate(kinds) if each == kind]
        for begin, end in combinations(places, 2):
            spans = [(time_us(row[begin], unit, asked, name), time_us(row[end], unit, asked, name)) for _, row in body]
            lengths = [place for place in places if place > end]
            ordered = all(start <= stop for start, stop in spans)
            # Times that count pictures come with a length that is rounded on its own.
            fits = kind == PICTURES or any(_differs(body, place, unit, spans) for place in lengths)
            if ordered and (fits or not lengths):
                return begin, spans, unit
    return None


def _differs(body: _Body, place: int, unit: str, spans: list[tuple[int, int]]) -> bool:
    return all(
        abs(microseconds(row[place], UNITS_US[unit]) - (stop - start)) <= SLACK_US
        for (_, row), (start, stop) in zip(body, spans, strict=True)
    )


def _marks(
    number: int,
    row: list[str],
    span: tuple[int, int],
    names: list[int],
    values: list[int],
    header: list[str],
    losses: Losses,
) -> list[Mark]:
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
