"""Draws a clip from a seed and a described distribution: the same seed and distribution give the same recipe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from sample_clips.generator.light import LIGHTS
from sample_clips.generator.recipe import Film, HandUp, Look, Looks, Person, Recipe, Rgb, Shot, Span

SKIN_RGB: tuple[Rgb, ...] = (
    (238, 194, 172),
    (228, 180, 152),
    (214, 160, 132),
    (196, 140, 108),
    (168, 116, 86),
    (138, 94, 70),
    (108, 74, 56),
    (84, 58, 46),
)
"""The range of skin tones, light to dark; drawn evenly, so that an unfairness shows."""
HAIR_RGB: tuple[Rgb, ...] = ((28, 22, 20), (52, 36, 26), (86, 58, 38), (132, 92, 56), (176, 136, 88), (128, 58, 34))
GREY_HAIR_RGB: Rgb = (168, 164, 158)
IRIS_RGB: tuple[Rgb, ...] = ((60, 36, 22), (78, 50, 28), (70, 84, 60), (64, 92, 116))
CLOTH_RGB: tuple[Rgb, ...] = (
    (92, 116, 146),
    (70, 78, 72),
    (150, 74, 70),
    (176, 206, 222),
    (96, 132, 112),
    (196, 160, 84),
    (112, 92, 136),
    (74, 120, 128),
    (52, 58, 76),
)
SHOT_KINDS = {
    "side": ((-12, 12), (2, 12), (1.0, 1.25), 38),
    "three_quarter": ((-42, 42), (4, 14), (1.0, 1.3), 38),
    "over_shoulder": ((-68, -56), (12, 20), (1.05, 1.25), 40),
    "low": ((-15, 15), (-4, 0), (0.95, 1.15), 42),
    "high": ((-25, 25), (28, 42), (1.1, 1.35), 38),
    "far": ((-20, 20), (4, 14), (2.1, 2.7), 38),
}
"""Kind of shot: azimuth range, elevation range (degrees), distance range (m), field of view (degrees, vertical)."""
CLOTH_FROM_SKIN = 75.0
HANDS_SHARE = 0.4
"""How often peek-a-boo is played with the hands instead of a cloth."""
GRANDPARENT_AGE = 55


@dataclass(frozen=True, slots=True)
class Distribution:
    """From what a set of clips is drawn; ranges are even, `kinds` and `lights` are gone through in turn."""

    duration_s: float = 18.0
    infant_months: tuple[float, float] = (2, 30)
    adult_years: tuple[float, float] = (18, 75)
    kinds: tuple[str, ...] = (*SHOT_KINDS, "split", "infant_alone", "lying")
    lights: tuple[str, ...] = tuple(LIGHTS)
    frames_per_second: tuple[float, ...] = (30, 25, 15)
    variable_rate_share: float = 0.2
    portrait_share: float = 0.2
    glasses_share: float = 0.3
    hat_share: float = 0.2
    passer_share: float = 0.2
    leaving_share: float = 0.15
    cut_share: float = 0.0
    gain: tuple[float, float] = (0.8, 1.15)
    noise: tuple[float, float] = (1.0, 4.0)
    shakes_deg: tuple[float, ...] = (0.0, 0.05, 0.25)
    crf: tuple[int, int] = (22, 30)
    small: bool = False


def draw(name: str, seed: int, turn: int, wanted: Distribution) -> Recipe:
    """Return the recipe of clip `name`; `turn` goes through the kinds of shot and light, so that a set has them all.

    Rooms, people and scripts come from `seed` alone: sets with other seeds share none of them.
    """
    rng = np.random.default_rng([seed, 0x5EED])
    kind = wanted.kinds[turn % len(wanted.kinds)]
    light = wanted.lights[(turn + turn // len(wanted.lights)) % len(wanted.lights)]
    script = _Script(rng, wanted.duration_s, infant_hand=str(rng.choice(["L", "R"])), hands=kind != "lying")
    while script.at_s < wanted.duration_s:
        script.add_beat()
    script.cut_off()
    parent = Person(
        _adult(rng, wanted),
        tuple(script.parent),
        _blinks(rng, wanted.duration_s, 4.0),
        tuple(script.covered),
        tuple(script.parent_hands),
        (),
    )
    infant = Person(
        _infant(rng, wanted),
        tuple(script.infant),
        _blinks(rng, wanted.duration_s, 8.0),
        (),
        tuple(script.infant_hands),
        (),
    )
    layout = _layout(kind, rng)
    if layout == "table" and rng.random() < wanted.leaving_share:
        start = rng.uniform(0.3, 0.7) * wanted.duration_s
        parent = replace(parent, absent=(Span(round(start, 2), round(start + 3, 2)),))
    passers: tuple[Span, ...] = ()
    if rng.random() < wanted.passer_share:
        start = rng.uniform(0.1, 0.8) * wanted.duration_s
        passers = (Span(round(start, 2), round(start + rng.uniform(0.9, 1.8), 2)),)
    return Recipe(
        name=name,
        seed=seed,
        duration_s=wanted.duration_s,
        layout=layout,
        split=kind == "split",
        parent_shown=kind != "infant_alone",
        body_yaw_deg=round(float(rng.uniform(40, 66)), 1),
        room_seed=seed,
        light=light,
        parent=parent,
        infant=infant,
        shots=_shots(kind, rng, wanted),
        toy_play=tuple(script.toy_play),
        passers=passers,
        film=_film(rng, wanted, kind),
    )


def _layout(kind: str, rng: np.random.Generator) -> str:
    if kind == "lying":
        return "lying"
    return "table" if kind in ("side", "low") and rng.random() < 0.7 else "floor"


def _shots(kind: str, rng: np.random.Generator, wanted: Distribution) -> tuple[Shot, ...]:
    """Return one shot, or two with a cut between: then the second is seen from elsewhere."""
    first = _shot(kind, rng, 0.0)
    if rng.random() >= wanted.cut_share:
        return (first,)
    cut_s = float(rng.uniform(0.4, 0.7)) * wanted.duration_s
    return first, _shot("three_quarter" if kind != "three_quarter" else "side", rng, round(cut_s, 2))


def _shot(kind: str, rng: np.random.Generator, start_s: float) -> Shot:
    plain = {"split": "side", "infant_alone": "side", "lying": "side"}.get(kind, kind)
    azimuth, elevation, distance, fov_deg = SHOT_KINDS[plain]
    if kind == "three_quarter":
        azimuth = (24, 42) if rng.random() < 0.5 else (-42, -24)
    if kind == "lying":
        elevation = (14, 30)
    return Shot(
        start_s,
        kind,
        round(float(rng.uniform(*azimuth)), 1),
        round(float(rng.uniform(*elevation)), 1),
        round(float(rng.uniform(*distance)), 2),
        fov_deg,
    )


def _film(rng: np.random.Generator, wanted: Distribution, kind: str) -> Film:
    portrait = kind not in ("split", "far") and rng.random() < wanted.portrait_share
    long_px, short_px = (640, 360) if wanted.small else (1280, 720)
    return Film(
        width_px=short_px if portrait else long_px,
        height_px=long_px if portrait else short_px,
        fps=float(rng.choice(wanted.frames_per_second)),
        variable_rate=bool(rng.random() < wanted.variable_rate_share),
        gain=round(float(rng.uniform(*wanted.gain)), 3),
        noise=round(float(rng.uniform(*wanted.noise)), 2),
        shake_deg=round(float(rng.choice(wanted.shakes_deg)), 3),
        motion_blur=round(float(rng.uniform(0.1, 0.35)), 2),
        crf=int(rng.integers(wanted.crf[0], wanted.crf[1] + 1)),
    )


def _adult(rng: np.random.Generator, wanted: Distribution) -> Looks:
    age = float(rng.uniform(*wanted.adult_years))
    man = bool(rng.random() < 0.5)
    tone = int(rng.integers(len(SKIN_RGB)))
    style = str(rng.choice(["short", "short", "bald"] if man else ["bun", "long", "short", "long"]))
    return Looks(
        age_years=round(age, 1),
        male=float(man),
        weight=round(float(rng.uniform(0.35, 0.75)), 2),
        ancestry=_ancestry(rng, tone),
        skin_rgb=SKIN_RGB[tone],
        hair_style=style,
        hair_rgb=GREY_HAIR_RGB if age > GRANDPARENT_AGE and rng.random() < 0.7 else _hair(rng, tone),
        iris_rgb=IRIS_RGB[int(rng.integers(2 if tone > 3 else len(IRIS_RGB)))],
        cloth_rgb=_cloth(rng, tone),
        stripe_rgb=_cloth(rng, tone) if rng.random() < 0.25 else None,
        glasses=bool(rng.random() < wanted.glasses_share),
        hat_rgb=CLOTH_RGB[int(rng.integers(len(CLOTH_RGB)))] if rng.random() < wanted.hat_share * 0.5 else None,
        features_seed=int(rng.integers(1 << 30)),
    )


def _infant(rng: np.random.Generator, wanted: Distribution) -> Looks:
    tone = int(rng.integers(len(SKIN_RGB)))
    months = float(rng.uniform(*wanted.infant_months))
    return Looks(
        age_years=round(months / 12, 2),
        male=0.5,
        weight=round(float(rng.uniform(0.55, 0.8)), 2),
        ancestry=_ancestry(rng, tone),
        skin_rgb=SKIN_RGB[tone],
        hair_style="infant" if months < 18 or rng.random() < 0.5 else "short",
        hair_rgb=_hair(rng, tone),
        iris_rgb=IRIS_RGB[int(rng.integers(2 if tone > 3 else len(IRIS_RGB)))],
        cloth_rgb=_cloth(rng, tone),
        stripe_rgb=_cloth(rng, tone) if rng.random() < 0.4 else None,
        glasses=False,
        hat_rgb=CLOTH_RGB[int(rng.integers(len(CLOTH_RGB)))] if rng.random() < wanted.hat_share else None,
        features_seed=int(rng.integers(1 << 30)),
    )


def _ancestry(rng: np.random.Generator, tone: int) -> tuple[float, float, float]:
    """Face shapes lean with the skin tone but are mixed: (african, asian, caucasian) shares that sum to 1."""
    lean = np.array([0.2 + 0.5 * max(tone - 2, 0), 1.0, 2.4 - 0.3 * tone])
    shares = rng.dirichlet(lean)
    african, asian = round(float(shares[0]), 3), round(float(shares[1]), 3)
    return african, asian, round(1 - african - asian, 3)


def _cloth(rng: np.random.Generator, tone: int) -> Rgb:
    """Draw a colour of cloth that nobody can take for this skin."""
    apart = [rgb for rgb in CLOTH_RGB if float(np.linalg.norm(np.subtract(rgb, SKIN_RGB[tone]))) > CLOTH_FROM_SKIN]
    return apart[int(rng.integers(len(apart)))]


def _hair(rng: np.random.Generator, tone: int) -> Rgb:
    return HAIR_RGB[int(rng.integers(2 if tone > 3 else len(HAIR_RGB)))]


def _blinks(rng: np.random.Generator, duration_s: float, every_s: float) -> tuple[float, ...]:
    times, at_s = [], float(rng.exponential(every_s))
    while at_s < duration_s:
        times.append(round(at_s, 3))
        at_s += 0.4 + float(rng.exponential(every_s))
    return tuple(times)


@dataclass
class _Script:
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

    def add_beat(self) -> None:
        """Add one beat, drawn by how common it is in play; a first beat is never peek-a-boo."""
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
        for spans in (self.covered, self.toy_play, self.parent_hands, self.infant_hands):
            spans[:] = [span for span in spans if span.start_s < self.duration_s]  # type: ignore[attr-defined]

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
