"""The words of a coding file put into those of a scheme: which lane and code each of them is, told by a person once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vfeed.research.blind_coding import UNSEEN
from vfeed.research.counting import count
from vfeed.research.formats.seam import NO_CODE, Loss, LossKind, at
from vfeed.research.marks import CANNOT_SEE as UNSEEN_WORDS
from vfeed.research.marks import Coding, Mark, clean
from vfeed.research.scheme import CANNOT_SEE, NONE, RESERVED, Lane, LaneKind, Scheme
from vfeed.timeline.interval import Interval
from vfeed.timeline.timeline import Timeline

LEFT_OUT = "-"
"""What stands for a word that is not taken in."""
WHO_WORDS = {
    "infant": {"infant", "baby", "child", "toddler", "kid", "enfant", "kind"},
    "parent": {"parent", "mother", "mum", "mom", "father", "dad", "adult", "carer", "caregiver", "mère", "mutter"},
}
_SPLIT = re.compile(r"[^\w']+|_")


@dataclass(frozen=True, order=True, slots=True)
class Word:
    """A code of a file with whom it is about and in which lane it stands there."""

    who: str
    lane: str
    code: str

    @property
    def key(self) -> str:
        """The word as one text, by which it is remembered.

        >>> Word("mother", "gaze", "at: baby").key
        'mother\\tgaze\\tat: baby'
        """
        return "\t".join((self.who, self.lane, self.code))


@dataclass(frozen=True, slots=True)
class Used:
    """How often a word stands in a file, and how often as a point in time."""

    word: Word
    marks: int
    points: int


def words_of(codings: Iterable[Coding]) -> list[Used]:
    """Every word of these codings, in order of whom and where."""
    marks: Counter[Word] = Counter()
    points: Counter[Word] = Counter()
    for coding in codings:
        for mark in coding.marks:
            word = Word(mark.who, mark.lane, mark.code)
            marks[word] += 1
            points[word] += mark.point
    return [Used(word, marks[word], points[word]) for word in sorted(marks)]


def places(scheme: Scheme) -> dict[str, tuple[Lane, str]]:
    """What a word can be in a scheme: lane and code, by a name such as `infant_looking/partner`."""
    found: dict[str, tuple[Lane, str]] = {}
    for lane in scheme.lanes:
        codes = [each.id for each in lane.codes]
        codes += [CANNOT_SEE, NONE] if lane.kind == LaneKind.STATE else []
        found |= {f"{lane.id}/{code}": (lane, code) for code in codes}
    return found


def guessed(word: Word, scheme: Scheme) -> str:
    """The place in the scheme that is called like the word, "" where none is or several are."""
    said = _parts(word.code)
    about = _parts(word.who) | _parts(word.lane)
    fitting = [
        (name, lane)
        for name, (lane, code) in places(scheme).items()
        if said and said in (_parts(code), _parts(lane.label(code)), *_also(code))
    ]
    for whose in (_same_lane, _same_who):
        ours = [name for name, lane in fitting if whose(about, lane)]
        if len(ours) == 1:
            return ours[0]
    return fitting[0][0] if len(fitting) == 1 and not _others_who(about, fitting[0][1]) else ""


def _parts(text: str) -> frozenset[str]:
    return frozenset(part for part in _SPLIT.split(text.casefold().replace("’", "'")) if part)


def _also(code: str) -> tuple[frozenset[str], ...]:
    return tuple(_parts(each) for each in UNSEEN_WORDS) if code == CANNOT_SEE else ()


def _same_who(about: frozenset[str], lane: Lane) -> bool:
    return bool(about & (WHO_WORDS.get(lane.who, set()) | {lane.who}))


def _same_lane(about: frozenset[str], lane: Lane) -> bool:
    return _same_who(about, lane) and _parts(lane.title) <= about


def _others_who(about: frozenset[str], lane: Lane) -> bool:
    """Whether the word is said of somebody else than the lane."""
    return any(about & words for who, words in WHO_WORDS.items() if who != lane.who)


def recoded(
    coding: Coding, scheme: Scheme, told: Mapping[str, str], where: str = ""
) -> tuple[Coding, tuple[Loss, ...]]:
    """Return a coding in the words of a scheme, with what was changed and left out.

    `told` gives for each `Word.key` a name of `places`, or `LEFT_OUT`. A word that nothing is told of is left out, and
    the report says so. A point in a lane of states is left out; a stretch in a lane of points becomes its start.
    """
    known = places(scheme)
    marks: list[Mark] = []
    losses: list[Loss] = []
    moved: Counter[tuple[str, str]] = Counter()
    gone: Counter[str] = Counter()
    for mark in coding.marks:
        word = Word(mark.who, mark.lane, mark.code)
        shown = " · ".join(part for part in (word.who, word.lane, word.code or NO_CODE) if part)
        place = known.get(told.get(word.key, LEFT_OUT))
        if place is None:
            gone[shown] += 1
            continue
        lane, code = place
        moved[shown, f"{lane.who} · {lane.title} · {RESERVED.get(code, code)}"] += 1
        made = _placed(mark, lane, code, losses)
        marks += [made] if made is not None else []
    about = where or coding.clip or "the file"
    for (old, new), number in sorted(moved.items()):
        if old != new:
            losses.append(Loss(LossKind.CHANGED, f"{old}, {about}", f"{count(number, 'mark')} became {new}."))
    for old, number in sorted(gone.items()):
        losses.append(
            Loss(LossKind.DROPPED, f"{old}, {about}", f"{count(number, 'mark')} left out: no place was said.")
        )
    losses += _overlaps(marks, scheme, about)
    source = replace(coding.provenance, scheme_id=scheme.id, scheme_version=str(scheme.version))
    return replace(coding, marks=tuple(marks), provenance=source, lanes=_lanes(coding, told, known)), tuple(losses)


def _lanes(
    coding: Coding, told: Mapping[str, str], known: Mapping[str, tuple[Lane, str]]
) -> dict[tuple[str, str], tuple[Interval, ...]]:
    """When each lane of the scheme was watched: as those of the file were whose words it takes, and as its own."""
    found: dict[tuple[str, str], Timeline] = {}
    ours = {lane.name for lane, _code in known.values()}
    for name, window in coding.lanes.items():
        words = {Word(mark.who, mark.lane, mark.code).key for mark in coding.marks if (mark.who, mark.lane) == name}
        places = (known.get(told.get(word, LEFT_OUT)) for word in words)
        for lane in {place[0].name for place in places if place is not None} | ({name} & ours):
            found[lane] = found.get(lane, Timeline()).union(Timeline(window))
    return {lane: window.intervals for lane, window in found.items()}


def _placed(mark: Mark, lane: Lane, code: str, losses: list[Loss]) -> Mark | None:
    """The mark in its lane; None for a point among states, and for what says that nothing was there."""
    end_us, where = mark.end_us, f"{mark.code} at {at(mark.start_us)}"
    if lane.kind == LaneKind.STATE and mark.point:
        losses.append(Loss(LossKind.DROPPED, where, "A point has no place among states."))
        return None
    if lane.kind == LaneKind.POINT and not mark.point:
        losses.append(Loss(LossKind.CHANGED, where, "Of the stretch its start was kept."))
        end_us = mark.start_us
    if code == NONE:
        return None
    code = UNSEEN if code == CANNOT_SEE else code
    return replace(mark, end_us=end_us, who=lane.who, lane=clean(lane.title), code=code)


def _overlaps(marks: Sequence[Mark], scheme: Scheme, about: str) -> list[Loss]:
    """Where two states of one lane hold at once, which the scheme does not know: said, and kept."""
    found = []
    for lane in scheme.lanes:
        states = sorted(each for each in marks if (each.who, each.lane) == (lane.who, lane.title) and not each.point)
        count, end_us, first = 0, 0, 0
        for mark in states:
            if mark.start_us < end_us:
                first = mark.start_us if not count else first
                count += 1
            end_us = max(end_us, mark.end_us)
        if count:
            words = f"{count} states begin before the one before has ended, the first at {at(first)}."
            found.append(Loss(LossKind.NOTED, f"{lane.who} · {lane.title}, {about}", words))
    return found
