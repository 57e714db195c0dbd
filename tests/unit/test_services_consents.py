"""Consents as a use case: who may write one down, for whom, and what is told before one is withdrawn."""

from __future__ import annotations

from datetime import date

import pytest
from app_site import Site
from filled_store import a_home

from vfeed.errors import InvalidInput, NotFound, VfeedError
from vfeed.services.access import Actor
from vfeed.services.consents import Consents, Terms
from vfeed.services.services import Services

WORKER = Actor("practitioner", frozenset({"practitioner"}))
TODAY = Terms(date.today())


@pytest.fixture
def consents(site: Site) -> Consents:
    return Services(site.store).consents


def test_nobody_of_another_family_is_written_down_and_then_nobody_is(site: Site, consents: Consents) -> None:
    other = site.store.families.participants(a_home(site.store, "Wren").family.id)[0]
    own = site.store.families.participants(site.home.family.id)[0]
    before = len(site.store.consents.for_family(site.home.family.id))
    with pytest.raises(InvalidInput):
        consents.give(WORKER, site.home.family.id, [(own.id, "training"), (other.id, "training")], TODAY)
    assert len(site.store.consents.for_family(site.home.family.id)) == before
    assert consents.give(WORKER, site.home.family.id, [(own.id, "training")], TODAY) == 1


@pytest.mark.parametrize("role", ["researcher", "supervisor", "administrator", "coder"])
def test_only_who_works_with_families_writes_consents_down_or_takes_them_away(
    site: Site, consents: Consents, role: str
) -> None:
    actor, family_id = Actor(role, frozenset({role})), site.home.family.id
    consent = site.store.consents.for_family(family_id)[0]
    for refused in (
        lambda: consents.give(actor, family_id, [(consent.participant_id, "training")], TODAY),
        lambda: consents.withdraw(actor, family_id, consent.id, "No."),
    ):
        with pytest.raises(VfeedError) as error:
            refused()
        assert error.value.code == "forbidden"


def test_what_goes_is_told_before_and_a_consent_is_withdrawn_once(site: Site, consents: Consents) -> None:
    family_id = site.home.family.id
    consent = next(row for row in site.store.consents.for_family(family_id) if row.use == "session")
    told = consents.withdrawal(WORKER, family_id, consent.id)
    assert [clip.id for clip in told.destroyed.clips] == [site.clip.id]
    assert (told.destroyed.moments, told.destroyed.reels, told.recordings) == (2, 1, 0)
    research = next(row for row in site.store.consents.for_family(family_id) if row.use == "research")
    assert consents.withdrawal(WORKER, family_id, research.id).destroyed.clips == []
    consents.withdraw(WORKER, family_id, consent.id, "They changed their minds.")
    with pytest.raises(NotFound):
        consents.withdrawal(WORKER, family_id, consent.id)


def test_a_consent_is_not_withdrawn_by_way_of_another_family(site: Site, consents: Consents) -> None:
    elsewhere = a_home(site.store, "Wren").family
    consent = site.store.consents.for_family(site.home.family.id)[0]
    with pytest.raises(VfeedError):
        consents.withdraw(WORKER, elsewhere.id, consent.id, "By mistake.")
    assert site.store.consents.for_family(site.home.family.id)[0].withdrawn_at is None
