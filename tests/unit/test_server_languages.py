"""The parent's room in other languages: drafts are marked for the worker, checked by a person, and never lack a key."""

from __future__ import annotations

import re

import pytest
from app_site import Site
from caregiver_browser import props_in, view_of
from flask.testing import FlaskClient

from vfeed.practice.caregiver_catalogues import Catalogue, catalogues, english

OTHERS = [each for each in catalogues().values() if each.language != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)s|\{\w*\}|%[sd]")
# What the English words test forbids, in each language: marks, risks, feelings read off a face, diagnoses.
FORBIDDEN = {
    "cy": r"sg[oô]r|emosi|risg|diagnos|ymlyniad|esgeulus",
    "pl": r"ocen|wynik|emocj|ryzyk|diagno|przywiązani|zaniedb",
    "ur": r"نمبر|درجہ|جذبات|خطرہ|تشخیص|غفلت",
    "ar": r"درجة|تقييم|عواطف|انفعال|خطر|تشخيص|إهمال",
}


def shown_in(site: Site, language: str, **more: str) -> FlaskClient:
    site.put(f"reel:{site.reel_id}", b"film")
    browser = site.signed_in("practitioner")
    form = {"language": language, **more}
    assert browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent", data=form).status_code == 302
    return browser


def test_welsh_polish_urdu_and_arabic_are_there() -> None:
    assert {each.language for each in OTHERS} == {"cy", "pl", "ur", "ar"}


@pytest.mark.parametrize("catalogue", OTHERS, ids=lambda each: each.language)
def test_every_catalogue_has_every_key_in_words_of_its_own_and_keeps_what_is_filled_in(catalogue: Catalogue) -> None:
    for ours, theirs in ((english().words, catalogue.words), (english().questions, catalogue.questions)):
        assert list(theirs) == list(ours)
        for key, text in ours.items():
            assert PLACEHOLDER.findall(theirs[key]) == PLACEHOLDER.findall(text), key
            assert theirs[key] != text or text == "Stop", key
    arabic = re.search("[\u0600-\u06ff]", "".join(catalogue.words.values())) is not None
    assert arabic == (catalogue.direction == "rtl")


@pytest.mark.parametrize("catalogue", OTHERS, ids=lambda each: each.language)
def test_no_catalogue_holds_a_forbidden_word(catalogue: Catalogue) -> None:
    texts = [*catalogue.words.values(), *catalogue.questions.values(), *catalogue.strengths.values()]
    assert re.findall(FORBIDDEN[catalogue.language], " ".join(texts), re.IGNORECASE) == []


@pytest.mark.parametrize("catalogue", OTHERS, ids=lambda each: each.language)
def test_every_sentence_of_the_plain_code_set_is_there(site: Site, catalogue: Catalogue) -> None:
    plain = next(pack for pack in site.store.packs.known().packs if pack.id == "plain")
    assert set(catalogue.strengths) == {code.id for code in plain.codes() if code.parent_words}


@pytest.mark.parametrize("catalogue", OTHERS, ids=lambda each: each.language)
def test_the_parents_pages_are_in_the_language_that_was_chosen(site: Site, catalogue: Catalogue) -> None:
    browser = shown_in(site, catalogue.language)
    for path, key in ((view_of(site), "say"), (f"{view_of(site)}/stop", "stopped"), ("/parent/x/y", "trouble")):
        page = browser.get(path).text
        assert f'<html lang="{catalogue.language}"' in page
        assert ('dir="rtl"' in page.split(">")[1]) == (catalogue.direction == "rtl")
        assert catalogue.words[key].replace("'", "&#39;") in page
    props = props_in(browser.get(view_of(site)).text)
    assert [each["lang"] for each in props["languages"]] == [catalogue.language]
    assert props["moments"][0]["noticed"] == [
        {"text": catalogue.strengths["attentive"], "lang": catalogue.language, "dir": catalogue.direction}
    ]


def test_for_an_interpreter_english_stands_beside_it(site: Site) -> None:
    props = props_in(shown_in(site, "ur", beside="yes").get(view_of(site)).text)
    assert [each["lang"] for each in props["languages"]] == ["ur", "en"]
    assert [line["lang"] for line in props["moments"][0]["noticed"]] == ["ur", "en"]
    props = props_in(shown_in(site, "en", beside="yes").get(view_of(site)).text)
    assert [each["lang"] for each in props["languages"]] == ["en"]


