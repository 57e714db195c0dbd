"""Write `docs/openapi.json` and `web/src/lib/types.ts` anew: `python -m vfeed.server.write_types` in the repository."""

from __future__ import annotations

import tempfile
from pathlib import Path

from vfeed.config import Settings
from vfeed.server.app import create_app
from vfeed.server.web.wall.openapi import as_text, document
from vfeed.server.web.wall.typescript import types

ROOT = Path(__file__).parents[2]


def main() -> None:
    """Write both files."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        built = document(create_app(Settings(data_dir=data / "data", key_file=data / "key" / "master.key", demo=False)))
    (ROOT / "docs" / "openapi.json").write_text(as_text(built), encoding="utf-8")
    (ROOT / "web" / "src" / "lib" / "types.ts").write_text(types(built), encoding="utf-8")


if __name__ == "__main__":
    main()
