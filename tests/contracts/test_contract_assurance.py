"""The assurance papers name tests that are there, and no claim without one."""

from __future__ import annotations

import re
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
