"""Drift: whether a coder's agreement falls while a study goes on, block by block of films coded by two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from vfeed.errors import InvalidInput
from vfeed.research.agreement import Pair, compare
from vfeed.research.kappa import cohen
from vfeed.research.rules import Rules

BLOCK = 5
"""Films coded by two in a block."""
FALL = 0.10
"""A fall by more than this below the reliability test counts as drift."""


@dataclass(frozen=True)
class Block:
    """Some films in the order in which a coder handed them in: kappa over all lanes, and its range over families."""

    clips: int
    kappa: float
    lowest: float
    highest: float


def block_of(pairs: Sequence[Pair], lanes: Sequence[tuple[str, str]], rules: Rules) -> Block:
    """Return the agreement of a block; each of `lanes` is who and lane. Kappa is the mean over lanes that have one."""
    kappas: list[float] = []
    by_family: list[float] = []
    for who, lane in lanes:
        try:
            found = compare(pairs, who, lane, rules)
        except InvalidInput:
            continue
        value = cohen(found.table).value
        kappas += [value] if isfinite(value) else []
        by_family += [each.value for each in found.by_family.values() if isfinite(each.value)]
    mean = float(np.mean(kappas)) if kappas else float("nan")
    return Block(len(pairs), mean, min(by_family, default=float("nan")), max(by_family, default=float("nan")))


def drifts(blocks: Sequence[Block], least_kappa: float, in_test: float | None = None) -> str:
    """Return why a coder should calibrate anew, "" where there is no reason.

    Two whole blocks in a row under the study's own limit, or the last whole block more than .10 under the test.
    """
    whole = [block.kappa for block in blocks if block.clips >= BLOCK and isfinite(block.kappa)]
    if len(whole) >= 2 and max(whole[-2:]) < least_kappa:
        return "Kappa was below the study’s limit in two blocks in a row."
    if whole and in_test is not None and isfinite(in_test) and whole[-1] < in_test - FALL:
        return "Kappa has fallen by more than .10 since the reliability test."
    return ""
