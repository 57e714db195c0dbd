"""Files that lie beside coding files are refused with what they are and what to do instead."""

from __future__ import annotations

import pytest

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import read_bytes


@pytest.mark.parametrize(
    ("name", "data", "wrong", "fix"),
    [
        ("tiers.etf", b"<x/>", "ELAN template", "the .eaf of the film"),
        ("film.pfsx", b"<x/>", "ELAN’s settings", "the .eaf beside it"),
        ("events.ods", b"PK", "OpenDocument", "xlsx or .csv"),
        ("Events.XLS", b"\xd0\xcf", "old Excel", "xlsx or .csv"),
        ("study.odx", b"<x/>", "The Observer’s XML", "event list"),
        ("events.pkl", b"\x80\x04", "never opened", "Export the events"),
        ("events.rds", b"\x1f\x8b", "a file of R", "Export the events"),
        ("film.TextGrid", b"ooBinaryFile\x08TextGrid\0\0", "a binary TextGrid", "Save as text file"),
        (
            "film.TextGrid",
            b'"Praat chronological TextGrid text',
            "a chronological TextGrid",
            "Save as text",
        ),
        ("film.docx", b"PK", "not known", ".eaf"),
        ("notes.rttm", b";; speakers of P01\n", "No coding is in it", "in which the codes were saved"),
        ("notes.uem", b"# watched\n\n", "No coding is in it", "in which the codes were saved"),
        ("new.boris", b'{"behaviors_conf": {}, "observations": {}}', "No coding is in it", "in which the codes"),
    ],
)
def test_what_is_not_read_is_said_with_what_to_do(name: str, data: bytes, wrong: str, fix: str) -> None:
    with pytest.raises(VfeedError) as refusal:
        read_bytes(data, name)
    assert refusal.value.code == "codes_unreadable"
    assert wrong in refusal.value.message and fix in refusal.value.hint
