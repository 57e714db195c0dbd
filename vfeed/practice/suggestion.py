"""Up to three tagged moments to begin a film with: child and parent in balance, not the same twice, well seen."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, combinations

from vfeed.practice.events import MAX_REEL_MOMENT_US, MAX_REEL_MOMENTS, Moment
from vfeed.practice.protocol import Part
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

STEP_US = 500_000
"""How finely the best-seen part of a moment is looked for that is longer than a film of moments takes."""
MOST_WEIGHED = 40
"""So many of the best-seen moments are weighed against each other: all sets of three among them are 10,000."""
WEIGHTS = {"number": 2.0, "tagged": 3.0, "balance": 1.0, "variety": 1.0, "spread": 0.5, "seen": 1.0}
"""Three moments rather than two, then what a person put words to, both people's parts and different strengths; being
well seen decides between equals, and so does lying apart in the film. None of these is a worth of the moment: a person
chose them all."""


@dataclass(frozen=True, slots=True)
class Suggested:
    """A moment to show, at the times that a person gave it; `seen`, 0 to 1, is how much of it shows both faces."""

    moment_id: str
    interval: Interval
    seen: float


@dataclass(frozen=True)
class Film:
    """What one film offers: its moments, when both faces are seen in it (None: nobody looked), and its length."""

    moments: tuple[Moment, ...]
    seen: Timeline | None
    duration_us: int


def suggest_among(
    films: Sequence[Film], parts: Mapping[str, Part], tagged: Container[str] | None = None
) -> list[tuple[int, Suggested]]:
    """The same as `suggest` of several films, as if one followed the other; each moment with the number of its film."""
    begins_us = [0, *accumulate(film.duration_us for film in films)]
    moments = [_later(moment, begin) for film, begin in zip(films, begins_us, strict=False) for moment in film.moments]
    seen = [
        each.shifted(begin)
        for film, begin in zip(films, begins_us, strict=False)
        for each in (film.seen if film.seen is not None else [Interval(0, film.duration_us)])
    ]
    home = {moment.moment_id: number for number, film in enumerate(films) for moment in film.moments}
    found = suggest(moments, parts, Timeline(seen), begins_us[-1], tagged)
    return [(home[each.moment_id], _back(each, begins_us[home[each.moment_id]])) for each in found]


def _later(moment: Moment, by_us: int) -> Moment:
    return moment.model_copy(update={"start_us": moment.start_us + by_us, "end_us": moment.end_us + by_us})


def _back(found: Suggested, by_us: int) -> Suggested:
    return replace(found, interval=found.interval.shifted(-by_us))


def suggest(
    moments: Sequence[Moment],
    parts: Mapping[str, Part],
    seen: Timeline | None,
    duration_us: int,
    tagged: Container[str] | None = None,
) -> list[Suggested]:
    """The moments to begin with, in the order of time; as many as there are, up to three.

    `parts` says in whom each moment is seen, by its id; `seen` when both faces are seen, None where nobody looked.
    Points are no moments to play. `tagged` holds the ids of those that were tagged rather than only kept (None: all).
    Nobody's times are changed, but that a film of moments takes none longer than `MAX_REEL_MOMENT_US`.
    """
    offered = [_cut(moment, seen) for moment in moments if not moment.point]
    told = {moment.moment_id for moment in moments if tagged is None or moment.moment_id in tagged}
    best = sorted(offered, key=lambda each: (each.moment_id not in told, -each.seen, each.interval))[:MOST_WEIGHED]
    strengths = {moment.moment_id: moment.code_ref for moment in moments}
    sets = [chosen for size in range(1, MAX_REEL_MOMENTS + 1) for chosen in combinations(best, size) if _apart(chosen)]
    if not sets:
        return []
    ranked = max(sets, key=lambda chosen: _worth(chosen, parts, strengths, told, duration_us))
    return sorted(ranked, key=lambda each: each.interval)


def _cut(moment: Moment, seen: Timeline | None) -> Suggested:
    whole = Interval(moment.start_us, moment.end_us)
    if whole.duration_us <= MAX_REEL_MOMENT_US:
        return Suggested(moment.moment_id, whole, _share(whole, seen))
    starts = range(whole.start_us, whole.end_us - MAX_REEL_MOMENT_US + 1, STEP_US)
    parts = [Interval(start, start + MAX_REEL_MOMENT_US) for start in starts]
    best = max(parts, key=lambda part: _share(part, seen))
    return Suggested(moment.moment_id, best, _share(best, seen))


def _share(interval: Interval, seen: Timeline | None) -> float:
    return 1.0 if seen is None else seen.crop(interval).duration_us / interval.duration_us


def _apart(chosen: Sequence[Suggested]) -> bool:
    """Whether none shows what another shows."""
    return all(one.interval.intersection(other.interval) is None for one, other in combinations(chosen, 2))


def _worth(
    chosen: Sequence[Suggested],
    parts: Mapping[str, Part],
    strengths: Mapping[str, str],
    tagged: Container[str],
    duration_us: int,
) -> float:
    count = len(chosen)
    whose = [parts.get(each.moment_id, "both") for each in chosen]
    child, parent = (sum(part in (who, "both") for part in whose) for who in ("child", "parent"))
    middles = sorted((each.interval.start_us + each.interval.end_us) / 2 for each in chosen)
    figures = {
        "number": count,
        "tagged": sum(each.moment_id in tagged for each in chosen) / count,
        "balance": min(child, parent) / count,
        "variety": len({strengths[each.moment_id] for each in chosen}) / count,
        "spread": (middles[-1] - middles[0]) / max(1, duration_us),
        "seen": sum(each.seen for each in chosen) / count,
    }
    return sum(WEIGHTS[name] * figure for name, figure in figures.items())
