"""Looking states, contact and candidates of one clip against truth."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.scores import Episodes, counts, kappa, match_episodes, precision_recall
from bench.truth import PEOPLE, TRUE_STATE, ClipTruth
from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.candidate_kinds import INFANT_ONLY, Kind
from vfeed.timeline.interval import Interval

FloatArray = NDArray[np.floating[Any]]
SHORTEST_EPISODE_US = 200_000
"""Shorter contacts are not asked for: human coders seldom note them."""
AROUND_GLANCE_US = 1_000_000
HELD_FAR_DEG = 10.0
"""A thing at the face that lies further off the eyes than this can be told from them by where a head is turned."""
UNSEEN_MOSTLY = 0.5
"""A candidate of which a person's face cannot be seen for more than this share claims what cannot be seen."""


@dataclass(frozen=True, eq=False)
class HeldAtFace:
    """A thing is at the face that the infant sees, the parent looks at the infant, and both can be seen.

    `contact` and `thing` hold [frames called right, frames] of the infant's true looks at the face and at the thing
    where it lies more than `HELD_FAR_DEG` off the eyes. `near_thing` and `near_contact` (M,) are the stated
    probabilities of contact where it lies less: while the infant looks at the thing, and at the face.
    """

    contact: tuple[int, int]
    thing: tuple[int, int]
    near_thing: FloatArray
    near_contact: FloatArray


@dataclass(frozen=True, eq=False)
class Looks:
    """Agreement of one clip with its truth.

    Kappas are over the frames in which what they ask can be seen; `states` (three states) leaves out looks down and
    shifts. `away` and `toy` hold [hits, frames] of the infant's true looks away and at the toy. `claims` holds, over
    both people, [frames in which a look is stated although the face cannot be seen, such frames]; `at_camera` the
    [frames in which contact is stated while both look into the camera, such frames]. `held` is `HeldAtFace`,
    `behind` [frames in which contact is stated while the parent's face is behind hands, cloth or a thing, such frames].
    `mutual_counts` and `partner_counts` are scores.counts of contact and of looks at the partner, to be summed.
    `stated` and `stated_away` pair every candidate's confidence with whether it is true, `p_mutual` frame probabilities
    with truth.
    """

    clip: str
    kind: str
    light: str
    seconds: float
    mutual_kappa: float
    mutual_precision: float
    mutual_recall: float
    glance_kappa: float
    partner_kappa: dict[str, float]
    state_kappa: dict[str, float]
    contact: Episodes
    looking_away: Episodes
    away: tuple[int, int]
    toy: tuple[int, int]
    claims: tuple[int, int]
    mutual_counts: NDArray[np.int64]
    partner_counts: dict[str, NDArray[np.int64]]
    at_camera: tuple[int, int]
    held: HeldAtFace
    behind: tuple[int, int]
    unseen_candidates: int
    candidates: int
    roles_right: bool | None
    stated: list[tuple[float, bool]] = field(default_factory=list)
    stated_away: list[tuple[float, bool]] = field(default_factory=list)
    p_mutual: tuple[FloatArray, NDArray[np.bool_]] = field(default_factory=lambda: (np.zeros(0), np.zeros(0, np.bool_)))


def looks_of(truth: ClipTruth, result: ClipAnalysis, roles_right: bool | None) -> Looks:
    """Score states and candidates of an analysis; lanes are as a user would see them, right or exchanged."""
    times = result.states.time_us
    nearest = truth.nearest(times)
    lanes = {"infant": np.array(result.states.infant), "parent": np.array(result.states.caregiver)}
    ours = (lanes["infant"] == "partner") & (lanes["parent"] == "partner")
    theirs, visible = truth.mutual[nearest], truth.both_seen[nearest]
    contact, away = _contact(truth, result), _looking_away(truth, result)
    known = visible & np.isfinite(result.states.p_mutual)
    precision, recall = precision_recall(list(ours[visible]), list(theirs[visible]))
    unseen = [_mostly_unseen(truth, each.interval, each.kind) for each in result.candidates]
    return Looks(
        clip=truth.name,
        kind=truth.kind,
        light=truth.light,
        seconds=truth.end_us / 1e6,
        mutual_kappa=kappa(list(ours[visible]), list(theirs[visible])),
        mutual_precision=precision,
        mutual_recall=recall,
        glance_kappa=_glance_kappa(truth, times, ours, theirs, visible),
        partner_kappa={who: _partner_kappa(truth, nearest, lanes[who], who) for who in PEOPLE},
        state_kappa={who: _state_kappa(truth, nearest, lanes[who], who) for who in PEOPLE},
        contact=contact,
        looking_away=away,
        away=_hits(truth, nearest, lanes["infant"], "away"),
        toy=_hits(truth, nearest, lanes["infant"], "object"),
        claims=_claims(truth, nearest, lanes),
        mutual_counts=counts(list(ours[visible]), list(theirs[visible])),
        partner_counts={who: counts(*_at_partner(truth, nearest, lanes[who], who)) for who in PEOPLE},
        at_camera=_at_camera(truth, nearest, ours),
        held=_held(truth, nearest, ours, result.states.p_mutual),
        behind=_behind(truth, nearest, ours),
        unseen_candidates=sum(unseen),
        candidates=len(unseen),
        roles_right=roles_right,
        stated=_stated(result, Kind.GAZE_CONTACT, contact),
        stated_away=_stated(result, Kind.GAZE_AVERSION, away),
        p_mutual=(result.states.p_mutual[known], theirs[known]),
    )


