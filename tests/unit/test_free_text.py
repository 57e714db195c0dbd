"""What somebody writes is kept whole or refused with its length, wherever it comes in."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from datetime import date

import pytest
from app_site import Site

from vfeed.errors import InvalidInput
from vfeed.research.kept_codings import MOST_TEXT, packed
from vfeed.research.marks import Coding, Mark

X = "x" * 5_000
KEPT: dict[str, tuple[int, Callable[[Site, str], object]]] = {
    "the name of a film": (200, lambda site, text: site.store.clips.rename(site.clip.id, text, "ann")),
    "a note on a consent": (
        4_000,
        lambda site, text: site.store.consents.give(
            site.home.caregiver.id, "session", None, date(2026, 1, 1), None, text, "ann"
        ),
    ),
    "why a family is opened": (
        500,
        lambda site, text: site.store.workers.ask(site.home.family.code_name, "practitioner", text),
    ),
    "why a family is held": (500, lambda site, text: site.store.retention.hold(site.home.family.id, text, "ann")),
    "the name of a passkey": (
        60,
        lambda site, text: site.store.second_steps.add_passkey("practitioner", text, b"one", b"public", 0),
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_a_text_that_is_too_long_is_refused_and_one_that_just_fits_is_kept(site: Site, what: str) -> None:
    most, keep = KEPT[what]
    before = site.actions()
    with pytest.raises(InvalidInput, match=f"has {most + 1} characters; at most {most} fit"):
        keep(site, X[: most + 1])
    assert site.actions() == before
    keep(site, X[:most])


def test_a_film_with_too_long_a_name_is_refused_before_it_is_sent_and_a_file_with_one_is_a_film(site: Site) -> None:
    def begun(title: str) -> int:
        told = {"filename": X[:250] + ".mp4", "visit_id": site.home.visit.id, "title": title}
        described = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": described}
        return site.signed_in("practitioner").post("/api/uploads", headers=headers).status_code

    assert (begun(X[:201]), begun(X[:200]), begun("")) == (422, 201, 201)


def test_too_long_a_name_of_a_coder_or_of_a_screening_and_too_long_an_invitation_are_refused(site: Site) -> None:
    rae, nora = site.signed_in("researcher"), site.signed_in("practitioner")
    looked = rae.post("/taking-in/look", data={"file": (io.BytesIO(b"code,start_s,end_s\n"), "a.csv"), "coder": X[:81]})
    invited = nora.post(f"/families/{site.home.family.id}/invitation", data={"text": X[:4001]})
    for answer, count in ((looked, 81), (invited, 4001)):
        assert answer.status_code == 422 and f"has {count} characters" in answer.text


def test_a_note_of_a_coding_that_is_longer_than_is_kept_stands_in_the_report() -> None:
    marks = tuple(Mark(n, n + 1, "", "", "x", note="y" * length) for n, length in enumerate((MOST_TEXT, MOST_TEXT + 1)))
    kept = packed(Coding("a", "b", marks), "c", "")
    assert [loss.what for loss in kept.losses] == [f"A note of {MOST_TEXT + 1} characters: {MOST_TEXT} are kept."]
