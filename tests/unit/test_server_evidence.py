"""Evidence leaves only chosen with a reason, confirmed by a second account, under a consent or an order."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from clip_factory import make
from flask.testing import FlaskClient
from served import Site, an_account, end_consent, put_stills

from vfeed.practice.evidence import copy_role
from vfeed.server.families.evidence import document_of, parcel_of
from vfeed.services.access import Actor
from vfeed.services.services import Services


@pytest.fixture
def browser(site: Site) -> FlaskClient:
    site.put(f"reel:{site.reel_id}", b"the film of moments")
    put_stills(site)
    an_account(site.store, "second", "practitioner")
    return site.signed_in("practitioner")


def here(site: Site) -> str:
    return f"/families/{site.home.family.id}/left"


def sent(site: Site, **more: object) -> dict[str, object]:
    return {
        "purpose": "review",
        "reason": "The parents ask for it at Thursday’s meeting.",
        "ground": "Both parents agreed in writing on Monday.",
        "film": f"{site.clip.id}/{site.reel_id}",
        **more,
    }


def chosen(site: Site, browser: FlaskClient, **more: object) -> str:
    assert browser.post(here(site), data=sent(site, **more)).status_code == 302
    return site.store.evidence.of(site.home.family.id)[0].id


def passphrase_in(page: str) -> str:
    return page.split('name="passphrase" value="')[1].split('"')[0]


def taken(site: Site, browser: FlaskClient, export_id: str) -> int:
    page = browser.get(here(site)).text
    phrase = passphrase_in(page) if 'name="passphrase"' in page else "correct horse battery staple"
    return browser.post(f"{here(site)}/{export_id}/file", data={"passphrase": phrase}, buffered=True).status_code


def test_who_chose_cannot_confirm_and_nothing_leaves_before_a_second_account_has(site: Site, browser) -> None:
    export_id = chosen(site, browser)
    assert browser.post(f"{here(site)}/{export_id}/confirm").status_code == 403
    services = Services(site.store)
    with pytest.raises(Exception, match="second account"):
        services.evidence.hand_out(Actor("practitioner", frozenset({"practitioner"})), site.home.family.id, export_id)
    second = site.signed_in("second")
    assert second.post(f"{here(site)}/{export_id}/confirm").status_code == 302
    assert second.post(f"{here(site)}/{export_id}/confirm").status_code == 409
    assert taken(site, browser, export_id) == 200
    page = browser.get(here(site)).text
    assert "Confirmed by second" in page and "Taken out last" in page and "The parents ask for it" in page
    assert {"evidence.chosen", "evidence.confirmed", "evidence.left"} <= set(site.actions())


@pytest.mark.parametrize(
    "more",
    [
        {"reason": "because"},
        {"ground": ""},
        {"purpose": "court", "ground": " "},
        {"purpose": "curiosity"},
        {"film": []},
        {"film": "no/film"},
    ],
)
def test_without_reason_ground_or_film_nothing_is_kept(site: Site, browser, more: dict[str, object]) -> None:
    assert browser.post(here(site), data=sent(site, **more)).status_code in {404, 422}
    assert site.store.evidence.of(site.home.family.id) == []


@pytest.mark.parametrize(("purpose", "status"), [("review", 403), ("supervision", 200), ("court", 200)])
def test_a_consent_that_ran_out_keeps_it_here_but_for_a_court(site: Site, browser, purpose: str, status: int) -> None:
    export_id = chosen(site, browser, purpose=purpose)
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    end_consent(site, "session", "run out")
    assert taken(site, browser, export_id) == status


def test_the_paper_says_first_what_it_is_and_the_sums_fit(site: Site, browser) -> None:
    export_id = chosen(site, browser)
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    actor = Actor("practitioner", frozenset({"practitioner"}))
    with site.app.test_request_context():
        found = Services(site.store).evidence.read(actor, site.home.family.id, export_id)
        texts = list(document_of(found, "Robin").texts())
    assert texts[1] == "What vfeed is, and is not" and "This is no assessment." in texts[3]
    whole = "\n".join(texts)
    assert "He waited for me." in whole and "SECRET NOTE" not in whole and site.clip.sha256 in whole
    assert "Chosen by practitioner" in whole and "Confirmed by second" in whole and "Moments chosen by pat" in whole


def test_what_is_left_out_on_request_is_nowhere_in_the_parcel(site: Site, browser) -> None:
    export_id = chosen(site, browser, no_pictures="yes", no_words="yes")
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    actor = Actor("practitioner", frozenset({"practitioner"}))
    with site.app.test_request_context():
        found = Services(site.store).evidence.hand_out(actor, site.home.family.id, export_id)
        assert "He waited" not in "\n".join(document_of(found, "Robin").texts())
        parcel = zipfile.ZipFile(io.BytesIO(parcel_of(found, "Robin")))
    assert sorted(parcel.namelist()) == ["SHA256SUMS.txt", "moments.pdf"]
    total, name = parcel.read("SHA256SUMS.txt").decode().split()
    assert (name, total) == ("moments.pdf", hashlib.sha256(parcel.read("moments.pdf")).hexdigest())


def test_it_goes_with_the_family(site: Site, browser) -> None:
    export_id = chosen(site, browser)
    other = site.store.families.create("Wren").id
    assert browser.post(f"/families/{other}/left/{export_id}/confirm").status_code == 404
    site.store.erasure.family(site.home.family.id, "pat")
    assert site.store.evidence.of(site.home.family.id) == []


def add_words(site: Site, text: str) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": text})


@pytest.mark.parametrize("what", ["moments", "words"])
def test_what_was_changed_after_it_was_confirmed_does_not_leave(site: Site, browser, what: str) -> None:
    export_id = chosen(site, browser)
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    assert taken(site, browser, export_id) == 200
    if what == "words":
        add_words(site, "He never looks.")
    else:
        moments = [{"moment_id": "m2", "start_us": 8_000_000, "end_us": 11_000_000}]
        reel = {"reel_id": site.reel_id, "title": "Another", "moments": moments}
        site.store.events.append(site.clip.id, "practitioner", "reel_saved", reel)
    assert taken(site, browser, export_id) == 409
    again = chosen(site, browser)
    site.signed_in("second").post(f"{here(site)}/{again}/confirm")
    assert taken(site, browser, again) == 200


@pytest.mark.parametrize("step", ["undo", "redo", "film"])
def test_a_step_back_or_a_film_put_in_its_place_after_confirming_does_not_leave(site: Site, browser, step: str) -> None:
    add_words(site, "He looks at her first.")
    add_words(site, "He waits for her.")
    if step == "redo":
        site.store.events.undo(site.clip.id, "practitioner")
    export_id = chosen(site, browser)
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    assert taken(site, browser, export_id) == 200
    if step == "undo":
        site.store.events.undo(site.clip.id, "practitioner")
    elif step == "redo":
        site.store.events.redo(site.clip.id, "practitioner")
    else:
        site.put(f"reel:{site.reel_id}", make("mp4", "h264", size=(160, 90), frames=160, comment="another"))
    assert taken(site, browser, export_id) == 409


def test_nothing_is_confirmed_while_a_film_of_it_is_not_there(site: Site, browser) -> None:
    export_id = chosen(site, browser)
    site.store.blobs.remove(site.clip.id, f"reel:{site.reel_id}")
    assert site.signed_in("second").post(f"{here(site)}/{export_id}/confirm").status_code == 409


def hidden_copy(site: Site, export_id: str) -> None:
    """The copy with faces hidden, as the worker would keep it: a film of its own, told apart by its bytes."""
    site.put(copy_role(export_id, site.reel_id), make("mp4", "h264", size=(160, 90), frames=160, comment="hidden"))


def test_with_faces_hidden_the_copy_leaves_and_never_the_film(site: Site, browser) -> None:
    export_id = chosen(site, browser, faces_hidden="yes")
    [job] = [job for job in site.store.jobs.for_clip(site.clip.id) if job.kind == "hide"]
    assert job.payload == {"export_id": export_id, "film": site.reel_id}
    second = site.signed_in("second")
    assert second.post(f"{here(site)}/{export_id}/confirm").status_code == 404, "there is nothing to look at yet"
    assert browser.get(f"{here(site)}/{export_id}/films/0").status_code == 404
    hidden_copy(site, export_id)
    assert b"hidden" in browser.get(f"{here(site)}/{export_id}/films/0").data
    assert second.post(f"{here(site)}/{export_id}/confirm").status_code == 302
    actor = Actor("practitioner", frozenset({"practitioner"}))
    with site.app.test_request_context():
        found = Services(site.store).evidence.hand_out(actor, site.home.family.id, export_id)
        parcel = zipfile.ZipFile(io.BytesIO(parcel_of(found, "Robin")))
        assert "Faces were hidden on request" in "\n".join(document_of(found, "Robin").texts())
    assert b"hidden" in parcel.read("film-1.mp4") and parcel.read("film-1.mp4") != b"the film of moments"
    kept = site.store.blobs.read(site.clip.id, "still:3500000")
    assert kept[100:200] not in parcel.read("moments.pdf"), "no picture of the film as it was"


def test_a_copy_that_is_older_than_the_film_does_not_leave(site: Site, browser) -> None:
    export_id = chosen(site, browser, faces_hidden="yes")
    hidden_copy(site, export_id)
    site.signed_in("second").post(f"{here(site)}/{export_id}/confirm")
    site.put(f"reel:{site.reel_id}", b"the film made anew")
    assert taken(site, browser, export_id) == 404
