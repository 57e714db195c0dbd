"""The job that erases by the clock: announced, audited, and stopped by a hold; and what pages say of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from app_site import Site, site_with
from filled_store import TODAY, Home, a_clip

from vfeed.errors import VfeedError
from vfeed.jobs.worker import Worker
from vfeed.practice.retention import NOTICE
from vfeed.store import Store

ENDED = TODAY - timedelta(days=200)


@pytest.fixture
def clock_of_two_months(store: Store) -> Store:
    store.retention.months = 2
    return store


def test_it_announces_then_erases_and_writes_both_down(clock_of_two_months: Store, home: Home) -> None:
    store = clock_of_two_months
    clip = a_clip(store, home)
    store.retention.set(home.family.id, ENDED, None, "ann", TODAY)
    assert store.retention.run(TODAY) == []
    assert store.retention.run(TODAY + NOTICE - timedelta(days=1)) == []
    (certificate,) = store.retention.run(TODAY + NOTICE)
    assert certificate.films == 1 and store.keys.get(clip.id) is None
    assert store.families.list() == []
    rows = [row for row in store.audit.list() if row.action in {"family.erased", "family.erasure_announced"}]
    assert [row.action for row in rows] == ["family.erased", "family.erasure_announced"]
    assert rows[0].actor == "vfeed" and rows[0].detail["by_clock"] is True


def test_a_hold_is_respected_also_at_the_last_moment(
    clock_of_two_months: Store, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = clock_of_two_months
    store.retention.set(home.family.id, ENDED, None, "ann", TODAY)
    store.retention.run(TODAY)
    erase = store.erasure.family_if

    def held_meanwhile(family_id: str, actor: str, still: Any) -> Any:
        store.retention.hold(family_id, "the family has complained", "ann")
        return erase(family_id, actor, still)

    monkeypatch.setattr(store.erasure, "family_if", held_meanwhile)
    assert store.retention.run(TODAY + NOTICE) == []
    assert store.families.get(home.family.id)
    store.retention.release(home.family.id, "ann")
    assert store.retention.run(TODAY + NOTICE) == [], "the time of notice begins anew"


def test_the_reason_of_a_hold_is_in_no_audit_line_and_goes_with_the_family(store: Store, home: Home) -> None:
    store.retention.hold(home.family.id, "Mrs Sparrow has complained", "ann")
    assert not any("Sparrow" in str(row.detail) for row in store.audit.list())
    store.erasure.family(home.family.id, "ann")
    assert store.retention.clock(home.family.id).hold_reason == ""


def test_the_worker_runs_it_by_itself(clock_of_two_months: Store, home: Home) -> None:
    store = clock_of_two_months
    store.retention.set(home.family.id, ENDED, None, "ann", TODAY)
    Worker(store, "w").clear_up()
    assert store.retention.clock(home.family.id).announced_on == date.today()


@pytest.mark.parametrize(("ended", "keep"), [(TODAY + timedelta(days=1), None), (None, TODAY + timedelta(days=9))])
def test_days_that_do_not_fit_change_nothing(store: Store, home: Home, ended: date | None, keep: date | None) -> None:
    with pytest.raises(VfeedError) as refused:
        store.retention.set(home.family.id, ended, keep, "ann", TODAY)
    assert refused.value.code == "invalid_input"
    assert store.retention.clock(home.family.id).ended_on is None


def test_a_hold_without_a_reason_is_refused(store: Store, home: Home) -> None:
    with pytest.raises(VfeedError):
        store.retention.hold(home.family.id, "   ", "ann")


def test_the_familys_page_counts_down_and_takes_a_hold(site: Site) -> None:
    with site_with(site) as changed:
        changed.store.retention.months = 2
        browser, address = changed.signed_in("practitioner"), f"/families/{site.home.family.id}"
        assert "2 months after its end" in browser.get(address).text
        ended = (TODAY - timedelta(days=70)).isoformat()
        assert browser.post(f"{address}/clock", data={"ended_on": ended}).status_code == 302
        assert "is erased by itself on" in browser.get(address).text and "in 14 days" in browser.get(address).text
        assert browser.post(f"{address}/hold", data={"reason": "a complaint is open"}).status_code == 302
        assert "a complaint is open" in browser.get(address).text
        assert browser.post(f"{address}/hold/end").status_code == 302
        assert "in 14 days" in browser.get(address).text


def test_a_consent_that_runs_out_warns_before(site: Site) -> None:
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}"
    with site.store.database.write() as session:
        for row in site.store.consents.for_family(site.home.family.id):
            session.merge(row).expires_on = TODAY + timedelta(days=20)
    assert "A consent ends on" in browser.get(address).text
    for person in (site.home.child, site.home.caregiver):
        for use in ("session", "voice", "supervision", "research"):
            site.store.consents.give(person.id, use, None, TODAY, TODAY + timedelta(days=300), "", "ann")
    assert "A consent ends on" not in browser.get(address).text, "it was renewed"
