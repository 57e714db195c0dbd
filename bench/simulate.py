"""Dyads made of numbers, as hard to read as home film: where both look is known, and what is read of them is bad.

What is drawn here is not what the dyad's rules assume: how far heads follow a look varies from look to look, errors are
part constant, part slow and part fast, stated spreads are mostly larger than the errors, frames come unevenly and go
missing. The ranges are those of measured home film (docs/own-footage.md tells how such figures are taken).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vfeed.perception.geometry import FloatArray, direction, focal_length_px, from_sight, to_sight, yaw_pitch_deg
from vfeed.perception.metrics import Metrics, nobody_seen
from vfeed.perception.visibility import Visibility

WIDTH, HEIGHT = 640, 480
INFANT, PARENT = 0, 1
PARTNER, TOY, HELD, AWAY, LENS = "partner", "toy", "held", "away", "lens"
EYES_REACH_DEG = 30.0
"""Further than this nobody glances without turning the head."""
MOVE_S = 0.3
"""A shift of the head lasts about so long."""
FACE_MM = (115.0, 150.0)
"""Breadth of an infant's and an adult's face box."""
HAND_MM = 110.0
HANDS = 4
HANDS_EVERY = 4
"""Hands are looked for in one of so many frames."""
HAND_FOUND = 0.8


@dataclass(frozen=True, slots=True)
class Home:
    """How one family is filmed and read.

    `stated_deg`: median stated standard deviation of the head, of infant and parent. `fast`, `slow`: the errors' share
    of it from frame to frame and over about a second. `bias_deg`: a constant error of (yaw, pitch) to a random side.
    `missing`: share of frames in which a head is not found, in gaps. `held`: the infant's looks at a thing that the
    parent holds up, as a share of all its looks; `held_mm`: how far from the parent's face. `hands`: hands are told.
    """

    stated_deg: tuple[float, float] = (5.0, 5.0)
    fast: float = 0.25
    slow: float = 0.3
    bias_deg: tuple[float, float] = (5.0, 4.0)
    missing: float = 0.0
    held: float = 0.0
    held_mm: tuple[float, float] = (160.0, 320.0)
    hands: bool = False
    turned_deg: float = 20.0
    seconds: float = 16.0
    fps: float = 11.0


USUAL = Home(stated_deg=(14.0, 17.0), bias_deg=(10.0, 7.0))
HOMES: dict[str, Home] = {
    "clean": Home(),
    "usual": USUAL,
    "honest spread": replace(USUAL, stated_deg=(9.0, 9.0), fast=0.7, slow=0.7),
    "read 30 and 15 wrong": replace(USUAL, bias_deg=(30.0, 15.0)),
    "parent vague": replace(USUAL, stated_deg=(12.0, 27.0)),
    "half missing": replace(USUAL, missing=0.5),
    "all of it": replace(USUAL, stated_deg=(16.0, 27.0), bias_deg=(30.0, 15.0), missing=0.5),
    "things beside the face": replace(USUAL, held=0.35, hands=True),
    "things beside, hands not told": replace(USUAL, held=0.35),
    "things before the face": replace(USUAL, held=0.35, held_mm=(20.0, 110.0), hands=True),
}


@dataclass(frozen=True, eq=False)
class Dyad:
    """A simulated clip: what is read, and what is true.

    `looks` (2, T): what infant and parent look at; `off_deg` (T,): how far from the parent's face, as the infant sees
    it, the held thing is.
    """

    metrics: Metrics
    looks: NDArray[np.str_]
    off_deg: FloatArray

    @property
    def mutual(self) -> NDArray[np.bool_]:
        """(T,) bool: both look at each other's face."""
        both: NDArray[np.bool_] = (self.looks == PARTNER).all(axis=0)
        return both


