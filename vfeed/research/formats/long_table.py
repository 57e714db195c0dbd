"""vfeed's own table of events: one row for each mark, with where it is from in every row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vfeed.research.film_names import same_film
from vfeed.research.formats.columns import Header, find_header
from vfeed.research.formats.grid import Rows
from vfeed.research.formats.seam import Asked, Losses, make_mark
from vfeed.research.formats.text import seconds
from vfeed.research.marks import PROVENANCE_COLUMNS, Coding, Mark, Provenance
from vfeed.timeline.interval import Interval

MISSING = "n/a"
STATE, POINT, WINDOW = "state", "point", "window"
EVERY_LANE = ("", "")
TIME_COLUMNS = ("onset_us", "offset_us", "onset_s", "duration_s")
FIXED = ("clip_id", "clip_length_us", "coder_id", "who", "lane", "code", "modifiers", "kind")
LONG_COLUMNS = (*FIXED, *TIME_COLUMNS, "note", "event_id", *PROVENANCE_COLUMNS)
NUMBERS = frozenset({"clip_length_us", *TIME_COLUMNS})
MEANINGS = {
    "clip_id": ("text", "", "Which clip."),
    "clip_length_us": ("integer", "microseconds", "Length of the clip."),
    "coder_id": ("text", "", "Who coded."),
    "who": ("text", "", "Whom the mark is about."),
    "lane": ("text", "", "What is watched: the codes of a lane answer one question."),
    "code": ("text", "", "What was marked. The only column in which an empty cell is an empty text."),
    "modifiers": ("text", "", "What was said more of the code, parts divided by |."),
    "kind": (
        "text",
        "",
        "state (a stretch), point (a moment), or window (a stretch that was watched, for the lane it names or all).",
    ),
    "onset_us": ("integer", "microseconds", "Start, from the clip's first picture."),
    "offset_us": ("integer", "microseconds", "End, not part of it. Equal to the start for a point."),
    "onset_s": ("number", "seconds", "The start again, in seconds."),
    "duration_s": ("number", "seconds", "Length; 0 for a point."),
    "note": ("text", "", "The coder's own words."),
    "event_id": ("text", "", "Number of the row within its clip and coder."),
    "source": ("text", "", "human_coding, candidate_confirmed, candidate_adjusted, consensus or import."),
    "blind": ("text", "", "Whether the coder saw no machine's flags: true or false."),
    "coding_pass": ("text", "", "Which pass over the clip."),
    "scheme_id": ("text", "", "The code set."),
    "scheme_version": ("text", "", "Its version."),
    "analysis_version": ("text", "", "Version of vfeed whose candidates were decided on."),
    "models_sha": ("text", "", "Hash of the models."),
    "parameters_sha": ("text", "", "Hash of the parameters."),
    "created_utc": ("datetime", "UTC", "When it was coded."),
    "changed_utc": ("datetime", "UTC", "When it was last changed."),
    "import_sha256": ("text", "", "SHA-256 of the file it was read from."),
    "import_tool": ("text", "", "Program that wrote that file."),
}
"""Type, unit and meaning of each column."""


def long_rows(codings: Sequence[Coding]) -> Iterator[list[str]]:
    """Give a row of `LONG_COLUMNS` for each stretch watched and each mark."""
    for coding in codings:
        windows = {EVERY_LANE: coding.window, **coding.lanes}
        rows = [
            (WINDOW, Mark(each.start_us, each.end_us, who, lane, ""))
            for (who, lane), window in windows.items()
            for each in window
        ]
        rows += [(POINT if mark.point else STATE, mark) for mark in coding.marks]
        for number, (kind, mark) in enumerate(rows, 1):
            told = {
                "clip_id": coding.clip,
                "clip_length_us": str(coding.length_us) if coding.length_us else "",
                "coder_id": coding.coder,
                "who": mark.who,
                "lane": mark.lane,
                "modifiers": "|".join(re.sub(r"([\\|])", r"\\\1", each) for each in mark.modifiers),
                "kind": kind,
                "onset_us": str(mark.start_us),
                "offset_us": str(mark.end_us),
                "onset_s": seconds(mark.start_us, 6),
                "duration_s": seconds(mark.end_us - mark.start_us, 6),
                "note": mark.note,
                "event_id": f"e{number}",
            }
            told |= {name: getattr(coding.provenance, name) for name in PROVENANCE_COLUMNS}
            yield [mark.code if name == "code" else told[name] or MISSING for name in LONG_COLUMNS]


def kept_in_long(coding: Coding) -> Coding:
    """Return the coding without texts that would be taken for missing ones."""
    marks = tuple(
        replace(
            mark,
            who="" if mark.who == MISSING else mark.who,
            lane="" if mark.lane == MISSING else mark.lane,
            note="" if mark.note == MISSING else mark.note,
            modifiers=() if mark.modifiers == (MISSING,) else mark.modifiers,
        )
        for mark in coding.marks
    )
    if not marks and not coding.stretches:
        return Coding("", "")
    return replace(coding, marks=marks)


def read_long(rows: Rows, _name: str, asked: Asked, losses: Losses) -> Sequence[Coding] | None:
    """Return a coding for each clip, coder and pass; None for another kind of table."""
    header = find_header(rows, *((column,) for column in ("clip_id", "code", "onset_us", "offset_us")))
    if header is None:
        return None
    marks: dict[tuple[str, str, Provenance], list[Mark]] = {}
    windows: dict[tuple[str, str, Provenance], dict[tuple[str, str], list[Interval]]] = {}
    lengths: dict[str, int] = {}
    for number, row in header.body:
        clip, coder = _cell(header, row, "clip_id"), asked.coder or _cell(header, row, "coder_id")
        key = clip, coder, Provenance(**{name: _cell(header, row, name) for name in PROVENANCE_COLUMNS})
        length = _cell(header, row, "clip_length_us")
        lengths[clip] = asked.length_us or (int(length) if length.isdigit() else lengths.get(clip, 0))
        found = _mark(header, row, number, losses)
        marks.setdefault(key, [])
        if found is None:
            continue
        if _cell(header, row, "kind") == WINDOW and not found.point:
            windows.setdefault(key, {}).setdefault((found.who, found.lane), []).append(found.interval)
        else:
            marks[key].append(found)
    codings = []
    for key, each in marks.items():
        lanes = {lane: tuple(own) for lane, own in windows.get(key, {}).items()}
        window = lanes.pop(EVERY_LANE, ())
        codings.append(Coding(key[0], key[1], tuple(each), window, lengths[key[0]], provenance=key[2], lanes=lanes))
    ours = [coding for coding in codings if asked.clip and same_film(coding.clip, asked.clip)]
    return ours or codings


def _mark(header: Header, row: Sequence[str], number: int, losses: Losses) -> Mark | None:
    try:
        span = int(header.cell(row, "onset_us")), int(header.cell(row, "offset_us"))
    except ValueError:
        losses.dropped(f"row {number}", "Its onset_us or offset_us is not a whole number.")
        return None
    modifiers = [re.sub(r"\\(.)", r"\1", each) for each in _split(_cell(header, row, "modifiers"))]
    told = {each: _cell(header, row, each) for each in ("who", "lane", "note")}
    code = header.cell(row, "code")
    return make_mark(losses, f"row {number}", span, code=code, modifiers=modifiers, **told)


def _cell(header: Header, row: Sequence[str], name: str) -> str:
    text = header.cell(row, name)
    return "" if text == MISSING else text


def _split(text: str) -> list[str]:
    return re.findall(r"(?:^|\|)((?:\\.|[^\\|])*)", text, re.DOTALL) if text else []
