"""Taking moments home: only with the consent it needs, asked at the making and at every opening."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import cv2
import numpy as np
import pytest
import pyzipper
from app_site import SECOND, Site, reached_at
from filled_store import TODAY, agree
from pdf_reading import read_back
from PIL import Image
from sqlalchemy import update
from werkzeug.test import TestResponse

from vfeed.practice.sessions import ShownReel
from vfeed.store.tables import Consent, TakeHomeLink, utc_now

PUBLIC = "https://vfeed.example.org"
OWN = "I let her find the words."
KEPT_BACK = (OWN, "SECRET NOTE", "attentive", "Robin", "Playing", "First visit", "Families", "Audit", "candidate")


@dataclass(frozen=True)
class Review:
    """A session with everything in it."""

    site: Site
    id: str

    @property
    def url(self) -> str:
        return f"/families/{self.site.home.family.id}/sessions/{self.id}/take-home"

    def post(self, path: str, **data: str) -> TestResponse:
        return self.site.signed_in("practitioner").post(f"{self.url}/{path}", data=data)

    def link(self) -> tuple[str, str]:
        """A new link's path and passphrase."""
        page = self.post("links", days="7").text
        address, passphrase = re.findall(r'<code class="secret[^>]*>([^<]+)</code>', page)
        return address.removeprefix(PUBLIC), passphrase

    def file(self, what: str) -> tuple[bytes, str]:
        """A locked file and its passphrase."""
        found = re.search(r'<code class="secret">([^<]+)</code>', self.post("file", what=what).text)
        assert found is not None
        answer = self.post("download", what=what, passphrase=found[1])
        assert answer.status_code == 200
        return answer.data, found[1]


@pytest.fixture
def review(site: Site) -> Review:
    image = io.BytesIO()
    Image.new("RGB", (160, 90), (200, 120, 60)).save(image, "JPEG")
    for middle in (3.5, 9.5):
        site.put(f"still:{round(middle * SECOND)}", image.getvalue(), "image/jpeg")
    site.put(f"reel:{site.reel_id}", b"the film" * 100)
    site.store.events.append(site.clip.id, "pat", "words_written", {"moment_id": "m1", "text": "He waited for me."})
    shown = ShownReel(clip_id=site.clip.id, reel_id=site.reel_id)
    family = site.home.family.id
    begun = site.store.sessions.begin(family, site.home.visit.id, "pat", held_on=TODAY, reels=[shown])
    for name, text in (("working_point", "I wait until he looks."), ("went_well", OWN)):
        site.store.sessions.append(family, begun.id, "pat", "words_set", {"name": name, "text": text})
    reached_at(site, PUBLIC)
    return Review(site, begun.id)


@pytest.fixture
def agreed(review: Review) -> Review:
    agree(review.site.store, review.site.home, "take_home")
    return review


def end_consent(site: Site, how: str) -> None:
    """Everybody's consent to taking moments home runs out, or one person's is withdrawn; or somebody new came."""
    rows = [row for row in site.store.consents.for_family(site.home.family.id) if row.use == "take_home"]
    if how == "withdrawn":
        site.store.consents.withdraw(rows[0].id, "pat", "")
    elif how == "expired":
        yesterday = TODAY - timedelta(days=1)
        with site.store.database.write() as session:
            session.execute(
                update(Consent).where(Consent.use == "take_home").values(granted_on=yesterday, expires_on=yesterday)
            )
    elif how == "watching together withdrawn":
        watching = [row for row in site.store.consents.for_family(site.home.family.id) if row.use == "session"]
        site.store.consents.withdraw(watching[0].id, "pat", "")
    else:
        site.store.families.add_participant(site.home.family.id, "adult", "Grandad")


ENDS = ("withdrawn", "expired", "watching together withdrawn", "somebody new")


def test_without_the_consent_nothing_is_offered_or_made(review: Review) -> None:
    page = review.site.signed_in("practitioner").get(review.url).text
    assert "There is no consent to taking moments home for Baby." in page
    assert "Make a link" not in page and "Make the file" not in page
    for what, data in (("file", {"what": "card m1"}), ("download", {"what": "card m1"}), ("links", {"days": "7"})):
        assert review.post(what, **data).status_code == 403, what
    assert review.site.store.take_home.for_session(review.id) == []


