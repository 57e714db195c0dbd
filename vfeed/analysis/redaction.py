"""Where faces are hidden in a film: around every followed head, and wherever a detector still finds one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import BinaryIO, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from vfeed.analysis.false_detections import Asked, Sighting, sorted_out
from vfeed.analysis.installed_detectors import open_every_detector
from vfeed.errors import VfeedError
from vfeed.errors import marked as _
from vfeed.media.faststart import write_faststart
from vfeed.media.frames import open_frames
from vfeed.media.masking import MaskRegion, RegionsAt, Voice, covered_share, encode_redacted
from vfeed.media.progress import Progress
from vfeed.media.scratch import Scratch
from vfeed.perception.head_detector import HeadDetector
from vfeed.perception.metrics import Metrics

ACROSS, DOWN = 2.0, 2.2
"""Width and height of what is hidden, in sides of the face's box: hair, ears and chin are within."""
UPWARDS = 0.15
"""How far its middle lies above the face's, in sides of the box."""
TURNED_ACROSS, TURNED_DOWN = 1.8, 2.0
"""The same where it is known how the head is turned."""
BEHIND = 0.2
"""How far the middle of what is hidden then lies behind the face's in profile, in sides of the box."""
UPRIGHT_FROM = 0.7
"""How far the top of a head must point up for that, 0 to 1: of a lying head more is hidden on all sides."""
REPAINTED = 1.2
"""How much larger than a detector's box the place is that is painted where paint itself was taken for a face."""
BRIDGED_US = 2_000_000
"""A head that is found again within this is hidden on the way from one place to the other."""
HELD_US = 1_000_000
"""How long a place stays hidden before a head is found and after it is lost."""
GROWS_TO = 1.4
"""How much larger a place has become when it has been held for as long as that."""
DOUBTFUL_US = 500_000
"""A head that was not found for this long is shown to a person."""
SPREAD_US = 400_000
"""What a detector still found is hidden this long before and after too: it does not find a face in every frame."""
KEPT_WITHIN_US = 200_000
"""A face that is to stay does so only this near to a frame in which it was followed."""
KEPT_GROWN = 2.0
"""How much larger than its box the place is in which a found face is taken for the one that stays."""
KEPT_EVERY_US = 2_000_000
"""A face that stays is shown to a person once in each stretch as long as this."""
LOOK_EVERY_US = 1_000_000
"""One frame for each second of a doubtful stretch is shown."""
ROUNDS = 6


@dataclass(frozen=True)
class Found:
    """A place where something was found at a time, or that a person marked: hidden from `start_us` to `end_us`."""

    start_us: int
    end_us: int
    region: MaskRegion
    bare: bool = True
    """False for what a detector takes for a face where a face was hidden already: nobody needs to look at that."""
    moves: bool = False
    """Whether whatever is hidden at the place is painted, wherever it has moved to, and nothing else is hidden."""


@dataclass(frozen=True)
class ReviewFlag:
    """A stretch for a person to look at, and its frames `look_us`.

    `reason` is lost, found_late, still_found, left_open (found, and taken for no face by two signs), or kept: is the
    face that stays the right one?
    """

    start_us: int
    end_us: int
    reason: str
    look_us: tuple[int, ...]


@dataclass(frozen=True)
class Report:
    """What was made: how many frames, in how many rounds, and what a person should look at.

    `covered` and `most_covered` are the share of the frame that is hidden, on average and at most.
    """

    frames: int
    rounds: int
    review_flags: tuple[ReviewFlag, ...]
    covered: float = 0.0
    most_covered: float = 0.0


