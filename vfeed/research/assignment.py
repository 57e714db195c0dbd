"""Who codes what, and in which order: a pure function of clips, coders, rules and a stored seed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from random import Random
from typing import Literal

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

ALGORITHM = 1
"""Stored beside the seed: another number means that the same seed gives another order."""
APART = 5
"""Two clips of one family lie at least so many places apart in a coder's list, where that can be done."""
Purpose = Literal["first", "second", "repeat", "gold"]


@dataclass(frozen=True, slots=True)
class StudyClip:
    """A clip of a study: whose it is, and how much of it is coded."""

    id: str
    family: str
    coded_us: int


@dataclass(frozen=True, slots=True)
class Assigned:
    """One coding that somebody is to do; `place` counts from 0 in the coder's own list."""

    clip: str
    coder: str
    purpose: Purpose
    place: int


@dataclass(frozen=True)
class Shares:
    """How much is coded twice: by a second coder (of each family's time), again by the same coder, and against gold."""

    second: float = 0.25
    repeat: float = 0.05
    gold: float = 0.05


def assign(
    clips: Sequence[StudyClip],
    coders: Sequence[str],
    shares: Shares,
    seed: str,
    *,
    gold: Sequence[StudyClip] = (),
    never: Mapping[str, AbstractSet[str]] | None = None,
    everyone: bool = False,
) -> tuple[Assigned, ...]:
    """Return every coding to be done, by coder and place; the same input gives the same output.

    Of each family's coded time at least `shares.second` is coded twice, one clip at least; pairs of coders are kept
    even. With `everyone` each coder codes each clip. `never` names clips that a coder must not code. A repeat comes
    from the coder's own clips, `gold` clips are those with an agreed coding. Raises VfeedError `invalid_input`.
    """
    refused = never or {}
    people = sorted(set(coders))
    _check(clips, people, shares, everyone=everyone)
    luck = Random(f"{ALGORITHM}:{seed}")
    shuffled = _shuffled(luck, sorted(clips, key=lambda each: each.id))
    todo: dict[str, list[tuple[StudyClip, Purpose]]] = {coder: [] for coder in people}
    if everyone:
        for clip in shuffled:
            for number, coder in enumerate(_allowed(clip, people, refused)):
                todo[coder].append((clip, "second" if number else "first"))
    else:
        _share_out(shuffled, people, shares, refused, luck, todo)
    found = []
    for coder in people:
        own = [clip for clip, _purpose in todo[coder]]
        extra: list[tuple[StudyClip, Purpose]] = []
        extra += [(clip, "repeat") for clip in luck.sample(own, round(shares.repeat * len(own)))]
        known = [clip for clip in sorted(gold, key=lambda each: each.id) if clip.id not in refused.get(coder, set())]
        extra += [(clip, "gold") for clip in luck.sample(known, min(len(known), round(shares.gold * len(own))))]
        ordered = _in_order(todo[coder] + extra, luck)
        found += [Assigned(clip.id, coder, purpose, place) for place, (clip, purpose) in enumerate(ordered)]
    return tuple(found)


def _check(clips: Sequence[StudyClip], people: Sequence[str], shares: Shares, *, everyone: bool) -> None:
    if not clips:
        raise VfeedError("invalid_input", _("There is no film to code."), hint=_("Choose films for the study first."))
    if not people:
        raise VfeedError("invalid_input", _("Nobody is to code."), hint=_("Choose at least one coder."))
    if len(people) < 2 and (everyone or shares.second > 0):
        raise VfeedError(
            "invalid_input",
            _("Agreement needs two coders."),
            hint=_("Choose a second coder, or a share of 0 per cent."),
        )


def _shuffled(luck: Random, clips: list[StudyClip]) -> list[StudyClip]:
    return luck.sample(clips, len(clips))


def _allowed(clip: StudyClip, people: Sequence[str], refused: Mapping[str, AbstractSet[str]]) -> list[str]:
    return [coder for coder in people if clip.id not in refused.get(coder, set())]


def _share_out(
    clips: Sequence[StudyClip],
    people: Sequence[str],
    shares: Shares,
    refused: Mapping[str, AbstractSet[str]],
    luck: Random,
    todo: dict[str, list[tuple[StudyClip, Purpose]]],
) -> None:
    """A first coder for each clip, and a second one for enough of each family's time, both as even as can be."""
    twice = _coded_twice(clips, shares.second)
    pairs = Counter({frozenset(pair): 0 for pair in combinations(people, 2)})
    load: Counter[str] = Counter(dict.fromkeys(people, 0))
    for clip in clips:
        able = _allowed(clip, people, refused)
        if not able:
            continue
        if clip.id in twice and len(able) > 1:
            choices = [frozenset(pair) for pair in combinations(able, 2)]
            luck.shuffle(choices)
            pair = min(choices, key=lambda each: (pairs[each], sum(load[coder] for coder in each)))
            pairs[pair] += 1
            chosen = luck.sample(sorted(pair), 2)
        else:
            luck.shuffle(able)
            chosen = [min(able, key=lambda coder: load[coder])]
        for coder, purpose in zip(chosen, ("first", "second"), strict=False):
            todo[coder].append((clip, "first" if purpose == "first" else "second"))
            load[coder] += 1


def _coded_twice(clips: Sequence[StudyClip], share: float) -> set[str]:
    """Clips, in their shuffled order, until the share of each family's coded time is reached; one at least."""
    if share <= 0:
        return set()
    of_family: dict[str, list[StudyClip]] = defaultdict(list)
    for clip in clips:
        of_family[clip.family].append(clip)
    found: set[str] = set()
    for own in of_family.values():
        wanted = ceil(share * sum(clip.coded_us for clip in own))
        reached = 0
        for clip in own:
            if reached >= wanted and reached:
                break
            found.add(clip.id)
            reached += max(1, clip.coded_us)
    return found


def _in_order(todo: Sequence[tuple[StudyClip, Purpose]], luck: Random) -> list[tuple[StudyClip, Purpose]]:
    """A random order with clips of a family apart, and repeats after the others."""
    left = luck.sample(list(todo), len(todo))
    ordered: list[tuple[StudyClip, Purpose]] = []
    while left:
        near = {clip.family for clip, _purpose in ordered[-(APART - 1) :]}
        counts = Counter(clip.family for clip, _purpose in left)
        # The family with the most clips left goes first, or its clips would lie together at the end.
        best = min(
            range(len(left)),
            key=lambda at: (left[at][1] == "repeat", left[at][0].family in near, -counts[left[at][0].family]),
        )
        ordered.append(left.pop(best))
    return ordered
