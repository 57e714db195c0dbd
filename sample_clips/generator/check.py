"""Holds stored truth against truth.schema.json and against the frame times of its clip."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import av
import jsonschema

from sample_clips.generator.truth import FORMAT

SCHEMA = Path(__file__).parents[1] / "truth.schema.json"
SAME_US = 60
"""Frame times agree within this: the clock of an MP4 is coarser than a microsecond."""


def faults_in(path: Path) -> list[str]:
    """Return what is wrong with a truth file and the clip beside it, in words; nothing for an older format."""
    truth = json.loads(gzip.decompress(path.read_bytes()))
    if truth.get("format") != FORMAT:
        return []
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()))
    faults = [f"{path.name}: {error.json_path}: {error.message}" for error in validator.iter_errors(truth)]
    with av.open(str(path.with_name(path.name.replace(".truth.json.gz", ".mp4")))) as clip:
        times = sorted(
            round(packet.pts * packet.time_base * 1_000_000)
            for packet in clip.demux(video=0)
            if packet.pts is not None and packet.time_base is not None
        )
    told = [frame["time_us"] for frame in truth["frames"]]
    if len(told) != len(times):
        return [*faults, f"{path.name}: {len(told)} frames of truth, {len(times)} in the clip"]
    late = [a for a, b in zip(told, times, strict=True) if abs(a - b + times[0]) > SAME_US]
    return [*faults, *(f"{path.name}: the frame at {time_us} us is elsewhere in the clip" for time_us in late[:3])]
