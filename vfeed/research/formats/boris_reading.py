"""Reads BORIS projects. BORIS stores media time plus offset, cumulated over queued films: clip time takes both off."""

from __future__ import annotations

import gzip
import io
import json
import math
from dataclasses import replace
from typing import Any, NoReturn

from vfeed.errors import marked as _
from vfeed.research.film_names import file_name, same_film
from vfeed.research.formats.boris_films import FOREVER_US, Film, in_film
from vfeed.research.formats.boris_writing import LAYER_SET, WINDOW_VARIABLE, lane_and_code
from vfeed.research.formats.pairing import POINT, TURN, Event, paired
from vfeed.research.formats.seam import Asked, Found, Losses, at, unreadable
from vfeed.research.formats.text import MOST_BYTES, decoded, microseconds
from vfeed.research.marks import Coding, Provenance
from vfeed.timeline.interval import Interval

NOBODY = "no focal subject"
BY_THE_CLOCK = ("start_from_current_time", "start_from_current_epoch_time")


def read_boris(data: bytes, name: str, asked: Asked) -> Found:
    """Return a coding for each observation and film; of several those of the film asked for."""
    losses = Losses()
    project = _project(data, name, losses)
    try:
        kinds = {str(each["code"]): each for each in _values(project["behaviors_conf"])}
        observations = dict(project["observations"].items())
    except (KeyError, AttributeError, TypeError):
        _refuse(name)
    codings = []
    for title, observation in observations.items():
        try:
            codings += _observation(str(title), observation, kinds, asked, losses)
        except (KeyError, AttributeError, TypeError, ValueError, IndexError) as error:
            losses.dropped(f"observation {title}", f"It is not built as BORIS builds one ({error}).")
    if not codings and losses.items:
        unreadable(
            name,
            _("No observation of it can be read; %(where)s: %(what)s"),
            _("Save it anew from BORIS."),
            where=losses.items[0].where,
            what=losses.items[0].what,
        )
    ours = [coding for coding in codings if asked.clip and coding.clip and same_film(coding.clip, asked.clip)]
    return Found(tuple(ours or codings), tuple(losses.items), "BORIS")


def _project(data: bytes, name: str, losses: Losses) -> dict[str, Any]:
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError) as error:
            unreadable(
                name, _("It cannot be unpacked (%(reason)s)."), _("Save the project anew from BORIS."), reason=error
            )
    try:
        project = json.loads(decoded(data, name, losses))
    except (ValueError, RecursionError):
        _refuse(name)
    if not isinstance(project, dict):
        _refuse(name)
    return project


def _values(told: Any) -> list[Any]:
    """What a numbered table of BORIS holds; early versions have a list, or a text where there is nothing."""
    return list(told.values()) if isinstance(told, dict) else told if isinstance(told, list) else []


def _refuse(name: str) -> NoReturn:
    unreadable(name, _("It is not a BORIS project."), _("Save the project from BORIS 7 or later."))


def _us(value: object) -> int:
    """A number or text of seconds; 0 where nothing is said."""
    return microseconds(str(value)) if value not in (None, "") else 0


def _observation(
    title: str, observation: dict[str, Any], kinds: dict[str, Any], asked: Asked, losses: Losses
) -> list[Coding]:
    where = f"observation {title}"
    if observation.get("type") == "IMAGES":
        losses.dropped(where, "It codes single pictures, which have no times.")
        return []
    if any(observation.get(each) for each in BY_THE_CLOCK):
        losses.dropped(where, "It was coded live by the clock of the day, so that its times are on no film.")
        return []
    offset_us = _us(observation.get("time offset"))
    films = _films(observation, asked, where, losses)
    states = _states(observation, kinds, offset_us, where, losses)
    coder = asked.coder or str((observation.get("independent_variables") or {}).get("coder", ""))
    window = _window(observation)
    codings = []
    for film in films:
        marks = [mark for state in states if (mark := in_film(*state, film, losses, where)) is not None]
        length_us = asked.length_us or film.length_us
        codings.append(
            Coding(
                film.name,
                coder or title,
                tuple(marks),
                _in_film(window, film),
                length_us,
                provenance=Provenance(import_tool="BORIS"),
            )
        )
    return codings


