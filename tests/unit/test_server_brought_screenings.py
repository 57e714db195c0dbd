"""A screening of films that lie elsewhere: its table, a person's word above the computer's, and 5,000 rows."""

from __future__ import annotations

import csv
import html
import io
import re
import time
from typing import Any

import pytest
from app_site import Site
from filled_store import all_text
from flask.testing import FlaskClient
from screening_folder import written, zipped
from study_work import LEADER
from werkzeug.test import TestResponse

from vfeed.research.codability import Verdict
from vfeed.screening.brought import brought
from vfeed.screening.one_clip import Row, as_dict
from vfeed.screening.tables import Told
from vfeed.services.services import Services

MINUTE_US = 60_000_000
GOOD = Row(
    "0a0a0a0a",
    "codable",
    best_start_us=str(MINUTE_US),
    best_end_us=str(4 * MINUTE_US),
    second_best_start_us=str(5 * MINUTE_US),
    length_us=str(10 * MINUTE_US),
    sha256="0" * 64,
    depth="sparse",
    seen_strip="9" * 30 + "0" * 30,
)
SHORT = Row(
    "1b1b1b1b",
    "film again",
    "It is shorter than three minutes (1:00).\nIt has no sound.",
    "Film three minutes or more.\nSwitch the sound on.",
    length_us=str(MINUTE_US),
    depth="sparse",
)
SOME = Row("2c2c2c2c", "codable with limits", "The faces are small (35 px wide).", "Film from nearer.", depth="sparse")


def sent(browser: FlaskClient, *chosen: tuple[str, bytes], title: str = "Ward 3") -> TestResponse:
    return browser.post(
        "/screenings", data={"title": title, "files": [(io.BytesIO(data), name) for name, data in chosen]}
    )


def text_of(answer: TestResponse) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


@pytest.fixture
def rae(site: Site) -> FlaskClient:
    return site.signed_in("researcher")


@pytest.mark.parametrize("how", ["zip", "folder", "table"])
def test_a_folder_a_zip_and_the_table_alone_are_taken_in(site: Site, rae: FlaskClient, how: str) -> None:
    folder = written(GOOD, SHORT, SOME)
    chosen = {
        "zip": [("run.zip", zipped(folder))],
        "folder": [(f"run/{name}", folder[name]) for name in ("rows.jsonl", "screening.csv", "run.json")],
        "table": [("screening.csv", folder["screening.csv"])],
    }[how]
    answer = sent(rae, *chosen)
    assert answer.status_code == 302
    page = rae.get(answer.headers["Location"])
    for words in (
        "codable (1)",
        "codable with limits (1)",
        "film again (1)",
        "1:00.0 to 4:00.0",
        "It is shorter than three minutes (1:00). It has no sound.",
        "Film three minutes or more.",
        "1 to 3 of 3",
    ):
        assert words in text_of(page)
    # Where both faces can be read, along the film.
    assert page.text.count('class="seen"') == 60
    # Names of films are never taken in.
    assert "secretname" not in all_text(site.store.settings)
    assert "Ward 3" in text_of(rae.get("/screenings"))


def test_a_table_as_excel_saves_it_is_taken_in(rae: FlaskClient) -> None:
    rows = list(csv.reader(io.StringIO(written(GOOD, SOME)["screening.csv"].decode())))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(rows)
    answer = sent(rae, ("screening.csv", text.getvalue().encode("utf-8-sig")))
    assert answer.status_code == 302
    assert "codable (1) codable with limits (1)" in text_of(rae.get(answer.headers["Location"]))


def test_a_persons_word_goes_before_and_can_be_taken_back(site: Site, rae: FlaskClient) -> None:
    run = sent(rae, ("run.zip", zipped(written(GOOD, SHORT, SOME)))).headers["Location"]
    film = rae.get(f"{run}/films/1b1b1b1b")
    assert "so it looks to the computer; a person decides" in text_of(film) and "Others: 5:00.0 to 8:00.0" in text_of(
        rae.get(f"{run}/films/0a0a0a0a")
    )
    leads = rae.post(f"{run}/films/1b1b1b1b", data={"word": "codable"})
    assert leads.headers["Location"].startswith(f"{run}/films/") and "1b1b1b1b" not in leads.headers["Location"]
    assert "says researcher; the computer: film again" in text_of(rae.get(f"{run}/films/1b1b1b1b"))
    rae.post(f"{run}/films/0a0a0a0a", data={"pair": "no"})
    assert "A person says: not so, that one adult and one child play." in text_of(rae.get(f"{run}/films/0a0a0a0a"))
    rows = list(csv.DictReader(io.StringIO(rae.get(f"{run}/table/csv").text)))
    assert {row["clip_id"]: (row["verdict"], row["checked_by"]) for row in rows} == {
        "1b1b1b1b": ("codable", "researcher"),
        "2c2c2c2c": ("codable with limits", "n/a"),
        "0a0a0a0a": ("film again", "n/a"),
    }
    # The last step was the answer: taking back goes to its film, from wherever.
    back = rae.post(f"{run}/films/2c2c2c2c/undo")
    assert back.headers["Location"] == f"{run}/films/0a0a0a0a"
    assert rae.post(f"{run}/films/2c2c2c2c/redo").headers["Location"] == f"{run}/films/0a0a0a0a"
    assert rae.post(f"{run}/remove").status_code == 302 and rae.get(run).status_code == 404
    # Random names stay in the audit trail alone; what was said of a film is gone.
    assert "The faces are small" not in all_text(site.store.settings)


