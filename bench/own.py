"""Agreement with people's own coding of their own clips, family by family; the clips stay where they are."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from bench.labels import LabelledClip, find_labelled, mutual_of, state_at
from bench.measure import analysed
from bench.report import number
from bench.scores import Episodes, f1, kappa, match_episodes
from bench.truth import PEOPLE
from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.candidate_kinds import Kind

COLUMNS = ("contact kappa", "at partner, infant", "at partner, parent", "contact F1", "not seen by vfeed")


def report(folder: Path, say: Callable[[str], None]) -> str:
    """Analyse every labelled clip below `folder` and return a table by family; raises LabelError for labels."""
    by_family: dict[str, list[dict[str, Any]]] = {}
    for labelled in find_labelled(folder):
        say(f"{labelled.family}: {labelled.clip.name}, coded by {labelled.coder or 'one coder'}")
        by_family.setdefault(labelled.family, []).append(compared(labelled, analysed(labelled.clip)))
    if not by_family:
        return f"No clip with labels was found in {folder}: see docs/own-footage.md for how to lay the folder out.\n"
    lines = [
        "| family | clips | " + " | ".join(COLUMNS) + " |",
        "|---|---|" + "---|" * len(COLUMNS),
        *(_line(family, clips) for family, clips in by_family.items()),
    ]
    families = [_mean_of(clips) for clips in by_family.values()]
    overall = {name: _mean([family[name] for family in families]) for name in COLUMNS}
    lines.append(f"| **mean of {len(families)} families** | | " + " | ".join(_cells(overall)) + " |")
    return "\n".join(lines) + "\n"


def compared(labelled: LabelledClip, result: ClipAnalysis) -> dict[str, Any]:
    """Figures of one coded clip; frames that were not coded, or coded as not to be seen, are left out.

    A coder who marked contact and nothing else is taken to have watched the whole clip for it.
    """
    times = result.states.time_us
    lanes = {"infant": result.states.infant, "parent": result.states.caregiver}
    theirs = {who: state_at(labelled.spans, who, times) for who in PEOPLE}
    contact = mutual_of(labelled.spans)
    contact_alone = all(span.state == "mutual" for span in labelled.spans)
    found: dict[str, Any] = {}
    for who in PEOPLE:
        coded = [index for index, state in enumerate(theirs[who]) if state not in (None, "unseen")]
        found[f"at partner, {who}"] = kappa(
            [lanes[who][index] == "partner" for index in coded], [theirs[who][index] == "partner" for index in coded]
        )
    both = [
        index
        for index in range(len(times))
        if contact_alone or all(theirs[who][index] not in (None, "unseen") for who in PEOPLE)
    ]
    found["contact kappa"] = kappa(
        [all(lanes[who][index] == "partner" for who in PEOPLE) for index in both],
        [contact.contains(int(times[index])) for index in both],
    )
    offered = [each.interval for each in result.candidates if each.kind == Kind.GAZE_CONTACT]
    found["episodes"] = match_episodes(offered, list(contact))
    unseen = [lanes[who][index] == "unseen" for who in PEOPLE for index in both]
    found["not seen by vfeed"] = float(np.mean(unseen)) if unseen else nan
    return found


def _mean_of(clips: list[dict[str, Any]]) -> dict[str, float]:
    episodes: list[Episodes] = [clip["episodes"] for clip in clips]
    return {
        **{name: _mean([clip[name] for clip in clips]) for name in COLUMNS if name != "contact F1"},
        "contact F1": f1(
            sum(each.matched for each in episodes),
            sum(each.offered for each in episodes),
            sum(each.true for each in episodes),
        ),
    }


def _mean(values: list[float]) -> float:
    known = [value for value in values if isfinite(value)]
    return sum(known) / len(known) if known else nan


def _line(family: str, clips: list[dict[str, Any]]) -> str:
    return f"| {family} | {len(clips)} | " + " | ".join(_cells(_mean_of(clips))) + " |"


def _cells(values: dict[str, float]) -> list[str]:
    return [number(values[name] if isfinite(values[name]) else None) for name in COLUMNS]
