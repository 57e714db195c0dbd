"""Writes EAF 3.0 as ELAN does itself, in the order that EAFv3.0.xsd asks for."""

from __future__ import annotations

import hashlib
import json
import mimetypes
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from vfeed.research.film_names import file_name
from vfeed.research.formats.seam import (
    MILLISECOND_US,
    Losses,
    Written,
    by_tier,
    coarse,
    kept_coding,
    report_changes,
    report_layers,
    rounded,
)
from vfeed.research.marks import Coding, Mark

SCHEMA = "http://www.mpi.nl/tools/elan/EAFv3.0.xsd"
STATE, POINT, WINDOW, NOTE, MODIFIER = "state", "point", "window", "note", "modifier"
CODES, LANGUAGE = "codes", "und"
POINT_TIERS, CLIP_LENGTH = "vfeed:point_tiers", "vfeed:length_us"
NO_DATE = "1970-01-01T00:00:00+00:00"
_CONSTRAINTS = {
    "Time_Subdivision": "Time subdivision of parent annotation's time interval, "
    "no time gaps allowed within this interval",
    "Symbolic_Subdivision": "Symbolic subdivision of a parent annotation. "
    "Annotations refering to the same parent are ordered",
    "Symbolic_Association": "1-1 association with a parent annotation",
    "Included_In": "Time alignable annotations within the parent annotation's time interval, gaps are allowed",
}


def keep_mark(mark: Mark) -> Mark:
    """Return the mark with times in whole milliseconds."""
    return coarse(mark, MILLISECOND_US)


