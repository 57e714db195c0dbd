"""Tables that vfeed writes: events long, clips wide, time units, and the same for Excel."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Sequence

from vfeed.research.formats.long_table import LONG_COLUMNS, MEANINGS, MISSING, NUMBERS, kept_in_long, long_rows
from vfeed.research.formats.seam import Losses, Written, report_changes
from vfeed.research.formats.text import seconds
from vfeed.research.marks import CANNOT_SEE, PROVENANCE_COLUMNS, Coding, Mark
from vfeed.research.units import UNIT_US, ever_watched, unit_codes, watched
from vfeed.timeline.timeline import Timeline

FORMULA_SIGNS = ("=", "+", "-", "@", "\t")
EXCEL_CELL_CHARACTERS = 32_767
EXCEL_ROWS = 1_048_576
MINUTE_US = 60_000_000
SUMS = ("count", "total_s", "share", "per_min", "latency_s")


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table as CSV: UTF-8, commas, decimal points, LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode()


def dictionary_bytes(meanings: dict[str, tuple[str, str, str]]) -> bytes:
    """Return a data dictionary: a row for each column of a table."""
    rows = [[name, kind, unit or MISSING, MISSING, meaning] for name, (kind, unit, meaning) in meanings.items()]
    return csv_bytes(("column", "type", "unit", "missing", "meaning"), rows)


class _Table:
    """What the tables have in common: several codings go into one file."""

    resolution_us = 1
    many = True

    def kept(self, coding: Coding) -> Coding:
        """Everything; the text n/a means that there is nothing."""
        return kept_in_long(coding)

    def write(self, coding: Coding) -> Written:
        """The table of one coding."""
        return self.write_all([coding])

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """One table of all codings."""
        raise NotImplementedError


def _losses(codings: Sequence[Coding]) -> Losses:
    losses = Losses()
    for coding in codings:
        kept = kept_in_long(coding)
        after = dict(zip(coding.marks, kept.marks, strict=True))
        report_changes(coding, after.__getitem__, losses)
        if not coding.marks and not coding.stretches:
            losses.dropped(coding.clip, "Nothing is marked in it, so it has no row.")
    return losses


class CsvLong(_Table):
    """events_long.csv: a row for each mark."""

    name = "csv"
    title = "Table of events (CSV)"
    ending = ".csv"

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """The table and its data dictionary."""
        files = {
            "events_long.csv": csv_bytes(LONG_COLUMNS, long_rows(codings)),
            "data_dictionary.csv": dictionary_bytes(MEANINGS),
        }
        return Written(files, tuple(_losses(codings).items))


class CsvExcel(_Table):
    """The same for double-clicking into Excel: with a byte order mark, texts that look like formulas made harmless."""

    name = "csv-excel"
    title = "Table of events (CSV for Excel)"
    ending = ".csv"
    resolution_us = 0

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """The table; not for reading back."""
        losses = _losses(codings)
        rows = []
        for number, row in enumerate(long_rows(codings), 2):
            safe = [f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell for cell in row]
            if safe != row:
                losses.changed(f"row {number}", "A text that begins like a formula got a ' before it.")
            rows.append(safe)
        return Written(
            {"events_long_for_excel.csv": b"\xef\xbb\xbf" + csv_bytes(LONG_COLUMNS, rows)}, tuple(losses.items)
        )


class Xlsx(_Table):
    """An Excel file: events, wide clips, and what the columns mean."""

    name = "xlsx"
    title = "Excel (XLSX)"
    ending = ".xlsx"

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """One .xlsx with three sheets; text stays text, whatever it begins with."""
        losses = _losses(codings)
        meanings = [[name, kind, unit, meaning] for name, (kind, unit, meaning) in MEANINGS.items()]
        data = workbook(
            {
                "events": (LONG_COLUMNS, long_rows(codings), NUMBERS),
                "clips": wide_table(codings),
                "columns": (("column", "type", "unit", "meaning"), meanings, frozenset[str]()),
            },
            losses,
        )
        return Written({"events.xlsx": data}, tuple(losses.items))


Sheet = tuple[Sequence[str], Iterable[Sequence[str]], frozenset[str]]
"""Column names, rows, and which columns hold numbers."""


def workbook(sheets: dict[str, Sheet], losses: Losses) -> bytes:
    """Return an .xlsx of the sheets, each with its header held in place."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "constant_memory": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        for title, (columns, rows, numbers) in sheets.items():
            sheet = book.add_worksheet(title)
            sheet.freeze_panes(1, 0)
            for place, name in enumerate(columns):
                sheet.write_string(0, place, name, bold)
                sheet.set_column(place, place, max(10, len(name) + 2))
            for number, row in enumerate(rows, 1):
                if number >= EXCEL_ROWS:
                    losses.dropped(f"sheet {title}", f"Excel holds {EXCEL_ROWS} rows; take the CSV.")
                    break
                for place, cell in enumerate(row):
                    _write_cell(sheet, number, place, cell, columns[place] in numbers, losses)
    return out.getvalue()


