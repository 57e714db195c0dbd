"""Look through a built site for addresses elsewhere that a browser would fetch by itself: `python offline.py FOLDER`.

A link that a person may follow is none of these; fonts, scripts, styles, pictures and frames are.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"""(?:url\(\s*|@import\s+)["']?\s*((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)
IN_SCRIPTS = re.compile(r"""(?:fetch|(?<!@)import|importScripts|\.src\s*=)\s*\(?\s*["'`]((?:https?:)?//[^"'`\s]+)""")
FETCHED = {"src", "srcset", "poster", "data", "background"}
NAMED = {"canonical", "license", "author", "next", "prev", "search", "index"}


class Page(HTMLParser):
    """What a page has fetched from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note each address of `tag` that is fetched without anybody's doing."""
        held = {name: value or "" for name, value in attrs}
        addresses = [value for name, value in held.items() if name in FETCHED]
        if tag == "link" and held.get("rel", "").lower() not in NAMED:
            addresses.append(held.get("href", ""))
        if tag in {"use", "image"}:
            addresses += [held.get("href", ""), held.get("xlink:href", "")]
        self.fetched += [address for address in addresses if ELSEWHERE.match(address)]


def fetched(name: str, text: str) -> list[str]:
    """Return the addresses elsewhere that the file `name` with `text` would have fetched."""
    if name.endswith(".css"):
        return IN_STYLES.findall(text)
    if name.endswith(".js"):
        return IN_SCRIPTS.findall(text)
    page = Page()
    page.feed(text)
    return page.fetched + IN_STYLES.findall(text) + IN_SCRIPTS.findall(text)


def all_fetched(site: Path) -> Iterator[str]:
    """Yield a line for each address elsewhere that a page, style or script below `site` would have fetched."""
    for path in sorted(site.rglob("*")):
        if path.suffix in {".html", ".css", ".js", ".svg"}:
            for address in fetched(path.name, path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(site)}: {address}"


if __name__ == "__main__":
    found = list(all_fetched(Path(sys.argv[1])))
    if found or not (Path(sys.argv[1]) / "docs" / "index.html").is_file():
        sys.exit("\n".join(["The site would fetch from elsewhere, or is not there:", *found]))
