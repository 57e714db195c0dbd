"""Folders of coding files, one for each coder, compared: clips paired, figures as tables and in words."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import combinations
from pathlib import Path

from vfeed.errors import InvalidInput, VfeedError
from vfeed.research.agreement import (
    LaneAgreement,
    Pair,
    alpha_of_many,
    check_two_coders,
    compare,
    lanes_of,
    match_points,
)
from vfeed.research.agreement_table import COLUMNS, alpha_row, confusion, lane_rows, point_rows
from vfeed.research.boris_grid import boris_kappa
from vfeed.research.counting import count
from vfeed.research.differing import playlist, stretches
from vfeed.research.film_names import film_stem
from vfeed.research.folders import files_in
from vfeed.research.formats.registry import ENDINGS, read_file
from vfeed.research.formats.seam import Asked, Loss, Losses, LossKind
from vfeed.research.formats.table_writing import csv_bytes
from vfeed.research.formats.text import decoded, seconds
from vfeed.research.formats.vtt import WebVtt
from vfeed.research.lane_windows import joined
from vfeed.research.lists import lines_of
from vfeed.research.marks import Coding, Mark
from vfeed.research.rules import Rules
from vfeed.research.units import ever_watched
from vfeed.research.words import RULES_OF_THUMB, code_words, number, told

SHOWN_TOLERANCE_US = 500_000
_OWN_WORDS = (
    re.compile(r"[ ._-]+(?![a-z]?\d+$)[^ ._-]+$"),
    re.compile(r"^(?![a-z]?\d+[ ._-])[^ ._-]+[ ._-]+"),
)
"""The last and the first word of a file's name; numbers such as 2, v2 or t2 are of visits."""


@dataclass(frozen=True)
class Compared:
    """What a comparison gives: sentences, files by name, and what was lost in reading."""

    words: tuple[str, ...]
    files: dict[str, bytes]
    losses: tuple[Loss, ...]
    lanes: tuple[LaneAgreement, ...]


def scheme_from(path: Path) -> tuple[str, ...]:
    """Return the codes of a text file, one in each line; raises VfeedError `invalid_input` for none."""
    data = path.read_bytes()
    lines = decoded(data, path.name, Losses()).split("\n") if data.strip() else []
    codes = tuple(line.strip() for line in lines if line.strip())
    if not codes:
        raise VfeedError("invalid_input", f"{path.name} names no code.", hint="Write one code in each line.")
    return codes


def families_from(path: Path) -> dict[str, str]:
    """Return family by clip from a table with clip_id and family_id; raises VfeedError `invalid_input`."""
    return {film_stem(name): line.cells["family_id"] for name, line in lines_of(path, "clip_id", "family_id").items()}


def compare_folders(
    paths: Sequence[Path],
    rules: Rules,
    families: Mapping[str, str],
    *,
    repeat: bool = False,
    boris_step_us: int = 0,
) -> Compared:
    """Return the comparison of each two of the coders, and alpha over all of them where there are more.

    With `boris_step_us` kappa as BORIS counts it is told of each clip, to be laid beside BORIS's own.
    Raises VfeedError `invalid_input` where no clip is common to two, or a coding would be compared with itself.
    """
    losses: list[Loss] = []
    coders = [_codings(path, losses) for path in paths]
    names = [_name(path, found, place) for place, (path, found) in enumerate(zip(paths, coders, strict=True))]
    words: list[str] = []
    coders = _without_coders(coders, names, words)
    rows: list[list[str]] = []
    files: dict[str, bytes] = {}
    lanes: list[LaneAgreement] = []
    for one, other in combinations(range(len(paths)), 2):
        if not repeat:
            check_two_coders(list(coders[one].values()), list(coders[other].values()))
        pairs = _pairs(coders[one], coders[other], families, names[one], names[other], words)
        title = f"{names[one]} / {names[other]}"
        if len(paths) > 2:
            words.append(f"{title}:")
        found = _lanes(pairs, rules, words)
        lanes += found
        for lane in found:
            words += told(lane)
            rows += lane_rows(title, lane)
            files[f"confusion {title.replace(' / ', ' ')} {lane.who} {lane.lane}.csv"] = confusion(lane)
        _points(pairs, rules, title, words, rows)
        words += _as_boris(pairs, boris_step_us) if boris_step_us else []
        files |= _playlists(pairs, found, rules, f"{names[one]} {names[other]}")
    if len(paths) > 2:
        rows += _of_many(coders, names, rules, words)
    if not families:
        words.append("No families were named: each film counts as one of its own. Say --families if some are of one.")
    words.append(RULES_OF_THUMB)
    tables = {
        "agreement.csv": csv_bytes(COLUMNS, rows),
        "agreement.txt": ("\n".join(words) + "\n").encode(),
        "rules.json": (json.dumps(asdict(rules) | {"coders": names}, indent=2, ensure_ascii=False) + "\n").encode(),
    }
    return Compared(tuple(words), tables | files, tuple(losses), tuple(lanes))


