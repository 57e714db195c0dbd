"""How two people move: where each looks at a time, how head and eyes share the turn, blinks, smiles, sway."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from sample_clips.generator.recipe import HandUp, Hold, Look, Person, Recipe, Span
from sample_clips.generator.rotation import (
    Array,
    direction,
    minimum_jerk,
    turned,
    yaw_pitch_deg,
)

EYE_YAW_LIMIT_DEG = 36.0
EYE_PITCH_LIMITS_DEG = (-30.0, 22.0)
"""How far eyes turn in the head; what lies further is not reached, and the truth says so."""
HEAD_YAW_LIMIT_DEG, HEAD_PITCH_LIMIT_DEG = 75.0, 40.0
EYE_MOVE_S = 0.09
HEAD_DELAY_S = {"parent": 0.05, "infant": 0.02}
"""How long after the eyes a head sets off. Adults who are told to look at a light: 139 ms for 10 degrees, 50 for 40
(Practica oto-rhino-laryngologica 24, supplement 4-2, 559); at a natural task mostly with the eyes or before (Herst,
Epelboim and Steinman, Vision Res. 2001;41:3307). At 12 months heads set off as fast as eyes, later eyes come first
(Infant Behav. Dev. 2013;36:517)."""
HEAD_MOVE_S = {"parent": (0.22, 0.005), "infant": (0.28, 0.006)}
"""How long a head turns: seconds, and seconds a degree. Its top speed grows with the turn (the same lights), and stays
below 185 degrees a second in daily tasks: 180 for 40 degrees here. An infant's head takes a quarter longer, which is
assumed, and comes to rest with the look (Borjon et al., J. Vision 2021;21(8):18)."""
BLINK_HALF_S = 0.09
COVER_MOVE_S, HAND_MOVE_S, ABSENCE_MOVE_S, BEND_MOVE_S = 0.16, 0.45, 0.9, 0.6
PUT_ON_S = 0.3
BENT_DEG, HIP_M = 32.0, {"parent": 0.45, "infant": 0.27}
"""How far a body leans over a tray, about hips so far below the head."""
LIVELY_SHARES = (1.0, 0.75, 0.65)
LIVELY_HZ = {"parent": 2.2, "infant": 2.8}
LIVELY_M_PER_DEG = 0.0013
"""Of a lively head: how far it bobs in yaw, pitch and roll; how quickly; and how far it moves with it."""
SCAN_M = 0.014
"""How far a gaze at a face wanders over it."""


class Sway:
    """Smooth noise over time, the same for the same generator state: `channels` values with amplitudes `size`."""

    def __init__(self, rng: np.random.Generator, size: list[float], highest_hz: float) -> None:
        shape = (len(size), 8)
        self._hz = rng.uniform(0.12, highest_hz, shape)
        self._phase = rng.uniform(0, 2 * np.pi, shape)
        self._size = np.array(size)[:, None] * 1.2 / np.sqrt(8)

    def __call__(self, time_s: float) -> Array:
        """Return the values (channels,) at a time."""
        values: Array = (np.sin(2 * np.pi * self._hz * time_s + self._phase) * self._size).sum(axis=1)
        return values


class _Bobbing:
    """How a lively head moves about what it is turned to, now more, now less; added to a sway's six values."""

    def __init__(self, rng: np.random.Generator, who: str, lively_deg: float) -> None:
        turns = [lively_deg * share for share in LIVELY_SHARES]
        self._sway = Sway(rng, [*turns, *([lively_deg * LIVELY_M_PER_DEG] * 3)], LIVELY_HZ[who])
        self._phase = rng.uniform(0, 2 * np.pi)

    def __call__(self, time_s: float) -> Array:
        """Return what is added to yaw, pitch, roll (degrees) and to the place (metres): (6,)."""
        moved: Array = self._sway(time_s) * (0.35 + 1.3 * np.sin(0.9 * time_s + self._phase) ** 2)
        return moved


@dataclass(frozen=True)
class Seat:
    """Where a person rests: the head joint (3,) in metres and the body's rotation (3, 3)."""

    head: Array
    rotation: Array


@dataclass(frozen=True)
class Pose:
    """What a person does at one time; angles in degrees, `look_point` (3,) is what the eyes are turned to.

    `head` is yaw, pitch, roll relative to the body; `blink` 0..1; `smile`, `jaw` 0..1; `covered` by a cloth, 0..1;
    `reaches` are the hands on their way to the face: (side, place, share 0..1). `screened` by a thing that the person
    holds before the own face, 0..1.
    """

    seat: Seat
    head: tuple[float, float, float]
    look_point: Array
    target: str
    blink: float
    smile: float
    jaw: float
    covered: float
    hands: Array
    reaches: tuple[tuple[str, str, float], ...]
    screened: float = 0.0

    @property
    def hidden(self) -> float:
        """How far a cloth, a thing or two hands are before the eyes, 0 not at all to 1 wholly."""
        return max([self.covered, self.screened, *(share for _, place, share in self.reaches if place == "eyes")])


