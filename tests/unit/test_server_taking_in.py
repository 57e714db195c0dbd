"""The page on which codings of other programs are taken in: looked at, told what they are, kept, taken out again."""

from __future__ import annotations

import hashlib
import html
import io
import re
from pathlib import Path
from typing import Any

import pytest
from app_site import Site, an_account
from flask.testing import FlaskClient
from study_work import LEADER, a_study
from werkzeug import formparser
from werkzeug.test import TestResponse

from vfeed.research.formats.table_writing import CsvLong
from vfeed.research.kept_codings import unpacked
from vfeed.research.marks import Coding, Mark
from vfeed.research.recoding import Word
from vfeed.research.scheme import LOOKING
from vfeed.research.units import watched
from vfeed.server.app import FORM_BYTES
from vfeed.server.clips.tus import CHUNK_BYTES
from vfeed.services.services import Services
from vfeed.timeline.interval import Interval

BORIS = Path(__file__).parents[1] / "coding_files" / "boris" / "two_observations.boris"
TABLE = b"who,code,start_s,end_s,coder\nmother,baby,1,2.5,kim\nmother,?,3,4,kim\nmother,sings,4,5,kim\n"
WORDS = {"baby": "parent_looking/partner", "?": "parent_looking/cannot_see", "sings": "-"}


@pytest.fixture
def rae(site: Site) -> FlaskClient:
    return site.signed_in("researcher")


def look(browser: FlaskClient, data: bytes, name: str = "looks.csv", **form: Any) -> TestResponse:
    return browser.post("/taking-in/look", data={"file": (io.BytesIO(data), name), **form})


def take_in(browser: FlaskClient, data: bytes, name: str = "looks.csv", **form: Any) -> TestResponse:
    told = {"sha256": hashlib.sha256(data).hexdigest()} | form
    return browser.post("/taking-in", data={"file": (io.BytesIO(data), name), **told})


