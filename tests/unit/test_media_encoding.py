"""What is encoded: every picture at its time, a key frame each second, and no other program."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import psutil
import pytest
from av.video.frame import PictureType, VideoFrame
from clip_factory import make

from vfeed.errors import VfeedError
from vfeed.media.encoding import X264_THREADS, Encoding
from vfeed.media.faststart import write_faststart

ROOT = Path(__file__).parents[2]
UNEVEN_US = [0, 40_000, 493_211, 520_000, 900_000, 1_799_999, 1_800_000, 2_700_000, 2_740_000]


def grey(level: int) -> VideoFrame:
    return VideoFrame.from_ndarray(np.full((270, 320), level, np.uint8), format="yuv420p")


def encoded(times_us: list[int], end_us: int, *, seconds: float = 0.0, pitch: float = 1.0) -> tuple[list[int], bytes]:
    """What comes of grey pictures and of a tone of 1000 Hz."""
    scratch, whole = io.BytesIO(), io.BytesIO()
    with Encoding(320, 180, sound=bool(seconds), scratch=scratch, pitch=pitch) as encoding:
        tone = np.sin(np.arange(round(seconds * 48_000)) / 48_000 * 2 * np.pi * 1000) * 8000
        encoding.sound(np.stack([tone, tone], axis=1).astype(np.int16))
        for number, time_us in enumerate(times_us):
            encoding.picture(grey(number), time_us)
        written = encoding.finish(end_us)
    write_faststart(scratch, whole)
    return written.tolist(), whole.getvalue()


def test_every_picture_is_there_at_its_time_and_lasts_until_the_next() -> None:
    written, film = encoded(UNEVEN_US, 3_000_000)
    assert written == UNEVEN_US
    with av.open(io.BytesIO(film)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        base = packets[0].time_base
    assert [packet.pts * base * 1_000_000 for packet in packets] == UNEVEN_US
    assert [packet.duration * base * 1_000_000 for packet in packets] == np.diff([*UNEVEN_US, 3_000_000]).tolist()
    assert [int(packet.pts * base * 1_000_000) for packet in packets if packet.is_keyframe] == [
        0, 900_000, 1_800_000, 2_700_000,
    ]  # fmt: skip


def test_a_picture_is_no_key_frame_because_it_was_one_in_the_film_it_comes_from() -> None:
    scratch = io.BytesIO()
    with Encoding(320, 180, sound=False, scratch=scratch) as encoding:
        for number in range(10):
            frame = grey(number)
            frame.pict_type = PictureType.I
            encoding.picture(frame, number * 40_000)
        encoding.finish(400_000)
    scratch.seek(0)
    with av.open(scratch) as container:
        assert [packet.is_keyframe for packet in container.demux(video=0) if packet.size] == [True, *[False] * 9]


@pytest.mark.parametrize("pitch", [1.0, 0.8])
def test_sound_keeps_its_pace_and_has_the_pitch_asked_for(pitch: float) -> None:
    _, film = encoded([0, 1_000_000, 2_000_000], 3_000_000, seconds=3.0, pitch=pitch)
    with av.open(io.BytesIO(film)) as container:
        assert container.streams.audio[0].duration * container.streams.audio[0].time_base == pytest.approx(3, abs=0.06)
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    middle = heard[48_000 : 48_000 * 2]
    loudest_hz = int(np.argmax(np.abs(np.fft.rfft(middle * np.hanning(len(middle))))))
    assert loudest_hz == pytest.approx(1000 * pitch, abs=5)


def test_what_is_in_no_order_is_refused_in_words() -> None:
    with pytest.raises(VfeedError) as caught:
        encoded([0, 40_000, 40_000], 80_000)
    assert caught.value.code == "media_failed"


def test_a_copy_is_made_without_another_program_and_with_few_threads(tmp_path: Path) -> None:
    script = tmp_path / "worker.py"
    (tmp_path / "clip.mkv").write_bytes(make("mkv", "h264", frames=250, size=(640, 360)))
    script.write_text(
        "import io, sys, psutil\n"
        "from vfeed.media.proxy import make_proxy\n"
        "me, seen = psutil.Process(), []\n"
        "def look(done):\n"
        "    seen.append((me.num_threads(), len(me.children())))\n"
        f"make_proxy(open({str(tmp_path / 'clip.mkv')!r}, 'rb'), io.BytesIO(), on_progress=look,"
        " is_cancelled=lambda: False)\n"
        "print(max(threads for threads, _ in seen), max(children for _, children in seen))\n"
    )
    said = subprocess.run(
        [sys.executable, str(script)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    ).stdout
    threads, children = map(int, said.split())
    assert children == 0
    assert threads <= 2 * (psutil.cpu_count() or 1) + X264_THREADS + 4
