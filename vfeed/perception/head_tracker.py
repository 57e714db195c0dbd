"""One frame after the other: a detector places the heads, one network reads each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vfeed.media.planar_image import PlanarImage
from vfeed.perception.boxes import NOWHERE, Box, size
from vfeed.perception.gaze_network import GazeReading
from vfeed.perception.head_detector import DetectedHead, HeadFinder
from vfeed.perception.head_pose import HeadPose
from vfeed.perception.head_pose_network import FACE_HEIGHT_MM, HeadPoseNetwork, HeadReading, turned_away_deg
from vfeed.perception.head_roll import roll_of_deg
from vfeed.perception.image_quality import face_patch, sharpness, visibility_of, visibility_of_missing
from vfeed.perception.occlusion_network import OcclusionReading
from vfeed.perception.parameters import PERCEPTION, PerceptionParameters
from vfeed.perception.tracks import Track, TrackState, associate, on_one_head
from vfeed.perception.visibility import Visibility

ON_ITS_SIDE_DEG = 45.0
"""A head that leans by more is looked for in the turned image too."""


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """One track in one frame. `box_px` is the face; `pose` and `gaze` are None where they could not be read.

    `light` (0-255) and `sharpness` are the face's; `head_px`, `infant` and `covered` are what the head network says
    (`HeadReading`). `roll_deg` is by how much its crop was stood up. Gaze and occlusion are added by
    `FaceAttributeEstimator`.
    """

    track: int
    visibility: Visibility
    box_px: Box
    pose: HeadPose | None = None
    gaze: GazeReading | None = None
    occlusion: OcclusionReading | None = None
    light: float = float("nan")
    sharpness: float = float("nan")
    infant: float = float("nan")
    covered: float = float("nan")
    head_px: Box = NOWHERE
    roll_deg: float = 0.0


class HeadTracker:
    """Follows all heads through a clip's frames; one HeadTracker for one clip.

    The finder, lent and not closed here, places every track about four times a second; in between the head network's
    own box carries it. The network reads each box once, and once more where it is vague; what it says of a head turns
    no later crop.
    """

    def __init__(self, finder: HeadFinder, parameters: PerceptionParameters = PERCEPTION) -> None:
        self._finder = finder
        self._parameters = parameters
        self._net = HeadPoseNetwork()
        self.tracks: list[Track] = []
        self._detected_us: int | None = None
        self._searches = 0

    def update(self, image: PlanarImage, time_us: int, *, new_shot: bool = False) -> list[HeadSeen]:
        """Return the heads in the next frame, seen and missing, one for each track not ended.

        In a `new_shot` places say nothing: every track ends, and the image is searched at once.
        """
        if new_shot:
            for track in self.tracks:
                track.end()
            self._searches = 0
        if new_shot or self._detected_us is None or time_us - self._detected_us >= self._parameters.detect_every_us:
            self._detect(image, time_us)
        for track in self.tracks:
            track.age(time_us, self._parameters)
        seen = self._read(image, [track for track in self.tracks if track.followed])
        frame_px = image.width_px, image.height_px
        for track in self.tracks:
            if track.state is not TrackState.ENDED and track.number not in seen:
                reason = visibility_of_missing(track.box_px, track.velocity_px_s, track.yaw_deg, frame_px)
                seen[track.number] = HeadSeen(track.number, reason, track.box_px)
        return [seen[number] for number in sorted(seen)]

    def _detect(self, image: PlanarImage, time_us: int) -> None:
        """Search the image and give each face to its track or to a new one."""
        rules = self._parameters
        self._detected_us = time_us
        confirmed = sum(track.state is TrackState.CONFIRMED for track in self.tracks)
        missing = confirmed < rules.expected_people
        on_side = any(abs(track.roll_deg) > ON_ITS_SIDE_DEG for track in self.tracks if track.followed)
        rolled = on_side or (missing and self._searches % rules.turned_search_every == 0)
        self._searches += 1
        open_tracks = [track for track in self.tracks if track.state is not TrackState.ENDED]
        followed = [track for track in open_tracks if track.followed]
        settled = not (rolled or missing) and all(track.state is TrackState.CONFIRMED for track in followed)
        found = self._near(image, followed, time_us) if settled and self._searches % rules.whole_search_every else []
        found = found or self._finder.find(image, rolled=rolled)
        lost = [track for track in open_tracks if not track.followed]
        rest = self._continue(followed, found, time_us)
        for track in followed:
            if track.detected_us != time_us:
                track.missed(time_us, rules)
        taken = [track.box_px for track in open_tracks if track.followed]
        rest = [head for head in rest if not any(on_one_head(head.box_px, box) for box in taken)]
        rest = self._continue(lost, rest, time_us)
        for head in rest:
            if head.score >= (rules.turned_start_score if head.turned_deg else rules.start_score):
                roll = roll_of_deg(head, rules)
                self.tracks.append(Track(len(self.tracks), head.box_px, time_us, head.score, roll))
        for track in self.tracks:
            if rules.use_clothing and track.detected_us == time_us:
                track.note_clothing(image)

    def _near(self, image: PlanarImage, followed: Sequence[Track], time_us: int) -> list[DetectedHead]:
        """The detections that continue the tracks, looked for where they are; none where any is missed."""
        found = self._finder.find_near(image, [track.box_px for track in followed])
        pairs = associate(followed, found, time_us, self._parameters)
        return [found[column] for _, column in pairs] if len(pairs) == len(followed) else []

    def _continue(self, tracks: list[Track], found: list[DetectedHead], time_us: int) -> list[DetectedHead]:
        """Give detections to the tracks that they continue; what is left is returned."""
        rules = self._parameters
        used = set()
        for row, column in associate(tracks, found, time_us, rules):
            head = found[column]
            roll = roll_of_deg(head, rules)
            tracks[row].detected(head.box_px, head.score, roll, time_us, rules.confirm_after)
            used.add(column)
        return [head for column, head in enumerate(found) if column not in used]

    def _read(self, image: PlanarImage, tracks: Sequence[Track]) -> dict[int, HeadSeen]:
        """Read each head on the box that its track has in this frame, which the first reading carries on."""
        boxes, rolls = [track.box_px for track in tracks], [track.roll_deg for track in tracks]
        first = self._net.read(image, boxes, rolls)
        seen = {}
        for track, told, reading in zip(tracks, first, self._read_again(image, first, rolls), strict=True):
            track.read(told.box_px, reading.head, reading.pose.yaw_pitch_deg[0])
            if reading.head < self._parameters.head_least_now and track.scores[-1] < self._parameters.start_score:
                continue
            head = self._judged(track, image, reading)
            if head is not None:
                seen[track.number] = head
        return seen

    def _read_again(
        self, image: PlanarImage, first: Sequence[HeadReading], rolls_deg: Sequence[float]
    ) -> list[HeadReading]:
        """Return the readings, those that are clearer on the network's own box in place of vague ones."""
        rules, clearest = self._parameters, list(first)
        vague = [at for at, reading in enumerate(first) if reading.pose.sd_deg[0] >= rules.read_again_from_deg]
        again = self._net.read(image, [first[at].box_px for at in vague], [rolls_deg[at] for at in vague])
        for at, reading in zip(vague, again, strict=True):
            if reading.pose.sd_deg[0] <= rules.clearer_share * first[at].pose.sd_deg[0]:
                clearest[at] = reading
        return clearest

    def _judged(self, track: Track, image: PlanarImage, reading: HeadReading) -> HeadSeen | None:
        pose, patch = reading.pose, face_patch(image, track.box_px)
        if patch is None:
            return None
        light, sharp = float(patch.mean()), sharpness(patch)
        visibility = visibility_of(size(track.box_px), light, sharp, reading.covered, pose.sd_deg[0], self._parameters)
        if track.misses and reading.covered >= self._parameters.partly_from_covered:
            visibility = Visibility.COVERED
        if face_gone(pose, self._parameters):
            visibility = Visibility.TURNED_AWAY
        sized = HeadPose(pose.axes, pose.sd_deg, track.detected_px[3] / FACE_HEIGHT_MM)
        return HeadSeen(
            track.number,
            visibility,
            track.box_px,
            sized,
            light=light,
            sharpness=sharp,
            infant=reading.infant,
            covered=reading.covered,
            head_px=reading.box_px,
            roll_deg=track.roll_deg,
        )


def face_gone(pose: HeadPose, parameters: PerceptionParameters = PERCEPTION) -> bool:
    """Return whether a head is turned so far from the lens that nothing of its face is left to be seen."""
    sd_deg = pose.sd_deg[0]
    if sd_deg >= parameters.no_turn_deg:
        return False
    return turned_away_deg(pose) + sd_deg > parameters.face_gone_from_deg
