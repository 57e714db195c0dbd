"""Everything that a parent's browser can get, walked: no flag, number, code, note or name; and consent that ends it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from app_site import Site, end_consent
from caregiver_browser import handed_over, props_in, view_of
from filled_store import TODAY
from voice_recording import a_voice
from werkzeug.test import TestResponse

from vfeed.practice.caregiver_catalogues import catalogues
from vfeed.server.web.permissions import Caller, decide

SOUND = a_voice()
PARENT = Caller(roles=frozenset({"practitioner"}), signed_in=True, locked=True)
# Note, family's code name, film's title, people, visit, account, kinds and words of the analysis, codes, packs.
KEPT_BACK = re.compile(
    r"SECRET|Robin|Playing|Baby|Mother|Grandad|First visit|practitioner|candidate|gaze_|looking away|"
    r"joint_attention|confidence|evidence|analys|attentive|turn_taking|vig\.|strength|"
    r"note_|not_found|consent_missing|[0-9] ?%|\bcode\b",
    re.IGNORECASE,
)
# What a browser needs and nobody reads: built files, ids in addresses, the words' keys, the token.
UNREAD = re.compile(
    r"<(?:link|script|meta)[^>]*>|/(?:parent|media|api)/[\w/.-]*|csrf_token|autocomplete=\"[a-z-]*\"|"
    r"value=\"[\w.-]{40,}\""
)


def every_answer(site: Site) -> Iterator[tuple[str, TestResponse]]:
    """Each page and address that is open to the parent's browser, and those that refuse it."""
    browser = handed_over(site)
    voice = browser.post(f"/api{view_of(site)}/voices/m1", data=SOUND, content_type="audio/webm").get_json()
    values: dict[str, Any] = {
        "clip_id": site.clip.id,
        "reel_id": site.reel_id,
        "moment_id": "m1",
        "voice_id": voice["voiceId"],
        "mark_id": "t1",
        # A group's films are on show in a room of their own, and in this one for nobody.
        "group_id": "g1",
        "meeting_id": "g2",
        "group_film_id": "g3",
    }
    talk = {"mark_id": "t1", "moment_id": "m1", "at_us": 1}
    bodies: dict[str, Any] = {
        "parent.words_api": {"moment_id": "m1", "text": "He looked."},
        "parent_api.mark": talk,
        "parent_api.next_step": {"text": "Wait a little longer."},
    }
    for rule in sorted(site.app.url_map.iter_rules(), key=lambda rule: rule.endpoint):
        if (
            rule.endpoint in {"static", "accounts.sign_out", "home.health", "home.ready"}
            or not decide(rule.endpoint, PARENT).allowed
        ):
            continue
        address = site.app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}
        )
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield (
                f"{method} {address}",
                browser.open(address, method=method, json=bodies.get(rule.endpoint), buffered=True),
            )
    for address in (f"/parent/{site.clip.id}/other", "/parent/x/y", f"/api/clips/{site.clip.id}/review", "/api/none"):
        yield f"GET {address}", browser.get(address, buffered=True)


def readable(answer: TestResponse) -> str:
    """What a person could read of an answer, the error code of a script's answer apart."""
    if answer.mimetype not in {"text/html", "application/json"}:
        return ""
    text = html.unescape(answer.text)
    text = re.sub(r'"(?:code|momentId|moment_id|markId|mark_id|voiceId)": ?"[^"]*"', "", text)
    return UNREAD.sub("", text)


def test_nothing_that_the_parents_browser_gets_tells_what_is_not_the_parents(site: Site) -> None:
    site.store.families.add_participant(site.home.family.id, "adult", "Grandad")
    for person in site.store.families.participants(site.home.family.id):
        for use in ("session", "voice"):
            site.store.consents.give(person.id, use, None, TODAY, None, "", "ann")
    reel = site.store.events.state(site.clip.id).reel(site.reel_id)
    assert reel is not None
    first, *others = [piece.model_dump() for piece in reel.moments]
    first["pauses"] = [{"time_us": first["start_us"], "still": True, "comment": "SECRET, to say there"}]
    changed = {"reel_id": site.reel_id, "title": reel.title, "moments": [first, *others]}
    site.store.events.append(site.clip.id, "ann", "reel_saved", changed)
    # What parent and worker agreed to find out is the parent's own, whatever words it has.
    agreed = site.store.families.visit(site.clip.visit_id or "").helping_question
    seen = {where: readable(answer).replace(agreed, "") for where, answer in every_answer(site)}
    assert len(seen) > 10
    assert {where: KEPT_BACK.findall(text) for where, text in seen.items() if KEPT_BACK.search(text)} == {}


def test_the_walk_would_notice_a_note(site: Site) -> None:
    assert KEPT_BACK.search(readable(site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}")))


def test_the_film_of_moments_says_nothing_of_itself_but_what_a_player_needs(site: Site) -> None:
    with handed_over(site).get(f"/media/{site.clip.id}/reel/{site.reel_id}") as answer:
        said = " ".join(f"{name}: {value}" for name, value in answer.headers.items())
        assert "Content-Disposition" not in said and not re.search("Robin|Playing|SECRET|wait", said)


@pytest.mark.parametrize("how", ["missing", "run out"])
def test_without_consent_nothing_is_handed_over(site: Site, how: str) -> None:
    site.put(f"reel:{site.reel_id}", b"film")
    end_consent(site, "session", how)
    browser = site.signed_in("practitioner")
    assert browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent").status_code == 403
    assert site.store.events.state(site.clip.id).reviewing is None
    assert browser.get("/families").status_code == 200, "and the browser is not locked"


@pytest.mark.parametrize("how", ["missing", "run out"])
def test_a_consent_that_ends_meanwhile_closes_the_room_and_names_nobody(site: Site, how: str) -> None:
    browser = handed_over(site)
    end_consent(site, "session", how)
    say = catalogues()["en"].words
    for path in (view_of(site), f"/media/{site.clip.id}/reel/{site.reel_id}"):
        answer = browser.get(path)
        assert answer.status_code == 403, path
        assert say["trouble"] in answer.text and say["trouble_tell"] in answer.text
        assert not re.search("Mother|Baby|consent to", answer.text)
    for path in ("words", "talk", "voices/m1"):
        body = {"moment_id": "m1", "text": "x", "mark_id": "t1", "at_us": 0}
        assert browser.post(f"/api{view_of(site)}/{path}", json=body).status_code == 403, path
    assert browser.get(f"{view_of(site)}/stop").status_code == 200, "and Stop leads out all the same"


def test_what_the_island_gets_names_no_key_that_is_not_known_here(site: Site) -> None:
    props = props_in(handed_over(site).get(view_of(site)).text)
    known = {"title", "languages", "moments", "stopUrl"}
    known |= {"wanted", "nextStep", "nextUrl", "finishUrl"}
    parts = {"momentId", "startUs", "endUs", "stillUrl", "words", "pauses", "slowAgain", "talk", "voices", "noticed"}
    parts |= {"filmUrl", "wordsUrl", "voiceUrl", "talkUrl"}
    assert set(props) == known
    assert all(set(moment) == parts for moment in props["moments"])
