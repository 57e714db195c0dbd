"""One frame after the other: follow the heads that are known, search for those that are not."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vfeed.perception.eyes import EyeTurn, eye_turn
from vfeed.perception.finder import MODEL as FINDER
from vfeed.perception.finder import Finder
from vfeed.perception.gazenet import GazeReading
from vfeed.perception.graph import image_packet
from vfeed.perception.headnet import Correction, HeadNet, HeadReading, joined, roll_deg, turned_away_deg
from vfeed.perception.heads import DetectedHead, HeadDetector, Image, iou
from vfeed.perception.mesh import REGION_SIDE, FaceMesh, Region, mesh_box
from vfeed.perception.pose import HeadPose, from_mesh
from vfeed.perception.sight import Sight
from vfeed.perception.tracker import ONE_HEAD_IOU, Box, Track, doubles, match, on_one_head
from vfeed.perception.visibility import face_patch, sharpness, sight_of, sight_of_missing

CONFIRM_EVERY_US = 500_000
"""How often a followed head is shown to the detector again, so that the mesh cannot follow a lamp."""
UNCONFIRMED_FOR_US = 1_600_000
"""A track that the detector has refused for this long (three times) is let go."""
SEARCH_WHEN_WHOLE_US = 4_000_000
"""How often the whole picture is searched while two heads are followed."""
SEARCH_WHEN_MISSING_US = 400_000
"""How often it is searched while fewer are."""
LOOK_AGAIN_US = 240_000
"""How often a lost head is looked for where it was."""
ROLLED_SEARCH_EVERY = 3
"""Every third search of a picture with fewer than two heads also looks for heads on their side (a lying infant)."""
EXPECTED_PEOPLE = 2
MOST_TRACKS = 6
MESH_STRAYED_IOU = 0.15
MESH_MET_IOU = 0.4
NET_STRAYED_IOU = 0.35
"""Overlap that the network's box must keep with where the head should be."""
A_HEAD, NO_HEAD = 0.5, 0.15
"""The network's word, smoothed over frames: from here on it follows a head by itself, and below there is none."""
SURE_OF_HEAD = 0.85
DETECTORS_BLIND_FROM_DEG = 50.0
"""Turned further from the lens, the network's sure word stands for the detectors', who miss many profiles..."""
VOUCHED_FOR_US = 10_000_000
"""...but for no longer than this."""
MESH_EVERY = 2
"""A mesh is fitted in one of so many frames; in the others the network's word is put right as it was in the last."""
MESH_BLIND_FROM_DEG, MESH_DROPPED_FROM_DEG = 54.0, 60.0
"""Turned further, no mesh is tried, and one that is there is let go: it has stopped turning with the head."""
TRY_MESH_US = 160_000
FACE_GONE_FROM_DEG = 113.0
"""Turned further from the lens than this, nothing of the face is left to see."""
HEAD_SMOOTHING = 0.5
PROPOSED_SIZES, PROPOSED_SIZE_RATIO = 1.5, 0.55
"""A head that the finder proposes is no hand: it lies this many sizes of a followed head from it, and is not much
smaller than the largest."""
CUT_SCALES = 0.85, 1.0, 1.2
MET_FROM = 0.4
"""Least certainty from which a detected head is taken up."""
PROVED_AFTER = 8
"""So many times a followed head is looked at in crops this much closer and wider."""
NOWHERE: Box = (float("nan"),) * 4
ROLLED_FROM_RAD = 0.9


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """One track in one frame. `box_px` is the face; `pose`, `gaze` and `iris` are None where they could not be read.

    `light` and `sharpness` are the face's; `head_px`, `infant` and `covered` are what the head network says
    (`HeadReading`). The gaze is added by `gazing.EyeReader`.
    """

    track: int
    sight: Sight
    box_px: Box
    pose: HeadPose | None = None
    gaze: GazeReading | None = None
    iris: EyeTurn | None = None
    light: float = float("nan")
    sharpness: float = float("nan")
    infant: float = float("nan")
    covered: float = float("nan")
    head_px: Box = NOWHERE


