"""Codings of other programs taken in: looked at first, put with their film, and taken back again."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from vfeed.errors import VfeedError
from vfeed.media.frames import picture_times
from vfeed.research.formats.registry import read_bytes
from vfeed.research.formats.seam import Asked, Loss, LossKind, same_film, snapped
from vfeed.research.kept_codings import Blind, packed
from vfeed.research.marks import Coding
from vfeed.store import Store
from vfeed.store.tables import Clip, new_id

USE = "research"
SHOWN = 10
"""Marks that are shown of each coding before it is kept."""


@dataclass(frozen=True)
class Taking:
    """What a file would put with which film (its identity in vfeed), and what was lost on the way."""

    codings: tuple[tuple[str, Coding], ...]
    losses: tuple[Loss, ...]
    tool: str

    def shown(self) -> Iterator[str]:
        """Sentences and the first marks of each coding, to compare with the film."""
        for clip_id, coding in self.codings:
            yield f"Film {clip_id}, coder {coding.coder or 'not named'}: {len(coding.marks)} marks."
            for mark in coding.marks[:SHOWN]:
                about = " ".join(part for part in (mark.who, mark.lane) if part) or "-"
                more = f" ({', '.join(part for part in mark.modifiers if part)})" if any(mark.modifiers) else ""
                span = f"{clock(mark.start_us)}" if mark.point else f"{clock(mark.start_us)} to {clock(mark.end_us)}"
                yield f"  {span}  {about}: {mark.code}{more}"
            if len(coding.marks) > SHOWN:
                yield f"  and {len(coding.marks) - SHOWN} more"


def clock(time_us: int) -> str:
    """Minutes and seconds as a player shows them.

    >>> clock(62_500_000)
    '01:02.500'
    """
    minutes, rest = divmod(time_us, 60_000_000)
    return f"{minutes:02d}:{rest // 1_000_000:02d}.{rest // 1_000 % 1_000:03d}"


def look(store: Store, path: Path, asked: Asked, clip_id: str, names: Path | None) -> Taking:
    """Return what a coding file would put with which film; nothing is kept yet.

    With `clip_id` everything goes to that film; a file about several films must then name it by `asked.clip`. With
    `names`, the list of clip_id and path that an export left behind, each coding goes to the film that its clip_id
    stands for. Times within a millisecond of a picture are put on it. Raises VfeedError `consent_missing` unless all
    in each film gave it to research, `not_found`, and `codes_unreadable` or `codes_unclear` as the readers do.
    """
    if bool(clip_id) == (names is not None):
        raise VfeedError(
            "invalid_input", "It must be said which film this is of.", hint="Give either --clip or --pseudonyms."
        )
    try:
        data = path.read_bytes()
    except OSError as error:
        raise VfeedError("not_found", f"{path.name} cannot be opened.", hint=str(error.strerror)) from error
    if names is not None:
        known = _known(names)
        found = read_bytes(data, path.name, asked)
        placed = [(known.get(coding.clip, ""), coding) for coding in found.codings]
    else:
        found = read_bytes(data, path.name, replace(asked, length_us=_film(store, clip_id)[1]))
        placed = [(clip_id, coding) for coding in _of_one(found.codings, asked.clip, path.name)]
    losses = list(found.losses)
    films: dict[str, tuple[tuple[int, ...], int]] = {}
    codings = []
    for film, coding in placed:
        if not film:
            losses.append(Loss(LossKind.DROPPED, coding.clip or path.name, f"{names} knows no film of this name."))
            continue
        films[film] = films.get(film) or _film(store, film)
        times, length_us = films[film]
        codings.append((film, replace(snapped(coding, times), length_us=length_us)))
    if not any(coding.marks or coding.window for _, coding in codings):
        why = losses[0].what if losses else "No row holds a mark."
        raise VfeedError("codes_unclear", f"{path.name}: there is nothing to take in. {why}", hint="Look at the file.")
    return Taking(tuple(codings), tuple(losses), found.tool)


def take_in(store: Store, taking: Taking, actor: str, *, blind: Blind = "") -> int:
    """Keep what `look` found; returns how many codings. All of a film's or none; raises as `look` and `conflict`."""
    by_film: dict[str, list[Coding]] = {}
    for clip_id, coding in taking.codings:
        by_film.setdefault(clip_id, []).append(coding)
    for clip_id in by_film:
        store.consents.require(clip_id, USE)
    for clip_id, codings in by_film.items():
        store.codings.add(clip_id, actor, [packed(each, new_id(), blind) for each in codings])
    return len(taking.codings)


def _of_one(codings: Sequence[Coding], film: str, name: str) -> Sequence[Coding]:
    """The codings of one film; raises VfeedError `codes_unclear` where they are of several."""
    ours = [each for each in codings if film and each.clip and same_film(each.clip, film)]
    called = sorted({each.clip for each in codings})
    if not ours and len(called) > 1:
        raise VfeedError(
            "codes_unclear",
            f"{name} is about several films: {', '.join(called)[:200]}.",
            hint="Say which of them it is: --film NAME.",
        )
    return ours or codings


def _known(names: Path) -> dict[str, str]:
    try:
        rows = list(csv.DictReader(names.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise VfeedError("not_found", f"{names} cannot be read.", hint="Give the names.csv of the export.") from error
    if not rows or not {"clip_id", "path"} <= set(rows[0]):
        raise VfeedError(
            "invalid_input", f"{names.name} has no columns clip_id and path.", hint="Give the names.csv of the export."
        )
    return {str(row["clip_id"]): str(row["path"]) for row in rows}


def _film(store: Store, clip_id: str) -> tuple[tuple[int, ...], int]:
    """The true times of a film's pictures and its length; raises VfeedError `consent_missing`, `not_found`."""
    clip: Clip = store.clips.get(clip_id)
    store.consents.require(clip_id, USE)
    length_us = int(clip.facts.get("duration_us", 0))
    try:
        with store.blobs.open(clip_id, "original") as file:
            return picture_times(file), length_us
    except VfeedError as error:
        # A film whose pictures cannot be read any more may still have codings; their times stay as they are.
        if not error.code.startswith("clip_"):
            raise
        return (), length_us
