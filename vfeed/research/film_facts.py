"""What the measurements of a film say about whether it can be coded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.people import readable
from vfeed.perception.metrics import Heard, Metrics
from vfeed.research.codability import FilmFacts, best_stretches, longest_uncut_us

STRIP_CELLS = 60
SEEN_MOST = 9


def facts_of(
    metrics: Metrics, infant: int | None, caregiver: int | None, filming: Mapping[str, Any], length_us: int
) -> FilmFacts:
    """Return the facts of a film; `infant` and `caregiver` are columns of the metrics, `filming` the analysis's."""
    both = readable(metrics, infant) & readable(metrics, caregiver)
    others = np.zeros(len(metrics["time_us"]), np.bool_)
    for person in range(metrics["sight"].shape[1]):
        if person not in (infant, caregiver):
            others |= readable(metrics, person)
    faces = [filming[who]["face_px"] for who in ("infant", "parent") if filming[who]["face_px"] is not None]
    return FilmFacts(
        length_us,
        Heard(int(metrics["sound"][0])),
        longest_uncut_us(metrics),
        best_stretches(metrics, both, others),
        sum(person is not None for person in (infant, caregiver)),
        "people" in filming["asks"],
        min(faces, default=None),
        tuple(filming["advice"]),
    )


def kept_facts(
    metrics: Metrics, infant: int | None, caregiver: int | None, filming: Mapping[str, Any], length_us: int
) -> dict[str, Any]:
    """Return the facts of a film with its strip in the form, JSON-able, in which they are kept."""
    facts = facts_of(metrics, infant, caregiver, filming, length_us)
    return {**asdict(facts), "sound": facts.sound.value, "strip": seen_strip(metrics, infant, caregiver, length_us)}


def seen_strip(metrics: Metrics, infant: int | None, caregiver: int | None, length_us: int) -> str:
    """Return how much of each of 60 equal parts of the film both faces can be read in, as digits from 0 to 9."""
    times: NDArray[np.int64] = metrics["time_us"].astype(np.int64)
    both = readable(metrics, infant) & readable(metrics, caregiver)
    cells = np.clip(times * STRIP_CELLS // max(1, length_us), 0, STRIP_CELLS - 1)
    seen = np.bincount(cells, weights=both.astype(np.float64), minlength=STRIP_CELLS)
    all_of = np.maximum(1, np.bincount(cells, minlength=STRIP_CELLS))
    return "".join(str(round(SEEN_MOST * share)) for share in seen / all_of)
