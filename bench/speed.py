"""Speed as a multiple of real time, beside a plain MediaPipe FaceMesh loop on the same clip."""

from __future__ import annotations

import io
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import mediapipe
import psutil

from bench.looped import looped_clip
from vfeed.analysis.pipeline import analyse
from vfeed.media.frames import open_frames
from vfeed.media.probe import ClipFacts, probe
from vfeed.media.proxy import make_proxy
from vfeed.store.vault import FileVault

LOOPS = 7
ANALYSIS_FPS = 12.5


def timed(work: Callable[[], object]) -> float:
    """Seconds of wall-clock time that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def facemesh_loop(file: io.BytesIO) -> None:
    """What most scripts do: MediaPipe FaceMesh for two faces on the full frame."""
    with mediapipe.solutions.face_mesh.FaceMesh(max_num_faces=2, refine_landmarks=True) as mesh:
        for frame in open_frames(file, fps=ANALYSIS_FPS):
            mesh.process(cv2.cvtColor(frame.image_bgr, cv2.COLOR_BGR2RGB))


def analysis(file: io.BytesIO, facts: ClipFacts) -> None:
    """The analysis that the worker runs."""
    analyse(file, facts, fps=ANALYSIS_FPS, on_progress=lambda _: None, is_cancelled=lambda: False)


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


def report() -> list[tuple[str, float, str]]:
    """Rows of (what, value, unit) for a 3-minute 1280x720 clip of 25 frames a second."""
    clip = looped_clip("side_view_woman.mp4", LOOPS)
    facts = probe(clip, max_duration_us=3_600_000_000, max_bytes=8_000_000_000)
    length_s = facts.duration_us / 1e6
    with tempfile.TemporaryDirectory() as folder:
        vault_s = timed(lambda: vault_round_trip(clip, folder))
    proxy_s = timed(lambda: make_proxy(clip, io.BytesIO(), on_progress=lambda _: None, is_cancelled=lambda: False))
    analysis_s = timed(lambda: analysis(clip, facts))
    plain_s = timed(lambda: facemesh_loop(clip))
    peak = psutil.Process().memory_info().rss / 1e6
    return [
        ("clip length", length_s, "s"),
        ("analysis", length_s / analysis_s, "x real time"),
        ("plain FaceMesh loop", length_s / plain_s, "x real time"),
        ("analysis beside the plain loop", plain_s / analysis_s, "x its speed"),
        ("browser copy", length_s / proxy_s, "x real time"),
        ("vault, in and out", length_s / vault_s, "x real time"),
        ("memory at the end", peak, "MB"),
    ]
