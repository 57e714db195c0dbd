"""What every format does: read a file into codings, write one, and say what could not come along."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NoReturn, Protocol, runtime_checkable

import numpy as np

from vfeed.errors import VfeedError, filled
from vfeed.errors import marked as _
from vfeed.research.marks import Coding, Mark, clean
from vfeed.timeline.interval import Interval

MILLISECOND_US = 1_000
LONGEST_FILM_US = 100 * 3_600_000_000
"""Times beyond this lie in no film: dates in a program's clock, or digits gone astray."""
NO_CODE = "-"
"""What stands for an empty code in formats that have none."""


class LossKind(StrEnum):
    """Left out, altered, or only worth knowing."""

    DROPPED = "dropped"
    CHANGED = "changed"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that did not come through as it was: `where` names line, identifier or time, `what` says it."""

    kind: LossKind
    where: str
    what: str


@dataclass
class Losses:
    """The report that is filled while a file is read or written."""

    items: list[Loss] = field(default_factory=list)

    def dropped(self, where: str, what: str) -> None:
        """Say that something was left out."""
        self.items.append(Loss(LossKind.DROPPED, where, what))

    def changed(self, where: str, what: str) -> None:
        """Say that something was altered."""
        self.items.append(Loss(LossKind.CHANGED, where, what))

    def noted(self, where: str, what: str) -> None:
        """Say something worth knowing."""
        self.items.append(Loss(LossKind.NOTED, where, what))


@dataclass(frozen=True)
class Columns:
    """What the columns of a table nobody knows mean: header names by role, and how times are written.

    Roles are start, end, duration, time, code, who, lane, note, status (start, stop, point), clip, coder and modifier.
    `unit` is h, min, s, ms, us or frames ("" leaves it to the header and the look of the times).
    """

    roles: dict[str, str]
    unit: str = ""


@dataclass(frozen=True)
class Asked:
    """What whoever reads a file says of it; everything may be left out.

    `clip` is the film's file name, which picks its part out of a file about several. `fps` is said only for films with
    even frames; `frame_times_us` are the true times of the film's frames. `columns` explain an unknown table.
    """

    clip: str = ""
    coder: str = ""
    fps: float | None = None
    frame_times_us: Sequence[int] = ()
    length_us: int = 0
    keep_empty: bool = False
    columns: Columns | None = None


@dataclass(frozen=True)
class Found:
    """What a file holds: its codings, what was lost, and the program that wrote it, as far as it shows."""

    codings: tuple[Coding, ...]
    losses: tuple[Loss, ...]
    tool: str


@dataclass(frozen=True)
class Written:
    """The files of an export by name (the first is the main one), and what was lost."""

    files: dict[str, bytes]
    losses: tuple[Loss, ...]


class Reader(Protocol):
    """Reads the files of one program."""

    @property
    def name(self) -> str:
        """Short name."""
        ...

    @property
    def title(self) -> str:
        """Name for people."""
        ...

    @property
    def endings(self) -> tuple[str, ...]:
        """Endings of its files, lower case, with the dot."""
        ...

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """Return the codings in `data`, a file called `name`; raises VfeedError `codes_unreadable`, `codes_unclear`."""
        ...


@runtime_checkable
class Exporter(Protocol):
    """Writes codings for one program; entry points of the group `vfeed.exporters` are instances of it.

    `kept` is what comes back when the file is read again: times to `resolution_us`, and without what the format lacks.
    A format that nobody reads back has a resolution of 0.
    """

    @property
    def name(self) -> str:
        """Short name, as on the command line."""
        ...

    @property
    def title(self) -> str:
        """Name for people."""
        ...

    @property
    def ending(self) -> str:
        """Ending of its files, with the dot."""
        ...

    @property
    def resolution_us(self) -> int:
        """Finest step of time that comes back, 0 where nobody reads the file."""
        ...

    def kept(self, coding: Coding) -> Coding:
        """Return what of `coding` the format holds."""
        ...

    def write(self, coding: Coding) -> Written:
        """Return the files of `coding` and what was lost."""
        ...


def unreadable(name: str, wrong: str, fix: str, **values: object) -> NoReturn:
    """Refuse a file that cannot be read; raises VfeedError `codes_unreadable`."""
    raise VfeedError("codes_unreadable", _of(name, wrong, values), hint=filled(fix, **values))


def unclear(name: str, wrong: str, fix: str, **values: object) -> NoReturn:
    """Refuse a file of which one more thing must be said; raises VfeedError `codes_unclear`."""
    raise VfeedError("codes_unclear", _of(name, wrong, values), hint=filled(fix, **values))


def _of(name: str, wrong: str, values: Mapping[str, object]) -> str:
    return filled(_("%(file)s: %(wrong)s"), file=name, wrong=filled(wrong, **values))


def at(time_us: int) -> str:
    """A time in words for a report.

    >>> at(1_500_000)
    '1.500 s'
    """
    return f"{time_us / 1e6:.3f} s"


def rounded(time_us: int, resolution_us: int) -> int:
    """Round a time half up to a multiple of the resolution, never to even.

    >>> rounded(500, 1000), rounded(1499, 1000), rounded(2500, 1000)
    (1000, 1000, 3000)
    """
    return (2 * time_us + resolution_us) // (2 * resolution_us) * resolution_us


def coarse(mark: Mark, resolution_us: int) -> Mark:
    """The mark at the resolution; a stretch keeps at least one step of length."""
    start = rounded(mark.start_us, resolution_us)
    end = start if mark.point else max(rounded(mark.end_us, resolution_us), start + resolution_us)
    return replace(mark, start_us=start, end_us=end)


def coarse_window(window: Iterable[Interval], resolution_us: int) -> tuple[Interval, ...]:
    """The window's stretches at the resolution, each at least one step long."""
    found = []
    for each in window:
        start = rounded(each.start_us, resolution_us)
        found.append(Interval(start, max(rounded(each.end_us, resolution_us), start + resolution_us)))
    return tuple(found)


