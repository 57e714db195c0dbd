"""Helps to read a table by the names of its columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from itertools import pairwise

from vfeed.errors import marked as _
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, unclear
from vfeed.research.formats.text import FRAMES as TIMECODE
from vfeed.research.formats.text import UNITS_US, microseconds

HEADER_WITHIN = 60
"""Rows in which a header is looked for: programs put facts of the observation before it."""
FRAMES = "frames"
FRAMES_FIX = _("Export times instead of picture numbers, or say --fps if the film’s pictures are even.")
_UNIT = (
    r"(?:^|[\s_(\[.-])(ms|msecs?|millis\w*|us|usecs?|\u00b5s|micros\w*|s|sec|secs|seconds?|min|mins|minutes?|h|hrs?|hours?"
    r"|frames?|f)[\s)\].]*$"
)
LONG_CLIP_US, LONGEST_US = 2 * 3_600_000_000, 20 * 3_600_000_000
"""Whole numbers without a unit beyond the first, any beyond the second, are not taken for seconds of a play clip."""
_NUMBER = re.compile(r"^[+-]?\d[\d.,]*(?:[eE][+-]?\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(?:(,\d{3})+|\.\d{3})$")
_WHOLE_MINUTES = re.compile(r"^0*(\d+):[0-5]?\d:00(?:[.,]0+)?$")
_IN_HUNDREDTHS = re.compile(r"^[+-]?(?:\d+:)?\d+:[0-5]?\d[.,](\d\d)$")
_NAMES_FRAMES = re.compile(r"\bss\s?[.:;,\s]\s?ff?\b")
MOST_RATE, ENOUGH_TIMES, ENOUGH_ENDINGS = 30, 8, 4
"""Times that all end below the first are no chance where there are so many of them, with so many endings."""
_LIKE_SECONDS = re.compile(r"^\d+[.,][0-5]\d$")
RATES = {29.97: 30_000 / 1_001, 59.94: 60_000 / 1_001, 23.976: 24_000 / 1_001, 23.98: 24_000 / 1_001}
"""Rates that are written short, and what they are."""


@dataclass(frozen=True)
class Header:
    """The row that names the columns, and the rows under it with their numbers in the file (from 1)."""

    names: tuple[str, ...]
    number: int
    body: tuple[tuple[int, list[str]], ...]
    before: Rows

    def column(self, *options: str) -> int | None:
        """Place of the first of `options` that is a column's name."""
        return next((self._places[each] for each in options if each in self._places), None)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each name stands first."""
        return {name: place for place, name in reversed(list(enumerate(self.names)))}

    def cell(self, row: Sequence[str], *options: str) -> str:
        """Text of a row in the first of these columns, "" without one."""
        place = self.column(*options)
        return row[place].strip() if place is not None and place < len(row) else ""


def lower(name: str) -> str:
    """A column's name without case."""
    return name.strip().lower()


def plain(name: str) -> str:
    """A column's name without case, unit and the sign between its words.

    >>> plain("Start_Time [ms]"), plain("onset_s"), plain("Offset (s)"), plain("Notes")
    ('start time', 'onset', 'offset', 'notes')
    """
    name = lower(name)
    unit = re.search(_UNIT, name)
    bare = name[: unit.start()] if unit and unit.start() else name
    return " ".join(re.sub(r"[_.\s]+", " ", bare).split())


def find_header(rows: Rows, *wanted: Iterable[str], tidy: Callable[[str], str] = lower) -> Header | None:
    """Return the first row that has a column of each group of names, names as `tidy` gives them."""
    for number, row in enumerate(rows[:HEADER_WITHIN]):
        names = tuple(tidy(cell) for cell in row)
        if all(any(each in names for each in group) for group in wanted):
            body = tuple((below.number, below) for below in rows[number + 1 :])
            return Header(names, number, body, rows[:number])
    return None


def unit_of(name: str) -> str:
    """The unit that a column's name tells: h, min, s, ms, us, frames, or "" where it tells none.

    >>> unit_of("start_ms"), unit_of("Begin Time - ss.msec"), unit_of("Onset (min)"), unit_of("onset")
    ('ms', 's', 'min', '')
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
    if word.startswith(("min", "h")):
        return word[:3] if word.startswith("min") else "h"
    return FRAMES if word.startswith("f") else "s" if word else ""


def time_us(text: str, unit: str, asked: Asked, name: str) -> int:
    """Return a time in a unit of `unit_of`; raises ValueError for no time, VfeedError for frames without a rate."""
    code = TIMECODE.match(text.strip())
    if code:
        rate = frame_rate(asked, name)
        if not rate.is_integer() and code.group(5) == ":":
            unclear(
                name,
                _("Its times are hh:mm:ss:ff, which at %(rate)s pictures a second run with the clock or beside it."),
                _("Export times as hh:mm:ss.mmm or in seconds."),
                rate=f"{rate:.2f}",
            )
        return microseconds(text, fps=rate)
    if unit == FRAMES and ":" not in text:
        count = Decimal(_plain_number(text))
        if count != count.to_integral_value():
            raise ValueError(f"{text!r} is no number of a picture")
        return int((count * 1_000_000 / Decimal(str(frame_rate(asked, name)))).to_integral_value(ROUND_HALF_UP))
    return microseconds(text, UNITS_US.get(unit, 1_000_000))


def _plain_number(text: str) -> str:
    """The text without blanks; raises ValueError where it is no number."""
    plain = text.strip().replace(",", ".")
    if not _NUMBER.match(plain):
        raise ValueError(f"{text!r} is no number")
    return plain


def frame_rate(asked: Asked, name: str) -> float:
    """The film's rate, where it may be used; raises VfeedError `codes_unclear`."""
    if uneven(asked.frame_times_us):
        unclear(
            name,
            _("Its times count pictures, and this film’s pictures are uneven."),
            _("Export times as hh:mm:ss.mmm."),
        )
    if not asked.fps or asked.fps <= 0:
        unclear(name, _("Its times count pictures."), FRAMES_FIX)
    return RATES.get(round(float(asked.fps), 3), float(asked.fps))


