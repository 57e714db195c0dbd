"""Evidence leaves only chosen with a reason, confirmed by a second account, under a consent or an order."""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
from datetime import timedelta

import pytest
from app_site import Site, an_account, end_consent, film_facts, put_stills, told_of_work
from clip_factory import make
from filled_store import TODAY, a_clip, agree
from flask.testing import FlaskClient

from vfeed.errors import VfeedError
from vfeed.jobs.handlers import HANDLERS
from vfeed.jobs.worker import Worker
from vfeed.practice.evidence import CONFIRMED_FOR, copy_role
from vfeed.practice.take_home import new_passphrase
from vfeed.server.families.evidence import document_of, zip_of
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store.evidence import EvidenceExport

ANN = Actor("practitioner", frozenset({"practitioner"}))


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


def whole(site: Site, browser: FlaskClient, export_id: str) -> str:
    """The page with all that leaves."""
    return browser.get(f"{here(site)}/{export_id}/whole").text


def confirmed(site: Site, browser: FlaskClient, export_id: str) -> int:
    """Read it whole, and confirm what was read."""
    found = re.search(r'name="seen" value="(\w+)"', whole(site, browser, export_id))
    return confirm(site, browser, export_id, found[1] if found else sum_of(site, export_id))


def confirm(site: Site, browser: FlaskClient, export_id: str, seen: str) -> int:
    return browser.post(f"{here(site)}/{export_id}/confirm", data={"seen": seen}).status_code


def sum_of(site: Site, export_id: str) -> str:
    return Services(site.store).evidence.read(ANN, site.home.family.id, export_id).sum


def chosen(site: Site, browser: FlaskClient, **more: object) -> str:
    assert browser.post(here(site), data=sent(site, **more)).status_code == 302
    return site.store.evidence.of(site.home.family.id)[0].id


def passphrase_in(page: str) -> str:
    return page.split('name="passphrase" value="')[1].split('"')[0]


def taken(site: Site, browser: FlaskClient, export_id: str) -> int:
    page = whole(site, browser, export_id)
    phrase = passphrase_in(page) if 'name="passphrase"' in page else new_passphrase()
    return browser.post(f"{here(site)}/{export_id}/file", data={"passphrase": phrase}, buffered=True).status_code


def test_who_chose_cannot_confirm_and_nothing_leaves_before_a_second_account_has(
    site: Site, browser: FlaskClient
) -> None:
    export_id = chosen(site, browser)
    assert confirmed(site, browser, export_id) == 403
    services = Services(site.store)
    with pytest.raises(Exception, match="second account"):
        services.evidence.hand_out(ANN, site.home.family.id, export_id)
    second = site.signed_in("second")
    assert confirmed(site, second, export_id) == 302
    assert confirmed(site, second, export_id) == 409
    assert taken(site, browser, export_id) == 200
    page = browser.get(here(site)).text
    assert "Confirmed by second" in page and "Taken out on" in page and "The parents ask for it" in page
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
def test_without_reason_ground_or_film_nothing_is_kept(
    site: Site, browser: FlaskClient, more: dict[str, object]
) -> None:
    assert browser.post(here(site), data=sent(site, **more)).status_code in {404, 422}
    assert site.store.evidence.of(site.home.family.id) == []


@pytest.mark.parametrize(
    ("more", "field"), [({"reason": "because"}, "reason"), ({"ground": ""}, "ground"), ({"film": []}, "film")]
)
def test_what_does_not_fit_is_said_beside_its_field_and_what_was_typed_stays(
    site: Site, browser: FlaskClient, more: dict[str, object], field: str
) -> None:
    typed = sent(site, faces_hidden="y", purpose="court", **more)
    page = html.unescape(browser.post(here(site), data=typed).text)
    assert re.findall(r'id="(\w+)-error"', page) == [field]
    kept = [str(typed[name]) for name in ("reason", "ground") if name != field]
    assert all(words in page for words in kept) and "Start again" not in page
    assert '<option selected value="court">' in page
    assert re.search(r'<input checked id="faces_hidden"', page)
    assert len(re.findall(r'<input checked[^>]* name="film"', page)) == (field != "film")


def test_a_film_without_consent_is_told_of_beside_it_and_what_was_typed_stays(site: Site, browser: FlaskClient) -> None:
    end_consent(site, "session", "run out")
    page = html.unescape(browser.post(here(site), data=sent(site)).text)
    assert 'id="film-error"' in page and "has run out." in page and str(sent(site)["reason"]) in page


