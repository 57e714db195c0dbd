"""Reading vfeed in another language: the catalogues are whole, and the pages speak them."""

from __future__ import annotations

import html
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from app_site import PASSWORD, Site, end_consent
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from flask_babel import force_locale
from stored_analysis import analysis_of, three
from werkzeug.test import TestResponse

import hatch_build
from vfeed.errors import KINDS, VfeedError, apart
from vfeed.perception.metrics import Heard
from vfeed.practice.roles import may
from vfeed.research.codability import Answer, FilmFacts, judge, with_person
from vfeed.server.records.present import Shown, parents_copy
from vfeed.server.web.i18n import catalogue_file, gettext, looked_up, offered, translated
from vfeed.server.web.job_view import as_json
from vfeed.store.tables import Job

ROOT = Path(hatch_build.__file__).parent
PLACE = re.compile(r"%\(\w+\)s")
EVERY = hatch_build.catalogue_files(ROOT)


def test_the_catalogues_hold_the_words_of_today() -> None:
    words = {message.id for message in hatch_build.read_words(ROOT) if message.id}
    for path in (ROOT / hatch_build.TRANSLATIONS / "messages.pot", *EVERY):
        held = {message.id for message in read_po(io.BytesIO(path.read_bytes())) if message.id}
        assert not words - held, f"{path.name} lacks words; run “make messages”"
        assert not held - words, f"{path.name} has words that are gone; run “make messages”"


@pytest.mark.parametrize("path", EVERY, ids=lambda path: str(path.parts[-3]))
def test_every_word_is_translated_with_the_same_places_to_fill_in(path: Path) -> None:
    catalogue = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
    for message in catalogue:
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
        assert forms and all(forms), f"no {catalogue.locale} for {ids[0]!r}"
        for form in forms:
            # A form for one may leave the number out.
            assert set(PLACE.findall(str(form))) <= set(PLACE.findall(ids[-1])), form
        assert set(PLACE.findall(str(forms[-1]))) == set(PLACE.findall(ids[-1])), ids


def test_the_islands_words_are_in_the_page_with_a_form_for_each_number_of_the_language() -> None:
    assert "cy" in offered()
    held = json.loads(catalogue_file("cy").read_text(encoding="utf-8"))
    assert held["language"] == "cy"
    assert len(held["words"]) > 500
    assert set(held["words"]["%(num)s minute"]) == {"zero", "one", "two", "few", "many", "other"}
    assert held["words"]["%(num)s minute"]["two"] == "%(num)s funud"


def choose(browser: FlaskClient, language: str, back: str = "/") -> TestResponse:
    return browser.post("/language", data={"language": language, "back": back})


def test_an_account_reads_in_the_language_it_chose_in_every_browser(site: Site) -> None:
    browser = site.signed_in("practitioner")
    page = browser.get("/help").get_data(as_text=True)
    assert '<html lang="en-GB"' in page and 'lang="cy">Cymraeg</button>' in page and 'id="catalogue"' not in page
    assert choose(browser, "cy", "/help").headers["Location"] == "/help"
    for one in (browser, site.signed_in("practitioner")):
        page = one.get("/help").get_data(as_text=True)
        assert '<html lang="cy"' in page and "Taith ffilm" in page
        assert '"language": "cy"' in page.split('id="catalogue">')[1]
    assert '<html lang="en-GB"' in site.signed_in("supervisor").get("/help").get_data(as_text=True)
    choose(browser, "en_GB")
    assert '<html lang="en-GB"' in browser.get("/help").get_data(as_text=True)


def test_before_signing_in_the_session_remembers_it(site: Site) -> None:
    browser = site.browser()
    assert "Sign in" in browser.get("/sign-in").get_data(as_text=True)
    choose(browser, "cy", "/sign-in")
    assert "Mewngofnodi" in browser.get("/sign-in").get_data(as_text=True)
    assert "Sign in" in site.browser().get("/sign-in").get_data(as_text=True)


def way_back(page: str) -> str:
    """Where the choice of a language on this page leads back to; empty where none is offered."""
    [*found] = re.findall(r'name="back" value="([^"]*)"', page)
    return html.unescape(found[0]) if found else ""


@pytest.mark.parametrize(
    ("address", "form", "back"),
    [
        ("/sign-in?next=/families?sort%3Dname", {"name": "practitioner", "password": "wrong"}, "the same"),
        ("/sign-in?next=/families?sort%3Dname", {}, "the same"),
        ("/families/new?x=1", {}, "the same"),
        ("/families/some-family/visits", {}, "/families/some-family"),
        ("/sign-out", {}, "/?"),
    ],
)
def test_a_language_chosen_after_something_was_sent_leads_back_to_its_page(
    site: Site, address: str, form: dict[str, str], back: str
) -> None:
    led_back = way_back(site.browser().post(address, data=form).text)
    assert led_back.rstrip("?") == (address if back == "the same" else back).rstrip("?")


