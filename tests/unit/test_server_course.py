"""A course as a study design: tables with a dictionary, under research consent alone and names of the course alone."""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from app_site import Site, an_account, end_consent
from filled_store import TODAY
from flask.testing import FlaskClient

from vfeed.research.course import COLUMNS
from vfeed.services.access import Actor
from vfeed.services.services import Services

ANN = Actor("practitioner", frozenset({"practitioner"}))
Tables = dict[str, list[dict[str, str]]]


class Class:
    """A massage class of two sessions: the site's family, whose everybody agreed, and one that was not asked."""

    def __init__(self, site: Site) -> None:
        self.site, self.work = site, Services(site.store).groups
        self.group = self.work.make(ANN, "SECRET class", "infant_massage").id
        self.silent = site.store.families.create("SILENT", "practitioner").id
        self.family = site.home.family.id
        for family in (self.family, self.silent):
            self.work.join(ANN, self.group, family)
        first, second = TODAY - timedelta(days=7), TODAY
        titles = ("SECRET one", "SECRET two")
        days = zip(titles, (first, second), strict=True)
        self.meetings = [self.work.add_meeting(ANN, self.group, each, on, ["practitioner"]) for each, on in days]
        for meeting, came in zip(self.meetings, ("came", "part"), strict=True):
            self.work.keep(ANN, self.group, meeting, ["practitioner"], {self.family: came, self.silent: "came"})
        self.work.fill_sheet(ANN, self.group, self.meetings[0], {"m1": "seen", "own_words": "SECRET words"})
        self.entered(first, 12, "before")
        self.entered(second, 7, "after")

    def entered(self, on: date, value: int, when: str) -> None:
        store = self.site.store
        if not store.measures.state(self.family).measures:
            store.measures.append(self.family, "pat", "measure_named", {"measure_id": "m", "name": "=EPDS"})
        number = {"number_id": when, "measure_id": "m", "on": on.isoformat(), "value": value, "when": when}
        store.measures.append(
            self.family, "pat", "number_entered", {**number, "note": "SECRET note", "version": "SECRET version"}
        )

    def names(self, browser: FlaskClient) -> list[str]:
        """The names on the page that would leave as they were typed, by their keys."""
        page = browser.get(f"/groups/{self.group}/course").text
        return [html.unescape(each) for each in re.findall(r'name="name" value="([^"]+)" checked', page)]

    def taken(self, browser: FlaskClient, *left_out: str) -> Tables:
        let = [each for each in self.names(browser) if each not in left_out]
        answer = browser.post(f"/groups/{self.group}/course/file", data={"name": let}, buffered=True)
        assert answer.status_code == 200
        archive = zipfile.ZipFile(io.BytesIO(answer.data))
        texts = {name: archive.read(name).decode() for name in archive.namelist()}
        whole = "\n".join(texts.values())
        for word in ("SECRET", "SILENT", "Robin", "practitioner", self.family, TODAY.isoformat()):
            assert word not in whole, word
        return {name.removesuffix(".csv"): list(csv.DictReader(io.StringIO(text))) for name, text in texts.items()}


@pytest.fixture
def course(site: Site) -> Class:
    return Class(site)


def test_the_course_leaves_as_tables_that_the_dictionary_describes(site: Site, course: Class) -> None:
    told = course.taken(site.signed_in("practitioner"))
    described: dict[str, list[str]] = {}
    for row in told.pop("dictionary"):
        assert row["meaning"]
        described.setdefault(row["table"], []).append(row["column"])
    assert described == {name: list(columns) for name, columns in COLUMNS.items()}
    assert set(told) == set(described)
    [dyad] = [row["dyad"] for row in told["dyads"]]
    assert [(row["dyad"], row["session"], row["came"]) for row in told["attendance"]] == [
        (dyad, "S1", "came"),
        (dyad, "S2", "part"),
    ]
    assert [(row["session"], row["day"]) for row in told["sessions"]] == [("S1", "0"), ("S2", "7")]
    assert ("n/a", "S1", "m1", "seen") in {
        (row["dyad"], row["session"], row["place"], row["answer"]) for row in told["sheets"]
    }
    assert [(row["measure"], row["day"], row["when"], row["value"]) for row in told["measures"]] == [
        ("'=EPDS", "0", "before", "12"),
        ("'=EPDS", "7", "after", "7"),
    ]
    assert "group.exported" in site.actions()


def test_typed_names_are_seen_before_and_what_is_unticked_or_was_not_seen_stays(site: Site, course: Class) -> None:
    browser = site.signed_in("practitioner")
    names = course.names(browser)
    programme, measure, form, line = (
        "programme Infant massage observation sheet",
        "measure =EPDS",
        "form Observation sheet",
        "line m1 Observation sheet",
    )
    assert sorted(names) == sorted([programme, measure, form, line])

    def counts(*left_out: str) -> tuple[str, int, int]:
        told = course.taken(browser, *left_out)
        return told["dyads"][0]["programme"], len(told["measures"]), len(told["sheets"])

    sheet = "Infant massage observation sheet"
    assert counts() == (sheet, 2, 1)
    assert counts(programme) == ("n/a", 2, 1)
    assert counts(measure) == (sheet, 0, 1)
    assert counts(form) == counts(line) == (sheet, 2, 0)
    assert counts(*names) == ("n/a", 0, 0), "what nobody let leave stays"


def test_names_are_of_this_course_alone_and_stay(site: Site, course: Class) -> None:
    browser = site.signed_in("practitioner")
    again = [course.taken(browser)["dyads"][0]["dyad"] for _ in range(2)]
    assert again[0] == again[1]
    assert Class.taken(_another(site), browser)["dyads"][0]["dyad"] != again[0]


def _another(site: Site) -> Class:
    other = object.__new__(Class)
    other.site, other.work, other.family = site, Services(site.store).groups, site.home.family.id
    other.group = other.work.make(ANN, "SECRET other").id
    other.work.join(ANN, other.group, other.family)
    other.work.add_meeting(ANN, other.group, "SECRET", TODAY, ["practitioner"])
    return other


@pytest.mark.parametrize("how", ["missing", "run out"])
def test_without_everybodys_consent_to_research_nothing_leaves(site: Site, course: Class, how: str) -> None:
    end_consent(site, "research", how)
    browser = site.signed_in("practitioner")
    assert browser.post(f"/groups/{course.group}/course/file").status_code == 403
    page = browser.get(f"/groups/{course.group}/course").text
    assert "2 families have not agreed to research" in page and "/course/file" not in page
    assert "group.exported" not in site.actions()


def test_a_colleagues_family_is_left_to_the_colleague_and_a_stranger_opens_nothing(site: Site, course: Class) -> None:
    an_account(site.store, "bea", "practitioner")
    site.store.groups.add_leader(course.group, "bea", "practitioner")
    with site.store.database.write() as session:
        from vfeed.store.tables import Family

        family = session.get(Family, course.family)
        assert family is not None
        family.created_by = "practitioner"
    bea = site.signed_in("bea")
    assert "is a colleague’s" in bea.get(f"/groups/{course.group}/course").text
    assert bea.post(f"/groups/{course.group}/course/file").status_code == 403
    an_account(site.store, "cleo", "practitioner")
    assert site.signed_in("cleo").get(f"/groups/{course.group}/course").status_code == 403
