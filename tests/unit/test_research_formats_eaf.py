"""What ELAN finds in a file from vfeed: built as the published schema of EAF 3.0 asks, checked rule by rule."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from hypothesis import HealthCheck, given, settings
from pympi.Elan import Eaf as PympiEaf
from random_codings import codings

from vfeed.research.formats.eaf import Eaf
from vfeed.research.marks import Coding, Mark

# The schema's own order; the file of the schema is not shipped, since nothing says under which licence it may be.
ORDER = [
    *("LICENSE", "HEADER", "TIME_ORDER", "TIER", "LINGUISTIC_TYPE", "LOCALE", "LANGUAGE", "CONSTRAINT"),
    *("CONTROLLED_VOCABULARY", "LEXICON_REF", "REF_LINK_SET", "EXTERNAL_REF"),
]
REQUIRED = {
    "ANNOTATION_DOCUMENT": {"DATE", "AUTHOR", "VERSION"},
    "MEDIA_DESCRIPTOR": {"MEDIA_URL", "MIME_TYPE"},
    "TIME_SLOT": {"TIME_SLOT_ID"},
    "TIER": {"TIER_ID", "LINGUISTIC_TYPE_REF"},
    "ALIGNABLE_ANNOTATION": {"ANNOTATION_ID", "TIME_SLOT_REF1", "TIME_SLOT_REF2"},
    "REF_ANNOTATION": {"ANNOTATION_ID", "ANNOTATION_REF"},
    "LINGUISTIC_TYPE": {"LINGUISTIC_TYPE_ID"},
    "LANGUAGE": {"LANG_ID"},
    "CONSTRAINT": {"STEREOTYPE"},
    "CONTROLLED_VOCABULARY": {"CV_ID"},
    "DESCRIPTION": {"LANG_REF"},
    "CV_ENTRY_ML": {"CVE_ID"},
    "CVE_VALUE": {"LANG_REF"},
}
ALLOWED = {
    "ANNOTATION_DOCUMENT": {"FORMAT", "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"},
    "HEADER": {"MEDIA_FILE", "TIME_UNITS"},
    "MEDIA_DESCRIPTOR": {"RELATIVE_MEDIA_URL", "TIME_ORIGIN", "EXTRACTED_FROM"},
    "PROPERTY": {"NAME"},
    "TIME_SLOT": {"TIME_VALUE"},
    "TIER": {"PARTICIPANT", "ANNOTATOR", "DEFAULT_LOCALE", "PARENT_REF", "EXT_REF", "LANG_REF"},
    "ALIGNABLE_ANNOTATION": {"CVE_REF", "EXT_REF", "LANG_REF", "SVG_REF"},
    "REF_ANNOTATION": {"PREVIOUS_ANNOTATION", "CVE_REF", "EXT_REF", "LANG_REF"},
    "LINGUISTIC_TYPE": {
        *("TIME_ALIGNABLE", "CONSTRAINTS", "GRAPHIC_REFERENCES", "CONTROLLED_VOCABULARY_REF", "EXT_REF", "LEXICON_REF"),
    },
    "LANGUAGE": {"LANG_DEF", "LANG_LABEL"},
    "CONSTRAINT": {"DESCRIPTION"},
    "CONTROLLED_VOCABULARY": {"EXT_REF"},
    "CV_ENTRY_ML": {"EXT_REF"},
    "CVE_VALUE": {"DESCRIPTION"},
}
INSIDE = {
    "HEADER": ["MEDIA_DESCRIPTOR", "LINKED_FILE_DESCRIPTOR", "PROPERTY"],
    "TIME_ORDER": ["TIME_SLOT"],
    "TIER": ["ANNOTATION"],
    "ANNOTATION": ["ALIGNABLE_ANNOTATION", "REF_ANNOTATION"],
    "ALIGNABLE_ANNOTATION": ["ANNOTATION_VALUE"],
    "REF_ANNOTATION": ["ANNOTATION_VALUE"],
    "CONTROLLED_VOCABULARY": ["DESCRIPTION", "CV_ENTRY_ML"],
    "CV_ENTRY_ML": ["CVE_VALUE"],
}
NAME = re.compile(r"^[A-Za-z_][\w.-]*$")


def ids(root: Element, element: str, attribute: str) -> list[str]:
    return [each.get(attribute, "") for each in root.iter(element)]


def check_in_order(parent: Element, order: list[str]) -> None:
    places = [order.index(child.tag) for child in parent]
    assert places == sorted(places), parent.tag


def check(root: Element) -> None:
    assert root.tag == "ANNOTATION_DOCUMENT"
    check_in_order(root, ORDER)
    for each in root.iter():
        known = REQUIRED.get(each.tag, set())
        assert known <= set(each.attrib) <= known | ALLOWED.get(each.tag, set()), each.tag
        check_in_order(each, ORDER if each is root else INSIDE.get(each.tag, []))
    assert datetime.fromisoformat(root.get("DATE", "")).tzinfo is not None
    annotations = ids(root, "ALIGNABLE_ANNOTATION", "ANNOTATION_ID") + ids(root, "REF_ANNOTATION", "ANNOTATION_ID")
    slots = ids(root, "TIME_SLOT", "TIME_SLOT_ID")
    # xsd:ID: one for the whole document, and a name.
    every = annotations + slots + ids(root, "LANGUAGE", "LANG_ID")
    assert len(set(every)) == len(every) and all(NAME.match(each) for each in every)
    used = ids(root, "ALIGNABLE_ANNOTATION", "TIME_SLOT_REF1") + ids(root, "ALIGNABLE_ANNOTATION", "TIME_SLOT_REF2")
    assert sorted(used) == sorted(slots)
    assert set(ids(root, "REF_ANNOTATION", "ANNOTATION_REF")) <= set(annotations)
    tiers, kinds = ids(root, "TIER", "TIER_ID"), ids(root, "LINGUISTIC_TYPE", "LINGUISTIC_TYPE_ID")
    assert len(set(tiers)) == len(tiers) and all(tiers)
    assert {each.get("PARENT_REF", tiers[0]) for each in root.iter("TIER")} <= set(tiers) if tiers else True
    assert set(ids(root, "TIER", "LINGUISTIC_TYPE_REF")) <= set(kinds)
    stereotypes = set(ids(root, "CONSTRAINT", "STEREOTYPE"))
    assert stereotypes == {"Time_Subdivision", "Symbolic_Subdivision", "Symbolic_Association", "Included_In"}
    assert {each.get("CONSTRAINTS") for each in root.iter("LINGUISTIC_TYPE")} - {None} <= stereotypes
    vocabularies = set(ids(root, "CONTROLLED_VOCABULARY", "CV_ID"))
    assert {each.get("CONTROLLED_VOCABULARY_REF") for each in root.iter("LINGUISTIC_TYPE")} - {None} <= vocabularies
    entries = ids(root, "CV_ENTRY_ML", "CVE_ID")
    assert {each.get("CVE_REF") for each in root.iter("ALIGNABLE_ANNOTATION")} - {None} <= set(entries)
    languages = set(ids(root, "LANGUAGE", "LANG_ID"))
    assert set(ids(root, "CVE_VALUE", "LANG_REF") + ids(root, "DESCRIPTION", "LANG_REF")) <= languages
    times = [int(each.get("TIME_VALUE", "-1")) for each in root.iter("TIME_SLOT")]
    assert times == sorted(times) and all(0 <= time < 2**32 for time in times)
    last = next(each.text for each in root.iter("PROPERTY") if each.get("NAME") == "lastUsedAnnotationId")
    assert last == str(len(annotations))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(codings())
def test_every_file_is_built_as_the_schema_asks(coding: Coding) -> None:
    (data,) = Eaf().write(coding).files.values()
    check(ElementTree.fromstring(data))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(codings())
def test_annotations_of_one_tier_never_overlap(coding: Coding) -> None:
    (data,) = Eaf().write(coding).files.values()
    root = ElementTree.fromstring(data)
    slots = {each.get("TIME_SLOT_ID"): int(each.get("TIME_VALUE", "0")) for each in root.iter("TIME_SLOT")}
    for tier in root.iter("TIER"):
        if tier.get("TIER_ID", "").startswith("window"):
            continue
        spans = [
            (slots[each.get("TIME_SLOT_REF1")], slots[each.get("TIME_SLOT_REF2")])
            for each in tier.iter("ALIGNABLE_ANNOTATION")
        ]
        assert all(start < end for start, end in spans)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@pytest.mark.filterwarnings("ignore")
def test_another_reader_of_elan_files_finds_the_same(tmp_path: Path) -> None:
    marks = (
        Mark(0, 1_500_000, "infant", "looking", "partner", note="first"),
        Mark(1_500_000, 2_000_000, "infant", "looking", "toy"),
        Mark(1_000_000, 3_000_000, "parent", "looking", "partner"),
    )
    coding = Coding("clip-01.mp4", "coder-a", marks, length_us=3_000_000)
    (data,) = Eaf().write(coding).files.values()
    (tmp_path / "a.eaf").write_bytes(data)
    read = PympiEaf(str(tmp_path / "a.eaf"))
    assert sorted(read.get_annotation_data_for_tier("infant:looking"))[0][:3] == (0, 1500, "partner")
    assert sorted(read.get_annotation_data_for_tier("parent:looking"))[0][:3] == (1000, 3000, "partner")
    assert read.get_controlled_vocabulary_names() if hasattr(read, "get_controlled_vocabulary_names") else True


def test_no_path_of_anybodys_computer_gets_into_the_file() -> None:
    (data,) = Eaf().write(Coding("C:\\Users\\someone\\films\\a b.mp4")).files.values()
    assert b"someone" not in data and b"a%20b.mp4" in data
