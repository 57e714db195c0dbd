"""Holds stored truth against its schema and its clip, and a second render against the first."""

from __future__ import annotations

import gzip
import json
from itertools import zip_longest
from pathlib import Path

import av
import jsonschema
import numpy as np

from sample_clips.generator.truth import FORMAT

SCHEMA = Path(__file__).parents[1] / "truth.schema.json"
SAME_GREY = 0.5
"""Grey levels (of 255) by which two renders of a frame may differ on average."""
SAME_US = 60
"""Frame times agree within this: the clock of an MP4 is coarser than a microsecond."""


def faults_in(path: Path) -> list[str]:
    """Return what is wrong with a truth file and the clip beside it, in words."""
    truth = json.loads(gzip.decompress(path.read_bytes()))
    if truth.get("format") != FORMAT:
        return [f"{path.name}: format {truth.get('format')}, not {FORMAT}"]
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


def differences(first: Path, second: Path) -> list[str]:
    """Return how a second render of a clip (NAME.mp4) differs from the first, in words; nothing when it is the same.

    The truth must be the same to the bit; a pixel may differ by `SAME_GREY` on average over a frame.
    """
    found = []
    truths = [path.with_suffix(".truth.json.gz") for path in (first, second)]
    if truths[0].read_bytes() != truths[1].read_bytes():
        found.append(f"{first.stem}: the truth differs")
    with av.open(str(first)) as one, av.open(str(second)) as other:
        for number, (a, b) in enumerate(zip_longest(one.decode(video=0), other.decode(video=0))):
            if a is None or b is None:
                return [*found, f"{first.stem}: one render ends at frame {number}"]
            grey = np.abs(a.to_ndarray(format="gray").astype(int) - b.to_ndarray(format="gray")).mean()
            if grey > SAME_GREY:
                found.append(f"{first.stem}: frame {number} differs by {grey:.2f} grey levels")
    return found
