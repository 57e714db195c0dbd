"""Reads EAF: times of open slots, of what hangs on other annotations, and of films that begin late."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from vfeed.errors import marked as _
from vfeed.research.film_names import file_name, same_film
from vfeed.research.formats.eaf_slots import Slots
from vfeed.research.formats.eaf_writing import CLIP_LENGTH, MODIFIER, NOTE, POINT_TIERS, WINDOW
from vfeed.research.formats.hardened import parse_xml
from vfeed.research.formats.seam import MILLISECOND_US, Asked, Found, Losses, make_mark, tier_parts, unclear, unreadable
from vfeed.research.marks import Coding, Mark, Provenance
from vfeed.timeline.interval import Interval

NEWEST = 3
TIME_UNITS = ("milliseconds", "PAL-frames", "NTSC-frames")


@dataclass
class _Note:
    """An annotation on its way to a mark: `span` is known from the start only where it is aligned.

    `word` is the identifier of its word in a vocabulary.
    """

    name: str
    tier: str
    value: str
    parent: str = ""
    previous: str = ""
    span: tuple[int, int] | None = None
    children: list[_Note] = field(default_factory=list)
    word: str = ""


def read_eaf(data: bytes, name: str, asked: Asked) -> Found:
    """Return the codings of an .eaf, one for each annotator."""
    losses = Losses()
    root = parse_xml(data, name, losses)
    if root.tag != "ANNOTATION_DOCUMENT":
        unreadable(name, _("It is not an ELAN file."), _("Choose the .eaf file that ELAN saved."))
    _check_version(root, name)
    _check_units(root, name, losses)
    film, origin_us = _film(root, name, asked, losses)
    tiers = _tiers(root, losses)
    notes = _notes(root, tiers, losses)
    return Found(_codings(root, tiers, notes, asked, film, origin_us, losses), tuple(losses.items), "ELAN")


def _tiers(root: Element, losses: Losses) -> dict[str, Element]:
    """Tiers by name; of several with one name, which ELAN never writes, the later ones are numbered."""
    tiers: dict[str, Element] = {}
    for tier in root.iter("TIER"):
        name, number = tier.get("TIER_ID", ""), 1
        while name in tiers:
            number += 1
            name = f"{tier.get('TIER_ID', '')} [{number}]"
        if number > 1:
            losses.changed(
                f"tier {tier.get('TIER_ID', '')}", f"Several tiers have this name; one was numbered {number}."
            )
        tiers[name] = tier
    return tiers


def _check_version(root: Element, name: str) -> None:
    written = root.get("FORMAT", "") or "2.8"
    major = written.partition(".")[0]
    if not major.isdigit() or int(major) > NEWEST:
        unreadable(
            name,
            _("It is of EAF version %(version)s, which vfeed does not know."),
            _("Save it as EAF 3.0 in ELAN."),
            version=written,
        )


def _check_units(root: Element, name: str, losses: Losses) -> None:
    header = root.find("HEADER")
    unit = header.get("TIME_UNITS", TIME_UNITS[0]) if header is not None else TIME_UNITS[0]
    if unit not in TIME_UNITS:
        unreadable(
            name, _("Its times are in '%(unit)s', which ELAN does not know."), _("Save it anew from ELAN."), unit=unit
        )
    if unit != TIME_UNITS[0]:
        losses.noted("header", f"It says {unit}; ELAN reads milliseconds all the same, and so does vfeed.")


def _film(root: Element, name: str, asked: Asked, losses: Losses) -> tuple[str, int]:
    """The film's name and what is to be added to each time: its own descriptor's TIME_ORIGIN, not the first's."""
    films = [
        (file_name(unquote(each.get("MEDIA_URL", ""))), _origin_us(each, name))
        for each in root.iter("MEDIA_DESCRIPTOR")
    ]
    ours = [film for film in films if asked.clip and same_film(film[0], asked.clip)]
    if not films:
        return asked.clip, 0
    if ours:
        return ours[0]
    if len({origin for _, origin in films}) > 1:
        names = ", ".join(film for film, _ in films)
        unclear(
            name,
            _("It is about several films that begin at different times: %(films)s."),
            _("Say which film it is for."),
            films=names,
        )
    if asked.clip:
        losses.noted("header", f"It names the film {films[0][0]}, not {file_name(asked.clip)}.")
    return (asked.clip or films[0][0]), films[0][1]


