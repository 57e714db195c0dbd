"""What readable media would look like in a folder that should hold none."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from filled_store import files_under

# Long enough never to turn up in ciphertext by chance, wherever in a file they stand.
ANYWHERE = {
    "MP4 brand": rb"ftyp(isom|iso[2-9]|mp4[12]|avc1|qt  |M4V |3gp\d|dash)",
    "MP4 index": rb"moov....mvhd",
    "MP4 handler": rb"hdlr.{8}(vide|soun)",
    "Matroska or WebM": rb"\x1a\x45\xdf\xa3.{0,60}(matroska|webm)",
    "AVI or WAV": rb"RIFF....(AVI |WAVE)",
    "JPEG": rb"\xff\xd8\xff\xe0..JFIF|\xff\xd8\xff\xe1..Exif",
    "PNG": rb"\x89PNG\r\n\x1a\n",
    "encoder's note": rb"x264 - core|Lavf\d\d|Lavc\d\d",
    "NumPy": rb"\x93NUMPY|PK\x03\x04.{26,60}\.npy",
    "MPEG transport stream": rb"(?:\x47.{187}){8}",
}
# Short ones, telling only where a file begins.
AT_THE_START = {
    "MP4 box": rb"....(ftyp|moov|mdat|free|wide)",
    "EBML": rb"\x1a\x45\xdf\xa3",
    "RIFF": rb"RIFF",
    "ID3": rb"ID3[\x02-\x04]",
    "JPEG": rb"\xff\xd8\xff",
    "zip": rb"PK\x03\x04",
}
RUN_BYTES = 24
RUNS = 300


def readable_media(folder: Path, plain: Iterable[bytes]) -> list[str]:
    """Files under a folder, bar the database, with a container's signature or a run of bytes of `plain`."""
    runs = [run for data in plain for run in _runs(data)]
    found = []
    for path in files_under(folder):
        if path.name.startswith("vfeed.db"):
            continue
        kept = path.read_bytes()
        found += [f"{path.name}: {name}" for name, sign in ANYWHERE.items() if re.search(sign, kept, re.DOTALL)]
        found += [f"{path.name}: {name}" for name, sign in AT_THE_START.items() if re.match(sign, kept, re.DOTALL)]
        found += [f"{path.name}: a run of the original"] * any(run in kept for run in runs)
    return found


def _runs(data: bytes) -> list[bytes]:
    """Runs spread over the data, without those of one byte repeated, which prove nothing."""
    step = max(1, (len(data) - RUN_BYTES) // RUNS)
    runs = [data[at : at + RUN_BYTES] for at in range(0, len(data) - RUN_BYTES, step)]
    return [run for run in runs if len(set(run)) > RUN_BYTES // 2]
