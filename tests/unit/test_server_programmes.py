"""Programme and sheets on the pages, without JavaScript."""

from __future__ import annotations

from app_site import Site
from filled_store import TODAY

from vfeed.server.codes.present import packs_to_begin_with


def follow(site: Site, pack: str) -> str:
    """The family's page after this programme was chosen."""
    address = f"/families/{site.home.family.id}"
    browser = site.signed_in("practitioner")
    assert browser.post(f"{address}/programme", data={"pack": pack}).status_code == 302
    return browser.get(address).text


def test_the_plan_stands_on_the_familys_page_and_a_session_is_ticked(site: Site) -> None:
    assert "Visit 7" in follow(site, "vipp_sd")
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}"
    sent = {"pack": "vipp_sd", "session": "visit_1", "round": "1", "title": "Visit 1", "held_on": TODAY.isoformat()}
    assert browser.post(f"{address}/programme/sessions", data={**sent, "held_on": ""}).status_code == 422
    assert browser.post(f"{address}/programme/sessions", data=sent).status_code == 302
    assert len(site.store.programmes.state(site.home.family.id).held) == 1
    browser.post(f"{address}/programme/undo")
    assert site.store.programmes.state(site.home.family.id).held == {}


def test_the_programmes_questions_come_first_at_a_pause(site: Site) -> None:
    follow(site, "vipp_sd")
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/new").text
    assert page.index("What is your child doing?") < page.index("What do you see here?")


def test_without_javascript_the_whole_sheet_is_kept(site: Site) -> None:
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}/sheets"
    sent = {"pack": "abc", "form": "comments", "visit": site.home.visit.id}
    sheet = browser.post(address, data=sent).location
    filled = {"delight.on_target": "4", "own_words": "Ask about waiting.", "seen_own_words": "0"}
    assert browser.post(sheet, data=filled).status_code == 302
    [(row, state)] = site.store.sheets.for_family(site.home.family.id)
    assert (state.counts, state.texts) == ({"delight.on_target": 4}, {"own_words": "Ask about waiting."})
    browser.post(sheet, data=filled)
    assert site.store.sheets.read(row.family_id, row.id).last_id == 3, "what did not change is no new step"
    assert browser.post(sheet, data={"own_words": "older", "seen_own_words": "0"}).status_code == 409
    compared = browser.get(f"{address}/of/abc/comments").text
    assert "Delight, on target" in compared and "Ask about waiting." in compared
    browser.post(f"{sheet}/aside", data={"aside": "yes"})
    assert browser.get(f"{address}/of/abc/comments").status_code == 404


def test_only_those_who_keep_sessions_see_programme_and_sheets(site: Site) -> None:
    follow(site, "vipp_sd")
    sheet = site.store.sheets.begin(site.home.family.id, "pat", "abc", "comments", visit_id=site.home.visit.id)
    supervisor = site.signed_in("supervisor")
    assert "Visit 7" not in supervisor.get(f"/families/{site.home.family.id}").text
    assert supervisor.get(f"/families/{site.home.family.id}/sheets/{sheet.id}").status_code == 403


def test_a_film_without_consent_is_not_shown_beside_the_sheets(site: Site) -> None:
    family_id = site.home.family.id
    site.store.sheets.begin(family_id, "pat", "infant_massage", "sheet", visit_id=site.home.visit.id)
    site.put("proxy", b"film")
    site.store.programmes.append(family_id, "pat", "films_paired", {"before": site.clip.id})
    address = f"/families/{family_id}/sheets/of/infant_massage/sheet"
    browser = site.signed_in("practitioner")
    assert "/proxy" in browser.get(address).text
    site.store.families.add_participant(family_id, "adult", "Grandad")
    assert "/proxy" not in browser.get(address).text


def test_what_vfeed_has_of_the_plan_is_offered_and_ticked_step_by_step(site: Site) -> None:
    page = follow(site, "vig")
    assert "vfeed has this of the plan already" in page
    browser, address = site.signed_in("practitioner"), f"/families/{site.home.family.id}"
    assert browser.post(f"{address}/programme/found").status_code == 302
    held = site.store.programmes.state(site.home.family.id).held
    assert {place.session for place in held} == {"agree", "film", "choose"}
    assert "vfeed has this of the plan already" not in browser.get(address).text
    browser.post(f"{address}/programme/undo")
    assert len(site.store.programmes.state(site.home.family.id).held) == 2
    assert site.signed_in("supervisor").post(f"{address}/programme/found").status_code == 403


def test_without_a_programme_there_is_nothing_to_tick(site: Site) -> None:
    answer = site.signed_in("practitioner").post(f"/families/{site.home.family.id}/programme/found")
    assert answer.status_code == 422


def test_the_programmes_codes_are_those_that_a_film_begins_with(site: Site) -> None:
    def usual() -> list[str]:
        with site.app.test_request_context():
            return packs_to_begin_with(site.store.programmes.pack(site.home.family.id))

    assert usual() == []
    follow(site, "vig")
    assert usual() == ["plain", "vig"]
    follow(site, "kips")
    assert usual() == [], "it has no codes"
