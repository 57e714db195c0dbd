"""Helps to read a table by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, unclear
from vfeed.research.formats.text import UNITS_US, microseconds

HEADER_WITHIN = 60
"""Rows in which a header is looked for: programs put facts of the observation before it."""
FRAMES = "frames"
FRAMES_FIX = "Export times instead of picture numbers, or say --fps if the film's pictures are even."
_UNIT = r"(?:^|[\s_(\[.-])(ms|msec|millis\w*|us|\u00b5s|micros\w*|s|sec|secs|seconds?|frames?|f)[\s)\].]*$"
LONG_CLIP_US = 10 * 3_600_000_000
"""Times beyond this are not seconds of a play clip."""


@dataclass(frozen=True)
class Header:
    """The row that names the columns, and the rows under it with their numbers in the file (from 1)."""

    names: tuple[str, ...]
    number: int
    body: tuple[tuple[int, list[str]], ...]
    before: Rows

    def column(self, *options: str) -> int | None:
        """Place of the first of `options` that is a column's name."""
        return next((self.names.index(each) for each in options if each in self.names), None)

    def cell(self, row: Sequence[str], *options: str) -> str:
        """Text of a row in the first of these columns, "" without one."""
        place = self.column(*options)
        return row[place].strip() if place is not None and place < len(row) else ""


def find_header(rows: Rows, *wanted: Iterable[str]) -> Header | None:
    """Return the first row that has a column of each group of names, without case."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        names = tuple(cell.strip().lower() for cell in row)
        if all(any(each in names for each in group) for group in wanted):
            body = tuple((number + 2 + at, cells) for at, cells in enumerate(rows[number + 1 :]))
            return Header(names, number, body, rows[:number])
    return None


def unit_of(name: str) -> str:
    """The unit that a column's name tells: s, ms, us, frames, or "" where it tells none.

    >>> unit_of("start_ms"), unit_of("Begin Time - ss.msec"), unit_of("Onset (s)"), unit_of("onset")
    ('ms', 's', 's', '')
    """
    name = name.lower().strip()
    if "ss.ms" in name or "hh:mm" in name:
        return "s"
    found = re.search(_UNIT, name)
    word = found.group(1) if found else ""
    if word.startswith(("us", "\u00b5", "micro")):
        return "us"
    if word.startswith(("ms", "milli")):
        return "ms"
    return FRAMES if word.startswith("f") else "s" if word else ""


def time_us(text: str, unit: str, asked: Asked, name: str) -> int:
    """Return a time in a unit of `unit_of`; raises ValueError for no time, VfeedError for pictures without a rate."""
    if unit == FRAMES and text.strip().lstrip("+-").isdigit():
        return round(int(text) * 1_000_000 / frame_rate(asked, name))
    if asked.fps is None and re.match(r"^\s*\d+:\d+:\d+[:;]\d+\s*$", text):
        frame_rate(asked, name)
    return microseconds(text, UNITS_US.get(unit, 1_000_000), fps=asked.fps)


def frame_rate(asked: Asked, name: str) -> float:
    """The film's rate, where it may be used; raises VfeedError `codes_unclear`."""
    if uneven(asked.frame_times_us):
        unclear(name, "Its times count pictures, and this film's pictures are uneven.", "Export times as hh:mm:ss.mmm.")
    if not asked.fps or asked.fps <= 0:
        unclear(name, "Its times count pictures.", FRAMES_FIX)
    return asked.fps


def uneven(frame_times_us: Sequence[int]) -> bool:
    """Whether some picture lasts half as long again as the usual one."""
    gaps = sorted(after - before for before, after in pairwise(frame_times_us))
    return bool(gaps) and gaps[-1] > 1.5 * gaps[len(gaps) // 2]


def check_plausible(texts: Iterable[str], unit: str, name: str, asked: Asked) -> None:
    """Ask for the unit where nobody told it and whole numbers are too large for seconds; VfeedError `codes_unclear`."""
    if unit:
        return
    filled = [text.strip() for text in texts if text.strip()]
    if filled and all(text.isdigit() for text in filled):
        limit_us = asked.length_us or LONG_CLIP_US
        if max(map(int, filled)) * 1_000_000 > 2 * limit_us:
            unclear(
                name,
                f"Its times go to {max(map(int, filled))}: too long for seconds, and no unit is named.",
                "Call the columns start_ms and end_ms, or say --unit ms.",
            )


def modifiers_of(header: Header, row: Sequence[str], prefix: str) -> list[str]:
    """Texts of all columns whose names begin with `prefix`, in order."""
    return [
        row[place].strip() if place < len(row) else ""
        for place, name in enumerate(header.names)
        if name.startswith(prefix)
    ]


def odd_row(losses: Losses, number: int, row: Sequence[str]) -> None:
    """Report a row whose time cannot be read."""
    losses.dropped(f"row {number}", f"A time is missing or odd in: {', '.join(cell for cell in row if cell)[:120]}.")
