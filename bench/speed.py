"""Speed as a multiple of real time and in CPU, stage by stage, beside plain loops over the same clip."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path

import cv2

from bench.looped import looped_clip
from vfeed.analysis.pipeline import ANALYSED_SIDE_PX, analyse
from vfeed.jobs.allocator import ALLOCATOR
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frames import open_frames
from vfeed.media.planar_image import PlanarImage
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy
from vfeed.perception.boxes import Box
from vfeed.perception.face_attributes import FaceAttributeEstimator
from vfeed.perception.hand_detector import HandDetector
from vfeed.perception.head_detector import DetectedHead, HeadFinder
from vfeed.perception.head_tracker import HeadSeen, HeadTracker
from vfeed.perception.parameters import PERCEPTION
from vfeed.perception.shot_detection import ShotDetector
from vfeed.perception.yunet import YuNetDetector
from vfeed.store.vault import FileVault

CLIP, LOOPS = "side_view_woman.mp4", 7
ANALYSIS_FPS = 12.5
STUDIED = 150
"""Pictures on which the stages are measured one by one."""


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of wall-clock time that `work` takes, and of all cores' work in this process."""
    start, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - cpu


def facemesh_loop(file: io.BytesIO) -> None:
    """What most scripts do: MediaPipe FaceMesh for two faces on the full frame."""
    # Loaded here alone: no memory of MediaPipe's is to be counted as the analysis's.
    from vfeed.perception.mediapipe_import import mediapipe

    with mediapipe.solutions.face_mesh.FaceMesh(max_num_faces=2, refine_landmarks=True) as mesh:
        for frame in open_frames(file, fps=ANALYSIS_FPS):
            mesh.process(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB))


def plain_decoding(path: Path) -> None:
    """The least that any look at a film takes: OpenCV reads every picture."""
    film = cv2.VideoCapture(str(path))
    while film.read()[0]:
        pass


def analysis(file: io.BytesIO, facts: ClipFacts) -> None:
    """The analysis that the worker runs."""
    analyse(file, facts, fps=ANALYSIS_FPS, on_progress=lambda _: None, is_cancelled=lambda: False)


def commands(film: Path, folder: Path, count: int) -> float:
    """Run `vfeed analyse` on a film in `count` processes at once; the most memory that one of them held, in MB."""
    command = [sys.executable, "-m", "vfeed", "analyse", str(film), "-o"]
    begun = [
        subprocess.Popen([*command, str(folder / f"{number}")], env=os.environ | ALLOCATOR, stdout=subprocess.DEVNULL)
        for number in range(count)
    ]
    most_kib = 0
    while running := [process for process in begun if process.poll() is None]:
        most_kib = max(most_kib, *(_most_memory_kib(process.pid) for process in running))
        time.sleep(0.1)
    if any(process.returncode for process in begun):
        raise RuntimeError("vfeed analyse ended with an error")
    return most_kib * 1024 / 1e6


def _most_memory_kib(pid: int) -> int:
    """The most that a process has held so far; 0 once it has ended. (Its `ru_maxrss` counts who began it, too.)"""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def vault_round_trip(file: io.BytesIO, folder: str) -> None:
    """Write the clip into a vault and read it back."""
    vault = FileVault(Path(folder))
    key = os.urandom(32)
    with vault.create(key, b"bench") as draft:
        draft.writer.write(file.getvalue())
        draft.publish()
    with vault.open(draft.name, key, b"bench") as stored:
        while stored.read(1 << 20):
            pass


class _Clocked(HeadFinder):
    """A finder that adds up how long it was at work, in seconds of all cores."""

    def __init__(self) -> None:
        self._finder, self.cpu_s = YuNetDetector(), 0.0

    def find(self, image: PlanarImage, *, rolled: bool = False) -> list[DetectedHead]:
        return self._added(lambda: self._finder.find(image, rolled=rolled))

    def find_near(self, image: PlanarImage, boxes_px: Sequence[Box]) -> list[DetectedHead]:
        return self._added(lambda: self._finder.find_near(image, boxes_px))

    def close(self) -> None:
        self._finder.close()

    def _added(self, work: Callable[[], list[DetectedHead]]) -> list[DetectedHead]:
        start = time.process_time()
        found = work()
        self.cpu_s += time.process_time() - start
        return found