def kept_coding(
    coding: Coding, keep: Callable[[Mark], Mark], resolution_us: int, *, window: bool = True, coder: bool = True
) -> Coding:
    """Return what is left of a coding in a format that keeps of each mark what `keep` returns."""
    return Coding(
        coding.clip,
        coding.coder if coder else "",
        tuple(keep(mark) for mark in coding.marks),
        coarse_window(coding.window, resolution_us) if window else (),
    )


def report_changes(
    coding: Coding, keep: Callable[[Mark], Mark], losses: Losses, *, window: bool = True, coder: bool = True
) -> None:
    """Say what `keep` takes off the coding's marks, a line for each thing and mark; times are said once for all."""
    moved = 0
    for before in coding.marks:
        after = keep(before)
        moved += (before.start_us, before.end_us) != (after.start_us, after.end_us)
        where = f"{before.code or NO_CODE} at {at(before.start_us)}"
        for name in ("who", "lane", "code", "modifiers", "note"):
            if getattr(before, name) != getattr(after, name):
                losses.changed(where, _change(name, getattr(before, name), getattr(after, name)))
        if before.point != after.point:
            losses.changed(where, "A point in time became a stretch.")
    if moved:
        losses.changed("times", f"{moved} marks were rounded to what the format holds.")
    if coding.window and not window:
        losses.dropped("window", "Which part was watched is not in the file.")
    if coding.coder and not coder:
        losses.dropped("coder", "Who coded it is not in the file.")


def _change(name: str, before: object, after: object) -> str:
    word = {"modifiers": "The modifiers", "note": "The note", "who": "The person", "lane": "The lane"}.get(
        name, "The code"
    )
    return f"{word} {_shown(before)} became {_shown(after)}." if after else f"{word} {_shown(before)} was left out."


def _shown(value: object) -> str:
    return "'" + (", ".join(value) if isinstance(value, tuple) else str(value)) + "'"


# Names of tiers: who:lane, with the layer of marks that overlap, or the points, behind it.
_SUFFIX = re.compile(r" \((\d+|points)\)$")
_ESCAPED = re.compile(r"%(25|28|3A)")


def _escape(text: str, *, colon: bool) -> str:
    text = _ESCAPED.sub(lambda found: "%25" + found.group(1), text)
    if colon:
        text = text.replace(":", "%3A")
    return text


def _unescape(text: str) -> str:
    return _ESCAPED.sub(lambda found: {"25": "%", "28": "(", "3A": ":"}[found.group(1)], text)


def tier_name(who: str, lane: str, *, layer: int = 1, points: bool = False) -> str:
    """Name a tier so that `tier_parts` gives back the same.

    >>> tier_name("infant", "looking"), tier_name("infant", "looking", layer=2), tier_name("infant", "")
    ('infant:looking', 'infant:looking (2)', 'infant')
    """
    name = _escape(who, colon=True) + (":" + _escape(lane, colon=False) if lane or not who else "")
    if _SUFFIX.search(name):
        cut = name.rindex("(")
        name = name[:cut] + "%28" + name[cut + 1 :]
    return name + (" (points)" if points else "") + (f" ({layer})" if layer > 1 else "")


