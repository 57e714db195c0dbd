"""Rows read their columns of JSON as types: also what other versions kept, and what is stored stays as it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from filled_store import Home, a_clip
from sqlalchemy import JSON, column, select, update

from vfeed.errors import VfeedError
from vfeed.practice.kiosk_mode import KioskMode
from vfeed.store import Store
from vfeed.store.sign_ins import hashed
from vfeed.store.tables import Job, SignIn


def as_stored(store: Store, row: type[SignIn] | type[Job], name: str, id_: str) -> Any:
    with store.database.read() as session:
        return session.scalar(select(column(name, JSON)).select_from(row).where(row.id == id_))


def signed_in(store: Store) -> tuple[str, SignIn]:
    secret = store.sign_ins.begin("ann", "a tablet")
    found = store.sign_ins.find(secret, "ann", idle=timedelta(hours=1), longest=timedelta(hours=1))
    assert found is not None
    return hashed(secret), found


def test_what_a_sign_in_is_held_to_is_kept_as_before_and_read_as_a_type(store: Store) -> None:
    id_, found = signed_in(store)
    assert found.lock is None and as_stored(store, SignIn, "lock", id_) is None
    store.sign_ins.lock(id_, KioskMode("c1", "r1", others=("c2",)))
    assert as_stored(store, SignIn, "lock", id_) == {
        **{"clip_id": "c1", "reel_id": "r1", "language": "en", "beside": False, "led": False},
        **{"others": ["c2"], "group_id": "", "meeting_id": ""},
    }
    assert [each.lock for each in store.sign_ins.of("ann")] == [KioskMode("c1", "r1", others=("c2",))]
    store.sign_ins.lock(id_, None)
    assert [each.lock for each in store.sign_ins.of("ann")] == [None]


def test_a_lock_of_an_earlier_version_holds_and_one_that_is_not_understood_opens_nothing(store: Store) -> None:
    id_, _found = signed_in(store)
    table = SignIn.__table__
    with store.database.write() as session:
        session.execute(update(table).where(SignIn.id == id_).values(lock={"clip_id": "c1", "reel_id": "r1"}))
    assert [each.lock for each in store.sign_ins.of("ann")] == [KioskMode("c1", "r1")]
    with store.database.write() as session:
        session.execute(update(table).where(SignIn.id == id_).values(lock={"of_a_later_version": "all"}))
    [row] = store.sign_ins.of("ann")
    with pytest.raises(TypeError, match="of_a_later_version"):
        assert row.lock


def test_work_is_the_same_by_what_it_makes(store: Store, home: Home) -> None:
    clip = a_clip(store, home, jobs=[])
    first, again, other = (store.jobs.add("reel", clip.id, {"reel_id": each}, "ann") for each in ("r1", "r1", "r2"))
    assert (first.id == again.id, first.makes == other.makes) == (True, False)
    assert first.makes == f"reel:{clip.id}:r1" == first.active_key
    assert as_stored(store, Job, "payload", first.id) == {"reel_id": "r1"}


def test_what_work_failed_for_is_told_whole_by_its_words_alone_or_not_at_all(store: Store, home: Home) -> None:
    job = store.jobs.add("prepare", a_clip(store, home, jobs=[]).id, {}, "ann")
    assert job.error is None
    job.error = VfeedError("clip_too_long", "It lasts %(minutes)s minutes.", minutes=31)
    assert (job.error_code, job.error_message) == ("clip_too_long", "It lasts 31 minutes.")
    assert job.error.message == "It lasts 31 minutes."
    job._error_told = None
    assert (job.error.code, job.error.message) == ("clip_too_long", "It lasts 31 minutes.")
    job.error_code = "of_a_later_version"
    assert job.error is None
    job.error = None
    assert (job.error_code, job.error_message, job.error_hint) == (None, None, None)
