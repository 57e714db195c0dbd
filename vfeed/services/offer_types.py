"""What the analysis offers of a clip, as types; what analyses of earlier versions did not tell stands as not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vfeed.dyad.candidates import Candidate
from vfeed.errors import together
from vfeed.timeline.interval import Interval

GazeRun = tuple[int, int, str, float | None]
"""Start, end (microseconds), looking state, its mean probability."""


@dataclass(frozen=True)
class Lanes:
    """Where each of the two looks, run by run."""

    infant: Sequence[GazeRun] = ()
    parent: Sequence[GazeRun] = ()


@dataclass(frozen=True)
class FoundRoles:
    """How sure it is who is who; `given`: said by a person, `lost`: whom a naming did not find again."""

    confidence: float = 0.0
    others: int = 0
    given: bool = False
    lost: Sequence[str] = ()


@dataclass(frozen=True)
class FoundSetup:
    """How the clip is filmed; `given`: said by a person."""

    kind: str
    confidence: float
    given: bool


@dataclass(frozen=True)
class RecordingFacts:
    """What a clip allows to be seen, in sentences, and what a person should be asked; `setup`: None: not told."""

    usable: str = ""
    usable_words: str = ""
    words: Sequence[str] = ()
    advice: Sequence[str] = ()
    setup: FoundSetup | None = None
    asks: Sequence[str] = ()


@dataclass(frozen=True)
class Offer:
    """What the analysis offers: candidates in the order of time, runs of looking states by person, filming facts.

    `roles` is who is who, None before there is an analysis, as is `filming`. `outdated` tells that what a person said
    could not be taken into account.
    """

    candidates: Sequence[Candidate] = ()
    lanes: Lanes | None = None
    filming: RecordingFacts | None = None
    roles: FoundRoles | None = None
    outdated: bool = False


def candidate_of(kept: Mapping[str, Any]) -> Candidate:
    """Return a candidate as an analysis keeps it."""
    return Candidate(
        kept["id"],
        kept["kind"],
        Interval(kept["start_us"], kept["end_us"]),
        kept.get("confidence", 0.0),
        together(kept.get("reason_told", kept.get("reason", ""))),
        kept.get("evidence", {}),
    )


def lanes_of(kept: Mapping[str, Sequence[Sequence[Any]]]) -> Lanes:
    """Return the lanes as an analysis keeps them."""
    infant, parent = ([(run[0], run[1], run[2], run[3]) for run in kept.get(name, ())] for name in ("infant", "parent"))
    return Lanes(infant, parent)


def roles_of(kept: Mapping[str, Any]) -> FoundRoles | None:
    """Return who is who as an analysis keeps it; None for one that keeps nothing of it."""
    names = ("confidence", "others", "given", "lost")
    return FoundRoles(**{name: kept[name] for name in names if name in kept}) if kept else None


def recording_facts_of(kept: Mapping[str, Any]) -> RecordingFacts | None:
    """Return the filming facts as an analysis keeps them; None for one that keeps none."""
    if not kept:
        return None
    setup = kept.get("setup")
    names = ("usable", "usable_words", "words", "advice", "asks")
    told = {name: kept[name] for name in names if name in kept}
    if "words_told" in kept:
        told["words"] = [together(said) for said in kept["words_told"]]
    return RecordingFacts(
        **told, setup=FoundSetup(setup["kind"], setup["confidence"], setup["given"]) if setup else None
    )
