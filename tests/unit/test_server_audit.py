"""The audit trail on its page: by days, repeats told once, and as a table to hand out."""

from __future__ import annotations

import ast
import csv
import io
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from app_site import Site
from filled_store import TODAY
from study_work import a_study

import vfeed
from vfeed.jobs import agreeing
from vfeed.jobs.handlers import HANDLERS
from vfeed.journal.journal import Journal
from vfeed.practice import library
from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.practice.measures import MEASURES
from vfeed.practice.own_moments import OWN_MOMENTS
from vfeed.practice.programme import PROGRAMME
from vfeed.practice.referral import DIRECTIONS
from vfeed.practice.review import REVIEW
from vfeed.practice.sessions import SESSION
from vfeed.practice.sharing import SHARE, SharedFilm, Terms
from vfeed.practice.sheets import SHEET
from vfeed.research.checks import CHECKS
from vfeed.research.consensus import CONSENSUS
from vfeed.research.row_checks import ROW_CHECKS
from vfeed.research.study import STUDY
from vfeed.server.audit.details import detail_words
from vfeed.server.audit.trail import action_words
from vfeed.server.web.permissions import TABLE


def lines_of(site: Site, address: str) -> list[dict[str, str]]:
    answer = site.signed_in("administrator").get(address, buffered=True)
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_days_narrow_it_and_both_of_them_count(site: Site) -> None:
    browser, today = site.signed_in("administrator"), date.today()
    answer = browser.post("/audit", data={"about": "Robin", "from": today.isoformat(), "to": today.isoformat()})
    assert answer.location == f"/audit?about={site.home.family.id}&from={today}&to={today}"
    page = browser.get(answer.location).text
    assert "wrote down a consent" in page and f'name="from" value="{today}"' in page
    yesterday = today - timedelta(days=1)
    assert "There are no such lines" in browser.get(f"/audit?to={yesterday}").text
    assert "There are no such lines" in browser.get(f"/audit?from={today + timedelta(days=1)}").text


@pytest.mark.parametrize("days", ["from=tomorrow", "to=2026-13-01", "from=0001-01-01", "to=9999-12-31", "from="])
def test_days_that_are_none_bound_nothing(site: Site, days: str) -> None:
    assert "added a family" in site.signed_in("administrator").get(f"/audit?{days}").text


def test_the_same_thing_several_times_in_a_row_is_one_line_that_says_how_often(site: Site) -> None:
    for _again in range(6):
        site.store.audit.record("pat", "still.viewed", site.clip.id)
    page = site.signed_in("administrator").get(f"/audit?about={site.clip.id}").text
    assert page.count("looked at stills") == 1 and "6 times" in page


def test_all_lines_are_saved_as_a_table_in_words_and_as_they_are_kept(site: Site) -> None:
    for _again in range(250):
        site.store.audit.record("=pat", "reel.exported", site.clip.id, {"reason": "=1+1"})
    rows = lines_of(site, "/audit/file")
    assert len(rows) > 250 and [int(row["line"]) for row in rows] == list(range(len(rows), 0, -1))
    assert (rows[0]["who"], rows[0]["did"]) == ("'=pat", "took a film out")
    assert rows[0]["kept_as"] == '{"reason": "=1+1"}'
    consent = [row for row in rows if row["did"] == "wrote down a consent"][-1]
    assert consent["more"] == "Watching together" and '"use": "session"' in consent["kept_as"]
    assert site.store.audit.list(limit=1)[0].action == "audit.exported"
    assert site.signed_in("supervisor").get("/audit/file").status_code == 403
    yesterday = date.today() - timedelta(days=1)
    assert lines_of(site, f"/audit/file?to={yesterday}") == []


JOURNALS: dict[str, Journal[Any]] = {
    "consensus": CONSENSUS,
    "measure": MEASURES,
    "parent": OWN_MOMENTS,
    "programme": PROGRAMME,
    "review": REVIEW,
    "screening": CHECKS,
    "session": SESSION,
    "sheet": SHEET,
    "study": STUDY,
    "supervision": SHARE,
}
NEVER_KEPT = {"session.session_begun", "sheet.sheet_begun", "study.study_begun", "parent.undone"}
"""What was begun has a line of its own; a parent's own moments are taken away, not undone."""


