"""What goes to whoever leads a study, and how long it is kept: worries, days, holds, and the destruction of its key."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from served import Site, an_account
from sqlalchemy import func, select
from study_work import LEADER, a_study, code, coder, coding_of

from vfeed.errors import VfeedError
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store.tables import StudyClip, StudyCoding, StudyWorry

TODAY = date.today()
LOOKS = {"infant_looking": [(0.0, "partner"), (5.0, "object")], "parent_looking": [(0.0, "partner")]}


@pytest.fixture
def two(site: Site) -> Site:
    """A second coder beside the one that every site has."""
    an_account(site.store, "kim", "coder")
    return site


def handed_in(site: Site) -> str:
    study_id = a_study(site.store, site.clip, coders=("coder", "kim"), repeat_share=0.0)
    for row in site.store.studies.codings(study_id):
        code(site.store, row.coder, row.id, LOOKS)
    return study_id


def count(site: Site, table: type[StudyClip] | type[StudyCoding] | type[StudyWorry]) -> int:
    with site.store.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_worry_goes_to_the_lead_and_to_no_other_coder(two: Site) -> None:
    study_id = a_study(two.store, two.clip, coders=("coder", "kim"), repeat_share=0.0)
    row = coding_of(two.store, "coder")
    browser = two.signed_in("coder")
    assert "Something worries me" in browser.get(f"/coding/{row.id}").text
    here = f"/coding/{row.id}/worry"
    assert "It goes to researcher, who leads" in browser.get(here).text
    assert browser.post(here, data={"words": "  "}).status_code == 422
    assert browser.post(here, data={"words": "A bruise at 0:12"}).status_code == 302
    page = two.signed_in("researcher").get(f"/studies/{study_id}").text
    assert "A bruise at 0:12" in page and "I have read it" in page
    assert "1 note to read" in two.signed_in("researcher").get("/studies").text
    # Neither the other coder nor another researcher reads it, and the audit trail says only that it is there.
    other = coding_of(two.store, "kim")
    for address in ("/coding", f"/coding/{other.id}", f"/coding/{other.id}/worry"):
        assert "bruise" not in two.signed_in("kim").get(address).text
    an_account(two.store, "rae", "researcher")
    theirs = two.signed_in("rae").get(f"/studies/{study_id}").text
    assert "bruise" not in theirs and "waits for researcher" in theirs
    assert two.actions().count("worry.raised") == 1
    assert "bruise" not in two.signed_in("administrator").get("/audit").text
    [worry] = two.store.worries.of_study(study_id)
    assert two.signed_in("rae").post(f"/studies/{study_id}/worries/{worry.id}/seen").status_code == 403
    two.signed_in("researcher").post(f"/studies/{study_id}/worries/{worry.id}/seen")
    assert "read by researcher" in two.signed_in("researcher").get(f"/studies/{study_id}").text
    assert two.signed_in("kim").post(here, data={"words": "x"}).status_code == 404


def test_a_worry_is_told_after_handing_in_too_and_outlives_a_withdrawal(two: Site) -> None:
    study_id = handed_in(two)
    row = coding_of(two.store, "coder")
    assert two.signed_in("coder").get("/coding").text.count(f"/coding/{row.id}/worry") == 1
    Services(two.store).worries.tell(coder("coder"), row.id, "Shouting off camera")
    assert "Shouting off camera" not in str(Services(two.store).study_files.codings(LEADER, study_id))
    for consent in two.store.consents.for_clip(two.clip.id):
        if consent.use == "research":
            two.store.consents.withdraw(consent.id, "ann", "asked for it")
    assert count(two, StudyCoding) == 0 and count(two, StudyWorry) == 1
    two.store.clips.forget(two.clip.id)
    assert count(two, StudyWorry) == 0


def test_where_the_leads_account_is_gone_any_researcher_reads_what_worries_coders(two: Site) -> None:
    study_id = a_study(two.store, two.clip, coders=("coder", "kim"))
    Services(two.store).worries.tell(coder("coder"), coding_of(two.store, "coder").id, "A bruise")
    an_account(two.store, "rae", "researcher")
    two.store.accounts.set_active("researcher", False, "administrator")
    assert "A bruise" in two.signed_in("rae").get(f"/studies/{study_id}").text


@pytest.mark.parametrize(
    ("key", "tables", "words"),
    [
        ("soon", "", "no day"),
        ("", "2030-01-01", "tables would go before"),
        ("2031-01-01", "2030-01-01", "before the key"),
    ],
)
def test_days_that_do_not_fit_are_said(two: Site, key: str, tables: str, words: str) -> None:
    study_id = a_study(two.store, two.clip)
    answer = two.signed_in("researcher").post(
        f"/studies/{study_id}/keeping", data={"key_until": key, "tables_until": tables}
    )
    assert answer.status_code == 422 and words in answer.text


def test_the_key_is_destroyed_by_hand_only_once_coding_is_closed_and_nothing_holds(two: Site) -> None:
    study_id = handed_in(two)
    browser, keeping = two.signed_in("researcher"), Services(two.store).study_keeping
    assert browser.post(f"/studies/{study_id}/destroy-key").status_code == 409
    browser.post(f"/studies/{study_id}/close")
    browser.post(f"/studies/{study_id}/keeping", data={"reason": "An appeal is running."})
    assert "Held: An appeal is running." in browser.get(f"/studies/{study_id}").text
    with pytest.raises(VfeedError, match="held"):
        keeping.destroy_key(LEADER, study_id)
    browser.post(f"/studies/{study_id}/keeping", data={"release": "yes"})
    [clip] = two.store.studies.clips(study_id)
    assert browser.post(f"/studies/{study_id}/destroy-key").status_code == 302
    assert count(two, StudyClip) == 0 and count(two, StudyCoding) == 0
    page = browser.get(f"/studies/{study_id}").text
    assert "nothing leads from the names of this study" in page
    codings = browser.get(f"/studies/{study_id}/files/left/codings.csv").text
    assert clip.pseudonym in codings and two.clip.id not in codings
    assert "Cohen kappa" in browser.get(f"/studies/{study_id}/files/left/agreement.csv").text
    assert browser.get(f"/studies/{study_id}/files/left/other.csv").status_code == 404
    assert browser.post(f"/studies/{study_id}/destroy-key").status_code == 409
    assert "study.key_destroyed" in two.actions()


def test_key_and_tables_go_by_themselves_on_their_days_but_for_a_hold(two: Site) -> None:
    study_id = handed_in(two)
    keeping = Services(two.store).study_keeping
    keeping.lay(LEADER, study_id, TODAY, TODAY + timedelta(days=10))
    tomorrow = TODAY + timedelta(days=1)
    assert keeping.run(tomorrow) == [], "coding is still open"
    Services(two.store).studies.close(LEADER, study_id)
    keeping.hold(LEADER, study_id, "An appeal is running.")
    assert keeping.run(tomorrow) == []
    keeping.release(LEADER, study_id)
    assert keeping.run(TODAY) == [], "the day itself is not over"
    assert keeping.run(tomorrow) == [study_id] and count(two, StudyCoding) == 0
    assert set(keeping.left(LEADER, study_id)) == {"agreement.csv", "agreement.xlsx", "codings.csv"}
    assert keeping.run(tomorrow) == []
    assert keeping.run(TODAY + timedelta(days=11)) == [study_id]
    assert keeping.left(LEADER, study_id) == {}
    assert "The tables are deleted, too." in two.signed_in("researcher").get(f"/studies/{study_id}").text


def test_what_the_destroyer_may_not_see_yet_is_in_the_tables_all_the_same(two: Site) -> None:
    study_id = handed_in(two)
    an_account(two.store, "rae", "researcher", "coder")
    a_study(two.store, two.clip, coders=("rae", "kim"))
    rae, services = Actor("rae", frozenset({"researcher", "coder"})), Services(two.store)
    assert services.study_files.codings(rae, study_id) == []
    services.studies.close(rae, study_id)
    services.study_keeping.destroy_key(rae, study_id)
    assert "coder-2" in two.store.studies.left(study_id)["codings.csv"].decode()
