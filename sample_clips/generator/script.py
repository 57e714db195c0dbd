"""Writes who looks where and does what, beat by beat: a beat is a stretch of play such as a mutual gaze."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from sample_clips.generator.recipe import HandUp, Hold, Look, Span
from sample_clips.generator.things import HANDHELD, SCREENS, WORN, colour_of

HANDS_SHARE = 0.4
"""How often peek-a-boo is played with the hands instead of a cloth."""
PLAY_SHARE = 0.85
"""How much of a clip with a play of its own is that play."""
PLAYS = {
    "beside": "thing_beside",
    "before": "thing_before",
    "worn": "thing_worn",
    "screen": "thing_hides",
    "peek": "peek_a_boo",
    "torn": "paper_torn",
    "fed": "feeding",
    "tray": "over_a_tray",
}
"""Name of a play with things at a face: the beat that acts it."""
HELD_FROM_S = 0.4
"""A thing that comes up is looked at from here on."""
SHOWN_HEAD_SHARES = 0.62, 0.92
"""How much of the turn to something that is shown the head makes: more than of a turn to what lies about."""


@dataclass
class Script:
    """Writes both people's looks beat by beat; a beat is a stretch of play such as a mutual gaze or toy play."""

    rng: np.random.Generator
    duration_s: float
    infant_hand: str
    hands: bool = True
    at_s: float = 0.0
    parent: list[Look] = field(default_factory=list)
    infant: list[Look] = field(default_factory=list)
    covered: list[Span] = field(default_factory=list)
    parent_hands: list[HandUp] = field(default_factory=list)
    infant_hands: list[HandUp] = field(default_factory=list)
    toy_play: list[Span] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    bent: list[Span] = field(default_factory=list)
    play: str = ""
    profile_share: float = 0.0

    def add_beat(self) -> None:
        """Add one beat, drawn by how common it is in play; a first beat is never peek-a-boo.

        A clip with a `play` of its own is mostly that.
        """
        if self.play and self.rng.random() < PLAY_SHARE:
            getattr(self, PLAYS[self.play])()
            return
        beats: list[tuple[Callable[[], None], float]] = [
            (self.watching, 3.0),
            (self.mutual, 2.5),
            (self.glance, 2.0),
            (self.looking_away, 2.0),
            (self.toy, 2.0),
            (self.joint_attention, 1.0),
            (self.both_at_camera, 0.7),
            (self.mouthing, 1.0 if self.hands else 0.0),
            (self.hand_at_mouth, 0.7 if self.hands else 0.0),
            (self.peek_a_boo, 0.8 if self.at_s else 0.0),
        ]
        weights = np.array([weight for _, weight in beats])
        beats[int(self.rng.choice(len(beats), p=weights / weights.sum()))][0]()

    def cut_off(self) -> None:
        """Drop what would begin after the end, and let the first looks begin with the clip."""
        for who in (self.parent, self.infant):
            kept = [look for look in who if look.start_s < self.duration_s]
            kept[0] = Look(0.0, kept[0].target, kept[0].head_share, kept[0].smile)
            who[:] = kept
        for spans in (self.covered, self.toy_play, self.parent_hands, self.infant_hands, self.holds, self.bent):
            spans[:] = [span for span in spans if span.start_s < self.duration_s]  # type: ignore[misc]

    def length(self, middle_s: float, low_s: float, high_s: float) -> float:
        """Return a stretch length: lognormal around `middle_s`, as looks of infants are."""
        return float(np.clip(self.rng.lognormal(np.log(middle_s), 0.5), low_s, high_s))

    def look(
        self, who: list[Look], after_s: float, target: str, smile: float = 0.0, share: float | None = None
    ) -> None:
        """Let a person turn to `target`, `after_s` seconds into the beat; nothing happens if already looking there."""
        if who and who[-1].target == target:
            return
        if share is None:
            low, high = (0.72, 0.88) if target in ("away", "window", "down") else (0.52, 0.72)
            share = float(self.rng.uniform(low, high))
            if self.profile_share and self.rng.random() < self.profile_share:
                share = float(self.rng.uniform(0.8, 0.97))
        who.append(Look(round(self.at_s + after_s, 3), target, round(share, 3), round(smile, 2)))

    def watching(self) -> None:
        """The parent watches the infant, who is busy with the toy."""
        self.look(self.parent, 0.0, "other_face", 0.3)
        self.look(self.infant, 0.1, "toy")
        self.at_s += self.length(2.5, 1.0, 6.0)

    def mutual(self) -> None:
        """A long mutual gaze, smiling."""
        self.look(self.parent, 0.0, "other_face", 0.7)
        self.look(self.infant, self.rng.uniform(0.1, 0.5), "other_face", 0.6)
        self.at_s += self.length(3.5, 1.5, 9.0)

    def glance(self) -> None:
        """The infant glances at the parent with the eyes alone and goes back to the toy."""
        self.look(self.parent, 0.0, "other_face", 0.4)
        self.look(self.infant, 0.0, "toy")
        start_s = self.rng.uniform(0.6, 1.2)
        self.look(self.infant, start_s, "other_face", 0.1, float(self.rng.uniform(0, 0.3)))
        self.at_s += start_s + self.length(0.6, 0.25, 1.4)
        self.look(self.infant, 0.0, "toy")
        self.at_s += 0.6

    def looking_away(self) -> None:
        """Contact, then the infant looks away while the parent stays."""
        self.look(self.parent, 0.0, "other_face", 0.5)
        self.look(self.infant, 0.1, "other_face", 0.5)
        self.at_s += self.length(1.8, 0.8, 4.0)
        self.look(self.infant, 0.0, str(self.rng.choice(["away", "away", "down"])))
        self.at_s += self.length(1.8, 0.6, 5.0)

    def toy(self) -> None:
        """Both look at the toy while it is played with."""
        length_s = self.length(3.0, 1.5, 6.0)
        self.look(self.infant, 0.0, "toy")
        self.look(self.parent, self.rng.uniform(0.1, 0.6), "toy", 0.2)
        self.toy_play.append(Span(round(self.at_s, 2), round(self.at_s + length_s, 2)))
        self.at_s += length_s

    def joint_attention(self) -> None:
        """One turns to something in the room and the other follows."""
        leads, follows = (self.parent, self.infant) if self.rng.random() < 0.5 else (self.infant, self.parent)
        self.look(leads, 0.0, "window", 0.2)
        self.look(follows, self.rng.uniform(0.5, 1.1), "window", 0.2)
        self.at_s += self.length(2.2, 1.4, 4.0)

    def mouthing(self) -> None:
        """The infant mouths a ring, hand before the lower face, and looks at the parent now and then."""
        length_s = self.length(3.5, 2.0, 6.0)
        self.infant_hands.append(HandUp(round(self.at_s, 2), round(self.at_s + length_s, 2), self.infant_hand, "mouth"))
        self.look(self.parent, 0.0, "other_face", 0.3)
        self.look(self.infant, 0.0, str(self.rng.choice(["toy", "away"])))
        self.look(self.infant, self.rng.uniform(0.8, 1.6), "other_face")
        self.at_s += length_s

    def hand_at_mouth(self) -> None:
        """The parent laughs behind a hand in contact."""
        length_s = self.length(2.0, 1.4, 3.0)
        self.parent_hands.append(
            HandUp(round(self.at_s, 2), round(self.at_s + length_s, 2), str(self.rng.choice(["L", "R"])), "mouth")
        )
        self.look(self.parent, 0.0, "other_face", 0.8)
        self.look(self.infant, 0.2, "other_face", 0.5)
        self.at_s += length_s

    def both_at_camera(self) -> None:
        """Both look into the lens: frontal faces, no contact."""
        self.look(self.parent, 0.0, "camera", 0.4, 0.8)
        self.look(self.infant, self.rng.uniform(0.0, 0.5), "camera", 0.2, 0.8)
        self.at_s += self.length(1.8, 1.0, 3.0)

    def peek_a_boo(self) -> None:
        """The parent's face is hidden behind a cloth or the hands twice, the infant watching, then seen again."""
        self.look(self.parent, 0.0, "other_face", 0.7)
        self.look(self.infant, 0.0, "other_face", 0.4)
        self.at_s += 0.8
        with_hands = self.rng.random() < HANDS_SHARE
        for _ in range(2):
            hidden_s = float(self.rng.uniform(0.9, 1.5)) + (0.6 if with_hands else 0.0)
            start_s, end_s = round(self.at_s, 2), round(self.at_s + hidden_s, 2)
            if with_hands:
                self.parent_hands.append(HandUp(start_s, end_s, "LR", "eyes"))
            else:
                self.covered.append(Span(start_s, end_s))
            self.at_s += hidden_s + float(self.rng.uniform(0.9, 1.6))

    def hold(self, kind: str, how: str, length_s: float, sides: str, off: tuple[float, float, float]) -> None:
        """Let the parent hold or wear a thing from now on; `off` is offset, bearing (degrees) and nearness (m)."""
        offset, bearing, nearer = off
        start, end = round(self.at_s, 2), round(self.at_s + length_s, 2)
        rgb = colour_of(kind, self.rng)
        self.holds.append(
            Hold(start, end, kind, how, sides, round(offset, 1), round(bearing, 1), round(nearer, 3), rgb)
        )

    def of(self, kinds: tuple[str, ...]) -> str:
        """Draw one of some kinds of thing."""
        return kinds[int(self.rng.integers(len(kinds)))]

    def between_thing_and_face(self, length_s: float, smile: float = 0.5) -> None:
        """The parent looks at the infant, who looks at the thing and at the face in turn, the thing first or last."""
        self.look(self.parent, 0.0, "other_face", smile)
        at_s = HELD_FROM_S + float(self.rng.uniform(0.0, 0.3))
        now = "held" if self.rng.random() < 0.7 else "other_face"
        while at_s < length_s - 0.5:
            self.look(self.infant, at_s, now, 0.3, float(self.rng.uniform(*SHOWN_HEAD_SHARES)))
            at_s += self.length(1.5, 0.8, 3.0)
            now = "other_face" if now == "held" else "held"
        self.at_s += length_s
        self.look(self.infant, 0.0, "other_face" if self.rng.random() < 0.5 else "toy", 0.2)
        self.at_s += float(self.rng.uniform(0.3, 0.8))

    def thing_beside(self) -> None:
        """The parent holds something up beside the own face, 12 to 30 degrees off the eyes."""
        side = str(self.rng.choice(["L", "R"]))
        bearing = self.rng.uniform(-25, 35)
        length_s = self.length(4.2, 3.0, 6.0)
        off = (float(self.rng.uniform(12, 30)), bearing if side == "L" else 180 - bearing, self.rng.uniform(0.03, 0.2))
        self.hold(self.of(HANDHELD), "beside", length_s, side, off)
        self.between_thing_and_face(length_s)

    def thing_before(self) -> None:
        """The parent drinks, or holds something right before chin, cheek or brow: under 10 degrees off the eyes."""
        side = str(self.rng.choice(["L", "R"]))
        length_s = self.length(3.6, 2.6, 5.0)
        off = (float(self.rng.uniform(4, 9.5)), float(self.rng.uniform(235, 305)), float(self.rng.uniform(0.07, 0.16)))
        kind = "cup" if self.rng.random() < 0.4 else self.of(HANDHELD)
        self.hold(kind, "before", length_s, side, off)
        self.between_thing_and_face(length_s)

    def thing_worn(self) -> None:
        """The parent puts something on the own head."""
        length_s = self.length(4.6, 3.6, 6.5)
        self.hold(self.of(WORN), "worn", length_s, "LR", (8.0, 90.0, 0.0))
        self.between_thing_and_face(length_s, 0.7)

    def thing_hides(self) -> None:
        """The parent hides behind paper, cloth or a book, and comes out again."""
        self.look(self.parent, 0.0, "other_face", 0.7)
        self.look(self.infant, 0.0, "other_face", 0.4)
        self.at_s += float(self.rng.uniform(0.6, 1.1))
        length_s = float(self.rng.uniform(1.8, 2.8))
        self.hold(self.of(SCREENS), "screen", length_s, "LR", (0.5, 90.0, float(self.rng.uniform(0.1, 0.15))))
        self.look(self.infant, HELD_FROM_S, "held", 0.2)
        self.at_s += length_s
        self.look(self.infant, float(self.rng.uniform(0.1, 0.3)), "other_face", 0.6)
        self.at_s += float(self.rng.uniform(1.2, 2.0))

    def paper_torn(self) -> None:
        """Paper is held between the two and torn; the infant watches the paper, and now and then the face."""
        length_s = self.length(4.0, 3.0, 5.0)
        off = (float(self.rng.uniform(7, 22)), float(self.rng.uniform(255, 285)), float(self.rng.uniform(0.12, 0.24)))
        self.hold("scrap", "torn", length_s, "LR", off)
        self.between_thing_and_face(length_s)

    def feeding(self) -> None:
        """A spoon goes to the infant's mouth, who looks at it, at the bowl or at the face."""
        self.look(self.parent, 0.0, "other_face", 0.3)
        side = str(self.rng.choice(["L", "R"]))
        self.look(self.infant, 0.0, str(self.rng.choice(["down", "other_face"])))
        self.at_s += float(self.rng.uniform(0.4, 0.9))
        length_s = float(self.rng.uniform(1.7, 2.4))
        self.hold("spoon", "fed", length_s, side, (0.0, 270.0, 0.0))
        self.look(self.infant, HELD_FROM_S, "held")
        if self.rng.random() < 0.5:
            self.look(self.infant, float(self.rng.uniform(1.0, 1.4)), "other_face", 0.2)
        self.at_s += length_s
        self.look(self.infant, 0.1, str(self.rng.choice(["other_face", "down", "other_face"])), 0.3)
        self.at_s += float(self.rng.uniform(0.8, 1.4))

    def over_a_tray(self) -> None:
        """The infant leans over what lies on the tray, and looks up at the parent in between."""
        length_s = self.length(2.4, 1.6, 4.0)
        self.bent.append(Span(round(self.at_s, 2), round(self.at_s + length_s, 2)))
        self.look(self.parent, 0.0, "other_face", 0.2)
        self.look(self.infant, 0.1, "down", 0.0, float(self.rng.uniform(0.6, 0.85)))
        self.at_s += length_s
        self.look(self.infant, 0.0, str(self.rng.choice(["other_face", "other_face", "toy"])), 0.3)
        self.at_s += self.length(1.6, 0.9, 3.0)
