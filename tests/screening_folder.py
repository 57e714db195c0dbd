"""The folder that `vfeed screen` would write of made-up rows."""

from __future__ import annotations

import io
import json
import zipfile

from vfeed.screening.one_clip import Row, as_dict
from vfeed.screening.tables import Told, files, table


def written(*rows: Row, **told: Told) -> dict[str, bytes]:
    """Its files by name; `told` is what people said of the film of a name (with an f before it)."""
    by_name = {name.removeprefix("f"): each for name, each in told.items()}
    made = files(table(rows, by_name, {}, "infant"), {"form": "infant"})
    lines = "".join(json.dumps(as_dict(row)) + "\n" for row in rows)
    return {**made, "rows.jsonl": lines.encode(), "names.csv": b"clip_id,path\n0a0a0a0a,smith/secretname.mp4\n"}


def zipped(folder: dict[str, bytes]) -> bytes:
    """The folder as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in folder.items():
            archive.writestr(f"screening/{name}", data)
    return out.getvalue()
