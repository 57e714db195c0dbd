"""Files that claim too much, or that break the reader, cost bounded memory and time and get a code."""

import contextlib
import io
import os
import re
import socket
import struct
import subprocess
import sys
import zlib
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import psutil
import pytest
from clip_damage import with_stamp
from clip_factory import make

from vfeed.errors import VfeedError
from vfeed.media import isolated_process
from vfeed.media.frames import frame_at, frame_times
from vfeed.media.isolated_process import frame_isolated, frame_times_isolated, probe_isolated, still_isolated
from vfeed.media.probe import probe
from vfeed.media.sandbox import leave_the_network
from vfeed.media.stills import still

LIMITS = {"max_duration_us": 3_600_000_000, "max_bytes": 8 << 30}


def film(container: str = "mp4", codec: str = "h264", **kind: object) -> bytes:
    return make(container, codec, **{"size": (160, 96), **kind})


def patched(data: bytes, box: bytes, offset: int, value: bytes) -> bytes:
    """The clip with bytes of a box's body overwritten."""
    at = data.index(box) + 4 + offset
    return data[:at] + value + data[at + len(value) :]


def packed_index(length: int) -> bytes:
    """A MOV whose table of contents says that it unpacks to `length` bytes."""
    packed = zlib.compress(bytes(1000))
    inner = _box(b"dcom", b"zlib") + _box(b"cmvd", struct.pack(">I", length) + packed)
    return _box(b"ftyp", b"qt  \0\0\0\0qt  ") + _box(b"moov", _box(b"cmov", inner)) + _box(b"mdat", bytes(1000))


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


@pytest.mark.parametrize(
    "data",
    [
        patched(film(), b"stsz", 4, struct.pack(">II", 0, 60_000_000)),
        patched(film(), b"stsz", 4, struct.pack(">II", 1, 60_000_000)),
        patched(film(), b"stsz", 8, struct.pack(">I", 0xFFFFFFFF)),
        packed_index(1_000_000_000),
        packed_index(0xFFFFFFFF),
    ],
    ids=["sizes of 60 million pictures", "60 million pictures of a byte", "four billion", "1 GB packed", "4 GB packed"],
)
def test_numbers_that_the_size_of_the_file_belies_are_refused_before_they_are_believed(data: bytes) -> None:
    with pytest.raises(VfeedError) as error:
        probe(io.BytesIO(data), **LIMITS)
    assert error.value.code == "clip_too_demanding" and error.value.hint


@pytest.mark.parametrize("size", [(2, 180), (320, 4), (16, 1920), (1920, 48), (700, 64)])
def test_sizes_that_no_camera_films_people_in_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(VfeedError) as error:
        probe(io.BytesIO(make("mkv", "vp9", size=size, frames=3)), **LIMITS)
    assert error.value.code == "clip_size_unusable"


def test_a_look_from_apart_finds_what_a_look_from_here_finds() -> None:
    data = with_stamp(film(sound="aac"), 7, 7200)
    here = probe(io.BytesIO(data), **LIMITS)
    assert probe_isolated(io.BytesIO(data), **LIMITS) == here
    assert here.left_out == 1


def test_a_refusal_comes_back_with_its_words() -> None:
    with pytest.raises(VfeedError) as error:
        probe_isolated(io.BytesIO(b"#EXTM3U\nhttp://example.org/a.ts\n"), **LIMITS)
    assert error.value.code == "clip_playlist" and "list" in error.value.message and error.value.hint


def test_a_look_that_takes_too_long_is_ended_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated_process, "WALL_S", 0.0)
    with pytest.raises(VfeedError) as error:
        probe_isolated(io.BytesIO(film()), **LIMITS)
    assert error.value.code == "clip_too_demanding"


def test_a_disk_that_fails_is_not_blamed_on_the_film() -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(5, "the disk went away")

    with pytest.raises(OSError, match="went away"):
        probe_isolated(Failing(film()), **LIMITS)


