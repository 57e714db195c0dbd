"""What is laid down before anybody codes; apart from the counting itself, whose libraries take long to load."""

from __future__ import annotations

from dataclasses import dataclass

from vfeed.research.units import UNIT_US

TOLERANCES_US = (0, 200_000, 500_000, 1_000_000, 2_000_000)


@dataclass(frozen=True)
class Rules:
    """What is laid down before anybody codes: unit, tolerances on each side, codes that count (all where none is)."""

    unit_us: int = UNIT_US
    tolerances_us: tuple[int, ...] = TOLERANCES_US
    codes: tuple[str, ...] = ()
    seed: int = 1
    with_gamma: bool = True
