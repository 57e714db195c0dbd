"""What a clip is made of: frozen dataclasses that say everything a render needs, and their JSON."""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Looks:
    """How a person looks. Colours are display RGB 0-255; `ancestry` weighs the african, asian, caucasian shapes."""

    age_years: float
    male: float
    weight: float
    ancestry: tuple[float, float, float]
    skin_rgb: Rgb
    hair_style: str
    hair_rgb: Rgb
    iris_rgb: Rgb
    cloth_rgb: Rgb
    stripe_rgb: Rgb | None
    glasses: bool
    hat_rgb: Rgb | None
    features_seed: int


@dataclass(frozen=True, slots=True)
class Look:
    """From `start_s` on the person looks at `target`; the head carries `head_share` of the turn, the eyes the rest."""

    start_s: float
    target: str
    head_share: float
    smile: float


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of clip time in seconds, half-open."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class HandUp:
    """A stretch of clip time in seconds with the hands of `sides` (L, R or LR) before the `place`: mouth or eyes."""

    start_s: float
    end_s: float
    sides: str
    place: str


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch of clip time in seconds with a thing held near a face, or worn on the own head.

    `kind` is one of things.KINDS; `how` is beside or before (the own face), screen (hides it), worn, torn (paper
    between the two) or fed (at the partner's mouth); `sides` are the hands. The thing is `offset_deg` off the holder's
    eyes as the partner sees them, towards `bearing_deg` (0 to the partner's right, 90 up), and `nearer_m` nearer.
    """

    start_s: float
    end_s: float
    kind: str
    how: str
    sides: str
    offset_deg: float
    bearing_deg: float
    nearer_m: float
    rgb: Rgb


@dataclass(frozen=True, slots=True)
class Person:
    """One actor: looks, gaze, blinks, when a cloth or hands are before the face, and when out of the frame.

    `holds` says what is held or worn; `bent` when the body leans over what lies before it; `lively_deg` how far the
    head bobs about what it is turned to.
    """

    looks: Looks
    gaze: tuple[Look, ...]
    blinks_s: tuple[float, ...]
    covered: tuple[Span, ...]
    hands_up: tuple[HandUp, ...]
    absent: tuple[Span, ...]
    holds: tuple[Hold, ...] = ()
    bent: tuple[Span, ...] = ()
    lively_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A camera from `start_s` on; azimuth from the front (+ = the infant's side); it looks between the heads.

    `pan_deg` turns it from there towards the parent (-) or the infant (+).
    """

    start_s: float
    kind: str
    azimuth_deg: float
    elevation_deg: float
    distance_m: float
    fov_deg: float
    pan_deg: float = 0.0


@dataclass(frozen=True, slots=True)
class Film:
    """What the camera does to the picture; `gain` 1 is well exposed, `noise` in grey levels, `shake_deg` hand-held.

    `soft_px` is the blur of lens and focus, `jitter` by which share of a gap frames of a variable rate come early or
    late, `gap_share` how many of them come after a long gap, `cast` what light does to red, green and blue.
    """

    width_px: int
    height_px: int
    fps: float
    variable_rate: bool
    gain: float
    noise: float
    shake_deg: float
    motion_blur: float
    crf: int
    soft_px: float = 0.6
    jitter: float = 0.12
    gap_share: float = 1 / 60
    cast: Rgb = (1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Recipe:
    """One clip. `layout`: table, floor or lying; `split`: two cameras side by side; `light`: a name of light.LIGHTS.

    `apart_m` is half the distance between the heads.
    """

    name: str
    seed: int
    duration_s: float
    layout: str
    split: bool
    parent_shown: bool
    body_yaw_deg: float
    room_seed: int
    light: str
    parent: Person
    infant: Person
    shots: tuple[Shot, ...]
    toy_play: tuple[Span, ...]
    passers: tuple[Span, ...]
    film: Film
    apart_m: float = 0.28


def described(recipe: Recipe) -> dict[str, Any]:
    """Return the recipe as plain dicts, lists and values, without what is as it is unless said."""
    plain: dict[str, Any] = _plain(recipe)
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        told = {field.name: getattr(value, field.name) for field in fields(value)}
        usual = {field.name: field.default for field in fields(value) if field.default is not MISSING}
        return {name: _plain(each) for name, each in told.items() if name not in usual or each != usual[name]}
    return [_plain(each) for each in value] if isinstance(value, tuple) else value


def to_json(recipe: Recipe) -> str:
    """Return the recipe as JSON text, the same text for the same recipe."""
    return json.dumps(described(recipe), sort_keys=True, indent=1)


def from_json(text: str) -> Recipe:
    """Read what `to_json` wrote; TypeError or KeyError when a field is unknown or missing."""
    built = _build(Recipe, json.loads(text))
    assert isinstance(built, Recipe)
    return built


def _build(kind: Any, value: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        unknown = set(value) - {field.name for field in fields(kind)}
        if unknown:
            raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        told = [field.name for field in fields(kind) if field.default is MISSING or field.name in value]
        return kind(**{name: _build(hints[name], value[name]) for name in told})
    if isinstance(value, list):
        return tuple(_build(_item_kind(kind), item) for item in value)
    return value


def _item_kind(kind: Any) -> Any:
    """Return the kind of a tuple's items, looking through `X | None`."""
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    return next((_item_kind(part) for part in get_args(kind) if get_origin(part) is tuple), None)
