"""When every frame of a clip is shown, by its packets' stamps alone: the one measure of a clip's time.

Files lie about their clocks. Two recordings joined into one jump back or far ahead at the joint; a lone frame is
stamped hours away; headers promise a length or none. Here the stamps of all packets are read once and made into one
clock that only rises; everything else asks this index.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from vfeed.errors import VfeedError
from vfeed.errors import marked as _

BACK_US = 1_000_000
"""A clock that goes back further than any reordering: two recordings joined into one."""
AHEAD_US = 10_000_000
"""A transport stream's clock that leaps further ahead than this was joined too; ffmpeg draws the same line."""
LONE_STAMPS = 8
"""At most so many frames in a row are stamped far from their neighbours before that is another recording."""
LONE_SHARE = 0.02
MOST_REORDERED = 17
"""No codec of ours shows a frame after more than so many that are decoded later (H.264 and H.265: 16)."""
SHORTEST_US = 1_000
"""A frame that claims to stay for less does not know."""
FAR_US = 1 << 60
"""Beyond this, 36,000 years, a stamp is damage. Clocks that count from 1970 lie well within."""


class Stamp(NamedTuple):
    """What a packet says of its frame, in ticks of its stream."""

    dts: int | None
    pts: int | None
    key: bool
    duration: int

    @property
    def shown(self) -> int | None:
        """When the frame is shown, as far as the packet says."""
        return self.dts if self.pts is None else self.pts


class Joint(NamedTuple):
    """From packet number `first` of the frame on, `shift` ticks are added to its stamps."""

    first: int
    shift: int


@dataclass(frozen=True, eq=False)
class Index:
    """The clock of a clip, in microseconds of the file's own time, joints carried on.

    `times_us` (N,) int64, rising: when each frame is shown. `end_us`: when the last one ends, and `claimed_end_us`
    when it does by its own note, which is not believed when it claims to stay for long. `usual_us`: the usual
    time from one to the next. `keys`: how many frames can be read without others. `first_key`: the number of packets
    before the first of them. `joints`: where another recording begins. `left_out`: packets whose stamps nobody can
    believe. `lone`: those stamps, in ticks.
    """

    times_us: npt.NDArray[np.int64]
    end_us: int
    claimed_end_us: int
    usual_us: int
    keys: int
    first_key: int
    joints: tuple[Joint, ...]
    left_out: int
    lone: frozenset[int]

    def since(self, zero_us: int) -> npt.NDArray[np.int64]:
        """Return the times from `zero_us` on."""
        return self.times_us[np.searchsorted(self.times_us, zero_us) :]

    def length_us(self, zero_us: int) -> int:
        """Return the time from `zero_us`, the first frame that can be decoded, to the end of the last."""
        return max(0, self.end_us - zero_us)

    def before(self, time_us: int, *, frames: int = 0) -> int:
        """Return when the frame is shown that is on screen at `time_us`, or that so many `frames` before it."""
        at = int(np.searchsorted(self.times_us, time_us, side="right")) - 1 - frames
        return int(self.times_us[max(0, at)]) if len(self.times_us) else time_us


def _orders(stamps: Sequence[Stamp]) -> list[int | None]:
    """The stamp of each packet that rises from one to the next, where there is one.

    Where decoding times are known at all (Matroska stores none, and libavformat reckons all but the first), what a
    packet without one says of showing is no place in that order: across a hole the two are far apart.
    """
    decoded = [stamp.dts for stamp in stamps]
    return decoded if any(dts is not None for dts in decoded) else [stamp.pts for stamp in stamps]


def may_jump(stamps: Sequence[Stamp], base: Fraction) -> bool:
    """Return whether the clock leaps ahead anywhere as if another recording began there; `base` is seconds for each
    tick.
    """
    orders = [order for order in _orders(stamps) if order is not None]
    ahead = AHEAD_US * base.denominator // (1_000_000 * base.numerator)
    return any(later - earlier > ahead for earlier, later in pairwise(orders))


def index_from(
    stamps: Sequence[Stamp], base: Fraction, usual_us: int, *, joins_ahead: bool = False, heard: Sequence[int] = ()
) -> Index:
    """Return the index of packets in the order of the file.

    `base` is seconds for each tick, `usual_us` the header's time between frames. With `joins_ahead`, a leap of more
    than `AHEAD_US` is a joint, unless sound is `heard` (sorted, microseconds) meanwhile.
    Raises VfeedError `clip_times_unusable` when more than a few stamps cannot be believed.
    """
    clock = _Ticks(base)
    joints, lone = _joints(stamps, clock, clock.of(usual_us), heard if joins_ahead else None)
    shown: list[tuple[int, int]] = []
    following, shift = 0, 0
    for number, stamp in enumerate(stamps):
        if following < len(joints) and number >= joints[following].first:
            shift, following = joints[following].shift, following + 1
        if number not in lone and stamp.shown is not None:
            shown.append((clock.us(stamp.shown + shift), clock.us(stamp.duration)))
    if len(lone) > max(LONE_STAMPS, LONE_SHARE * len(stamps)) or (lone and not shown):
        raise VfeedError(
            "clip_times_unusable",
            _("The times written in this file make no sense."),
            hint=_("Export it as H.264 in an MP4 file and add that."),
        )
    shown.sort()
    times = np.unique(np.array([time_us for time_us, _ in shown], np.int64))
    if len(times) > 1:
        usual_us = int(np.median(np.diff(times)))
    keys = [number for number, stamp in enumerate(stamps) if stamp.key]
    return Index(
        times_us=times,
        end_us=shown[-1][0] + _believable(shown[-1][1], usual_us) if shown else 0,
        claimed_end_us=sum(shown[-1]) if shown else 0,
        usual_us=usual_us,
        keys=len(keys),
        first_key=keys[0] if keys else 0,
        joints=tuple(joints),
        left_out=len(lone),
        lone=frozenset(ticks for number in lone if (ticks := stamps[number].shown) is not None),
    )


