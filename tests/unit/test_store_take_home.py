"""Links to take home in the store."""

from __future__ import annotations

from datetime import timedelta

import pytest
from filled_store import TODAY, Home
from sqlalchemy import select, update

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.tables import TakeHomeLink, utc_now
from vfeed.store.take_home import Offer


def an_offer(store: Store, home: Home, days: int = 7) -> Offer:
    session = store.sessions.begin(home.family.id, home.visit.id, "pat", held_on=TODAY)
    return store.take_home.offer(session.id, days, "pat")


def newest(store: Store, home: Home) -> str:
    return store.audit.list(object_=home.family.id)[0].action


def test_a_link_opens_with_its_passphrase_and_both_tries_are_written_down(store: Store, home: Home) -> None:
    made = an_offer(store, home)
    assert newest(store, home) == "take_home.offered"
    assert store.take_home.open(made.token, "bado-kemi-lusa-tori-neva") is None
    assert newest(store, home) == "take_home.refused"
    opened = store.take_home.open(made.token, made.passphrase.upper().replace("-", " "))
    assert opened is not None and opened.id == made.link_id
    assert newest(store, home) == "take_home.opened"


def test_neither_secret_is_kept(store: Store, home: Home) -> None:
    made = an_offer(store, home)
    with store.database.read() as session:
        row = session.scalars(select(TakeHomeLink)).one()
    kept = repr([getattr(row, column.name) for column in TakeHomeLink.__table__.columns])
    trail = repr([(each.object, each.detail) for each in store.audit.list()])
    for secret in (made.token, made.passphrase):
        assert secret not in kept and secret not in trail


def test_a_revoked_link_is_closed_at_once_and_for_good(store: Store, home: Home) -> None:
    made = an_offer(store, home)
    link, _ = store.take_home.find(made.token)
    store.take_home.revoke(link.session_id, link.id, "pat")
    store.take_home.revoke(link.session_id, link.id, "kim")
    for attempt in (
        lambda: store.take_home.find(made.token),
        lambda: store.take_home.open(made.token, made.passphrase),
    ):
        with pytest.raises(VfeedError) as error:
            attempt()
        assert error.value.code == "not_found"
    assert [row.revoked_by for row in store.take_home.for_session(link.session_id)] == ["pat"]


def test_a_link_that_ran_out_is_closed(store: Store, home: Home) -> None:
    made = an_offer(store, home, days=1)
    assert store.take_home.find(made.token)
    with store.database.write() as session:
        session.execute(update(TakeHomeLink).values(expires_at=utc_now() - timedelta(seconds=1)))
    with pytest.raises(VfeedError, match="ended"):
        store.take_home.open(made.token, made.passphrase)


@pytest.mark.parametrize("days", [0, -1, 2, 365])
def test_only_the_times_offered_are_taken(store: Store, home: Home, days: int) -> None:
    with pytest.raises(VfeedError) as error:
        an_offer(store, home, days)
    assert error.value.code == "invalid_input"


def test_a_link_is_closed_only_from_its_own_session(store: Store, home: Home) -> None:
    made = an_offer(store, home)
    other = store.sessions.begin(home.family.id, None, "pat", held_on=TODAY)
    with pytest.raises(VfeedError):
        store.take_home.revoke(other.id, made.link_id, "pat")
    assert store.take_home.find(made.token)
