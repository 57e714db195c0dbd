"""Writes a BORIS project of version 7.0: one observation, its ethogram and subjects."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from vfeed.research.film_names import file_name
from vfeed.research.formats.seam import (
    MILLISECOND_US,
    NO_CODE,
    Losses,
    Written,
    at,
    coarse,
    kept_coding,
    report_changes,
)
from vfeed.research.formats.text import seconds
from vfeed.research.marks import Coding, Mark

VERSION = "7.0"
LAYER_SET = "vfeed layer"
WINDOW_VARIABLE = "vfeed window (s)"
KEPT_SIGNS = str.maketrans(dict.fromkeys("()|,`~", "/"))
"""Signs that BORIS keeps for itself in modifiers; `|` and the comma also in codes."""
CODE_SIGNS = str.maketrans({"|": "/", ",": "/"})
POINTS = " (point)"
NO_MODIFIER = "None"


def _prefix(lane: str) -> str:
    return lane.replace("%", "%25").replace(":", "%3A") + ": "


def lane_and_code(category: str, behaviour: str, *, point: bool) -> tuple[str, str]:
    """Return lane and code of a behaviour; undoes what the writer added to tell codes of one name apart.

    >>> lane_and_code("looking", "looking: partner", point=False), lane_and_code("", "smile", point=True)
    (('looking', 'partner'), ('', 'smile'))
    """
    if point and behaviour.endswith(POINTS):
        behaviour = behaviour[: -len(POINTS)]
    return category, behaviour.removeprefix(_prefix(category)) if category else behaviour


def keep_mark(mark: Mark) -> Mark:
    """Return the mark with times in whole milliseconds and without the signs that BORIS keeps for itself."""
    modifiers = tuple("/" if each == NO_MODIFIER else each.translate(KEPT_SIGNS) for each in mark.modifiers)
    code = mark.code.translate(CODE_SIGNS) or NO_CODE
    return replace(coarse(mark, MILLISECOND_US), code=code, modifiers=modifiers)


Behaviour = tuple[str, str, bool]


def _names(marks: tuple[Mark, ...]) -> dict[Behaviour, str]:
    """A name for each lane, code and kind, the code alone where that is clear."""
    wanted = sorted({(mark.lane, mark.code, mark.point) for mark in marks})
    alike = Counter(code for _, code, _ in wanted)
    both = Counter((lane, code) for lane, code, _ in wanted)
    names = {}
    for lane, code, point in wanted:
        name = code
        if lane and (alike[code] > 1 or code.startswith(_prefix(lane))):
            name = _prefix(lane) + name
        if point and (both[lane, code] > 1 or alike[code] > 1 or name.endswith(POINTS)):
            name += POINTS
        names[lane, code, point] = name
    return names


def write_boris(coding: Coding) -> Written:
    """Return one .boris and what could not be kept."""
    losses, kept = Losses(), kept_coding(coding, keep_mark, MILLISECOND_US)
    report_changes(coding, keep_mark, losses)
    names, layers = _names(kept.marks), _layers(kept.marks, losses)
    sets = _modifier_sets(kept.marks, layers)
    events: list[tuple[float, str, str, str, bool, str]] = []
    for mark, layer in zip(kept.marks, layers, strict=True):
        name = names[mark.lane, mark.code, mark.point]
        values = _values(mark, sets[mark.lane, mark.code, mark.point], layer)
        events.append((mark.start_us / 1e6, mark.who, name, values, True, mark.note))
        if not mark.point:
            events.append((mark.end_us / 1e6, mark.who, name, values, False, ""))
    # States take turns: at one time the stop of the one comes before the start of the next.
    rows = [[time, who, name, values, note, "NA"] for time, who, name, values, _, note in sorted(events)]
    project = _project(coding, kept, names, sets, rows)
    text = json.dumps(project, indent=1, ensure_ascii=False) + "\n"
    return Written({f"{coding.clip or 'coding'}.boris": text.encode()}, tuple(losses.items))


def _layers(marks: Sequence[Mark], losses: Losses) -> list[int]:
    """Which of several overlapping states of one person, code and modifiers a mark is: they would pair wrongly."""
    free: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    layers = []
    for mark in marks:
        ends = free[mark.who, mark.lane, mark.code, mark.modifiers, mark.point]
        number = next((place for place, end in enumerate(ends) if end <= mark.start_us), len(ends))
        ends[number : number + 1] = [mark.end_us]
        layers.append(number + 1)
        if number:
            losses.noted(
                at(mark.start_us), f"'{mark.code}' overlaps itself: told apart by the modifier set '{LAYER_SET}'."
            )
    return layers


def _modifier_sets(marks: Sequence[Mark], layers: Sequence[int]) -> dict[Behaviour, list[tuple[str, list[str]]]]:
    """The modifier sets of each behaviour: name and values."""
    sets: dict[Behaviour, list[tuple[str, list[str]]]] = {}
    for behaviour in {(mark.lane, mark.code, mark.point) for mark in marks}:
        ours = [mark for mark in marks if (mark.lane, mark.code, mark.point) == behaviour]
        found = [
            (
                f"modifier {number + 1}",
                sorted({mark.modifiers[number] for mark in ours if len(mark.modifiers) > number}),
            )
            for number in range(max(len(mark.modifiers) for mark in ours))
        ]
        highest = max(
            layer for mark, layer in zip(marks, layers, strict=True) if (mark.lane, mark.code, mark.point) == behaviour
        )
        if highest > 1:
            found.append((LAYER_SET, [str(number) for number in range(2, highest + 1)]))
        sets[behaviour] = found
    return sets


def _values(mark: Mark, sets: list[tuple[str, list[str]]], layer: int) -> str:
    values = [
        (str(layer) if layer > 1 else "")
        if name == LAYER_SET
        else (mark.modifiers[number] if number < len(mark.modifiers) else "")
        for number, (name, _) in enumerate(sets)
    ]
    return "|".join(value or NO_MODIFIER for value in values)


def _project(
    coding: Coding,
    kept: Coding,
    names: dict[Behaviour, str],
    sets: dict[Behaviour, list[tuple[str, list[str]]]],
    events: list[list[Any]],
) -> dict[str, Any]:
    behaviours = {
        str(number): {
            "type": "Point event" if point else "State event",
            "key": "",
            "code": name,
            "description": "",
            "color": "",
            "category": lane,
            "modifiers": {
                str(place): {"name": title, "description": "", "type": 0, "ask at stop": False, "values": values}
                for place, (title, values) in enumerate(sets[lane, code, point])
            },
            "excluded": "",
            "coding map": "",
        }
        for number, ((lane, code, point), name) in enumerate(names.items())
    }
    people = sorted({mark.who for mark in kept.marks} - {""})
    lanes = sorted({mark.lane for mark in kept.marks} - {""})
    date = (coding.provenance.changed_utc or "1970-01-01T00:00:00")[:19]
    variables = ["coder", WINDOW_VARIABLE] if kept.window else ["coder"]
    return {
        "time_format": "hh:mm:ss",
        "project_date": date,
        "project_name": coding.clip,
        "project_description": "",
        "project_format_version": VERSION,
        "subjects_conf": {
            str(number): {"key": "", "name": who, "description": ""} for number, who in enumerate(people)
        },
        "behaviors_conf": behaviours,
        "observations": {coding.clip or "coding": _observation(coding, kept, events, date)},
        "behavioral_categories": lanes,
        "behavioral_categories_config": {str(number): {"name": lane, "color": ""} for number, lane in enumerate(lanes)},
        "independent_variables": {
            str(number): {"label": name, "description": "", "type": "text", "default value": "", "possible values": ""}
            for number, name in enumerate(variables)
        },
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }


def _observation(coding: Coding, kept: Coding, events: list[list[Any]], date: str) -> dict[str, Any]:
    film = file_name(coding.clip)
    told = {"coder": coding.coder}
    if kept.window:
        told[WINDOW_VARIABLE] = ";".join(f"{seconds(w.start_us, 3)}-{seconds(w.end_us, 3)}" for w in kept.window)
    files: dict[str, list[str]] = {str(player): [] for player in range(1, 9)}
    known: dict[str, dict[str, Any]] = {"length": {}, "fps": {}, "hasVideo": {}, "hasAudio": {}, "display": {}}
    if film:
        files["1"] = [film]
        facts = (coding.length_us / 1e6, round(1e6 / coding.frame_us, 3), True, True, "Nothing")
        known = {key: {film: value} for key, value in zip(known, facts, strict=True)}
    return {
        "file": files,
        "type": "MEDIA" if film else "LIVE",
        "date": date,
        "description": "",
        "time offset": 0.0,
        "events": events,
        "observation time interval": [0, 0],
        "independent_variables": told,
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "media_creation_date_as_offset": False,
        "media_scan_sampling_duration": 0,
        "image_display_duration": 1,
        "close_behaviors_between_videos": False,
        "media_info": known | {"offset": {"1": 0.0}},
    }