class HeadPlaces:
    """Where the followed heads are at any time, with the stretches in which one of them was lost."""

    def __init__(self, metrics: Metrics, people: Iterable[int] | None = None) -> None:
        """From the stored measurements, of these people (None: of all); times are those of the clip."""
        time_us = metrics["time_us"].astype(np.int64)
        width, height = (float(side) for side in metrics["picture_px"])
        self._paths = [
            path
            for person in (range(metrics["box_px"].shape[1]) if people is None else people)
            for path in _paths(
                time_us, metrics["shot"], metrics["box_px"][:, person].astype(float), _across(metrics, person)
            )
        ]
        self._shares = np.array([width, height, width, height])
        self.lost = [gap for path in self._paths for gap in path.gaps]

    def __call__(self, time_us: int) -> list[MaskRegion]:
        """What to hide at a time of the clip."""
        aspect = float(self._shares[0] / self._shares[1])
        found = [(path.at(time_us), path.facing(time_us)) for path in self._paths]
        return [head_region(box / self._shares, aspect, facing) for box, facing in found if box is not None]

    def faces(self, time_us: int) -> list[MaskRegion]:
        """Return the places of faces followed at just this time, as far around as a detector may draw its box."""
        near = (path for path in self._paths if np.abs(path.time_us - time_us).min() <= KEPT_WITHIN_US)
        boxes = (path.at(time_us) for path in near)
        return [MaskRegion(*(_grown(box, KEPT_GROWN) / self._shares)) for box in boxes if box is not None]

    def stays(self) -> list[ReviewFlag]:
        """Return a frame for each stretch in which one of these faces stays: only a person knows whose it is."""
        times = sorted({int(time) for path in self._paths for time in path.time_us})
        told = []
        for number, part in groupby(times, lambda time: time // KEPT_EVERY_US):
            start, followed = number * KEPT_EVERY_US, list(part)
            told.append(ReviewFlag(start, start + KEPT_EVERY_US, "kept", (followed[len(followed) // 2],)))
        return told


@dataclass(frozen=True, eq=False)
class _Path:
    """One head while it is followed within a shot: (n,) times, (n, 4) boxes, and the gaps in which it was lost.

    `across` (n,) is how far the face points to the image's right, -1 to 1; NaN where that was not read.
    """

    time_us: NDArray[np.int64]
    box_px: NDArray[np.float64]
    across: NDArray[np.float64]
    start_us: int
    end_us: int
    gaps: tuple[tuple[int, int], ...]

    def at(self, time_us: int) -> NDArray[np.float64] | None:
        if not self.start_us <= time_us < self.end_us:
            return None
        box = np.array([np.interp(time_us, self.time_us, self.box_px[:, side]) for side in range(4)])
        nearest = np.abs(self.time_us - time_us).min()
        return _grown(box, 1 + (GROWS_TO - 1) * min(1.0, float(nearest) / HELD_US))

    def facing(self, time_us: int) -> float | None:
        """Return how far the face points to the right; None unless it was read both before and after, not long ago."""
        place = int(np.searchsorted(self.time_us, time_us))
        near = [at for at in (place - 1, place) if 0 <= at < len(self.time_us)]
        known = [at for at in near if abs(int(self.time_us[at]) - time_us) <= KEPT_WITHIN_US]
        told = self.across[known]
        return float(told.mean()) if len(known) == len(near) and np.isfinite(told).all() else None


def _across(metrics: Metrics, person: int) -> NDArray[np.float64]:
    """How far a person's face points to the right (T,); NaN where it was not read, and where the head leans."""
    upright = metrics["up"][:, person, 1] >= UPRIGHT_FROM
    return np.where(upright, metrics["forward"][:, person, 0].astype(float), np.nan)


def _paths(
    time_us: NDArray[np.int64], shot: NDArray[np.int32], box_px: NDArray[np.float64], across: NDArray[np.float64]
) -> list[_Path]:
    """A person's boxes (T, 4) and where their face points (T,).

    Cut where the shot changes and where the head was away for too long to follow it.
    """
    seen = np.flatnonzero(np.isfinite(box_px[:, 0]))
    if not len(seen):
        return []
    times = time_us[seen]
    apart = (np.diff(times) > BRIDGED_US) | (np.diff(shot[seen]) != 0)
    paths = []
    for part in np.split(seen, np.flatnonzero(apart) + 1):
        of_shot = time_us[shot == shot[part[0]]]
        first, last = int(of_shot[0]), int(of_shot[-1])
        after = time_us[time_us > last]
        start_us = max(first, int(time_us[part[0]]) - HELD_US)
        end_us = min(int(after[0]) if len(after) else np.iinfo(np.int64).max, int(time_us[part[-1]]) + HELD_US)
        own = time_us[part]
        wide = np.flatnonzero(np.diff(own) > DOUBTFUL_US)
        gaps = [(int(own[at]), int(own[at + 1])) for at in wide]
        # Beyond the hold nothing is hidden: somebody should see that the head is really gone.
        if start_us > first:
            gaps.append((start_us - HELD_US if start_us - HELD_US > first else first, int(own[0])))
        if last - int(own[-1]) > DOUBTFUL_US:
            gaps.append((int(own[-1]), min(last, int(own[-1]) + 2 * HELD_US)))
        paths.append(_Path(own, box_px[part], across[part], start_us, end_us, tuple(gaps)))
    return paths


def _grown(box: NDArray[np.float64], by: float) -> NDArray[np.float64]:
    left, top, width, height = box
    return np.array([left - width * (by - 1) / 2, top - height * (by - 1) / 2, width * by, height * by])


def head_region(box: NDArray[np.float64], aspect: float, facing: float | None = None) -> MaskRegion:
    """Return the place of the whole head around a face's box (left, top, width, height), in shares of the frame.

    The frame is `aspect` times as wide as high. `facing` is how far the face points to the right, -1 to 1; where
    that is not known (None) more is hidden on all sides.
    """
    left, top, width, height = (float(share) for share in box)
    side = max(width * aspect, height)
    wide, high = (ACROSS, DOWN) if facing is None else (TURNED_ACROSS, TURNED_DOWN)
    across, down = wide * side / aspect, high * side
    middle = left + width / 2 - BEHIND * (facing or 0.0) * side / aspect
    level = top + height / 2 - UPWARDS * side
    return MaskRegion(middle - across / 2, level - down / 2, across, down)


def redact_faces(
    file: BinaryIO,
    out: BinaryIO,
    heads: RegionsAt,
    lost: Sequence[tuple[int, int]],
    *,
    kept: HeadPlaces | None = None,
    drawn: Sequence[Found] = (),
    spares: bool = False,
    voice: Voice,
    on_progress: Callable[[float], None],
    is_cancelled: Callable[[], bool],
) -> Report:
    """Write a copy of `file` (one of ours: MP4, upright) to `out` in which no face is found in any frame.

    But for the faces of `kept`, which stay where nothing else is hidden; a person is shown each of their stretches.
    With `spares` what is found and taken for no face by two signs (`false_detections`) stays too, and is shown.

    Hidden are `heads` and what a person has `drawn`; then the detectors look at every frame of the copy, and what
    they still find is painted over in a new copy, until they find nothing (at most six rounds). `lost` are stretches
    in which a head was not found. Raises VfeedError `clip_*`, `cancelled`, `media_failed`, `model_missing`.
    """
    late: list[Found] = []
    spared: list[Sighting] = []
    detector = open_every_detector()
    try:
        for number in range(1, ROUNDS + 1):
            span = _Span(on_progress, number)
            with Scratch() as raw:
                scratch = cast(BinaryIO, raw)
                everything = _Everything(heads, [*drawn, *late])
                count = encode_redacted(file, scratch, everything, voice, Progress(span.first, is_cancelled))
                sighted = _still_found(
                    scratch, file if spares else None, everything, kept, detector, Progress(span.second, is_cancelled)
                )
                no_faces, faces = sorted_out(sighted)
                spared += no_faces
                found = [_to_paint(each, everything(each.time_us)) for each in faces]
                if not found or number == ROUNDS:
                    write_faststart(scratch, out)
                    on_progress(1.0)
                    told = review_flags(lost, late, found, kept.stays() if kept else (), spared)
                    return Report(count, number, told, *everything.covered())
            late += found
    finally:
        detector.close()
    raise VfeedError("media_failed", _("The faces could not be hidden."), hint=_("Try again."))


class _Span:
    """The shares of the whole that writing and looking take in a round; later rounds share what is left."""

    def __init__(self, on_progress: Callable[[float], None], number: int) -> None:
        self._on_progress = on_progress
        self._start = 1 - 0.5 ** (number - 1)
        self._length = 0.5**number

    def first(self, done: float) -> None:
        self._on_progress(self._start + self._length * 0.4 * done)

    def second(self, done: float) -> None:
        self._on_progress(self._start + self._length * (0.4 + 0.6 * done))


class _Everything:
    """Heads, and what was found or drawn, at a time."""

    def __init__(self, heads: RegionsAt, more: Sequence[Found]) -> None:
        self._heads, self._more = heads, more
        self._covered: dict[int, float] = {}

    def __call__(self, time_us: int) -> list[MaskRegion]:
        now = [each for each in self._more if each.start_us <= time_us < each.end_us]
        hidden = [*self._heads(time_us), *(each.region for each in now if not each.moves)]
        filled = [each.region for each in now if each.moves]
        places = [replace(region, filled=True) if _lies_at(region, filled) else region for region in hidden]
        if time_us not in self._covered:
            self._covered[time_us] = covered_share(places)
        return places

    def followed(self, time_us: int, kept: HeadPlaces | None, aspect: float) -> float:
        """Return the side of the largest face's box that is followed then, in shares of the frame's height; 0 for
        none.
        """
        regions = [*self._heads(time_us), *(kept(time_us) if kept else ())]
        return max((region.width * aspect / ACROSS for region in regions), default=0.0)

    def covered(self) -> tuple[float, float]:
        """Return the share of the frame that is hidden, on average over all frames and at most."""
        shares = list(self._covered.values()) or [0.0]
        return float(np.mean(shares)), max(shares)


def _lies_at(region: MaskRegion, others: Sequence[MaskRegion]) -> bool:
    return any(region.holds(each.left + each.width / 2, each.top + each.height / 2) for each in others)


def _still_found(
    film: BinaryIO,
    source: BinaryIO | None,
    places: _Everything,
    kept: HeadPlaces | None,
    detector: HeadDetector,
    progress: Progress,
) -> list[Sighting]:
    """Every face that is found in any frame of a film, but for those that are kept.

    With the `source` that the film is a copy of, the head network is asked of each, in the frame as it was.
    """
    frames = open_frames(film)
    height, width = frames.height_px, frames.width_px
    asked = Asked(source) if source else None
    found = []
    for frame in frames:
        progress.at(frame.time_us / max(1, frames.duration_us))
        image = np.asarray(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB), np.uint8)
        heads = detector.search(image)
        hidden = places(frame.time_us) if heads else ()
        for head in heads:
            shares = np.array(head.box_px) / [width, height, width, height]
            if kept and _is_kept(shares, kept.faces(frame.time_us), hidden):
                continue
            likely = asked.is_head(frame.time_us, shares, head.turned_deg) if asked else 1.0
            followed = places.followed(frame.time_us, kept, width / height)
            found.append(Sighting(frame.time_us, tuple(shares), width / height, likely, followed))
    return found


def _is_kept(box: NDArray[np.float64], kept: Sequence[MaskRegion], hidden: Sequence[MaskRegion]) -> bool:
    """Whether what was found is a face that stays: it lies where that one is followed, and nothing is hidden there."""
    middle = float(box[0] + box[2] / 2), float(box[1] + box[3] / 2)
    return any(each.holds(*middle) for each in kept) and not any(each.holds(*middle) for each in hidden)


def _to_paint(found: Sighting, hidden: Sequence[MaskRegion]) -> Found:
    """What to paint over so that no face is found at this place in the next round.

    A bare face is hidden with its whole head. What is taken for a face where one is hidden already is only the blur:
    what is hidden there is painted as it is and as it moves, so that no more of the people is hidden than must be.
    """
    over = [region for region in hidden if region.holds(*found.middle)]
    box = np.array(found.box)
    moves = False
    if not over:
        region = replace(head_region(box, found.aspect), filled=True)
    elif any(each.filled for each in over):
        # With corners: round paint above shoulders is what was taken for a face.
        left, top, width, height = (float(share) for share in _grown(box, REPAINTED))
        region = MaskRegion(left, top, width, height, square=True, filled=True)
    else:
        x, y = found.middle
        region, moves = MaskRegion(x, y, 0.0, 0.0), True
    return Found(found.time_us - SPREAD_US, found.time_us + SPREAD_US, region, bare=not over, moves=moves)


def review_flags(
    lost: Sequence[tuple[int, int]],
    late: Sequence[Found],
    left: Sequence[Found],
    kept: Sequence[ReviewFlag] = (),
    spared: Sequence[Sighting] = (),
) -> tuple[ReviewFlag, ...]:
    """Return what a person should look at, in order of time: stretches of one reason that touch are one, but for
    `kept`.
    """
    late_us = [(each.start_us + SPREAD_US, each.end_us - SPREAD_US + 1) for each in late if each.bare]
    left_us = [(each.start_us + SPREAD_US, each.end_us - SPREAD_US + 1) for each in left]
    open_us = [(each.time_us, each.time_us + 1) for each in spared]
    reasons = (("lost", lost), ("found_late", late_us), ("still_found", left_us), ("left_open", open_us))
    told = [
        ReviewFlag(start_us, end_us, reason, _looks(start_us, end_us))
        for reason, stretches in reasons
        for start_us, end_us in _joined(stretches)
    ]
    return tuple(sorted([*told, *kept], key=lambda flag: (flag.start_us, flag.reason)))


def _joined(stretches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start_us, end_us in sorted(stretches):
        if joined and start_us <= joined[-1][1] + LOOK_EVERY_US:
            joined[-1] = joined[-1][0], max(joined[-1][1], end_us)
        else:
            joined.append((start_us, end_us))
    return joined


def _looks(start_us: int, end_us: int) -> tuple[int, ...]:
    count = max(1, (end_us - start_us) // LOOK_EVERY_US)
    step = (end_us - start_us) / count
    return tuple(int(start_us + step * (number + 0.5)) for number in range(count))
