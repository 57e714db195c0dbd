"""Two coders' codings of the same clips compared, lane by lane: every figure with what it stands on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import isfinite, nan

import numpy as np
from numpy.typing import NDArray

from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.research.alpha import Alpha, Continuum, alpha, alpha_unitizing, alpha_unitizing_of_all
from vfeed.research.bootstrap import Range, over_families
from vfeed.research.gamma import LEAST_SAMPLES, MOST_EVENTS, Unit, gamma
from vfeed.research.icc import Icc, icc
from vfeed.research.kappa import Kappa, cohen, confusion_of, gwet, met_within, numbered
from vfeed.research.marks import CANNOT_SEE, Coding, Mark
from vfeed.research.matching import Matched, easydiag, easydiag_table, matched
from vfeed.research.rules import Rules
from vfeed.research.units import codes_at, inside, unit_middles, watched
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

Table = NDArray[np.int64]
STEP_US = 1_000
"""Step of the continuum on which alpha_U counts."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two codings of one clip."""

    clip: str
    family: str
    first: Coding
    second: Coding


@dataclass(frozen=True, slots=True)
class Leeway:
    """Agreement with so much time on each side: of units in both directions, and of starts of events."""

    tolerance_us: int
    first_to_second: Kappa
    second_to_first: Kappa
    events: Matched

    @property
    def kappa(self) -> float:
        """The mean of both directions."""
        return (self.first_to_second.value + self.second_to_first.value) / 2


@dataclass(frozen=True)
class LaneAgreement:
    """Agreement on one person's lane over all clips.

    `codes` are those used by either coder, "" (nothing marked) among them; `table` is (K, K) in units. `watched_us` is
    the time that both watched without `other_codes_us`, in which one of them has a code that does not count
    (`dropped_codes`, marks by code): such time is missing, as is what only one of them watched (`left_out_us`). Times
    and counts are over all clips.
    """

    who: str
    lane: str
    clips: int
    families: int
    codes: tuple[str, ...]
    unit_us: int
    watched_us: int
    left_out_us: int
    table: Table
    kappa: Kappa
    kappa_range: Range
    without_unseen: Kappa
    ac1: Kappa
    alpha: Alpha
    by_code: dict[str, float]
    alpha_u: dict[str, Alpha]
    alpha_u_all: Alpha
    leeways: tuple[Leeway, ...]
    easydiag: Kappa
    durations: dict[str, Icc]
    gamma: float
    gamma_clips: int
    by_family: dict[str, Kappa]
    events: tuple[int, int]
    usual_event_us: int
    dropped_codes: dict[str, int] = field(default_factory=dict)
    other_codes_us: int = 0


@dataclass(frozen=True)
class _Compared:
    """One clip of one lane: both coders' codes of each unit that both watched, and their marks in that time.

    `breaks` are the places among the units before which nobody, or only one of them, watched for a while.
    """

    pair: Pair
    both: Timeline
    left_out_us: int
    other_codes_us: int
    ours: list[str]
    theirs: list[str]
    our_marks: list[Mark]
    their_marks: list[Mark]
    breaks: NDArray[np.int64]


def check_two_coders(first: Sequence[Coding], second: Sequence[Coding]) -> None:
    """Refuse to compare codings with themselves; raises VfeedError `invalid_input`.

    Of some films two coders’ files may be the same, such as where both marked nothing: of all they are not.
    """
    ours, theirs = ({c.provenance.import_sha256 for c in each} - {""} for each in (first, second))
    if ours and theirs and (ours <= theirs or theirs <= ours):
        raise VfeedError(
            "invalid_input",
            _("Both codings are one and the same file."),
            hint=_(
                "Give the files of two coders: agreement of a coding with itself says nothing. Where two coders did "
                "mark the same, give more of their films at once."
            ),
        )
    names = {c.coder for c in first} & {c.coder for c in second} - {""}
    if names:
        raise VfeedError(
            "invalid_input",
            _("Both codings are by %(name)s."),
            hint=_("Give another coder’s file, or say that it is a repeat: --repeat."),
            name=sorted(names)[0],
        )


def lanes_of(pairs: Sequence[Pair], *, points: bool = False) -> list[tuple[str, str]]:
    """Return who and lane of all states (or points) that either coder marked."""
    marks = [mark for pair in pairs for coding in (pair.first, pair.second) for mark in coding.marks]
    return sorted({(mark.who, mark.lane) for mark in marks if mark.point == points})


