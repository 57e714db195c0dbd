"""Damage: what is missing is said or the film refused with its reason; a sample of the fuzz of `make test-long`."""

import io
from typing import Any

import av
import pytest
from clip_damage import restamped, with_frames_left_out, with_noise, with_stamp, without_packets
from clip_factory import make
from fuzz_films import COPIED, damaged, read

from vfeed.errors import VfeedError
from vfeed.media.clip_facts import ClipFacts
from vfeed.media.frames import open_frames
from vfeed.media.probe import probe
from vfeed.media.proxy import make_proxy

SIZE = (160, 96)


def look(data: bytes) -> ClipFacts:
    return probe(io.BytesIO(data), max_duration_us=600_000_000, max_bytes=1 << 30)


@pytest.mark.parametrize("number", range(0, 6000, 100))
def test_a_damaged_film_is_taken_or_refused_with_a_code(number: int) -> None:
    assert read(damaged(number + number // 100 % 10), copied=number % (COPIED * 100) == 0)


@pytest.mark.parametrize("number", [280, 6835])
def test_what_libavformat_will_not_write_and_streams_that_come_up_late_are_met(number: int) -> None:
    """The first ends in sound that claims to last for hours; in the second a stream appears where it is gone to."""
    assert read(damaged(number), copied=True) == "taken"


@pytest.mark.parametrize("kind", ["video", "audio"])
def test_a_last_packet_that_claims_to_last_for_hours_is_not_believed(kind: str) -> None:
    def change(packet: Any) -> bool:
        if packet.stream.type == kind:
            packet.duration = round(7200 / packet.time_base)
        return True

    film, out = io.BytesIO(restamped(make("mp4", "h264", size=SIZE, sound="aac"), change)), io.BytesIO()
    made = make_proxy(film, out, on_progress=lambda _: None, is_cancelled=lambda: False)
    facts = look(film.getvalue())
    assert facts.duration_us == made.duration_us == 1_000_000 and facts.missing_us == 0
    out.seek(0)
    with av.open(out) as copy:
        assert copy.duration == pytest.approx(1_000_000, abs=100_000)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_a_film_of_which_a_fifth_decodes_is_refused(codec: str) -> None:
    whole = make("mp4", codec, size=SIZE, frames=150, keyframe_every=300)
    low, high = whole.index(b"mdat") / len(whole), whole.index(b"moov") / len(whole)
    broken = with_noise(whole, low + (high - low) * 0.25, high - 0.001)
    with pytest.raises(VfeedError) as error:
        look(broken)
    assert error.value.code == "clip_truncated"


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_a_stretch_without_pictures_is_measured_and_told_where(container: str) -> None:
    data = make("mp4", "mjpeg" if container == "matroska" else "h264", size=SIZE, frames=100, keyframe_every=1)
    facts = look(with_frames_left_out(data, 1.0, 3.0, container))
    assert facts.duration_us == pytest.approx(4_000_000, abs=2_000)
    assert [[round(edge / 1e4) for edge in gap] for gap in facts.gaps_us] == [[146, 300]]


@pytest.mark.parametrize("by_s", [7200, 300, 20])
@pytest.mark.parametrize(
    ("container", "muxer", "codec", "bframes"),
    [
        ("mp4", "mp4", "h264", 0),
        ("mkv", "matroska", "h264", 2),
        ("mkv", "matroska", "vp9", 0),
        ("ts", "mpegts", "h264", 2),
    ],
)
def test_a_lone_wrong_stamp_costs_one_picture_and_no_more(
    container: str, muxer: str, codec: str, bframes: int, by_s: float
) -> None:
    whole = make(
        container, codec, size=SIZE, frames=50, bframes=bframes, sound="libopus" if container == "mkv" else None
    )
    for number in (20, 21):
        data = with_stamp(whole, number, by_s, muxer)
        facts = look(data)
        assert (facts.left_out, facts.frame_count, facts.duration_us) == (1, 49, 2_000_000)
        assert facts.missing_us == 0 and len(list(open_frames(io.BytesIO(data)))) == 49


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_film_cut_off_within_its_table_of_contents_is_cut_off_and_not_made_to_do_harm(share: float) -> None:
    whole = make("mp4", "h264", size=SIZE, frames=100)
    contents = whole.index(b"moov")
    with pytest.raises(VfeedError) as error:
        look(whole[: contents + int(share * (len(whole) - contents))])
    assert error.value.code == "clip_truncated"


@pytest.mark.parametrize("every", [15, 40])
def test_a_stream_that_lost_packets_is_taken_in_at_its_length(every: int) -> None:
    data = without_packets(make("ts", "h264", size=SIZE, frames=100, keyframe_every=10), every)
    assert look(data).duration_us == pytest.approx(4_000_000, abs=120_000)


@pytest.mark.parametrize("lost", [(1000, 77), (190, 50), (0, 100), (3000, 400)])
def test_bytes_lost_near_the_start_of_a_stream_do_not_hide_what_it_is(lost: tuple[int, int]) -> None:
    place, count = lost
    whole = make("ts", "h264", size=SIZE, frames=50, sound="aac")
    assert look(whole[:place] + whole[place + count :]).frame_count >= 40
