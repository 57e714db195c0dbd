"""Pictures of faces cut from a film: everybody who is followed, and infant beside parent at each candidate.

They are kept in the vault: those of a new analysis are made by the job that looks at the film; others (of an earlier
analysis, after somebody said who is who) when a page asks for them to be made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np

from vfeed.analysis.display import head_boxes
from vfeed.analysis.people import Person, people_of
from vfeed.analysis.result import ClipAnalysis
from vfeed.dyad.candidates import Candidate
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.planar_image import Image
from vfeed.media.stills import jpeg, square_around
from vfeed.practice.overrides import ManualOverrides

PAIR_SIDE_PX = 160
# How much of the frame around a head's box is shown, as a share of the box.
PAIR_MARGIN = 0.35
PERSON_SIDE_PX = 320
# More than as much again as the face is shown around it, to know somebody by hair, clothes and place.
PERSON_MARGIN = 1.4
# A box this far from the candidate's middle no longer shows the same moment.
NEAR_US = 1_000_000

Box = tuple[float, float, float, float]
T = TypeVar("T")


@dataclass(frozen=True)
class BothPeople(Generic[T]):
    """Something about infant and parent at each analysed frame (`time_us`, microseconds); None: cannot be told."""

    time_us: Sequence[int]
    infant: Sequence[T | None]
    parent: Sequence[T | None]


@dataclass(frozen=True)
class FacePicture:
    """A picture to cut: its role in the vault, the frame it is cut from (`time_us`), and the heads, side by side.

    A head is a box (left, top, width, height) in shares of the frame; None, where it cannot be seen, becomes grey.
    """

    role: str
    time_us: int
    boxes: tuple[Sequence[float] | None, ...]
    side_px: int
    margin: float

    def cut(self, image_bgr: Image) -> bytes:
        """Return the picture as JPEG, (`side_px`, `side_px` times the number of heads), from its frame."""
        return jpeg(np.hstack([square_around(image_bgr, box, self.side_px, self.margin) for box in self.boxes]))


def portrait_of(person: Person, analysis_id: str) -> FacePicture:
    """Return the clearest sighting of somebody; their number holds for the analysis alone."""
    clearest = person.seen[0]
    role = f"person:{analysis_id}:{person.number}"
    return FacePicture(role, clearest.time_us, (clearest.box,), PERSON_SIDE_PX, PERSON_MARGIN)


def pair_role(candidate_id: str, overrides: ManualOverrides) -> str:
    """Return the role of a candidate's picture: whose faces it shows depends on what a person said."""
    return f"facepair:{candidate_id}:{overrides.key}"


def pair_of(candidate: Candidate, heads: BothPeople[Box], overrides: ManualOverrides) -> FacePicture:
    """Return infant left and parent right at the middle of a candidate; `not_found` where no frame was analysed."""
    frame = best_frame(heads, candidate.interval.start_us, candidate.interval.end_us)
    boxes = (heads.infant[frame], heads.parent[frame])
    return FacePicture(pair_role(candidate.id, overrides), heads.time_us[frame], boxes, PAIR_SIDE_PX, PAIR_MARGIN)


def pictures_of(result: ClipAnalysis, overrides: ManualOverrides, analysis_id: str) -> list[FacePicture]:
    """Return all that an analysis, with the people as a person has said, offers to be seen."""
    heads = both(head_boxes(result.metrics, result.roles))
    portraits = [portrait_of(person, analysis_id) for person in people_of(result)]
    return portraits + [pair_of(candidate, heads, overrides) for candidate in result.candidates]


def best_frame(heads: BothPeople[Box], start_us: int, end_us: int) -> int:
    """Return the number of the analysed frame nearest the middle on which both heads are seen; else the nearest of all.

    Raises VfeedError `not_found` where no frame was analysed.
    """
    middle_us = (start_us + end_us) // 2
    times = np.asarray(heads.time_us)
    if not len(times):
        raise VfeedError("not_found", _("No faces were found in this film."), hint=_("Watch the film itself."))
    order = np.argsort(np.abs(times - middle_us), kind="stable")
    for frame in order:
        if abs(int(times[frame]) - middle_us) > max(NEAR_US, end_us - start_us):
            break
        if heads.infant[frame] and heads.parent[frame]:
            return int(frame)
    return int(order[0])


def both(told: dict[str, Any]) -> BothPeople[Any]:
    """Return what is told of both people by name."""
    return BothPeople(told["time_us"], told["infant"], told["parent"])
