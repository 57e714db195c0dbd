"""Whether a film can be coded, within limits, or should be filmed again, and how: films are judged, never people.

The limits are proposals after the CARE-Index's demands on a film (three uncut minutes of play, one adult and one child,
faces in view, sound, no coaching): ask a coder who is trained in it before relying on them. No scale is computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad import recording_quality
from vfeed.errors import filled
from vfeed.errors import marked as _
from vfeed.perception.metrics import Heard, Metrics
from vfeed.timeline.clock import clock

LENGTH_US = 180_000_000
"""Three minutes: what both forms of the CARE-Index ask for."""
EDGE_US = 5_000_000
"""The first and last seconds of a film are those of the camera being set up and fetched."""
WELL_SEEN, LITTLE_SEEN = 0.70, 0.25
"""Share of the best three minutes in which both faces can be read: codable from the first, not below the second."""
FEW_OTHERS, MANY_OTHERS = 0.05, 0.20
"""Share of the best three minutes in which somebody else is in view."""
MOST_REASONS = 3
ALTERNATIVES = 2
AGES_MONTHS = {"infant": (0, 15), "toddler": (16, 72)}
FORM_AGES = {
    "infant": _("%(age)s months is outside of the infant form (%(youngest)s to %(oldest)s)."),
    "toddler": _("%(age)s months is outside of the toddler form (%(youngest)s to %(oldest)s)."),
}


class Verdict(StrEnum):
    """What a coder can do with the film."""

    CODABLE = "codable"
    LIMITS = "codable with limits"
    AGAIN = "film again"
    UNKNOWN = "not known"


_ORDER = [Verdict.CODABLE, Verdict.LIMITS, Verdict.UNKNOWN, Verdict.AGAIN]


class Answer(StrEnum):
    """A person's answer to a question of the form."""

    YES = "yes"
    NO = "no"
    CANNOT_SAY = "cannot say"


QUESTIONS = {
    "in_frame": _("hands and bodies are in the picture"),
    "pair": _("one adult and one child play"),
    "no_coaching": _("nobody tells them what to do"),
    "awake": _("the child is awake and not already crying"),
    "instruction": _("they were asked to play as they usually would"),
}
"""What vfeed cannot see and a person answers."""
NOT_SO = _("A person says: not so, that %(what)s.")
CANNOT_SAY = _("A person says: cannot say, that %(what)s.")
DECIDING = ("pair", "no_coaching", "awake")
"""A "no" to one of these means filming again."""


@dataclass(frozen=True, slots=True)
class Best:
    """Three minutes without a cut: where, how much of them both faces can be read, and others are in view."""

    start_us: int
    end_us: int
    both_seen_share: float
    others_share: float


@dataclass(frozen=True)
class FilmFacts:
    """What a look at a film gives; None where it was not looked at so closely.

    `uncut_us` is the longest stretch without a cut, `best` the best three minutes and up to two others.
    `people` is how many are followed, `unclear` whether a person should say who is who.
    """

    length_us: int
    sound: Heard
    uncut_us: int | None = None
    best: tuple[Best, ...] = ()
    people: int | None = None
    unclear: bool = False
    face_px: float | None = None
    advice: tuple[str, ...] = ()


@dataclass(frozen=True)
class Codability:
    """The verdict with at most three reasons and three pieces of advice, and what a person still has to look at."""

    verdict: Verdict
    reasons: tuple[str, ...]
    advice: tuple[str, ...]
    to_look_at: tuple[str, ...]


Finding = tuple[Verdict, str, str]
"""How far it limits, the reason in words, and the advice for the next film ("" for none)."""


def judge(facts: FilmFacts) -> Codability:
    """Return what a coder can do with a film as far as the film itself tells."""
    found = _settled(_measured(facts), tuple(QUESTIONS.values()))
    if found.verdict is Verdict.CODABLE:
        return found
    return replace(found, advice=tuple(dict.fromkeys((*found.advice, *facts.advice)))[:MOST_REASONS])


