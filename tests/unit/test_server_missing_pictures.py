"""A film's page says how much of it has no pictures and where, and nothing of a whole film."""

from served import Site

from vfeed.server.views.clips import missing_rows


def test_what_is_missing_is_said_with_its_place(site: Site) -> None:
    facts = {"gaps_us": [[1_460_000, 6_920_000], [7_500_000, 7_920_000]], "missing_us": 2_000_000, "left_out": 1}
    with site.app.test_request_context("/"):
        rows = dict(missing_rows(facts))
    assert rows["Without pictures"] == "5.9 s (0:01.5 to 0:06.9, 0:07.5 to 0:07.9)"
    assert rows["Missing at the end"] == "2.0 s" and rows["Left out"] == "1 picture with a wrong time"


def test_of_a_whole_film_or_one_of_an_older_version_nothing_is_said(site: Site) -> None:
    with site.app.test_request_context("/"):
        assert missing_rows({"gaps_us": [], "missing_us": 0, "left_out": 0}) == missing_rows({}) == []
