"""The plan of a shared review: what is shown, where it pauses, what the programme asks; the worker's alone."""

from __future__ import annotations

import pytest
from app_site import SECOND, Site, put_stills
from pdf_reading import read_back

from vfeed.practice.events import Reel


@pytest.fixture
def address(site: Site) -> str:
    """The plan of a reel with a question, a standing picture and a slow repeat, in a family that follows VIG."""
    put_stills(site)
    reel = site.store.events.state(site.clip.id).reel(site.reel_id)
    assert isinstance(reel, Reel)
    first, *others = [piece.model_dump() for piece in reel.moments]
    at = first["start_us"]
    first["pauses"] = [
        {"time_us": at + SECOND // 2, "question": "What does he tell you?", "comment": "He waits"},
        {"time_us": at + SECOND, "still": True},
    ]
    first["slow_again"] = True
    changed = {"reel_id": site.reel_id, "title": reel.title, "moments": [first, *others]}
    site.store.events.append(site.clip.id, "pat", "reel_saved", changed)
    site.store.programmes.append(site.home.family.id, "pat", "programme_chosen", {"pack": "vig"})
    return f"/clips/{site.clip.id}/reels/{site.reel_id}/plan"


def test_it_says_what_is_shown_where_it_pauses_and_what_is_asked(site: Site, address: str) -> None:
    page = site.signed_in("practitioner").get(address).text.split("<article")[1].split("</article>")[0]
    told = [
        "What helps Baby settle?",
        "After 0:00.5 the film pauses: What does he tell you?",
        "To say there: He waits",
        "After 0:01.0 the picture stands.",
        "Then it is shown once more, slowly.",
        "Agree on a helping question",
        "Open questions at a pause",
        "What would you like to do more of, from what you have seen?",
    ]
    assert [words for words in told if words not in page] == []
    assert sorted(told, key=page.index) == told


def test_it_can_be_saved_as_a_pdf_that_is_read_in_the_same_order(site: Site, address: str) -> None:
    answer = site.signed_in("practitioner").get(f"{address}.pdf")
    words = " ".join(read_back(answer.data).words)
    assert answer.mimetype == "application/pdf"
    assert words.index("What does he tell you?") < words.index("For the working point")
    assert site.actions()[0] == "reel.exported"


@pytest.mark.parametrize("who", ["researcher", "supervisor"])
def test_it_is_for_those_who_show_films_alone(site: Site, address: str, who: str) -> None:
    assert site.signed_in(who).get(address).status_code == 403


def test_without_consent_there_is_no_plan(site: Site, address: str) -> None:
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    for each in (address, f"{address}.pdf"):
        assert site.signed_in("practitioner").get(each).status_code == 403
