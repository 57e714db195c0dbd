"""Times of other programs: what they add, leave open, share out and pair."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vfeed.errors import VfeedError
from vfeed.research.formats.registry import read_bytes
from vfeed.research.formats.seam import Asked, LossKind
from vfeed.research.formats.text import microseconds
from vfeed.research.marks import Mark


def boris(events: list[list[Any]], **observation: Any) -> bytes:
    kinds = {"look": "State event", "smile": "Point event"}
    project = {
        "behaviors_conf": {str(n): {"code": code, "type": kind} for n, (code, kind) in enumerate(kinds.items())},
        "observations": {"one": {"type": "MEDIA", "events": events} | observation},
    }
    return json.dumps(project).encode()


def spans(data: bytes, name: str, **asked: Any) -> list[tuple[float, float]]:
    return [(m.start_us / 1e6, m.end_us / 1e6) for c in read_bytes(data, name, Asked(**asked)).codings for m in c.marks]


def state(start: float, end: float, who: str = "infant", modifiers: str = "") -> list[list[Any]]:
    return [[start, who, "look", modifiers, ""], [end, who, "look", modifiers, ""]]


FILMS = {"file": {"1": ["/x/a.mp4", "/x/b.mp4"]}, "media_info": {"length": {"/x/a.mp4": 100.0, "/x/b.mp4": 50.0}}}


@given(st.integers(-3_600_000, 3_600_000), st.integers(0, 3_600_000), st.integers(1, 100_000))
def test_whatever_boris_added_is_taken_off(offset: int, start: int, length: int) -> None:
    data = boris(state((start + offset) / 1000, (start + length + offset) / 1000), **{"time offset": offset / 1000})
    assert spans(data, "a.boris") == [(start / 1000, (start + length) / 1000)]


def test_creation_time_as_offset_is_taken_off_too() -> None:
    film = {"file": {"1": ["a.mp4"]}, "media_info": {"length": {"a.mp4": 60.0}}}
    dated = {"media_creation_date_as_offset": True, "media_creation_time": {"a.mp4": 1.7e9}}
    assert spans(boris(state(1.7e9 + 2, 1.7e9 + 4), **film, **dated), "a.boris") == [(2.0, 4.0)]
    assert spans(boris(state(2, 4), **film, **(dated | {"media_creation_date_as_offset": False})), "a.boris") == [
        (2, 4)
    ]


def test_a_queued_film_begins_where_the_one_before_ends() -> None:
    data = boris(state(10, 20) + state(99, 101) + state(120, 130), **FILMS)
    found = read_bytes(data, "a.boris")
    assert {c.clip: [(m.start_us / 1e6, m.end_us / 1e6) for m in c.marks] for c in found.codings} == {
        "a.mp4": [(10, 20), (99, 100)],
        "b.mp4": [(0, 1), (20, 30)],
    }
    assert sum(loss.kind is LossKind.CHANGED for loss in found.losses) == 2
    assert spans(data, "a.boris", clip="B.MP4") == [(0, 1), (20, 30)]


def test_a_point_on_the_border_of_two_films_is_of_the_second_alone() -> None:
    data = boris([[100.0, "infant", "smile", "", ""]], **FILMS)
    assert {c.clip: len(c.marks) for c in read_bytes(data, "a.boris").codings} == {"a.mp4": 0, "b.mp4": 1}


def test_another_players_film_has_its_own_shift() -> None:
    films = {"file": {"1": ["a.mp4"], "2": ["b.mp4"]}, "media_info": {"offset": {"1": 0.0, "2": 3.0}}}
    assert spans(boris(state(5, 6), **films), "a.boris", clip="b.mp4") == [(2, 3)]
    assert spans(boris(state(5, 6), **films), "a.boris", clip="a.mp4") == [(5, 6)]


def test_states_pair_by_person_code_and_modifiers() -> None:
    data = boris(sorted(state(1, 4, modifiers="ball") + state(2, 6, modifiers="cup") + state(3, 5, who="parent")))
    (coding,) = read_bytes(data, "a.boris").codings
    assert [(m.start_us // 10**6, m.end_us // 10**6, m.who, m.modifiers) for m in coding.marks] == [
        (1, 4, "infant", ("ball",)),
        (2, 6, "infant", ("cup",)),
        (3, 5, "parent", ()),
    ]


def test_a_state_without_an_end_is_named_and_the_others_are_kept() -> None:
    found = read_bytes(boris([*state(1, 2), [3.0, "infant", "look", "", ""], *state(4, 5, who="parent")]), "a.boris")
    assert len(found.codings[0].marks) == 2
    (loss,) = found.losses
    assert loss.kind is LossKind.DROPPED and "3.000 s has no partner" in loss.what


def test_an_event_without_a_time_costs_only_itself() -> None:
    data = boris([[float("nan"), "infant", "smile", "", ""], *state(1, 2)])
    found = read_bytes(data, "a.boris")
    assert len(found.codings[0].marks) == 1 and len(found.losses) == 1


def test_packed_and_older_projects_are_read() -> None:
    assert spans(gzip.compress(boris(state(1, 2))), "a.boris.gz") == [(1, 2)]
    assert spans(boris([[1.0, "infant", "look", ""], [2.0, "infant", "look", ""]]), "a.boris") == [(1, 2)]
    assert spans(b"\xef\xbb\xbf" + boris(state(1, 2)), "a.boris") == [(1, 2)]


def test_times_before_the_film_are_cut_or_left_out_and_said() -> None:
    found = read_bytes(boris(state(1, 5) + state(6, 12), **{"time offset": 8.0}), "a.boris")
    assert [(m.start_us, m.end_us) for m in found.codings[0].marks] == [(0, 4_000_000)]
    assert [loss.kind for loss in found.losses] == [LossKind.DROPPED, LossKind.CHANGED]


def eaf(slots: dict[str, int | None], tiers: str, types: str = "", head: str = "") -> bytes:
    order = "".join(
        f'<TIME_SLOT TIME_SLOT_ID="{name}"' + ("/>" if value is None else f' TIME_VALUE="{value}"/>')
        for name, value in slots.items()
    )
    return (
        f'<ANNOTATION_DOCUMENT FORMAT="3.0"><HEADER TIME_UNITS="milliseconds">{head}</HEADER>'
        f"<TIME_ORDER>{order}</TIME_ORDER>{tiers}{types}</ANNOTATION_DOCUMENT>"
    ).encode()


def aligned(name: str, first: str, last: str, value: str = "x") -> str:
    return (
        f'<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="{name}" TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{last}">'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
    )


def hung(name: str, parent: str, previous: str = "", value: str = "y") -> str:
    before = f' PREVIOUS_ANNOTATION="{previous}"' if previous else ""
    return (
        f'<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="{name}" ANNOTATION_REF="{parent}"{before}>'
        f"<ANNOTATION_VALUE>{value}</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>"
    )


def tier(name: str, content: str, kind: str = "t") -> str:
    return f'<TIER TIER_ID="{name}" LINGUISTIC_TYPE_REF="{kind}">{content}</TIER>'


def film(name: str, origin: int | None = None) -> str:
    late = f' TIME_ORIGIN="{origin}"' if origin is not None else ""
    return f'<MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/films/{name}" MIME_TYPE="video/mp4"{late}/>'


def test_elan_plays_an_annotation_at_its_time_plus_the_films_origin() -> None:
    tiers = tier("infant", aligned("a1", "s1", "s2"))
    slots: dict[str, int | None] = {"s1": 1_000, "s2": 2_000}
    assert spans(eaf(slots, tiers, head=film("a.mp4", 500)), "a.eaf") == [(1.5, 2.5)]
    both = film("a.mp4", 500) + film("b%20c.mp4", 3_000)
    assert spans(eaf(slots, tiers, head=both), "a.eaf", clip="b c.mp4") == [(4.0, 5.0)]
    assert spans(eaf(slots, tiers, head=both), "a.eaf", clip="a.mp4") == [(1.5, 2.5)]
    with pytest.raises(VfeedError, match="several films"):
        read_bytes(eaf(slots, tiers, head=both), "a.eaf")
    assert spans(eaf(slots, tiers, head=film("a.mp4", -500)), "a.eaf") == [(0.5, 1.5)]


def test_open_slots_share_out_the_time_of_their_own_chain() -> None:
    # Two chains whose slots lie mixed in the list, and other tiers' times among them.
    slots: dict[str, int | None] = {
        "a": 0,
        "p": 100,
        "b": None,
        "q": None,
        "z": 3_000,
        "c": None,
        "d": 3_000,
        "r": 1_100,
    }
    tiers = (
        tier("one", aligned("1", "a", "b") + aligned("2", "b", "c") + aligned("3", "c", "d"))
        + tier("two", aligned("4", "p", "q") + aligned("5", "q", "r"))
        + tier("three", aligned("6", "z", "d").replace('"d"', '"d"'))
    )
    found = read_bytes(eaf(slots, tiers), "a.eaf").codings[0].marks
    assert [(m.start_us // 1000, m.end_us // 1000) for m in found if m.who == "one"] == [
        (0, 1000),
        (1000, 2000),
        (2000, 3000),
    ]
    assert [(m.start_us // 1000, m.end_us // 1000) for m in found if m.who == "two"] == [(100, 600), (600, 1100)]


def test_open_slots_that_neighbours_do_not_share_are_shared_out_too() -> None:
    slots: dict[str, int | None] = {"a": 0, "b": None, "c": None, "d": 2_000}
    tiers = tier("one", aligned("1", "a", "b") + aligned("2", "c", "d"))
    assert spans(eaf(slots, tiers), "a.eaf") == [(0, 1), (1, 2)]


KINDS = (
    '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="t"/>'
    '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="sub" CONSTRAINTS="Symbolic_Subdivision"/>'
    '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="assoc" CONSTRAINTS="Symbolic_Association"/>'
)


def test_a_subdivision_shares_out_its_parents_time_in_its_own_order() -> None:
    slots: dict[str, int | None] = {"a": 0, "b": 3_000}
    # The chain stands in the file in another order, and the parents after their children.
    children = hung("w3", "w", "w2", "third") + hung("w1", "w", "", "first") + hung("w2", "w", "w1", "second")
    grand = hung("g", "w2", "", "grand")
    tiers = tier("grand", grand, "assoc") + tier("words", children, "sub") + tier("turn", aligned("w", "a", "b"))
    marks = read_bytes(eaf(slots, tiers, KINDS), "a.eaf").codings[0].marks
    by_code = {mark.code: (mark.start_us // 1000, mark.end_us // 1000) for mark in marks}
    assert by_code == {
        "x": (0, 3000),
        "first": (0, 1000),
        "second": (1000, 2000),
        "third": (2000, 3000),
        "grand": (1000, 2000),
    }


def test_an_association_has_its_parents_time() -> None:
    tiers = tier("turn", aligned("w", "a", "b")) + tier("gloss", hung("g", "w"), "assoc")
    assert spans(eaf({"a": 0, "b": 3_000}, tiers, KINDS), "a.eaf") == [(0, 3), (0, 3)]


def test_annotations_that_refer_in_a_circle_are_named_not_followed() -> None:
    tiers = tier("t1", hung("a", "b") + hung("b", "a")) + tier("turn", aligned("w", "a", "b"))
    found = read_bytes(eaf({"a": 0, "b": 3_000}, tiers, KINDS), "a.eaf")
    assert len(found.codings[0].marks) == 1
    assert sum(loss.kind is LossKind.DROPPED for loss in found.losses) == 2


@given(st.integers(0, 3 * 3600 * 1000))
def test_clock_and_decimal_times_agree(millis: int) -> None:
    seconds = f"{millis // 1000}.{millis % 1000:03d}"
    clock = f"{millis // 3_600_000}:{millis // 60_000 % 60:02d}:{millis // 1000 % 60:02d}.{millis % 1000:03d}"
    assert microseconds(seconds) == microseconds(clock) == microseconds(str(millis), 1000) == millis * 1000


@pytest.mark.parametrize("text", ["", "nan", "inf", "1:2:3:4", "two", "1e999999", "--1", "1:99:99:99:1"])
def test_odd_times_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        microseconds(text)


def test_a_mark_before_the_film_cannot_be_made() -> None:
    with pytest.raises(VfeedError, match="before the film"):
        Mark(-1, 1, "", "", "x")


def test_tiers_of_one_name_are_all_read() -> None:
    tiers = tier("look", aligned("1", "a", "b")) + tier("look", aligned("2", "b", "c"))
    found = read_bytes(eaf({"a": 0, "b": 1_000, "c": 2_000}, tiers), "a.eaf")
    assert [(m.who, m.start_us) for m in found.codings[0].marks] == [("look", 0), ("look [2]", 1_000_000)]
    assert [loss.kind for loss in found.losses] == [LossKind.CHANGED]


def test_a_caption_without_times_is_reported_wherever_it_stands() -> None:
    text = "WEBVTT\nKind: captions\n\nNOTE x\n\nlost words\n\n00:01.000 --> 00:02.000\nkept\n"
    found = read_bytes(text.encode(), "a.vtt")
    assert [mark.code for mark in found.codings[0].marks] == ["kept"]
    assert [(loss.kind, loss.where) for loss in found.losses] == [(LossKind.DROPPED, "line 6")]
