"""Tables that no program's export looks like: known by plain column names, or by a person's word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.errors import marked as _
from vfeed.research.film_names import same_film
from vfeed.research.formats.columns import (
    Header,
    check_plausible,
    find_header,
    odd_row,
    plain,
    refuse_frames_behind_a_point,
    time_us,
    unit_of,
)
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.pairing import POINT, START, STOP, TURN, Event, paired
from vfeed.research.formats.seam import Asked, Losses, make_mark, unclear
from vfeed.research.marks import Coding, Mark, Provenance

NAMES: dict[str, tuple[str, ...]] = {
    "start": (
        "start",
        "onset",
        "begin",
        "begin time",
        "start time",
        "onset time",
        "starttime",
        "time start",
        "tmin",
        "xmin",
    ),
    "end": (
        "end",
        "stop",
        "offset",
        "end time",
        "stop time",
        "offset time",
        "endtime",
        "time end",
        "finish",
        "tmax",
        "xmax",
    ),
    "duration": ("duration", "length"),
    "time": ("time",),
    "who": ("who", "subject", "person", "tier", "participant", "role"),
    "code": ("code", "behavior", "behaviour", "state", "label", "value", "event", "annotation", "trial type", "text"),
    "status": ("status", "behavior type", "behaviour type", "event type"),
    "lane": ("lane", "category", "behavioral category", "behavioural category", "class"),
    "note": ("note", "notes", "comment", "comments", "memo"),
    "clip": ("clip", "clip id", "media", "file", "video", "media file", "media file name", "filename"),
    "coder": ("coder", "coder id", "annotator", "rater"),
    "modifier": ("modifier", "modifiers", "modifier #1", "modifier 1"),
}
"""Names of columns by what they mean, as `columns.plain` gives them."""
NOT_KNOWN = ("n/a", "na", "nan", "none", "-")
ROLES = tuple(NAMES)
STATUS = {"start": START, "stop": STOP, "end": STOP, "point": POINT, "state start": START, "state stop": STOP, "": TURN}


@dataclass(frozen=True)
class _Plan:
    """Which column holds what, and the unit of each column of time."""

    places: dict[str, int]
    units: dict[str, str]

    def cell(self, row: Sequence[str], role: str) -> str:
        place = self.places.get(role)
        return row[place].strip() if place is not None and place < len(row) else ""


def read_plain(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return the codings of a table with plain names for its columns; None where too few are known."""
    both = (NAMES["start"], (*NAMES["end"], *NAMES["duration"]))
    header = find_header(rows, NAMES["code"], *both, tidy=plain) or find_header(
        rows, NAMES["code"], NAMES["time"], NAMES["status"], tidy=plain
    )
    if header is None or {"tier", "participant"} <= set(header.names):
        return None
    places = {role: place for role, names in NAMES.items() if (place := header.column(*names)) is not None}
    units = {role: unit_of(rows[header.number][place]) for role, place in places.items()}
    return _read(header, _Plan(places, _one_unit(units)), name, asked, losses)


def read_by_columns(rows: Rows, name: str, asked: Asked, losses: Losses) -> Sequence[Coding]:
    """Return the codings of a table as a person says what its columns are; by number (from 1) where it has no header.

    Raises VfeedError `codes_unclear` for a role that is not known, a column that is not there, and too few of them.
    """
    assert asked.columns is not None
    said = asked.columns
    odd = sorted(set(said.roles) - set(ROLES))
    if odd:
        unclear(
            name,
            _("'%(said)s' is nothing that a column can be."),
            _("Use: %(roles)s."),
            said=odd[0],
            roles=", ".join(ROLES),
        )
    timed = "time" in said.roles or ("start" in said.roles and {"end", "duration"} & said.roles.keys())
    if "code" not in said.roles or not timed:
        unclear(
            name,
            _("It must be said where the code and the times are."),
            _("Give code, and start with end or duration."),
        )
    numbered = all(column.strip().isdigit() for column in said.roles.values())
    if numbered:
        header = Header((), 0, tuple((row.number, row) for row in rows), [])
        places = {role: int(column) - 1 for role, column in said.roles.items()}
    else:
        found = find_header(rows, *((column.strip().lower(),) for column in said.roles.values()))
        if found is None:
            missing = ", ".join(said.roles.values())
            unclear(
                name,
                _("No row has all of these columns: %(missing)s."),
                _("Write the names as the table has them."),
                missing=missing,
            )
        header = found
        places = {role: header.names.index(column.strip().lower()) for role, column in said.roles.items()}
    named = {role: unit_of(header.names[place]) if header.names else "" for role, place in places.items()}
    units = {role: said.unit or unit for role, unit in named.items()}
    return _read(header, _Plan(places, _one_unit(units)), name, asked, losses)


