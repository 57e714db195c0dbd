"""What a clip is made of: frozen dataclasses that say everything a render needs, and their JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, is_dataclass
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
class Person:
    """One actor: looks, gaze, blinks, when a cloth or hands are before the face, and when out of the frame."""

    looks: Looks
    gaze: tuple[Look, ...]
    blinks_s: tuple[float, ...]
    covered: tuple[Span, ...]
    hands_up: tuple[HandUp, ...]
    absent: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """A camera from `start_s` on; azimuth from the front (+ = the infant's side); it looks between the heads."""

    start_s: float
    kind: str
    azimuth_deg: float
    elevation_deg: float
    distance_m: float
    fov_deg: float


@dataclass(frozen=True, slots=True)
class Film:
    """What the camera does to the picture; `gain` 1 is well exposed, `noise` in grey levels, `shake_deg` hand-held."""

    width_px: int
    height_px: int
    fps: float
    variable_rate: bool
    gain: float
    noise: float
    shake_deg: float
    motion_blur: float
    crf: int


@dataclass(frozen=True, slots=True)
class Recipe:
    """One clip. `layout`: table, floor or lying; `split`: two cameras side by side; `light`: a name of light.LIGHTS."""

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


def to_json(recipe: Recipe) -> str:
    """Return the recipe as JSON text, the same text for the same recipe."""
    return json.dumps(asdict(recipe), sort_keys=True, indent=1)


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
        return kind(**{field.name: _build(hints[field.name], value[field.name]) for field in fields(kind)})
    if isinstance(value, list):
        return tuple(_build(_item_kind(kind), item) for item in value)
    return value


def _item_kind(kind: Any) -> Any:
    """Return the kind of a tuple's items, looking through `X | None`."""
    if get_origin(kind) is tuple:
        return get_args(kind)[0]
    return next((_item_kind(part) for part in get_args(kind) if get_origin(part) is tuple), None)
