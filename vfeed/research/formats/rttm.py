"""RTTM with UEM: who and which code when, and which part was watched, for programs of speech research."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import quote, unquote

from vfeed.errors import marked as _
from vfeed.research.film_names import same_film
from vfeed.research.formats.seam import (
    NO_CODE,
    Asked,
    Found,
    Losses,
    Written,
    kept_coding,
    make_mark,
    report_changes,
    unreadable,
)
from vfeed.research.formats.text import decoded, microseconds, seconds
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.timeline.interval import Interval

NONE = "<NA>"
DIGITS = 6
FIELDS = 8
SPEECH = "speech"
"""The code of a label that is only somebody's name: RTTM says then that they speak."""
KINDS = ("SPEAKER", "NON-SPEECH", "NON-LEX", "LEXEME")


def _keep(mark: Mark) -> Mark:
    return replace(mark, code=mark.code or NO_CODE, modifiers=(), note="")


class Rttm:
    """RTTM: a line for each mark; a .uem beside it for the window."""

    name = "rttm"
    title = "RTTM and UEM"
    ending = ".rttm"
    endings = (".rttm",)
    resolution_us = 1

    def kept(self, coding: Coding) -> Coding:
        """Persons, lanes, codes and times; no modifiers, notes or coder, and the window in the second file."""
        return kept_coding(coding, _keep, 1, window=False, coder=False)

    def write(self, coding: Coding) -> Written:
        """One .rttm, and a .uem where a window is known."""
        losses = Losses()
        report_changes(coding, _keep, losses, coder=False)
        name = quote(coding.clip, safe="") or "coding"
        lines = []
        for mark in self.kept(coding).marks:
            label = ":".join(quote(part, safe="") for part in (mark.who, mark.lane, mark.code))
            start, length = seconds(mark.start_us, DIGITS), seconds(mark.end_us - mark.start_us, DIGITS)
            lines.append(f"SPEAKER {name} 1 {start} {length} {NONE} {NONE} {label} {NONE} {NONE}\n")
        points = sum(mark.point for mark in coding.marks)
        if points:
            losses.noted("points", f"{points} points have a length of 0; other programs may leave them out.")
        files = {f"{coding.clip or 'coding'}.rttm": "".join(lines).encode()}
        if coding.window:
            watched = [f"{name} 1 {seconds(w.start_us, DIGITS)} {seconds(w.end_us, DIGITS)}\n" for w in coding.window]
            files[f"{coding.clip or 'coding'}.uem"] = "".join(watched).encode()
        return Written(files, tuple(losses.items))

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """A coding for each file that is named in an .rttm."""
        losses = Losses()
        text = decoded(data, name, losses) if data else ""
        marks: dict[str, list[Mark]] = {}
        for number, line in enumerate(text.split("\n"), 1):
            fields = line.split()
            if _is_no_line(fields):
                continue
            found = _line(fields, f"line {number}", losses)
            if found is not None:
                marks.setdefault(found[0], []).append(found[1])
        if text.strip() and not marks and len(losses.items) == len([line for line in text.split("\n") if line.strip()]):
            unreadable(name, _("No line of it is an RTTM line."), _("Choose the .rttm file."))
        codings = [
            Coding(
                clip, asked.coder, tuple(items), length_us=asked.length_us, provenance=Provenance(import_tool="RTTM")
            )
            for clip, items in marks.items()
        ]
        ours = [coding for coding in codings if asked.clip and same_film(coding.clip, asked.clip)]
        return Found(tuple(ours or codings), tuple(losses.items), "RTTM")


def _is_no_line(fields: list[str]) -> bool:
    return not fields or fields[0].startswith((";", "#"))


def _line(fields: list[str], where: str, losses: Losses) -> tuple[str, Mark] | None:
    if fields[0] == "SPKR-INFO":
        return None
    if fields[0] not in KINDS or len(fields) < FIELDS:
        losses.dropped(where, "It is not a line of RTTM with a start and a duration.")
        return None
    try:
        start_us, length_us = microseconds(fields[3]), microseconds(fields[4])
    except ValueError as error:
        losses.dropped(where, f"Its times cannot be read ({error}).")
        return None
    parts = [unquote(part) for part in fields[7].split(":")]
    if len(parts) != 3:
        code = SPEECH if fields[0] == "SPEAKER" else fields[5] if fields[5] != NONE else fields[0].lower()
        parts = [unquote(fields[7]) if fields[7] != NONE else "", "", code]
    mark = make_mark(losses, where, (start_us, start_us + length_us), who=parts[0], lane=parts[1], code=parts[2])
    return None if mark is None else (unquote(fields[1]), mark)


class Uem:
    """UEM alone: which part of each film was watched, without a mark."""

    name = "uem"
    title = "UEM"
    endings = (".uem",)

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """A coding without marks for each file that is named."""
        codings = [
            Coding(clip, asked.coder, (), window, asked.length_us, provenance=Provenance(import_tool="UEM"))
            for clip, window in read_uem(data, name).items()
        ]
        ours = [coding for coding in codings if asked.clip and same_film(coding.clip, asked.clip)]
        return Found(tuple(ours or codings), (), "UEM")


def with_windows(codings: Sequence[Coding], windows: dict[str, tuple[Interval, ...]]) -> tuple[Coding, ...]:
    """The codings of an .rttm with what the .uem beside it says was watched."""
    return tuple(replace(each, window=windows.get(each.clip, each.window)) for each in codings)


def read_uem(data: bytes, name: str) -> dict[str, tuple[Interval, ...]]:
    """Return the watched stretches of each file in a .uem; raises VfeedError `codes_unreadable`."""
    found: dict[str, tuple[Interval, ...]] = {}
    for number, line in enumerate(decoded(data, name, Losses()).split("\n"), 1):
        fields = line.split()
        if _is_no_line(fields):
            continue
        try:
            start_us, end_us = microseconds(fields[2]), microseconds(fields[3])
        except (ValueError, IndexError):
            unreadable(
                name,
                _("Line %(number)s is not a line of UEM."),
                _("Write: file channel start end, in seconds."),
                number=number,
            )
        if end_us <= start_us:
            unreadable(
                name,
                _("The stretch in line %(number)s holds no time."),
                _("Put its start before its end."),
                number=number,
            )
        span = Interval(start_us, end_us)
        found[unquote(fields[0])] = (*found.get(unquote(fields[0]), ()), span)
    return found
