"""The pages of the code sets."""

from __future__ import annotations

import io
from typing import Any

import pytest
from app_site import Site
from filled_store import TODAY
from werkzeug.test import TestResponse

from vfeed.practice.protocol import COLOURS
from vfeed.services.access import Actor
from vfeed.services.services import Services

ROW = {
    "code_label": "A smile",
    "code_part": "both",
    "code_timing": "point",
    "code_parent_words": "You smiled.",
    "code_heading": "",
    "code_key": "s",
    "code_id": "",
    "code_group": "",
    "code_colour": "",
    "code_shape": "",
}
FORM = {"title": "Ours", "owner": "The service", "about": "", "over": "0"}


def made(site: Site, **more: Any) -> TestResponse:
    return site.signed_in("practitioner").post("/codes/new", data={**FORM, **ROW, **more})


def own_id(site: Site) -> str:
    return site.store.packs.known().packs[-1].id


def test_a_code_set_is_made_in_the_browser_and_offered_for_tagging(site: Site) -> None:
    assert made(site).status_code == 302
    packs = site.signed_in("practitioner").get("/api/codes").get_json()["packs"]
    assert [pack["own"] for pack in packs[-2:]] == [False, True]
    code = packs[-1]["code_sets"][0]["codes"][0]
    assert (code["id"], code["label"], code["timing"]) == (f"{own_id(site)}.a_smile", "A smile", "point")


def test_a_code_gets_a_shape_and_a_colour_in_the_form_and_keeps_another_that_a_file_gave_it(site: Site) -> None:
    made(site, code_shape="star", code_colour=COLOURS["teal"])
    [code] = site.store.packs.known().packs[-1].codes()
    assert (code.shape, code.colour) == ("star", COLOURS["teal"])
    here, browser = f"/codes/{own_id(site)}", site.signed_in("practitioner")
    page = browser.get(here).text
    assert '<option value="star" selected>' in page and f'<option value="{COLOURS["teal"]}" selected>' in page
    browser.post(here, data={**FORM, **ROW, "over": "1", "code_id": "a_smile", "code_colour": "#123456"})
    page = browser.get(here).text
    assert '<option value="#123456" selected>' in page


@pytest.mark.parametrize("colour", COLOURS.values())
def test_offered_colours_are_seen_on_light_and_on_dark_pages(colour: str) -> None:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    dark_card = 0.0165
    assert 1.05 / (luminance + 0.05) >= 3 and (luminance + 0.05) / (dark_card + 0.05) >= 3


def test_what_does_not_fit_is_said_beside_its_field_and_nothing_is_kept(site: Site) -> None:
    answer = made(site, title="", code_key="SS")
    assert answer.status_code == 422
    assert "Enter a title" in answer.text and "One small letter" in answer.text
    assert 'value="A smile"' in answer.text, "what was typed is still there"
    assert len(site.store.packs.versions()) == 0


def test_more_rows_come_without_saving(site: Site) -> None:
    answer = made(site, more="yes")
    assert answer.text.count("<fieldset") == 4
    assert len(site.store.packs.versions()) == 0


def test_a_change_is_a_new_version_and_the_earlier_one_can_be_brought_back(site: Site) -> None:
    made(site)
    here, browser = f"/codes/{own_id(site)}", site.signed_in("practitioner")
    assert 'value="A smile"' in browser.get(here).text
    changed = {**FORM, **ROW, "title": "Ours, better", "over": "1", "code_id": "a_smile", "code_label": "A wide smile"}
    assert browser.post(here, data=changed).status_code == 302
    assert browser.post(here, data=changed).status_code == 409, "somebody else was quicker"
    assert "Version 1" in browser.get(here).text
    assert browser.post(f"{here}/back", data={"version": "1"}).status_code == 302
    assert site.store.packs.known().packs[-1].title == "Ours"


def test_a_ticked_code_is_taken_out(site: Site) -> None:
    made(site)
    two = {name: [value, value] for name, value in ROW.items()}
    two |= {"code_id": ["a_smile", ""], "code_label": ["A smile", "A wait"], "code_key": ["s", "w"]}
    site.signed_in("practitioner").post(f"/codes/{own_id(site)}", data={**FORM, **two, "over": "1", "out": "0"})
    assert [code.label for code in site.store.packs.known().packs[-1].codes()] == ["A wait"]


