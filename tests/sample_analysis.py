"""A stretch of a sample clip, analysed once per test run."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import cv2
import imageio_ffmpeg
from numpy.typing import NDArray

from vfeed.analysis.pipeline import ClipAnalysis, analyse
from vfeed.media.frames import frame_at
from vfeed.media.probe import probe

SAMPLES = Path(__file__).parents[1] / "sample_clips"
SECONDS = 9


@lru_cache
def stretch(name: str = "side_view_woman", seconds: float = SECONDS) -> bytes:
    """The first seconds of a sample clip as an MP4, not encoded again."""
    out = io.BytesIO()
    with av.open(str(SAMPLES / f"{name}.mp4")) as source, av.open(out, "w", format="mp4") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.pts is not None and packet.time_base and packet.pts * packet.time_base < seconds:
                packet.stream = stream
                target.mux(packet)
    return out.getvalue()


@lru_cache
def small_stretch(name: str, seconds: float) -> bytes:
    """The same at half the width and height, with a key frame each second: what is done with it costs a quarter."""
    with tempfile.TemporaryDirectory() as folder:
        whole, small = Path(folder, "whole.mp4"), Path(folder, "small.mp4")
        whole.write_bytes(stretch(name, seconds))
        coded = ["-vf", "scale=iw/2:ih/2", "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-g", "25"]
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(whole), *coded, str(small)]
        subprocess.run(command, check=True)
        return small.read_bytes()


@lru_cache
def truth(name: str = "side_view_woman") -> dict[str, Any]:
    """The exact truth of a sample clip."""
    found: dict[str, Any] = json.loads(gzip.decompress((SAMPLES / f"{name}.truth.json.gz").read_bytes()))
    return found


@lru_cache
def sample_image(name: str = "side_view_woman", time_us: int = 4_000_000) -> NDArray[Any]:
    """One RGB picture of a sample clip."""
    with (SAMPLES / f"{name}.mp4").open("rb") as file:
        return cv2.cvtColor(frame_at(file, time_us).image_bgr, cv2.COLOR_BGR2RGB)


def facts_of(data: bytes) -> Any:
    return probe(io.BytesIO(data), max_duration_us=3_600_000_000, max_bytes=1_000_000_000)


@lru_cache
def analysed() -> ClipAnalysis:
    """The stretch as `vfeed analyse` sees it."""
    return analysed_in(SECONDS)


def analysed_in(seconds: float) -> ClipAnalysis:
    """The same of another length."""
    data = stretch(seconds=seconds)
    return analyse(io.BytesIO(data), facts_of(data), fps=12.5, on_progress=lambda _: None, is_cancelled=lambda: False)