def compare(pairs: Sequence[Pair], who: str, lane: str, rules: Rules) -> LaneAgreement:
    """Return every figure of one lane; raises VfeedError `invalid_input` where there is no time to compare."""
    dropped: dict[str, int] = defaultdict(int)
    clips = [_clip(pair, who, lane, rules, dropped) for pair in pairs]
    other_codes_us = sum(clip.other_codes_us for clip in clips)
    clips = [clip for clip in clips if clip.both]
    if not clips and other_codes_us:
        raise VfeedError(
            "invalid_input",
            _("In all that both coders watched one of them has a code that does not count: %(codes)s."),
            hint=_("Add it to the codes that count, or call it what they call it."),
            codes=", ".join(sorted(dropped)),
        )
    if not clips:
        raise VfeedError(
            "invalid_input",
            _("The two coders watched no time in common."),
            hint=_("Check that both are about the same films."),
        )
    codes = tuple(sorted({code for clip in clips for code in (*clip.ours, *clip.theirs)}))
    units = [(numbered(clip.ours, codes), numbered(clip.theirs, codes)) for clip in clips]
    nothing = np.zeros((len(codes), len(codes)), np.int64)
    by_family: dict[str, Table] = {}
    for clip, (ours, theirs) in zip(clips, units, strict=True):
        family = clip.pair.family
        by_family[family] = by_family.get(family, nothing) + confusion_of(ours, theirs, len(codes))
    table = sum(by_family.values(), nothing)
    seen = [place for place, code in enumerate(codes) if code.casefold() not in CANNOT_SEE]
    all_marks = [mark for clip in clips for mark in (*clip.our_marks, *clip.their_marks)]
    # A mark shorter than a unit may hold the middle of none, and is an event all the same.
    marked = tuple(sorted({code for code in codes if code} | {mark.code for mark in all_marks}))
    stretches = [(clip, each) for clip in clips for each in clip.both]
    alphas = {code: alpha_unitizing([_continuum(clip, each, code) for clip, each in stretches]) for code in marked}
    marking = sum(any(each) for each in zip(*((clip.our_marks, clip.their_marks) for clip in clips), strict=True))
    gamma_value, gamma_clips = _gamma(clips, rules) if rules.with_gamma else (nan, 0)
    return LaneAgreement(
        who=who,
        lane=lane,
        clips=len(clips),
        families=len(by_family),
        codes=codes,
        unit_us=rules.unit_us,
        watched_us=sum(clip.both.duration_us for clip in clips),
        left_out_us=sum(clip.left_out_us for clip in clips),
        table=table,
        kappa=cohen(table),
        kappa_range=over_families(list(by_family.values()), lambda each: cohen(each).value, seed=rules.seed),
        without_unseen=cohen(table[np.ix_(seen, seen)]),
        ac1=gwet(table),
        alpha=_alpha_of(table),
        by_code=_by_code(table, codes),
        alpha_u=alphas,
        alpha_u_all=alpha_unitizing_of_all(list(alphas.values()), marking),
        leeways=tuple(_leeway(clips, units, tolerance, rules.unit_us, len(codes)) for tolerance in rules.tolerances_us),
        easydiag=easydiag(
            sum(
                (easydiag_table(clip.our_marks, clip.their_marks, marked) for clip in clips),
                np.zeros((len(marked) + 1, len(marked) + 1), np.int64),
            )
        ),
        durations={code: icc(_durations(clips, code)) for code in marked},
        gamma=gamma_value,
        gamma_clips=gamma_clips,
        by_family={family: cohen(each) for family, each in sorted(by_family.items())},
        events=(sum(len(clip.our_marks) for clip in clips), sum(len(clip.their_marks) for clip in clips)),
        usual_event_us=int(np.median([mark.end_us - mark.start_us for mark in all_marks])) if all_marks else 0,
        dropped_codes=dict(dropped),
        other_codes_us=other_codes_us,
    )