@pytest.mark.parametrize(("purpose", "status"), [("review", 403), ("supervision", 200), ("court", 409)])
def test_a_consent_that_runs_out_keeps_it_here_but_for_a_court(
    site: Site, browser: FlaskClient, purpose: str, status: int
) -> None:
    """For a court it is chosen anew, since its paper says now that the consent has run out."""
    export_id = chosen(site, browser, purpose=purpose)
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    end_consent(site, "session", "run out")
    assert taken(site, browser, export_id) == status
    if purpose == "court":
        again = chosen(site, browser, purpose=purpose)
        assert confirmed(site, site.signed_in("second"), again) == 302
        assert taken(site, browser, again) == 200


ORDER = "The family court has ordered it on 3 March, number 17."


@pytest.mark.parametrize("how", ["run out", "missing"])
def test_an_order_of_a_court_stands_for_a_consent_and_nothing_else_does(
    site: Site, browser: FlaskClient, how: str
) -> None:
    before = chosen(site, browser)
    end_consent(site, "session", how)
    second = site.signed_in("second")
    assert confirmed(site, second, before) == 403, "chosen while it held, confirmed after it ended"
    assert second.get(f"{here(site)}/{before}/films/0").status_code == 403
    assert second.get(f"{here(site)}/{before}/films/0/stills/m1").status_code == 403
    for purpose, ground in (("review", ORDER), ("court", ""), ("court", "ordered")):
        answer = browser.post(here(site), data=sent(site, purpose=purpose, ground=ground))
        assert answer.status_code in {403, 422}, (purpose, ground)
    assert "For a court that has ordered it alone." in browser.get(here(site)).text
    export_id = chosen(site, browser, purpose="court", ground=ORDER)
    page = whole(site, second, export_id)
    assert (
        ORDER in page and "It is handed out on the ground above." in page and "to watching the films together" in page
    )
    assert ("agreed to “Watching" in page) == (how == "run out")
    assert second.get(f"{here(site)}/{export_id}/films/0").data == b"the film of moments"
    assert second.get(f"{here(site)}/{export_id}/films/0/stills/m1").status_code == 200
    for address in (f"{here(site)}/{export_id}/films/0", f"{here(site)}/{export_id}/films/0/stills/m1"):
        assert browser.get(address).status_code == 403, "nobody opens a film by an order that they wrote in themselves"
    assert "Film 1 is shut" in whole(site, browser, export_id)
    assert confirmed(site, second, export_id) == 302
    assert browser.get(f"{here(site)}/{export_id}/films/0").status_code == 200
    assert taken(site, browser, export_id) == 200
    assert ORDER in browser.get(here(site)).text
    assert second.get(f"{here(site)}/{export_id}/films/0").status_code == 403, "and is shut again once it has left"


def test_faces_are_hidden_for_a_court_without_a_consent_that_holds(site: Site, browser: FlaskClient) -> None:
    end_consent(site, "session", "run out")
    done: list[str] = []
    handlers = dict.fromkeys(HANDLERS, lambda _store, work: done.append(work.job.kind))
    worker = Worker(site.store, "worker", handlers=handlers)
    chosen(site, browser, purpose="court", ground=ORDER, faces_hidden="yes")
    worker.work()
    assert done == ["hide"]


def test_the_paper_says_first_what_it_is_and_the_sums_fit(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser)
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    with site.app.test_request_context():
        found = Services(site.store).evidence.read(ANN, site.home.family.id, export_id)
        texts = list(document_of(found, "Robin").texts())
    assert texts[1] == "What vfeed is, and is not" and "This is no assessment." in texts[3]
    assert "may suggest moments; a person looks at each and chooses" in texts[2]
    whole = "\n".join(texts)
    assert "He waited for me." in whole and "SECRET NOTE" not in whole and site.clip.sha256 in whole
    assert "Chosen by practitioner" in whole and "Confirmed by second" in whole and "Moments chosen by pat" in whole


def test_what_is_left_out_on_request_is_nowhere_in_the_parcel(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser, no_pictures="yes", no_words="yes")
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    with site.app.test_request_context():
        found = Services(site.store).evidence.hand_out(ANN, site.home.family.id, export_id)
        assert "He waited" not in "\n".join(document_of(found, "Robin").texts())
        parcel = zipfile.ZipFile(io.BytesIO(zip_of(found, "Robin")))
    assert sorted(parcel.namelist()) == ["SHA256SUMS.txt", "moments.pdf"]
    total, name = parcel.read("SHA256SUMS.txt").decode().split()
    assert (name, total) == ("moments.pdf", hashlib.sha256(parcel.read("moments.pdf")).hexdigest())


def test_it_goes_with_the_family(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser)
    other = site.store.families.create("Wren").id
    assert browser.post(f"/families/{other}/left/{export_id}/confirm").status_code == 404
    site.store.erasure.family(site.home.family.id, "pat")
    assert site.store.evidence.of(site.home.family.id) == []


