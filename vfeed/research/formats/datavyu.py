r"""Datavyu projects (.opf): a zip of a YAML text, a database of cells, and the shift of each film."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, replace
from typing import Any

import yaml

from vfeed.errors import marked as _
from vfeed.research.film_names import same_film
from vfeed.research.formats.hardened import open_zip
from vfeed.research.formats.seam import (
    MILLISECOND_US,
    NO_CODE,
    Asked,
    Found,
    Losses,
    Written,
    at,
    coarse,
    kept_coding,
    make_mark,
    report_changes,
    tier_name,
    unreadable,
)
from vfeed.research.formats.text import clock
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.timeline.interval import Interval

WINDOW = "vfeed_window"
FIXED = ("code", "who", "lane", "note", "coder")
LAST_HOUR_US = 100 * 3_600_000_000
_CELL = re.compile(r"^(\d+):(\d{2}):(\d{2}):(\d{3}),(\d+):(\d{2}):(\d{2}):(\d{3}),(.*)$", re.DOTALL)
_HEAD = re.compile(r"^(.+?) ?\(([A-Z]+)(?:,(true|false)(?:,(.*?))?)?\)(?:-(.*))?$")
"""Name, kind, whether it is shown (from #3 on), a comment (from #4 on), and the codes of a matrix."""
QUERY = "###QueryVar###"
LOST_US = 99 * 3_600_000_000
"""Where Datavyu puts cells whose times it could not read."""
_FIX = _("Save it anew from Datavyu as .opf.")


def _keep(mark: Mark) -> Mark:
    return replace(coarse(mark, MILLISECOND_US), code=mark.code or NO_CODE)


class Datavyu:
    """Datavyu: a column for each person and lane, its cells with code, modifiers and note."""

    name = "datavyu"
    title = "Datavyu project (.opf)"
    ending = ".opf"
    endings = (".opf",)
    resolution_us = MILLISECOND_US

    def kept(self, coding: Coding) -> Coding:
        """Everything but times finer than a millisecond; the coder only where there are marks."""
        return kept_coding(coding, _keep, MILLISECOND_US, coder=bool(coding.marks))

    def write(self, coding: Coding) -> Written:
        """One .opf; it holds no film, which Datavyu is shown by hand."""
        losses = Losses()
        report_changes(coding, _keep, losses)
        kept = self.kept(coding)
        late = [mark for mark in kept.marks if mark.end_us >= LAST_HOUR_US]
        for mark in late:
            losses.dropped(at(mark.start_us), f"'{mark.code}': Datavyu’s clock ends at 100 hours.")
        db = _database(replace(kept, marks=tuple(mark for mark in kept.marks if mark not in late)), coding.coder)
        name = _yaml(coding.clip or "coding")
        project = f"!project\ndbFile: db\nname: {name}\norigpath: ''\nversion: 5\nviewerSettings: []\n"
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, text in (("db", db), ("project", project)):
                # A fixed date: the same coding gives the same file.
                archive.writestr(zipfile.ZipInfo(entry, (1980, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED)
        return Written({f"{coding.clip or 'coding'}.opf": out.getvalue()}, tuple(losses.items))

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """The one coding of an .opf, its films' shift taken off."""
        losses = Losses()
        entries = open_zip(data, name)
        if "project" not in entries:
            unreadable(name, _("It holds no project: it is of an old Datavyu, or something else."), _FIX)
        settings = _project(entries["project"], name)
        db = entries.get(str(settings.get("dbFile") or "db"))
        if not db:
            unreadable(name, _("Its database is missing or empty."), _FIX)
        film, offset_us = _film(settings, entries, asked, losses)
        columns = _columns(_text(db, losses), name)
        return Found((_coding(columns, film, offset_us, asked, losses),), tuple(losses.items), "Datavyu")


def is_database(data: bytes) -> bool:
    """Whether a file is Datavyu's database alone, as it and OpenSHAPA save it under .csv."""
    return bool(re.match(rb"(?:\xef\xbb\xbf)?#[2-4]\s*\n", data.replace(b"\r", b"\n")[:10]))


def read_database(data: bytes, name: str, asked: Asked) -> Found:
    """The coding of a database alone, which says nothing of films: its times are those of Datavyu's clock."""
    losses = Losses()
    losses.noted("films", "It says nothing of films: one that was shifted in Datavyu is not shifted back.")
    columns = _columns(_text(data, losses), name)
    return Found((_coding(columns, asked.clip, 0, asked, losses),), tuple(losses.items), "Datavyu")


# Writing


def _yaml(text: str) -> str:
    return "'" + text.replace("'", "''").replace("\n", " ") + "'"


def _escape(text: str) -> str:
    """A value as a cell holds it: signs of the format and line ends behind a backslash."""
    return re.sub(r"([\\()\-,|\n])", r"\\\1", text)


def _named(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "column"
    plain = plain if plain[0].isalpha() else f"c_{plain}"
    number, free = 1, plain
    while free.casefold() in taken:
        number += 1
        free = f"{plain}_{number}"
    taken.add(free.casefold())
    return free


def _stamp(time_us: int) -> str:
    return clock(time_us, sign=":")


def _database(coding: Coding, coder: str) -> str:
    lines = ["#4"]
    taken = {WINDOW}
    lanes = sorted({(mark.who, mark.lane) for mark in coding.marks})
    for who, lane in lanes:
        marks = [mark for mark in coding.marks if (mark.who, mark.lane) == (who, lane)]
        more = max(len(mark.modifiers) for mark in marks)
        codes = [*FIXED, *(f"modifier{number + 1}" for number in range(more))]
        lines.append(_column_head(_named(tier_name(who, lane), taken), codes))
        for mark in marks:
            values = [mark.code, who, lane, mark.note, coder, *mark.modifiers]
            values += [""] * (len(codes) - len(values))
            lines.append(f"{_stamp(mark.start_us)},{_stamp(mark.end_us)},({','.join(_escape(v) for v in values)})")
    if coding.window:
        lines.append(_column_head(WINDOW, ["code"]))
        lines += [f"{_stamp(each.start_us)},{_stamp(each.end_us)},(watched)" for each in coding.window]
    return "\n".join(lines) + "\n"


def _column_head(name: str, codes: list[str]) -> str:
    return f"{name} (MATRIX,true,)-{','.join(f'{code}|NOMINAL' for code in codes)}"


# Reading


class _Loader(yaml.SafeLoader):
    """Plain YAML with Datavyu's three tags, each read as a mapping."""


def _mapping(loader: yaml.SafeLoader, node: yaml.Node) -> Any:
    return loader.construct_mapping(node, deep=True) if isinstance(node, yaml.MappingNode) else {}


for _tag in ("!project", "!vs", "!ts"):
    _Loader.add_constructor(_tag, _mapping)


def _text(data: bytes, losses: Losses) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        losses.noted("database", "It is not UTF-8; it was read as Windows-1252. Look at letters with accents.")
        text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _project(data: bytes, name: str) -> dict[str, Any]:
    text = _text(data, Losses())
    if re.search(r"^\s*[^#'\"\n]*[:\-] +[&*]\w", text, re.MULTILINE):
        unreadable(name, _("Its project text refers to itself, which Datavyu’s does not."), _FIX)
    try:
        found = yaml.load(text, Loader=_Loader)  # noqa: S506  (a SafeLoader with three tags more)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        unreadable(name, _("Its project text is not whole (%(reason)s)."), _FIX, reason=str(error).splitlines()[0])
    return found if isinstance(found, dict) else {}


def _film(settings: dict[str, Any], entries: dict[str, bytes], asked: Asked, losses: Losses) -> tuple[str, int]:
    """The film's name and how far its track is shifted on Datavyu's clock."""
    films = []
    for viewer in settings.get("viewerSettings") or []:
        if not isinstance(viewer, dict):
            continue
        stored = _text(entries.get(str(viewer.get("settingsId", "")), b""), Losses())
        shift = re.search(r"^offset\s*[=:]\s*(-?\d+)\s*$", stored, re.MULTILINE)
        films.append((re.split(r"[\\/]", str(viewer.get("feed") or ""))[-1], int(shift.group(1)) if shift else 0))
    ours = [film for film in films if asked.clip and same_film(film[0], asked.clip)] or films[:1]
    if not ours:
        return asked.clip, 0
    if len(films) > 1 and not asked.clip:
        losses.noted("films", f"It is about {len(films)} films; times are those of {ours[0][0]}.")
    if ours[0][1]:
        losses.noted("films", f"{ours[0][0]} is shifted by {ours[0][1]} ms; its times were shifted back.")
    return asked.clip or ours[0][0], ours[0][1] * MILLISECOND_US


@dataclass
class _Column:
    name: str
    kind: str
    visible: bool
    codes: list[str]
    cells: list[tuple[int, int, str]]


def _columns(text: str, name: str) -> list[_Column]:
    """Every column with its cells; a cell runs on where its line ends in a single backslash."""
    columns: list[_Column] = []
    for number, line in _joined(text):
        if number == 1 and re.match(r"^#\d$", line.strip()):
            continue
        cell, head = _CELL.match(line), _HEAD.match(line)
        if cell and columns:
            parts = [int(part) for part in cell.groups()[:8]]
            columns[-1].cells.append((_millis(parts[:4]), _millis(parts[4:]), cell.group(9)))
        elif head:
            codes = [_unescape(each.partition("|")[0]) for each in (head.group(5) or "").split(",") if each]
            columns.append(_Column(_unescape(head.group(1)), head.group(2), head.group(3) != "false", codes, []))
        elif line.strip():
            unreadable(name, _("Line %(number)s of its database is neither a column nor a cell."), _FIX, number=number)
    return columns


def _joined(text: str) -> list[tuple[int, str]]:
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if lines and (len(lines[-1][1]) - len(lines[-1][1].rstrip("\\"))) % 2:
            lines[-1] = (lines[-1][0], lines[-1][1] + "\n" + line)
        else:
            lines.append((number, line))
    return lines


def _millis(parts: list[int]) -> int:
    hours, minutes, seconds, millis = parts
    return (hours * 3600 + minutes * 60 + seconds) * 1_000_000 + millis * MILLISECOND_US


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL).strip()


def _values(column: _Column, text: str) -> list[str]:
    """The values of a cell in order; "<code>", which Datavyu shows for an empty one, is empty."""
    if column.kind == "MATRIX" or (text.startswith("(") and text.endswith(")")):
        text = text[1:-1] if text.startswith("(") and text.endswith(")") else text
        parts = re.findall(r"((?:\\.|[^\\,])*)(?:,|$)", text, re.DOTALL)[: max(1, len(column.codes)) or None]
    else:
        parts = [text]
    values = [_unescape(part) for part in parts]
    if set(FIXED) <= set(column.codes):
        return values
    return [
        "" if number < len(column.codes) and value == f"<{column.codes[number]}>" else value
        for number, value in enumerate(values)
    ]


def _coding(columns: list[_Column], film: str, offset_us: int, asked: Asked, losses: Losses) -> Coding:
    marks: list[Mark] = []
    window: list[Interval] = []
    coders = set()
    for column in columns:
        if column.name == QUERY:
            losses.dropped(f"column {column.name}", "It is a question of MacSHAPA, no coding.")
            continue
        if not column.visible:
            losses.noted(f"column {column.name}", "It is hidden in Datavyu; it was read all the same.")
        for number, (start_us, end_us, text) in enumerate(column.cells, 1):
            where = f"column {column.name}, cell {number}"
            start_us, end_us = start_us - offset_us, end_us - offset_us
            if column.name == WINDOW and end_us > start_us >= 0:
                window.append(Interval(start_us, end_us))
                continue
            if end_us == -offset_us and start_us > end_us:
                losses.dropped(where, f"It was begun at {at(start_us)} and never ended.")
                continue
            if start_us + offset_us == end_us + offset_us == LOST_US:
                losses.dropped(where, "Datavyu could not read its times, and put it at 99 hours.")
                continue
            told = dict(zip(column.codes, _values(column, text), strict=False))
            if "coder" in told:
                coders.add(told["coder"])
            mark = make_mark(losses, where, (start_us, end_us), **_told(column, told or {"": _unescape(text)}))
            if mark is not None:
                marks.append(mark)
    coder = asked.coder or (coders.pop() if len(coders) == 1 else "")
    provenance = Provenance(import_tool="Datavyu")
    return Coding(film, coder, tuple(marks), tuple(window), asked.length_us, provenance=provenance)


def _told(column: _Column, values: dict[str, str]) -> dict[str, Any]:
    """What a cell says: as vfeed writes it, or the first value as the code and the others as modifiers."""
    if set(FIXED) <= values.keys():
        return {
            "who": values["who"],
            "lane": values["lane"],
            "code": values["code"],
            "note": values["note"],
            "modifiers": [value for name, value in values.items() if name not in FIXED],
        }
    code, *modifiers = values.values() if values else [""]
    return {"lane": column.name, "code": code, "modifiers": modifiers}