def with_person(
    found: Codability,
    *,
    form: str = "infant",
    age_months: float | None = None,
    answers: Mapping[str, Answer] | None = None,
    verdict: Verdict | None = None,
) -> Codability:
    """Return the same with what a person says of the film: their reasons come first, their verdict goes before all."""
    said = answers or {}
    findings = [*_answered(said), *_age(form, age_months)]
    findings += [(found.verdict, words, "") for words in found.reasons]
    told = _settled(findings, tuple(words for name, words in QUESTIONS.items() if name not in said))
    worst = max(found.verdict, told.verdict, key=_ORDER.index)
    return Codability(verdict or worst, told.reasons, found.advice, () if verdict else told.to_look_at)


def _settled(findings: Sequence[Finding], open_questions: tuple[str, ...]) -> Codability:
    limiting = [finding for finding in findings if finding[0] is not Verdict.CODABLE]
    worst = max((finding[0] for finding in limiting), key=_ORDER.index, default=Verdict.CODABLE)
    limiting.sort(key=lambda finding: -_ORDER.index(finding[0]))
    reasons = tuple(dict.fromkeys(words for _, words, _ in limiting))[:MOST_REASONS]
    advice = tuple(dict.fromkeys(words for _, _, words in limiting if words))[:MOST_REASONS]
    return Codability(worst, reasons, advice, open_questions)


def _measured(facts: FilmFacts) -> list[Finding]:
    findings = _length(facts) + _sound(facts)
    if facts.people is None:
        if facts.length_us >= LENGTH_US:
            findings.append((Verdict.UNKNOWN, _("The pictures were not looked at yet."), ""))
        return findings
    if facts.people < recording_quality.EXPECTED_PEOPLE:
        who = _("Nobody’s face was found.") if facts.people == 0 else _("Only one person’s face was found.")
        findings.append((Verdict.AGAIN, who, recording_quality.BOTH))
    elif facts.best:
        findings += _seen(facts.best[0])
    if facts.unclear:
        findings.append((Verdict.LIMITS, _("Who is the child and who the adult is not clear: please say."), ""))
    if facts.face_px is not None and facts.face_px < recording_quality.LEAST_FACE_PX:
        tiny = filled(_("The faces are only %(size)s px wide."), size=f"{facts.face_px:.0f}")
        findings.append((Verdict.AGAIN, tiny, recording_quality.CLOSER))
    elif facts.face_px is not None and facts.face_px < recording_quality.GOOD_FACE_PX / 2:
        small = filled(_("The faces are small (%(size)s px wide)."), size=f"{facts.face_px:.0f}")
        findings.append((Verdict.LIMITS, small, recording_quality.CLOSER))
    return findings


def _length(facts: FilmFacts) -> list[Finding]:
    if facts.length_us < LENGTH_US:
        long = clock(facts.length_us, tenths=False)
        short = filled(_("It is shorter than three minutes (%(length)s)."), length=long)
        return [(Verdict.AGAIN, short, _("Film three minutes or more."))]
    if facts.uncut_us is not None and facts.uncut_us < LENGTH_US:
        longest = clock(facts.uncut_us, tenths=False)
        cut = filled(_("Three minutes only across cuts; the longest part is %(length)s."), length=longest)
        return [(Verdict.LIMITS, cut, recording_quality.IN_ONE_GO)]
    return []


def _sound(facts: FilmFacts) -> list[Finding]:
    words = {Heard.NONE: _("It has no sound."), Heard.SILENT: _("Its sound is silent.")}.get(facts.sound)
    return [(Verdict.AGAIN, words, recording_quality.SOUND_ON)] if words else []


