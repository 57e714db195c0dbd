"""The page of a shared review, with and without JavaScript."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

from app_site import Site
from filled_store import TODAY


def begun(site: Site, *, with_reel: bool = True) -> str:
    """The address of a session begun from the reel's page."""
    data = {"visit_id": site.home.visit.id, **({"reel": f"{site.clip.id} {site.reel_id}"} if with_reel else {})}
    answer = site.signed_in("practitioner").post(f"/families/{site.home.family.id}/sessions", data=data)
    assert answer.status_code == 302
    return str(answer.location)


def session_id(address: str) -> str:
    return address.rsplit("/", 1)[1]


def props_in(page: str) -> dict[str, Any]:
    found = re.search(r'data-island="session" data-props="([^"]+)"', page)
    assert found is not None
    props: dict[str, Any] = json.loads(html.unescape(found[1]))
    return props


def test_the_page_opens_with_what_was_shown_and_agreed(site: Site) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    page = site.signed_in("practitioner").get(begun(site)).text
    props = props_in(page)
    assert props["journal"]["state"]["helping_question"] == "What helps Baby settle?"
    assert props["journal"]["state"]["held_on"] == TODAY.isoformat()
    assert props["journal"]["state"]["reels"] == [{"clip_id": site.clip.id, "reel_id": site.reel_id}]
    assert "He waited for me." in page and "SECRET NOTE" not in page


def test_the_reels_page_leads_to_its_record_once_there_is_one(site: Site) -> None:
    browser = site.signed_in("practitioner")
    reel_page = f"/clips/{site.clip.id}/reels/{site.reel_id}"
    assert "Write up the shared review" in browser.get(reel_page).text
    address = begun(site)
    text = browser.get(reel_page).text
    assert address in text and "Write up the shared review" not in text


def test_without_javascript_the_whole_page_is_kept(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begun(site, with_reel=False)
    next_on = TODAY + timedelta(days=7)
    sent = {
        "held_on": TODAY.isoformat(),
        "next_on": next_on.isoformat(),
        "reels": [f"{site.clip.id} {site.reel_id}"],
        "helping_question": "What helps Baby settle?",
        "working_point": "I wait until he looks.",
        "went_well": "I kept quiet.",
    }
    assert browser.post(address, data=sent).status_code == 302
    state = site.store.sessions.state(session_id(address))
    assert state.words["working_point"] == "I wait until he looks."
    assert state.words["went_well"] == "I kept quiet."
    assert state.next_on == next_on
    assert [reel.reel_id for reel in state.reels] == [site.reel_id]
    kept = site.store.sessions.read(session_id(address)).last_id
    browser.post(address, data=sent)
    assert site.store.sessions.read(session_id(address)).last_id == kept, "what did not change is no new step"
    assert browser.post(address, data={**sent, "held_on": ""}).status_code == 422


def test_a_stale_page_without_javascript_overwrites_nothing(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begun(site)
    api = f"/api{address}/events"
    browser.post(api, json={"type": "words_set", "payload": {"name": "working_point", "text": "newer"}, "expect": 0})
    sent = {"held_on": TODAY.isoformat(), "working_point": "older", "seen_working_point": "0"}
    assert browser.post(address, data=sent).status_code == 409
    assert site.store.sessions.state(session_id(address)).words["working_point"] == "newer"


def test_the_island_keeps_takes_back_and_does_again(site: Site) -> None:
    browser = site.signed_in("practitioner")
    api = f"/api{begun(site)}"
    step = {"type": "words_set", "payload": {"name": "working_point", "text": "I wait."}, "expect": 0}
    answer = browser.post(f"{api}/events", json=step).get_json()
    assert answer["changed"] == {"working_point": "I wait.", "touched": {"working_point": 2}}
    assert (answer["event_id"], answer["redo"]) == (2, None)
    assert browser.post(f"{api}/events", json=step).get_json()["error"]["code"] == "conflict"
    assert browser.post(f"{api}/undo", json={}).get_json()["changed"]["working_point"] == ""
    assert browser.post(f"{api}/redo", json={}).get_json()["changed"]["working_point"] == "I wait."
    whole = browser.get(api).get_json()
    assert (whole["undo"]["label"], whole["last_event_id"]) == ("wrote the working point", 4)
    assert whole["state"]["working_point"] == "I wait."


def test_the_family_page_lists_sessions_without_the_workers_log(site: Site) -> None:
    browser = site.signed_in("practitioner")
    address = begun(site)
    for name, text in (("working_point", "I wait."), ("went_well", "OWN LOG")):
        browser.post(f"/api{address}/events", json={"type": "words_set", "payload": {"name": name, "text": text}})
    page = browser.get(f"/families/{site.home.family.id}").text
    assert "I wait." in page and "OWN LOG" not in page


def test_supervisors_and_researchers_do_not_open_the_record(site: Site) -> None:
    address = begun(site)
    for name in ("supervisor", "researcher", "administrator"):
        browser = site.signed_in(name)
        assert browser.get(address).status_code == 403
        assert browser.get(f"/api{address}").status_code == 403


def test_a_film_without_consent_shows_nothing_in_the_record_and_stays_named(site: Site) -> None:
    address = begun(site)
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    browser = site.signed_in("practitioner")
    page = browser.get(address).text
    assert "/still/" not in page and "The long wait" not in page
    browser.post(address, data={"held_on": TODAY.isoformat(), "working_point": "Still kept"})
    state = site.store.sessions.state(session_id(address))
    assert state.words["working_point"] == "Still kept"
    assert [reel.reel_id for reel in state.reels] == [site.reel_id]
