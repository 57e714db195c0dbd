"""Text and times as programs write them: encodings, line ends, decimal signs, clocks."""

from __future__ import annotations

import codecs
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from vfeed.errors import marked as _
from vfeed.research.formats.seam import Losses, unreadable

MOST_BYTES = 64_000_000
"""A coding file larger than this is no coding file."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CLOCK = re.compile(r"^([+-]?)(?:(\d+):(?=[0-5]?\d:))?(\d{1,2}):([0-5]?\d(?:[.,]\d+)?)$")
FRAMES = re.compile(r"^([+-]?)(\d+):([0-5]?\d):([0-5]?\d)([:;])(\d{1,3})$")
DROPPING = {Decimal("29.97"): (30, 2), Decimal("59.94"): (60, 4)}
"""Rates whose timecodes may leave out labels: how many a second has, and how many each minute but the tenth skips."""
UNITS_US = {"h": 3_600_000_000, "min": 60_000_000, "s": 1_000_000, "ms": 1_000, "us": 1}
_BLANKS = re.compile(r"\s+")
"""Between thousands stand plain, no-break, narrow and thin blanks."""


def decoded(data: bytes, name: str, losses: Losses) -> str:
    """Return the text of a file with LF line ends: by its byte order mark, as UTF-8, as UTF-16, or as Windows-1252.

    The last is said in the report, since no file says it of itself. Raises VfeedError `codes_unreadable` for an empty
    file, a huge one, and one that is no text.
    """
    if not data.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        unreadable(name, _("The file is empty."), _("Save or export it again from the program that made it."))
    if len(data) > MOST_BYTES:
        unreadable(name, _("The file is too large for a coding file."), _("Choose the coding file itself."))
    text = _text(data, name, losses)
    if "\0" in text:
        unreadable(name, _("It is not a text file."), _("Choose the file that the coding program saved or exported."))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _text(data: bytes, name: str, losses: Losses) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
            except UnicodeDecodeError:
                unreadable(
                    name,
                    _("It says that it is %(encoding)s and is not."),
                    _("Save it again as UTF-8."),
                    encoding=encoding.upper(),
                )
    silent = _unmarked_utf16(data)
    if silent:
        try:
            return data.decode(silent)
        except UnicodeDecodeError:
            pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        losses.noted(
            "the file", "It is not UTF-8 and was read as Windows-1252 (Latin-1). Look at letters with accents."
        )
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _unmarked_utf16(data: bytes) -> str:
    """The UTF-16 that a file without a mark is in, "" for none: plain letters leave every second byte empty."""
    head = data[:4096]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) // 8 and even < odd // 8:
        return "utf-16-le"
    if even > len(head) // 8 and odd < even // 8:
        return "utf-16-be"
    return ""


def microseconds(text: str, unit_us: int = 1_000_000, *, fps: float | None = None) -> int:
    """Return a time as written: decimal in the given unit (point or comma), or [hh:]mm:ss.mmm; may be negative.

    With `fps` also hh:mm:ss:ff, and hh:mm:ss;ff of a rate that drops labels. Rounds half up. Raises ValueError for
    anything else, NaN and infinity among it.

    >>> microseconds("1.5"), microseconds("250", 1_000), microseconds("01:02.5"), microseconds("0,25")
    (1500000, 250000, 62500000, 250000)
    >>> microseconds("1.234,5"), microseconds("-0:01.5"), microseconds("00:00:01:05", fps=25)
    (1234500000, -1500000, 1200000)
    >>> microseconds("00:01:00;02", fps=29.97), microseconds("00:10:00;00", fps=29.97)
    (60060000, 599999400)
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    frames = FRAMES.match(plain)
    if frames and fps:
        sign, *parts, mark, count = frames.groups()
        return _signed(sign, _whole(_timecode([int(part) for part in parts], mark, int(count), fps) * 1_000_000))
    clock = CLOCK.match(plain)
    if clock:
        sign, hours, minutes, seconds = clock.groups()
        whole = Decimal(hours or 0) * 3600 + Decimal(minutes) * 60 + Decimal(seconds.replace(",", "."))
        return _signed(sign, _whole(whole * 1_000_000))
    try:
        value = Decimal(_one_point(plain))
    except InvalidOperation as error:
        raise ValueError(f"{text!r} is not a time") from error
    if not value.is_finite() or value.adjusted() > 15:
        raise ValueError(f"{text!r} is not a time")
    return _whole(value * unit_us)


def _timecode(parts: list[int], mark: str, count: int, fps: float) -> Decimal:
    """Seconds of hours, minutes, seconds and a frame's number in its second."""
    hours, minutes, seconds = parts
    rate, clock = Decimal(str(fps)), hours * 3600 + minutes * 60 + seconds
    if count >= rate:
        raise ValueError(f"a second has no picture {count} at {fps} a second")
    dropping = DROPPING.get(round(rate, 2)) if mark == ";" else None
    if dropping is None:
        return Decimal(clock) + Decimal(count) / rate
    labels, skipped = dropping
    minute = hours * 60 + minutes
    return (Decimal(clock * labels + count) - skipped * (minute - minute // 10)) * 1001 / (labels * 1000)


def _signed(sign: str, value: int) -> int:
    return -value if sign == "-" else value


def _whole(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_HALF_UP))


def _one_point(text: str) -> str:
    """The number with a decimal point: of comma and point together the last is the decimal sign."""
    if "," in text and "." in text:
        thousands = "," if text.rindex(".") > text.rindex(",") else "."
        text = text.replace(thousands, "")
    return _BLANKS.sub("", text).replace(",", ".")


def clock(time_us: int, *, sign: str = ".") -> str:
    """HH:MM:SS.mmm of a time that is whole in milliseconds.

    >>> clock(3_723_004_000)
    '01:02:03.004'
    """
    millis = time_us // 1_000
    return f"{millis // 3_600_000:02d}:{millis // 60_000 % 60:02d}:{millis // 1000 % 60:02d}{sign}{millis % 1000:03d}"


def seconds(time_us: int, digits: int) -> str:
    """Seconds with exactly `digits` decimals, without going through a float.

    >>> seconds(1_500_000, 3), seconds(7, 6)
    ('1.500', '0.000007')
    """
    step = 10 ** (6 - digits)
    whole = time_us // step
    return f"{whole // 10**digits}.{whole % 10**digits:0{digits}d}"