@pytest.mark.parametrize("address", ["", "http://localhost:8000", "http://127.0.0.1:8000"])
def test_where_no_phone_could_open_it_no_link_is_offered_or_made(agreed: Review, address: str) -> None:
    reached_at(agreed.site, address)
    page = agreed.site.signed_in("practitioner").get(agreed.url).text
    assert "no phone could open a link" in page and "Make a link" not in page
    refused = agreed.post("links", days="7")
    assert refused.status_code == 409 and "locked file" in refused.text
    assert agreed.site.store.take_home.for_session(agreed.id) == []
    assert "Make the file" in page, "a file needs no address"


def test_each_card_says_where_in_the_film_it_is_from(agreed: Review) -> None:
    page = agreed.site.signed_in("practitioner").get(agreed.url).text
    cards = re.findall(r'value="card (\w+)".*?<small>(.*?)</small>', page, re.DOTALL)
    assert cards == [("m1", "0:02.0 · He waited for me."), ("m2", "0:08.0")]


def test_the_new_link_is_shown_as_a_picture_that_a_phone_reads(agreed: Review) -> None:
    page = agreed.post("links", days="7").text
    (drawn,) = re.findall(r"<svg[^>]*>.*?</svg>", page[page.index('class="qr"') :], re.DOTALL)[:1]
    address = re.findall(r'<code[^>]*id="address"[^>]*>([^<]+)</code>', page)[0]
    image = as_image(drawn)
    read, _points, _straight = cv2.QRCodeDetector().detectAndDecode(image)
    assert read == address
    assert address.startswith(f"{PUBLIC}/take-home/")


def as_image(drawn: str, scale: int = 8) -> Any:
    """The SVG of rows of modules (`M x y h n`, a stroke one module high) as pixels."""
    size = int(found_in(r'viewBox="0 0 (\d+)', drawn))
    image = np.full((size * scale, size * scale), 255, np.uint8)
    x, y = 0.0, 0.0
    for name, values in re.findall(r"([Mmh])([-\d. ]+)", found_in(r'stroke="#000"[^>]* d="([^"]+)"', drawn)):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", values)]
        if name == "h":
            row = int(y)
            image[row * scale : (row + 1) * scale, int(x) * scale : int(x + numbers[0]) * scale] = 0
            x += numbers[0]
        else:
            x, y = numbers if name == "M" else (x + numbers[0], y + numbers[1])
    # On a sheet of paper there is white around it.
    return np.pad(image, 4 * scale, constant_values=255)