def _codings(path: Path, losses: list[Loss]) -> dict[str, Coding]:
    """A coder's codings by clip; a clip in several files, or several times in one, is put together.

    Raises VfeedError `invalid_input` where two of them speak of the same time of one lane: they are two codings, or of
    two clips of one name in two folders.
    """

    def pass_over(where: str, why: str) -> None:
        losses.append(Loss(LossKind.DROPPED, where, f"{why.capitalize()}."))

    files = files_in(path, ENDINGS, pass_over) if path.is_dir() else [path]
    found: dict[str, list[Coding]] = defaultdict(list)
    for file in files:
        read = read_file(file, Asked())
        losses += [replace(loss, where=f"{file.name}, {loss.where}") for loss in read.losses]
        for coding in read.codings:
            key = film_stem(coding.clip) if coding.clip else _film_of(file.name, coding.coder)
            for before in found[key]:
                if before.coder != coding.coder:
                    raise VfeedError(
                        "invalid_input",
                        f"{path.name} holds codings of {before.clip or key} by {before.coder} and by {coding.coder}.",
                        hint="Give each coder’s files apart.",
                    )
                _refuse_twice(before, coding, path.name)
            found[key].append(coding)
    return {key: joined(parts) for key, parts in found.items()}


def _film_of(file: str, coder: str) -> str:
    """The film by a file's name, without the coder and number that `registry.write_codings` puts behind it."""
    return re.sub(rf"\.{re.escape(coder.casefold())}(-\d+)?$", "", film_stem(file)) if coder else film_stem(file)


def _without_coders(
    coders: Sequence[dict[str, Coding]], names: Sequence[str], words: list[str]
) -> list[dict[str, Coding]]:
    """The codings by clip, where files that name no film are called by film and coder: `p01_kim` beside `p01_ola`.

    Only of coders who have no clip in common with any other, and have one once that word is away.
    """
    bare = [_bare(ours) if _alone(ours, coders) else ours for ours in coders]
    found = [own if _alone(ours, bare) else ours for ours, own in zip(bare, coders, strict=True)]
    for ours, own, name in zip(found, coders, names, strict=True):
        if ours is not own:
            clips = ", ".join(sorted(ours))
            words.append(f"The files of {name} are taken to be of {clips}, without a word that all have.")
    return found


def _alone(ours: Mapping[str, Coding], coders: Sequence[Mapping[str, Coding]]) -> bool:
    return not any(ours.keys() & each.keys() for each in coders if each is not ours)


def _bare(ours: dict[str, Coding]) -> dict[str, Coding]:
    """The codings without the word that ends, or else begins, the names of all; as they are where there is none."""
    for word in _OWN_WORDS:
        told = {each[0] if (each := word.search(clip)) else "" for clip in ours}
        bare = {word.sub("", clip): coding for clip, coding in ours.items()}
        if len(told) == 1 and told != {""} and len(bare) == len(ours) and not any(each.clip for each in ours.values()):
            return bare
    return ours


def _refuse_twice(one: Coding, other: Coding, where: str) -> None:
    for mark in other.marks:
        if any(_at_once(mark, each) for each in one.marks):
            raise VfeedError(
                "invalid_input",
                f"{where} holds two codings of {one.clip or other.clip}: both mark "
                f"{f'{mark.who} {mark.lane}'.strip() or 'the lane'} at {seconds(mark.start_us, 3)} s.",
                hint="Take one of them out; films of one name in two folders need names of their own.",
            )


def _at_once(one: Mark, other: Mark) -> bool:
    """Whether two marks of one lane share time; a point may lie within a stretch."""
    same_lane = (one.who, one.lane, one.point) == (other.who, other.lane, other.point)
    apart = one.end_us <= other.start_us or other.end_us <= one.start_us
    return same_lane and (one == other or not apart)


def _name(path: Path, found: Mapping[str, Coding], place: int) -> str:
    named = {coding.coder for coding in found.values()} - {""}
    return named.pop() if len(named) == 1 else path.stem or f"coder {place + 1}"


def _pairs(
    first: Mapping[str, Coding],
    second: Mapping[str, Coding],
    families: Mapping[str, str],
    name: str,
    other: str,
    words: list[str],
) -> list[Pair]:
    common = sorted(clip for clip in first if clip in second)
    if not common and len(first) == len(second) == 1:
        # One file each, without the film's name: they can only be of one clip.
        ours, theirs = next(iter(first)), next(iter(second))
        words.append(f"{ours} and {theirs} are taken to be of one film.")
        return [Pair(ours, families.get(ours, ours), first[ours], second[theirs])]
    if not common:
        raise VfeedError(
            "invalid_input",
            f"{name} and {other} have no film in common.",
            hint=f"Films: {', '.join(list(first)[:3])}; {', '.join(list(second)[:3])}.",
        )
    alone = len(first) + len(second) - 2 * len(common)
    if alone:
        words.append(f"Left out: {count(alone, 'film')} that only one of {name} and {other} coded.")
    unnamed = [clip for clip in common if clip not in families]
    if families and unnamed:
        words.append(f"No family was named for {', '.join(unnamed)}: each counts as a family of its own.")
    apart = [clip for clip in common if not ever_watched(first[clip]).intersection(ever_watched(second[clip]))]
    if apart and len(apart) < len(common):
        words.append(
            f"In {', '.join(apart)} the two watched no time in common, as far as the files say: left out. A film in "
            "which a coder marked nothing counts where the file says what was watched."
        )
    alike = [clip for clip in common if _digest(first[clip]) == _digest(second[clip]) != ""]
    if alike:
        words.append(f"Of {', '.join(alike)} both files are the same, byte for byte: look whether one was copied.")
    return [Pair(clip, families.get(clip, clip), first[clip], second[clip]) for clip in common]