def _origin_us(descriptor: Element, name: str) -> int:
    text = descriptor.get("TIME_ORIGIN", "0").strip() or "0"
    try:
        return int(text) * MILLISECOND_US
    except ValueError:
        unreadable(name, _("TIME_ORIGIN '%(said)s' is not a number."), _("Save it anew from ELAN."), said=text)


def _notes(root: Element, tiers: dict[str, Element], losses: Losses) -> list[_Note]:
    """All annotations in the file's order, each with its span in annotation time."""
    slots = Slots(root, losses)
    words = _vocabulary(root)
    found: list[_Note] = []
    for tier_id, tier in tiers.items():
        aligned = list(tier.iter("ALIGNABLE_ANNOTATION"))
        spans = slots.spans(aligned)
        for each in aligned:
            note = _aligned(each, tier_id, words)
            note.span = spans.get(note.name)
            found.append(note)
        found += [_hanging(note, tier_id, words) for note in tier.iter("REF_ANNOTATION")]
    elsewhere = sum(not note.value for note in found if note.word and note.word not in words)
    if elsewhere:
        losses.noted(
            "vocabulary", f"{elsewhere} annotations have no text but a word of a list (.ecv) that is not in the file."
        )
    _hang(found, _shared_out(root, tiers))
    for note in [each for each in found if each.span is None]:
        losses.dropped(f"annotation {note.name}", f"The annotation '{note.value}' belongs to nothing in time.")
    return [note for note in found if note.span is not None]


def _vocabulary(root: Element) -> dict[str, str]:
    """The words of the file's own vocabularies by the identifiers that annotations give."""
    words = {entry.get("CVE_ID", ""): entry.findtext("CVE_VALUE") or "" for entry in root.iter("CV_ENTRY_ML")}
    # Before version 2.8 an entry holds its word itself.
    return words | {entry.get("CVE_ID", ""): entry.text or "" for entry in root.iter("CV_ENTRY")}


def _value(note: Element, words: dict[str, str]) -> str:
    written = note.findtext("ANNOTATION_VALUE") or ""
    return written if written.strip() else words.get(note.get("CVE_REF", ""), written)


def _aligned(note: Element, tier: str, words: dict[str, str]) -> _Note:
    return _Note(note.get("ANNOTATION_ID", ""), tier, _value(note, words), word=note.get("CVE_REF", ""))


def _hanging(note: Element, tier: str, words: dict[str, str]) -> _Note:
    parent, previous = note.get("ANNOTATION_REF", ""), note.get("PREVIOUS_ANNOTATION", "")
    return _Note(
        note.get("ANNOTATION_ID", ""), tier, _value(note, words), parent, previous, word=note.get("CVE_REF", "")
    )


def _shared_out(root: Element, tiers: dict[str, Element]) -> set[str]:
    """Tiers whose annotations share out their parent's time."""
    kinds = {kind.get("LINGUISTIC_TYPE_ID", ""): kind.get("CONSTRAINTS", "") for kind in root.iter("LINGUISTIC_TYPE")}
    return {
        name for name, tier in tiers.items() if kinds.get(tier.get("LINGUISTIC_TYPE_REF", "")) == "Symbolic_Subdivision"
    }