def test_a_question_on_offer_is_asked_in_the_parents_language_and_an_own_one_as_it_was_written(site: Site) -> None:
    pauses = [
        {"time_us": 3_000_000, "question": english().questions["child"]},
        {"time_us": 4_000_000, "question": "Did you hear that?"},
    ]
    piece = {"moment_id": "m1", "start_us": 2_000_000, "end_us": 5_000_000, "pauses": pauses}
    reel = {"reel_id": site.reel_id, "title": "The long wait", "moments": [piece]}
    site.store.events.append(site.clip.id, "pat", "reel_saved", reel)
    first, second = props_in(shown_in(site, "pl").get(view_of(site)).text)["moments"][0]["pauses"]
    assert [line["text"] for line in first["question"]] == [catalogues()["pl"].questions["child"]]
    assert second["question"] == [{"text": "Did you hear that?", "lang": "", "dir": "auto"}]
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    assert "Your question “Did you hear that?” is shown as you wrote it" in page


def test_a_sentence_that_is_not_translated_is_shown_in_english_and_the_worker_is_told(site: Site) -> None:
    span = {"start_us": 2_000_000, "end_us": 5_000_000}
    vig = {"moment_id": "v1", **span, "code_ref": "vig.guiding"}
    site.store.events.append(site.clip.id, "pat", "moment_tagged", vig)
    reel = {"reel_id": site.reel_id, "title": "A step", "moments": [{"moment_id": "v1", **span}]}
    site.store.events.append(site.clip.id, "pat", "reel_saved", reel)
    words = "You helped with the next small step."
    for beside in ({}, {"beside": "yes"}):
        noticed = props_in(shown_in(site, "ar", **beside).get(view_of(site)).text)["moments"][0]["noticed"]
        assert noticed == [{"text": words, "lang": "en", "dir": "ltr"}]
    page = site.signed_in("practitioner").get(f"/clips/{site.clip.id}/reels/{site.reel_id}").text
    assert f"“{words}” is shown in English in these languages: Arabic, Polish, Urdu, Welsh." in page


def test_a_draft_is_marked_for_the_worker_until_a_person_has_checked_exactly_these_texts(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.put(f"reel:{site.reel_id}", b"film")
    worker, welsh = site.signed_in("practitioner"), catalogues()["cy"]
    reel, draft = f"/clips/{site.clip.id}/reels/{site.reel_id}", "Welsh · Cymraeg (drafted by a machine, not checked)"
    assert draft in worker.get(reel).text
    assert worker.post("/languages/cy/check").location == "/languages#cy"
    check = site.store.languages.checked(welsh)
    assert check is not None and check.actor == "practitioner"
    assert draft not in worker.get(reel).text
    assert "Checked by practitioner" in worker.get("/languages").text
    changed = welsh.model_copy(update={"questions": {**welsh.questions, "see": "Beth?"}})
    assert site.store.languages.checked(changed) is None
    worker.post("/languages/cy/uncheck")
    assert site.store.languages.checked(welsh) is None
    assert "Drafted by a machine. No person has checked it yet." in worker.get("/languages").text


def test_the_parent_is_never_told_of_drafts(site: Site) -> None:
    assert "machine" not in shown_in(site, "cy").get(view_of(site)).text


@pytest.mark.parametrize("language", ["xx", "en", ""])
def test_only_a_language_that_is_there_can_be_checked_or_chosen(site: Site, language: str) -> None:
    worker = site.signed_in("practitioner")
    assert worker.post(f"/languages/{language}/check").status_code in {404, 405}
    if language != "en":
        site.put(f"reel:{site.reel_id}", b"film")
        form = {"language": language}
        assert worker.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/parent", data=form).status_code == 422
        assert worker.get("/families").status_code == 200, "and the browser is not locked"


def test_a_language_is_called_checked_below_its_last_sentence_alone(site: Site) -> None:
    page = site.signed_in("practitioner").get("/languages").text
    for part in page.split("<summary>")[1:]:
        assert "I have checked the" in part
        assert part.index("</tbody>") < part.index("I have checked the") < part.index("</details>")
    assert "I have checked the" not in page.split("<summary>")[0]