def within(span: Span | HandUp | Hold, time_s: float, move_s: float) -> float:
    """Return how far something that comes and goes in a span is there at a time, 0 away to 1 full."""
    return minimum_jerk((time_s - span.start_s) / move_s) * minimum_jerk((span.end_s - time_s) / move_s)


def reaches_of(spans: tuple[HandUp, ...], time_s: float) -> tuple[tuple[str, str, float], ...]:
    """Return the hands that are on their way to the face, or there: (side, place, share)."""
    shares = [(span, within(span, time_s, HAND_MOVE_S)) for span in spans]
    return tuple((side, span.place, share) for span, share in shares if share > 0 for side in span.sides)


def hold_place(number: int) -> str:
    """Return the name of the place that a person's hands go to for the hold of that number."""
    return f"hold{number}"


def holding_reaches(holds: tuple[Hold, ...], time_s: float) -> tuple[tuple[str, str, float], ...]:
    """Return the hands that hold something up, or are on their way there: (side, place, share)."""
    shares = [_hands_up(hold, time_s) for hold in holds]
    return tuple(
        (side, hold_place(number), share)
        for number, (hold, share) in enumerate(zip(holds, shares, strict=True))
        if share > 0
        for side in hold.sides
    )


def _hands_up(hold: Hold, time_s: float) -> float:
    """Return how far the hands are up for a hold: with what is worn, only to put it on and to take it off."""
    if hold.how != "worn":
        return within(hold, time_s, HAND_MOVE_S)
    putting = Span(hold.start_s, hold.start_s + 2 * HAND_MOVE_S + PUT_ON_S)
    taking = Span(hold.end_s - 2 * HAND_MOVE_S - PUT_ON_S, hold.end_s)
    return max(within(span, time_s, HAND_MOVE_S) for span in (putting, taking))


def seats_of(recipe: Recipe) -> dict[str, Seat]:
    """Return where both people rest; the infant's height in the seat falls with the layout."""
    yaw = recipe.body_yaw_deg
    if recipe.layout == "lying":
        up = np.array([0.97, 0.20, 0.10])
        up /= np.linalg.norm(up)
        front = np.array([-0.22, 0.97, 0.12])
        front -= front @ up * up
        front /= np.linalg.norm(front)
        flat = np.column_stack([np.cross(up, front), up, front])
        return {
            "parent": Seat(np.array([-0.30, 0.19, -0.05]), turned(58, -16, 0)),
            "infant": Seat(np.array([0.16, -0.15, 0.03]), flat),
        }
    height = 0.085 if recipe.layout == "table" else 0.14
    return {
        "parent": Seat(np.array([-recipe.apart_m, height, -0.06]), turned(yaw, -6, 0)),
        "infant": Seat(np.array([recipe.apart_m, -0.035, -0.04]), turned(-yaw, 4, 0)),
    }