def test_what_a_person_said_in_the_table_before_stays_theirs(rae: FlaskClient) -> None:
    told = Told(7, "mother", "ann", Verdict.CODABLE, {})
    run = sent(rae, ("run.zip", zipped(written(GOOD, SHORT, f1b1b1b1b=told)))).headers["Location"]
    assert "says ann; the computer: film again" in text_of(rae.get(f"{run}/films/1b1b1b1b"))
    old = Told(20, "", "", None, {})
    run = sent(rae, ("run.zip", zipped(written(GOOD, f0a0a0a0a=old)))).headers["Location"]
    assert "20 months is outside of the infant form (0 to 15)." in text_of(rae.get(run))


def test_the_very_same_film_in_vfeed_is_one_press_away(site: Site, rae: FlaskClient) -> None:
    same = as_dict(GOOD) | {"sha256": site.clip.sha256 or ""}
    run = sent(rae, ("run.zip", zipped(written(Row(**same))))).headers["Location"]
    assert f'href="/screening/{site.clip.id}"' in rae.get(f"{run}/films/0a0a0a0a").text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.csv", b"x,y\n1,2\n", "no columns clip_id and verdict"),
        ("a.csv", b"clip_id,verdict\n../../etc,codable\n", "is no name that vfeed screen gives"),
        ("a.csv", b"clip_id,verdict\nabc,wonderful\n", "The row of abc does not fit"),
        ("a.csv", b"clip_id,verdict,length_us\nabc,codable,long\n", "The row of abc does not fit"),
        ("a.csv", b"clip_id,verdict,length_us\nabc,codable," + b"9" * 400 + b"\n", "lies in no film"),
        ("a.csv", b"clip_id,verdict,length_us\nabc,codable,-1\n", "lies in no film"),
        ("a.csv", b"clip_id,verdict,best_start_us\nabc,codable," + b"9" * 19 + b"\n", "lies in no film"),
        ("a.csv", b"clip_id,verdict,age_months\nabc,codable,inf\n", "months old"),
        ("a.csv", b"clip_id,verdict,reasons\nabc,codable," + b"x" * 200_000 + b"\n", "not whole"),
        ("a.csv", b"clip_id,verdict\n", "no columns"),
        ("rows.jsonl", b"{}\n{}\n", "Line 1 of rows.jsonl"),
        ("a.zip", b"PK not", "not whole"),
        ("names.csv", b"clip_id,path\n", "There is no screening in it."),
        ("a.txt", b"words", "There is no screening in it."),
    ],
)
def test_what_is_no_screening_is_refused_with_words(
    site: Site, rae: FlaskClient, name: str, data: bytes, words: str
) -> None:
    answer = sent(rae, (name, data))
    assert answer.status_code in (400, 422) and words in text_of(answer)
    assert Services(site.store).brought_screenings.all(LEADER) == []


def test_a_number_that_is_none_is_handed_on_as_not_known(rae: FlaskClient) -> None:
    answer = sent(rae, ("a.csv", b"clip_id,verdict,both_seen_share,cuts\n1e999999,codable,inf,1e400\n"))
    assert answer.status_code == 302
    for kind in ("csv", "xlsx"):
        assert rae.get(f"{answer.headers['Location']}/table/{kind}").status_code == 200
    table = rae.get(f"{answer.headers['Location']}/table/csv").text
    # A name that looks like a number is a name.
    assert "1e999999" in table and "inf" not in table and "1e400" not in table


def test_a_run_that_was_killed_in_a_line_is_read_up_to_it() -> None:
    whole = written(GOOD, SHORT)["rows.jsonl"]
    assert list(brought({"rows.jsonl": whole[:-40]}).rows) == ["0a0a0a0a"]


def test_five_thousand_rows_are_quick(site: Site, rae: FlaskClient) -> None:
    rows = [Row(**(as_dict(GOOD) | {"clip_id": f"{number:08x}"})) for number in range(5_000)]
    desk = Services(site.store).brought_screenings
    run_id = desk.take_in(LEADER, "Many", {"run.zip": zipped(written(*rows))})
    run = f"/screenings/{run_id}"
    for number in range(0, 5_000, 50):
        desk.record(LEADER, run_id, "row_word", {"name": f"{number:08x}", "word": "codable"})

    def cpu(work: Any) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    # Of the time of this process alone, so that other work on the machine does not count.
    took = [
        cpu(lambda: rae.get(run)),
        cpu(lambda: rae.post(f"{run}/films/00000001", data={"word": "codable"})),
        cpu(lambda: rae.get(f"{run}/films/00000002")),
    ]
    assert max(took) < 3, took
    assert "1 to 100 of 5000" in text_of(rae.get(run)) and "4901 to 5000 of 5000" in text_of(
        rae.get(f"{run}?from=4900")
    )