def text_of(answer: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def told(site: Site, words: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
    form: dict[str, Any] = {"film_name": [""], "film": [site.clip.id]} | more
    if words is not None:
        form |= {"word": [Word("mother", "", code).key for code in words], "place": list(words.values())}
    return form


def chosen(answer: TestResponse, name: str) -> list[str]:
    """The value chosen in each select of this name."""
    selects = re.findall(rf'<select[^>]* name="{name}".*?</select>', answer.text, re.DOTALL)
    return [next(iter(re.findall(r'value="([^"]*)" selected', each)), "") for each in selects]


def test_a_look_says_what_is_in_the_file_and_keeps_nothing(site: Site, rae: FlaskClient) -> None:
    answer = look(rae, TABLE, **told(site))
    assert answer.status_code == 200 and "<!doctype" not in answer.text.lower()
    for words in ("Read as: a table", "kim", "mother", "baby", "sings", "00:01.000", "to 00:02.500", "mother: baby"):
        assert words in text_of(answer)
    assert "Add these codings" in text_of(answer)
    assert site.store.codings.of(site.clip.id) == ()


def test_what_is_not_said_yet_is_asked_for(site: Site, rae: FlaskClient) -> None:
    answer = look(rae, TABLE, scheme=LOOKING.id)
    assert "Of 1 film it must still be said which it is." in text_of(answer)
    # Not one of the three is called like a code of the scheme.
    assert "Of 3 words it must still be said what they are." in text_of(answer)
    assert "Add these codings" not in text_of(answer)
    refused = take_in(rae, TABLE, scheme=LOOKING.id)
    assert refused.status_code == 422 and "Something must still be said" in text_of(refused)
    assert site.store.codings.of(site.clip.id) == ()


def test_a_file_is_taken_in_in_the_words_of_the_scheme_with_its_losses(site: Site, rae: FlaskClient) -> None:
    form = told(site, WORDS, scheme=LOOKING.id, blind="yes")
    looked = look(rae, TABLE, **form)
    assert "parent · Looking: partner" in text_of(looked) and "1 mark left out: no place was said." in text_of(looked)
    answer = take_in(rae, TABLE, **form)
    assert answer.status_code == 302
    (kept,) = site.store.codings.of(site.clip.id)
    assert [(mark.who, mark.lane, mark.code) for mark in kept.marks] == [
        ("parent", "Looking", "partner"),
        ("parent", "Looking", "cannot see"),
    ]
    assert (kept.coder, kept.blind, kept.told["scheme_id"]) == ("kim", "true", LOOKING.id)
    assert kept.told["import_sha256"] == hashlib.sha256(TABLE).hexdigest()
    page = rae.get("/taking-in")
    for words in ("1 coding is taken in.", "Coder: kim · 2 marks", "mother · sings", "Left out"):
        assert words in text_of(page)


def test_words_and_columns_are_remembered_for_the_account_and_apart_for_a_study(site: Site, rae: FlaskClient) -> None:
    take_in(rae, TABLE, **told(site, WORDS, scheme=LOOKING.id))
    again = TABLE.replace(b"2.5", b"2.7")
    assert chosen(look(rae, again, scheme=LOOKING.id), "place") == list(WORDS[code] for code in sorted(WORDS))
    study = a_study(site.store, site.clip)
    assert chosen(look(rae, again, study=study), "place") == ["", "", ""]
    take_in(rae, again, **told(site, WORDS | {"sings": "parent_looking/none"}, study=study))
    assert chosen(look(rae, TABLE, study=study), "place")[2] == "parent_looking/none"
    assert chosen(look(rae, TABLE, scheme=LOOKING.id), "place")[2] == "-"
    odd = b"Was;Von;Bis\nBlick;500;1500\n"
    asks = look(rae, odd)
    assert "What are its columns?" in text_of(asks) and "--" not in text_of(asks)
    columns = {"column": ["code", "start", "end"], "unit": "ms"}
    shown = look(rae, odd, **told(site, **columns))
    assert "00:00.500" in text_of(shown) and "Was" not in {row for row in chosen(shown, "place")}
    assert take_in(rae, odd, **told(site, **columns)).status_code == 302
    later = look(rae, b"Was;Von;Bis\nBlick;700;900\n")
    assert chosen(later, "column") == ["code", "start", "end"] and "0:00.7" in text_of(later)
    # A remark beside the table, as Excel writes it: the columns are the same.
    beside = look(rae, b"Was;Von;Bis;;\nBlick;700;900;;sure?\n", **told(site))
    assert chosen(beside, "column")[:3] == ["code", "start", "end"] and "left out" not in text_of(beside).lower()
    assert "0:00.7" in text_of(beside)


def test_a_study_names_its_films_and_its_words(site: Site, rae: FlaskClient) -> None:
    study = a_study(site.store, site.clip)
    name = site.store.studies.clips(study)[0].pseudonym
    table = f"clip,who,lane,code,start_s,end_s\n{name}.mp4,infant,Looking,partner,1,2\n".encode()
    answer = look(rae, table, study=study)
    assert chosen(answer, "film") == [site.clip.id] and chosen(answer, "place") == ["infant_looking/partner"]
    assert "by its name" in text_of(answer) and "Add these codings" in text_of(answer)
    assert take_in(rae, table, study=study).status_code == 302
    page = rae.get(f"/taking-in?study={study}")
    assert f"Film {name}" in text_of(page) and site.clip.id[:8] not in text_of(page)


def test_what_was_taken_in_is_taken_out_and_brought_back_by_its_buttons(site: Site, rae: FlaskClient) -> None:
    take_in(rae, TABLE, **told(site))
    (kept,) = site.store.codings.of(site.clip.id)
    rae.post(f"/taking-in/{site.clip.id}/{kept.coding_id}/remove")
    assert site.store.codings.of(site.clip.id) == ()
    assert "what was taken out can be brought back" in text_of(rae.get("/taking-in"))
    rae.post(f"/taking-in/{site.clip.id}/undo")
    assert site.store.codings.of(site.clip.id) == (kept,)
    rae.post(f"/taking-in/{site.clip.id}/redo")
    assert site.store.codings.of(site.clip.id) == ()
    actions = [row.action for row in site.store.audit.list() if row.action.startswith("codes.")]
    assert actions == ["codes.undone", "codes.undone", "codes.removed", "codes.imported"]


def test_a_coding_whose_lanes_were_watched_at_times_of_their_own_is_one_entry_and_one_step(
    site: Site, rae: FlaskClient
) -> None:
    infant, parent = ("infant", "Looking"), ("parent", "Looking")
    marks = (Mark(2_000_000, 5_000_000, *infant, "partner"), Mark(0, 4_000_000, *parent, "partner"))
    lanes = {infant: (Interval(2_000_000, 18_000_000),), parent: (Interval(0, 9_000_000),)}
    table = CsvLong().write(Coding("", "kim", marks, (), 20_000_000, lanes=lanes)).files
    assert take_in(rae, next(iter(table.values())), **told(site)).status_code == 302
    (kept,) = site.store.codings.of(site.clip.id)
    page = rae.get("/taking-in")
    assert text_of(page).count("Coder: kim · 2 marks") == 1
    coding = unpacked(kept, "film", "kim", notes=False)
    assert [watched(coding, who, "Looking").duration_us for who in ("infant", "parent")] == [16_000_000, 9_000_000]
    for step, left in (("undo", 0), ("redo", 1), (f"{kept.coding_id}/remove", 0), ("undo", 1)):
        rae.post(f"/taking-in/{site.clip.id}/{step}")
        assert len(site.store.codings.of(site.clip.id)) == left, step


def test_several_films_in_a_file_go_each_to_its_own_or_are_left_out(site: Site, rae: FlaskClient) -> None:
    data = BORIS.read_bytes()
    asks = look(rae, data, "two.boris")
    names = re.findall(r'name="film_name" value="([^"]*)"', asks.text)
    assert len(names) >= 1
    films = [site.clip.id, *["-"] * (len(names) - 1)]
    assert take_in(rae, data, "two.boris", film_name=names, film=films).status_code == 302
    assert len(site.store.codings.of(site.clip.id)) >= 1


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"\xff\xd8\xff\xe0 a picture", "a.jpg", "This kind of file is not known."),
        (b"not xml", "a.eaf", "a.eaf"),
        (b"who,code,start,end\na,b,x,y\n", "a.csv", "A time is missing or odd in each of its rows"),
        (b"{}", "a.boris", "a.boris"),
    ],
)
def test_what_cannot_be_read_is_refused_with_words(
    site: Site, rae: FlaskClient, data: bytes, name: str, words: str
) -> None:
    answer = look(rae, data, name, **told(site))
    assert answer.status_code == 200 and words in text_of(answer)
    refused = take_in(rae, data, name, **told(site))
    assert refused.status_code == 422 and words in text_of(refused)
    assert site.store.codings.of(site.clip.id) == ()