class _Document:
    """An EAF in the making: slots and annotations get their numbers here."""

    def __init__(self) -> None:
        self.slots: list[tuple[int, int, Element, str]] = []
        self.count = 0

    def next_id(self) -> str:
        self.count += 1
        return f"a{self.count}"

    def aligned(self, tier: Element, start_us: int, end_us: int, value: str, reference: str = "") -> str:
        """Add an annotation with two slots of its own; slots are numbered in order of time later."""
        name = self.next_id()
        inner = SubElement(SubElement(tier, "ANNOTATION"), "ALIGNABLE_ANNOTATION", ANNOTATION_ID=name)
        if reference:
            inner.set("CVE_REF", reference)
        SubElement(inner, "ANNOTATION_VALUE").text = value
        # Ends come before starts of the same time.
        self.slots.append((start_us // MILLISECOND_US, 1, inner, "TIME_SLOT_REF1"))
        self.slots.append((end_us // MILLISECOND_US, 0, inner, "TIME_SLOT_REF2"))
        return name

    def hung(self, tier: Element, parent: str, value: str) -> None:
        """Add an annotation that says something about another."""
        inner = SubElement(
            SubElement(tier, "ANNOTATION"), "REF_ANNOTATION", ANNOTATION_ID=self.next_id(), ANNOTATION_REF=parent
        )
        SubElement(inner, "ANNOTATION_VALUE").text = value

    def number_slots(self, order: Element) -> None:
        self.slots.sort(key=lambda slot: slot[:2])
        for number, (millis, _, annotation, attribute) in enumerate(self.slots, 1):
            SubElement(order, "TIME_SLOT", TIME_SLOT_ID=f"ts{number}", TIME_VALUE=str(millis))
            annotation.set(attribute, f"ts{number}")


def write_eaf(coding: Coding) -> Written:
    """Return one .eaf and what could not be kept."""
    losses, kept = Losses(), kept_coding(coding, keep_mark, MILLISECOND_US)
    report_changes(coding, keep_mark, losses)
    frame_us = max(MILLISECOND_US, rounded(coding.frame_us, MILLISECOND_US))
    tiers = by_tier(kept.marks, frame_us)
    report_layers(tiers, losses)
    root, order, header = _head(coding)
    document = _Document()
    used = sorted({mark.code for mark in kept.marks} - {""})
    codes = {code: f"cve{number}" for number, code in enumerate(used)}
    for name, marks in tiers.items():
        _tier(root, document, name, marks, coding, frame_us, codes)
    if kept.window:
        tier = SubElement(root, "TIER", LINGUISTIC_TYPE_REF=WINDOW, TIER_ID=_free(WINDOW, tiers))
        for each in kept.window:
            document.aligned(tier, each.start_us, each.end_us, "watched")
    document.number_slots(order)
    _types(root, codes)
    _property(header, "lastUsedAnnotationId", str(document.count))
    points = [name for name, marks in tiers.items() if marks[0].point]
    if points:
        losses.noted("points", "ELAN has no points: each is drawn one picture long, and read back as a point.")
        _property(header, POINT_TIERS, json.dumps(points, ensure_ascii=False))
    ElementTree.indent(root, "    ")
    text = b'<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="utf-8") + b"\n"
    return Written({f"{coding.clip or 'coding'}.eaf": text}, tuple(losses.items))


def _head(coding: Coding) -> tuple[Element, Element, Element]:
    root = Element(
        "ANNOTATION_DOCUMENT",
        {
            "AUTHOR": coding.coder,
            "DATE": _date(coding),
            "FORMAT": "3.0",
            "VERSION": "3.0",
            "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
            "xsi:noNamespaceSchemaLocation": SCHEMA,
        },
    )
    header = SubElement(root, "HEADER", MEDIA_FILE="", TIME_UNITS="milliseconds")
    if coding.clip:
        # The name alone: a path tells whose computer, and often which family, it was.
        film = file_name(coding.clip)
        address = quote(film)
        kind = mimetypes.guess_type(film)[0] or "video/mp4"
        SubElement(
            header,
            "MEDIA_DESCRIPTOR",
            MEDIA_URL=f"file:///{address}",
            MIME_TYPE=kind,
            RELATIVE_MEDIA_URL=f"./{address}",
        )
    known = f"{coding.clip}\n{coding.coder}\n{coding.provenance.scheme_id}".encode()
    digest = hashlib.sha256(known).hexdigest()
    urn = f"{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    _property(header, "URN", f"urn:nl-mpi-tools-elan-eaf:{urn}")
    if coding.length_us:
        _property(header, CLIP_LENGTH, str(coding.length_us))
    return root, SubElement(root, "TIME_ORDER"), header


def _date(coding: Coding) -> str:
    """When it was last changed, with a time zone as the schema's dateTime wants for exchange."""
    text = coding.provenance.changed_utc or coding.provenance.created_utc
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return NO_DATE
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat(timespec="seconds")


def _property(header: Element, name: str, value: str) -> None:
    SubElement(header, "PROPERTY", NAME=name).text = value


def _free(name: str, taken: Sequence[str] | dict[str, list[Mark]]) -> str:
    while name in taken:
        name += "_"
    return name


def _tier(
    root: Element,
    document: _Document,
    name: str,
    marks: list[Mark],
    coding: Coding,
    frame_us: int,
    codes: dict[str, str],
) -> None:
    shared = {"PARTICIPANT": marks[0].who, "ANNOTATOR": coding.coder}
    shared = {key: value for key, value in shared.items() if value}
    kind = POINT if marks[0].point else STATE
    tier = SubElement(root, "TIER", {"LINGUISTIC_TYPE_REF": kind, "TIER_ID": name} | shared)
    names = [
        document.aligned(
            tier,
            mark.start_us,
            mark.start_us + frame_us if mark.point else mark.end_us,
            mark.code,
            codes.get(mark.code, ""),
        )
        for mark in marks
    ]
    for number in range(max(len(mark.modifiers) for mark in marks)):
        more = {"LINGUISTIC_TYPE_REF": MODIFIER, "TIER_ID": f"{name} [modifier {number + 1}]", "PARENT_REF": name}
        hanging = SubElement(root, "TIER", more | shared)
        for mark, parent in zip(marks, names, strict=True):
            if len(mark.modifiers) > number and mark.modifiers[number]:
                document.hung(hanging, parent, mark.modifiers[number])
    if any(mark.note for mark in marks):
        more = {"LINGUISTIC_TYPE_REF": NOTE, "TIER_ID": f"{name} [note]", "PARENT_REF": name}
        hanging = SubElement(root, "TIER", more | shared)
        for mark, parent in zip(marks, names, strict=True):
            if mark.note:
                document.hung(hanging, parent, mark.note)


def _types(root: Element, codes: dict[str, str]) -> None:
    for kind in (STATE, POINT, WINDOW, MODIFIER, NOTE):
        hangs = kind in (MODIFIER, NOTE)
        described = {
            "LINGUISTIC_TYPE_ID": kind,
            "TIME_ALIGNABLE": str(not hangs).lower(),
            "GRAPHIC_REFERENCES": "false",
        }
        if hangs:
            described["CONSTRAINTS"] = "Symbolic_Association"
        if kind in (STATE, POINT):
            described["CONTROLLED_VOCABULARY_REF"] = CODES
        SubElement(root, "LINGUISTIC_TYPE", described)
    SubElement(
        root, "LANGUAGE", LANG_ID=LANGUAGE, LANG_DEF=f"http://cdb.iso.org/lg/{LANGUAGE}", LANG_LABEL="undetermined"
    )
    for stereotype, words in _CONSTRAINTS.items():
        SubElement(root, "CONSTRAINT", STEREOTYPE=stereotype, DESCRIPTION=words)
    vocabulary = SubElement(root, "CONTROLLED_VOCABULARY", CV_ID=CODES)
    SubElement(vocabulary, "DESCRIPTION", LANG_REF=LANGUAGE)
    for code, name in codes.items():
        entry = SubElement(vocabulary, "CV_ENTRY_ML", CVE_ID=name)
        SubElement(entry, "CVE_VALUE", LANG_REF=LANGUAGE, DESCRIPTION="").text = code