def add_words(site: Site, text: str) -> None:
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": text})


@pytest.mark.parametrize("what", ["moments", "words"])
def test_what_was_changed_after_it_was_confirmed_does_not_leave(site: Site, browser: FlaskClient, what: str) -> None:
    export_id = chosen(site, browser)
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    if what == "words":
        add_words(site, "He never looks.")
    else:
        moments = [{"moment_id": "m2", "start_us": 8_000_000, "end_us": 11_000_000}]
        reel = {"reel_id": site.reel_id, "title": "Another", "moments": moments}
        site.store.events.append(site.clip.id, "practitioner", "reel_saved", reel)
    assert taken(site, browser, export_id) == 409
    again = chosen(site, browser)
    assert confirmed(site, site.signed_in("second"), again) == 302
    assert taken(site, browser, again) == 200


@pytest.mark.parametrize("step", ["undo", "redo", "film"])
def test_a_step_back_or_a_film_put_in_its_place_after_confirming_does_not_leave(
    site: Site, browser: FlaskClient, step: str
) -> None:
    add_words(site, "He looks at her first.")
    add_words(site, "He waits for her.")
    if step == "redo":
        site.store.events.undo(site.clip.id, "practitioner")
    export_id = chosen(site, browser)
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    if step == "undo":
        site.store.events.undo(site.clip.id, "practitioner")
    elif step == "redo":
        site.store.events.redo(site.clip.id, "practitioner")
    else:
        site.put(f"reel:{site.reel_id}", make("mp4", "h264", size=(160, 90), frames=160, comment="another"))
    assert taken(site, browser, export_id) == 409


def test_nothing_is_confirmed_while_a_film_of_it_is_not_there(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser)
    site.store.blobs.remove(site.clip.id, f"reel:{site.reel_id}")
    assert confirmed(site, site.signed_in("second"), export_id) == 409


def hidden_copy(site: Site, export_id: str) -> None:
    """The copy with faces hidden, as the worker would keep it: a film of its own, told apart by its bytes."""
    site.put(copy_role(export_id, site.reel_id), make("mp4", "h264", size=(160, 90), frames=160, comment="hidden"))


def test_with_faces_hidden_the_copy_leaves_and_never_the_film(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser, faces_hidden="yes")
    [job] = [job for job in site.store.jobs.for_clip(site.clip.id) if job.kind == "hide"]
    assert job.payload == {"export_id": export_id, "film": site.reel_id}
    second = site.signed_in("second")
    assert confirmed(site, second, export_id) == 404, "there is nothing to look at yet"
    assert browser.get(f"{here(site)}/{export_id}/films/0").status_code == 404
    other = chosen(site, browser, faces_hidden="yes")
    [[told]] = told_of_work(browser, f"{here(site)}/{export_id}/whole")
    assert other != export_id and told["id"] == job.id, "how far it is is told meanwhile, and of this one alone"
    hidden_copy(site, export_id)
    assert 'data-island="clip-progress"' not in whole(site, browser, export_id)
    assert b"hidden" in browser.get(f"{here(site)}/{export_id}/films/0").data
    assert confirmed(site, second, export_id) == 302
    with site.app.test_request_context():
        found = Services(site.store).evidence.hand_out(ANN, site.home.family.id, export_id)
        parcel = zipfile.ZipFile(io.BytesIO(zip_of(found, "Robin")))
        assert "Faces were hidden on request" in "\n".join(document_of(found, "Robin").texts())
    assert b"hidden" in parcel.read("film-1.mp4") and parcel.read("film-1.mp4") != b"the film of moments"
    kept = site.store.blobs.read(site.clip.id, "still:3500000")
    assert kept[100:200] not in parcel.read("moments.pdf"), "no picture of the film as it was"


def test_a_copy_that_is_older_than_the_film_does_not_leave(site: Site, browser: FlaskClient) -> None:
    export_id = chosen(site, browser, faces_hidden="yes")
    hidden_copy(site, export_id)
    assert confirmed(site, site.signed_in("second"), export_id) == 302
    site.put(f"reel:{site.reel_id}", b"the film made anew")
    assert taken(site, browser, export_id) == 404


def test_the_second_account_reads_all_that_leaves_before_it_confirms(site: Site, browser: FlaskClient) -> None:
    add_words(site, "He waited for me.")
    export_id = chosen(site, browser)
    second = site.signed_in("second")
    page = whole(site, second, export_id)
    with site.app.test_request_context():
        found = Services(site.store).evidence.read(ANN, site.home.family.id, export_id)
        texts = list(document_of(found, "Robin").texts())
    read = html.unescape(page)
    assert [text for text in texts if text not in read] == [] and "He waited for me." in texts
    assert f'{here(site)}/{export_id}/films/0"' in page
    for moment in ("m1", "m2"):
        image = f"{here(site)}/{export_id}/films/0/stills/{moment}"
        assert image in page
        assert second.get(image).data == site.store.blobs.read(site.clip.id, STILLS[moment])
    assert "evidence.read" in site.actions()
    assert second.get(f"{here(site)}/{export_id}/films/1").status_code == 404


