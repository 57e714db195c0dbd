"""Dolby Vision: of phones it is read as the HLG or PQ film that it is; what only Dolby's players show is refused."""

import io

import av
import pytest
from clip_factory import make
from clip_hdr import PATCHES_RGB, hdr_film, patches, with_dolby_vision

from vfeed.errors import VfeedError
from vfeed.media import container_detection
from vfeed.media.dolby_vision import DolbyVision, dolby_vision
from vfeed.media.frames import frame_at
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy

LIMITS = {"max_duration_us": 60_000_000, "max_bytes": 1 << 30}
HLG, PQ = "arib-std-b67", "smpte2084"


def in_matroska(film: bytes) -> bytes:
    """The film in another container, by libavformat."""
    out = io.BytesIO()
    with av.open(io.BytesIO(film)) as source, av.open(out, "w", format="matroska") as target:
        track = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = track
                target.mux(packet)
    return out.getvalue()


@pytest.mark.parametrize(("profile", "compatible", "transfer"), [(8, 4, HLG), (8, 1, PQ), (8, 2, HLG)])
def test_a_phones_profile_has_the_right_skin_in_still_and_copy(profile: int, compatible: int, transfer: str) -> None:
    film, out = io.BytesIO(with_dolby_vision(hdr_film(transfer), profile, compatible)), io.BytesIO()
    assert dolby_vision(film, container_detection.QUICKTIME) == DolbyVision(profile, compatible)
    probe(film, **LIMITS)
    make_proxy(film, out, on_progress=lambda _: None, is_cancelled=lambda: False)
    for shown in (film, out):
        for seen, wanted in zip(patches(frame_at(shown, 200_000).image_bgr), PATCHES_RGB, strict=True):
            assert max(abs(a - b) for a, b in zip(seen, wanted, strict=True)) <= 6


@pytest.mark.parametrize("profile", [5, 10])
@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_colours_of_dolbys_own_are_refused_with_the_reason(profile: int, container: str) -> None:
    film = with_dolby_vision(hdr_film(PQ), profile, 0)
    film = in_matroska(film) if container == "matroska" else film
    with pytest.raises(VfeedError) as error:
        probe(io.BytesIO(film), **LIMITS)
    assert error.value.code == "clip_codec_unreadable"
    assert f"profile {profile}" in error.value.message and "SDR" in (error.value.hint or "")


def test_a_film_with_a_base_that_fits_is_taken_from_matroska_too() -> None:
    film = io.BytesIO(in_matroska(with_dolby_vision(hdr_film(HLG), 8, 4)))
    assert dolby_vision(film, container_detection.MATROSKA) == DolbyVision(8, 4)
    assert probe(film, **LIMITS).frame_count == 12


@pytest.mark.parametrize(("container", "format_name"), [("mp4", "mov"), ("mkv", "matroska"), ("ts", "mpegts")])
def test_of_other_films_nothing_is_said(container: str, format_name: str) -> None:
    assert dolby_vision(io.BytesIO(make(container, "h264", size=(64, 48), frames=3)), format_name) is None


@pytest.mark.parametrize("kept", range(1, 24, 4))
def test_a_record_that_is_cut_off_says_nothing_wrong(kept: int) -> None:
    film = with_dolby_vision(hdr_film(PQ), 5, 0)
    part = film[: film.index(b"dvcC") + 4 + kept]
    found = dolby_vision(io.BytesIO(part), container_detection.QUICKTIME)
    assert found in (None, DolbyVision(5, 0))