def _read(header: Header, plan: _Plan, name: str, asked: Asked, losses: Losses) -> list[Coding]:
    _check(header, plan, name, asked, losses)
    before = len(losses.items)
    events: dict[tuple[str, str], list[Event]] = defaultdict(list)
    marks: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    torn: list[list[str]] = []
    for number, row in header.body:
        key = plan.cell(row, "clip") or asked.clip, asked.coder or plan.cell(row, "coder")
        if header.names and any(cell.strip() for cell in row[len(header.names) :]):
            torn.append(row)
            losses.dropped(f"row {number}", f"It has more cells than the table has columns: {', '.join(row)[:120]}.")
            continue
        try:
            if "start" in plan.places:
                mark = _stretch(plan, row, number, asked, name, losses)
                marks[key] += [mark] if mark is not None else []
            else:
                events[key].append(_event(plan, row, number, asked, name))
        except ValueError:
            odd_row(losses, number, row)
    for key, listed in events.items():
        for event, end_us in paired(listed, losses):
            span = (event.time_us, end_us)
            told = {"who": event.who, "lane": event.lane, "code": event.code, "note": event.note}
            mark = make_mark(losses, event.where, span, modifiers=event.modifiers, **told)
            marks[key] += [mark] if mark is not None else []
    if torn and len(torn) == len(header.body):
        unclear(
            name,
            _("Each of its rows has more cells than the table has columns; the first is: %(row)s."),
            _("Where commas are decimal signs, write points, or part the columns by semicolons or tabs."),
            row=", ".join(torn[0])[:80],
        )
    if header.body and not events and not marks and len(losses.items) - before >= len(header.body):
        unclear(
            name,
            _("A time is missing or odd in each of its rows; the first is: %(row)s."),
            _("Write times in seconds or as hh:mm:ss.mmm, counted from the film’s first picture."),
            row=", ".join(header.body[0][1])[:80],
        )
    every = marks or {(asked.clip, asked.coder): []}
    ours = {key: each for key, each in every.items() if asked.clip and key[0] and same_film(key[0], asked.clip)}
    return [
        Coding(clip, coder, tuple(each), (), asked.length_us, provenance=Provenance(import_tool="table"))
        for (clip, coder), each in (ours or every).items()
    ]


def _check(header: Header, plan: _Plan, name: str, asked: Asked, losses: Losses) -> None:
    """Ask about times of which too little is said, and say which of several columns was read."""
    timed = [role for role in ("start", "end", "duration", "time") if role in plan.places]
    for unit in dict.fromkeys(plan.units[role] for role in timed):
        texts = (plan.cell(row, role) for _, row in header.body for role in timed if plan.units[role] == unit)
        check_plausible(texts, unit, name, asked, losses)
    for role in timed:
        column = header.names[plan.places[role]] if header.names else role
        refuse_frames_behind_a_point(column, plan.units[role], (plan.cell(row, role) for _, row in header.body), name)
    for column in sorted({header.names[place] for place in plan.places.values() if header.names}):
        if header.names.count(column) > 1:
            losses.noted(f"column {column}", "Several columns have this name; the first was read.")


def _one_unit(units: dict[str, str]) -> dict[str, str]:
    """The units of the columns; one of time that names none has that of its neighbours."""
    named = next((units[role] for role in ("start", "end", "duration", "time") if units.get(role)), "")
    return {role: unit or named for role, unit in units.items()}


def _stretch(plan: _Plan, row: list[str], number: int, asked: Asked, name: str, losses: Losses) -> Mark | None:
    start_us = time_us(plan.cell(row, "start"), plan.units["start"], asked, name)
    said_end = plan.cell(row, "end")
    if "end" in plan.places and (said_end or "duration" not in plan.places):
        end_us = time_us(said_end, plan.units["end"], asked, name)
    else:
        length = plan.cell(row, "duration")
        if length.casefold() in NOT_KNOWN:
            losses.noted(f"row {number}", "Its duration is not known; it was read as a point.")
            length = ""
        end_us = start_us + (time_us(length, plan.units["duration"], asked, name) if length else 0)
    told = {role: plan.cell(row, role) for role in ("who", "lane", "code", "note")}
    modifier = plan.cell(row, "modifier")
    return make_mark(losses, f"row {number}", (start_us, end_us), modifiers=[modifier] if modifier else [], **told)


def _event(plan: _Plan, row: list[str], number: int, asked: Asked, name: str) -> Event:
    status = STATUS.get(plan.cell(row, "status").lower())
    if status is None:
        raise ValueError("no status")
    at_us = time_us(plan.cell(row, "time"), plan.units["time"], asked, name)
    modifier = plan.cell(row, "modifier")
    return Event(
        at_us,
        plan.cell(row, "who"),
        plan.cell(row, "code"),
        (modifier,) if modifier else (),
        plan.cell(row, "note"),
        status,
        plan.cell(row, "lane"),
        f"row {number}",
    )
