"""How the film is set up: who is in which picture, and so what "at the partner" means in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.people import Roles, placed
from vfeed.perception.geometry import FloatArray
from vfeed.perception.metrics import Metrics


class SetupKind(StrEnum):
    """Kinds of set-up; the words are stored."""

    ONE_VIEW = "one_view"
    SPLIT_SCREEN = "split_screen"
    PICTURE_IN_PICTURE = "picture_in_picture"
    PARENT_AT_CAMERA = "parent_at_camera"


PANES = "panes_px"
PANES_WORDS = (
    "(N, 4) int32: left, top, width, height of the pictures of different cameras that the frame is put together from, "
    "the largest first; one row that is the whole frame for one camera"
)
"""An array beside those of perception.metrics, absent from analyses made before it was measured."""

APART = 0.9
"""Share of the time for which the two keep to different pictures in a frame put together from several."""
LOG_ODDS_SEAM = 3.0
"""Log odds of several cameras where a seam parts the two people all the time. Without a seam it is one view: two people
who both look into the lens look just as two people do who face a camera each."""
MOST_EVIDENCE = 8.0
"""How much the looks may say for either geometry: frames are not independent."""
SURE, UNSURE = 0.99, 0.5
SURE_ENOUGH = 0.75
"""A person is asked about a set-up that is less sure."""
INSET_BELOW = 0.5
"""A picture of less than this share of the other is an inset."""


@dataclass(frozen=True, slots=True)
class Setup:
    """The set-up with how sure it is, .5 to 1; `given` tells that a person said so."""

    kind: SetupKind
    confidence: float
    given: bool = False

    @property
    def together(self) -> bool:
        """Whether one camera sees both, so that each one's direction to the other can be reckoned from the picture."""
        return self.kind is SetupKind.ONE_VIEW

    @property
    def to_confirm(self) -> bool:
        """Whether a person should be asked: nobody said so yet, and it is not sure or put together from two cameras."""
        return not self.given and (self.confidence < SURE_ENOUGH or self.kind is not SetupKind.ONE_VIEW)

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {"kind": self.kind.value, "confidence": round(self.confidence, 3), "given": self.given}


def possible_setups(metrics: Metrics, roles: Roles) -> tuple[SetupKind, SetupKind | None]:
    """The usual set-up for who is seen, and another that has to be weighed against it, or None."""
    if roles.infant is None or roles.adult is None:
        return SetupKind.PARENT_AT_CAMERA, None
    panes = panes_of_both(metrics, roles)
    if panes is None:
        return SetupKind.ONE_VIEW, None
    sizes = metrics[PANES][list(panes), 2:].astype(float).prod(axis=1)
    inset = sizes.min() < INSET_BELOW * sizes.max()
    return SetupKind.ONE_VIEW, SetupKind.PICTURE_IN_PICTURE if inset else SetupKind.SPLIT_SCREEN


def weigh_setups(metrics: Metrics, roles: Roles, evidence: dict[SetupKind, float]) -> Setup:
    """The more probable of possible set-ups by the log `evidence` of the looks under each, and by seams."""
    usual, other = possible_setups(metrics, roles)
    if other is None:
        return Setup(usual, UNSURE if usual is SetupKind.PARENT_AT_CAMERA else SURE)
    log_odds = LOG_ODDS_SEAM + np.clip(evidence[other] - evidence[usual], -MOST_EVIDENCE, MOST_EVIDENCE)
    p = float(np.clip(1 / (1 + np.exp(-log_odds)), 1 - SURE, SURE))
    return Setup(other, p) if p > UNSURE else Setup(usual, 1 - p)


def panes_of_both(metrics: Metrics, roles: Roles) -> tuple[int, int] | None:
    """The pictures that infant and adult keep to, when those are two; None otherwise or when not measured."""
    if len(metrics.get(PANES, ())) < 2:
        return None
    infant, adult = (_pane_of(metrics, person, metrics[PANES]) for person in (roles.infant, roles.adult))
    return None if infant is None or adult is None or infant == adult else (infant, adult)


def across_the_seam(metrics: Metrics, roles: Roles) -> float:
    """-1 when the infant is in the left half and the adult right of it, +1 the other way round, 0 when not known."""
    places = []
    for person in (roles.infant, roles.adult):
        seen = placed(metrics, person)
        if person is None or not seen.any():
            return 0.0
        places.append(float(np.median(metrics["box_px"][seen, person, 0])))
    return float(np.sign(places[0] - places[1]))


def _pane_of(metrics: Metrics, person: int | None, panes: NDArray[np.int32]) -> int | None:
    """The picture that a person keeps to; None for none. The smallest that holds them, since an inset lies on top."""
    seen = placed(metrics, person)
    if person is None or not seen.any():
        return None
    box: FloatArray = metrics["box_px"][seen, person].astype(float)
    middle = box[:, :2] + box[:, 2:] / 2
    for pane in range(len(panes) - 1, -1, -1):
        low, high = panes[pane, :2], panes[pane, :2] + panes[pane, 2:]
        if ((middle >= low) & (middle < high)).all(axis=1).mean() >= APART:
            return pane
    return None