def test_after_a_refused_sign_in_and_another_language_the_page_on_the_way_opens(site: Site) -> None:
    browser, wanted = site.browser(), "/families?sort=name"
    asked = browser.get(wanted).location
    back = way_back(browser.post(asked, data={"name": "practitioner", "password": "wrong"}).text)
    again = choose(browser, "cy", back).location
    assert "Mewngofnodi" in browser.get(again).text
    assert browser.post(again, data={"name": "practitioner", "password": PASSWORD}).location == wanted


def test_where_typed_words_or_a_password_shown_once_would_be_lost_no_language_is_offered(site: Site) -> None:
    browser = site.signed_in("administrator")
    assert way_back(browser.get("/accounts/new").text) == "/accounts/new?"
    refused = browser.post("/accounts/new", data={"name": "Not A Name"}).text
    shown_once = browser.post("/accounts/new", data={"name": "new.one", "roles": ["practitioner"]}).text
    assert "Not A Name" in refused and "new.one" in shown_once
    assert way_back(refused) == way_back(shown_once) == ""


def test_a_language_that_is_not_there_and_an_address_elsewhere_are_refused(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert choose(browser, "xx").status_code == 422
    assert '<html lang="en-GB"' in browser.get("/help").get_data(as_text=True)
    assert choose(browser, "cy", "https://elsewhere.example/").headers["Location"] == "/"


def test_what_goes_to_a_family_or_another_service_stays_english(site: Site) -> None:
    browser = site.signed_in("practitioner")
    choose(browser, "cy")
    shown = Shown(date(2026, 11, 20), "What does she like?", (), "Wait a little", date(2026, 12, 4))
    with site.app.test_request_context("/"), force_locale("cy"):
        assert parents_copy(shown).title == "Looking at our film together"
        assert parents_copy(shown).language.startswith("en")
        assert gettext("Stop") == "Stopio"


def test_a_refusal_with_names_in_it_is_read_in_welsh(site: Site) -> None:
    end_consent(site, "session", "missing")
    browser = site.signed_in("practitioner")
    address = f"/api/clips/{site.clip.id}/review"
    english = browser.get(address).get_json()["error"]
    choose(browser, "cy")
    welsh = browser.get(address).get_json()["error"]
    name = site.store.families.participants(site.home.family.id)[0].label
    assert english["message"] == f"There is no consent to watching the films together for {name}."
    assert welsh["message"] == f"Nid oes cydsyniad ar gyfer {name} (gwylio’r ffilmiau gyda’i gilydd)."
    assert "Bydd y ffilm yn agor ohoni’i hun." in welsh["hint"]


def test_values_that_are_words_are_translated_and_others_stand_as_they_are(site: Site) -> None:
    error = VfeedError("forbidden", may(["supervisor"], "clip.erase").reason, hint="Kept as it is: %(most)s.", most=3)
    assert str(error) == error.message == "Only a practitioner may erase films."
    with site.app.test_request_context("/"), force_locale("cy"):
        assert translated(error).message == "Dim ond ymarferydd a gaiff wneud hyn: dileu ffilmiau."
        assert error.hint == "Kept as it is: 3."
        assert translated(error).message.startswith("Dim ond"), "what is translated stays so"


def test_work_says_how_far_it_is_and_why_it_failed_in_the_reader_s_language(site: Site) -> None:
    job = site.store.jobs.add("analyse", site.clip.id, {}, "practitioner")
    with site.app.test_request_context("/"), force_locale("cy"):
        assert as_json(site.store.jobs.get(job.id))["stage"] == "Yn aros ei dro"
    lease = site.store.jobs.claim(job.id, "a worker", 60.0)
    assert lease is not None
    site.store.jobs.fail(
        lease, VfeedError("disk_full", "The disk is full.", hint="Make room on the disk and start the work again.")
    )
    with site.app.test_request_context("/"), force_locale("cy"):
        told = as_json(site.store.jobs.get(job.id))["error"]
    assert told["message"] == "Mae’r ddisg yn llawn." and told["hint"].startswith("Gwnewch le ar y ddisg")


def test_why_a_moment_is_offered_and_what_a_film_allows_are_said_in_welsh(site: Site) -> None:
    kept = analysis_of(three(0, 1, 2))
    candidates = [{**each, "reason_told": apart(each["reason"])} for each in kept.candidates]
    filming = {**kept.filming, "words_told": [apart(said) for said in kept.filming["words"]]}
    site.store.analyses.save(site.clip.id, replace(kept, candidates=candidates, filming=filming))
    browser = site.signed_in("practitioner")
    choose(browser, "cy")
    for _said in range(2):
        review = browser.get(f"/api/clips/{site.clip.id}/review").get_json()
        assert review["candidates"][0]["reason"].startswith("Y ddau wyneb wedi troi at ei gilydd am 1.")
        page = browser.get(f"/clips/{site.clip.id}").text
        assert "Gellir darllen wyneb y rhiant am 100 % o’r amser." in page and "face can be read" not in page
        # The same of what is reckoned anew from the kept measurements.
        step = {"type": "roles_swapped", "payload": {}}
        assert browser.post(f"/api/clips/{site.clip.id}/events", json=step).status_code == 200


def failed(site: Site, error: VfeedError) -> Job:
    job = site.store.jobs.add("analyse", site.clip.id, {}, "practitioner")
    lease = site.store.jobs.claim(job.id, "a worker", 60.0)
    assert lease is not None
    site.store.jobs.fail(lease, error)
    return site.store.jobs.get(job.id)


def test_why_work_failed_is_said_in_welsh_with_the_names_in_it(site: Site) -> None:
    end_consent(site, "session", "missing")
    refused = VfeedError("consent_missing", site.store.consents.decide(site.clip.id, "session").reason)
    name = site.store.families.participants(site.home.family.id)[0].label
    with site.app.test_request_context("/"), force_locale("cy"):
        told = as_json(failed(site, refused))["error"]
    assert told["message"] == f"Nid oes cydsyniad ar gyfer {name} (gwylio’r ffilmiau gyda’i gilydd)."


def test_what_an_earlier_version_kept_of_failed_work_is_said_as_far_as_it_can_be(site: Site) -> None:
    job = failed(site, VfeedError("disk_full", "The disk is full."))
    job._error_told, job.error_hint = None, "It had 3 bytes left."
    with site.app.test_request_context("/"), force_locale("cy"):
        told = as_json(job)["error"]
    assert told["message"] == "Mae’r ddisg yn llawn." and told["hint"] == "It had 3 bytes left."
    job._error_told, job.error_code = {"code": "of_old", "message": "Gone", "hint": ""}, "of_old"
    with site.app.test_request_context("/"):
        told = as_json(job)["error"]
    said = {"code": "of_old", "message": "The disk is full.", "hint": "It had 3 bytes left."}
    assert told == {**said, "permanent": False}


def test_every_refusal_has_a_heading_in_welsh(site: Site) -> None:
    assert site.signed_in("practitioner").post("/language", data={"language": "cy"}).status_code == 302
    page = site.signed_in("practitioner").get("/families/nobody").text
    assert "<h1>Nid yw yma</h1>" in page and KINDS["not_found"].title not in page
    with site.app.test_request_context(), force_locale("cy"):
        assert [kind.title for kind in KINDS.values() if looked_up(kind.title) == kind.title] == []


def test_why_a_film_cannot_be_coded_is_said_in_welsh(site: Site) -> None:
    facts = FilmFacts(20_000_000, Heard.NONE, people=1)
    found = with_person(judge(facts), form="toddler", age_months=9, answers={"pair": Answer.NO})
    every = judge(replace(facts, length_us=200_000_000, people=2, face_px=20.0, unclear=True))
    with site.app.test_request_context(), force_locale("cy"):
        for words in (*found.reasons, *found.advice, *found.to_look_at, *every.reasons, *every.advice):
            assert looked_up(words) != words, words
        assert "Mae’n fyrrach na thair munud (0:20)." in map(looked_up, found.reasons)


def test_how_to_film_is_read_in_the_readers_language_and_says_that_nobody_checked_it(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert "drafted these words" not in browser.get("/help/filming").text
    choose(browser, "cy")
    page = browser.get("/help/filming").text
    assert '<html lang="cy"' in page and "Rhowch y ffôn i lawr" in page
    assert "Peiriant a ddrafftiodd y geiriau hyn" in page


@pytest.mark.parametrize(
    ("type_", "payload", "words"),
    [
        ("still_taken", {"still_id": "s", "at_us": 0, "caption": "x" * 301}, "mae lle i 300 nod ar y mwyaf"),
        ("gaze_flags_set", {"meaningful": False, "reason": ""}, "dywedwch pam nad yw’r edrych yn golygu llawer yma"),
        ("play_bounded", {"start_us": 9, "end_us": 1}, "mae’r chwarae’n dechrau cyn iddo orffen"),
        ("still_taken", {"time_us": 0}, "mae ar goll"),
    ],
)
def test_what_a_field_lacks_is_said_in_the_readers_language(
    site: Site, type_: str, payload: dict[str, object], words: str
) -> None:
    browser = site.signed_in("practitioner")
    choose(browser, "cy")
    address = f"/api/clips/{site.clip.id}/events"
    answer = browser.post(address, json={"type": type_, "payload": payload})
    assert answer.status_code == 422 and words in answer.get_json()["error"]["message"]


def test_languages_are_called_as_the_reader_calls_them(site: Site) -> None:
    worker = site.signed_in("practitioner")
    family = f"/families/{site.home.family.id}"
    for language, names in (("en_GB", ("English", "Polish", "Welsh")), ("cy", ("Saesneg", "Pwyleg", "Cymraeg"))):
        worker.post("/language", data={"language": language, "back": "/"})
        offered = re.findall(r'<option value="\w\w"[^>]*>([^<]+)</option>', worker.get(family).text)
        assert set(names) <= set(offered), offered
        assert f">{names[1]} · <span" in worker.get("/languages").text


def test_a_number_of_moments_is_no_number_of_seconds_in_welsh() -> None:
    catalogue = read_po(io.BytesIO(EVERY[0].read_bytes()))
    counted = [each for each in catalogue if isinstance(each.id, tuple) and "%(num)s moment" in each.id[1]]
    assert len(counted) > 3
    assert [each.id for each in counted if any("%(num)s eiliad" in words for words in each.string)] == []
