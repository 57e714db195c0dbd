"""A coding file that is refused, whatever its format and whichever way it came, leaves nothing behind."""

from __future__ import annotations

import gzip
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from app_site import Site
from sqlalchemy import select
from study_work import LEADER

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import ENDINGS, KNOWN_BUT_NOT_READ, exporters
from vfeed.research.formats.seam import Asked
from vfeed.research.marks import Coding, Mark
from vfeed.services.services import Services
from vfeed.services.taking_in import Place, Sent
from vfeed.store.tables import Base

GOOD = Coding("play", "kim", (Mark(1_000_000, 2_000_000, "infant", "looking", "partner"),), (), 20_000_000)
UNCLEAR = {
    "no columns.csv": b"Was;Wert\nBlick;3\n",
    "large.csv": b"start,end,code\n1000,2000,look\n5000,60000,away\n",
    "frames.txt": b"infant\t00:00:01:05\t00:00:02:05\tlook\n",
    "two films.csv": b"clip,who,code,start_s,end_s\na,infant,x,1,2\nb,infant,x,1,2\n",
}
"""What each of them lacks is asked for: `codes_unclear`."""


def samples() -> dict[str, bytes]:
    """A good file of every ending that is read and that vfeed writes."""
    found: dict[str, bytes] = {}
    for exporter in exporters().values():
        for name, data in exporter.write(GOOD).files.items():
            found.setdefault(Path(name).suffix, data)
    return found


def refused() -> Iterator[tuple[str, bytes]]:
    """A name and what is in it: for each ending nothing, another kind of file, and a good file that was cut off."""
    good = samples()
    for ending in (*ENDINGS, *KNOWN_BUT_NOT_READ, ".jpg"):
        yield f"empty{ending}", b""
        yield f"picture{ending}", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + bytes(range(256))
        yield f"zip{ending}", _zip()
    for ending in (".eaf", ".boris", ".opf", ".xlsx"):
        yield f"cut{ending}", good[ending][: len(good[ending]) // 2]
    yield "cut.boris.gz", gzip.compress(good[".boris"])[:40]
    yield from UNCLEAR.items()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("readme", "nothing")
    return out.getvalue()


def everything(site: Site) -> tuple[dict[str, list[Any]], dict[str, str]]:
    """Every row of every table, and every file but the database with a sum of what is in it."""
    with site.store.database.read() as session:
        rows = {
            table.name: sorted(map(repr, session.connection().execute(select(table))))
            for table in Base.metadata.sorted_tables
        }
    files = {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.store.settings.data_dir.rglob("*"))
        if path.is_file() and "sqlite" not in path.name and ".db" not in path.name
    }
    return rows, files


def test_every_refused_coding_leaves_rows_and_files_as_they_were(site: Site) -> None:
    browser, desk = site.signed_in("researcher"), Services(site.store).taking_in
    browser.get("/taking-in")
    before = everything(site)
    codes: Counter[str] = Counter()
    for name, data in refused():
        with pytest.raises(VfeedError) as caught:
            desk.look(LEADER, Sent(data, name), Asked(), Place(site.clip.id))
        assert caught.value.hint, name
        codes[caught.value.code] += 1
        if name in UNCLEAR or name.endswith((".eaf", ".boris", ".jpg")):
            told = {"sha256": hashlib.sha256(data).hexdigest(), "film_name": "", "film": site.clip.id}
            answer = browser.post("/taking-in", data={"file": (io.BytesIO(data), name), **told})
            assert answer.status_code == 422, name
    assert codes.keys() == {"codes_unreadable", "codes_unclear"} and codes["codes_unreadable"] > 80
    good = desk.look(LEADER, Sent(samples()[".csv"], "a.csv"), Asked(), Place(site.clip.id))
    elsewhere = replace(good, codings=(*good.codings, ("no such film", GOOD)))
    with pytest.raises(VfeedError):
        desk.keep(LEADER, elsewhere)
    assert everything(site) == before


def test_a_good_file_is_seen_by_the_same_look(site: Site) -> None:
    desk = Services(site.store).taking_in
    before = everything(site)
    desk.keep(LEADER, desk.look(LEADER, Sent(samples()[".csv"], "a.csv"), Asked(), Place(site.clip.id)))
    assert everything(site) != before
