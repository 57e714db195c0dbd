"""What coding programs write: tables (CSV, TSV), ELAN (EAF) and BORIS, each read into plain marks."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

NAMES = {
    "start": ("start", "start (s)", "start_s", "start_ms", "start_us", "onset", "onset_s", "onset_ms", "begin"),
    "end": ("end", "stop (s)", "end_s", "end_ms", "end_us", "stop", "offset", "offset_s", "offset_ms", "end time"),
    "time": ("time", "time (s)", "time_s", "time_ms"),
    "who": ("who", "subject", "person", "tier", "participant", "role"),
    "code": ("code", "behavior", "behaviour", "state", "label", "value", "event"),
    "status": ("status", "behavior type", "behaviour type"),
}
"""Column names that tables use, without case; BORIS's among them."""
ALSO_START = ("begin time", "begin_time", "begin time - ss.msec", "start time")
ALSO_END = ("end time - ss.msec", "end_time", "stop time")
CLOCK = re.compile(r"^(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d+)?)$")


class LabelError(ValueError):
    """A label file that cannot be used as it is; the text says what is wrong and how to mend it."""

    def __init__(self, path: Path, wrong: str, fix: str) -> None:
        super().__init__(f"{path.name}: {wrong} {fix}")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a coder marked: whose name and which code as written, from `start_us` up to `end_us` of clip time."""

    who: str
    code: str
    start_us: int
    end_us: int


def read_marks(path: Path) -> list[Mark]:
    """Read a label file by its ending; raises LabelError for anything that cannot be read whole."""
    reader = {".csv": _table, ".tsv": _table, ".eaf": _elan, ".boris": _boris}.get(path.suffix.lower())
    if reader is None:
        raise LabelError(path, "This kind of file is not known.", "Give .csv, .tsv, .eaf or .boris.")
    marks = reader(path)
    for mark in marks:
        if mark.end_us <= mark.start_us:
            raise LabelError(
                path,
                f"'{mark.code}' at {mark.start_us / 1e6:.3f} s has no length.",
                "Code states with a start and an end, or leave point events out of the export.",
            )
    return marks


def microseconds(text: str, unit_us: int = 1_000_000) -> int:
    """A time as written: decimal in the given unit (point or comma), or [hh:]mm:ss.mmm; ValueError for anything else.

    >>> microseconds("1.5"), microseconds("250", 1_000), microseconds("01:02.5"), microseconds("0,25")
    (1500000, 250000, 62500000, 250000)
    """
    clock = CLOCK.match(text.strip())
    if clock:
        hours, minutes, seconds = clock.groups()
        whole = Decimal(hours or 0) * 3600 + Decimal(minutes) * 60 + Decimal(seconds.replace(",", "."))
        return int(whole * 1_000_000)
    try:
        value = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a time") from error
    if not value.is_finite() or value < 0:
        raise ValueError(f"{text!r} is not a time")
    return int(value * unit_us)


def _unit_us(column: str) -> int:
    return 1_000 if column.endswith("_ms") else 1 if column.endswith("_us") else 1_000_000


def _table(path: Path) -> list[Mark]:
    """One row for each state (start and end), or one for each start and stop as BORIS lists events."""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    delimiter = "\t" if "\t" in text else ";" if text.count(";") > text.count(",") else ","
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    for number, row in enumerate(rows):
        columns = _columns(row)
        if {"who", "code"} <= columns.keys() and ("start" in columns or "time" in columns):
            body = [each for each in rows[number + 1 :] if any(cell.strip() for cell in each)]
            if {"start", "end"} <= columns.keys():
                return [_row(path, row, columns, each) for each in body]
            if {"time", "status"} <= columns.keys():
                return _paired(path, [_event(path, row, columns, each) for each in body])
    raise LabelError(path, "No row names its columns.", "Begin with a row such as: who,code,start,end")


def _columns(row: list[str]) -> dict[str, int]:
    names = [cell.strip().lower() for cell in row]
    wanted = NAMES | {"start": NAMES["start"] + ALSO_START, "end": NAMES["end"] + ALSO_END}
    return {
        what: names.index(next(name for name in options if name in names))
        for what, options in wanted.items()
        if any(name in names for name in options)
    }


def _cell(path: Path, header: list[str], row: list[str], column: int) -> int:
    try:
        return microseconds(row[column], _unit_us(header[column].strip().lower()))
    except (ValueError, IndexError) as error:
        raise LabelError(path, f"A time is missing or odd in: {row}.", "Write seconds, or hh:mm:ss.mmm.") from error


def _row(path: Path, header: list[str], columns: dict[str, int], row: list[str]) -> Mark:
    start, end = (_cell(path, header, row, columns[edge]) for edge in ("start", "end"))
    return Mark(row[columns["who"]].strip(), row[columns["code"]].strip(), start, end)


def _event(path: Path, header: list[str], columns: dict[str, int], row: list[str]) -> tuple[int, str, str, str]:
    time_us = _cell(path, header, row, columns["time"])
    return time_us, row[columns["who"]].strip(), row[columns["code"]].strip(), row[columns["status"]].strip().upper()


def _paired(path: Path, events: list[tuple[int, str, str, str]]) -> list[Mark]:
    """Join each start with the next stop of the same subject and behaviour; an empty status takes turns."""
    opened: dict[tuple[str, str], int] = {}
    marks = []
    for time_us, who, code, status in sorted(events, key=lambda event: event[0]):
        key = who, code
        starts = status == "START" or (status == "" and key not in opened)
        if status not in ("", "START", "STOP") or (starts and key in opened) or (not starts and key not in opened):
            raise _unpaired(path, code, time_us, status)
        if starts:
            opened[key] = time_us
        else:
            marks.append(Mark(who, code, opened.pop(key), time_us))
    for (_, code), time_us in opened.items():
        raise _unpaired(path, code, time_us, "START")
    return marks


def _unpaired(path: Path, code: str, time_us: int, status: str) -> LabelError:
    what = f"{status.lower() or 'event'} of '{code}' at {time_us / 1e6:.3f} s"
    return LabelError(
        path, f"The {what} has no partner.", "Give every state a start and a stop (BORIS: Fix unpaired events)."
    )


def _elan(path: Path) -> list[Mark]:
    """Time-aligned annotations of every tier; dependent ones take their parent's times."""
    text = path.read_bytes()
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise LabelError(path, "It declares entities, which no ELAN file does.", "Save it anew from ELAN.")
    try:
        document = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise LabelError(path, f"It is not whole ({error}).", "Save it anew from ELAN.") from error
    slots = _slots(path, document)
    origin_us = next((int(each.get("TIME_ORIGIN", 0)) * 1_000 for each in document.iter("MEDIA_DESCRIPTOR")), 0)
    spans: dict[str, tuple[int, int]] = {}
    waiting: list[tuple[str, str, str, str]] = []
    found: list[tuple[str, str, str]] = []
    for tier in document.iter("TIER"):
        who = tier.get("PARTICIPANT") or tier.get("TIER_ID") or ""
        for note in tier.iter("ALIGNABLE_ANNOTATION"):
            name = note.get("ANNOTATION_ID", "")
            spans[name] = slots[note.get("TIME_SLOT_REF1", "")], slots[note.get("TIME_SLOT_REF2", "")]
            found.append((name, who, _value(note)))
        waiting += [
            (note.get("ANNOTATION_ID", ""), note.get("ANNOTATION_REF", ""), who, _value(note))
            for note in tier.iter("REF_ANNOTATION")
        ]
    for name, parent, who, value in waiting:
        if parent not in spans:
            raise LabelError(path, f"The annotation '{value}' belongs to nothing in time.", "Align its parent in ELAN.")
        spans[name] = spans[parent]
        found.append((name, who, value))
    return [Mark(who, value, spans[name][0] - origin_us, spans[name][1] - origin_us) for name, who, value in found]