def kept_actions() -> set[str]:
    """What the trail may say that was done: written where it is kept, in the table of routes, and steps of journals."""
    found = {rule.records for rule in TABLE.values() if rule.records}
    for path in Path(vfeed.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("audit.append", "audit.record")):
                said = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                found |= {each for each in said if isinstance(each, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", each)}
    for area, journal in JOURNALS.items():
        found |= {f"{area}.{type_}" for type_ in journal.types} - NEVER_KEPT
    found |= {f"screening.{type_}" for type_ in ROW_CHECKS.types}
    found |= {f"job.{kind}" for kind in HANDLERS if kind != agreeing.KIND} | {
        f"referral.{direction}" for direction in DIRECTIONS
    }
    return found


def test_everything_that_is_kept_is_told_in_words(site: Site) -> None:
    found = kept_actions()
    assert {"family.worker_added", "study.made", "take_home.opened", "review.moment_tagged"} <= found
    with site.app.test_request_context():
        told = {action: action_words(action) for action in found}
    assert sorted(action for action, words in told.items() if words == action) == []


def test_whoever_was_let_in_and_until_when_is_said_without_names_of_columns(site: Site) -> None:
    site.store.audit.record("pat", "family.asked_for", site.home.family.id, {"until": "2026-12-09"})
    site.store.audit.record("pat", "family.worker_added", site.home.family.id, {"worker": "kim"})
    page = site.signed_in("administrator").get(f"/audit?about={site.home.family.id}").text
    assert "until 2026-12-09" in page and "let a colleague work with a family" in page
    assert "until:" not in page and "worker:" not in page


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        ({"with": "passkey"}, "with a passkey"),
        ({"left": 0}, "0 codes are left"),
        (
            {"films": 1, "certificate": "C1", "from_old_copy": True},
            "1 film; certificate C1; it had come back from an old backup",
        ),
        ({"films": 3, "from_old_copy": False}, "3 films"),
        ({"what": "codings", "format": "csv"}, "codings; csv"),
        ({"session": "s1", "what": "card m1"}, "a card"),
        ({"roles": ["practitioner", "coder"]}, "Practitioner, Coder"),
        ({"study": "s1", "scheme": "CARE", "version": 2, "clips": 12}, "CARE; version 2; 12 films"),
        ({"quarters": 3}, "turned by 270 degrees"),
        ({"event": "e1", "days": 7, "seen": ["a", "b"]}, "for 7 days"),
        ({"use": ["session", "research"]}, "Watching together, Research"),
        ({"something": "new"}, "something: new"),
    ],
)
def test_what_a_line_adds_is_told_in_words(site: Site, detail: dict[str, Any], words: str) -> None:
    with site.app.test_request_context():
        assert detail_words(detail) == words


def test_a_step_that_is_taken_back_stands_in_the_trail_too(site: Site) -> None:
    site.store.screenings.append(site.clip.id, "pat", "word_given", {"word": "codable"})
    site.store.screenings.take_back(site.clip.id, "pat")
    assert site.actions()[:2] == ["screening.undone", "screening.word_given"]


def test_what_was_shared_is_called_by_its_family(site: Site) -> None:
    held = site.store.sessions.begin(site.home.family.id, site.home.visit.id, "pat", held_on=TODAY, reels=[])
    terms = Terms("supervisor", TODAY, "as_they_are", "as_it_is", (SharedFilm(clip_id=site.clip.id),))
    share = site.store.shares.make(held.id, terms, "pat", TODAY)
    site.store.audit.record("supervisor", "supervision.watched", share.id)
    page = site.signed_in("administrator").get("/audit").text
    assert "shared review of Robin" in page and f">{share.id}<" not in page


def test_studies_groups_screenings_code_sets_and_languages_are_called_by_their_names(site: Site) -> None:
    a_study(site.store, site.clip)
    site.store.groups.make("Tuesday class", "", 8, "pat")
    site.store.screening_runs.begin("Ward 7", {}, {}, "rae")
    own = library.shipped().packs[0].model_copy(update={"id": "own_1", "title": "Our words"})
    site.store.packs.save(own, "pat", over=0)
    site.store.packs.remove(own.id, "pat")
    site.store.languages.check(catalogues()["pl"], "pat")
    told = {row["did"]: row["to_what"] for row in lines_of(site, "/audit/file")}
    assert told["laid a study down"] == "study “Looks”"
    assert told["made a group"] == "group “Tuesday class”"
    assert told["took in a screening from elsewhere"] == "screening “Ward 7”"
    assert told["saved a code set"] == told["took a code set out of use"] == "code set “Our words”"
    assert told["checked a language of the parent’s room"] == "Polish"
    browser = site.signed_in("administrator")
    found = browser.post("/audit", data={"about": "study “Looks”"}).location
    page = browser.get(found).text
    assert "laid a study down" in page and "made a group" not in page