def test_sound_that_claims_an_absurd_rate_is_no_sound() -> None:
    data = make("avi", "mpeg4", size=(160, 96), sound="pcm_s16le")
    at = data.index(b"auds")
    place = data.index(b"strf", at) + 8 + 4
    broken = data[:place] + struct.pack("<I", 1) + data[place + 4 :]
    assert probe(io.BytesIO(broken), **LIMITS).audio_codec is None


def knock(answers: Connection, port: int) -> None:
    """In a process of its own: leave the network, then knock at a door that is open to all others."""
    left = leave_the_network()
    with socket.socket() as door:
        answers.send((left, door.connect_ex(("127.0.0.1", port))))


def network_of(process: str) -> str:
    return str(Path(f"/proc/{process}/ns/net").readlink())


class Watched(io.BytesIO):
    """A film that notes in which networks the processes are that read it."""

    networks: frozenset[str] = frozenset()

    def read(self, size: int | None = -1) -> bytes:
        for reader in psutil.Process().children(recursive=True):
            with contextlib.suppress(FileNotFoundError):  # ended, and not waited for yet by the test that began it
                self.networks |= {network_of(str(reader.pid))}
        return super().read(size)


def test_whoever_looks_at_a_film_has_no_network() -> None:
    ours, theirs = get_context("spawn").Pipe()
    with socket.create_server(("127.0.0.1", 0)) as door:
        child = get_context("spawn").Process(target=knock, args=(theirs, door.getsockname()[1]))
        child.start()
        left, refused = ours.recv()
        child.join()
    if not left:
        pytest.skip("this system lets no process leave its network")
    assert refused
    watched = Watched(film())
    assert probe_isolated(watched, **LIMITS).duration_us > 0
    assert watched.networks - {network_of("self")}


PROBE = """
import io, sys
from vfeed.errors import VfeedError
from vfeed.media.isolated_process import frame_isolated, probe_isolated, still_isolated, frame_times_isolated
try:
    probe_isolated(io.BytesIO(b"film"), max_duration_us=1, max_bytes=9)
except VfeedError as error:
    print(error.code, error.hint)
"""


def test_a_folder_for_passing_files_with_too_long_a_name_is_said(tmp_path: Path) -> None:
    passing = tmp_path / ("x" * 100)
    passing.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", PROBE], env=os.environ | {"TMPDIR": str(passing)}, capture_output=True, text=True
    )
    assert ran.stdout.startswith("setting_invalid Set TMPDIR"), ran.stderr[-500:]


def test_a_still_from_apart_is_the_picture_decoded_here() -> None:
    data = film(frames=30)
    assert still_isolated(io.BytesIO(data), 500_000, 80) == still(io.BytesIO(data), 500_000, 80)
    here = frame_at(io.BytesIO(data), 500_000).image_bgr
    assert np.array_equal(frame_isolated(io.BytesIO(data), 500_000), here)
    watched = Watched(data)
    still_isolated(watched, 500_000)
    assert len(watched.networks) >= 1


def test_a_picture_that_takes_too_much_memory_costs_its_process_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    data = film(size=(1920, 1080), frames=12)
    assert len(still_isolated(io.BytesIO(data), 0)) > 100
    monkeypatch.setattr(isolated_process, "WALL_S", 0.0)
    with pytest.raises(VfeedError) as error:
        still_isolated(io.BytesIO(data), 0)
    assert error.value.code == "clip_too_demanding"
    with pytest.raises(VfeedError) as error:
        monkeypatch.setattr(isolated_process, "WALL_S", 60.0)
        still_isolated(io.BytesIO(b"no film at all"), 0)
    assert error.value.code.startswith("clip_")


def test_the_times_of_pictures_come_back_as_they_are_read_here() -> None:
    held = io.BytesIO(film())
    assert frame_times_isolated(held) == frame_times(held) and len(frame_times_isolated(held)) > 1


def test_no_page_decodes_a_film_in_the_web_server_itself() -> None:
    for folder in ("server", "services"):
        for file in (Path(isolated_process.__file__).parents[1] / folder).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            found = re.search(
                r"media\.(frames|probe|decoding|opening|packets)\b|stills import .*\b(still|poster)\b", text
            )
            assert found is None, (file, found and found.group())
