"""A screening that `vfeed screen` wrote, brought to the pages: its folder's files, or the table alone."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import PurePosixPath
from typing import Any, NoReturn

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.research.codability import LENGTH_US, Verdict
from vfeed.research.formats.columns import find_header
from vfeed.research.formats.grid import sheets
from vfeed.research.formats.hardened import open_zip
from vfeed.research.formats.seam import LONGEST_FILM_US, Losses
from vfeed.research.formats.text import decoded
from vfeed.screening.one_clip import MISSING, SEPARATOR
from vfeed.screening.run import ROWS
from vfeed.screening.tables import MOST_MONTHS, NUMBERS

TABLE, HOW = "screening.csv", "run.json"
KNOWN = (ROWS, TABLE, HOW)
"""The files that are read; names.csv, which leads to films, is left where it is."""
MOST_FILMS = 20_000
MOST_TEXT = 2_000
NAME = re.compile(r"^[A-Za-z0-9_-]{1,22}$")
_SENTENCES = re.compile(r"(?<=[.!?]) (?=[A-Z])")
_STRIP = re.compile(r"^[0-9]{1,120}$")
NEEDED = ("clip_id", "verdict")


@dataclass(frozen=True)
class Brought:
    """A screening: what each film's row says, by the film's name, and how the run was made."""

    rows: Mapping[str, Mapping[str, Any]]
    how: Mapping[str, Any]


def brought(files: Mapping[str, bytes]) -> Brought:
    """Return the screening in these files, by name: a zip, files of the folder, or the table alone.

    Raises VfeedError `invalid_input` for anything else, and for a row that does not fit.
    """
    found = {PurePosixPath(name.replace("\\", "/")).name: data for name, data in files.items()}
    for name, data in list(found.items()):
        if name.lower().endswith(".zip"):
            inside = open_zip(data, name)
            found |= {PurePosixPath(each).name: inside[each] for each in inside if PurePosixPath(each).name in KNOWN}
    tables = [name for name in found if name.lower().endswith(".csv") and name != "names.csv"]
    if ROWS not in found and not tables:
        _refuse(
            _("There is no screening in it."),
            _("Give %(table)s, or the folder that vfeed screen wrote, as a zip."),
            table=TABLE,
        )
    table = _table(found[TABLE if TABLE in found else tables[0]]) if tables else {}
    machine = _machine(found[ROWS]) if ROWS in found else {}
    names = list(dict.fromkeys([*table, *machine]))
    if not names:
        _refuse(_("There is no film in it."), _("Look whether it is the table that vfeed screen wrote."))
    if len(names) > MOST_FILMS:
        _refuse(
            _("It has %(count)s films; %(most)s can be shown."),
            _("Screen them in parts."),
            count=len(names),
            most=MOST_FILMS,
        )
    rows = {name: held(table.get(name, {}) | machine.get(name, {}), table.get(name, {})) for name in names}
    return Brought(rows, _how(found.get(HOW)))


def _table(data: bytes) -> dict[str, dict[str, str]]:
    try:
        _sheet, rows = next(sheets(data, TABLE, Losses()))
    except VfeedError as error:
        _refuse(
            _("Its table is not whole (%(reason)s)."),
            _("Give the %(table)s that vfeed screen wrote."),
            reason=error.message,
            table=TABLE,
        )
    header = find_header(rows, *((name,) for name in NEEDED))
    if header is None or not header.body:
        _refuse(
            _("Its table has no columns clip_id and verdict."),
            _("Give the %(table)s that vfeed screen wrote."),
            table=TABLE,
        )
    told = ({name: header.cell(row, name) for name in header.names if name} for _number, row in header.body if any(row))
    return {row["clip_id"]: row for row in told}


def _machine(data: bytes) -> dict[str, dict[str, str]]:
    found = {}
    for number, line in enumerate(decoded(data, ROWS, Losses()).split("\n"), 1):
        try:
            told = json.loads(line)
            found[str(told["clip_id"])] = {str(key): str(value) for key, value in told.items()}
        except (json.JSONDecodeError, KeyError, TypeError, AttributeError):
            # What a killed run half wrote is its last line; `vfeed screen --resume` looks at that film again.
            if number < data.count(b"\n"):
                _refuse(
                    _("Line %(number)s of %(table)s is none that vfeed screen wrote."),
                    _("Give the folder as it was written."),
                    number=number,
                    table=ROWS,
                )
    return found


def _how(data: bytes | None) -> dict[str, Any]:
    try:
        told = json.loads(data) if data else {}
    except ValueError:
        return {}
    keep = ("vfeed", "depth", "form", "frames_per_s")
    return {key: told[key] for key in keep if isinstance(told, dict) and isinstance(told.get(key), str | int | float)}


def held(row: Mapping[str, str], table: Mapping[str, str]) -> dict[str, Any]:
    """A row as it is kept; raises VfeedError `invalid_input` for one that does not fit."""
    name = row["clip_id"]
    if not NAME.match(name):
        _refuse(
            _("“%(said)s” is no name that vfeed screen gives."),
            _("Give the table that vfeed screen wrote."),
            said=name[:40],
        )
    try:
        verdict = Verdict(row["verdict"])
        strip = row.get("seen_strip", "")
        best = [_span(row, first, last) for first, last in _spans(row)]
        length_us = _number(row.get("length_us", ""))
        age = table.get("age_months", "")
        age_months = float(age) if _said(age) else None
        if age_months is not None and not 0 <= age_months <= MOST_MONTHS:
            raise ValueError(f"no child is {age[:20]} months old")
    except ValueError as error:
        _refuse(
            _("The row of %(film)s does not fit: %(reason)s."),
            _("Give the table that vfeed screen wrote."),
            film=name,
            reason=error,
        )
    return {
        "verdict": verdict.value,
        "reasons": _sentences(row.get("reasons", "")),
        "advice": _sentences(row.get("advice", "")),
        "best": best,
        "strip": strip if _STRIP.match(strip) else "",
        "length_us": length_us,
        "sha256": row.get("sha256", "") if len(row.get("sha256", "")) == 64 else "",
        "age_months": age_months,
        # A verdict of the table that a person gave is kept as theirs.
        "checked_by": _said(table.get("checked_by", "")),
        "checked": table.get("verdict", "") if _said(table.get("checked_by", "")) else "",
        "row": {key: _kept(key, value) for key, value in {**table, **row}.items() if key not in ("reasons", "advice")},
    }


def _spans(row: Mapping[str, str]) -> list[tuple[str, str]]:
    places = [("best_start_us", "best_end_us"), ("second_best_start_us", ""), ("third_best_start_us", "")]
    return [place for place in places if _said(row.get(place[0], ""))]


def _span(row: Mapping[str, str], first: str, last: str) -> tuple[int, int]:
    start_us = _number(row[first])
    return start_us, _number(row[last]) if last else start_us + LENGTH_US


def _number(text: str) -> int:
    """A time in us, 0 where none is told; raises ValueError for one that lies in no film."""
    time_us = int(_said(text) or 0)
    if not 0 <= time_us <= LONGEST_FILM_US:
        raise ValueError(f"{text[:20]} lies in no film")
    return time_us


def _kept(column: str, value: str) -> str:
    """A cell as it is handed on; infinity in a column of numbers is not known."""
    with contextlib.suppress(ValueError):
        return MISSING if column in NUMBERS and not isfinite(float(value)) else value[:MOST_TEXT]
    return value[:MOST_TEXT]


def _said(text: str) -> str:
    return "" if text == MISSING else text[:200]


def _sentences(text: str) -> list[str]:
    parts = text.split(SEPARATOR) if SEPARATOR in text else _SENTENCES.split(text)
    return [part[:400] for part in parts if part and part != MISSING][:3]


def _refuse(wrong: str, fix: str, **values: object) -> NoReturn:
    raise VfeedError("invalid_input", wrong, hint=fix, **values)
