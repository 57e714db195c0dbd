"""A recorded voice as a browser sends it."""

from __future__ import annotations

import io

import av
import numpy as np

RATE = 48_000


def a_voice(container: str = "webm", codec: str = "libopus", seconds: int = 1, loudness: int = 8000) -> bytes:
    """A tone as a browser's recorder writes it; a long one is made sooner where nothing is heard (loudness 0)."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=RATE)
        assert isinstance(stream, av.AudioStream)
        tone = (np.sin(np.arange(RATE) * 0.05) * loudness).astype(np.int16).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(tone, format="s16", layout="mono")
        frame.rate = RATE
        for second in range(seconds):
            frame.pts = second * RATE
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return out.getvalue()
