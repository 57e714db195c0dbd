"""Five power cuts: none of 100 acknowledged acts and none of 10 films is lost, and the cuts are cuts indeed."""

from __future__ import annotations

from pathlib import Path

import pytest
from app_site import Furnished
from power_cut import lost_in_a_cut
from sqlalchemy import Engine, event

from vfeed.store import database

CUTS, ACTS_A_CUT, FILMS_A_CUT = 5, 20, 2
pytestmark = pytest.mark.timeout(1800)


@pytest.mark.parametrize("number", range(CUTS))
def test_nothing_that_was_acknowledged_is_lost(tmp_path: Path, furnished: Furnished, number: int) -> None:
    lost = lost_in_a_cut(tmp_path, furnished, acts=ACTS_A_CUT, films=FILMS_A_CUT)
    assert lost == {"acts": [], "films": [], "uploads": [], "damage": []}


def test_without_syncing_at_each_commit_the_same_cut_loses_acts(
    tmp_path: Path, furnished: Furnished, monkeypatch: pytest.MonkeyPatch
) -> None:
    careful = database.prepare_engine

    def careless(engine: Engine, key: bytes) -> None:
        careful(engine, key)
        event.listen(engine, "connect", lambda each, _record: each.execute("pragma synchronous = normal"))

    monkeypatch.setattr(database, "prepare_engine", careless)
    lost = lost_in_a_cut(tmp_path, furnished, acts=ACTS_A_CUT, films=1)
    assert lost["acts"]