def _hang(notes: list[_Note], shared_out: set[str]) -> None:
    """Give what hangs on others its time, parents first, wherever they stand in the file."""
    by_name = {note.name: note for note in notes}
    for note in notes:
        if note.parent and note.parent in by_name:
            by_name[note.parent].children.append(note)
    ready = [note for note in notes if note.span is not None]
    while ready:
        parent = ready.pop()
        waiting = [child for child in parent.children if child.span is None]
        for tier in {child.tier for child in waiting}:
            children = _in_order([child for child in waiting if child.tier == tier])
            divide = tier in shared_out or any(child.previous for child in children)
            assert parent.span is not None
            start, length = parent.span[0], parent.span[1] - parent.span[0]
            for number, child in enumerate(children):
                share = (number, number + 1, len(children)) if divide else (0, 1, 1)
                child.span = (start + length * share[0] // share[2], start + length * share[1] // share[2])
        ready += waiting


def _in_order(children: list[_Note]) -> list[_Note]:
    """Siblings as PREVIOUS_ANNOTATION chains them; those outside of a chain in the file's order."""
    after: dict[str, list[_Note]] = defaultdict(list)
    names = {child.name for child in children}
    for child in children:
        after[child.previous if child.previous in names else ""].append(child)
    ordered: list[_Note] = []
    todo = list(reversed(after[""]))
    while todo:
        child = todo.pop()
        ordered.append(child)
        todo += reversed(after[child.name])
    # A chain that bites its own tail is in nobody's order.
    placed = {child.name for child in ordered}
    return ordered + [child for child in children if child.name not in placed]


def _codings(
    root: Element,
    tiers: dict[str, Element],
    notes: list[_Note],
    asked: Asked,
    film: str,
    origin_us: int,
    losses: Losses,
) -> tuple[Coding, ...]:
    own = {tier.get("LINGUISTIC_TYPE_REF") for tier in tiers.values()} & {MODIFIER, NOTE}
    told = {item.get("NAME", ""): item.text or "" for item in root.iter("PROPERTY")}
    points = set(_list(told.get(POINT_TIERS, "[]")))
    by_vfeed = any(item.startswith("vfeed:") for item in told) or bool(own)
    marks: dict[str, list[Mark]] = defaultdict(list)
    window: list[Interval] = []
    for note in notes:
        tier = tiers[note.tier]
        kind = tier.get("LINGUISTIC_TYPE_REF", "")
        assert note.span is not None
        start, end = (time + origin_us for time in note.span)
        if kind == WINDOW and note.tier.rstrip("_") == WINDOW:
            window += [Interval(max(0, start), end)] if end > max(0, start) else []
            continue
        if by_vfeed and kind in (MODIFIER, NOTE) and tier.get("PARENT_REF"):
            continue
        who, lane = _named(note.tier, tier.get("PARTICIPANT", ""), tiers)
        modifiers, words = _said(note, tiers) if by_vfeed else ((), "")
        span = (start, start if note.tier in points else end)
        where = f"{note.tier}, annotation {note.name}"
        mark = make_mark(losses, where, span, who=who, lane=lane, code=note.value, modifiers=modifiers, note=words)
        if mark is not None:
            marks[tier.get("ANNOTATOR", "")].append(mark)
    named = sorted(set(marks) - {""})
    if len(named) == 1:
        marks[named[0]] += marks.pop("", [])
    coders = sorted(marks) or [root.get("AUTHOR", "")]
    length = told.get(CLIP_LENGTH, "")
    length_us = asked.length_us or (int(length) if length.isdigit() else 0)
    provenance = Provenance(import_tool="ELAN")
    return tuple(
        Coding(film, asked.coder or coder, tuple(marks[coder]), tuple(window), length_us, provenance=provenance)
        for coder in coders
    )


def _list(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _named(tier: str, participant: str, among: Iterable[str]) -> tuple[str, str]:
    who, lane = tier_parts(tier, among)
    if not participant or who == participant:
        return who, lane
    return participant, tier


def _said(note: _Note, tiers: dict[str, Element]) -> tuple[tuple[str, ...], str]:
    """Modifiers and note that vfeed hung on an annotation."""
    modifiers: dict[int, str] = {}
    words = ""
    for child in note.children:
        kind = tiers[child.tier].get("LINGUISTIC_TYPE_REF", "")
        if kind == NOTE:
            words = child.value
        elif kind == MODIFIER:
            number = child.tier.rpartition("[modifier ")[2].rstrip("]")
            modifiers[int(number) if number.isdigit() else len(modifiers) + 1] = child.value
    return tuple(modifiers.get(number, "") for number in range(1, max(modifiers, default=0) + 1)), words
