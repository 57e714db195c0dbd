"""Groups: default deny for films, who led over sessions, and a programme's sheet as in the published table."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from vfeed.practice.consent import Person
from vfeed.practice.groups import (
    NO,
    OVER_SESSIONS,
    VARIABLE,
    YES,
    Meeting,
    changes_of_leader,
    continuity,
    decide_showing,
    over_sessions,
    total_of_yes,
)
from vfeed.practice.library import shipped
from vfeed.practice.sheets import SheetBegun, SheetState

DAY = date(2026, 3, 3)
MEETING = Meeting("s1", DAY, ("ann",))
PEOPLE = (Person("child", "Baby"), Person("mother", "Mother"), Person("father", "Father"))
ALL = frozenset({"child", "mother", "father"})


def test_a_film_opens_with_everybodys_yes_on_the_day_for_who_leads() -> None:
    assert decide_showing(MEETING, "ann", DAY, is_member=True, ended_on=None, people=PEOPLE, agreed=ALL)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"agreed": frozenset()}, "no consent of Baby"),
        ({"agreed": ALL - {"father"}}, "no consent of Father"),
        ({"is_member": False}, "not in the group"),
        ({"ended_on": DAY}, "work with this family has ended"),
        ({"ended_on": DAY - timedelta(days=30)}, "work with this family has ended"),
        ({"people": ()}, "nobody has agreed"),
        ({"actor": "ben"}, "leads this session"),
        ({"today": DAY + timedelta(days=1)}, "day of the session"),
        ({"today": DAY - timedelta(days=1)}, "day of the session"),
    ],
)
def test_anything_missing_keeps_it_shut(change: dict[str, object], words: str) -> None:
    asked: dict[str, object] = {"actor": "ann", "today": DAY, "is_member": True, "people": PEOPLE, "agreed": ALL}
    asked["ended_on"] = None
    decision = decide_showing(MEETING, **{**asked, **change})
    assert not decision and words in decision.reason


def test_who_led_is_seen_over_the_sessions_and_a_change_without_anybody_from_before_is_told() -> None:
    led = [("ann",), ("ann", "ben"), ("ben",), ("cleo",)]
    meetings = [Meeting(f"s{n}", DAY + timedelta(days=7 * n), names) for n, names in enumerate(led)]
    assert continuity(meetings) == {
        "ann": (True, True, False, False),
        "ben": (False, True, True, False),
        "cleo": (False, False, False, True),
    }
    assert changes_of_leader(meetings) == [DAY + timedelta(days=21)]


def sheet(**texts: str) -> SheetState:
    pack = shipped().pack("infant_massage")
    form = pack.form("sheet")
    assert form is not None
    return SheetState(SheetBegun(pack=pack.id, pack_title=pack.title, form=form), texts=texts)


def filled(yes: int, variable: int = 0, m15: str = NO) -> SheetState:
    marks = [YES] * yes + [VARIABLE] * variable + [NO] * (14 - yes - variable)
    return sheet(**dict(zip(OVER_SESSIONS, marks, strict=True)), m15=m15)


@pytest.mark.parametrize(
    ("yes", "variable", "m15"),
    list(zip((5, 7, 2, 5, 2, 7, 11, 10), (4, 3, 5, 0, 12, 7, 2, 4), [NO, YES, NO, VARIABLE] * 2, strict=True)),
)
def test_eight_programmes_with_as_many_yes_as_the_published_table_get_its_totals(
    yes: int, variable: int, m15: str
) -> None:
    state = filled(yes, variable, m15)
    answers = over_sessions(state.form, [state])
    assert total_of_yes(answers) == yes
    assert answers["m15"] == m15


def test_sheets_that_differ_are_variable_and_what_is_open_has_no_total() -> None:
    first, second = filled(14), filled(13)
    answers = over_sessions(first.form, [first, second])
    assert (answers["m14"], total_of_yes(answers)) == (VARIABLE, 13)
    half = sheet(m1=YES)
    assert total_of_yes(over_sessions(half.form, [half])) is None
    assert over_sessions(half.form, [half, first])["m2"] == YES
    assert total_of_yes(over_sessions(half.form, [])) is None