def _slots(path: Path, document: ElementTree.Element) -> dict[str, int]:
    """Times of the slots; those that ELAN left open lie evenly between their neighbours, as ELAN shows them."""
    slots = list(document.iter("TIME_SLOT"))
    times = [each.get("TIME_VALUE") for each in slots]
    known = [index for index, value in enumerate(times) if value is not None]
    if slots and (not known or known[0] != 0 or known[-1] != len(slots) - 1):
        raise LabelError(path, "Its first or last time is open.", "Align the first and last annotation in ELAN.")
    result = {}
    for index, each in enumerate(slots):
        before = max(number for number in known if number <= index)
        after = min(number for number in known if number >= index)
        low, high = int(str(times[before])), int(str(times[after]))
        share = (index - before) / (after - before) if after > before else 0
        result[each.get("TIME_SLOT_ID", "")] = round((low + (high - low) * share) * 1_000)
    return result


def _value(note: ElementTree.Element) -> str:
    return (note.findtext("ANNOTATION_VALUE") or "").strip()


def _boris(path: Path) -> list[Mark]:
    """The one observation of a BORIS project whose behaviours are states; its time offset is added."""
    try:
        project: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
        types = {each["code"]: str(each["type"]) for each in project["behaviors_conf"].values()}
        observations = project["observations"]
    except (ValueError, KeyError, AttributeError) as error:
        raise LabelError(path, "It is not a BORIS project.", "Save the project from BORIS 7 or later.") from error
    if len(observations) != 1:
        raise LabelError(
            path, f"It holds {len(observations)} observations.", "Keep one observation for each clip, or export tables."
        )
    (observation,) = observations.values()
    offset_us = microseconds(str(observation.get("time offset") or 0))
    by_kind: dict[bool, list[tuple[int, str, str, str]]] = defaultdict(list)
    for event in observation["events"]:
        time_us, who, code = microseconds(str(event[0])) + offset_us, str(event[1]), str(event[2])
        by_kind["state" in types.get(code, "").lower()].append((time_us, who, code, ""))
    if by_kind[False]:
        time_us, _, code, _ = by_kind[False][0]
        raise LabelError(
            path,
            f"'{code}' at {time_us / 1e6:.3f} s is a point event.",
            "Make it a state event in the ethogram, or export the states as a table.",
        )
    return _paired(path, by_kind[True])
