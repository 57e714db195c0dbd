"""A film's page says how much of it has no pictures and where, and nothing of a whole film."""

from dataclasses import replace

from app_site import Site

from vfeed.media.clip_facts import NOTHING
from vfeed.server.clips.pages import missing_rows


def test_what_is_missing_is_said_with_its_place(site: Site) -> None:
    gaps = [[1_460_000, 6_920_000], [7_500_000, 7_920_000]]
    film = replace(NOTHING, gaps_us=gaps, missing_us=2_000_000, left_out=1)
    with site.app.test_request_context("/"):
        rows = dict(missing_rows(film))
    assert rows["Without pictures"] == "5.9 s (0:01.4 to 0:06.9, 0:07.5 to 0:07.9)"
    assert rows["Missing at the end"] == "2.0 s" and rows["Left out"] == "1 picture with a wrong time"


def test_of_a_whole_film_nothing_is_said(site: Site) -> None:
    with site.app.test_request_context("/"):
        assert missing_rows(NOTHING) == []


def test_sound_that_goes_on_after_the_last_picture_is_said(site: Site) -> None:
    with site.app.test_request_context("/"):
        assert dict(missing_rows(replace(NOTHING, sound_after_us=5_000_000))) == {
            "Sound alone at the end": "5.0 s, left out"
        }


def test_of_many_stretches_all_are_counted_and_the_first_are_named(site: Site) -> None:
    gaps = [[n * 1_000_000 + 500_000, n * 1_000_000 + 1_000_000] for n in range(100)]
    with site.app.test_request_context("/"):
        said = dict(missing_rows(replace(NOTHING, gaps_us=gaps, without_us=300_000_000)))["Without pictures"]
    assert said.startswith("300.0 s (0:00.5 to 0:01.0, ") and said.endswith("…)")
