"""Films for coders elsewhere: the best three minutes under random names, with what coding needs to know and no more."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.research.codability import Verdict
from vfeed.research.counting import count
from vfeed.research.film_names import by_path
from vfeed.research.formats.table_writing import csv_bytes
from vfeed.research.lists import lines_of
from vfeed.screening.one_clip import MISSING
from vfeed.screening.run import NAMES, Names
from vfeed.timeline.interval import Interval

SHEET, KEY = "sheet.csv", "pack_key.csv"
SHEET_COLUMNS = ("film", "age_months", "relation", "instruction")
KEY_COLUMNS = ("film", "clip_id", "start_us", "end_us", "sha256_original", "sha256_copy")
CONSENT = "research_consent"
TAKEN = (Verdict.CODABLE.value, Verdict.LIMITS.value)
ID_BYTES = 5
CHUNK = 1 << 20


@dataclass(frozen=True)
class Packed:
    """How many films a pack holds, and how many were left out and why."""

    films: int
    left_out: Mapping[str, int]


@dataclass(frozen=True)
class _Film:
    clip_id: str
    path: Path
    span: Interval
    sha256: str
    told: Mapping[str, str]


def pack(
    screening: Path,
    folder: Path,
    manifest: Path,
    pack_dir: Path,
    key: Path,
    *,
    names: Path | None = None,
    say: Callable[[str], None],
) -> Packed:
    """Cut each film that can be coded to its best three minutes and write the pack; the key lies outside of it.

    The manifest's column `research_consent` must say yes for a film to go in. Names are random and the sheet is in
    their order, so that films of one family lie nowhere together. Copies are encoded anew and hold nothing of the
    original's notes. `names` says which film is which in the screening, where that is not its own names.csv. What was
    begun goes when it cannot be ended. Raises VfeedError `invalid_input` for what does not fit, `not_found` and
    `conflict` for a film that is gone or has changed, `clip_*` for one that cannot be cut.
    """
    if key.resolve().is_relative_to(pack_dir.resolve()):
        raise VfeedError("invalid_input", "The key lies inside the pack.", hint="Give --key a place outside of it.")
    if pack_dir.exists() and any(pack_dir.iterdir()):
        raise VfeedError("invalid_input", f"{pack_dir} is not empty.", hint="Give a folder that is new.")
    films, left_out = _chosen(screening, folder, manifest, names or screening / NAMES)
    if not films:
        raise VfeedError(
            "invalid_input",
            f"No film can go into the pack: {_why(left_out)}.",
            hint="Look at the table and the manifest.",
        )
    for film in films:
        _refuse_changed(film)
    with _begun(pack_dir, key):
        _fill(pack_dir, key, films, say)
    return Packed(len(films), left_out)


@contextlib.contextmanager
def _begun(pack_dir: Path, key: Path) -> Iterator[None]:
    """A pack and its key while they are made; raises VfeedError `invalid_input` for a key that is there already."""
    key.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.close(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise VfeedError(
            "invalid_input",
            f"{key} is there already; it may explain an earlier pack.",
            hint="Give --key a name that is new.",
        ) from error
    made = not pack_dir.exists()
    try:
        pack_dir.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        key.unlink()
        for path in pack_dir.glob("*"):
            path.unlink()
        if made and pack_dir.exists():
            pack_dir.rmdir()
        raise


def _fill(pack_dir: Path, key: Path, films: Sequence[_Film], say: Callable[[str], None]) -> None:
    sheet: list[list[str]] = []
    keys: list[list[str]] = []
    for number, (name, film) in enumerate(zip(_names(len(films)), films, strict=True), 1):
        copy = pack_dir / f"{name}.mp4"
        _cut(film, copy)
        sheet.append([copy.name, *(film.told.get(each, "") or MISSING for each in SHEET_COLUMNS[1:])])
        span = [str(film.span.start_us), str(film.span.end_us)]
        keys.append([copy.name, film.clip_id, *span, film.sha256, _sha256(copy)])
        say(f"{number} of {count(len(films), 'film')}.")
    # The sheet makes a pack whole: not before the key is, without which nobody can say whose codings came back.
    key.write_bytes(csv_bytes(KEY_COLUMNS, sorted(keys)))
    with key.open("rb") as told:
        os.fsync(told.fileno())
    (pack_dir / SHEET).write_bytes(csv_bytes(SHEET_COLUMNS, sorted(sheet)))


def _names(films: int) -> list[str]:
    found: set[str] = set()
    while len(found) < films:
        found.add(secrets.token_hex(ID_BYTES))
    return sorted(found, key=lambda _: secrets.randbits(64))


def _chosen(screening: Path, folder: Path, manifest: Path, names: Path) -> tuple[list[_Film], dict[str, int]]:
    listed = lines_of(manifest, "clip", CONSENT)
    table = screening / "screening.csv"
    for file in (names, table):
        if not file.is_file():
            raise VfeedError(
                "not_found",
                f"There is no {file}.",
                hint="Screen the folder first: vfeed screen. Where its --pseudonyms named a file, name it here too.",
            )
    where = {clip_id: path for path, clip_id in Names(names).by_film.items()}
    told = {path: line.cells for path, line in by_path(listed, where.values()).items()}
    films: list[_Film] = []
    left_out: dict[str, int] = {}
    for clip_id, line in lines_of(table, "clip_id", "verdict", "best_start_us", "best_end_us", "sha256").items():
        row, path = line.cells, where.get(clip_id, "")
        why = _refused(row, told.get(path, {}))
        if why:
            left_out[why] = left_out.get(why, 0) + 1
            continue
        span = Interval(int(row["best_start_us"]), int(row["best_end_us"]))
        films.append(_Film(clip_id, folder / path, span, row["sha256"], told[path]))
    return films, left_out


def _refused(row: Mapping[str, str], told: Mapping[str, str]) -> str:
    """Why a film does not go in, "" where it does."""
    if told.get(CONSENT, "").casefold() != "yes":
        return "no consent to research in the manifest"
    if row["verdict"] not in TAKEN:
        return row["verdict"]
    if row.get("duplicate_of", MISSING) != MISSING:
        return "a copy of another film"
    return "" if row["best_start_us"].isdigit() else "no three minutes without a cut"


def _why(left_out: Mapping[str, int]) -> str:
    return ", ".join(f"{films} {why}" for why, films in left_out.items())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_changed(film: _Film) -> None:
    if not film.path.is_file():
        raise VfeedError("not_found", f"{film.path} is not there any more.", hint="Give the folder that was screened.")
    if _sha256(film.path) != film.sha256:
        raise VfeedError("conflict", f"{film.path.name} has changed since it was screened.", hint="Screen it again.")


def _cut(film: _Film, copy: Path) -> None:
    from vfeed.media.reel import Cut, cut_reel

    part = copy.with_suffix(".part")
    with film.path.open("rb") as file, part.open("wb") as out:
        cut_reel([Cut(file, film.span)], out, on_progress=lambda _: None, is_cancelled=lambda: False)
    part.rename(copy)
