"""Whoever reads a function's first words learns what it does: "Return the ..." and no riddle of a noun."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "vfeed"
FOLDERS = ("media", "perception", "dyad", "analysis", "timeline", "journal", "services")
NOT_DONE = {"A", "An", "All", "Each", "Every", "How", "The", "What", "When", "Where", "Whether", "Which", "Who", "Why"}
"""First words that name a thing or ask a question where a verb belongs."""


def test_what_gives_something_back_says_what_it_does_first() -> None:
    found = [(name, words) for folder in FOLDERS for name, words in _documented(PACKAGE / folder)]
    assert len(found) > 500
    assert not [name for name, words in found if words.split()[0] in NOT_DONE or words.startswith("(")]


def _documented(folder: Path) -> Iterator[tuple[str, str]]:
    """Every public function that gives something back, and no property, with its docstring."""
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_") or node.returns is None:
                continue
            marks = " ".join(ast.unparse(each) for each in node.decorator_list)
            words = ast.get_docstring(node)
            if (
                words
                and ast.unparse(node.returns) != "None"
                and "property" not in marks
                and "contextmanager" not in marks
            ):
                yield f"{path.name}: {node.name}", words