class Actor:
    """One person's movement through a clip."""

    def __init__(self, who: str, person: Person, seat: Seat, seed: int) -> None:
        adult = who == "parent"
        rng = np.random.default_rng([seed, 1 if adult else 2])
        self.who = who
        self._person = person
        self._seat = seat
        self._starts = [look.start_s for look in person.gaze]
        sizes = [0.8, 0.7, 0.8, 0.004, 0.004, 0.003] if adult else [1.6, 1.4, 1.6, 0.005, 0.006, 0.004]
        self._sway = Sway(rng, sizes, 0.5 if adult else 0.9)
        self._scan = Sway(rng, [SCAN_M, SCAN_M], 0.8)
        self._hands = Sway(rng, [9.0, 9.0, 9.0, 9.0] if not adult else [3.0] * 4, 0.9)
        self._bobbing = _Bobbing(np.random.default_rng([seed, 11 if adult else 12]), who, person.lively_deg)

    def pose(self, time_s: float, points: dict[str, Array], eyes: Array) -> Pose:
        """Return the pose at a time; `points` are the targets (3,), `eyes` where the own eyes were last (3,)."""
        now, before, since_s = self._looks(time_s)
        sway = self._sway(time_s) + self._bobbing(time_s)
        leaning = max((within(span, time_s, BEND_MOVE_S) for span in self._person.bent), default=0.0)
        bend = turned(0, -BENT_DEG * leaning, 0)
        over = self._seat.rotation @ (bend[:, 1] - np.array([0, 1.0, 0])) * HIP_M[self.who]
        seat = Seat(
            self._seat.head + sway[3:] + self._absence(time_s) + over,
            self._seat.rotation @ bend @ turned(0.5 * sway[2], 0.4 * sway[1], 0),
        )
        there, here = self._point(now, points, time_s), self._point(before, points, time_s)
        wish_now, wish_before = (
            self._head_wish(seat, point - eyes, look) for point, look in ((there, now), (here, before))
        )
        least_s, per_deg_s = HEAD_MOVE_S[self.who]
        head_s = least_s + per_deg_s * float(np.linalg.norm(wish_now - wish_before))
        come = minimum_jerk((since_s - HEAD_DELAY_S[self.who]) / head_s)
        yaw, pitch = wish_before * (1 - come) + wish_now * come + sway[:2]
        head = (
            float(np.clip(yaw, -HEAD_YAW_LIMIT_DEG, HEAD_YAW_LIMIT_DEG)),
            float(np.clip(pitch, -HEAD_PITCH_LIMIT_DEG, HEAD_PITCH_LIMIT_DEG)),
            float(sway[2]),
        )
        reach = minimum_jerk(since_s / EYE_MOVE_S)
        smiling = minimum_jerk(since_s / 0.8)
        smile = before.smile * (1 - smiling) + now.smile * smiling
        return Pose(
            seat=seat,
            head=head,
            look_point=_within_reach(seat.rotation @ turned(*head), eyes, here * (1 - reach) + there * reach),
            target=now.target,
            blink=self._blink(time_s),
            smile=smile * (1.0 if self.who == "parent" else 0.6),
            jaw=self._jaw(time_s, smile),
            covered=max((within(span, time_s, COVER_MOVE_S) for span in self._person.covered), default=0.0),
            hands=self._hands(time_s),
            reaches=reaches_of(self._person.hands_up, time_s) + holding_reaches(self._person.holds, time_s),
            screened=max(
                (within(hold, time_s, HAND_MOVE_S) for hold in self._person.holds if hold.how == "screen"), default=0.0
            ),
        )

    def _looks(self, time_s: float) -> tuple[Look, Look, float]:
        """Return the present look, the one before it, and seconds since the change (long before any change)."""
        number = max(bisect_right(self._starts, time_s) - 1, 0)
        now = self._person.gaze[number]
        if number == 0:
            return now, now, 1e3
        return now, self._person.gaze[number - 1], time_s - now.start_s

    def _point(self, look: Look, points: dict[str, Array], time_s: float) -> Array:
        point = points[look.target]
        if look.target != "other_face":
            return point
        right, up = self._scan(time_s)
        side = self._seat.rotation[:, 0]
        wandered: Array = point + side * right + np.array([0, up - 0.01, 0])
        return wandered

    def _head_wish(self, seat: Seat, towards: Array, look: Look) -> Array:
        """Return the head's yaw and pitch relative to the body for a look; pitch follows less than yaw."""
        yaw, pitch = yaw_pitch_deg(seat.rotation.T @ towards)
        return np.array([yaw * look.head_share, pitch * look.head_share * 0.85])

    def _absence(self, time_s: float) -> Array:
        side = -1.0 if self.who == "parent" else 1.0
        away = max((within(span, time_s, ABSENCE_MOVE_S) for span in self._person.absent), default=0.0)
        return np.array([side * 1.1 * away, 0.05 * away, -0.1 * away])

    def _blink(self, time_s: float) -> float:
        shut = [1 - abs(time_s - start - BLINK_HALF_S) / BLINK_HALF_S for start in self._person.blinks_s]
        return max([0.0, *shut])

    def _jaw(self, time_s: float, smile: float) -> float:
        if self.who == "parent":
            speaks = time_s % 6 < 3.6
            return 0.22 * abs(np.sin(9.1 * time_s)) * abs(np.sin(2.3 * time_s)) if speaks else 0.0
        return 0.30 * max(0.0, float(np.sin(2.1 * time_s + 1))) if smile > 0.15 else 0.0


def _within_reach(head: Array, eyes: Array, point: Array) -> Array:
    """Return `point`, or the nearest that the eyes of a head with that rotation can turn to, at the same distance."""
    towards = point - eyes
    yaw, pitch = yaw_pitch_deg(head.T @ towards)
    yaw = float(np.clip(yaw, -EYE_YAW_LIMIT_DEG, EYE_YAW_LIMIT_DEG))
    pitch = float(np.clip(pitch, *EYE_PITCH_LIMITS_DEG))
    reached: Array = eyes + head @ direction(yaw, pitch) * np.linalg.norm(towards)
    return reached
