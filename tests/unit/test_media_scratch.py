"""The scratch file behaves like a file and shows nothing on disk."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest

from vfeed.media.scratch import SECTOR_BYTES, Scratch


def test_it_reads_and_writes_like_a_file_in_memory() -> None:
    draw = random.Random(7)
    model, scratch = io.BytesIO(), Scratch()
    with scratch:
        for _ in range(300):
            place = draw.randrange(4 * SECTOR_BYTES)
            data = draw.randbytes(draw.choice([1, 17, 4096, SECTOR_BYTES + 3]))
            for file in (model, scratch):
                file.seek(place)
                assert file.write(data) == len(data)
            place, count = draw.randrange(4 * SECTOR_BYTES), draw.randrange(1, 2 * SECTOR_BYTES)
            model.seek(place)
            scratch.seek(place)
            assert scratch.read(count) == model.read(count)
            assert scratch.tell() == model.tell()
        assert scratch.seek(0, os.SEEK_END) == len(model.getvalue())
        scratch.seek(0)
        assert scratch.readall() == model.getvalue()


def test_a_hole_reads_as_zeros_and_the_end_as_nothing() -> None:
    with Scratch() as scratch:
        scratch.seek(3 * SECTOR_BYTES)
        scratch.write(b"end")
        scratch.seek(SECTOR_BYTES - 5)
        assert scratch.read(10) == bytes(10)
        scratch.seek(3 * SECTOR_BYTES + 1)
        assert scratch.read(10) == b"nd"
        assert scratch.read(10) == b""
        with pytest.raises(ValueError, match="before its start"):
            scratch.seek(-1)


def test_what_reaches_the_disk_is_unreadable_and_has_no_name(tmp_path: Path) -> None:
    secret = b"ftypisom moov mdat " * 8000
    with Scratch(tmp_path) as scratch:
        scratch.write(secret)
        scratch.seek(10 * SECTOR_BYTES)
        scratch.write(b"push the sectors out")
        descriptor = scratch._file.fileno()
        stored = os.pread(descriptor, len(secret), 0)
        assert len(stored) > SECTOR_BYTES
        assert b"ftyp" not in stored
        assert b"moov" not in stored
        assert list(tmp_path.iterdir()) == []
        assert os.fstat(descriptor).st_nlink == 0