def _seen(best: Best) -> list[Finding]:
    findings: list[Finding] = []
    share = filled(
        _("Both faces can be read for %(share)s %% of the best three minutes."), share=round(100 * best.both_seen_share)
    )
    if best.both_seen_share < LITTLE_SEEN:
        findings.append((Verdict.AGAIN, share, recording_quality.SIDE_ON))
    elif best.both_seen_share < WELL_SEEN:
        findings.append((Verdict.LIMITS, share, ""))
    others = filled(
        _("Somebody else is in view for %(share)s %% of the best three minutes."), share=round(100 * best.others_share)
    )
    alone = _("Let nobody else be in the picture.")
    if best.others_share > MANY_OTHERS:
        findings.append((Verdict.AGAIN, others, alone))
    elif best.others_share > FEW_OTHERS:
        findings.append((Verdict.LIMITS, others, alone))
    return findings


def _age(form: str, age_months: float | None) -> list[Finding]:
    if age_months is None:
        return []
    youngest, oldest = AGES_MONTHS[form]
    if youngest <= age_months < oldest + 1:
        return []
    words = filled(FORM_AGES[form], age=f"{age_months:g}", youngest=youngest, oldest=oldest)
    return [(Verdict.LIMITS, words, "")]


def _answered(answers: Mapping[str, Answer]) -> list[Finding]:
    findings: list[Finding] = []
    for name, answer in answers.items():
        if answer is Answer.YES:
            continue
        negative = answer is Answer.NO
        words = filled(NOT_SO if negative else CANNOT_SAY, what=filled(QUESTIONS[name]))
        findings.append((Verdict.AGAIN if negative and name in DECIDING else Verdict.LIMITS, words, ""))
    return findings


def best_stretches(
    metrics: Metrics, both: NDArray[np.bool_], others: NDArray[np.bool_], length_us: int = LENGTH_US
) -> tuple[Best, ...]:
    """Return the best stretch within one shot and up to two more that share less than half of it with each chosen one.

    `both` (T,): both faces can be read; `others` (T,): somebody else is in view. Time with both and without others
    counts; the film's first and last five seconds are left out where there is room; the earliest of equals.
    """
    times = metrics["time_us"].astype(np.int64)
    if not len(times):
        return ()
    ends = np.append(times[1:], max(int(metrics["duration_us"][0]), int(times[-1])))
    lasts = ends - times
    starts, reached = _fitting(times, ends, metrics["shot"], length_us)
    if not len(starts):
        return ()

    def held(mask: NDArray[np.bool_]) -> NDArray[np.int64]:
        until = np.concatenate([[0], np.cumsum(np.where(mask, lasts, 0))])
        return np.asarray(until[reached] - until[starts], np.int64)

    worth, seen, with_others = held(both & ~others), held(both), held(others)
    chosen: list[Best] = []
    for place in np.argsort(-worth, kind="stable"):
        start_us = int(times[starts[place]])
        if all(abs(start_us - each.start_us) > length_us // 2 for each in chosen):
            shares = (min(1.0, float(each[place]) / length_us) for each in (seen, with_others))
            chosen.append(Best(start_us, start_us + length_us, *(round(share, 3) for share in shares)))
        if len(chosen) > ALTERNATIVES:
            break
    return tuple(chosen)


def _fitting(
    times: NDArray[np.int64], ends: NDArray[np.int64], shot: NDArray[Any], length_us: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Frames from which a stretch fits into its shot, and the frame after its last; away from the ends if it can be."""
    shot_end = np.searchsorted(shot, shot, side="right")
    reached = np.searchsorted(ends, times + length_us, side="left") + 1
    fits = reached <= shot_end
    inner = fits & (times >= EDGE_US) & (times + length_us <= ends[-1] - EDGE_US)
    starts = np.flatnonzero(inner if inner.any() else fits)
    return starts, reached[starts]


def longest_uncut_us(metrics: Metrics) -> int:
    """Return the length of the longest shot."""
    times = metrics["time_us"]
    if not len(times):
        return 0
    ends = np.append(times[1:], max(int(metrics["duration_us"][0]), int(times[-1])))
    numbers = metrics["shot"].astype(np.int64)
    return int(np.bincount(numbers - numbers.min(), weights=(ends - times).astype(np.float64)).max())