def stages(file: io.BytesIO) -> dict[str, float]:
    """CPU of each stage in ms for a second of film: one after the other, so that none is counted for another."""
    source = open_frames(file, fps=ANALYSIS_FPS, max_side_px=ANALYSED_SIDE_PX)
    _, decoding_s = timed(lambda: deque(source.planar_images(), maxlen=0))
    images = list(islice(source.planar_images(), STUDIED))
    finder, attributes, hands, shots = _Clocked(), FaceAttributeEstimator(), HandDetector(), ShotDetector()
    tracker = HeadTracker(finder)
    _, scene_s = timed(lambda: [shots.update(image, at_us) for at_us, image in images])
    seen: list[list[HeadSeen]] = []
    _, heads_s = timed(lambda: seen.extend(tracker.update(image, at_us) for at_us, image in images))
    shown = [(image, at_us, heads) for (at_us, image), heads in zip(images, seen, strict=True)]
    _, attributes_s = timed(lambda: [attributes.read(*each) for each in shown])
    looks = shown[:: max(1, round(PERCEPTION.hands_every_us * ANALYSIS_FPS / 1e6))]
    _, hands_s = timed(lambda: [hands.find(image, [head.box_px for head in heads]) for image, _, heads in looks])
    for each in (finder, attributes):
        each.close()
    studied_s = STUDIED / ANALYSIS_FPS
    found = {
        "decoding": decoding_s * 1e6 / source.duration_us * studied_s,
        "changes of the whole picture": scene_s,
        "finding faces": finder.cpu_s,
        "head network and following": heads_s - finder.cpu_s,
        "gaze and what is before faces": attributes_s,
        "hands": hands_s,
    }
    return {name: 1000 * cpu_s / studied_s for name, cpu_s in found.items()}


def report() -> list[tuple[str, float, str]]:
    """Rows of (what, value, unit) for a 3-minute 1280x720 clip of 25 frames a second."""
    clip = looped_clip(CLIP, LOOPS)
    facts = probe(clip, max_duration_us=3_600_000_000, max_bytes=8_000_000_000)
    length_s = facts.duration_us / 1e6
    with tempfile.TemporaryDirectory() as folder:
        vault_s, _ = timed(lambda: vault_round_trip(clip, folder))
        film = Path(folder) / CLIP
        film.write_bytes(clip.getvalue())
        decoding_s, decoding_cpu_s = timed(lambda: plain_decoding(film))
        memory_mb: list[float] = []
        two_s, _ = timed(lambda: memory_mb.append(commands(film, Path(folder), 2)))
    proxy_s, _ = timed(lambda: make_proxy(clip, io.BytesIO(), on_progress=lambda _: None, is_cancelled=lambda: False))
    analysis_s, analysis_cpu_s = timed(lambda: analysis(clip, facts))
    plain_s, plain_cpu_s = timed(lambda: facemesh_loop(clip))
    cpu_ms = 1000 * analysis_cpu_s / length_s
    shares = stages(clip)
    shares["the rest"] = cpu_ms - sum(shares.values())
    return [
        ("clip length", length_s, "s"),
        ("load of the machine meanwhile, this among it", os.getloadavg()[1], "at work or waiting"),
        ("analysis", length_s / analysis_s, "x real time"),
        ("two films at once, by two commands", 2 * length_s / two_s, "x real time together"),
        ("plain FaceMesh loop", length_s / plain_s, "x real time"),
        ("plain decoding (OpenCV, every picture)", length_s / decoding_s, "x real time"),
        ("analysis beside the plain FaceMesh loop", plain_s / analysis_s, "x its speed"),
        ("films on two cores that do nothing else, at most", 2000 / cpu_ms, "x real time together"),
        ("CPU of the analysis", cpu_ms, "ms for a second of film"),
        *((f"- {name}", ms, f"ms, {100 * ms / cpu_ms:.0f} %") for name, ms in shares.items()),
        ("CPU of the plain FaceMesh loop", 1000 * plain_cpu_s / length_s, "ms for a second of film"),
        ("CPU of plain decoding", 1000 * decoding_cpu_s / length_s, "ms for a second of film"),
        ("browser copy", length_s / proxy_s, "x real time"),
        ("vault, in and out", length_s / vault_s, "x real time"),
        ("most memory of such a command", memory_mb[0], "MB"),
    ]