def test_what_cannot_be_read_is_said_in_welsh_to_who_reads_welsh(site: Site, rae: FlaskClient) -> None:
    rae.post("/language", data={"language": "cy"})
    page = text_of(look(rae, b"who,code,start,end\na,b,x,y\n", "a.csv", **told(site)))
    assert "a.csv: Mae amser ar goll neu’n rhyfedd ym mhob un o’i rhesi; y gyntaf yw: a, b, x, y." in page
    assert "Ysgrifennwch amserau mewn eiliadau neu fel hh:mm:ss.mmm" in page


def test_no_file_another_file_and_odd_numbers_are_refused(site: Site, rae: FlaskClient) -> None:
    assert "No file was chosen." in text_of(rae.post("/taking-in/look", data={}))
    changed = take_in(rae, TABLE, **told(site, sha256="0" * 64))
    assert changed.status_code == 422 and "not the one that was looked at" in text_of(changed)
    for rate in ("many", "0", "nan", "1e9"):
        assert look(rae, TABLE, fps=rate).status_code == 422
    strange = look(rae, TABLE, film_name=[""], film=["not-a-film"])
    assert "Of 1 film it must still be said which it is." in text_of(strange)


def sent(data: bytes, form: dict[str, str]) -> dict[str, Any]:
    """A form with a file as a browser sends it, made without werkzeug's help, which puts large ones on the disk."""
    parts = [f'--x\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{each}\r\n' for key, each in form.items()]
    head = "".join(parts) + '--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    return {"data": head.encode() + data + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}


def test_a_large_file_is_read_and_never_lies_on_the_disk(
    site: Site, rae: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_told: object, **_more: object) -> None:
        raise AssertionError("a file was put on the disk")

    monkeypatch.setattr(formparser, "SpooledTemporaryFile", refuse)
    rows = b"".join(b"mother,baby,%d,%d,kim\n" % (n, n + 1) for n in range(3_000))
    data = b"who,code,start_s,end_s,coder\n" + rows + (b" " * 1023 + b"\n") * (2 * FORM_BYTES // 1024)
    answer = rae.post("/taking-in/look", **sent(data, {"film_name": "", "film": site.clip.id}))
    assert answer.status_code == 200 and "3000 marks" in text_of(answer)
    too_large = rae.post("/taking-in/look", **sent(b"x" * (CHUNK_BYTES + 1), {}))
    assert too_large.status_code == 413 and "Too much was sent at once" in too_large.text
    assert "8 MB at most" in too_large.text
    assert "1 MB at most" in rae.post("/studies/new", data={"x": "y" * (2 * FORM_BYTES)}).text


def test_a_film_that_somebody_still_has_to_code_is_not_offered_to_them(site: Site) -> None:
    an_account(site.store, "both", "researcher", "coder")
    a_study(site.store, site.clip, coders=("both", "coder"))
    browser = site.signed_in("both")
    assert site.clip.id not in look(browser, TABLE).text
    answer = take_in(browser, TABLE, **told(site))
    assert answer.status_code == 422 and site.store.codings.of(site.clip.id) == ()


def test_nothing_is_taken_in_once_consent_is_withdrawn(site: Site, rae: FlaskClient) -> None:
    take_in(rae, TABLE, **told(site))
    given = [each for each in site.store.consents.for_family(site.home.family.id) if each.use == "research"]
    site.store.consents.withdraw(given[0].id, "ann", "No more.")
    assert take_in(rae, TABLE.replace(b"2.5", b"2"), **told(site)).status_code == 422
    assert "Taken in so far" not in text_of(rae.get("/taking-in"))
    assert rae.post(f"/taking-in/{site.clip.id}/undo").status_code == 403
    assert Services(site.store).taking_in.kept(LEADER) == []
