"""How the dyad's rules hold where home film is hard to read: `python -m bench.homes [CLIPS]`, on simulated dyads.

One line a kind of home (bench/simulate.py): as the rules stand, and with each of their pieces out.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.scores import counts, kappa_of
from bench.simulate import HELD, HOMES, INFANT, PARENT, PARTNER, Dyad, Home, simulate
from vfeed.analysis.result import recompute
from vfeed.dyad.parameters import DyadParameters
from vfeed.dyad.people import NamedRoles
from vfeed.perception.visibility import Visibility

CLIPS = 16
APART_DEG = 10.0
"""A held thing further than this from the eyes, as the infant sees it, can be told from the face by directions."""
WITHOUT: dict[str, dict[str, Any]] = {
    "as it stands": {},
    "no wide offsets": {"misread_head_share": 0.0},
    "spread as stated": {"spread_scales": (1.0,)},
    "one hypothesis": {"hypotheses": 1},
    "hands not used": {"held_share": 0.0, "held_share_untold": 0.0},
}


@dataclass(frozen=True, slots=True)
class HomeScore:
    """Agreement on contact over frames in which both are found: pooled, mean over clips, and its hardest quarter.

    `balanced`: balanced accuracy of the infant's looks at the face against those at a thing held further than
    APART_DEG from it; `before_p`: mean probability of contact while the infant looks at a thing nearer than that.
    NaN where there is none of it.
    """

    pooled: float
    mean: float
    hardest: float
    balanced: float
    before_p: float


def score(home: Home, seeds: Iterable[int], rules: DyadParameters | None = None) -> HomeScore:
    """Return the scores of a home's clips given the seeds they are drawn with, and the rules' numbers."""
    table, kappas = np.zeros(4, np.int64), []
    at_face, apart, before = [], [], []
    for seed in seeds:
        dyad = simulate(home, seed)
        result = recompute(dyad.metrics, named=NamedRoles(infant=INFANT, caregiver=PARENT), params=rules)
        infant, caregiver = np.array(result.states.infant), np.array(result.states.caregiver)
        found = (dyad.metrics["sight"] == Visibility.SEEN).all(axis=1)
        one = counts(list(((infant == PARTNER) & (caregiver == PARTNER))[found]), list(dyad.mutual[found]))
        table += one
        kappas.append(kappa_of(one))
        face, far, near = _asked(dyad, found)
        at_face.append(infant[face] == PARTNER)
        apart.append(infant[far] != PARTNER)
        before.append(result.states.p_mutual[near])
    known = np.sort([each for each in kappas if np.isfinite(each)])
    return HomeScore(
        kappa_of(table),
        float(known.mean()),
        float(known[: max(1, len(known) // 4)].mean()),
        (_mean(at_face) + _mean(apart)) / 2,
        _mean(before),
    )


def _asked(dyad: Dyad, found: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Frames in which the infant looks at the face, at a thing apart from it, and at one before it."""
    held = found & (dyad.looks[INFANT] == HELD)
    return (
        found & (dyad.looks[INFANT] == PARTNER),
        held & (dyad.off_deg > APART_DEG),
        held & (dyad.off_deg <= APART_DEG),
    )


def _mean(parts: list[NDArray[Any]]) -> float:
    whole = np.concatenate(parts).astype(float)
    return float(whole.mean()) if len(whole) else float("nan")


def main(clips: int = CLIPS) -> None:
    """Print pooled kappa / mean / hardest quarter, and for held things balanced accuracy and confidence before."""
    for name, numbers in WITHOUT.items():
        sys.stdout.write(f"\n{name}\n")
        for kind, home in HOMES.items():
            one = score(home, range(clips), DyadParameters(**numbers))
            held = f"   {one.balanced:.2f} / {one.before_p:.2f}" if home.held else ""
            sys.stdout.write(f"  {kind:32s} {one.pooled:.2f} / {one.mean:.2f} / {one.hardest:.2f}{held}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(each) for each in sys.argv[1:]))
