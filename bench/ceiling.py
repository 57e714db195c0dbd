"""How far anybody gets who knows exactly where heads or eyes point: contact by two angles that the tune set chose.

The truth alone is asked, frame by frame, wherever both faces can be seen. Contact is called where the infant's and the
parent's direction each lie within an angle of the other's eyes: of all pairs of angles the one that does best on the
tune set. Whatever reads a film knows less, so what it is asked for ought to be held against this.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.measure import clips_in
from bench.scores import counts, kappa_of
from bench.truth import PEOPLE, ClipTruth, PersonTruth, read_truth, truth_path
from vfeed.dyad.gaze_likelihood import wrapped

ANGLES_DEG = tuple(range(2, 42, 2))
FloatArray = NDArray[np.floating[Any]]
Off = Callable[[PersonTruth], FloatArray]
"""How far a person's direction is off the partner's eyes, degrees (N,), by what is known of it."""
Result = dict[str, Any]


def gaze_off(person: PersonTruth) -> FloatArray:
    """Return the angle between gaze and the partner's eyes, degrees (N,)."""
    return np.asarray(np.linalg.norm(_beside(person.gaze, person.partner), axis=1))


def gaze_off_free(person: PersonTruth) -> FloatArray:
    """Return the same, infinite while hands, cloth or a thing are before one of the two faces."""
    return np.where(person.hidden, np.inf, gaze_off(person))


def head_off(person: PersonTruth) -> FloatArray:
    """Return the angle between the head's front and the partner's eyes, degrees (N,)."""
    return np.asarray(np.linalg.norm(_beside(person.angles, person.partner), axis=1))


def head_off_usual(person: PersonTruth) -> FloatArray:
    """Return how far the head is off the way it is turned, on average, in this clip's true looks at the partner (N,).

    The most that any calibration by the clip could know; infinite where there is no such look to know it from.
    """
    beside = _beside(person.angles, person.partner)
    if not person.at_face.any():
        return np.full(len(beside), np.inf)
    return np.asarray(np.linalg.norm(beside - beside[person.at_face].mean(axis=0), axis=1))


EYES, HEADS = "where the eyes point", "where heads point"
KNOWN: dict[str, Off] = {
    f"{EYES}, and when a face is hidden": gaze_off_free,
    EYES: gaze_off,
    HEADS: head_off,
    f"{HEADS}, and how each is turned on average for a look at the other in this clip": head_off_usual,
}


def measure(tune: Path, test: Path) -> Result | None:
    """Return what is reached on both sets by what is known, as a JSON-able dict; None where one is not rendered.

    A row: what is known, the angles for infant and parent, then kappa over all frames and its mean over clips, of tune
    and of test.
    """
    chosen_on, other = ([read_truth(truth_path(clip)) for clip in clips_in(folder)] for folder in (tune, test))
    if not chosen_on or not other:
        return None
    rows = []
    for known, off in KNOWN.items():
        angles = max(product(ANGLES_DEG, ANGLES_DEG), key=lambda pair: agreement(chosen_on, off, pair)[0])
        rows.append([known, *angles, *agreement(chosen_on, off, angles), *agreement(other, off, angles)])
    return {"clips": [len(chosen_on), len(other)], "rows": rows}


def agreement(truths: Sequence[ClipTruth], off: Off, angles_deg: tuple[float, float]) -> tuple[float, float]:
    """Return kappa over all frames, and its mean over the clips that have one, given angles for infant and parent."""
    tables = [_counts(truth, off, angles_deg) for truth in truths]
    known = [each for table in tables if np.isfinite(each := kappa_of(table))]
    return kappa_of(np.asarray(np.sum(tables, axis=0), np.int64)), round(float(np.mean(known)), 3)


def _counts(truth: ClipTruth, off: Off, angles_deg: tuple[float, float]) -> NDArray[np.int64]:
    towards = [off(truth.people[who]) <= angle for who, angle in zip(PEOPLE, angles_deg, strict=True)]
    seen = truth.both_seen
    return counts(list((towards[0] & towards[1])[seen]), list(truth.mutual[seen]))


def _beside(direction: FloatArray, partner: FloatArray) -> FloatArray:
    """How far directions are beside and above the partner's eyes, degrees (N, 2), given yaw and pitch of both."""
    off = wrapped(direction - partner)
    return np.asarray(off * np.column_stack([np.cos(np.radians(partner[:, 1])), np.ones(len(off))]))