def simulate(home: Home, seed: int) -> Dyad:
    """Draw one clip of a home; the same for the same seed."""
    draw = np.random.default_rng(seed)
    steps = draw.uniform(0.6, 1.5, int(home.seconds * home.fps)) / home.fps
    times_s = np.cumsum(steps) - steps[0]
    count = len(times_s)
    places = _places(draw, home)
    heads = [places[who] + _wander(draw, times_s, 12.0, 1.5) for who in (INFANT, PARENT)]
    held = heads[PARENT] + _held(draw, home, heads, times_s)
    toys = _toys(draw, places)
    metrics = nobody_seen(
        np.rint(times_s * 1e6).astype(np.int64), 2, (WIDTH, HEIGHT), focal_length_px(WIDTH, HEIGHT),
        int(times_s[-1] * 1e6) + 80_000,
    )  # fmt: skip
    looks = np.empty((2, count), "<U8")
    for who in (INFANT, PARENT):
        looks[who], aims = _looks(draw, home, who, times_s, heads, held, toys)
        _read(draw, home, metrics, who, times_s, heads, aims)
    if home.hands:
        _hands(draw, metrics, heads, held, looks)
    to_face, to_thing = (each - heads[INFANT] for each in (heads[PARENT], held))
    cosine = (to_face * to_thing).sum(1) / np.linalg.norm(to_face, axis=1) / np.linalg.norm(to_thing, axis=1)
    return Dyad(metrics, looks, np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def _places(draw: np.random.Generator, home: Home) -> FloatArray:
    """Both heads (2, 3) in mm in the camera's frame: side by side, turned by some angle from the picture's plane."""
    apart, turned = draw.uniform(420, 650), np.radians(draw.normal(0, home.turned_deg))
    side = draw.choice([-1, 1])
    half = np.array([side * np.cos(turned), 0, np.sin(turned)]) * apart / 2
    middle = np.array([draw.uniform(-60, 60), draw.uniform(-40, 60), -draw.uniform(900, 1400)])
    up = np.array([0, draw.uniform(0, 200), 0]) / 2
    return np.stack([middle - half - up, middle + half + up])


def _wander(draw: np.random.Generator, times_s: FloatArray, sd: float, lasts_s: float, width: int = 3) -> FloatArray:
    """A slow error (T, width) with standard deviation `sd` that is forgotten after about `lasts_s`."""
    at = np.empty((len(times_s), width))
    at[0] = draw.normal(0, sd, width)
    for frame, gap in enumerate(np.diff(times_s), start=1):
        keep = np.exp(-gap / lasts_s)
        at[frame] = keep * at[frame - 1] + np.sqrt(1 - keep**2) * draw.normal(0, sd, width)
    return at


def _held(draw: np.random.Generator, home: Home, heads: list[FloatArray], times_s: FloatArray) -> FloatArray:
    """Where a held thing is (T, 3) from the parent's face: beside, above or below, towards the infant, and moving."""
    forth = heads[INFANT].mean(0) - heads[PARENT].mean(0)
    forth /= np.linalg.norm(forth)
    across = np.cross(forth, [0, 1, 0])
    angle, far = draw.uniform(0, 2 * np.pi), draw.uniform(*home.held_mm)
    offset = far * (np.cos(angle) * across + np.sin(angle) * np.array([0, 1, 0]) * 0.7)
    return np.asarray(offset + forth * draw.uniform(40, 180) + _wander(draw, times_s, 25.0, 1.0))


def _toys(draw: np.random.Generator, places: FloatArray) -> list[FloatArray]:
    low = places[:, 1].min()
    return [
        places[INFANT] * (1 - way) + places[PARENT] * way * 1.0
        + np.array([0, low - draw.uniform(150, 300) - (places[INFANT, 1] * (1 - way) + places[PARENT, 1] * way), 0])
        + np.array([0, 0, draw.uniform(-60, 140)])
        for way in draw.uniform(0.3, 0.7, 3)
    ]  # fmt: skip


_SHARES = {INFANT: {PARTNER: 0.34, TOY: 0.34, AWAY: 0.26, LENS: 0.06}, PARENT: {PARTNER: 0.6, TOY: 0.25, AWAY: 0.15}}
_LASTS_S = {
    INFANT: {PARTNER: 1.8, TOY: 2.2, HELD: 2.2, AWAY: 1.4, LENS: 1.0},
    PARENT: {PARTNER: 3.5, TOY: 1.6, AWAY: 1.0},
}


def _looks(
    draw: np.random.Generator,
    home: Home,
    who: int,
    times_s: FloatArray,
    heads: list[FloatArray],
    held: FloatArray,
    toys: list[FloatArray],
) -> tuple[NDArray[np.str_], FloatArray]:
    """What a person looks at in each frame, and the head's yaw and pitch (T, 2) from the line of sight."""
    shares = dict(_SHARES[who])
    if who == INFANT and home.held:
        shares = {name: share * (1 - home.held) for name, share in shares.items()} | {HELD: home.held}
    count = len(times_s)
    names, wanted = np.empty(count, "<U8"), np.empty((count, 2))
    ray = heads[who] / np.linalg.norm(heads[who], axis=1)[:, None]
    partner = _aim(heads[1 - who], heads[who], ray)
    rest = np.median(partner, axis=0) * [draw.uniform(0.2, 0.9), 0.0] + draw.normal(0, 5, 2)
    now, name = 0.0, ""
    while now < times_s[-1] + 1:
        others = [each for each in shares if each != name]
        odds = np.array([shares[each] for each in others])
        name = str(draw.choice(others, p=odds / odds.sum()))
        lasts = max(0.3, draw.gamma(2.0, _LASTS_S[who][name] / 2))
        inside = (times_s >= now) & (times_s < now + lasts)
        aim = _direction(draw, name, heads, who, ray, toys, held)
        share = np.array([draw.normal(0.7, 0.1), draw.normal(0.75, 0.12)])
        if draw.random() < 0.15 and np.hypot(*(aim[inside] - rest).T).max(initial=0) < EYES_REACH_DEG:
            share *= draw.uniform(0.1, 0.6)
        names[inside] = name
        wanted[inside] = (share * aim + (1 - share) * rest)[inside]
        now += lasts
    return names, _smoothed(wanted, times_s) + _wander(draw, times_s, 4.0, 1.0, 2)


def _direction(
    draw: np.random.Generator,
    name: str,
    heads: list[FloatArray],
    who: int,
    ray: FloatArray,
    toys: list[FloatArray],
    held: FloatArray,
) -> FloatArray:
    """Yaw and pitch (T, 2) of what a person looks at, from the line of sight to them."""
    partner = _aim(heads[1 - who], heads[who], ray)
    if name == PARTNER:
        return np.asarray(partner + draw.normal(0, 2.0, 2))
    if name == TOY:
        return _aim(np.tile(toys[draw.integers(len(toys))], (len(ray), 1)), heads[who], ray)
    if name == HELD:
        return _aim(held, heads[who], ray)
    return np.tile(np.zeros(2) if name == LENS else _elsewhere(draw, partner.mean(0)), (len(ray), 1))


def _elsewhere(draw: np.random.Generator, partner: FloatArray) -> FloatArray:
    """A direction (2,) that is not the partner's."""
    while True:
        aim = np.array([draw.uniform(-110, 110), draw.uniform(-50, 35)])
        if np.hypot(*(aim - partner)) > 30:
            return aim


def _aim(target: FloatArray, head: FloatArray, ray: FloatArray) -> FloatArray:
    off = target - head
    return yaw_pitch_deg(to_sight(off / np.linalg.norm(off, axis=1)[:, None], ray))


def _smoothed(wanted: FloatArray, times_s: FloatArray) -> FloatArray:
    """The head's path (T, 2): it takes MOVE_S for a shift."""
    near = np.exp(-0.5 * ((times_s[:, None] - times_s - MOVE_S / 2) / (MOVE_S / 2)) ** 2)
    return np.asarray((near @ wanted) / near.sum(axis=1)[:, None])


def _read(
    draw: np.random.Generator,
    home: Home,
    metrics: Metrics,
    who: int,
    times_s: FloatArray,
    heads: list[FloatArray],
    head: FloatArray,
) -> None:
    """Write what is read of one head: with its errors, and without the frames in which it is not found."""
    count, focal = len(times_s), float(metrics["focal_px"][0])
    stated = home.stated_deg[who] * np.exp(_wander(draw, times_s, 0.35, 0.8, 2))
    bias = np.array(home.bias_deg) * (draw.choice([-1, 1], 2) if home.bias_deg[0] >= 20 else draw.normal(0, 1, 2))
    error = bias + stated * (
        home.fast * draw.normal(0, 1, (count, 2)) + home.slow * _wander(draw, times_s, 1.0, 1.0, 2)
    )
    seen = ~_gaps(draw, times_s, home.missing)
    at = (seen, who)
    box = _box_px(heads[who], FACE_MM[who], focal)
    ray = heads[who] / np.linalg.norm(heads[who], axis=1)[:, None]
    read = head + error
    metrics["sight"][at] = Visibility.SEEN
    metrics["box_px"][at] = box[seen]
    metrics["forward"][at] = from_sight(direction(read[:, 0], read[:, 1] - (8.0, 3.0)[who]), ray)[seen]
    metrics["up"][at] = from_sight(direction(read[:, 0], read[:, 1] + 90), ray)[seen]
    metrics["head_sd_deg"][at] = stated[seen]
    size = draw.normal(0, 0.1) + draw.normal(0, 0.05, count)
    scale = draw.uniform(0.72, 0.84) if who == INFANT else 1.0
    metrics["px_per_mm"][at] = (scale * focal / -heads[who][:, 2] * np.exp(size))[seen]
    metrics["light"][at], metrics["sharpness"][at], metrics["covered"][at] = 100.0, 0.02, 0.05


def _gaps(draw: np.random.Generator, times_s: FloatArray, missing: float) -> NDArray[np.bool_]:
    lost, now, there = np.zeros(len(times_s), np.bool_), 0.0, draw.random() >= missing
    while missing and now < times_s[-1] + 1:
        lasts = draw.exponential(0.7 if not there else 0.7 * (1 - missing) / missing)
        lost[(times_s >= now) & (times_s < now + lasts)] = not there
        now, there = now + lasts, not there
    return lost


def _box_px(place: FloatArray, size_mm: float, focal: float) -> FloatArray:
    scale = focal / -place[:, 2]
    middle = np.stack([WIDTH / 2 + place[:, 0] * scale, HEIGHT / 2 - place[:, 1] * scale], axis=1)
    size = (size_mm * scale)[:, None]
    return np.concatenate([middle - size / 2, size, size], axis=1)


def _hands(
    draw: np.random.Generator, metrics: Metrics, heads: list[FloatArray], held: FloatArray, looks: NDArray[np.str_]
) -> None:
    """Hands as a hand detector finds them: at the held thing while it is held up, and near heads at other times too."""
    count, focal = len(held), float(metrics["focal_px"][0])
    metrics["hand_px"] = np.full((count, HANDS, 4), np.nan, np.float32)
    metrics["hand_score"] = np.full((count, HANDS), np.nan, np.float32)
    metrics["hand_asked"] = np.arange(count) % HANDS_EVERY == 0
    up = _around(looks[INFANT] == HELD, 8)
    idle = heads[PARENT] + np.array([draw.normal(0, 150), -draw.uniform(120, 260), draw.uniform(0, 120)])
    idle = idle + _wander(draw, metrics["time_us"] / 1e6, 30.0, 1.0)
    shown = _gaps(draw, metrics["time_us"] / 1e6, 0.5)
    for slot, (place, there) in enumerate(((held + draw.normal(0, 25, 3), up), (idle, shown))):
        found = there & metrics["hand_asked"] & (draw.random(count) < HAND_FOUND)
        metrics["hand_px"][found, slot] = _box_px(place, HAND_MM, focal)[found]
        metrics["hand_score"][found, slot] = 0.6


def _around(flags: NDArray[np.bool_], frames: int) -> NDArray[np.bool_]:
    return np.convolve(flags, np.ones(2 * frames + 1), "same") > 0
