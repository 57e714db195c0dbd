"""Damage many small films by chance and read them; run as `python fuzz_films.py FIRST COUNT`, it prints what it took.

Each film goes through the look, pictures, sound and, one in ten, the copy. An exception that is no VfeedError ends the
run with status 1 and says which film it was: `damaged(number)` makes it again.
"""

from __future__ import annotations

import io
import json
import resource
import sys
import time
from collections import Counter

import numpy as np
from clip_factory import make

from vfeed.errors import VfeedError
from vfeed.media.frames import frames_at
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy
from vfeed.media.waveform import peaks

SIZE, FRAMES = (64, 48), 12
KINDS = [
    ("mp4", "h264", "aac"), ("mov", "mjpeg", "aac"), ("mkv", "h264", "libopus"), ("webm", "vp8", "libopus"),
    ("avi", "mpeg4", "pcm_s16le"), ("ts", "h264", "aac"), ("3gp", "mpeg4", "aac"), ("mp4", "hevc", "aac"),
    ("ts", "mpeg2", "aac"), ("mkv", "vp9", "pcm_s16le"),
]  # fmt: skip
COPIED = 10


def damaged(number: int) -> bytes:
    """The film of this number: one of `KINDS` with one to six wounds."""
    chance = np.random.default_rng(number)
    container, codec, sound = KINDS[number % len(KINDS)]
    data = bytearray(make(container, codec, size=SIZE, frames=FRAMES, sound=sound, keyframe_every=5))
    for _ in range(int(chance.integers(1, 7))):
        _wound(data, chance)
    return bytes(data)


def _wound(data: bytearray, chance: np.random.Generator) -> None:
    """Flip, overwrite, enlarge a number, cut out, repeat, or cut off; more often near the ends, where tables lie."""
    if len(data) < 64:
        return
    near = chance.random() < 0.6
    place = int(chance.integers(0, min(3000, len(data) - 16))) if near else int(chance.integers(0, len(data) - 16))
    if chance.random() < 0.4:
        place = len(data) - 16 - place
    length = min(int(chance.integers(1, 400)), len(data) - place)
    match int(chance.integers(0, 7)):
        case 0:
            data[place] ^= 1 << int(chance.integers(0, 8))
        case 1:
            data[place : place + length] = chance.integers(0, 256, length, np.uint8).tobytes()
        case 2:
            data[place : place + 4] = int(chance.choice([0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF])).to_bytes(4, "big")
        case 3:
            data[place : place + 8] = int(chance.integers(0, 1 << 63)).to_bytes(8, "little")
        case 4:
            del data[place : place + length]
        case 5:
            data[place:place] = data[place : place + length]
        case _:
            data[place : place + length] = bytes(length)


def read(data: bytes, *, copied: bool) -> str:
    """Do with the film what vfeed does; returns the code of its refusal, or "taken"."""
    file = io.BytesIO(data)
    try:
        facts = probe(file, max_duration_us=3_600_000_000, max_bytes=1 << 30)
        frames_at(file, [0, facts.duration_us // 2, facts.duration_us], 64)
        peaks(file)
        if copied:
            make_proxy(file, io.BytesIO(), on_progress=lambda _: None, is_cancelled=lambda: False)
    except VfeedError as error:
        return error.code
    return "taken"


def main(first: int, count: int) -> int:
    """Read `count` films; 0 when every one was taken or refused with a code."""
    found: Counter[str] = Counter()
    slowest = 0.0
    for number in range(first, first + count):
        began = time.process_time()
        try:
            found[read(damaged(number), copied=number % COPIED == 0)] += 1
        except Exception as error:  # noqa: BLE001  # What it is here to find.
            print(json.dumps({"film": number, "error": f"{type(error).__name__}: {error}"}))
            return 1
        slowest = max(slowest, time.process_time() - began)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"found": found, "memory_bytes": memory, "slowest_s": round(slowest, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