def found_in(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text[:300]
    return found[1]


def test_a_card_opens_with_its_passphrase_and_holds_nothing_of_the_workers(agreed: Review) -> None:
    content, passphrase = agreed.file("card m1")
    read = read_back(content, passphrase)
    said = " ".join([*read.words, read.title, *read.outline, *(piece.alt for piece in read.pieces)])
    assert "He waited for me." in said and "I wait until he looks." in said
    assert [piece.kind for piece in read.pieces].count("Figure") == 1
    for kept_back in KEPT_BACK:
        assert kept_back not in said, kept_back
    assert agreed.site.actions()[0] == "take_home.file"


def test_a_film_opens_with_its_passphrase_and_its_name_says_nothing(agreed: Review) -> None:
    content, passphrase = agreed.file(f"film {agreed.site.clip.id} {agreed.site.reel_id}")
    assert b"long wait" not in content
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(passphrase.encode())
        assert archive.namelist() == ["film.mp4"]
        assert archive.read("film.mp4") == b"the film" * 100


def test_what_leaves_has_the_standing_pictures_and_the_parents_room_stops_by_itself(agreed: Review) -> None:
    site = agreed.site
    reel = site.store.events.state(site.clip.id).reel(site.reel_id)
    assert reel is not None
    first, *others = [piece.model_dump() for piece in reel.moments]
    stands = {**first, "pauses": [{"time_us": first["start_us"], "still": True}]}
    changed = {"reel_id": site.reel_id, "title": reel.title, "moments": [stands, *others]}
    site.store.events.append(site.clip.id, "pat", "reel_saved", changed)
    site.put(f"player:{site.reel_id}", b"for players" * 9)
    content, passphrase = agreed.file(f"film {site.clip.id} {site.reel_id}")
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        archive.setpassword(passphrase.encode())
        assert archive.read("film.mp4") == b"for players" * 9
    browser = site.signed_in("practitioner")
    plain = browser.post(f"/clips/{site.clip.id}/reels/{site.reel_id}/film", data={"reason": "For the family"})
    assert plain.data == b"for players" * 9
    assert browser.get(f"/media/{site.clip.id}/reel/{site.reel_id}").data == b"the film" * 100


def test_a_file_is_not_locked_with_a_word_of_somebodys_own(agreed: Review) -> None:
    assert agreed.post("download", what="card m1", passphrase="password").status_code == 422


@pytest.mark.parametrize("what", ["", "card", "card m9", "film x y", "film"])
def test_what_was_not_shown_does_not_go_home(agreed: Review, what: str) -> None:
    assert agreed.post("file", what=what).status_code == 404


def test_a_link_opens_without_an_account_but_with_its_passphrase(agreed: Review) -> None:
    path, passphrase = agreed.link()
    browser = agreed.site.browser()
    door = browser.get(path).text
    assert "Passphrase" in door and "He waited for me." not in door
    film = f"{path}/film/{agreed.site.clip.id}/{agreed.site.reel_id}"
    assert browser.get(film).status_code == 302 and browser.get(f"{path}/still/m1").status_code == 302
    assert browser.post(path, data={"passphrase": "wrong"}).status_code == 422
    assert browser.post(path, data={"passphrase": passphrase.upper()}).location == path
    page = browser.get(path).text
    assert "He waited for me." in page and film in page
    for kept_back in (*KEPT_BACK, "%"):
        assert kept_back not in page, kept_back
    assert browser.get(film).data == b"the film" * 100
    assert browser.get(f"{path}/still/m1").mimetype == "image/jpeg"
    actions = agreed.site.actions()
    assert {"take_home.offered", "take_home.refused", "take_home.opened", "take_home.viewed"} <= set(actions)


def test_an_open_link_opens_nothing_else(agreed: Review) -> None:
    path, passphrase = agreed.link()
    other, _ = agreed.link()
    browser = agreed.site.browser()
    browser.post(path, data={"passphrase": passphrase})
    assert "He waited for me." not in browser.get(other).text
    assert browser.get("/families").status_code == 302
    assert browser.get(f"/media/{agreed.site.clip.id}/proxy").status_code == 401
    assert browser.get(f"{path}/film/{agreed.site.clip.id}/another").status_code == 404
    assert browser.get(f"{path}/still/m9").status_code == 404


@pytest.mark.parametrize("how", ENDS)
def test_when_a_consent_ends_everything_is_stopped_at_once(agreed: Review, how: str) -> None:
    path, passphrase = agreed.link()
    browser = agreed.site.browser()
    browser.post(path, data={"passphrase": passphrase})
    assert browser.get(path).status_code == 200
    end_consent(agreed.site, how)
    film = f"{path}/film/{agreed.site.clip.id}/{agreed.site.reel_id}"
    for address in (path, film, f"{path}/still/m1"):
        answer = browser.get(address)
        assert answer.status_code == 404, address
        # A stranger with the link learns nothing of why.
        assert "Grandad" not in answer.text and "consent" not in answer.text.lower()
    assert agreed.site.browser().post(path, data={"passphrase": passphrase}).status_code == 404
    for what, data in (("file", {"what": "card m1"}), ("links", {"days": "7"})):
        assert agreed.post(what, **data).status_code == 403, what


def test_a_link_is_closed_from_its_page_and_by_time(agreed: Review) -> None:
    path, passphrase = agreed.link()
    browser = agreed.site.browser()
    browser.post(path, data={"passphrase": passphrase})
    row = agreed.site.store.take_home.for_session(agreed.id)[0]
    assert agreed.post(f"links/{row.id}/close").location == agreed.url
    assert browser.get(path).status_code == 404
    assert "closed on" in agreed.site.signed_in("practitioner").get(agreed.url).text
    other, other_passphrase = agreed.link()
    browser.post(other, data={"passphrase": other_passphrase})
    with agreed.site.store.database.write() as session:
        session.execute(update(TakeHomeLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    assert browser.get(other).status_code == 404


def test_a_visitor_closes_the_page_and_the_passphrase_is_asked_for_again(agreed: Review) -> None:
    path, passphrase = agreed.link()
    browser = agreed.site.browser()
    browser.post(path, data={"passphrase": passphrase})
    assert "Close this page" in browser.get(path).text
    answer = browser.post(f"{path}/close")
    assert (answer.location, answer.headers["Clear-Site-Data"]) == (path, '"cache", "storage"')
    assert "Close this page" not in browser.get(path).text and "Passphrase" in browser.get(path).text


def test_guessing_a_passphrase_is_braked(agreed: Review) -> None:
    path, passphrase = agreed.link()
    tries = [agreed.site.browser().post(path, data={"passphrase": "guess"}) for _ in range(9)]
    assert [answer.status_code for answer in tries] == [422] * 8 + [429]
    assert agreed.site.browser().post(path, data={"passphrase": passphrase}).status_code == 429


def test_an_address_that_was_made_up_says_the_same_as_one_that_ended(agreed: Review) -> None:
    made_up = agreed.site.browser().get("/take-home/made-up")
    path, _ = agreed.link()
    row = agreed.site.store.take_home.for_session(agreed.id)[0]
    agreed.site.store.take_home.revoke(agreed.id, row.id, "pat")
    ended = agreed.site.browser().get(path)
    assert made_up.status_code == ended.status_code == 404
    assert "This link has ended, or it was closed." in made_up.text
    assert "This link has ended, or it was closed." in ended.text
    assert "Look whether the whole address is there." in made_up.text


def test_of_films_that_were_destroyed_nobody_is_asked_for_a_consent(agreed: Review) -> None:
    agreed.site.store.clips.erase(agreed.site.clip.id, "pat")
    page = agreed.site.signed_in("practitioner").get(agreed.url).text
    assert "Every film of this shared review was destroyed." in page
    assert "Write down the consent" not in page and "clip" not in page.partition("<h1>")[2].partition("</main>")[0]


def test_who_opens_a_link_at_home_is_shown_nothing_of_the_workers_when_it_does_not_open(agreed: Review) -> None:
    path, _ = agreed.link()
    made_up = agreed.site.browser().get("/take-home/made-up")
    braked = [agreed.site.browser().post(path, data={"passphrase": "guess"}) for _ in range(9)][-1]
    assert (made_up.status_code, braked.status_code) == (404, 429)
    for page in (made_up.text, braked.text):
        assert "<h1>" in page and "masthead" not in page and "sign-in" not in page
        assert not any(words in page for words in ("Start again", "not_found", "too_many_requests", "Families"))


def test_a_wrong_passphrase_is_told_beside_its_field_which_is_ready_for_another(agreed: Review) -> None:
    page = agreed.site.browser().post(agreed.link()[0], data={"passphrase": "wrong"}).text
    field = page[page.index('aria-describedby="passphrase-error"') :].partition(">")[0]
    assert 'aria-invalid="true"' in field and "autofocus" in field
    assert "That is not the passphrase of this link." in page


@pytest.mark.parametrize("name", ["supervisor", "researcher", "administrator"])
def test_nobody_else_gives_anything_to_take_home(agreed: Review, name: str) -> None:
    browser = agreed.site.signed_in(name)
    assert browser.get(agreed.url).status_code == 403
    assert browser.post(f"{agreed.url}/links", data={"days": "7"}).status_code == 403


def test_the_parents_copy_leaves_its_pictures_out_without_the_consent(review: Review) -> None:
    page = review.site.signed_in("practitioner").get(review.url.replace("take-home", "record/parents")).text
    article = page.split("<article")[1].split("</article>")[0]
    assert "<img" not in article and "He waited for me." in article and "I wait until he looks." in article
    assert "The pictures are left out of this copy." in page
