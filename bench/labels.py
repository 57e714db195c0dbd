"""People's own coding of their own clips: found in a folder, put into vfeed's words, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import ENDINGS, read_file
from vfeed.research.formats.seam import Asked, LossKind
from vfeed.research.marks import Mark
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

STATES = ("partner", "object", "away", "unseen", "mutual")
CLIP_ENDINGS = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".3gp", ".ts", ".mts")
CODES_FILE = "codes.toml"
PLAIN_PEOPLE = {
    "infant": ("infant", "baby", "child", "toddler"),
    "parent": ("parent", "mother", "father", "adult", "caregiver", "mum", "dad"),
    "both": ("both", "dyad", "no focal subject", ""),
}
PLAIN_CODES = {
    "partner": ("partner", "face", "at partner", "at face", "parent's face", "infant's face"),
    "object": ("object", "toy"),
    "away": ("away", "elsewhere", "looking away"),
    "unseen": ("unseen", "not visible", "cannot see", "uncodable"),
    "mutual": ("mutual", "mutual gaze", "contact", "gaze contact"),
}


class LabelError(ValueError):
    """A label file that cannot be used as it is; the text says what is wrong and how to mend it."""

    def __init__(self, path: Path, wrong: str, fix: str) -> None:
        super().__init__(f"{path.name}: {wrong} {fix}")


@dataclass(frozen=True, slots=True)
class LabelledSpan:
    """A stretch in which a coder says where somebody looks; `who` is infant, parent or (for mutual) both."""

    who: str
    state: str
    interval: Interval


@dataclass(frozen=True)
class CodeMap:
    """Coders' names and codes in vfeed's words, both without case; `ignore` are codes that say nothing about looks."""

    people: dict[str, str] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    ignore: frozenset[str] = frozenset()

    def who(self, name: str) -> str | None:
        """Whom a subject, tier or participant stands for."""
        return _lookup(self.people, PLAIN_PEOPLE, name)

    def state(self, code: str) -> str | None:
        """Which state a code stands for."""
        return _lookup(self.codes, PLAIN_CODES, code)


@dataclass(frozen=True)
class LabelledClip:
    """A clip with one coder's labels; spans are in order of time."""

    family: str
    clip: Path
    labels: Path
    coder: str
    spans: tuple[LabelledSpan, ...]


def _lookup(own: dict[str, str], plain: dict[str, tuple[str, ...]], name: str) -> str | None:
    wanted = name.strip().lower()
    if wanted in own:
        return own[wanted]
    return next((meaning for meaning, words in plain.items() if wanted in words), None)


def read_codes(folder: Path) -> CodeMap:
    """Read codes.toml of a folder; plain words alone are known without one. Raises LabelError for odd entries."""
    path = folder / CODES_FILE
    if not path.exists():
        return CodeMap()
    try:
        stored = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as error:
        raise LabelError(path, f"It cannot be read ({error}).", "See docs/own-footage.md for its form.") from error
    people = {str(name).lower(): str(who) for name, who in stored.get("people", {}).items()}
    codes = {str(code).lower(): str(state) for code, state in stored.get("codes", {}).items()}
    odd = [who for who in people.values() if who not in PLAIN_PEOPLE] + [s for s in codes.values() if s not in STATES]
    if odd:
        raise LabelError(
            path,
            f"'{odd[0]}' is not one of vfeed's words.",
            f"People are infant, parent or both; codes are {', '.join(STATES)}.",
        )
    return CodeMap(people, codes, frozenset(str(code).lower() for code in stored.get("ignore", [])))


