"""Captions: WebVTT read and written, SRT written, so that codings can be seen over the film in any player."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape, unescape
from itertools import pairwise

from vfeed.errors import marked as _
from vfeed.research.formats.seam import (
    MILLISECOND_US,
    NO_CODE,
    Asked,
    Found,
    Losses,
    Written,
    coarse,
    kept_coding,
    make_mark,
    report_changes,
    rounded,
    tier_name,
    tier_parts,
    unreadable,
)
from vfeed.research.formats.text import clock, decoded, microseconds
from vfeed.research.marks import PROVENANCE_COLUMNS, Coding, Mark, Provenance, clean

_TIMING = re.compile(r"^\s*(\S+?)[ \t]*-->[ \t]*(\S+)(?:[ \t].*)?$")
_STAMP = re.compile(r"^(?:\d+:)?[0-5]?\d:[0-5]?\d(?:[.,]\d{1,3})?$")
"""Wider than the standard: programs write 0:0:3.5, too."""
_VOICE = re.compile(r"<v((?:\.[^\s>.]+)*)[ \t]+([^>]*)>")
_TAG = re.compile(r"<[^>]*>")
_SRT_TAG = re.compile(r"\{\\[^}]*\}")
"""What players take out of SRT as a place or look of the caption, such as {\\an8}."""
POINT_CLASS = "point"


def _keep(mark: Mark) -> Mark:
    return replace(coarse(mark, MILLISECOND_US), code=mark.code or NO_CODE, modifiers=(), note="")


class WebVtt:
    """WebVTT: a cue for each mark, who and lane as its voice."""

    name = "vtt"
    title = "WebVTT captions"
    ending = ".vtt"
    endings = (".vtt", ".srt")
    resolution_us = MILLISECOND_US

    def kept(self, coding: Coding) -> Coding:
        """Persons, lanes, codes and times in milliseconds; no modifiers, notes, window or coder."""
        return kept_coding(coding, _keep, MILLISECOND_US, window=False, coder=False)

    def write(self, coding: Coding) -> Written:
        """One .vtt, its provenance in a note."""
        losses = Losses()
        report_changes(coding, _keep, losses, window=False, coder=False)
        text = f"WEBVTT\n\nNOTE\n{_provenance(coding)}\n"
        for number, mark in enumerate(self.kept(coding).marks, 1):
            kind = f".{POINT_CLASS}" if mark.point else ""
            text += (
                f"\nmark-{number:04d}\n{clock(mark.start_us)} --> {clock(_end_us(mark, coding))}\n"
                f"<v{kind} {_escaped(tier_name(mark.who, mark.lane))}>{_escaped(mark.code)}</v>\n"
            )
        return Written({f"{coding.clip or 'coding'}.vtt": text.encode()}, tuple(losses.items))

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """The cues of a .vtt or .srt as marks; broken cues are counted in the report."""
        losses = Losses()
        text = decoded(data, name, losses)
        subrip = name.lower().endswith(".srt")
        text = _SRT_TAG.sub("", text) if subrip else text
        if not subrip and not re.match(r"\ufeff?WEBVTT(?:[ \t\n]|$)", text):
            unreadable(
                name, _("It does not begin with WEBVTT."), _("Save it anew as WebVTT, or rename an SRT file to .srt.")
            )
        if "X-TIMESTAMP-MAP" in text.split("\n\n", 1)[0]:
            losses.noted(
                "header", "It is one part of a stream, and its times may be shifted: look at them on the film."
            )
        marks = [mark for place, block in _blocks(text) for mark in _cue(place, block, losses)]
        coding = Coding(
            asked.clip,
            asked.coder,
            tuple(marks),
            length_us=asked.length_us,
            provenance=Provenance(import_tool="captions"),
        )
        return Found((coding,), tuple(losses.items), "captions")


class Srt:
    """SRT: captions for players that know no WebVTT; nobody reads codings from it."""

    name = "srt"
    title = "SRT captions"
    ending = ".srt"
    resolution_us = 0

    def kept(self, coding: Coding) -> Coding:
        """As in WebVTT."""
        return kept_coding(coding, _keep, MILLISECOND_US, window=False, coder=False)

    def write(self, coding: Coding) -> Written:
        """One .srt."""
        losses = Losses()
        report_changes(coding, _keep, losses, window=False, coder=False)
        text = ""
        for number, mark in enumerate(self.kept(coding).marks, 1):
            span = f"{clock(mark.start_us, sign=',')} --> {clock(_end_us(mark, coding), sign=',')}"
            text += f"{number}\n{span}\n{tier_name(mark.who, mark.lane)}: {mark.code}\n\n"
        return Written({f"{coding.clip or 'coding'}.srt": text.encode()}, tuple(losses.items))


def _end_us(mark: Mark, coding: Coding) -> int:
    """A point is shown for one frame."""
    frame_us = max(MILLISECOND_US, rounded(coding.frame_us, MILLISECOND_US))
    return mark.start_us + frame_us if mark.point else mark.end_us


def _escaped(text: str) -> str:
    return escape(text, quote=False)


def _provenance(coding: Coding) -> str:
    told = [("clip", coding.clip), ("coder", coding.coder)]
    told += [(name, getattr(coding.provenance, name)) for name in PROVENANCE_COLUMNS]
    return "\n".join(f"{name}: {clean(value).replace('-->', '->')}" for name, value in told if value)


def _blocks(text: str) -> list[tuple[str, list[str]]]:
    """Stretches of lines without an empty one between, each with the number of its first line; no NOTE or STYLE."""
    blocks: list[tuple[str, list[str]]] = []
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line:
            lines.append(line)
        elif lines:
            kind = lines[0].lstrip("\ufeff").split()[:1]
            header = number - len(lines) == 1 and kind == ["WEBVTT"]
            if any("-->" in each for each in lines) or not (header or kind in (["NOTE"], ["STYLE"], ["REGION"])):
                blocks += _apart(number - len(lines), lines)
            lines = []
    return blocks


def _apart(first: int, lines: list[str]) -> list[tuple[str, list[str]]]:
    """A block as cues: where no empty line lies between two, each begins at its times, or at its number before them."""
    timed = [place for place, line in enumerate(lines) if _TIMING.match(line)]
    starts = [0]
    for before, place in pairwise(timed):
        starts.append(place - 1 if place - 1 > before and lines[place - 1].strip().isdigit() else place)
    ends = [*starts[1:], len(lines)]
    return [(f"line {first + start}", lines[start:end]) for start, end in zip(starts, ends, strict=True)]


def _cue(place: str, lines: list[str], losses: Losses) -> list[Mark]:
    """A mark for each voice of a caption, and one for what is said before the first."""
    number = next((number for number, line in enumerate(lines) if "-->" in line), None)
    if number is None:
        losses.dropped(place, f"'{clean(lines[0])}' has no times.")
        return []
    timing = _TIMING.match(lines[number])
    if not timing or not all(_STAMP.match(stamp) for stamp in timing.groups()):
        losses.dropped(place, f"The times '{clean(lines[number])}' cannot be read.")
        return []
    start_us, end_us = (microseconds(stamp) for stamp in timing.groups())
    text = "\n".join(lines[number + 1 :])
    if not _TAG.sub("", text).strip():
        losses.dropped(place, "The caption is empty.")
        return []
    marks = []
    for kinds, voice, said in _voices(text):
        point = POINT_CLASS in kinds.split(".")
        if not point and end_us <= start_us:
            losses.dropped(place, "It has no length.")
            continue
        who, lane = tier_parts(unescape(voice))
        span = (start_us, start_us if point else end_us)
        mark = make_mark(losses, place, span, who=who, lane=lane, code=unescape(_TAG.sub("", said)))
        marks += [mark] if mark is not None else []
    return marks


def _voices(text: str) -> list[tuple[str, str, str]]:
    """The classes, name and text of each voice of a caption; what stands before the first, or has none, has no name."""
    found = list(_VOICE.finditer(text))
    ends = [voice.start() for voice in found[1:]] + [len(text)]
    parts = [(voice[1], voice[2], text[voice.end() : end]) for voice, end in zip(found, ends, strict=False)]
    before = text[: found[0].start()] if found else text
    return [("", "", before), *parts] if _TAG.sub("", before).strip() or not found else parts
