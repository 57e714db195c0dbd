"""What axe finds against WCAG 2.2 A and AA on a page as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = (Path(__file__).parents[1] / "web/node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """Each rule that is broken, with the places."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(SCRIPT)
    found = page.evaluate(
        "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })", TAGS
    )
    return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]
