"""Dates, lengths, sizes and consents as a person reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from app_site import Site

from vfeed.server.consents.consent_status import consent_status
from vfeed.server.consents.table import of_one_film, rows_of
from vfeed.server.web import context
from vfeed.store.tables import Clip, Consent, Participant
from vfeed.timeline.clock import clock

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("time_us", "words"), [(0, "0:00.0"), (59_960_000, "0:59.9"), (125_340_000, "2:05.3"), (3_600_000_000, "1:00:00.0")]
)
def test_a_place_in_a_film_is_minutes_seconds_and_tenths(time_us: int, words: str) -> None:
    assert clock(time_us) == words


@pytest.mark.parametrize(
    ("size_bytes", "words"),
    [(1, "1 kB"), (208_400, "208 kB"), (1_700_000, "2 MB"), (8_000_000_000, "8 GB"), (1_250_000_000, "1.2 GB")],
)
def test_a_size_is_said_as_phones_say_it(size_bytes: int, words: str) -> None:
    assert context.size(size_bytes) == words


@pytest.mark.parametrize(
    ("birth_month", "words"),
    [("2026-06", "0 months"), ("2026-05", "1 month"), ("2024-07", "23 months"), ("2024-06", "2 years")],
)
def test_a_childs_age_is_in_months_until_two(site: Site, birth_month: str, words: str) -> None:
    with site.app.test_request_context():
        assert context.age(birth_month, TODAY) == words


def a_consent(**more: object) -> Consent:
    given = {
        "id": "c",
        "participant_id": "p",
        "use": "session",
        "clip_id": None,
        "granted_on": TODAY,
        "expires_on": None,
    }
    return Consent(**{**given, **more})


@pytest.mark.parametrize(
    ("consents", "words", "icon"),
    [
        ([], "Not given", "missing"),
        ([a_consent()], "Given", "given"),
        ([a_consent(expires_on=TODAY + timedelta(days=200))], "Given until 1 Jan 2027", "given"),
        ([a_consent(expires_on=TODAY)], "Given, ends on 15 Jun 2026", "soon"),
        ([a_consent(expires_on=TODAY - timedelta(days=1))], "Ran out on 14 Jun 2026", "ended"),
        ([a_consent(granted_on=TODAY + timedelta(days=1))], "Holds from 16 Jun 2026", "soon"),
        ([a_consent(withdrawn_at=datetime(2026, 6, 1, 12, tzinfo=UTC))], "Withdrawn on 1 Jun 2026", "ended"),
        ([a_consent(withdrawn_at=datetime(2026, 6, 1, 12, tzinfo=UTC)), a_consent()], "Given", "given"),
    ],
)
def test_a_consents_standing_has_words_and_a_shape(site: Site, consents: list[Consent], words: str, icon: str) -> None:
    with site.app.test_request_context():
        standing = consent_status("session", consents, TODAY)
    assert (standing.words, standing.icon) == (words, icon)


def test_a_consent_for_one_film_stands_on_a_line_of_its_own(site: Site) -> None:
    with site.app.test_request_context():
        people, consents = [Participant(id="p", label="Infant")], [a_consent(clip_id="k")]
        [everything, *_others] = rows_of(people, consents, [])
        [alone] = of_one_film(people, consents, [Clip(id="k", title="At play")])
    assert everything.cells[0].status.words == "Not given"
    assert (alone.person, alone.film, alone.status.words) == ("Infant", "At play", "Given")