def uneven(frame_times_us: Sequence[int]) -> bool:
    """Whether some frame lasts half as long again as the usual one."""
    gaps = sorted(after - before for before, after in pairwise(frame_times_us))
    return bool(gaps) and gaps[-1] > 1.5 * gaps[len(gaps) // 2]


def check_plausible(texts: Iterable[str], unit: str, name: str, asked: Asked, losses: Losses) -> None:
    """Ask for what nobody told of times in one unit, VfeedError `codes_unclear`; say where seconds were taken.

    Asked about are numbers too large for seconds where no unit is named (whole ones much sooner than others), and
    times that may be read in two ways.
    """
    told = [each for text in texts if (each := text.strip())]
    plain = [each for each in told if _NUMBER.match(each)]
    _note_frames(told, losses)
    _refuse_two_meanings(told, plain, unit, name)
    if unit or not plain:
        return
    values = [Decimal(_one_sign(each)) for each in plain]
    whole = all(value == value.to_integral_value() for value in values)
    limit_us = asked.length_us * 3 // 2 or (LONG_CLIP_US if whole else LONGEST_US)
    if max(values) * 1_000_000 > limit_us:
        unclear(
            name,
            _("Its times go to %(longest)s: too long for seconds, and no unit is named."),
            _("Call the columns start_ms and end_ms, or say --unit ms."),
            longest=f"{max(values):f}",
        )
    said = ("times", "No unit is named; they were read as seconds.")
    if not any((loss.where, loss.what) == said for loss in losses.items):
        losses.noted(*said)


def _refuse_two_meanings(told: list[str], plain: list[str], unit: str, name: str) -> None:
    """Ask about a column whose every time may be read in two ways, of which one is far off."""
    signed = [each for each in plain if "," in each or "." in each]
    if unit in ("ms", "us") and signed and all(_GROUPED.match(each) for each in signed):
        sign = "comma" if "," in signed[0] else "point"
        unclear(
            name,
            _("Its times are written like %(example)s: the %(sign)s may part thousands or decimals."),
            _("Export numbers without a %(sign)s."),
            example=signed[0],
            sign=sign,
        )
    if unit in ("min", "h") and signed and all(_LIKE_SECONDS.match(each) for each in signed):
        unclear(
            name,
            _("Its times are written like %(example)s: what stands behind may be seconds or hundredths."),
            _("Write times as mm:ss, or in seconds."),
            example=signed[0],
        )
    hours = [each for each in map(_WHOLE_MINUTES.match, told) if each]
    if hours and len(hours) == len(told) and any(int(each.group(1)) for each in hours):
        unclear(
            name,
            _("Its times are whole minutes, like %(example)s: Excel makes hours and minutes of what is typed as 1:23."),
            _("Format the columns as [mm]:ss, or as text, and type the times anew: 0:01:23."),
            example=told[-1],
        )


def _note_frames(told: Sequence[str], losses: Losses) -> None:
    """Say where what stands behind the point of a clock may count frames, as some programs write it."""
    endings = [int(each.group(1)) for each in map(_IN_HUNDREDTHS.match, told) if each]
    whole = len(endings) == len(told) >= ENOUGH_TIMES and len({*endings} - {0}) >= ENOUGH_ENDINGS
    if whole and max(endings) < MOST_RATE:
        losses.noted(
            "times",
            f"Like {told[0]} none ends above .{max(endings):02d}: that may count pictures, and was read as hundredths "
            "of a second. Look at them on the film; if they are pictures, write hh:mm:ss:ff.",
        )


def refuse_frames_behind_a_point(column: str, unit: str, texts: Iterable[str], name: str) -> None:
    """Ask about a column that is called hh:mm:ss.ff, or said to count frames; raises VfeedError `codes_unclear`."""
    example = next((each for text in texts if _IN_HUNDREDTHS.match(each := text.strip())), None)
    if example is not None and (unit == FRAMES or _NAMES_FRAMES.search(column.lower())):
        unclear(
            name,
            _("Of the column %(column)s it is said that pictures stand behind the point, as in %(example)s."),
            _("Write a colon there, hh:mm:ss:ff, or export hh:mm:ss.mmm."),
            column=column,
            example=example,
        )


def _one_sign(text: str) -> str:
    return text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")


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
