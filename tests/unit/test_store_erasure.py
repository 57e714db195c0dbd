"""Erasing a family leaves nothing of it but a number."""

from __future__ import annotations

import pytest
from family_with_everything import SECRETS, full_family
from filled_store import Home, a_clip, a_home, agree, all_text, files_under
from sqlalchemy import select

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.family_rows import rows_of
from vfeed.store.tables import Base, Job


def counts(store: Store, family_id: str) -> dict[str, int]:
    with store.database.read() as session:
        return {name: len(rows) for name, rows in rows_of(session, family_id).items()}


def test_every_table_that_may_hold_something_of_a_family_is_found(store: Store) -> None:
    found = set(counts(store, full_family(store).family.id))
    of_the_service = {
        "account",
        "role",
        "roles_users",
        "webauthn",
        "own_pack",
        "audit",
        "audit_head",
        "key_check",
    }
    # What is left of a study is under names of its own; a group and its sessions are the service's.
    elsewhere = {"upload", "analysis", "study", "study_table", "parent_group", "group_session"}
    assert {name for name in Base.metadata.tables} - found - of_the_service - elsewhere <= SERVICE


# Tables that hold what accounts do and nothing of a family.
SERVICE = {"sign_in", "attempt", "sign_in_session", "coding_words", "screening_run", "screening_row"}


def test_nothing_of_an_erased_family_is_left_and_the_others_stay(store: Store) -> None:
    other = a_home(store, "OTHER")
    kept = a_clip(store, other, b"another film")
    home = full_family(store)
    before = all_text(store.settings)
    assert all(word in before for word in SECRETS)
    certificate = store.erasure.family(home.family.id, "ann")
    after = all_text(store.settings)
    assert [word for word in SECRETS if word in after] == []
    assert counts(store, home.family.id) == {"family": 0}
    assert certificate.films == 1
    line = store.audit.list()[0]
    assert (line.action, line.object) == ("family.erased", home.family.id)
    assert line.detail == {"certificate": certificate.number, "films": 1, "from_old_copy": False}
    assert store.audit.verify() is None
    assert store.blobs.read(kept.id, "original") == b"another film"
    assert store.keys.ids() == {kept.id}
    assert len(files_under(store.settings.vault_dir)) == 1
    with store.database.read() as session:
        assert {job.clip_id for job in session.scalars(select(Job))} == {kept.id}


def test_a_family_is_erased_once(store: Store, home: Home) -> None:
    store.erasure.family(home.family.id, "ann")
    with pytest.raises(VfeedError) as error:
        store.erasure.family(home.family.id, "ann")
    assert error.value.code == "not_found"


def test_the_reason_of_a_withdrawal_is_no_part_of_the_audit_trail(store: Store, home: Home) -> None:
    (first, _second) = agree(store, home)
    store.consents.withdraw(first, "ann", "REASONSECRET")
    assert "REASONSECRET" not in str([(row.action, row.detail) for row in store.audit.list()])