def test_what_is_exported_is_imported_elsewhere(site: Site) -> None:
    browser = site.signed_in("practitioner")
    made(site)
    file = browser.get(f"/codes/{own_id(site)}/file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    changed = file.data.replace(b"A smile", b"A wide smile")
    answer = browser.post("/codes", data={"file": (io.BytesIO(changed), "ours.yaml")})
    assert answer.status_code == 302
    newest = site.store.packs.known().packs[-1]
    assert (newest.version, newest.code_sets[0].codes[0].label) == (2, "A wide smile")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"id: x\ntitle: [", "is not YAML"),
        (b"\xff\xfe\x00", "not a text"),
        (
            b"id: vig\ntitle: V\nowner: o\ncode_sets: [{id: a, title: A, codes: [{id: a, label: a, part: both}]}]",
            "comes with",
        ),
        (b"id: ours\ntitle: V\nowner: o\ncode_sets: [{id: a, title: A, codes: [{id: a, label: a}]}]", "it is missing"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_on_the_page(site: Site, data: bytes, words: str) -> None:
    answer = site.signed_in("practitioner").post("/codes", data={"file": (io.BytesIO(data), "x.yaml")})
    assert answer.status_code == 422
    assert words in answer.text
    assert len(site.store.packs.versions()) == 0


def test_no_file_is_said_too(site: Site) -> None:
    assert "No file was chosen" in site.signed_in("practitioner").post("/codes").text


def test_a_set_that_is_taken_out_is_listed_and_can_be_brought_back(site: Site) -> None:
    made(site)
    browser, pack_id = site.signed_in("practitioner"), own_id(site)
    browser.post(f"/codes/{pack_id}/remove")
    assert "Bring back" in browser.get("/codes").text
    assert browser.get(f"/codes/{pack_id}").status_code == 404
    browser.post(f"/codes/{pack_id}/back", data={"version": "1"})
    assert browser.get(f"/codes/{pack_id}").status_code == 200


def test_what_comes_with_vfeed_is_shown_and_not_changed(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert "AVIGuk" in browser.get("/codes/vig").text
    assert browser.post("/codes/vig", data={**FORM, **ROW}).status_code == 422
    assert browser.get("/codes/vig/file").data.startswith(b"schema: 2")


def test_an_incomplete_form_is_refused(site: Site) -> None:
    answer = site.signed_in("practitioner").post("/codes/new", data={**FORM, "code_label": "A smile"})
    assert answer.status_code == 400


def test_words_written_for_the_parent_stand_in_place_of_the_codes_own(site: Site) -> None:
    moment = {
        "moment_id": "m1",
        "start_us": 2_000_000,
        "end_us": 5_000_000,
        "code_ref": "attentive",
        "note": "SECRET NOTE",
    }
    changed = {**moment, "parent_words": "You saw him reach out."}
    site.store.events.append(site.clip.id, "pat", "moment_changed", changed)
    browser = site.signed_in("practitioner")
    for address in (f"/clips/{site.clip.id}/reels/{site.reel_id}", f"/families/{site.home.family.id}"):
        assert "You saw him reach out." in browser.get(address).text, address
    seen = site.signed_in("researcher").get(f"/api/clips/{site.clip.id}/review").get_json()["state"]["moments"]
    assert {(each["note"], each["parent_words"]) for each in seen} == {("", "")}


def test_a_service_puts_its_own_words_beside_the_numbers_of_a_licensed_sheet(site: Site) -> None:
    browser = site.signed_in("practitioner")
    assert "/codes/infant_massage/words" in browser.get("/codes/infant_massage").text
    page = browser.get("/codes/infant_massage/words").text
    assert page.count('name="sheet.m') == 15 and "sheet.own_words" not in page
    sent = {f"sheet.m{number}": "" for number in range(1, 16)} | {"sheet.m2": "Follows the child"}
    assert browser.post("/codes/infant_massage/words", data=sent).status_code == 302
    assert "Follows the child" in browser.get("/codes/infant_massage").text
    form = site.store.packs.get("infant_massage").form("sheet")
    assert form is not None and form.items[1].about == "Follows the child" and form.items[0].about == ""
    assert not [pack for pack in site.store.packs.known().packs if pack.id.startswith("own_")]
    browser.post("/codes/infant_massage/words", data=sent | {"sheet.m2": ""})
    assert "Follows the child" not in browser.get("/codes/infant_massage").text


def test_they_stand_on_the_sheet_of_a_groups_session(site: Site) -> None:
    leader = Actor("practitioner", frozenset({"practitioner"}))
    groups = Services(site.store).groups
    group_id = groups.make(leader, "Tuesday class", "infant_massage").id
    meeting_id = groups.add_meeting(leader, group_id, "Session 1", TODAY, ["practitioner"])
    here = f"/groups/{group_id}/sessions/{meeting_id}/sheet"
    browser = site.signed_in("practitioner")
    assert "/codes/infant_massage/words" in browser.get(here).text
    site.store.packs.put_words("infant_massage", {"sheet.m4": "Slows down"}, "practitioner")
    assert "Slows down" in browser.get(here).text


def test_words_that_are_too_long_are_shown_again_and_a_sheet_with_words_takes_none(site: Site) -> None:
    browser = site.signed_in("practitioner")
    answer = browser.post("/codes/infant_massage/words", data={"sheet.m2": "long " * 40})
    assert answer.status_code == 422 and "too long" in answer.text and "long long" in answer.text
    assert browser.get("/codes/kips/words").status_code == 404
    assert browser.get("/codes/nothing/words").status_code == 404
