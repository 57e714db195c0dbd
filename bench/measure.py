"""Run vfeed over a set of rendered clips and sum up how it agrees with their truth, as a JSON-able dict."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import chain
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench import decisions, groups
from bench.decisions import AfterDecisions, after_decisions
from bench.heads import Following, Rows, rows_of
from bench.looks import HeldAtFace, Looks, looks_of
from bench.misread import misread
from bench.scores import Episodes, f1, kappa_of, reliability
from bench.truth import PEOPLE, read_truth, truth_path
from vfeed import __version__
from vfeed.analysis.pipeline import ClipAnalysis, analyse
from vfeed.analysis.version import PERCEPTION_SOURCES, sources_digest
from vfeed.media.probe import probe

ANALYSIS_FPS = 12.5
PROCESSES = 2
CONFIDENCE_BINS = 5
FRAME_BINS = 10
NEAR_DEG, LARGE_PX = 60.0, 100.0
HEAD_FIGURES: dict[str, groups.Value] = {
    "found": groups.found_share,
    "yaw error": groups.yaw_error,
    "pitch error": groups.pitch_error,
    "gaze error": groups.gaze_error,
    "yaw in stated 90 %": groups.yaw_covered,
    "pitch in stated 90 %": groups.pitch_covered,
}
Result = dict[str, Any]


@dataclass(frozen=True, eq=False)
class OneClip:
    """All that is measured of one clip: `helped` by decisions, as it was read and with every head read wrong."""

    rows: list[Rows]
    following: Following
    looks: Looks
    helped: AfterDecisions
    helped_misread: AfterDecisions


def analysed(clip: Path, fps: float = ANALYSIS_FPS) -> ClipAnalysis:
    """Analyse a clip as the worker does."""
    with clip.open("rb") as file:
        facts = probe(file, max_duration_us=3_600_000_000, max_bytes=8_000_000_000)
        return analyse(file, facts, fps=fps, on_progress=lambda _: None, is_cancelled=lambda: False)


def measured(clip: Path) -> OneClip:
    """Analyse a rendered clip and compare it with the truth beside it."""
    result, truth = analysed(clip), read_truth(truth_path(clip))
    rows, following = rows_of(truth, result)
    return OneClip(
        rows,
        following,
        looks_of(truth, result, roles_right(rows, result)),
        after_decisions(result.metrics, truth),
        after_decisions(misread(result.metrics, zlib.crc32(clip.stem.encode())), truth),
    )


def roles_right(rows: list[Rows], result: ClipAnalysis) -> bool | None:
    """Return whether the tracks taken for infant and adult are mostly theirs; None where not both were found."""
    tracks = {"infant": result.roles.infant, "parent": result.roles.caregiver}
    if None in tracks.values():
        return None
    return all((each.track == tracks[each.who])[each.found].mean() > 0.5 for each in rows if each.found.any())


def clips_in(folder: Path) -> list[Path]:
    """The rendered clips of a folder that have their truth beside them, by name."""
    return sorted(clip for clip in folder.glob("*.mp4") if truth_path(clip).exists())


def measure_set(name: str, clips: Sequence[Path], say: Callable[[str], None]) -> Result:
    """Measure all clips, two at a time, and sum up."""
    done = []
    with ProcessPoolExecutor(PROCESSES) as pool:
        for clip, one in zip(clips, pool.map(measured, clips), strict=True):
            say(f"{name}: {clip.stem}: mutual kappa {one.looks.mutual_kappa}")
            done.append(one)
    return summed_up(name, done)


def summed_up(name: str, done: Sequence[OneClip]) -> Result:
    """All figures of a set from its clips; NaN becomes None."""
    table = list(chain.from_iterable(each.rows for each in done))
    looks = [each.looks for each in done]
    result = {
        "set": name,
        "measured": date.today().isoformat(),
        "version": __version__,
        "perception": sources_digest(PERCEPTION_SOURCES),
        "clips": len(done),
        "seconds": round(sum(each.seconds for each in looks), 1),
        "frames_per_s": ANALYSIS_FPS,
        "heads": _heads(table, [each.following for each in done]),
        "looks": _looks(looks),
        "decisions": decisions.summed_up([each.helped for each in done]),
        "decisions_misread": decisions.summed_up([each.helped_misread for each in done]),
        "by_clip": [_clip_line(each.rows, each.following, each.looks) for each in done],
    }
    cleaned: Result = _without_nan(result)
    return cleaned


def _heads(table: list[Rows], followings: list[Following]) -> Result:
    both = groups.both_tracked(table)
    return {
        "both_tracked": both.as_list() if both else None,
        "false_head_share": _share(sum(each.false_heads for each in followings), sum(f.frames for f in followings)),
        "swaps": sum(each.swaps for each in followings),
        "breaks": sum(each.breaks for each in followings),
        "minutes": round(sum(each.frames for each in followings) / ANALYSIS_FPS / 60, 1),
        "eyes_read_share": _share(
            sum(int((rows.seen & rows.eyes_read).sum()) for rows in table), sum(int(rows.seen.sum()) for rows in table)
        ),
        "figures": {name: _figures(table, value) for name, value in HEAD_FIGURES.items()},
        "asked": _asked(table),
    }


def _figures(table: list[Rows], value: groups.Value) -> Result:
    overall = groups.figure("all", table, value, lambda rows: rows.seen)
    told = {"": [overall.as_list()] if overall else []}
    for title, picks in groups.groups(table).items():
        found = [groups.figure(name, table, value, pick) for name, pick in picks]
        told[title] = [each.as_list() for each in found if each]
    return told


def _asked(table: list[Rows]) -> list[list[Any]]:
    """What is asked of heads that can be seen: what it is, the figure, and between what it ought to lie."""

    def near(rows: Rows) -> NDArray[np.bool_]:
        return rows.seen & (rows.yaw <= NEAR_DEG)

    def far(rows: Rows) -> NDArray[np.bool_]:
        return rows.seen & (rows.yaw > NEAR_DEG)

    def eyes(rows: Rows) -> NDArray[np.bool_]:
        return rows.seen & rows.eyes_read

    def large(rows: Rows) -> NDArray[np.bool_]:
        return eyes(rows) & near(rows) & (rows.width_px >= LARGE_PX)

    wanted: list[tuple[str, groups.Value, groups.Pick, float, float]] = [
        ("head yaw off, up to 60 deg from the lens", groups.yaw_error, near, 0, 5),
        ("head yaw off, 60-110 deg", groups.yaw_error, far, 0, 8),
        ("head pitch off", groups.pitch_error, lambda rows: rows.seen, 0, 6),
        ("true head yaw within the stated 90 %", groups.yaw_covered, lambda rows: rows.seen, 0.85, 0.95),
        ("true head pitch within the stated 90 %", groups.pitch_covered, lambda rows: rows.seen, 0.85, 0.95),
        ("gaze to the side off where eyes read, 100 px, up to 60 deg", groups.gaze_error, large, 0, 7),
        ("gaze to the side off where eyes read, elsewhere", groups.gaze_error, lambda r: eyes(r) & ~large(r), 0, 10),
        ("gaze up and down off where eyes read", groups.gaze_pitch_error, eyes, 0, nan),
        ("true gaze to the side within the stated 90 %", groups.gaze_covered, eyes, 0.85, 0.95),
        ("infant or adult told by the head alone", groups.age_told, lambda rows: rows.seen, nan, 1),
    ]
    found = [(groups.figure(name, table, value, pick), low, high) for name, value, pick, low, high in wanted]
    return [[*each.as_list(), low, high] for each, low, high in found if each]


def _looks(looks: list[Looks]) -> Result:
    stated = list(chain.from_iterable(each.stated for each in looks))
    confidence = np.array([value for value, _ in stated])
    bins, error = reliability(confidence, np.array([true for _, true in stated], bool), CONFIDENCE_BINS)
    p = np.concatenate([each.p_mutual[0] for each in looks])
    frame_bins, frame_error = reliability(p, np.concatenate([each.p_mutual[1] for each in looks]), FRAME_BINS)
    away, toy = (np.sum([getattr(each, name) for each in looks], axis=0) for name in ("away", "toy"))
    kinds = sorted({each.kind for each in looks})
    return {
        "mutual_kappa_all": kappa_of(_sum(each.mutual_counts for each in looks)),
        "partner_kappa_all": {who: kappa_of(_sum(each.partner_counts[who] for each in looks)) for who in PEOPLE},
        "mutual_counts_by_kind": {
            kind: _sum(each.mutual_counts for each in looks if each.kind == kind).tolist() for kind in kinds
        },
        "at_camera": np.sum([each.at_camera for each in looks], axis=0).tolist(),
        "held": _held([each.held for each in looks]),
        "behind": np.sum([each.behind for each in looks], axis=0).tolist(),
        "mutual_kappa": _mean(each.mutual_kappa for each in looks),
        "mutual_precision": _mean(each.mutual_precision for each in looks),
        "mutual_recall": _mean(each.mutual_recall for each in looks),
        "glance_kappa": _mean(each.glance_kappa for each in looks),
        "partner_kappa": {who: _mean(each.partner_kappa[who] for each in looks) for who in PEOPLE},
        "state_kappa": {who: _mean(each.state_kappa[who] for each in looks) for who in PEOPLE},
        "mutual_kappa_by_kind": {
            kind: _mean(each.mutual_kappa for each in looks if each.kind == kind) for kind in kinds
        },
        "contact": _episodes([each.contact for each in looks]),
        "looking_away": _episodes([each.looking_away for each in looks]),
        "away_against_toy": {
            "away": _share(*away.tolist()),
            "toy": _share(*toy.tolist()),
            "balanced": _mean([_share(*away.tolist()), _share(*toy.tolist())]),
        },
        "claims_of_unseen_share": _share(sum(e.claims[0] for e in looks), sum(e.claims[1] for e in looks)),
        "unseen_frames": sum(each.claims[1] for each in looks),
        "unseen_candidates": sum(each.unseen_candidates for each in looks),
        "candidates": sum(each.candidates for each in looks),
        "roles_right": [sum(each.roles_right is True for each in looks), sum(e.roles_right is not None for e in looks)],
        "confidence": {"bins": [_bin(each) for each in bins], "error": error, "count": len(stated)},
        "frame_confidence": {"bins": [_bin(each) for each in frame_bins], "error": frame_error, "count": len(p)},
    }


def _held(found: list[HeldAtFace]) -> Result:
    """Contact against a thing at the face, over all clips."""
    contact, thing = (np.sum([getattr(each, name) for each in found], axis=0) for name in ("contact", "thing"))
    shares = [_share(*contact.tolist()), _share(*thing.tolist())]
    near_thing, near_contact = (
        np.concatenate([getattr(each, name) for each in found]) for name in ("near_thing", "near_contact")
    )
    return {
        "contact": contact.tolist(),
        "thing": thing.tolist(),
        "balanced": round(sum(shares) / 2, 3),
        "near_thing": [_share(float(near_thing.sum()), len(near_thing)), len(near_thing)],
        "near_contact": [_share(float(near_contact.sum()), len(near_contact)), len(near_contact)],
    }


def _episodes(found: list[Episodes]) -> Result:
    matched, offered, true = (sum(getattr(each, name) for each in found) for name in ("matched", "offered", "true"))
    return {
        "offered": offered,
        "true": true,
        "matched": matched,
        "precision": _share(matched, offered),
        "recall": _share(matched, true),
        "f1": f1(matched, offered, true),
        "onsets_near": _share(sum(each.onsets_near for each in found), matched),
    }


def _clip_line(rows: list[Rows], following: Following, one: Looks) -> Result:
    people = {each.who: each for each in rows}
    return {
        "clip": one.clip,
        "kind": one.kind,
        "light": one.light,
        "ages": [people[who].age for who in PEOPLE],
        "tones": [people[who].tone for who in PEOPLE],
        "found": [_share(int((people[w].seen & people[w].found).sum()), int(people[w].seen.sum())) for w in PEOPLE],
        "yaw_error": [_own_mean(people[who], groups.yaw_error) for who in PEOPLE],
        "pitch_error": [_own_mean(people[who], groups.pitch_error) for who in PEOPLE],
        "mutual_kappa": one.mutual_kappa,
        "partner_kappa": [one.partner_kappa[who] for who in PEOPLE],
        "contact": [one.contact.matched, one.contact.offered, one.contact.true],
        "looking_away": [one.looking_away.matched, one.looking_away.offered, one.looking_away.true],
        "held": [*one.held.contact, *one.held.thing],
        "roles_right": one.roles_right,
        "swaps": following.swaps,
        "stated": [[round(value, 3), float(true), 1] for value, true in one.stated],
        "frames_stated": [[each.stated, each.true, each.count] for each in reliability(*one.p_mutual, FRAME_BINS)[0]],
    }


def _own_mean(rows: Rows, value: groups.Value) -> float:
    found = groups.figure("", [rows], value, lambda each: each.seen)
    return found.mean if found else nan


def _bin(each: Any) -> list[float]:
    return [each.low, each.high, each.count, round(each.stated, 3), round(each.true, 3)]


def _sum(tables: Iterable[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.asarray(np.sum(list(tables), axis=0), np.int64)


def _share(part: float, whole: float) -> float:
    return round(part / whole, 3) if whole else nan


def _mean(values: Iterable[float]) -> float:
    """Mean over the clips in which the figure exists."""
    known = [value for value in values if isfinite(value)]
    return round(sum(known) / len(known), 3) if known else nan


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_nan(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
