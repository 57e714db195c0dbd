"""Pages of docs/ lead where they say, and the look at the built site finds what would be fetched from elsewhere.

The site itself is built by `make docs`, with warnings as errors, and by tests/long.
"""

from __future__ import annotations

import importlib.util
import re
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "bench/REPORT.md", "models/README.md")]
PAGES += [page for page in sorted((ROOT / "docs").rglob("*.md")) if "api" not in page.relative_to(ROOT).parts]
LINK = re.compile(r"(?<!`)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(`{3,}).*?^\1", re.DOTALL | re.MULTILINE)
LISTED = re.compile(r"^```\{toctree\}\n(.*?)^```", re.DOTALL | re.MULTILINE)
MADE = ROOT / "docs" / "api"


def broken(page: Path, text: str) -> list[str]:
    """The links and pictures of a page that lead to no file, and those to a heading that is not there."""
    found = []
    for link in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", link):
            continue
        address, _hash, heading = link.partition("#")
        target = (page.parent / address).resolve() if address else page
        if target.is_relative_to(MADE):
            continue
        if not target.is_file() or (heading and heading not in headings(target)):
            found.append(link)
    return found


def headings(page: Path) -> set[str]:
    """What headings are called in addresses."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#{1,6} (.+)$", text, re.MULTILINE)
    }


def test_every_link_and_picture_of_the_documents_leads_somewhere() -> None:
    assert {
        str(page.relative_to(ROOT)): lost for page in PAGES if (lost := broken(page, page.read_text(encoding="utf-8")))
    } == {}


def test_every_decision_has_a_number_of_its_own() -> None:
    pages = sorted((ROOT / "docs" / "decisions").glob("0*.md"))
    times = Counter(page.name.split("-")[0] for page in pages)
    assert [number for number, count in times.items() if count > 1] == []
    for page in pages:
        told = re.match(r"# (\d+)\. ", page.read_text(encoding="utf-8"))
        assert told is None or int(told[1]) == int(page.name.split("-")[0]), page.name


@pytest.mark.parametrize(
    "link", ["gone.md", "images/gone.png", "settings.md#gone", "../gone", "#gone", "decisions/"], ids=str
)
def test_a_link_that_leads_nowhere_is_found(link: str) -> None:
    assert broken(ROOT / "docs" / "index.md", f"See [this]({link}).\n") == [link]


def test_every_page_stands_in_the_navigation() -> None:
    index, decisions = ROOT / "docs" / "index.md", ROOT / "docs" / "decisions" / "README.md"
    listed = {index, *(ROOT / "docs" / "decisions").glob("0*.md")}
    for page in (index, decisions, ROOT / "docs" / "assurance" / "README.md"):
        for block in LISTED.findall(page.read_text(encoding="utf-8")):
            names = [re.sub(r".*<(.+)>", r"\1", line) for line in block.splitlines() if line and line[0] not in ":0"]
            listed |= {(page.parent / f"{name}.md").resolve() for name in names}
    assert set(PAGES) - listed == set()


@pytest.fixture(scope="module")
def offline() -> ModuleType:
    spec = importlib.util.spec_from_file_location("offline", ROOT / "docs" / "site" / "offline.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<script src="https://example.org/a.js"></script>'),
        ("a.html", '<link rel="stylesheet" href="//example.org/a.css">'),
        ("a.html", '<link rel="preconnect" href="https://example.org/a.css">'),
        ("a.html", '<img srcset="https://example.org/a.png 2x">'),
        ("a.html", "<p style=\"background: url('https://example.org/a.png')\">"),
        ("a.html", "<style>@import 'https://example.org/a.css';</style>"),
        ("a.css", "@font-face { src: url(https://example.org/a.woff2); }"),
        ("a.css", '@import "//example.org/a.css";'),
        ("a.js", "fetch('https://example.org/a.json')"),
        ("a.js", 'worker.src = "https://example.org/a.js"'),
        ("a.svg", '<image href="https://example.org/a.png"/>'),
    ],
)
def test_what_would_be_fetched_is_found(offline: ModuleType, name: str, text: str) -> None:
    assert len(offline.fetched(name, text)) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.html", '<a href="https://example.org/">read on</a>'),
        ("a.html", '<script src="_static/a.js"></script><link rel="canonical" href="https://example.org/a">'),
        ("a.css", "/* https://example.org */ a { background: url('../a.png'); }"),
        ("a.js", "// https://example.org\nfetch('searchindex.js')"),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg"><use href="#a"/></svg>'),
    ],
)
def test_what_stays_here_is_not(offline: ModuleType, name: str, text: str) -> None:
    assert offline.fetched(name, text) == []
