"""Ways a room is lit: a key light that casts the shadow, a fill, a rim and the light of sky and floor."""

from __future__ import annotations

from dataclasses import dataclass

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Light:
    """Directions towards the light (need not have length 1), linear colours, exposure, and how bright walls show."""

    key_dir: Triple
    key_col: Triple
    fill_dir: Triple
    fill_col: Triple
    rim_dir: Triple
    rim_col: Triple
    sky: Triple
    ground: Triple
    exposure: float
    walls: float


LIGHTS = {
    "day": Light(
        (-0.35, 0.75, 0.75),
        (1.75, 1.62, 1.45),
        (0.75, 0.2, 0.6),
        (0.42, 0.42, 0.46),
        (-0.9, 0.5, -0.5),
        (0.45, 0.46, 0.5),
        (0.46, 0.47, 0.5),
        (0.27, 0.22, 0.18),
        0.60,
        1.0,
    ),
    "window_side": Light(
        (-0.95, 0.45, 0.25),
        (2.0, 2.0, 2.05),
        (0.8, 0.2, 0.5),
        (0.25, 0.24, 0.24),
        (-0.7, 0.3, -0.6),
        (0.5, 0.5, 0.55),
        (0.36, 0.37, 0.4),
        (0.2, 0.17, 0.14),
        0.62,
        0.92,
    ),
    "lamp": Light(
        (0.55, 0.85, 0.35),
        (1.7, 1.32, 0.92),
        (-0.7, 0.2, 0.6),
        (0.30, 0.25, 0.20),
        (0.8, 0.4, -0.5),
        (0.2, 0.17, 0.13),
        (0.36, 0.31, 0.26),
        (0.24, 0.18, 0.13),
        0.62,
        0.82,
    ),
    "back_lit": Light(
        (-0.4, 0.6, -0.85),
        (2.1, 2.1, 2.0),
        (0.3, 0.3, 0.9),
        (0.45, 0.45, 0.48),
        (0.6, 0.5, -0.7),
        (0.9, 0.9, 0.9),
        (0.4, 0.4, 0.43),
        (0.24, 0.2, 0.17),
        0.58,
        1.12,
    ),
    "dim": Light(
        (-0.3, 0.9, 0.4),
        (0.75, 0.62, 0.48),
        (0.7, 0.2, 0.6),
        (0.18, 0.17, 0.17),
        (-0.6, 0.4, -0.6),
        (0.2, 0.2, 0.24),
        (0.24, 0.23, 0.23),
        (0.14, 0.11, 0.09),
        0.60,
        0.5,
    ),
}
