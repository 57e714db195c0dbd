"""A longer clip made by repeating a sample clip without encoding it again."""

from __future__ import annotations

import io
from pathlib import Path

import av

SAMPLES = Path(__file__).parents[1] / "sample_clips"


def looped_clip(name: str, times: int) -> io.BytesIO:
    """Return an MP4 that shows `sample_clips/NAME` `times` times in a row, with rising timestamps."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as target:
        stream = None
        shift = 0
        for _ in range(times):
            with av.open(str(SAMPLES / name)) as source:
                video = source.streams.video[0]
                if stream is None:
                    stream = target.add_stream_from_template(video)
                step = 0
                for packet in source.demux(video):
                    if packet.pts is None or packet.dts is None:
                        continue
                    step = max(step, packet.pts + (packet.duration or 0))
                    packet.pts += shift
                    packet.dts += shift
                    packet.stream = stream
                    target.mux(packet)
                shift += step
    out.seek(0)
    return out
