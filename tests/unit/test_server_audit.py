"""The audit trail on its page: by days, repeats told once, and as a table to hand out."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from app_site import Site


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