def read_marks(path: Path, clip: str = "", ignore: frozenset[str] = frozenset()) -> list[Mark]:
    """Read the states of a label file of one clip; raises LabelError for anything that cannot be used whole."""
    try:
        found = read_file(path, Asked(clip=clip))
    except VfeedError as error:
        raise LabelError(path, error.message.removeprefix(f"{path.name}: "), error.hint) from error
    dropped = next((loss for loss in found.losses if loss.kind is LossKind.DROPPED), None)
    if dropped is not None:
        raise LabelError(path, f"{dropped.where}: {dropped.what}", "Mend it in the program it is from.")
    if len(found.codings) > 1:
        raise LabelError(
            path,
            f"It holds {len(found.codings)} observations or coders.",
            "Keep one for each clip, or give each film's name in it.",
        )
    marks = [mark for coding in found.codings for mark in coding.marks if mark.code.lower() not in ignore]
    for mark in marks:
        if mark.point:
            raise LabelError(
                path,
                f"'{mark.code}' at {mark.start_us / 1e6:.3f} s is a point event and has no length.",
                "Code states with a start and an end, or put the code under ignore.",
            )
    return marks


def read_labels(path: Path, code_map: CodeMap, clip: str = "") -> tuple[LabelledSpan, ...]:
    """Read a label file in vfeed's words; raises LabelError for unknown names, and for states that overlap."""
    marks = read_marks(path, clip, code_map.ignore)
    unknown = sorted({mark.code for mark in marks if code_map.state(mark.code) is None})
    nobody = sorted({mark.who for mark in marks if code_map.who(mark.who) is None})
    if unknown or nobody:
        raise LabelError(
            path,
            "vfeed does not know " + ", ".join(f"'{name}'" for name in unknown + nobody) + ".",
            f"Say in {CODES_FILE} what they mean, or put codes that say nothing about looks under ignore.",
        )
    spans = sorted((_span(path, mark, code_map) for mark in marks), key=lambda span: span.interval)
    for who in PLAIN_PEOPLE:
        _no_overlap(path, [span for span in spans if span.who == who])
    return tuple(spans)


def _span(path: Path, mark: Mark, code_map: CodeMap) -> LabelledSpan:
    who, state = str(code_map.who(mark.who)), str(code_map.state(mark.code))
    if state == "mutual":
        who = "both"
    elif who == "both":
        raise LabelError(path, f"'{mark.code}' does not say whose look it is.", "Give a subject: infant or parent.")
    return LabelledSpan(who, state, Interval(max(0, mark.start_us), mark.end_us))


def _no_overlap(path: Path, spans: list[LabelledSpan]) -> None:
    for before, after in pairwise(spans):
        if before.interval.overlaps(after.interval):
            at_s = after.interval.start_us / 1e6
            raise LabelError(
                path,
                f"{after.who} is coded '{before.state}' and '{after.state}' at once at {at_s:.3f} s.",
                "End the one before the other begins.",
            )


def find_labelled(folder: Path) -> Iterator[LabelledClip]:
    """Every clip below FOLDER/FAMILY/ with labels beside it (CLIP.csv, or CLIP.CODER.csv for several coders)."""
    code_map = read_codes(folder)
    for clip in sorted(folder.glob("*/*")):
        if clip.suffix.lower() not in CLIP_ENDINGS:
            continue
        for labels in sorted(clip.parent.iterdir()):
            if labels.name.lower().endswith(ENDINGS) and labels.name.startswith(clip.stem + "."):
                ending = next(each for each in ENDINGS[::-1] if labels.name.lower().endswith(each))
                coder = labels.name[len(clip.stem) + 1 : -len(ending)].rstrip(".")
                yield LabelledClip(clip.parent.name, clip, labels, coder, read_labels(labels, code_map, clip.name))


def mutual_of(spans: tuple[LabelledSpan, ...]) -> Timeline:
    """Gaze contact as coded, or where nobody coded it, where both look at the partner."""
    coded = Timeline(span.interval for span in spans if span.state == "mutual")
    looks = {
        who: Timeline(span.interval for span in spans if span.who == who and span.state == "partner")
        for who in ("infant", "parent")
    }
    return coded or looks["infant"].intersection(looks["parent"])


def state_at(spans: tuple[LabelledSpan, ...], who: str, time_us: NDArray[np.int64]) -> list[str | None]:
    """One person's coded state at each time; None where nothing was coded."""
    states: list[str | None] = [None] * len(time_us)
    for span in spans:
        if span.who == who:
            first, last = np.searchsorted(time_us, [span.interval.start_us, span.interval.end_us])
            states[first:last] = [span.state] * int(last - first)
    return states