def tier_parts(name: str, among: Iterable[str] = ()) -> tuple[str, str]:
    """Return who and lane of a tier's name; `among` are all names, so that a layer is told from a name in brackets.

    >>> tier_parts("infant:looking (2)", among=["infant:looking"]), tier_parts("mother"), tier_parts("words (2)")
    (('infant', 'looking'), ('mother', ''), ('words (2)', ''))
    """
    layer = _SUFFIX.search(name)
    if layer and layer.group(1) != "points" and name[: layer.start()] in set(among):
        name = name[: layer.start()]
    name = name.removesuffix(" (points)")
    who, _colon, lane = name.partition(":")
    return clean(_unescape(who)), clean(_unescape(lane))


def by_tier(marks: Iterable[Mark], point_us: int) -> dict[str, list[Mark]]:
    """Sort marks into tiers without overlap, points apart; a point takes up `point_us`."""
    free: dict[tuple[str, str, bool], list[int]] = defaultdict(list)
    tiers: dict[str, list[Mark]] = defaultdict(list)
    for mark in sorted(marks):
        ends = free[mark.who, mark.lane, mark.point]
        layer = next((number for number, end in enumerate(ends) if end <= mark.start_us), len(ends))
        ends[layer : layer + 1] = [mark.start_us + point_us if mark.point else mark.end_us]
        tiers[tier_name(mark.who, mark.lane, layer=layer + 1, points=mark.point)].append(mark)
    return dict(tiers)


def report_layers(tiers: Iterable[str], losses: Losses) -> None:
    """Say which tiers were added because marks of one lane overlap."""
    for name in tiers:
        layer = re.search(r" \((\d+)\)$", name)
        if layer:
            losses.noted(name, "Marks that overlap others of their lane lie on a tier of their own.")


def clip_mark(losses: Losses, where: str, start_us: int, end_us: int) -> tuple[int, int] | None:
    """Cut what lies before the film's first frame off, with a report; None where nothing is left."""
    if end_us < 0 or (end_us == 0 and start_us < 0):
        losses.dropped(where, f"It lies before the film begins ({at(start_us)}).")
        return None
    if start_us < 0:
        losses.changed(where, f"It began before the film ({at(start_us)}) and was cut at 0.")
    return max(0, start_us), end_us


def make_mark(
    losses: Losses,
    where: str,
    span: tuple[int, int],
    *,
    who: str = "",
    lane: str = "",
    code: str = "",
    modifiers: Sequence[str] = (),
    note: str = "",
) -> Mark | None:
    """Build a mark out of a foreign file's words, cleaned; None with a report where its times cannot be kept."""
    start_us, end_us = span
    if end_us < start_us:
        losses.dropped(where, f"'{code}' ends ({at(end_us)}) before it starts ({at(start_us)}).")
        return None
    if end_us > LONGEST_FILM_US:
        losses.dropped(where, f"'{code}' ends at {at(end_us)}, which is in no film: its times may hold a date.")
        return None
    cut = clip_mark(losses, where, start_us, end_us)
    if cut is None:
        return None
    cleaned = [clean(each) for each in modifiers]
    while cleaned and not cleaned[-1]:
        cleaned.pop()
    return Mark(cut[0], cut[1], clean(who), clean(lane), clean(code), tuple(cleaned), clean(note, lines=True))


def snapped(coding: Coding, frame_times_us: Sequence[int], within_us: int = MILLISECOND_US) -> Coding:
    """Return the coding with each time that lies within a millisecond of a frame's true time put on it.

    Undoes the rounding of formats in milliseconds for films of up to 500 frames a second, even or not.
    """
    if not frame_times_us:
        return coding
    times = np.asarray(frame_times_us, np.int64)

    def put(time_us: int) -> int:
        place = int(np.searchsorted(times, time_us))
        near = times[max(0, place - 1) : place + 1]
        best = int(near[np.argmin(np.abs(near - time_us))])
        return best if abs(best - time_us) <= within_us else time_us

    marks = []
    for mark in coding.marks:
        start, end = put(mark.start_us), put(mark.end_us)
        marks.append(replace(mark, start_us=start, end_us=end) if mark.point or end > start else mark)

    def put_on(each: Interval) -> Interval:
        start, end = put(each.start_us), put(each.end_us)
        return Interval(start, end) if end > start else each

    return on_stretches(replace(coding, marks=tuple(marks)), put_on)


def on_stretches(coding: Coding, change: Callable[[Interval], Interval | None]) -> Coding:
    """Return the coding with every stretch that was watched as `change` has it, or without it."""

    def changed(window: Iterable[Interval]) -> tuple[Interval, ...]:
        return tuple(new for each in window if (new := change(each)) is not None)

    lanes = {lane: changed(own) for lane, own in coding.lanes.items()}
    return replace(coding, window=changed(coding.window), lanes=lanes)
