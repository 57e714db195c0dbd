"""Tables as rows of texts: CSV, TSV, semicolons, and the first sheets of an Excel file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from vfeed.errors import marked as _
from vfeed.research.formats.hardened import open_zip
from vfeed.research.formats.seam import Losses, unreadable
from vfeed.research.formats.text import decoded


class Row(list[str]):
    """The texts of a row's cells, with its number in the table, from 1."""

    def __init__(self, cells: Iterable[str], number: int) -> None:
        super().__init__(cells)
        self.number = number


Rows = list[Row]
DELIMITERS = ("\t", ";", ",", "|")
SNIFFED_LINES = 50
MOST_COLUMNS = 200
"""Columns of an Excel sheet that are read: a sheet with one cell far out is as wide as that."""
MOST_EMPTY_ROWS = 1_000
"""So many empty rows one after the other are an Excel sheet's end, even where a cell lies beyond them."""
_HOSTILE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


def sheets(data: bytes, name: str, losses: Losses) -> Iterator[tuple[str, Rows]]:
    """Give each sheet of a table with its name; a text file is one sheet without a name.

    Raises VfeedError `codes_unreadable` for an old Excel or OpenDocument file, and for what is no table.
    """
    if data.startswith(b"PK"):
        yield from _excel(data, name, losses)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        unreadable(name, _("It is an old Excel file (.xls)."), _("Save it as .xlsx or .csv."))
    else:
        yield "", _text_rows(decoded(data, name, losses), name)


def delimiter_of(text: str) -> str:
    """What parts the columns: the sign that most lines have outside of quotes, and of equals the commoner.

    >>> delimiter_of("a;b\\n0,5;1\\n"), delimiter_of("a,b\\n1,2\\n")
    (';', ',')
    """
    lines = [_QUOTED.sub("", line) for line in text.split("\n", SNIFFED_LINES)[:SNIFFED_LINES] if line.strip()]
    return max(
        DELIMITERS,
        key=lambda sign: (sum(sign in line for line in lines), sum(line.count(sign) for line in lines[:1])),
    )


def _text_rows(text: str, name: str) -> Rows:
    if re.match(r"\s*<(!doctype|html|table|\?xml)", text, re.IGNORECASE):
        unreadable(name, _("It is a web page or XML, not a table."), _("Export it as .csv, .tsv or .xlsx."))
    sign = delimiter_of(text)
    try:
        plain = _unquoted(text) if sign == "\t" else None
        return plain or _numbered(csv.reader(io.StringIO(text, newline=""), delimiter=sign))
    except csv.Error as error:
        unreadable(
            name, _("Its rows cannot be told apart (%(reason)s)."), _("Export it anew as CSV in UTF-8."), reason=error
        )


def _unquoted(text: str) -> Rows | None:
    """The rows of a program that never quotes, where a lone quote would swallow lines; None where quotes are quotes."""
    lines = text.split("\n")
    if not any(line.count('"') % 2 for line in lines):
        return None
    plain = [row for row in _numbered(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)) if row]
    # A quoted line end would leave rows of other lengths; ELAN names its file in a row of one cell before the others.
    return plain if len({len(row) for row in plain if len(row) > 1}) == 1 else None


def _numbered(rows: Iterable[Iterable[str]]) -> Rows:
    return [Row(cells, number) for number, cells in enumerate(rows, 1)]


def _excel(data: bytes, name: str, losses: Losses) -> Iterator[tuple[str, Rows]]:
    entries = open_zip(data, name)
    if "mimetype" in entries:
        unreadable(name, _("It is an OpenDocument file."), _("Save it as .xlsx or .csv."))
    for content in entries.values():
        # Twice: UTF-16 puts a zero beside each letter.
        if _HOSTILE.search(content) or _HOSTILE.search(content.replace(b"\0", b"")):
            unreadable(name, _("It declares entities, which no Excel file does."), _("Save it anew from Excel."))
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            yield (
                str(sheet.title),
                _excel_rows(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), sheet.title, losses),
            )
    except (KeyError, ValueError, TypeError, AttributeError, OSError, SyntaxError) as error:
        unreadable(
            name, _("It is not a whole Excel file (%(reason)s)."), _("Save it anew as .xlsx, or as .csv."), reason=error
        )


def _excel_rows(rows: Iterable[Sequence[object]], title: str, losses: Losses) -> Rows:
    """The rows of a sheet as texts, all as wide as the widest of them, up to where it is empty for long."""
    found: list[list[str]] = []
    empty = 0
    for row in rows:
        width = max((place for place, cell in enumerate(row, 1) if cell is not None), default=0)
        empty = 0 if width else empty + 1
        if empty > MOST_EMPTY_ROWS:
            losses.noted(f"sheet {title}", f"It was read up to where {MOST_EMPTY_ROWS} rows are empty.")
            break
        found.append([_cell(cell) for cell in row[:width]])
    widest = max(map(len, found), default=0)
    return _numbered(cells + [""] * (widest - len(cells)) for cells in found)


def _cell(value: object) -> str:
    """A cell as text: times as clocks, whole numbers without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, timedelta):
        return _clock(round(value.total_seconds() * 1_000_000))
    if isinstance(value, time):
        return _clock(((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def _clock(time_us: int) -> str:
    sign, time_us = ("-", -time_us) if time_us < 0 else ("", time_us)
    seconds, rest = divmod(time_us, 1_000_000)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest:06d}"
