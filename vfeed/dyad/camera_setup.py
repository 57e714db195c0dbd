"""How the film is set up: who is in which view, and so what "at the partner" means in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vfeed.dyad.people import Roles, placed, readable
from vfeed.perception.geometry import FloatArray, rays
from vfeed.perception.metrics import Metrics


class CameraSetup(StrEnum):
    """Kinds of set-up; the words are stored."""

    ONE_VIEW = "one_view"
    SPLIT_SCREEN = "split_screen"
    PICTURE_IN_PICTURE = "picture_in_picture"
    CAREGIVER_AT_CAMERA = "parent_at_camera"


PANES: Final = "panes_px"
PANES_WORDS = (
    "(N, 4) int32: left, top, width, height of the views of different cameras that the frame is put together from, "
    "the largest first; one row that is the whole frame for one camera"
)
"""An array beside those of perception.metrics, absent from analyses made before it was measured."""

APART = 0.9
"""Share of the time for which the two keep to different views in a frame put together from several."""
LOG_ODDS_SEAM, LOG_ODDS_INSET = 3.0, 0.0
"""Log odds of several cameras where a seam through the whole image, or the border of an inset, parts the two people
all the time and each faces a lens: windows, doors and pictures on the wall have four straight edges too. Without either
it is one view: two people who both look into the lens look just as two people do who face a camera each."""
FACES_LENS_DEG, FACES_LENS_SHARE = 55.0, 0.6
"""Whoever has a camera of their own faces it within so much for most of the time; two people whom one camera sees from
the side do not."""
MOST_EVIDENCE = 8.0
"""How much the looks may say for either geometry: frames are not independent."""
INSIDE_SHARE = 0.7
"""So much of a face's breadth and height, around its middle, lies in the view that the person keeps to: an image of
its own cuts nobody's face, a window behind a head does."""
SURE, UNSURE = 0.99, 0.5
SURE_ENOUGH = 0.75
"""A person is asked about a set-up that is less sure."""
INSET_BELOW = 0.5
"""A view of less than this share of the other is an inset."""


@dataclass(frozen=True, slots=True)
class SetupEstimate:
    """The set-up with how sure it is, .5 to 1; `given` tells that a person said so."""

    kind: CameraSetup
    confidence: float
    given: bool = False

    @property
    def together(self) -> bool:
        """Whether one camera sees both, so that each one's direction to the other can be reckoned from the image."""
        return self.kind is CameraSetup.ONE_VIEW

    @property
    def to_confirm(self) -> bool:
        """Whether a person should be asked: nobody said so yet, and it is not sure or put together from two cameras."""
        return not self.given and (self.confidence < SURE_ENOUGH or self.kind is not CameraSetup.ONE_VIEW)

    def as_dict(self) -> dict[str, object]:
        """JSON-able."""
        return {"kind": self.kind.value, "confidence": round(self.confidence, 3), "given": self.given}


def possible_setups(metrics: Metrics, roles: Roles) -> tuple[CameraSetup, CameraSetup | None]:
    """Return the usual set-up for who is seen, and another that has to be weighed against it, or None.

    Any but one view needs something that speaks for it: somebody alone may be there with a parent at the camera, or
    with one whom nobody found.
    """
    if roles.infant is None or roles.caregiver is None:
        alone = roles.infant if roles.infant is not None else roles.caregiver
        at_camera = not roles.others and facing_share(metrics, alone) >= FACES_LENS_SHARE
        return (CameraSetup.CAREGIVER_AT_CAMERA if at_camera else CameraSetup.ONE_VIEW), None
    panes = panes_of_both(metrics, roles)
    facing = min(facing_share(metrics, person) for person in (roles.infant, roles.caregiver))
    if panes is None or facing < FACES_LENS_SHARE:
        return CameraSetup.ONE_VIEW, None
    sizes = metrics[PANES][list(panes), 2:].astype(float).prod(axis=1)
    inset = sizes.min() < INSET_BELOW * sizes.max()
    return CameraSetup.ONE_VIEW, CameraSetup.PICTURE_IN_PICTURE if inset else CameraSetup.SPLIT_SCREEN


def weigh_setups(metrics: Metrics, roles: Roles, evidence: dict[CameraSetup, float]) -> SetupEstimate:
    """Return the more probable of possible set-ups by the log `evidence` of the looks under each, and by seams."""
    usual, other = possible_setups(metrics, roles)
    if other is None:
        return SetupEstimate(usual, SURE if roles.infant is not None and roles.caregiver is not None else UNSURE)
    seam = LOG_ODDS_INSET if other is CameraSetup.PICTURE_IN_PICTURE else LOG_ODDS_SEAM
    log_odds = seam + np.clip(evidence[other] - evidence[usual], -MOST_EVIDENCE, MOST_EVIDENCE)
    p = float(np.clip(1 / (1 + np.exp(-log_odds)), 1 - SURE, SURE))
    return SetupEstimate(other, p) if p > UNSURE else SetupEstimate(usual, 1 - p)


def panes_of_both(metrics: Metrics, roles: Roles) -> tuple[int, int] | None:
    """Return the views that infant and adult keep to, when those are two; None otherwise or when not measured."""
    if len(metrics.get(PANES, ())) < 2:
        return None
    infant, caregiver = (_pane_of(metrics, person, metrics[PANES]) for person in (roles.infant, roles.caregiver))
    return None if infant is None or caregiver is None or infant == caregiver else (infant, caregiver)


def facing_share(metrics: Metrics, person: int | None) -> float:
    """Return the share of the frames in which a person can be read that the head is turned to the lens; 0 for none."""
    seen = readable(metrics, person)
    if person is None or not seen.any():
        return 0.0
    box = metrics["box_px"][seen, person].astype(float)
    width, height = (int(side) for side in metrics["picture_px"])
    ray = rays(box[:, :2] + box[:, 2:] / 2, width, height, float(metrics["focal_px"][0]))
    to_lens = -(metrics["forward"][seen, person].astype(float) * ray).sum(axis=1)
    return float((to_lens >= np.cos(np.radians(FACES_LENS_DEG))).mean())


def across_the_seam(metrics: Metrics, roles: Roles) -> float:
    """-1 when the infant is in the left half and the adult right of it, +1 the other way round, 0 when not known."""
    places = []
    for person in (roles.infant, roles.caregiver):
        seen = placed(metrics, person)
        if person is None or not seen.any():
            return 0.0
        places.append(float(np.median(metrics["box_px"][seen, person, 0])))
    return float(np.sign(places[0] - places[1]))


def _pane_of(metrics: Metrics, person: int | None, panes: NDArray[np.int32]) -> int | None:
    """The view that a person keeps to; None for none. The smallest that holds them, since an inset lies on top."""
    seen = placed(metrics, person)
    if person is None or not seen.any():
        return None
    box: FloatArray = metrics["box_px"][seen, person].astype(float)
    middle, slack = box[:, :2] + box[:, 2:] / 2, INSIDE_SHARE * box[:, 2:] / 2
    for pane in range(len(panes) - 1, -1, -1):
        low, high = panes[pane, :2], panes[pane, :2] + panes[pane, 2:]
        if ((middle - slack >= low) & (middle + slack < high)).all(axis=1).mean() >= APART:
            return pane
    return None
