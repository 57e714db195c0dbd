"""Twenty kills at moments that nobody chose; `tests/long` has two hundred."""

from __future__ import annotations

import pytest
from filled_store import Home
from random_kills import kill_often, lost

from vfeed.store import Store

KILLS = 20


@pytest.mark.timeout(300)
def test_nothing_that_was_acknowledged_is_lost_or_doubled_by_kills(store: Store, home: Home) -> None:
    folder = store.settings.data_dir.parent
    store.close()
    acks = kill_often(folder, home.family.id, KILLS)
    assert {"tag", "film", "part"} <= {ack["did"] for ack in acks}
    with Store(store.settings) as again:
        assert list(lost(again, acks)) == []