def _clip(pair: Pair, who: str, lane: str, rules: Rules, dropped: dict[str, int]) -> _Compared:
    ours, theirs = watched(pair.first, who, lane), watched(pair.second, who, lane)
    common = ours.intersection(theirs)
    states = [_states(coding, who, lane, rules) for coding in (pair.first, pair.second)]
    for mark in (mark for _counting, others in states for mark in others):
        dropped[mark.code] += 1
    missing = Timeline(each for counting, others in states for each in _of_other_codes(counting, others))
    both = Timeline(each for stretch in common for each in missing.gaps(stretch))
    end_us = max((each.end_us for each in both), default=0)
    times = unit_middles(0, end_us, rules.unit_us)
    times = times[inside(both, times)]
    marks = [_cut(counting, both) for counting, _others in states]
    left_out_us = ours.duration_us + theirs.duration_us - 2 * common.duration_us
    other_codes_us = common.duration_us - both.duration_us
    codes = [codes_at(each, times) for each in marks]
    breaks = np.flatnonzero(np.diff(times) > rules.unit_us) + 1
    return _Compared(pair, both, left_out_us, other_codes_us, codes[0], codes[1], marks[0], marks[1], breaks)


def _states(coding: Coding, who: str, lane: str, rules: Rules) -> tuple[list[Mark], list[Mark]]:
    """The states of a lane: those with a code that counts, and others."""
    states = [mark for mark in coding.marks if (mark.who, mark.lane) == (who, lane) and not mark.point]
    others = [mark for mark in states if rules.codes and mark.code not in rules.codes]
    return [mark for mark in states if not rules.codes or mark.code in rules.codes], others


def _of_other_codes(counting: Sequence[Mark], others: Sequence[Mark]) -> Timeline:
    """The time in which a lane has no code that counts and another one: missing, and not absent."""
    counted = Timeline(mark.interval for mark in counting)
    return Timeline(each for mark in others for each in counted.gaps(mark.interval))


def _cut(marks: Sequence[Mark], both: Timeline) -> list[Mark]:
    return [
        Mark(part.start_us, part.end_us, mark.who, mark.lane, mark.code, mark.modifiers, mark.note)
        for mark in marks
        for part in Timeline([mark.interval]).intersection(both)
    ]


def _alpha_of(table: Table) -> Alpha:
    """Nominal alpha of two coders from their table, without going through the units one by one."""
    together = (table + table.T).astype(np.float64)
    totals = together.sum(0)
    whole = totals.sum()
    if whole < 2:
        return Alpha(nan, nan, nan, 2)
    observed = float((whole - np.trace(together)) / whole)
    expected = float((whole**2 - (totals**2).sum()) / (whole * (whole - 1)))
    return Alpha(1 - observed / expected if expected > 0 else nan, observed, expected, 2)


def _by_code(table: Table, codes: Sequence[str]) -> dict[str, float]:
    """Of the units in which either coder has a code, the share in which both do."""
    shares = {}
    for place, code in enumerate(codes):
        either = table[place].sum() + table[:, place].sum() - table[place, place]
        shares[code] = float(table[place, place] / either) if either else nan
    return shares


def _leeway(
    clips: Sequence[_Compared],
    units: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
    tolerance_us: int,
    unit_us: int,
    count: int,
) -> Leeway:
    steps = tolerance_us // unit_us
    forth = np.zeros((count, count), np.int64)
    back = np.zeros_like(forth)
    both = first = second = 0
    for clip, (ours, theirs) in zip(clips, units, strict=True):
        for mine, yours in zip(np.split(ours, clip.breaks), np.split(theirs, clip.breaks), strict=True):
            forth += confusion_of(mine, met_within(mine, yours, steps, count), count)
            back += confusion_of(met_within(yours, mine, steps, count), yours, count)
        found = matched(clip.our_marks, clip.their_marks, tolerance_us)
        both, first, second = both + found.both, first + found.only_first, second + found.only_second
    return Leeway(tolerance_us, cohen(forth), cohen(back), Matched(tolerance_us, both, first, second))


