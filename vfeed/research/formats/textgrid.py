"""Praat TextGrids, long and short: read as a stream of values, written without gaps."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from vfeed.errors import marked as _
from vfeed.research.formats.seam import (
    NO_CODE,
    Asked,
    Found,
    Losses,
    Written,
    at,
    by_tier,
    kept_coding,
    make_mark,
    report_changes,
    report_layers,
    tier_parts,
    unreadable,
)
from vfeed.research.formats.text import decoded, microseconds, seconds
from vfeed.research.marks import Coding, Mark, Provenance

TOUCHING_US = 1_000
"""Neighbours that overlap by no more than this are joined: aligners write such times."""
GAP_WORDS = ("null",)
"""What BORIS writes where nothing was coded."""
DIGITS = 6
_TOKEN = re.compile(
    r'"((?:[^"]|"")*)"|<([A-Za-z]+)>|(?<![^\s])([+-]?\d[\d.]*(?:[eE][+-]?\d+)?)(?![^\s!])|(!)[^\n]*|[^\s"<]+|<'
)
_FIX = _("Save it anew from Praat as a TextGrid.")
OTHER_FORMS = {
    b"ooBinaryFile": _("It is a binary TextGrid."),
    b'"Praat chronological': _("It is a chronological TextGrid."),
}
"""What Praat also writes and vfeed does not read, by how such a file begins."""


class TextGrid:
    """Praat: an interval tier for each person and lane, a point tier for points."""

    name = "textgrid"
    title = "Praat TextGrid"
    ending = ".TextGrid"
    endings = (".textgrid",)
    resolution_us = 1

    def kept(self, coding: Coding) -> Coding:
        """Persons, lanes, codes and times; no modifiers, notes, window or coder."""
        return kept_coding(coding, _keep, 1, window=False, coder=False)

    def write(self, coding: Coding) -> Written:
        """One long TextGrid in UTF-8."""
        losses = Losses()
        report_changes(coding, _keep, losses, window=False, coder=False)
        tiers = by_tier(self.kept(coding).marks, 1)
        report_layers(tiers, losses)
        end_us = (
            max(coding.end_us, *(mark.end_us for mark in coding.marks), 1) if coding.marks else max(coding.end_us, 1)
        )
        text = _head(end_us, len(tiers))
        for number, (name, marks) in enumerate(tiers.items(), 1):
            text += _point_tier(number, name, marks, end_us) if marks[0].point else _tier(number, name, marks, end_us)
        return Written({f"{coding.clip or 'coding'}.TextGrid": text.encode()}, tuple(losses.items))

    def read(self, data: bytes, name: str, asked: Asked) -> Found:
        """The one coding of a TextGrid, in any of Praat's text forms and encodings."""
        losses = Losses()
        for start, wrong in OTHER_FORMS.items():
            if data.lstrip(b"\xef\xbb\xbf").startswith(start):
                unreadable(name, wrong, _("In Praat: Save, Save as text file."))
        tiers = _Tokens(decoded(data, name, losses), name).tiers()
        marks: list[Mark] = []
        seen: dict[str, int] = {}
        names, named = [tier.name for tier in tiers], _gaps_are_named(tiers)
        if named:
            losses.noted("gaps", f"Intervals that say '{GAP_WORDS[0]}' were taken as gaps.")
        for tier in tiers:
            who, lane = tier_parts(tier.name, among=names)
            seen[tier.name] = seen.get(tier.name, 0) + 1
            if seen[tier.name] > 1:
                lane = f"{lane} {seen[tier.name]}".strip()
                losses.changed(
                    f"tier {tier.name}", f"Several tiers have this name; one was numbered {seen[tier.name]}."
                )
            marks += _marks(tier, who, lane, asked, losses, gaps_are_named=named)
        length_us = asked.length_us or max((tier.end_us for tier in tiers), default=0)
        coding = Coding(
            asked.clip, asked.coder, tuple(marks), length_us=length_us, provenance=Provenance(import_tool="Praat")
        )
        return Found((coding,), tuple(losses.items), "Praat")


def _keep(mark: Mark) -> Mark:
    return replace(mark, code=mark.code or NO_CODE, modifiers=(), note="")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _head(end_us: int, tiers: int) -> str:
    return (
        'File type = "ooTextFile"\nObject class = "TextGrid"\n\n'
        f"xmin = 0 \nxmax = {seconds(end_us, DIGITS)} \ntiers? <exists> \nsize = {tiers} \nitem []: \n"
    )


def _tier_head(number: int, kind: str, name: str, end_us: int, of: str, count: int) -> str:
    return (
        f'    item [{number}]:\n        class = "{kind}" \n        name = {_quoted(name)} \n'
        f"        xmin = 0 \n        xmax = {seconds(end_us, DIGITS)} \n        {of}: size = {count} \n"
    )