STILLS = {"m1": "still:3500000", "m2": "still:9500000"}


@pytest.mark.parametrize("what", ["words", "a consent", "nothing read"])
def test_what_changed_while_it_was_read_is_not_confirmed(site: Site, browser: FlaskClient, what: str) -> None:
    export_id = chosen(site, browser)
    second = site.signed_in("second")
    seen = re.search(r'name="seen" value="(\w+)"', whole(site, second, export_id))
    assert seen is not None
    if what == "words":
        add_words(site, "He never looks.")
    elif what == "a consent":
        agree(site.store, site.home, "session")
    assert confirm(site, second, export_id, "" if what == "nothing read" else seen[1]) == 409
    assert site.store.evidence.get(site.home.family.id, export_id).confirmed_by is None
    assert confirmed(site, second, export_id) == 302


def test_what_was_confirmed_leaves_once_and_within_a_week(
    site: Site, browser: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = site.signed_in("second")
    export_id = chosen(site, browser)
    assert confirmed(site, second, export_id) == 302
    assert [taken(site, browser, export_id), taken(site, browser, export_id)] == [200, 409]
    assert site.actions().count("evidence.left") == 1
    with pytest.raises(VfeedError, match="has left"):
        site.store.evidence.left(site.home.family.id, export_id, "practitioner")
    late = chosen(site, browser)
    assert confirmed(site, second, late) == 302
    with site.store.database.write() as session:
        row = session.get_one(EvidenceExport, late)
        assert row.confirmed_at is not None
        row.confirmed_at -= CONFIRMED_FOR - timedelta(minutes=1)
    assert "Take the locked file out" in whole(site, browser, late)
    with site.store.database.write() as session:
        session.get_one(EvidenceExport, late).confirmed_at -= timedelta(minutes=1)
    assert "has run out" in whole(site, browser, late) and "Take the locked file" not in whole(site, browser, late)
    assert taken(site, browser, late) == 409 and confirmed(site, second, late) == 409


@pytest.mark.parametrize("who", ["practitioner", "second"])
@pytest.mark.parametrize("when", ["chosen", "confirmed"])
def test_either_account_calls_it_off_and_then_it_does_not_leave(
    site: Site, browser: FlaskClient, who: str, when: str
) -> None:
    export_id = chosen(site, browser)
    second = site.signed_in("second")
    if when == "confirmed":
        assert confirmed(site, second, export_id) == 302
    call_off = f"{here(site)}/{export_id}/call-off"
    assert site.signed_in(who).post(call_off).status_code == 302
    assert f"Called off by {who}" in browser.get(here(site)).text and "evidence.called_off" in site.actions()
    assert [confirmed(site, second, export_id), taken(site, browser, export_id)] == [409, 409]
    assert site.signed_in(who).post(call_off).status_code == 409
    again = chosen(site, browser)
    assert confirmed(site, second, again) == 302 and taken(site, browser, again) == 200
    assert browser.post(f"{here(site)}/{again}/call-off").status_code == 409, "it has left"


def test_the_paper_tells_of_the_consents_of_those_in_its_films_and_of_no_other(
    site: Site, browser: FlaskClient
) -> None:
    store, family = site.store, site.home.family.id
    other = a_clip(store, site.home, b"another film", facts=film_facts())
    father = store.families.add_participant(family, "adult", "Father")
    store.clips.set_seen(site.clip.id, [site.home.child.id, site.home.caregiver.id], "pat")
    for person, clip_id in ((father, None), (site.home.caregiver, other.id)):
        store.consents.give(person.id, "session", clip_id, TODAY - timedelta(days=40), None, "", "pat")
    export_id = chosen(site, browser)
    page = whole(site, browser, export_id)
    told = re.findall(r"(\w+) agreed to “([^”]+)”", page)
    assert sorted(told) == sorted(
        (person.label, "Watching together") for person in (site.home.child, site.home.caregiver)
    )


def test_a_title_is_not_printed_where_words_are_left_out(site: Site, browser: FlaskClient) -> None:
    with site.app.test_request_context():
        for more, printed in (({}, True), ({"no_words": "yes"}, False)):
            found = Services(site.store).evidence.read(ANN, site.home.family.id, chosen(site, browser, **more))
            assert ("The long wait" in "\n".join(document_of(found, "Robin").texts())) == printed
