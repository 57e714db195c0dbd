"""The assurance papers name tests that are there, and no claim without one."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAPERS = sorted((ROOT / "docs" / "assurance").glob("*.md"))


def known_tests() -> set[str]:
    """Every test function of the repository."""
    found = set()
    for path in ROOT.glob("tests/**/test_*.py"):
        found |= set(re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE))
    return found


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_proof_that_is_named_is_there(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    assert named - known_tests() == set()
    assert [
        name
        for name in re.findall(r"`((?:tests|docs|deploy|web|requirements)/[\w./@-]+)`", text)
        if not (ROOT / name).exists()
    ] == []


def test_the_papers_name_proofs() -> None:
    assert {path.name for path in PAPERS} >= {"dpia.md", "hazard-log.md", "threat-model.md", "checklist.md"}
    assert sum(len(re.findall(r"`test_\w+`", path.read_text(encoding="utf-8"))) for path in PAPERS) > 25


def test_every_sentence_that_a_family_is_told_has_its_proof() -> None:
    sheet = (ROOT / "vfeed" / "server" / "templates" / "help" / "your_film.html").read_text(encoding="utf-8")
    said = set(
        re.findall(r'gettext\("([^"]+)"|_\("([^"]+)"\)', "".join(re.findall(r"<p(?! class=\"no-print).*?</p>", sheet)))
    )
    paper = (ROOT / "docs" / "assurance" / "told-to-families.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (.+?) \| (.+) \|$", paper, re.MULTILINE))
    del rows["what the sheet says"]
    assert {one or many for many, one in said} == set(rows)
    unproved = [told for told, proof in rows.items() if "`test_" not in proof]
    assert len(unproved) == 4, "a request, two lines to write on and a right that the law gives"


def test_no_network_recognises_a_person() -> None:
    manifest = tomllib.loads((ROOT / "models" / "manifest.toml").read_text(encoding="utf-8"))
    finding = {"face_detection_short_range", "face_detection_full_range_sparse", "yunet_s", "palm_detection_lite"}
    reading = {"head_pose", "gaze", "occlusion", "hand_landmark_lite"}
    assert {each["name"] for each in manifest["model"]} == finding | reading