def _tier(number: int, name: str, marks: list[Mark], end_us: int) -> str:
    """An interval tier; Praat wants every moment covered, so gaps are intervals without text."""
    spans: list[tuple[int, int, str]] = []
    here = 0
    for mark in marks:
        if mark.start_us > here:
            spans.append((here, mark.start_us, ""))
        spans.append((mark.start_us, mark.end_us, mark.code))
        here = mark.end_us
    if here < end_us:
        spans.append((here, end_us, ""))
    text = _tier_head(number, "IntervalTier", name, end_us, "intervals", len(spans))
    for place, (start, end, code) in enumerate(spans, 1):
        text += (
            f"        intervals [{place}]:\n            xmin = {seconds(start, DIGITS)} \n"
            f"            xmax = {seconds(end, DIGITS)} \n            text = {_quoted(code)} \n"
        )
    return text


def _point_tier(number: int, name: str, marks: list[Mark], end_us: int) -> str:
    text = _tier_head(number, "TextTier", name, end_us, "points", len(marks))
    for place, mark in enumerate(marks, 1):
        text += (
            f"        points [{place}]:\n            number = {seconds(mark.start_us, DIGITS)} \n"
            f"            mark = {_quoted(mark.code)} \n"
        )
    return text


@dataclass
class _Tier:
    name: str
    points: bool
    end_us: int
    items: list[tuple[int, int, str]]


def _gaps_are_named(tiers: list[_Tier]) -> bool:
    """Whether every gap has BORIS's word for it: it stands there more than once, and nothing is empty."""
    texts = [text.strip() for tier in tiers for _, _, text in tier.items]
    return all(texts) and sum(text in GAP_WORDS for text in texts) > 1


def _marks(tier: _Tier, who: str, lane: str, asked: Asked, losses: Losses, *, gaps_are_named: bool) -> list[Mark]:
    marks: list[Mark] = []
    before: tuple[int, int, str] | None = None
    for start_us, end_us, text in tier.items:
        where = f"tier {tier.name}, {at(start_us)}"
        empty = not text.strip() or (gaps_are_named and not tier.points and text.strip() in GAP_WORDS)
        if before is not None and not tier.points and start_us < before[1]:
            if before[1] - start_us <= TOUCHING_US:
                losses.changed(
                    where, f"It overlapped the one before by {before[1] - start_us} microseconds and was joined."
                )
                start_us = before[1]
            else:
                losses.noted(where, f"'{text}' overlaps '{before[2]}' on the same tier.")
        before = (start_us, end_us, text)
        if empty and not asked.keep_empty:
            continue
        if not tier.points and end_us <= start_us:
            losses.dropped(where, f"'{text}' has no length.")
            continue
        mark = make_mark(losses, where, (start_us, end_us), who=who, lane=lane, code=text)
        if mark is not None:
            marks.append(mark)
    return marks


class _Tokens:
    """The values of a TextGrid in order: texts in quotes, numbers, <flags>. Labels between them say nothing."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.values: list[str | int] = []
        for found in _TOKEN.finditer(text):
            quoted, flag, number, _ = found.groups()
            if quoted is not None:
                self.values.append('"' + quoted.replace('""', '"'))
            elif flag is not None:
                self.values.append("<" + flag)
            elif number is not None:
                self.values.append(self._number(number))
        self.place = 0

    def _number(self, text: str) -> int:
        try:
            return microseconds(text)
        except ValueError:
            unreadable(self.name, _("'%(said)s' is not a time."), _FIX, said=text)

    def text(self) -> str:
        """The next text; raises VfeedError where something else comes."""
        value = self._next()
        if not isinstance(value, str) or not value.startswith('"'):
            unreadable(self.name, _("A text is missing: it is not whole."), _FIX)
        return value[1:]

    def number(self) -> int:
        """The next number, in microseconds or millionths; raises VfeedError where something else comes."""
        value = self._next()
        if not isinstance(value, int):
            unreadable(self.name, _("A number is missing: it is not whole."), _FIX)
        return value

    def _next(self) -> str | int:
        if self.place >= len(self.values):
            unreadable(self.name, _("It ends too early."), _FIX)
        self.place += 1
        return self.values[self.place - 1]

    def count(self) -> int:
        """The next number as a count of things."""
        value, rest = divmod(self.number(), 1_000_000)
        if rest or not 0 <= value <= len(self.values):
            unreadable(self.name, _("It says that it holds more than it does."), _FIX)
        return value

    def tiers(self) -> list[_Tier]:
        """Everything; raises VfeedError `codes_unreadable` for another kind of Praat file, and for half a one."""
        if not self.text().startswith("ooTextFile"):
            unreadable(self.name, _("It is not a Praat text file."), _FIX)
        kind = self.text()
        if kind != "TextGrid":
            unreadable(self.name, _("It is a Praat %(kind)s, not a TextGrid."), _FIX, kind=kind)
        self.number(), self.number()
        if self._next() != "<exists":
            return []
        return [self._tier() for _item in range(self.count())]

    def _tier(self) -> _Tier:
        kind, name = self.text(), self.text()
        if kind not in ("IntervalTier", "TextTier"):
            unreadable(
                self.name,
                _("Its tier '%(tier)s' is of a kind that is not known (%(kind)s)."),
                _FIX,
                tier=name,
                kind=kind,
            )
        self.number()
        points, end_us = kind == "TextTier", self.number()
        items = []
        for _item in range(self.count()):
            start = self.number()
            items.append((start, start if points else self.number(), self.text()))
        return _Tier(name, points, end_us, items)
