"""What The Observer XT exports: a row for each start, stop and point, its columns named by notation."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Sequence

from vfeed.errors import marked as _
from vfeed.research.film_names import same_film
from vfeed.research.formats.columns import find_header, modifiers_of, odd_row, time_us
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.pairing import POINT, START, STOP, Event, paired
from vfeed.research.formats.seam import Asked, Losses, make_mark, unclear
from vfeed.research.formats.text import microseconds
from vfeed.research.marks import Coding, Mark, Provenance

# From the finest notation to the coarsest; `f` counts frames.
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
ABSOLUTE = "absolute"
WHOLE_SECONDS = ("time_relative_hms", "time relative (hms)")
DURATION = ("duration_sf", "duration (sf)", "duration")
KIND = ("event type", "event_type")
BEHAVIOUR = ("behavior", "behaviour")
SUBJECT = ("subject", "subjects")
STATUS = {"state start": START, "state stop": STOP, "point": POINT, "point event": POINT, "state point": POINT}


def read_observer(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return a coding for each observation of the table; None for another kind of table."""
    header = find_header(rows, BEHAVIOUR, KIND, TIMES)
    if header is None:
        _refuse_times_of_day(rows, name)
        return None
    column = next(each for each in TIMES if each in header.names)
    if column in WHOLE_SECONDS and not any(set(".,") & set(header.cell(row, column)) for _, row in header.body):
        losses.noted("times", f"The column {column} has whole seconds only: export the times with their fractions.")
    unit = "frames" if column.endswith("_f") else "s"
    events: dict[str, list[Event]] = defaultdict(list)
    ends: dict[str, int] = {}
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
        with contextlib.suppress(ValueError):
            ends[event.where] = at_us + microseconds(header.cell(row, *DURATION))
    return [
        _coding(clip, _states(events[title], ends, losses), asked, losses)
        for title, clip in _clips(list(events), name, asked).items()
    ]


def _refuse_times_of_day(rows: Rows, name: str) -> None:
    """Refuse an export whose only times are those of the day on which it was recorded."""
    header = find_header(rows, BEHAVIOUR, KIND)
    if header is not None and any(ABSOLUTE in each for each in header.names):
        unclear(
            name,
            _("Its times are those of the day, not of the film."),
            _("Export it anew with Time_Relative_sf among its columns."),
        )


def _clips(titles: list[str], name: str, asked: Asked) -> dict[str, str]:
    """The film of each observation that is wanted: of several only the one that is called like the film asked for."""
    if len(titles) < 2:
        return {title: asked.clip or title for title in titles}
    ours = {title: asked.clip for title in titles if same_film(title, asked.clip)} if asked.clip else {}
    if asked.clip and not ours:
        unclear(
            name,
            _("It is about several observations, none called like %(clip)s: %(titles)s."),
            _("Name the film like its observation (--clip), or export that observation alone."),
            clip=asked.clip,
            titles=", ".join(titles)[:200],
        )
    return ours or {title: title for title in titles}


def _states(events: list[Event], ends: dict[str, int], losses: Losses) -> list[tuple[Event, int]]:
    """Starts joined with their stops; in a table without any stop, with their durations."""
    starts = [event for event in events if event.status == START]
    if any(event.status == STOP for event in events) or not all(event.where in ends for event in starts):
        return paired(events, losses)
    return [(event, event.time_us if event.status == POINT else ends[event.where]) for event in events]


def _coding(clip: str, states: list[tuple[Event, int]], asked: Asked, losses: Losses) -> Coding:
    marks: list[Mark] = []
    for event, end_us in states:
        told = {"who": event.who, "lane": event.lane, "code": event.code, "note": event.note}
        mark = make_mark(losses, event.where, (event.time_us, end_us), modifiers=event.modifiers, **told)
        marks += [mark] if mark is not None else []
    provenance = Provenance(import_tool="Observer")
    return Coding(clip, asked.coder, tuple(marks), (), asked.length_us, provenance=provenance)