def _write_cell(sheet: object, number: int, place: int, cell: str, is_number: bool, losses: Losses) -> None:
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    if is_number and cell not in (MISSING, ""):
        sheet.write_number(number, place, float(cell))
        return
    if len(cell) > EXCEL_CELL_CHARACTERS:
        losses.changed(f"row {number + 1}", "A text is longer than a cell of Excel holds and was cut.")
    sheet.write_string(number, place, cell[:EXCEL_CELL_CHARACTERS])


class CsvWide(_Table):
    """clips_wide.csv: a row for each clip and coder, with counts and lengths by lane and code."""

    name = "csv-wide"
    title = "Table of clips (CSV)"
    ending = ".csv"
    resolution_us = 0

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """The table; it sums up, so nobody reads marks back from it."""
        losses = Losses()
        losses.noted("marks", "Counts and lengths only: when each mark was cannot be read back.")
        columns, rows, _ = wide_table(codings)
        return Written({"clips_wide.csv": csv_bytes(columns, rows)}, tuple(losses.items))


def wide_table(codings: Sequence[Coding]) -> Sheet:
    """Return a row for each coding: of each lane and code count, total_s, share, per_min and latency_s.

    Shares and rates are of the time that could be coded in the lane: its window (else the clip) without what could not
    be seen there; those of what could not be seen are of the whole window. watched_s and cannot_see_s are of any lane.
    latency_s is from the window's start to the first mark. Cells are n/a where nothing can be said.
    """
    kinds = sorted({(mark.who, mark.lane, mark.code) for coding in codings for mark in coding.marks})
    names = [":".join(part for part in kind if part) or "-" for kind in kinds]
    columns = ["clip_id", "coder_id", "watched_s", "cannot_see_s"]
    for name in names:
        columns += [f"{name} {what}" for what in SUMS]
    columns += PROVENANCE_COLUMNS
    rows = []
    for coding in codings:
        seen = ever_watched(coding)
        unseen = _unseen(coding.marks).intersection(seen)
        row = [coding.clip, coding.coder, seconds(seen.duration_us, 3), seconds(unseen.duration_us, 3)]
        for kind in kinds:
            row += _sums(coding, kind)
        row += [getattr(coding.provenance, name) or MISSING for name in PROVENANCE_COLUMNS]
        rows.append(row)
    numbers = frozenset(columns[2 : len(columns) - len(PROVENANCE_COLUMNS)])
    return columns, rows, numbers


def _unseen(marks: Iterable[Mark]) -> Timeline:
    return Timeline(mark.interval for mark in marks if not mark.point and mark.code.casefold() in CANNOT_SEE)


def _is_in(mark: Mark, seen: Timeline) -> bool:
    if mark.point:
        return any(each.start_us <= mark.start_us <= each.end_us for each in seen)
    return bool(Timeline([mark.interval]).intersection(seen))


def _sums(coding: Coding, kind: tuple[str, str, str]) -> list[str]:
    lane = kind[:2]
    seen = watched(coding, *lane)
    if not seen and coding.lanes:
        return [MISSING] * len(SUMS)
    own = [mark for mark in coding.marks if (mark.who, mark.lane) == lane]
    marks = [mark for mark in own if mark.code == kind[2] and (not seen or _is_in(mark, seen))]
    spans = Timeline(mark.interval for mark in marks if not mark.point).intersection(seen)
    start_us = min((each.start_us for each in seen), default=0)
    of_us = seen.duration_us
    if kind[2].casefold() not in CANNOT_SEE:
        of_us -= _unseen(own).intersection(seen).duration_us
    minutes = of_us / MINUTE_US
    return [
        str(len(marks)),
        seconds(spans.duration_us, 3),
        f"{spans.duration_us / of_us:.4f}" if of_us > 0 else MISSING,
        f"{len(marks) / minutes:.3f}" if minutes > 0 else MISSING,
        seconds(max(0, marks[0].start_us - start_us), 3) if marks else MISSING,
    ]


class UnitsCsv(_Table):
    """units.csv: the code in force in each unit of time, a column for each person and lane."""

    name = "units"
    title = "Time units (CSV)"
    ending = ".csv"
    resolution_us = 0

    def write_all(self, codings: Sequence[Coding]) -> Written:
        """The table; a unit has the code at its middle, and n/a outside of what was watched."""
        losses = Losses()
        losses.noted("units", f"The code at the middle of each {UNIT_US // 1000} ms; shorter marks may fall between.")
        lanes = sorted({(mark.who, mark.lane) for coding in codings for mark in coding.marks})
        rows: list[list[str]] = []
        for coding in codings:
            by_lane = {lane: unit_codes(coding, *lane) for lane in lanes}
            count = max((len(codes) for codes in by_lane.values()), default=0)
            for number in range(count):
                told = [MISSING if (code := by_lane[lane][number]) is None else code for lane in lanes]
                rows.append([coding.clip, coding.coder, str(number * UNIT_US), *told])
            points = defaultdict(int)  # type: ignore[var-annotated]
            for mark in coding.marks:
                points[mark.lane] += mark.point
            if sum(points.values()):
                losses.dropped(coding.clip, f"{sum(points.values())} points have no length and are in no unit.")
        columns = ["clip_id", "coder_id", "unit_start_us", *(":".join(filter(None, lane)) or "-" for lane in lanes)]
        return Written({"units.csv": csv_bytes(columns, rows)}, tuple(losses.items))
