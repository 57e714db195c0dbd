"""What goes to whoever leads a study, and how long it is kept: worries, days, holds, and the destruction of its key."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from app_site import Site, an_account
from sqlalchemy import func, select
from study_work import LEADER, a_study, code, coder, coding_of

from vfeed.errors import Conflict, VfeedError
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store import Store
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
    Services(two.store).coder_concerns.tell(coder("coder"), row.id, "Shouting off camera")
    assert "Shouting off camera" not in str(Services(two.store).study_files.codings(LEADER, study_id))
    for consent in two.store.consents.for_clip(two.clip.id):
        if consent.use == "research":
            two.store.consents.withdraw(consent.id, "ann", "asked for it")
    assert count(two, StudyCoding) == 0 and count(two, StudyWorry) == 1
    two.store.clips.erase(two.clip.id)
    assert count(two, StudyWorry) == 0


def test_where_the_leads_account_is_gone_any_researcher_reads_what_worries_coders(two: Site) -> None:
    study_id = a_study(two.store, two.clip, coders=("coder", "kim"))
    Services(two.store).coder_concerns.tell(coder("coder"), coding_of(two.store, "coder").id, "A bruise")
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


SOON = TODAY + timedelta(days=3)


def run_on(site: Site, day: date) -> list[str]:
    return Services(site.store).study_keeping.run(day)


def tag(site: Site) -> None:
    moment = {"moment_id": "new", "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive"}
    site.store.events.append(site.clip.id, "pat", "moment_tagged", moment)


def is_here(site: Site, clip_id: str) -> bool:
    return clip_id in site.store.clips.owners()


def laid(site: Site, films_until: date = SOON) -> str:
    """A study whose films have a day, and nobody else works with them."""
    for moment in site.store.events.state(site.clip.id).moments:
        site.store.events.append(site.clip.id, "pat", "moment_removed", {"moment_id": moment.moment_id})
    study_id = handed_in(site)
    Services(site.store).study_keeping.lay(LEADER, study_id, None, None, films_until)
    return study_id


def test_films_of_a_study_are_announced_and_go_on_their_day_with_the_key(two: Site) -> None:
    study_id = laid(two)
    page = two.signed_in("researcher").get(f"/studies/{study_id}").text
    assert "1 film of this study is destroyed" in page
    # Without having been told two weeks before, nothing goes, whatever the day.
    assert run_on(two, SOON) == [study_id] and is_here(two, two.clip.id)
    assert run_on(two, SOON + timedelta(days=13)) == [] and is_here(two, two.clip.id)
    assert run_on(two, SOON + timedelta(days=14)) == [study_id]
    assert not is_here(two, two.clip.id) and two.store.keys.get(two.clip.id) is None
    assert count(two, StudyClip) == count(two, StudyCoding) == 0
    state = two.store.studies.read(study_id)[1].state
    assert state.closed and state.key_destroyed
    left = two.store.studies.left(study_id)
    assert "codings.csv" in left and left["codings.csv"].count(b"\n") > 2, "what was coded stays as a table"
    assert two.actions().count("study.films_destroyed") == 1 and two.actions().count("study.films_announced") == 1
    assert run_on(two, SOON + timedelta(days=15)) == []


def test_a_near_day_is_shown_in_the_list_of_studies(two: Site) -> None:
    laid(two)
    assert "its films are destroyed on" in two.signed_in("researcher").get("/studies").text


@pytest.mark.parametrize("who", ["held", "record", "work", "moments", "study"])
def test_a_film_that_somebody_else_keeps_outlives_its_study(two: Site, who: str) -> None:
    store, family_id = two.store, two.home.family.id
    study_id = laid(two)
    end = SOON + timedelta(days=14)
    if who == "held":
        store.retention.hold(family_id, "A court asked for it.", "pat")
    elif who == "record":
        store.retention.set(family_id, TODAY, end + timedelta(days=1), "pat", TODAY)
    elif who == "moments":
        tag(two)
    elif who == "work":
        store.sessions.begin(family_id, two.home.visit.id, "pat", held_on=TODAY)
    else:
        a_study(store, two.clip)
    plan = Services(store).study_keeping.films(LEADER, study_id, end)
    assert (plan.go, dict(plan.stay)) == (0, {"work" if who == "moments" else who: 1})
    run_on(two, SOON)
    run_on(two, end)
    assert is_here(two, two.clip.id)
    # The study itself has ended, whoever keeps the film.
    assert store.studies.read(study_id)[1].state.key_destroyed and not store.studies.clips(study_id)


def test_a_held_study_keeps_its_films_and_is_announced_anew_afterwards(two: Site) -> None:
    study_id = laid(two)
    desk = Services(two.store).study_keeping
    run_on(two, SOON)
    desk.hold(LEADER, study_id, "A reviewer asked for them.")
    assert run_on(two, SOON + timedelta(days=60)) == [] and is_here(two, two.clip.id)
    desk.release(LEADER, study_id)
    assert run_on(two, SOON + timedelta(days=60)) == [study_id] and is_here(two, two.clip.id)
    run_on(two, SOON + timedelta(days=74))
    assert not is_here(two, two.clip.id)


def test_another_day_for_the_films_is_announced_anew(two: Site) -> None:
    study_id = laid(two)
    run_on(two, SOON)
    later = SOON + timedelta(days=100)
    Services(two.store).study_keeping.lay(LEADER, study_id, None, None, later)
    assert run_on(two, SOON + timedelta(days=20)) == [] and is_here(two, two.clip.id)
    assert two.store.studies.read(study_id)[1].state.films_announced is None


def test_the_key_neither_goes_before_the_films_nor_by_hand_while_they_have_a_day(two: Site) -> None:
    study_id = handed_in(two)
    desk = Services(two.store).study_keeping
    with pytest.raises(VfeedError, match="before the films"):
        desk.lay(LEADER, study_id, SOON - timedelta(days=1), None, SOON)
    with pytest.raises(VfeedError, match="tables would go before"):
        desk.lay(LEADER, study_id, None, SOON - timedelta(days=1), SOON)
    desk.lay(LEADER, study_id, SOON, None, SOON)
    Services(two.store).studies.close(LEADER, study_id)
    with pytest.raises(VfeedError, match="a day of their own"):
        desk.destroy_key(LEADER, study_id)
    # Nor by itself before they were announced.
    run_on(two, SOON + timedelta(days=1))
    assert not two.store.studies.read(study_id)[1].state.key_destroyed


def test_a_process_killed_between_the_key_and_the_films_spares_none(two: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    laid(two)
    run_on(two, SOON)
    monkeypatch.setattr(two.store.clips, "erase", lambda *_args: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_on(two, SOON + timedelta(days=14))
    with Store(two.store.settings) as again:
        assert two.clip.id not in again.clips.owners()


def test_the_day_is_laid_on_the_page(two: Site) -> None:
    study_id = handed_in(two)
    browser = two.signed_in("researcher")
    sent = {"films_until": SOON.isoformat(), "key_until": "", "tables_until": ""}
    assert browser.post(f"/studies/{study_id}/keeping", data=sent).status_code == 302
    assert two.store.studies.read(study_id)[1].state.keeping.films_until == SOON
    sent["key_until"] = TODAY.isoformat()
    answer = browser.post(f"/studies/{study_id}/keeping", data=sent)
    assert answer.status_code == 422 and "before the films" in answer.text


def test_of_two_who_saw_the_same_days_the_later_is_told_and_writes_nothing_over(two: Site) -> None:
    study_id = handed_in(two)
    browser = two.signed_in("researcher")
    seen = {f"seen_{name}": "" for name in ("films_until", "key_until", "tables_until")}
    first = {"films_until": "", "key_until": SOON.isoformat(), "tables_until": ""} | seen
    assert browser.post(f"/studies/{study_id}/keeping", data=first).status_code == 302
    stale = {"films_until": SOON.isoformat(), "key_until": "", "tables_until": ""} | seen
    answer = browser.post(f"/studies/{study_id}/keeping", data=stale)
    assert answer.status_code == 409 and "changed in another window" in answer.text
    assert two.store.studies.read(study_id)[1].state.keeping.films_until is None
    assert f'name="seen_key_until" value="{SOON.isoformat()}"' in answer.text


def test_of_two_who_give_the_same_films_out_at_once_one_is_told(two: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    study_id = a_study(two.store, two.clip)
    desk, entered = Services(two.store).studies, two.store.studies.assign

    def meanwhile(*sent: Any) -> None:
        monkeypatch.setattr(two.store.studies, "assign", entered)
        desk.assign(LEADER, study_id, "main", ["coder", "kim"], everyone=True)
        entered(*sent)

    monkeypatch.setattr(two.store.studies, "assign", meanwhile)
    with pytest.raises(Conflict):
        desk.assign(LEADER, study_id, "main", ["coder", "kim"], everyone=True)
    assert len({(row.clip_id, row.coder, row.purpose) for row in two.store.studies.codings(study_id)}) == len(
        two.store.studies.codings(study_id)
    )
