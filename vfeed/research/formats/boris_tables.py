"""What BORIS exports as tables: aggregated events (a row each) and tabular events (a row for each start and stop)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from vfeed.errors import marked as _
from vfeed.research.film_names import file_name, same_film
from vfeed.research.formats.boris_films import Film, in_film, queued
from vfeed.research.formats.columns import Header, find_header, modifiers_of, odd_row, time_us, unit_of
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.pairing import POINT, START, STOP, TURN, Event, paired
from vfeed.research.formats.seam import Asked, Losses, make_mark, unclear
from vfeed.research.formats.text import microseconds
from vfeed.research.marks import Coding, Mark, Provenance

BEHAVIOUR = ("behavior", "behaviour")
KIND = ("behavior type", "behaviour type", "status")
STARTS, STOPS = ("start (s)", "start", "start (ms)"), ("stop (s)", "stop", "stop (ms)")
TIMES = ("time", "time (s)", "time (ms)")
SUBJECT = ("subject",)
OFFSET = ("time offset (s)", "time offset", "offset (s)")
MEDIA = ("media file name", "media file path", "media file", "source")
LENGTHS = ("media duration (s)", "total length")
NO_FILM = ("na", "not found", "none")
NOBODY = "no focal subject"
NO_CATEGORY = "not defined"
NO_MODIFIER = ("none", "na")


def read_aggregated(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """A mark for each row; None for another kind of table."""
    header = find_header(rows, BEHAVIOUR, STARTS, STOPS)
    if header is None:
        return None
    events: dict[str, list[tuple[Event, int]]] = defaultdict(list)
    facts = _Facts(header, name)
    for number, row in header.body:
        try:
            start_us = _time(header, row, STARTS, asked, name)
            # Some versions give a point no stop.
            point = header.cell(row, *KIND).upper().startswith(POINT)
            end_us = start_us if point else _time(header, row, STOPS, asked, name)
        except ValueError:
            odd_row(losses, number, row)
            continue
        title = facts.add(row)
        event = _event(header, row, number, start_us - facts.offset_us(row), POINT if point else START)
        events[title].append((event, event.time_us if point else end_us - facts.offset_us(row)))
    return _codings(events, facts, asked, losses)


def read_tabular(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Starts and stops joined by subject, behaviour and modifiers; None for another kind of table."""
    header = find_header(rows, BEHAVIOUR, TIMES, KIND)
    if header is None:
        return None
    events: dict[str, list[Event]] = defaultdict(list)
    facts = _Facts(header, name)
    for number, row in header.body:
        try:
            at_us = _time(header, row, TIMES, asked, name)
        except ValueError:
            odd_row(losses, number, row)
            continue
        status = header.cell(row, *KIND).upper().removeprefix("STATE ")
        if status not in (START, STOP, POINT, TURN):
            losses.dropped(f"row {number}", f"'{status}' is neither START, STOP nor POINT.")
            continue
        title = facts.add(row)
        events[title].append(_event(header, row, number, at_us - facts.offset_us(row), status))
    return _codings({title: paired(each, losses) for title, each in events.items()}, facts, asked, losses)


class _Facts:
    """What rows, or the lines before the header, say of each observation: offset, films, coder."""

    def __init__(self, header: Header, name: str) -> None:
        self.header, self.name = header, name
        self.told = {row[0].strip().lower(): row[1].strip() for row in header.before if len(row) > 1 and row[0].strip()}
        self.films: dict[str, list[str]] = defaultdict(list)
        self.queues: dict[str, list[Film]] = {}
        self.coders: dict[str, str] = {}
        self.lengths_us: dict[str, int] = {}

    def add(self, row: Sequence[str]) -> str:
        """Note a row's facts and return the observation that it is of."""
        title = self.header.cell(row, "observation id") or self.told.get("observation id", "")
        film = file_name(self.header.cell(row, *MEDIA).removeprefix("player #1:"))
        if title not in self.queues:
            self.queues[title] = queued(self.header.cell(row, "source"), self.header.cell(row, *LENGTHS))
        if film and film.casefold() not in NO_FILM and film not in self.films[title]:
            self.films[title].append(film)
        self.coders.setdefault(title, self.header.cell(row, "coder", "coder_id") or title)
        length = self.header.cell(row, *LENGTHS)
        try:
            self.lengths_us.setdefault(title, max(0, microseconds(length)))
        except ValueError:
            self.lengths_us.setdefault(title, 0)
        return title

    def offset_us(self, row: Sequence[str]) -> int:
        """What BORIS added to each time of the row's observation."""
        said = self.header.cell(row, *OFFSET) or next((self.told[each] for each in OFFSET if each in self.told), "")
        try:
            return microseconds(said) if said and said.casefold() not in NO_MODIFIER else 0
        except ValueError:
            unclear(
                self.name,
                _("Its time offset '%(said)s' is no number."),
                _("Mend the column, or export the events anew."),
                said=said,
            )


def _time(header: Header, row: Sequence[str], columns: Sequence[str], asked: Asked, name: str) -> int:
    unit = next((unit_of(each) for each in columns if each in header.names), "s")
    return time_us(header.cell(row, *columns), unit or "s", asked, name)


def _event(header: Header, row: Sequence[str], number: int, at_us: int, status: str) -> Event:
    who = header.cell(row, *SUBJECT)
    modifiers = modifiers_of(header, row, "modifier")
    if len(modifiers) == 1:
        modifiers = modifiers[0].split("|")
    modifiers = ["" if each.lower() in NO_MODIFIER else each for each in modifiers]
    while modifiers and not modifiers[-1]:
        modifiers.pop()
    return Event(
        at_us,
        "" if who.casefold() == NOBODY else who,
        header.cell(row, *BEHAVIOUR),
        tuple(modifiers),
        header.cell(row, "comment start", "comment"),
        status,
        _lane(header.cell(row, "behavioral category", "behavioural category", "category")),
        f"row {number}",
    )


def _lane(category: str) -> str:
    return "" if category.casefold() == NO_CATEGORY else category


def _codings(events: dict[str, list[tuple[Event, int]]], facts: _Facts, asked: Asked, losses: Losses) -> list[Coding]:
    codings = []
    for title, states in events.items():
        coder = asked.coder or facts.coders.get(title, "")
        provenance = Provenance(import_tool="BORIS")
        queue = facts.queues.get(title, [])
        if len(queue) > 1:
            for film in queue:
                own = [mark for each in states if (mark := in_film(*each, film, losses, title)) is not None]
                length_us = asked.length_us or film.length_us
                codings.append(Coding(film.name, coder, tuple(own), (), length_us, provenance=provenance))
            continue
        films = facts.films[title] or [film.name for film in queue]
        if len(films) > 1:
            losses.noted(f"observation {title}", f"Its times run on over {len(films)} films: {', '.join(films)}.")
        marks: list[Mark] = []
        for event, end_us in states:
            span = (event.time_us, end_us)
            told = {"who": event.who, "lane": event.lane, "code": event.code, "note": event.note}
            mark = make_mark(losses, event.where, span, modifiers=event.modifiers, **told)
            marks += [mark] if mark is not None else []
        clip = films[0] if films else asked.clip
        known_us = queue[0].length_us if queue else facts.lengths_us.get(title, 0)
        length_us = asked.length_us or (known_us if len(films) < 2 else 0)
        codings.append(Coding(clip, coder, tuple(marks), (), length_us, provenance=provenance))
    ours = [coding for coding in codings if asked.clip and coding.clip and same_film(coding.clip, asked.clip)]
    return ours or codings
