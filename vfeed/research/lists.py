"""Lists that people keep beside their films: a manifest, checks, families; CSV with any sign between, or Excel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.research.formats.columns import Header, find_header, lower
from vfeed.research.formats.grid import sheets
from vfeed.research.formats.seam import Losses


@dataclass(frozen=True)
class Line:
    """A row of a list: its number in the file (from 1), and its texts by column, "" where a cell is missing."""

    number: int
    cells: dict[str, str]


def lines_of(path: Path, key: str, *needed: str) -> dict[str, Line]:
    """Return the rows of a list by the text in the column `key`; names of columns count without case and with _ for
    blanks.

    Windows-1252 is read where it is no UTF-8, as Excel writes it. Rows that hold nothing are left out, rows that are
    the same count once. Raises VfeedError `invalid_input` for a column that is missing, for a row without `key`, and
    for two rows that say different things of one; `codes_unreadable` for what is no table.
    """
    header = _header(path, (key, *needed))
    found: dict[str, Line] = {}
    for line in _lines(header):
        name = line.cells[key]
        if not name:
            raise VfeedError(
                "invalid_input", f"{path.name}, row {line.number}: it has no {key}.", hint="Fill it in, or delete it."
            )
        before = found.setdefault(name, line)
        if before.cells != line.cells:
            raise VfeedError(
                "invalid_input",
                f"{path.name}: rows {before.number} and {line.number} say different things of {name}.",
                hint="Keep one of them.",
            )
    return found


def _header(path: Path, needed: tuple[str, ...]) -> Header:
    data = path.read_bytes()
    if data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        for _, rows in sheets(data, path.name, Losses()):
            header = find_header(rows, *((name,) for name in needed), tidy=_tidy)
            if header is not None:
                return header
    raise VfeedError(
        "invalid_input",
        f"{path.name} has no column{'s' if needed[1:] else ''} {' and '.join(needed)}.",
        hint=f"Begin with a row such as {','.join(needed)}",
    )


def _lines(header: Header) -> Iterator[Line]:
    for number, row in header.body:
        if any(cell.strip() for cell in row):
            yield Line(number, {name: header.cell(row, name) for name in header.names if name})


def _tidy(name: str) -> str:
    return "_".join(lower(name).split())