def _films(observation: dict[str, Any], asked: Asked, where: str, losses: Losses) -> list[Film]:
    """Films of the first player, one after the other; another player's where it is the one asked for."""
    info = observation.get("media_info") or {}
    lengths, offsets = info.get("length") or {}, info.get("offset") or {}
    told = observation.get("file") or {}
    told = {"1": told} if isinstance(told, list) else told
    players = {str(key): files for key, files in told.items() if files}
    if not players:
        if observation.get("type") == "LIVE":
            losses.noted(where, "It was coded live: its times run from when the observation was started.")
        return [Film(asked.clip, 0, FOREVER_US)]
    asked_player = next(
        (
            key
            for key, files in players.items()
            if asked.clip and any(same_film(str(each), asked.clip) for each in files)
        ),
        min(players),
    )
    if len(players) > 1 and not asked.clip:
        others = [file_name(str(each)) for key, files in players.items() if key != asked_player for each in files]
        losses.noted(where, f"It also plays {', '.join(others)}: name the film to get its times.")
    shift_us = _us(offsets.get(asked_player))
    if shift_us:
        losses.noted(where, f"Player {asked_player} is shifted by {at(shift_us)}; its film’s times were shifted back.")
    epochs = observation.get("media_creation_time") or info.get("media_creation_time") or {}
    dated = bool(observation.get("media_creation_date_as_offset"))
    found, start_us = [], shift_us
    for number, path in enumerate(players[asked_player]):
        length_us = _us(lengths.get(path))
        if number == 0 and dated:
            start_us += _us(epochs.get(path))
        known = length_us > 0
        if not known and len(players[asked_player]) > 1:
            losses.noted(where, f"How long {file_name(str(path))} is, is not known: later films cannot be told.")
        found.append(Film(file_name(str(path)), start_us, start_us + length_us if known else FOREVER_US, length_us))
        start_us += length_us
        if not known:
            break
    # What is marked after the last film's end still belongs to it.
    found[-1] = replace(found[-1], end_us=FOREVER_US) if len(found) == 1 else found[-1]
    return found


def _window(observation: dict[str, Any]) -> tuple[Interval, ...]:
    told = (observation.get("independent_variables") or {}).get(WINDOW_VARIABLE)
    if told:
        times = [(_us(start), _us(end)) for start, end in (part.split("-") for part in str(told).split(";"))]
        return tuple(Interval(start_us, end_us) for start_us, end_us in times if end_us > start_us)
    limits = observation.get("observation time interval") or [0, 0]
    start_us, end_us = _us(limits[0]), _us(limits[1])
    return (Interval(start_us, end_us),) if end_us > start_us >= 0 else ()


def _in_film(window: tuple[Interval, ...], film: Film) -> tuple[Interval, ...]:
    """What of the window of an observation lies in one of its films, in that film's time."""
    parts = [(max(each.start_us, film.start_us), min(each.end_us, film.end_us)) for each in window]
    return tuple(Interval(start - film.start_us, end - film.start_us) for start, end in parts if end > start)


def _states(
    observation: dict[str, Any], kinds: dict[str, Any], offset_us: int, where: str, losses: Losses
) -> list[tuple[Event, int]]:
    """Every state and point with times of the observation, the offset taken off."""
    events = []
    for number, row in enumerate(observation["events"], 1):
        place = f"{where}, event {number}"
        try:
            if isinstance(row[0], float) and not math.isfinite(row[0]):
                raise ValueError("it has no time")
            time_us = microseconds(str(row[0])) - offset_us
        except (ValueError, IndexError, TypeError) as error:
            losses.dropped(place, f"Its time cannot be read ({error}).")
            continue
        events.append(_event(row, time_us, kinds, place))
    return paired(events, losses)


def _event(row: list[Any], time_us: int, kinds: dict[str, Any], place: str) -> Event:
    who, behaviour = str(row[1] or ""), str(row[2])
    kind = kinds.get(behaviour) or {}
    point = "point" in str(kind.get("type", "")).lower()
    lane, code = lane_and_code(str(kind.get("category") or ""), behaviour, point=point)
    modifiers = _modifiers(str(row[3] or "") if len(row) > 3 else "", kind)
    note = str(row[4] or "") if len(row) > 4 else ""
    who = "" if who.casefold() == NOBODY else who
    return Event(time_us, who, code, modifiers, note, POINT if point else TURN, lane, place)


def _modifiers(text: str, kind: dict[str, Any]) -> tuple[str, ...]:
    """The values of the sets, empty where none was chosen; vfeed's own set for overlaps stays until they are paired."""
    values = ["" if value == "None" else value for value in text.split("|")] if text else []
    names = [str(each.get("name", "")) for each in _values(kind.get("modifiers")) if isinstance(each, dict)]
    layered = bool(names) and names[-1] == LAYER_SET and len(values) == len(names)
    layer = values.pop() if layered else ""
    while values and not values[-1]:
        values.pop()
    return tuple(values) + ((LAYER_SET + layer,) if layer else ())