def _stated(result: ClipAnalysis, kind: str, found: Episodes) -> list[tuple[float, bool]]:
    offered = [each for each in result.candidates if each.kind == kind]
    return [(each.confidence, index in found.hit_offered) for index, each in enumerate(offered)]


def _contact(truth: ClipTruth, result: ClipAnalysis) -> Episodes:
    true = [
        each
        for kind, _, each in truth.episodes
        if kind == "mutual"
        and each.duration_us >= SHORTEST_EPISODE_US
        and _seen_share(truth, each, *PEOPLE) > UNSEEN_MOSTLY
    ]
    return match_episodes([each.interval for each in result.candidates if each.kind == Kind.GAZE_CONTACT], true)


def _looking_away(truth: ClipTruth, result: ClipAnalysis) -> Episodes:
    true = [each for each in truth.looking_away() if _seen_share(truth, each, "infant") > UNSEEN_MOSTLY]
    return match_episodes([each.interval for each in result.candidates if each.kind == Kind.GAZE_AVERSION], true)


def _seen_share(truth: ClipTruth, interval: Interval, *people: str) -> float:
    """Share of an interval in which the faces of all these people can be seen."""
    inside = (truth.time_us >= interval.start_us) & (truth.time_us < interval.end_us)
    seen = np.logical_and.reduce([truth.people[who].seen[inside] for who in people])
    return float(seen.mean()) if inside.any() else 0.0


def _mostly_unseen(truth: ClipTruth, interval: Interval, kind: str) -> bool:
    """Whether the candidate speaks of a face that cannot be seen; a look away speaks of the infant's alone."""
    needed = ("infant",) if kind in INFANT_ONLY else PEOPLE
    return any(_seen_share(truth, interval, who) < 1 - UNSEEN_MOSTLY for who in needed)


def _glance_kappa(
    truth: ClipTruth,
    times: NDArray[np.int64],
    ours: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
    visible: NDArray[np.bool_],
) -> float:
    """Kappa of mutual gaze in the seconds around the infant's glances with the eyes alone."""
    near = np.zeros(len(times), bool)
    for glance in truth.people["infant"].glances:
        near |= (times >= glance.start_us - AROUND_GLANCE_US) & (times < glance.end_us + AROUND_GLANCE_US)
    return kappa(list(ours[near & visible]), list(theirs[near & visible]))


def _partner_kappa(truth: ClipTruth, nearest: NDArray[np.int64], lane: NDArray[np.str_], who: str) -> float:
    return kappa(*_at_partner(truth, nearest, lane, who))


def _at_partner(
    truth: ClipTruth, nearest: NDArray[np.int64], lane: NDArray[np.str_], who: str
) -> tuple[list[bool], list[bool]]:
    """Looks at the partner's face as stated and as they are, over the frames in which the face can be seen."""
    seen = truth.people[who].seen[nearest]
    return list((lane == "partner")[seen]), list(truth.people[who].at_face[nearest][seen])


def _at_camera(truth: ClipTruth, nearest: NDArray[np.int64], ours: NDArray[np.bool_]) -> tuple[int, int]:
    targets = (np.array(truth.people[who].target)[nearest] for who in PEOPLE)
    both = truth.both_seen[nearest] & np.logical_and.reduce([each == "camera" for each in targets])
    return int((both & ours).sum()), int(both.sum())


def _held(truth: ClipTruth, nearest: NDArray[np.int64], ours: NDArray[np.bool_], p_mutual: FloatArray) -> HeldAtFace:
    infant, parent = (truth.people[who] for who in PEOPLE)
    off = infant.held_face_deg[nearest]
    asked = np.isfinite(off) & truth.both_seen[nearest] & (np.array(parent.target)[nearest] == "other_face")
    at_thing = asked & (np.array(infant.target)[nearest] == "held")
    at_face = asked & truth.mutual[nearest]
    far = off > HELD_FAR_DEG
    known = np.isfinite(p_mutual) & ~far
    return HeldAtFace(
        contact=(int((at_face & far & ours).sum()), int((at_face & far).sum())),
        thing=(int((at_thing & far & ~ours).sum()), int((at_thing & far).sum())),
        near_thing=p_mutual[at_thing & known],
        near_contact=p_mutual[at_face & known],
    )


def _behind(truth: ClipTruth, nearest: NDArray[np.int64], ours: NDArray[np.bool_]) -> tuple[int, int]:
    hidden = truth.people["parent"].hidden[nearest]
    return int((hidden & ours).sum()), int(hidden.sum())


def _state_kappa(truth: ClipTruth, nearest: NDArray[np.int64], lane: NDArray[np.str_], who: str) -> float:
    person = truth.people[who]
    sure = [index for index, frame in enumerate(nearest) if person.seen[frame] and person.target[frame] in TRUE_STATE]
    return kappa([str(lane[index]) for index in sure], [TRUE_STATE[person.target[nearest[index]]] for index in sure])


def _hits(truth: ClipTruth, nearest: NDArray[np.int64], lane: NDArray[np.str_], state: str) -> tuple[int, int]:
    infant = truth.people["infant"]
    theirs = np.array([TRUE_STATE.get(infant.target[frame], "") == state for frame in nearest]) & infant.seen[nearest]
    return int((theirs & (lane == state)).sum()), int(theirs.sum())


def _claims(truth: ClipTruth, nearest: NDArray[np.int64], lanes: dict[str, NDArray[np.str_]]) -> tuple[int, int]:
    stated = hidden = 0
    for who in PEOPLE:
        unseen = ~truth.people[who].seen[nearest]
        stated += int((unseen & (lanes[who] != "unseen")).sum())
        hidden += int(unseen.sum())
    return stated, hidden