class Observer:
    """Follows all heads through a clip's frames; one Observer for one clip, closed when done.

    Detection is spent where it is needed: known heads are followed by the mesh and shown to the detector every half
    second; the whole picture is searched often only while fewer than two people are in view.
    """

    def __init__(self, detector: HeadDetector) -> None:
        self._detector = detector
        self._finder = Finder()
        self._net = HeadNet()
        self._meshes = [FaceMesh() for _ in range(EXPECTED_PEOPLE)]
        self._pool = ThreadPoolExecutor(EXPECTED_PEOPLE, thread_name_prefix="mesh")
        self.tracks: list[Track] = []
        self._searched_us: int | None = None
        self._searches = self._frame = 0

    def close(self) -> None:
        """Let go of the meshes (not of the detector, which was lent)."""
        self._pool.shutdown()
        for mesh in self._meshes:
            mesh.close()

    def observe(self, image_rgb: Image, time_us: int, *, new_shot: bool = False) -> list[HeadSeen]:
        """Heads in the next frame (h, w, 3) RGB, seen and missing, one per track that is not forgotten.

        In a `new_shot` places say nothing: every track ends, and the picture is searched at once.
        """
        if new_shot:
            self._searched_us = None
            for track in self.tracks:
                track.end()
        packet = image_packet(image_rgb)
        live = [track for track in self.tracks if track.alive]
        seen: dict[int, HeadSeen] = {}
        self._follow(live, packet, image_rgb, time_us, seen)
        for track in live:
            self._question(track, image_rgb, packet, time_us, seen)
        self._search(image_rgb, packet, time_us, seen)
        for extra in doubles([track for track in self.tracks if track.alive and track.number in seen]):
            extra.alive = False
            seen.pop(extra.number)
        size = (image_rgb.shape[1], image_rgb.shape[0])
        for track in self.tracks:
            if track.number not in seen and not track.forgotten(time_us):
                reason = sight_of_missing(track.box_px, track.velocity_px_s, track.yaw_deg, size)
                seen[track.number] = HeadSeen(track.number, reason, track.box_px)
        return [seen[number] for number in sorted(seen)]

    def _follow(self, live: list[Track], packet: Any, image: Image, time_us: int, seen: dict[int, HeadSeen]) -> None:
        """Ask the network about each live track, and fit the mesh of every second one where its face was before."""
        self._frame += 1
        due = [track for track in live if track.correction is None or (self._frame + track.number) % MESH_EVERY == 0]
        fitted = self._fit_known(due, packet, image, time_us)
        boxes = [self._head_box(track, track.mesh is not None, time_us) for track in live]
        readings = self._net.read(image, boxes, [track.roll_deg for track in live])
        for track, box, reading in zip(live, boxes, readings, strict=True):
            before, track.head_px = track.head_px, reading.box_px
            track.head += HEAD_SMOOTHING * (reading.head - track.head)
            if track.mesh is not None and turned_away_deg(reading.pose) > MESH_DROPPED_FROM_DEG:
                track.mesh = None
            if track.mesh is not None:
                if track.head < NO_HEAD:
                    track.mesh = None
                    continue
                carried = None if track.number in fitted else before
                seen[track.number] = self._from_mesh(track, image, reading, carried, time_us)
            elif min(track.head, reading.head) > A_HEAD and iou(box, reading.box_px) > NET_STRAYED_IOU:
                track.place(reading.box_px, time_us)
                seen[track.number] = self._met_again(track, packet, image, time_us, reading)
            if track.number in seen and self._vouched_for(track, time_us):
                track.vouch(time_us)
            if track.number in seen and len(track.certainty) < PROVED_AFTER and time_us >= track.prove_us:
                track.prove_us = time_us + CONFIRM_EVERY_US
                track.certainty.append(self._certainty(image, reading.box_px, track.roll_deg))

    @staticmethod
    def _head_box(track: Track, meshed: bool, time_us: int) -> Box:
        """Where the network looks: where it saw the head before, since the mesh's box is another one."""
        if not meshed:
            return track.expected_px(time_us)
        near = track.head_px is not None and iou(track.head_px, track.box_px) > NET_STRAYED_IOU
        return track.head_px if near and track.head_px is not None else track.box_px

    @staticmethod
    def _vouched_for(track: Track, time_us: int) -> bool:
        """Whether the network's word stands for a detector's."""
        turned = abs(track.yaw_deg) > DETECTORS_BLIND_FROM_DEG
        return turned and track.head > SURE_OF_HEAD and time_us - track.detected_us <= VOUCHED_FOR_US

    def _fit_known(self, live: list[Track], packet: Any, image: Image, time_us: int) -> set[int]:
        """Fit meshes, two at a time; numbers of the tracks that still bear one."""
        meshed = [track for track in live if track.mesh is not None]
        for first in range(0, len(meshed), len(self._meshes)):
            group = list(zip(meshed[first : first + len(self._meshes)], self._meshes, strict=False))
            fits = self._pool.map(lambda pair: self._fit(pair[1], packet, image, Region.of_mesh(pair[0].mesh)), group)
            for (track, _), landmarks in zip(group, fits, strict=True):
                box = None if landmarks is None else mesh_box(landmarks)
                if box is not None and iou(box, track.box_px) > MESH_STRAYED_IOU:
                    track.mesh = landmarks
                    track.place(box, time_us)
                else:
                    track.mesh = None
        return {track.number for track in meshed if track.mesh is not None}

    def _met_again(self, track: Track, packet: Any, image: Image, time_us: int, reading: HeadReading) -> HeadSeen:
        """A head that the network follows: now and then the mesh is tried again where it may bear one."""
        turned = turned_away_deg(reading.pose)
        if turned < MESH_BLIND_FROM_DEG and time_us - track.tried_us >= TRY_MESH_US:
            track.tried_us = time_us
            region = Region(track.centre_px, REGION_SIDE * track.size_px, float(np.radians(roll_deg(reading.pose))))
            landmarks = self._fit(self._meshes[0], packet, image, region)
            if landmarks is not None and iou(mesh_box(landmarks), reading.box_px) > MESH_MET_IOU:
                track.mesh = landmarks
                track.place(mesh_box(landmarks), time_us)
                return self._from_mesh(track, image, reading)
        return self._judged(track, image, reading, reading.pose)

    def _question(self, track: Track, image: Image, packet: Any, time_us: int, seen: dict[int, HeadSeen]) -> None:
        """Show a track to the detector when it is due: to confirm it, or to find it again after the mesh lost it."""
        followed = track.number in seen
        due_us = CONFIRM_EVERY_US if followed else min(LOOK_AGAIN_US, max(0, time_us - track.seen_us) // 2)
        if time_us - track.asked_us < due_us:
            return
        track.asked_us = time_us
        track.questions += 1
        rolled = abs(np.radians(track.roll_deg)) > ROLLED_FROM_RAD
        found = self._detector.look_at(
            image, track.centre_px, track.size_px, rolled=bool(rolled), thorough=not followed
        )
        taken = [seen[other].box_px for other in seen if other != track.number]
        found = [head for head in found if not any(on_one_head(head.box_px, box) for box in taken)]
        pairs = match([track], found, time_us, None if followed else image)
        if pairs:
            head = found[pairs[0][1]]
            met = None if followed else self._meet(track, head, image, packet, time_us)
            if followed or met is not None:
                track.confirm(time_us)
            if met is not None:
                seen[track.number] = met
        elif time_us - (track.confirmed_us[-1] if track.confirmed_us else 0) > UNCONFIRMED_FOR_US:
            track.alive, track.mesh = False, None
            seen.pop(track.number, None)

    def _search(self, image: Image, packet: Any, time_us: int, seen: dict[int, HeadSeen]) -> None:
        """Search the whole picture when that is due, and give each head found to its track or to a new one."""
        whole = len(seen) >= EXPECTED_PEOPLE
        due_us = SEARCH_WHEN_WHOLE_US if whole else SEARCH_WHEN_MISSING_US
        if self._searched_us is not None and time_us - self._searched_us < due_us:
            return
        self._searched_us = time_us
        self._searches += 1
        found = self._detector.search(image, rolled=not whole and self._searches % ROLLED_SEARCH_EVERY == 0)
        if not whole:
            found += self._missed_by_detectors(image, found, [head.box_px for head in seen.values()])
        boxes = {number: head.box_px for number, head in seen.items()}
        for head in found:
            for number, box in boxes.items():
                if iou(head.box_px, box) > ONE_HEAD_IOU:
                    self.tracks[number].confirm(time_us)
        new = [head for head in found if not any(on_one_head(head.box_px, box) for box in boxes.values())]
        self._take_up(new, image, packet, time_us, seen)

    def _take_up(
        self, new: list[DetectedHead], image: Image, packet: Any, time_us: int, seen: dict[int, HeadSeen]
    ) -> None:
        """Give each head that nobody is followed on to a track that was lost near it, or to a new one."""
        lost = [track for track in self.tracks if track.number not in seen and not track.forgotten(time_us)]
        known = {column: lost[row] for row, column in match(lost, new, time_us, image)}
        for column, head in enumerate(new):
            track = known.get(column)
            if track is None:
                if sum(track.alive for track in self.tracks) >= MOST_TRACKS or not self._plausible(head, image, packet):
                    continue
                track = Track(len(self.tracks), head.box_px, time_us, detected_us=time_us)
            met = self._meet(track, head, image, packet, time_us)
            if met is None:
                continue
            if track.number == len(self.tracks):
                self.tracks.append(track)
            track.questions += 1
            (track.vouch if head.detector == FINDER else track.confirm)(time_us)
            seen[track.number] = met

    def _missed_by_detectors(self, image: Image, found: list[DetectedHead], followed: list[Box]) -> list[DetectedHead]:
        """Profiles that the finder proposes and of which the head network is sure, however they are cut out."""
        proposed = [
            head
            for head in self._finder.find(image)
            if not any(on_one_head(head.box_px, other.box_px) for other in found)
            and may_be_another_head(head.box_px, followed)
        ]
        readings = self._net.read(image, [head.box_px for head in proposed], [0.0] * len(proposed))
        return [
            replace(head, box_px=reading.box_px)
            for head, reading in zip(proposed, readings, strict=True)
            if turned_away_deg(reading.pose) > DETECTORS_BLIND_FROM_DEG
            and self._certainty(image, reading.box_px, roll_deg(reading.pose)) > SURE_OF_HEAD
        ]

    def _certainty(self, image: Image, box_px: Box, roll: float) -> float:
        """The least of what the network says of a head cut out closer and wider: hands pass one cut, seldom all."""
        cuts = [scaled(box_px, scale) for scale in CUT_SCALES]
        return min(reading.head for reading in self._net.read(image, cuts, [roll] * len(cuts)))

    def _plausible(self, head: DetectedHead, image: Image, packet: Any) -> bool:
        """A head on its side must bear a mesh, too: letters and folds pass the detector once the picture is turned."""
        region = Region.of_head(head)
        if abs(region.roll_rad) < ROLLED_FROM_RAD:
            return True
        return self._fit(self._meshes[0], packet, image, region) is not None

    def _meet(self, track: Track, head: DetectedHead, image: Image, packet: Any, time_us: int) -> HeadSeen | None:
        """Take up a detected head, by its mesh or by the network alone; None when the network says it is none."""
        region = Region.of_head(head)
        reading = self._net.read(image, [head.box_px], [float(np.degrees(region.roll_rad))])[0]
        if reading.head < A_HEAD or self._certainty(image, reading.box_px, roll_deg(reading.pose)) < MET_FROM:
            return None
        reading = self._net.read(image, [reading.box_px], [roll_deg(reading.pose)])[0]
        landmarks = self._fit(self._meshes[0], packet, image, region)
        if landmarks is not None:
            landmarks = self._fit(self._meshes[0], packet, image, Region.of_mesh(landmarks))
        track.head, track.head_px = reading.head, reading.box_px
        if landmarks is not None and iou(mesh_box(landmarks), head.box_px) > MESH_STRAYED_IOU:
            track.mesh = landmarks
            track.place(mesh_box(landmarks), time_us)
            return self._from_mesh(track, image, reading)
        track.mesh = None
        track.place(reading.box_px, time_us)
        return self._judged(track, image, reading, reading.pose)

    @staticmethod
    def _fit(mesh: FaceMesh, packet: Any, image: Image, region: Region) -> Any:
        return mesh.fit(packet, image.shape[1], image.shape[0], region)

    def _from_mesh(
        self, track: Track, image: Image, reading: HeadReading, carried: Box | None = None, time_us: int = 0
    ) -> HeadSeen:
        """By mesh and network; or by the network, which saw `carried` before, as the mesh then corrected it."""
        assert track.mesh is not None
        if carried is not None and track.correction is not None:
            track.carry(shift(carried, reading.box_px), time_us)
            return self._judged(track, image, reading, track.correction.applied(reading.pose))
        mesh = from_mesh(track.mesh, track.size_px)
        pose = joined(mesh, reading.pose)
        track.correction = Correction.of(pose, reading.pose)
        return self._judged(track, image, reading, pose, eye_turn(track.mesh, pose, track.size_px))

    @staticmethod
    def _judged(
        track: Track, image: Image, reading: HeadReading, pose: HeadPose, iris: EyeTurn | None = None
    ) -> HeadSeen:
        patch = face_patch(image, track.box_px)
        if patch is None:
            return HeadSeen(track.number, Sight.OUT_OF_FRAME, track.box_px)
        track.yaw_deg, track.roll_deg = pose.yaw_pitch_deg[0], roll_deg(pose)
        light, sharp = float(patch.mean()), sharpness(patch)
        sight = sight_of(track.size_px, light, sharp, reading.covered)
        if turned_away_deg(pose) > FACE_GONE_FROM_DEG:
            sight = Sight.TURNED_AWAY
        track.note_clothing(image)
        seen = HeadSeen(track.number, sight, track.box_px, pose, None, iris, light, sharp)
        return replace(seen, infant=reading.infant, covered=reading.covered, head_px=reading.box_px)


def may_be_another_head(box_px: Box, followed: list[Box]) -> bool:
    """Whether a proposed box is large enough and far enough from the heads that are followed to be no hand."""
    sizes = [max(box[2:]) for box in followed]
    if not sizes:
        return True
    middle = box_px[0] + box_px[2] / 2, box_px[1] + box_px[3] / 2
    middles = [(box[0] + box[2] / 2, box[1] + box[3] / 2) for box in followed]
    apart = [math.dist(middle, other) / size for other, size in zip(middles, sizes, strict=True)]
    return min(apart) > PROPOSED_SIZES and max(box_px[2:]) > PROPOSED_SIZE_RATIO * max(sizes)


def shift(before: Box, now: Box) -> tuple[float, float]:
    """How far a box's middle moved, px right and down."""
    return now[0] + now[2] / 2 - before[0] - before[2] / 2, now[1] + now[3] / 2 - before[1] - before[3] / 2


def scaled(box_px: Box, scale: float) -> Box:
    """The box made larger or smaller about its middle."""
    x, y, width, height = box_px
    return x + width * (1 - scale) / 2, y + height * (1 - scale) / 2, width * scale, height * scale
