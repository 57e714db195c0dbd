"""How Sphinx makes the site of docs/: from the repository's own Markdown and docstrings, with nothing fetched."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

import api_pages  # noqa: E402

api_pages.write(ROOT, ROOT / "docs" / "api")

project = "vfeed"
author = "The vfeed authors"
copyright = "2026, the vfeed authors"
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
language = "en_GB"

# The sources are the repository as it lies, so that a link between pages is the same on the site and in a clone.
root_doc = "docs/index"
include_patterns = ["docs/**.md", "README.md", "CHANGELOG.md", "bench/REPORT.md", "models/README.md"]
SHOWN = {"docs", "bench", "models"}
exclude_patterns = [each.name for each in ROOT.iterdir() if each.is_dir() and each.name not in SHOWN]
exclude_patterns += ["bench/cache", "bench/results", "models/headpose"]

extensions = ["myst_parser"]
myst_heading_anchors = 4

html_theme = "furo"
html_title = "vfeed"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_extra_path = ["front"]
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
