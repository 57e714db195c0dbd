"""What a person holds up or wears, and where it is: hands go there, the thing goes with the hands or with the head."""

from __future__ import annotations

import numpy as np

from sample_clips.generator.acting import HAND_MOVE_S, Seat, Sway, hold_place, within
from sample_clips.generator.body import Body, Posed
from sample_clips.generator.gl import Renderer
from sample_clips.generator.props import Prop
from sample_clips.generator.recipe import Hold, Person
from sample_clips.generator.rotation import Array
from sample_clips.generator.things import KINDS, Held, facing, seen_from, worn_at

FROM_SHARE, WORN_FROM_SHARE = 0.3, 0.85
"""A thing counts as there once the hands are this far on their way: before, it comes up from the lap, or is not drawn
where it is worn."""
HALF_WIDTH_M = {"sheet": 0.13, "cloth": 0.12, "book": 0.075, "paper": 0.07, "scrap": 0.05}
"""How far to the side of the middle two hands hold a thing."""
TORN_AFTER, TORN_APART_M = 0.45, 0.16
"""Paper tears after this share of the hold; its halves end so far apart."""
SPOON_BACK_M, SPOON_BELOW_M = 0.13, 0.03
"""From the bowl of a spoon to the hand: away from the mouth, and down."""
WOBBLE_DEG = (9.0, 7.0, 8.0)


class Holding:
    """One person's things: `plan` sends the hands there, `at` says what is held now, `move` draws it."""

    def __init__(self, renderer: Renderer, who: str, person: Person, seed: int) -> None:
        self.who = who
        self._holds = person.holds
        self._props = [
            [Prop(renderer, hold.kind, hold.rgb) for _ in range(2 if hold.how == "torn" else 1)] for hold in self._holds
        ]
        self._wobble = Sway(np.random.default_rng([seed, 21]), list(WOBBLE_DEG), 0.9)
        self._seen_from = np.zeros(3)

    def plan(self, body: Body, seat: Seat, mine: Posed, partner: Posed) -> None:
        """Work out how the arms hold each thing, once both are where they rest and look at each other."""
        self._seen_from = partner.eye_middle
        for number, hold in enumerate(self._holds):
            for side, point in _palms(hold, mine, partner).items():
                body.reach_for(hold_place(number), side, point, seat)

    def at(self, time_s: float, body: Body, posed: Posed) -> Held | None:
        """Return what is held up or worn at a time, with its place as the hands or the head have it; or None."""
        number, share = self._present(time_s)
        if number is None or share < _from_share(self._holds[number]):
            return None
        hold = self._holds[number]
        return Held(hold, self._place(hold, body, posed), KINDS[hold.kind].radius_m, self.who)

    def move(self, time_s: float, body: Body, posed: Posed, shown: bool) -> None:
        """Draw what is there, and nothing else."""
        for props in self._props:
            for prop in props:
                prop.show(False)
        number, share = self._present(time_s)
        if number is None or not shown:
            return
        hold = self._holds[number]
        if hold.how == "worn" and share < WORN_FROM_SHARE:
            return
        place = self._place(hold, body, posed)
        yaw, pitch, roll = self._wobble(time_s)
        turn = facing(place, self._seen_from, (float(yaw), float(pitch), float(roll)))
        if hold.how == "worn":
            turn = worn_at(posed, hold.kind)[1]
        halves = self._props[number]
        if len(halves) == 2:
            torn = _torn_share(hold, time_s)
            for side, prop in zip((1.0, -1.0), halves, strict=True):
                across = turn[:, 0] * (HALF_WIDTH_M[hold.kind] + TORN_APART_M * torn) * side
                prop.put(place + across, facing(place, self._seen_from, (0.0, 0.0, 25.0 * side * torn)))
                prop.show(True)
            return
        halves[0].put(place, turn)
        halves[0].show(True)

    def _present(self, time_s: float) -> tuple[int | None, float]:
        """Return the number of the hold that is furthest up at a time, and how far."""
        shares = [within(hold, time_s, HAND_MOVE_S) for hold in self._holds]
        if not shares or max(shares) <= 0:
            return None, 0.0
        number = int(np.argmax(shares))
        return number, shares[number]

    def _place(self, hold: Hold, body: Body, posed: Posed) -> Array:
        if hold.how == "worn":
            return worn_at(posed, hold.kind)[0]
        palms: Array = np.mean([body.palm(posed, side) for side in hold.sides], axis=0)
        if hold.how == "fed":
            back = posed.face_middle - self._seen_from
            back[1] = 0
            spoon: Array = palms - back / np.linalg.norm(back) * SPOON_BACK_M + np.array([0, SPOON_BELOW_M, 0])
            return spoon
        lifted: Array = palms + np.array([0, KINDS[hold.kind].grip_m, 0])
        return lifted


def _from_share(hold: Hold) -> float:
    return WORN_FROM_SHARE if hold.how == "worn" else FROM_SHARE


def _palms(hold: Hold, mine: Posed, partner: Posed) -> dict[str, Array]:
    """Return where the hands (by side) go for a hold, as seen from where both people rest."""
    if hold.how == "worn":
        up, left = mine.head[:, 1], mine.head[:, 0]
        crown = worn_at(mine, hold.kind)[0]
        return {side: crown + left * (0.09 if side == "L" else -0.09) - 0.02 * up for side in hold.sides}
    if hold.how == "fed":
        to_me = mine.eye_middle - partner.eye_middle
        to_me[1] = 0
        to_me /= np.linalg.norm(to_me)
        mouth = partner.face_middle - partner.head[:, 1] * 0.55 * partner.face_radius_m + to_me * 0.05
        return {side: mouth + to_me * SPOON_BACK_M - np.array([0, SPOON_BELOW_M, 0]) for side in hold.sides}
    place = seen_from(partner.eye_middle, mine.eye_middle, hold.offset_deg, hold.bearing_deg, hold.nearer_m)
    below = place - np.array([0, KINDS[hold.kind].grip_m, 0])
    if len(hold.sides) == 1:
        return {hold.sides: below}
    left = mine.head[:, 0] * HALF_WIDTH_M[hold.kind] * (2.0 if hold.how == "torn" else 1.0)
    return {"L": below + left, "R": below - left}


def _torn_share(hold: Hold, time_s: float) -> float:
    gone = (time_s - hold.start_s) / (hold.end_s - hold.start_s)
    return float(np.clip((gone - TORN_AFTER) / (1 - TORN_AFTER), 0, 1))
