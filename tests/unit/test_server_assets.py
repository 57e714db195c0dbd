"""The built browser files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from app_site import Site

from vfeed.server.web import assets
from vfeed.server.web.assets import Entry, read_manifest


def test_the_entry_brings_the_styles_of_what_it_imports_once(tmp_path: Path) -> None:
    manifest = tmp_path / "manifest.json"
    chunks = {
        "src/main.ts": {"file": "assets/main-1.js", "css": ["assets/main-1.css"], "imports": ["_a", "_b"]},
        "_a": {"file": "assets/a.js", "css": ["assets/a.css"], "imports": ["_b", "src/main.ts"]},
        "_b": {"file": "assets/b.js", "css": ["assets/main-1.css"]},
    }
    manifest.write_text(json.dumps(chunks))
    assert read_manifest(manifest) == Entry(("assets/main-1.js",), ("assets/main-1.css", "assets/a.css"))


@pytest.mark.parametrize("text", ["{}", '{"src/other.ts": {"file": "x.js"}}'])
def test_a_manifest_without_the_entry_counts_as_not_built(tmp_path: Path, text: str) -> None:
    manifest = tmp_path / "manifest.json"
    manifest.write_text(text)
    assert not read_manifest(manifest)


def test_a_page_without_built_files_still_works_and_says_what_to_do(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "MANIFEST", tmp_path / "manifest.json")
    page = site.browser().get("/sign-in")
    assert page.status_code == 200
    assert "make web" in page.text and 'name="password"' in page.text


def test_what_waits_for_work_flashes_no_words_that_a_script_takes_away_at_once() -> None:
    folder = Path(assets.__file__).parents[1] / "templates"
    pages = [path.read_text(encoding="utf-8") for path in folder.rglob("*.html")]
    waiting = [after for page in pages for after in re.split(r'data-island="clip-progress"[^>]*>', page)[1:]]
    assert len(waiting) == 5
    assert all(after.lstrip().startswith("<noscript>") for after in waiting)
