"""What The Observer XT exports: a row for each start, stop and point, its columns named by notation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vfeed.research.formats.columns import find_header, modifiers_of, odd_row, time_us
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.pairing import POINT, START, STOP, Event, paired
from vfeed.research.formats.seam import Asked, Losses, make_mark
from vfeed.research.marks import Coding, Mark, Provenance

# From the finest notation to the coarsest; `f` counts pictures.
TIMES = (
    "time_relative_sf",
    "time_relative_hmsf",
    "time relative (sf)",
    "time relative (hmsf)",
    "relative time (seconds)",
    "time (relative) (s)",
    "time_relative_hms",
    "time_relative_s",
    "time relative (hms)",
    "time",
    "time (s)",
    "time_relative_f",
)
KIND = ("event type", "event_type")
BEHAVIOUR = ("behavior", "behaviour")
SUBJECT = ("subject", "subjects")
STATUS = {"state start": START, "state stop": STOP, "point": POINT, "point event": POINT, "state point": POINT}


def read_observer(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return a coding for each observation of the table; None for another kind of table."""
    header = find_header(rows, BEHAVIOUR, KIND, TIMES)
    if header is None:
        return None
    column = next(each for each in TIMES if each in header.names)
    unit = "frames" if column.endswith("_f") else "s"
    events: dict[str, list[Event]] = defaultdict(list)
    for number, row in header.body:
        said = header.cell(row, *KIND).lower()
        if said not in STATUS:
            losses.dropped(f"row {number}", f"'{said}' is neither State start, State stop nor Point.")
            continue
        try:
            at_us = time_us(header.cell(row, column), unit, asked, name)
        except ValueError:
            odd_row(losses, number, row)
            continue
        modifiers = modifiers_of(header, row, "modifier")
        while modifiers and not modifiers[-1]:
            modifiers.pop()
        event = Event(
            at_us,
            header.cell(row, *SUBJECT),
            header.cell(row, *BEHAVIOUR),
            tuple(modifiers),
            header.cell(row, "comment", "comments"),
            STATUS[said],
            header.cell(row, "behavior group", "behaviour group", "behavior_group"),
            f"row {number}",
        )
        events[header.cell(row, "observation", "observation name", "observation id")].append(event)
    return [_coding(title, paired(each, losses), asked, losses) for title, each in events.items()]


def _coding(title: str, states: list[tuple[Event, int]], asked: Asked, losses: Losses) -> Coding:
    marks: list[Mark] = []
    for event, end_us in states:
        told = {"who": event.who, "lane": event.lane, "code": event.code, "note": event.note}
        mark = make_mark(losses, event.where, (event.time_us, end_us), modifiers=event.modifiers, **told)
        marks += [mark] if mark is not None else []
    provenance = Provenance(import_tool="Observer")
    return Coding(asked.clip or title, asked.coder, tuple(marks), (), asked.length_us, provenance=provenance)
