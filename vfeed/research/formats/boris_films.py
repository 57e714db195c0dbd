"""Films that BORIS plays one after the other: each event belongs to the film in which it lies, in that film's time."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.research.film_names import file_name
from vfeed.research.formats.boris_writing import LAYER_SET
from vfeed.research.formats.pairing import Event
from vfeed.research.formats.seam import Losses, make_mark
from vfeed.research.formats.text import microseconds
from vfeed.research.marks import Mark

FOREVER_US = 2**62
PLAYERS, FILMS = "|", ";"


@dataclass(frozen=True, slots=True)
class Film:
    """A film of an observation and the stretch of observation time (offset taken off) in which it runs."""

    name: str
    start_us: int
    end_us: int
    length_us: int = 0


def queued(source: str, lengths: str) -> list[Film]:
    """Return the films of the first player as BORIS's tables name them; none where their lengths are not all told.

    >>> [film.start_us for film in queued("player #1:a.mp4;b.mp4|player #2:c.mp4", "10.000;5.500|15.000")]
    [0, 10000000]
    """
    names = source.split(PLAYERS)[0].removeprefix("player #1:").split(FILMS)
    told = lengths.split(PLAYERS)[0].split(FILMS)
    if len(names) != len(told):
        return []
    found: list[Film] = []
    start_us = 0
    for name, length in zip(names, told, strict=True):
        try:
            length_us = microseconds(length)
        except ValueError:
            return []
        if length_us <= 0:
            return []
        found.append(Film(file_name(name.strip()), start_us, start_us + length_us, length_us))
        start_us += length_us
    return found


def in_film(event: Event, end_us: int, film: Film, losses: Losses, where: str) -> Mark | None:
    """The part of a state that lies in a film, in the film's own time; borders are half-open."""
    start_us = event.time_us
    inside = start_us < film.end_us and (end_us > film.start_us or start_us == end_us >= film.start_us)
    if not inside and (film.start_us > 0 or start_us >= film.end_us):
        return None
    modifiers = tuple(each for each in event.modifiers if not each.startswith(LAYER_SET))
    if end_us > film.end_us:
        losses.changed(event.where or where, f"'{event.code}' runs on into the next film and was cut there.")
        end_us = film.end_us
    if start_us < film.start_us and film.start_us > 0:
        losses.changed(event.where or where, f"'{event.code}' began in the film before and was cut there.")
        start_us = film.start_us
    span = (start_us - film.start_us, end_us - film.start_us)
    return make_mark(
        losses,
        event.where or where,
        span,
        who=event.who,
        lane=event.lane,
        code=event.code,
        modifiers=modifiers,
        note=event.note,
    )
