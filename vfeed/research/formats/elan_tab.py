"""ELAN's tab-delimited export. Its header may be missing or in any language: columns are known by what is in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from vfeed.research.film_names import file_name, same_film
from vfeed.research.formats.columns import odd_row, time_us
from vfeed.research.formats.grid import Row, Rows
from vfeed.research.formats.seam import Asked, Losses, make_mark, tier_parts
from vfeed.research.formats.text import UNITS_US, microseconds
from vfeed.research.marks import Coding, Mark, Provenance

_CLOCK = re.compile(r"^\d+:\d{2}:\d{2}[.,]\d{1,3}$")
_DECIMAL = re.compile(r"^\d+[.,]\d{1,3}$")
_WHOLE = re.compile(r"^\d+$")
_SMPTE = re.compile(r"^\d+:\d{2}:\d{2}[:;]\d{2}$")
_EAF = re.compile(r"\.eaf$", re.IGNORECASE)
CLOCKS, DECIMALS, MILLIS, FRAMES = "clock", "decimal", "whole", "frames"
NOTATIONS = ((CLOCKS, _CLOCK, "s"), (DECIMALS, _DECIMAL, "s"), (MILLIS, _WHOLE, "ms"), (FRAMES, _SMPTE, "s"))
"""From the plainest to the one that needs the film's rate: name, look and unit."""
UNITS = {kind: unit for kind, _, unit in NOTATIONS}
SLACK_US = 1_000
MOST_NAMES = 2
"""Columns before the times: tier and participant."""
_HEADED = re.compile(r" - (ss\.msec|hh:mm:ss|msec|pal|ntsc)", re.IGNORECASE)
HEADED_WITHIN = 5


def read_elan_headed(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """As `read_elan_tab`, for tables whose header says in ELAN's words how times are written; else None."""
    headed = any(_HEADED.search(cell) for row in rows[:HEADED_WITHIN] for cell in row)
    return read_elan_tab(rows, name, asked, losses) if headed else None


def read_elan_tab(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return a coding for each file that the table is of; None where its columns are not those of ELAN.

    Columns are tier, participant, begin, end and duration in up to four notations each, the value, and for an export
    of several files the name of the .eaf; or a column of values for each tier.
    """
    body, header, odd = _parts(rows)
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
    begin, after, measured, spans, unit = found
    files = [place for place in range(after, width) if _all_files(body, place)]
    values = [place for place in range(after, width) if place not in files]
    headed = any(_HEADED.search(cell) for cell in header)
    # Without a tier's name in front, each column of values is a tier, and only ELAN's own header tells that it is one.
    # Without durations nothing but the header tells codes that are numbers from times.
    sure = begin > 0 and (measured or not any(kinds[place] for place in values))
    if not values or not (sure or headed):
        return None
    if unit == "ms":
        losses.noted("times", "Whole numbers were read as milliseconds, as ELAN writes them.")
    for number, row in odd:
        odd_row(losses, number, row)
    marks: dict[str, list[Mark]] = defaultdict(list)
    for (number, row), span in zip(body, spans, strict=True):
        file = file_name(row[files[0]].strip()) if files else ""
        marks[file] += _marks(number, row, span, list(range(begin)), values, header, losses)
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


def _parts(rows: Rows) -> tuple[_Body, list[str], _Body]:
    """The rows with times, numbered; the row before them, or the one in ELAN's words; and what has none under it."""
    timed = [place for place, row in enumerate(rows) if sum(bool(_kind(cell)) for cell in row) >= 2]
    if not timed:
        return [], [], []
    named = (place for place, row in enumerate(rows[: timed[0]]) if any(_HEADED.search(cell) for cell in row))
    head = next(named, timed[0] - 1)
    has_times = set(timed)
    odd: _Body = [(row.number, row) for place, row in enumerate(rows) if place > head and place not in has_times]
    return [(rows[place].number, rows[place]) for place in timed], rows[head] if head >= 0 else Row((), 0), odd


def _kind(cell: str) -> str:
    cell = cell.strip()
    return next((kind for kind, pattern, _ in NOTATIONS if pattern.match(cell)), "")


def _notation(body: _Body, place: int) -> str:
    kinds = {_kind(row[place]) if place < len(row) else "" for _, row in body}
    # Whole seconds may stand among decimals.
    if kinds == {DECIMALS, MILLIS}:
        return DECIMALS
    return kinds.pop() if len(kinds) == 1 else ""


def _times(
    body: _Body, kinds: list[str], asked: Asked, name: str
) -> tuple[int, int, bool, list[tuple[int, int]], str] | None:
    """Place of the first begin and of what follows the times, whether there are durations, begins and ends (us), unit.

    Begin, end and duration stand one after the other, each in the same notations; the plainest of them is read. What
    follows may be whole numbers, too: many codes are.
    """
    for begin in range(min(MOST_NAMES, len(kinds)) + 1):
        for edges in (3, 2):
            for count in range(len(NOTATIONS), 0, -1):
                block = kinds[begin : begin + count]
                if not all(block) or kinds[begin : begin + edges * count] != block * edges:
                    continue
                spans = _spans(body, block, begin, edges, asked, name)
                if spans is not None:
                    return begin, begin + edges * count, edges == 3, *spans
    return None


def _spans(
    body: _Body, block: list[str], begin: int, edges: int, asked: Asked, name: str
) -> tuple[list[tuple[int, int]], str] | None:
    """Each row's begin and end in the plainest notation, and its unit; None where they are not that."""
    place = min(range(len(block)), key=lambda number: list(UNITS).index(block[number]))
    unit, first, last = UNITS[block[place]], begin + place, begin + len(block) + place
    spans = [(time_us(row[first], unit, asked, name), time_us(row[last], unit, asked, name)) for _, row in body]
    if not all(start <= stop for start, stop in spans):
        return None
    # Times that count frames come with a length that is rounded on its own.
    measured = edges == 3 and block[place] != FRAMES
    return (spans, unit) if not measured or _differs(body, last + len(block), unit, spans) else None


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
        if (len(values) > 1 or not names) and not code:
            continue
        named = tier or (header[place].strip() if place < len(header) else "")
        who, lane = tier_parts(named)
        if participant and participant != who:
            who, lane = participant, named
        mark = make_mark(losses, f"row {number}", span, who=who, lane=lane, code=code)
        marks += [mark] if mark is not None else []
    return marks
