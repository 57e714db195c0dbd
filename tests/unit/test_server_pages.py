"""The pages of families, consents and clips, without JavaScript."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from app_site import Site, an_account, end_consent, film_facts
from filled_store import a_clip, a_home, agree, some_bytes
from sqlalchemy import select
from stored_analysis import analysis_of
from synthetic_heads import scene

from vfeed.errors import VfeedError
from vfeed.store.analyses import Findings
from vfeed.store.tables import Family

TODAY = date.today()


def family_page(site: Site, name: str = "practitioner") -> str:
    return site.signed_in(name).get(f"/families/{site.home.family.id}").text


def test_a_family_goes_from_nothing_to_its_first_film_step_by_step(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = browser.post("/families/new", data={"code_name": "Wren"}).location
    assert "Start with the people in the films" in browser.get(here).text
    browser.post(f"{here}/people", data={"kind": "child", "label": "Baby", "birth_month": "2026-01"})
    browser.post(f"{here}/people", data={"kind": "adult", "label": "Dad", "relation": "father"})
    assert "Films open once everyone has agreed" in browser.get(here).text
    wren = site.store.families.find("Wren")
    assert wren is not None
    everyone = [person.id for person in site.store.families.participants(wren.id)]
    consent = {
        "participants": everyone,
        "uses": ["session", "research"],
        "granted_on": str(TODAY),
        "expires_on": str(TODAY + timedelta(days=90)),
    }
    assert browser.post(f"{here}/consents", data=consent).status_code == 302
    assert len(site.store.consents.for_family(wren.id)) == 4
    assert "Add the visit at which you filmed" in browser.get(here).text
    browser.post(f"{here}/visits", data={"day": str(TODAY), "title": "At home", "helping_question": "How is sleep?"})
    page = browser.get(here).text
    assert "Everything is ready for the first film" in page and "How is sleep?" in page
    visit = site.store.families.visits(wren.id)[0]
    assert "data-island=&#34;upload" in browser.get(f"/visits/{visit.id}/films").text.replace('"', "&#34;")


@pytest.mark.parametrize(
    ("where", "data", "said"),
    [
        ("people", {"kind": "child", "label": ""}, "Enter a word for this person"),
        ("people", {"label": "Baby"}, "Choose one"),
        ("people", {"kind": "child", "label": "Baby", "birth_month": "May 2026"}, "Write year and month"),
        ("people", {"kind": "child", "label": "Baby", "birth_month": "2099-01"}, "still to come"),
        ("visits", {"day": "", "title": "One"}, "Enter the day"),
        ("visits", {"day": "2999-01-01", "title": "One"}, "a day that has been"),
        ("visits", {"day": str(TODAY), "title": " "}, "Enter a title"),
        ("consents", {"uses": ["session"], "granted_on": str(TODAY), "expires_on": str(TODAY)}, "at least one person"),
        ("consents", {"granted_on": "2999-01-01", "expires_on": "2999-02-01"}, "a day that has been"),
        ("consents", {"granted_on": str(TODAY), "expires_on": "2020-01-01"}, "before the day"),
        ("consents", {"granted_on": str(TODAY)}, "until which it holds"),
    ],
)
def test_a_form_that_does_not_fit_is_shown_again_with_its_words(
    site: Site, where: str, data: dict[str, object], said: str
) -> None:
    before = len(site.actions())
    page = site.signed_in("practitioner").post(f"/families/{site.home.family.id}/{where}", data=data)
    assert page.status_code == 422
    assert said in page.text
    assert len(site.actions()) == before


def test_two_families_cannot_have_one_code_name(site: Site) -> None:
    page = site.signed_in("practitioner").post("/families/new", data={"code_name": "Robin"})
    assert "already" in page.text


def test_what_is_written_is_shown_as_text(site: Site) -> None:
    site.store.families.create("<script>alert(1)</script>")
    text = site.signed_in("practitioner").get("/families").text
    assert "<script>alert" not in text and "&lt;script&gt;alert" in text


def test_consent_is_said_in_words_for_each_person_and_use(site: Site) -> None:
    text = family_page(site)
    assert text.count("Given") >= 6
    assert "Not given" in text


def boxes(site: Site, use: str) -> list[str]:
    return [f"{person.id} {use}" for person in site.store.families.participants(site.home.family.id)]


def test_consents_are_ticked_in_the_table_and_say_at_once_that_they_hold(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = f"/families/{site.home.family.id}"
    assert browser.get(here).text.count('type="checkbox" name="agreed"') == 2 * 3, "four of the seven uses hold"
    sent = {"agreed": boxes(site, "take_home"), "granted_on": str(TODAY), "expires_on": str(TODAY + timedelta(days=9))}
    answer = browser.post(f"{here}/consents/ticked", data=sent)
    assert answer.location == here, "no jump to a place below what is said"
    assert "2 consents are written down" in browser.get(here).text
    assert site.store.consents.decide(site.clip.id, "take_home")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Tick at least one box"),
        ({"agreed": ["somebody-else take_home"]}, ""),
        ({"agreed": "all", "granted_on": "2999-01-01", "expires_on": "2999-02-01"}, "a day that has been"),
        ({"agreed": "all", "granted_on": str(TODAY), "expires_on": "2020-01-01"}, "before the day"),
    ],
)
def test_ticks_that_do_not_fit_are_refused_and_stay_ticked(site: Site, sent: dict[str, object], said: str) -> None:
    here = f"/families/{site.home.family.id}"
    data = {"granted_on": str(TODAY), "expires_on": str(TODAY), **sent}
    if data.get("agreed") == "all":
        data["agreed"] = boxes(site, "take_home")
    page = site.signed_in("practitioner").post(f"{here}/consents/ticked", data=data)
    assert page.status_code == 422
    assert said in page.text
    assert not site.store.consents.decide(site.clip.id, "take_home")
    assert page.text.count(" checked>") >= (2 if data.get("agreed") == boxes(site, "take_home") else 0)


def test_a_missing_consent_is_ticked_where_it_is_missed_and_leads_back(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = f"/families/{site.home.family.id}"
    back = f"{here}/sessions/some-session/take-home"
    page = browser.get(f"{here}?consent=take_home&back={back}").text
    assert f'name="back" value="{back}"' in page and page.count(" checked>") == 2
    sent = {"agreed": boxes(site, "take_home"), "granted_on": str(TODAY), "expires_on": str(TODAY)}
    assert browser.post(f"{here}/consents/ticked", data={**sent, "back": back}).location == back
    for elsewhere in (
        "//elsewhere.example/families/a",
        "https://elsewhere.example",
        "/sign-out",
        "/families/a/../../x",
    ):
        answer = browser.post(f"{here}/consents/ticked", data={**sent, "back": elsewhere})
        assert answer.location == here


def test_a_film_is_named_on_the_familys_page_and_in_the_trail(site: Site) -> None:
    browser = site.signed_in("practitioner")
    here = f"/families/{site.home.family.id}"
    sent = {"title": "Bath <b>time</b>", "to": "family"}
    assert browser.post(f"/clips/{site.clip.id}/title", data=sent).location == here
    assert "Bath &lt;b&gt;time&lt;/b&gt;" in browser.get(here).text
    assert browser.post(f"/clips/{site.clip.id}/title", data={"title": "  "}).status_code == 422
    assert site.store.clips.get(site.clip.id).title == "Bath <b>time</b>"
    assert browser.post(f"/api/clips/{site.clip.id}/title", json={"title": "At the table"}).json == {
        "title": "At the table"
    }
    assert browser.post(f"/api/clips/{site.clip.id}/title", json={"title": 5}).status_code == 422
    assert site.actions().count("clip.renamed") == 2
    assert site.signed_in("researcher").post(f"/clips/{site.clip.id}/title", data={"title": "X"}).status_code == 403


def test_the_list_of_families_is_put_in_order(site: Site) -> None:
    browser = site.signed_in("practitioner")
    browser.post("/families/new", data={"code_name": "Wren"})
    text = browser.get("/families?sort=name").text
    assert 0 < text.index(">Robin<") < text.index(">Wren<")
    assert browser.get("/families?sort=nonsense").status_code == 200


def test_a_withdrawal_says_what_it_destroys_before_it_does(site: Site) -> None:
    browser = site.signed_in("practitioner")
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == "session")
    address = f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"
    page = browser.get(address).text
    assert "What is destroyed" in page and "Playing" in page and "2 marked moments" in page
    unread = browser.post(address, data={"reason": "moved away"})
    assert "tick the box" in unread.text
    assert site.store.clips.get(site.clip.id).id == site.clip.id
    assert browser.post(address, data={"reason": "moved away", "understood": "y"}).status_code == 302
    assert browser.get(f"/clips/{site.clip.id}").status_code == 404
    assert "Playing" not in family_page(site)
    assert browser.get(address).status_code == 404


def test_what_a_withdrawal_says_stays_is_there_afterwards(site: Site) -> None:
    family_id = site.home.family.id
    record = site.store.sessions.begin(family_id, site.home.visit.id, "practitioner", held_on=date.today())
    said = {"name": "working_point", "text": "Waiting."}
    site.store.sessions.append(family_id, record.id, "practitioner", "words_set", said)
    consent = next(row for row in site.store.consents.for_family(family_id) if row.use == "session")
    browser, address = site.signed_in("practitioner"), f"/families/{family_id}/consents/{consent.id}/withdraw"
    page = browser.get(address).text
    assert "records of shared reviews" in page and "Once the next backup is made" in page
    browser.post(address, data={"understood": "y"})
    assert "Waiting." in browser.get(f"/families/{family_id}/sessions/{record.id}").text
    assert site.home.visit.id in {visit.id for visit in site.store.families.visits(family_id)}


def test_withdrawing_another_use_destroys_nothing(site: Site) -> None:
    consent = next(row for row in site.store.consents.for_family(site.home.family.id) if row.use == "research")
    address = f"/families/{site.home.family.id}/consents/{consent.id}/withdraw"
    page = site.signed_in("practitioner").get(address).text
    assert "No film is destroyed" in page and "every coding of them in studies is deleted" in page
    site.signed_in("practitioner").post(address, data={"understood": "y"})
    assert site.signed_in("practitioner").get(f"/clips/{site.clip.id}").status_code == 200
    assert site.signed_in("researcher").get(f"/clips/{site.clip.id}").status_code == 403


def test_a_consent_of_another_family_cannot_be_withdrawn_here(site: Site) -> None:
    other = site.store.families.create("Wren")
    consent = site.store.consents.for_family(site.home.family.id)[0]
    answer = site.signed_in("practitioner").post(
        f"/families/{other.id}/consents/{consent.id}/withdraw", data={"understood": "y"}
    )
    assert answer.status_code == 404


def test_destroying_a_film_takes_two_steps(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = f"/clips/{site.clip.id}/destroy"
    assert "What is destroyed" in browser.get(address).text
    assert "tick the box" in browser.post(address).text
    assert browser.post(address, data={"understood": "y"}).location == f"/families/{site.home.family.id}"
    assert browser.get(f"/clips/{site.clip.id}").status_code == 404


def test_a_film_seen_by_older_eyes_can_be_looked_at_again_and_one_seen_by_todays_is_not_offered(site: Site) -> None:
    browser = site.signed_in("practitioner")
    clip_id = site.clip.id
    for job in site.store.jobs.for_clip(clip_id):
        site.store.jobs.cancel(job.id, "practitioner")
    for older in (False, True):
        findings = analysis_of(scene(["partner"] * 20, ["partner"] * 20))
        version = findings.version | ({"models": {"head_pose": "another"}} if older else {})
        site.store.analyses.save(clip_id, replace(findings, version=version))
        page = browser.get(f"/clips/{clip_id}").text
        assert ("Look again with the new eyes" in page) is older
    before = site.store.events.state(clip_id)
    assert browser.post(f"/clips/{clip_id}/work", data={"kind": "analyse"}).status_code == 302
    assert "Look again with the new eyes" not in browser.get(f"/clips/{clip_id}").text
    assert site.store.events.state(clip_id) == before


@pytest.mark.parametrize(("code", "offered"), [("clip_no_frames", False), ("disk_full", True)])
def test_failed_work_is_offered_again_where_the_film_itself_was_not_refused(
    site: Site, code: str, offered: bool
) -> None:
    for job in site.store.jobs.for_clip(site.clip.id):
        lease = site.store.jobs.claim(job.id, "a worker", 60.0)
        assert lease is not None
        site.store.jobs.fail(lease, VfeedError(code, "It did not go well."))
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}").text
    assert "It did not go well." in page and ("Try again" in page) == offered


def test_research_sees_no_title_no_note_and_no_family(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "PARENTS WORDS"})
    browser = site.signed_in("researcher")
    texts = [
        browser.get(path).text for path in ("/clips", f"/clips/{site.clip.id}", f"/api/clips/{site.clip.id}/review")
    ]
    texts.append(browser.get(f"/api/clips/{site.clip.id}").text)
    for text in texts:
        for kept_back in ("SECRET NOTE", "PARENTS WORDS", "Robin", "Playing", "First visit", "The long wait"):
            assert kept_back not in text, kept_back


def test_films_for_research_stand_in_an_order_that_tells_of_no_family(site: Site) -> None:
    other = a_home(site.store, "Robin again")
    for person in (other.child, other.caregiver):
        site.store.consents.give(person.id, "research", None, TODAY, None, "", "ann")
    films = [
        a_clip(site.store, home, some_bytes(seed=100 + 10 * number + place), film_facts())
        for number in range(4)
        for place, home in enumerate((site.home, other))
    ]
    site.store.analyses.save(films[0].id, Findings({}, {}, {}, {}, [], b""))
    text = site.signed_in("researcher").get("/clips").text
    named = re.findall(r'<a href="/clips/([^"]+)">', text)
    assert named == sorted({site.clip.id, *(film.id for film in films)})
    done = [clip_id for clip_id in named if site.store.analyses.latest_id(clip_id)]
    assert text.count("<td>done</td>") == len(done) >= 1
    assert "/clips/" not in site.signed_in("practitioner").get("/clips").text, "nor does another role see them"


def test_the_story_tells_what_was_shown_and_said(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    text = family_page(site, "practitioner")
    assert "The long wait" in text and "He waited for me." in text


def test_a_reel_can_be_made_without_javascript(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = f"/clips/{site.clip.id}/reels/new"
    assert "Mark a moment" not in browser.get(address).text
    empty = browser.post(address, data={"title": "Turns"})
    assert empty.status_code == 422
    made = browser.post(address, data={"title": "Turns", "moments": ["m2", "m1"]})
    assert made.status_code == 302
    reel = site.store.events.state(site.clip.id).reels[-1]
    assert [piece.moment_id for piece in reel.moments] == ["m1", "m2"]
    assert [job.kind for job in site.store.jobs.for_clip(site.clip.id)][-1] == "reel"
    assert "being made" in browser.get(made.location).text


def test_a_reels_film_leaves_as_a_file_with_the_consent_and_a_reason_and_that_is_recorded(site: Site) -> None:
    site.put(f"reel:{site.reel_id}", b"film")
    browser, address = site.signed_in("practitioner"), f"/clips/{site.clip.id}/reels/{site.reel_id}/film"
    assert browser.post(address, data={"reason": "For the family"}).status_code == 403
    assert "Save the film as a file" not in browser.get(address.removesuffix("/film")).text
    agree(site.store, site.home, "take_home")
    assert browser.post(address, data={"reason": " "}).status_code in {400, 422}
    assert browser.get(address).location == address.removesuffix("/film")
    assert "Save the film as a file" in browser.get(address.removesuffix("/film")).text
    answer = browser.post(address, data={"reason": "For the family"}, buffered=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=The-long-wait.mp4"
    newest = site.store.audit.list(limit=1)[0]
    assert (
        newest.action == "reel.exported"
        and "For the family" in browser.get(f"/families/{site.home.family.id}/trail").text
    )


def test_why_a_film_left_is_sealed_in_the_trail_and_gone_with_the_film(site: Site) -> None:
    site.put(f"reel:{site.reel_id}", b"film")
    agree(site.store, site.home, "take_home")
    browser = site.signed_in("practitioner")
    browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/film", data={"reason": "REASONSECRET"}, buffered=True)
    trail, file = f"/audit?about={site.clip.id}", f"/audit/file?about={site.clip.id}"
    keeper = site.signed_in("administrator")
    assert "REASONSECRET" in keeper.get(trail).text and "REASONSECRET" in keeper.get(file).text
    assert "REASONSECRET" not in str([row.detail for row in site.store.audit.list()])
    site.store.clips.erase(site.clip.id, "pat")
    assert "took a film out" in keeper.get(trail).text
    assert "REASONSECRET" not in keeper.get(trail).text + keeper.get(file).text
    assert site.store.audit.verify() is None


def test_a_repeated_look_at_the_same_part_makes_one_line(site: Site) -> None:
    site.put("proxy", b"film" * 100)
    browser = site.signed_in("practitioner")
    for start in (0, 100, 200):
        browser.get(f"/media/{site.clip.id}/proxy", headers={"Range": f"bytes={start}-"}, buffered=True)
    assert site.actions().count("media.viewed") == 1
    site.signed_in("researcher").get(f"/media/{site.clip.id}/proxy", buffered=True)
    assert site.actions().count("media.viewed") == 2


def test_the_audit_trail_finds_a_family_by_name_and_puts_its_number_into_the_address(site: Site) -> None:
    browser = site.signed_in("administrator")
    answer = browser.post("/audit", data={"about": "Robin"})
    assert answer.location == f"/audit?about={site.home.family.id}"
    assert "Robin" in browser.get(answer.location).text


def test_a_worker_reads_the_trail_of_an_own_family_and_of_no_other(site: Site) -> None:
    site.signed_in("practitioner").get(f"/clips/{site.clip.id}")
    other = site.store.families.create("Heron", "somebody else")
    an_account(site.store, "colleague", "practitioner")
    with site.store.database.write() as session:
        for family in session.scalars(select(Family)):
            family.created_by = "practitioner" if family.id != other.id else "colleague"
    browser = site.signed_in("practitioner")
    text = browser.get(f"/families/{site.home.family.id}/trail").text
    assert "looked at a film" in text and "wrote down a consent" in text
    assert "Heron" not in text and "signed in" not in text
    assert browser.get(f"/families/{other.id}/trail").status_code == 403
    assert browser.get("/audit").status_code == 403
    assert f"/families/{site.home.family.id}/trail" in browser.get(f"/families/{site.home.family.id}").text


@pytest.mark.parametrize(
    ("name", "address", "why"),
    [
        ("supervisor", "/audit", "forbidden"),
        ("researcher", "/families", "forbidden"),
        ("administrator", "/clips/{clip}", "forbidden"),
        ("researcher", "/api/clips/{clip}", "consent_missing"),
        ("administrator", "/accounts/administrator/close", "forbidden"),
    ],
)
def test_every_refusal_is_written_down_once_an_hour(site: Site, name: str, address: str, why: str) -> None:
    if why == "consent_missing":
        end_consent(site, "research", "missing")
    browser = site.signed_in(name)
    for _again in range(3):
        where = address.format(clip=site.clip.id)
        (browser.post if "/close" in where else browser.get)(where)
    written = [row for row in site.store.audit.list() if row.action == "access.refused"]
    assert [(row.actor, row.detail["why"]) for row in written] == [(name, why)]


def test_the_audit_trail_reads_in_words_and_notices_tampering(site: Site) -> None:
    site.signed_in("practitioner").get(f"/clips/{site.clip.id}")
    text = site.signed_in("administrator").get("/audit").text
    assert "looked at a film" in text and "Every line fits" in text
    assert "Playing" not in text
    only = site.signed_in("administrator").get("/audit?about=Robin").text
    assert "wrote down a consent" in only and "looked at a film" not in only
    with site.store.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit SET actor = 'nobody' WHERE seq = 3")
    assert "Line 3 does not fit" in site.signed_in("administrator").get("/audit").text


@pytest.mark.parametrize("name", ["practitioner", "supervisor", "researcher", "administrator"])
def test_the_menu_offers_only_what_opens(site: Site, name: str) -> None:
    browser = site.signed_in(name)
    home = browser.get("/").location
    page = browser.get(home)
    assert page.status_code == 200
    menu = page.text.split("nav-list")[1].split("</ul>")[0]
    for link in [part.split('"')[0] for part in menu.split('href="')[1:]]:
        assert browser.get(link).status_code == 200, link


def test_a_refused_form_that_is_loaded_again_leads_to_the_page_it_stands_on(site: Site) -> None:
    here = f"/families/{site.home.family.id}"
    browser = site.signed_in("practitioner")
    assert browser.post(f"{here}/people", data={"kind": "child", "label": ""}).status_code == 422
    for address in (f"{here}/people", f"{here}/visits", f"{here}/consents"):
        answer = browser.get(address)
        assert (answer.status_code, answer.location) == (302, here), address
    assert browser.put(here).status_code == 405
    assert browser.get(f"/api/clips/{site.clip.id}/events").status_code == 405