def _believable(length_us: int, usual_us: int) -> int:
    """How long the last frame stays: by its own note, unless that is nothing or far beyond what is usual."""
    return length_us if SHORTEST_US <= length_us <= max(BACK_US, 2 * usual_us) else usual_us


class _Ticks:
    def __init__(self, base: Fraction) -> None:
        self._base = base

    def us(self, ticks: int) -> int:
        return round(ticks * self._base.numerator * 1_000_000 / self._base.denominator)

    def of(self, us: int) -> int:
        return max(1, us * self._base.denominator // (1_000_000 * self._base.numerator))


def _joints(
    stamps: Sequence[Stamp], ticks: _Ticks, usual: int, heard: Sequence[int] | None
) -> tuple[list[Joint], set[int]]:
    """Where another recording begins, and the numbers of the packets whose stamps are beyond belief."""
    lone = _beyond(stamps, ticks)
    orders = enumerate(_orders(stamps))
    timed = [(number, order) for number, order in orders if order is not None and number not in lone]
    joints: list[Joint] = []
    shift, place = 0, 0
    last: int | None = None
    while place < len(timed):
        number, order = timed[place]
        if last is not None and not _follows(order + shift, last, ticks):
            strays = _strays(timed[place : place + LONE_STAMPS + 1], last - shift, ticks)
            if strays:
                lone.update(stray for stray, _told in timed[place : place + strays])
                place += strays
                continue
            crossed = _crossed(stamps, lone, number, last - shift, order)
            if order + shift < last or (not crossed and _joined(last - shift, order, ticks, heard)):
                shift = last + usual - order
                joints.append(Joint(number, shift))
            elif len(timed) - place <= min(LONE_STAMPS, LONE_SHARE * len(timed)) and _longer_than(timed, place):
                lone.update(stray for stray, _told in timed[place:])
                break
        last = order + shift
        place += 1
    return joints, lone


def _beyond(stamps: Sequence[Stamp], ticks: _Ticks) -> set[int]:
    """Packets stamped absurdly, or to be shown so long after they are decoded that it is a mistake.

    It is none before a long stretch without frames: the first frame behind it may be decoded before the last ones
    in front of it, and then the decoding times of the next packets cross the stretch too, and stay behind it.
    """
    far, ahead = ticks.of(FAR_US), ticks.of(AHEAD_US)
    found = set()
    for number, (dts, pts, _key, _kept) in enumerate(stamps):
        absurd = any(stamp is not None and abs(stamp) > far for stamp in (dts, pts))
        if absurd or (dts is not None and pts is not None and abs(pts - dts) > ahead):
            following = [stamp.dts for stamp in stamps[number + 1 : number + 1 + MOST_REORDERED]]
            settled = next((later for later in reversed(following) if later is not None), None)
            if absurd or settled is None or dts is None or pts is None or not _reached(settled, dts, pts, ahead):
                found.add(number)
    return found


def _reached(settled: int, dts: int, pts: int, within: int) -> bool:
    """Whether the clock goes from `dts` as far as `pts`, or `within` ticks of it, by `settled`."""
    return settled >= pts - within if pts > dts else settled <= pts + within


def _follows(order: int, last: int, ticks: _Ticks) -> bool:
    return last - ticks.of(BACK_US) <= order <= last + ticks.of(AHEAD_US)


def _strays(following: Sequence[tuple[int, int]], last: int, ticks: _Ticks) -> int:
    """How many packets are stamped elsewhere before the clock goes on where it was; 0 where it does not, or ends."""
    away = abs(following[0][1] - last)
    for count, ((_dts, before), (_later, order)) in enumerate(pairwise(following), start=1):
        # Going back is a leap of its own; another recording comes near the old clock in its own time.
        if _follows(order, last, ticks) and abs(order - before) > away // 2:
            return count
    return 0


def _longer_than(timed: Sequence[tuple[int, int]], place: int) -> bool:
    """Whether the leap to the packet at `place` is longer than all that was filmed before it."""
    return timed[place][1] - timed[place - 1][1] > timed[place - 1][1] - timed[0][1]


def _crossed(stamps: Sequence[Stamp], lone: Container[int], number: int, last: int, order: int) -> bool:
    """Whether a frame decoded before the leap to packet `number` is shown behind it: one recording, with a hole."""
    before = (stamps[earlier].pts for earlier in range(max(0, number - MOST_REORDERED), number) if earlier not in lone)
    return any(pts is not None and pts - last > (order - last) / 2 for pts in before)


def _joined(last: int, order: int, ticks: _Ticks, heard: Sequence[int] | None) -> bool:
    """Whether a leap ahead is a joint and not a stretch without frames, over which sound goes on."""
    if heard is None:
        return False
    middle = [ticks.us(last) + AHEAD_US // 4, ticks.us(order) - AHEAD_US // 4]
    return bisect_right(heard, middle[0]) == bisect_right(heard, middle[1])
