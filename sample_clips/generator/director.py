"""Draws a clip from a seed and a described distribution: the same seed and distribution give the same recipe."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sample_clips.generator.light import LIGHTS
from sample_clips.generator.recipe import Film, Looks, Person, Recipe, Rgb, Shot, Span
from sample_clips.generator.script import Script

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
GRANDPARENT_AGE = 55
EDGE_SHARES = 0.5, 0.95
"""How much of the room between a head and the picture's edge a camera that is off takes away."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """From what a set of clips is drawn; ranges are even, `kinds`, `lights` and `plays` are gone through in turn.

    `plays` are names of script.PLAYS: what is held at a face in a clip, "" for nothing. `profile_share` is how often
    the whole head turns to a look, `nearness` by what the camera's distance is multiplied, `edge_share` how often one
    of the two is at the picture's edge, `cast` how far colours are off. What is None is as it is unless said.
    """

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
    plays: tuple[str, ...] = ("",)
    profile_share: float = 0.0
    body_yaw_deg: tuple[float, float] = (40, 66)
    apart_m: tuple[float, float] | None = None
    lively_deg: tuple[float, float] | None = None
    nearness: tuple[float, float] = (1.0, 1.0)
    edge_share: float = 0.0
    size_px: tuple[int, int] | None = None
    soft_px: tuple[float, float] | None = None
    jitter: tuple[float, float] | None = None
    gap_share: float = 1 / 60
    cast: float = 0.0


def draw(name: str, seed: int, turn: int, wanted: Distribution) -> Recipe:
    """Return the recipe of clip `name`; `turn` goes through the kinds of shot and light, so that a set has them all.

    Rooms, people and scripts come from `seed` alone: sets with other seeds share none of them.
    """
    rng = np.random.default_rng([seed, 0x5EED])
    kind = wanted.kinds[turn % len(wanted.kinds)]
    light = wanted.lights[(turn + turn // len(wanted.lights)) % len(wanted.lights)]
    script = Script(rng, wanted.duration_s, infant_hand=str(rng.choice(["L", "R"])), hands=kind != "lying")
    script.profile_share, script.play = wanted.profile_share, wanted.plays[turn % len(wanted.plays)]
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
    recipe = Recipe(
        name=name,
        seed=seed,
        duration_s=wanted.duration_s,
        layout=layout,
        split=kind == "split",
        parent_shown=kind != "infant_alone",
        body_yaw_deg=round(float(rng.uniform(*wanted.body_yaw_deg)), 1),
        room_seed=seed,
        light=light,
        parent=parent,
        infant=infant,
        shots=_shots(kind, rng, wanted),
        toy_play=tuple(script.toy_play),
        passers=passers,
        film=_film(rng, wanted, kind),
    )
    return _like_real_film(recipe, script, wanted)


def _like_real_film(recipe: Recipe, script: Script, wanted: Distribution) -> Recipe:
    """Add what a distribution asks for beyond the plain: drawn apart, so that plain clips stay what they were."""
    rng = np.random.default_rng([recipe.seed, 0x5EA1])
    lively = [0.0, 0.0] if wanted.lively_deg is None else [_drawn(rng, wanted.lively_deg, 2) for _ in "pi"]
    parent = replace(recipe.parent, holds=tuple(script.holds), lively_deg=lively[0])
    infant = replace(recipe.infant, bent=tuple(script.bent), lively_deg=lively[1])
    film = recipe.film
    if wanted.size_px is not None:
        film = replace(film, width_px=wanted.size_px[0], height_px=wanted.size_px[1])
    if wanted.soft_px is not None:
        film = replace(film, soft_px=_drawn(rng, wanted.soft_px, 2))
    if wanted.jitter is not None:
        film = replace(film, jitter=_drawn(rng, wanted.jitter, 2), gap_share=wanted.gap_share)
    if wanted.cast:
        red, green, blue = (_drawn(rng, (1 - wanted.cast, 1 + wanted.cast), 3) for _ in "rgb")
        film = replace(film, cast=(red, green, blue))
    shots = recipe.shots
    if wanted.nearness != (1.0, 1.0):
        shots = tuple(
            replace(shot, distance_m=round(shot.distance_m * _drawn(rng, wanted.nearness, 3), 2)) for shot in shots
        )
    apart_m = recipe.apart_m if wanted.apart_m is None else _drawn(rng, wanted.apart_m, 3)
    if rng.random() < wanted.edge_share:
        to_side = float(rng.choice([-1.0, 1.0]))
        shots = tuple(replace(shot, pan_deg=_to_edge_deg(shot, film, apart_m, to_side, rng)) for shot in shots)
    return replace(recipe, parent=parent, infant=infant, film=film, shots=shots, apart_m=apart_m)


def _drawn(rng: np.random.Generator, span: tuple[float, float], digits: int) -> float:
    return round(float(rng.uniform(*span)), digits)


def _to_edge_deg(shot: Shot, film: Film, apart_m: float, side: float, rng: np.random.Generator) -> float:
    """Return how far a camera turns until a head comes near the edge of the picture, at most cut by half."""
    half_deg = np.degrees(np.arctan(np.tan(np.deg2rad(shot.fov_deg / 2)) * film.width_px / film.height_px))
    head_deg = np.degrees(np.arctan2(apart_m * np.cos(np.deg2rad(shot.azimuth_deg)), shot.distance_m))
    room_deg = max(0.0, float(half_deg - head_deg))
    return round(side * room_deg * float(rng.uniform(*EDGE_SHARES)), 1)


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
