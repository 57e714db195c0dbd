"""The built browser files: which script and styles a page needs, as Vite's manifest lists them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from markupsafe import Markup

ENTRY = "src/main.ts"
MANIFEST = Path(__file__).parents[1] / "static" / "dist" / "manifest.json"


@dataclass(frozen=True)
class Entry:
    """Files of one entry, as paths under `static/dist/`; empty when nothing has been built."""

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.scripts)


def read_manifest(manifest: Path) -> Entry:
    """Read the entry's files from Vite's manifest; an absent manifest or entry gives an empty Entry."""
    try:
        chunks = json.loads(manifest.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Entry()
    if ENTRY not in chunks:
        return Entry()
    styles: list[str] = []
    seen: set[str] = set()
    waiting = [ENTRY]
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen.add(name)
        styles += [path for path in chunks[name].get("css", []) if path not in styles]
        waiting += chunks[name].get("imports", [])
    return Entry(scripts=(chunks[ENTRY]["file"],), styles=tuple(styles))


@lru_cache(maxsize=4)
def _read_once(manifest: Path, _modified_ns: int) -> Entry:
    return read_manifest(manifest)


def entry() -> Entry:
    """The entry in force; read again only after a new build."""
    try:
        return _read_once(MANIFEST, MANIFEST.stat().st_mtime_ns)
    except FileNotFoundError:
        return Entry()


def tags() -> Markup:
    """The link and script elements of the head."""
    built = entry()
    lines = [
        Markup('<link rel="stylesheet" href="{}">').format(url_for("static", filename=f"dist/{path}"))
        for path in built.styles
    ]
    lines += [
        Markup('<script type="module" src="{}"></script>').format(url_for("static", filename=f"dist/{path}"))
        for path in built.scripts
    ]
    return Markup("\n").join(lines)


def init_assets(app: Flask) -> None:
    """Offer `asset_tags()` to the templates."""
    app.add_template_global(tags, "asset_tags")
    app.add_template_global(lambda: bool(entry()), "assets_built")
