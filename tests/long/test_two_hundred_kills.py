"""Two hundred kills at moments that nobody chose: nothing acknowledged is lost, doubled, or back after its erasure."""

from __future__ import annotations

import pytest
from filled_store import Home
from random_kills import kill_often, lost

from vfeed.store import Store

KILLS = 200


@pytest.mark.timeout(3600)
def test_nothing_that_was_acknowledged_is_lost_or_doubled_by_kills(store: Store, home: Home) -> None:
    folder = store.settings.data_dir.parent
    store.close()
    acks = kill_often(folder, home.family.id, KILLS)
    did = {what: sum(ack["did"] == what for ack in acks) for what in {ack["did"] for ack in acks}}
    print(f"{KILLS} kills; acknowledged: {did}")
    assert did["tag"] > KILLS and did["erase"] > 0
    with Store(store.settings) as again:
        assert list(lost(again, acks)) == []
