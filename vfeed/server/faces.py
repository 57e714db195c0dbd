"""The two heads of a clip: their boxes for the overlay, and both faces side by side for a candidate."""

from __future__ import annotations

import json
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from vfeed.errors import VfeedError
from vfeed.media.frames import frame_at
from vfeed.media.stills import jpeg
from vfeed.practice.review import ReviewState
from vfeed.practice.said import Said
from vfeed.server.context import services, store
from vfeed.server.people import roles_as_said
from vfeed.server.words import gettext as _
from vfeed.services.offers import MetricsOutdated

PAIR_SIDE_PX = 160
# How much of the picture around a head's box is shown, as a share of the box.
MARGIN = 0.35
# A box this far from the candidate's middle no longer shows the same moment.
NEAR_US = 1_000_000

NO_LINES: dict[str, Any] = {"time_us": [], "infant": [], "parent": []}

Image = npt.NDArray[np.uint8]


def heads_of(clip_id: str, said: Said) -> dict[str, Any]:
    """Boxes by person at each analysed frame, with infant and parent as a person has put them."""
    heads: dict[str, Any] = json.loads(store().blobs.read(clip_id, "heads"))
    if said.moves_people:
        from vfeed.analysis.display import head_boxes

        metrics = services().offers.metrics(clip_id)
        return head_boxes(metrics, roles_as_said(metrics, said))
    if said.swapped:
        heads["infant"], heads["parent"] = heads["parent"], heads["infant"]
    return heads


def lines_of(clip_id: str, state: ReviewState) -> dict[str, Any]:
    """Lines of looks by person at each analysed frame; none where gaze is said to mean little, or was not kept."""
    from vfeed.analysis.lines import gaze_lines

    if not state.gaze_flags.meaningful or not store().blobs.has(clip_id, "metrics"):
        return NO_LINES
    try:
        metrics = services().offers.metrics(clip_id)
    except MetricsOutdated:
        return NO_LINES
    return gaze_lines(metrics, roles_as_said(metrics, state.said))


def face_pair_picture(clip_id: str, candidate_id: str, state: ReviewState) -> bytes:
    """Infant left, parent right, as JPEG; grey where a face cannot be seen. Kept in the vault once it is made."""
    role = f"facepair:{candidate_id}:{state.said.key}"
    if store().blobs.has(clip_id, role):
        return store().blobs.read(clip_id, role)
    offer = services().offers.after(clip_id, state)
    candidate = next((each for each in offer.candidates if each.id == candidate_id), None)
    if candidate is None:
        raise VfeedError("not_found", _("There is no such candidate."), hint=_("Load the film's page again."))
    heads = heads_of(clip_id, state.said)
    index = best_frame(heads, candidate.interval.start_us, candidate.interval.end_us)
    with store().blobs.open(clip_id, "original") as file:
        image = frame_at(file, heads["time_us"][index]).image_bgr
    halves = [face(image, heads[person][index]) for person in ("infant", "parent")]
    picture = jpeg(np.hstack(halves))
    with store().blobs.put(clip_id, role, "image/jpeg") as out:
        out.write(picture)
    return picture


def best_frame(heads: dict[str, Any], start_us: int, end_us: int) -> int:
    """The analysed frame nearest the middle on which both heads are seen; else the nearest of all."""
    middle_us = (start_us + end_us) // 2
    times = np.asarray(heads["time_us"])
    if not len(times):
        raise VfeedError("not_found", _("No faces were found in this film."), hint=_("Watch the film itself."))
    order = np.argsort(np.abs(times - middle_us), kind="stable")
    for index in order:
        if abs(int(times[index]) - middle_us) > max(NEAR_US, end_us - start_us):
            break
        if heads["infant"][index] and heads["parent"][index]:
            return int(index)
    return int(order[0])


def face(image: Image, box: list[float] | None, *, side_px: int = PAIR_SIDE_PX, margin: float = MARGIN) -> Image:
    """A square around a head's box (shares of width and height), scaled to `side_px`; grey without a box.

    `margin` is how much of the picture around the box is shown, as a share of the box.
    """
    if box is None:
        return np.full((side_px, side_px, 3), 128, np.uint8)
    height, width = image.shape[:2]
    x, y, w, h = box[0] * width, box[1] * height, box[2] * width, box[3] * height
    half = max(w, h) * (1 + margin) / 2
    left, top = round(x + w / 2 - half), round(y + h / 2 - half)
    side = max(2, round(2 * half))
    pad = max(0, -left, -top, left + side - width, top + side - height)
    framed = cv2.copyMakeBorder(image, pad, pad, pad, pad, cv2.BORDER_REPLICATE)
    cut = framed[top + pad : top + pad + side, left + pad : left + pad + side]
    return np.asarray(cv2.resize(cut, (side_px, side_px), interpolation=cv2.INTER_AREA), np.uint8)