def _digest(coding: Coding) -> str:
    return coding.provenance.import_sha256


def _lanes(pairs: Sequence[Pair], rules: Rules, words: list[str]) -> list[LaneAgreement]:
    """Each lane that can be compared; of another it is said why. Raises VfeedError where none can be."""
    found: list[LaneAgreement] = []
    why: list[InvalidInput] = []
    for who, lane in lanes_of(pairs):
        try:
            found.append(compare(pairs, who, lane, rules))
        except InvalidInput as error:
            why.append(error)
            words.append(f"{f'{who} {lane}'.strip() or 'The lane'}: {error.message}")
    if why and not found:
        raise why[0]
    return found


def _points(pairs: Sequence[Pair], rules: Rules, title: str, words: list[str], rows: list[list[str]]) -> None:
    for who, lane in lanes_of(pairs, points=True):
        curve = match_points(pairs, who, lane, rules)
        shown = next((each for each in curve if each.tolerance_us >= SHOWN_TOLERANCE_US), curve[-1])
        name = " ".join(part for part in (who, lane) if part) or "the lane"
        words.append(
            f"Points of {name}: {shown.both} match within {shown.tolerance_us / 1e6:g} s on each side, "
            f"{shown.only_first} and {shown.only_second} are one coder’s alone (F1 {number(shown.f1)})."
        )
        rows += point_rows(title, who, lane, curve, len(pairs))


def _as_boris(pairs: Sequence[Pair], step_us: int) -> list[str]:
    values = [(pair.clip, boris_kappa(pair.first.marks, pair.second.marks, step_us).value) for pair in pairs]
    how = f"as BORIS counts it every {step_us / 1e6:g} s from the first event on: to compare with BORIS, not to report."
    return [f"{clip}: kappa {number(value)} {how}" for clip, value in values]


def _playlists(pairs: Sequence[Pair], lanes: Sequence[LaneAgreement], rules: Rules, names: str) -> dict[str, bytes]:
    """A film's disagreements as captions, and all of them as a table."""
    rows: list[list[str]] = []
    files: dict[str, bytes] = {}
    # The least leeway that was laid down: what lies within it is told apart as a matter of timing.
    tolerance_us = min((each for each in rules.tolerances_us if each), default=0)
    for pair in pairs:
        found = [each for lane in lanes for each in stretches(pair, lane.who, lane.lane, tolerance_us, rules.unit_us)]
        found.sort(key=lambda each: each.start_us - each.end_us)
        for each in found:
            span = [str(each.start_us), str(each.end_us), seconds(each.end_us - each.start_us, 3)]
            both = [code_words(each.first), code_words(each.second)]
            rows.append([pair.clip, each.who or "n/a", each.lane or "n/a", *span, *both, each.kind.value])
        if found:
            length_us = max(pair.first.length_us, pair.second.length_us)
            written = WebVtt().write(playlist(pair.clip, found, length_us))
            files[f"differs {names} {pair.clip}.vtt"] = next(iter(written.files.values()))
    columns = ["clip_id", "who", "lane", "onset_us", "offset_us", "duration_s", "first", "second", "kind"]
    return {f"differs {names}.csv": csv_bytes(columns, rows)} | files


def _of_many(
    coders: Sequence[Mapping[str, Coding]], names: Sequence[str], rules: Rules, words: list[str]
) -> list[list[str]]:
    common = sorted(set.intersection(*(set(found) for found in coders)))
    rows: list[list[str]] = []
    by_lane: dict[tuple[str, str], None] = defaultdict(None)
    for clip in common:
        for found in coders:
            by_lane |= {(mark.who, mark.lane): None for mark in found[clip].marks if not mark.point}
    for who, lane in sorted(by_lane):
        value = alpha_of_many([[found[clip] for found in coders] for clip in common], who, lane, rules)
        name = " ".join(part for part in (who, lane) if part) or "the lane"
        words.append(
            f"All {len(coders)} coders on {name}: alpha {number(value.value)} ({value.coders} marked anything)."
        )
        rows.append(alpha_row(" / ".join(names), who, lane, value, rules.unit_us, len(common)))
    return rows