def _continuum(clip: _Compared, stretch: Interval, code: str) -> Continuum:
    """One stretch that both watched: what lies between two of them nobody looked at."""
    start, end = stretch.start_us // STEP_US, stretch.end_us // STEP_US

    def spans(marks: Sequence[Mark]) -> list[tuple[int, int]]:
        found = Timeline(mark.interval for mark in marks if mark.code == code).intersection(Timeline([stretch]))
        steps = [(each.start_us // STEP_US, each.end_us // STEP_US) for each in found]
        return [(first, min(last, end)) for first, last in steps if last > first]

    return Continuum((spans(clip.our_marks), spans(clip.their_marks)), start, end)


def _durations(clips: Sequence[_Compared], code: str) -> NDArray[np.float64]:
    def total(marks: Sequence[Mark]) -> float:
        return sum(mark.end_us - mark.start_us for mark in marks if mark.code == code) / 1e6

    return np.array([(total(clip.our_marks), total(clip.their_marks)) for clip in clips])


@dataclass(frozen=True, slots=True)
class FilmGamma:
    """What gamma rests on in one film: its events, the disorder found and that expected; NaN where there is none."""

    events: int
    disorder: float
    expected: float


def film_gamma(
    pair: Pair, who: str, lane: str, rules: Rules, *, most_events: int, on_sample: Callable[[float], None]
) -> FilmGamma:
    """Return gamma's parts of a lane in one film; the same for the same film, whichever others there are."""
    return _film_gamma(_clip(pair, who, lane, rules, defaultdict(int)), rules.seed, most_events, on_sample)


def gamma_of(films: Iterable[FilmGamma]) -> tuple[float, int]:
    """Return gamma over films, disorder and expected disorder both summed by their events; and how many it is of."""
    known = [each for each in films if isfinite(each.disorder)]
    found = sum(each.disorder * each.events for each in known)
    expected = sum(each.expected * each.events for each in known)
    return (1 - found / expected if expected > 0 else nan), len(known)


def _gamma(clips: Sequence[_Compared], rules: Rules) -> tuple[float, int]:
    return gamma_of(
        _film_gamma(clip, rules.seed + number, MOST_EVENTS, lambda _share: None) for number, clip in enumerate(clips)
    )


def _film_gamma(clip: _Compared, seed: int, most_events: int, on_sample: Callable[[float], None]) -> FilmGamma:
    coders = [
        [Unit(mark.start_us / 1e6, mark.end_us / 1e6, mark.code) for mark in marks]
        for marks in (clip.our_marks, clip.their_marks)
    ]
    length = max((each.end_us for each in clip.both), default=0) / 1e6
    found = gamma(coders, length, seed=seed, most_samples=LEAST_SAMPLES, most_events=most_events, on_sample=on_sample)
    return FilmGamma(sum(map(len, coders)), found.disorder, found.expected)


def match_points(pairs: Sequence[Pair], who: str, lane: str, rules: Rules) -> tuple[Matched, ...]:
    """Return how many points of a lane match at each tolerance; kappa on a grid is no measure for points."""
    curve = []
    for tolerance_us in rules.tolerances_us:
        both = first = second = 0
        for pair in pairs:
            window = watched(pair.first, who, lane).intersection(watched(pair.second, who, lane))
            ours, theirs = (
                [
                    mark
                    for mark in coding.marks
                    if mark.point and (mark.who, mark.lane) == (who, lane) and _counts(mark, window, rules)
                ]
                for coding in (pair.first, pair.second)
            )
            found = matched(ours, theirs, tolerance_us)
            both, first, second = both + found.both, first + found.only_first, second + found.only_second
        curve.append(Matched(tolerance_us, both, first, second))
    return tuple(curve)


def _counts(mark: Mark, window: Timeline, rules: Rules) -> bool:
    inside_window = any(each.start_us <= mark.start_us <= each.end_us for each in window)
    return inside_window and (not rules.codes or mark.code in rules.codes)


def alpha_of_many(codings: Sequence[Sequence[Coding | None]], who: str, lane: str, rules: Rules) -> Alpha:
    """Return nominal alpha over any number of coders; each inner sequence is one clip's codings in the coders' order.

    Units that a coder did not watch or gave a code that does not count, and clips that they did not code (None), are
    missing for them, and not a code.
    """
    ratings: list[list[str | None]] = [[] for _ in codings[0]] if codings else []
    for clip in codings:
        end_us = max((coding.end_us for coding in clip if coding is not None), default=0)
        times = unit_middles(0, end_us, rules.unit_us)
        for row, coding in zip(ratings, clip, strict=True):
            if coding is None:
                row += [None] * len(times)
                continue
            marks, others = _states(coding, who, lane, rules)
            seen = inside(watched(coding, who, lane), times) & ~inside(_of_other_codes(marks, others), times)
            row += [code if is_seen else None for code, is_seen in zip(codes_at(marks, times), seen, strict=True)]
    return alpha(ratings)
