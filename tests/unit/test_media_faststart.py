"""The table of contents moves to the front and still points at the right bytes."""

from __future__ import annotations

import io

import pytest
from clip_factory import clip, make, read_number
from typing_extensions import Buffer

from vfeed.errors import VfeedError
from vfeed.media.faststart import write_faststart
from vfeed.media.frames import open_frames


class InOrder(io.RawIOBase):
    """A target that can only be written in order, like a socket or the vault."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        self.parts.append(bytes(data))
        return len(data)


@pytest.mark.parametrize("name", ["mp4_h264", "mov_h264", "mp4_h264_sound", "rotated_90"])
def test_the_same_frames_come_out_with_the_table_first(name: str) -> None:
    out = InOrder()
    written = write_faststart(io.BytesIO(clip(name)), out)
    data = b"".join(out.parts)
    assert written == len(data)
    assert data.index(b"moov") < data.index(b"mdat")
    assert [read_number(frame.image_bgr) for frame in open_frames(io.BytesIO(data))] == list(range(25))


def test_a_table_that_is_first_already_stays_right() -> None:
    once, twice = io.BytesIO(), io.BytesIO()
    write_faststart(io.BytesIO(clip("mp4_h264_sound")), once)
    write_faststart(once, twice)
    assert twice.getvalue() == once.getvalue()


@pytest.mark.parametrize(
    "data",
    [b"", clip("mp4_h264")[:500], clip("mp4_h264")[:-3], make("mkv", "h264"), b"\x00\x00\x00\x02moov" + bytes(9)],
)
def test_what_is_not_a_whole_mp4_is_refused(data: bytes) -> None:
    with pytest.raises(VfeedError) as caught:
        write_faststart(io.BytesIO(data), io.BytesIO())
    assert caught.value.code == "media_failed"
