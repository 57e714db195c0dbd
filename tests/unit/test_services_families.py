"""Families as use cases: only who works with a family changes it, whoever calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from app_site import Site, an_account

from vfeed.errors import VfeedError
from vfeed.services.access import Actor
from vfeed.services.families import Families
from vfeed.services.services import Services

TODAY = date.today()
CHANGES: list[Callable[[Families, Actor, str], Any]] = [
    lambda families, actor, family_id: families.add_child(actor, family_id, "Second child", None),
    lambda families, actor, family_id: families.add_adult(actor, family_id, "Aunt", "aunt"),
    lambda families, actor, family_id: families.add_visit(actor, family_id, TODAY, "Second visit", ""),
    lambda families, actor, family_id: families.add_worker(actor, family_id, "ann"),
    lambda families, actor, family_id: families.remove_worker(actor, family_id, "ann"),
    lambda families, actor, family_id: families.set_clock(actor, family_id, TODAY, None),
    lambda families, actor, family_id: families.hold(actor, family_id, "A court asks."),
    lambda families, actor, family_id: families.release(actor, family_id),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_family_is_changed_by_its_own_worker_alone(site: Site, change: Callable[..., Any]) -> None:
    an_account(site.store, "ann", "practitioner")
    families = Services(site.store).families
    worker = Actor("practitioner", frozenset({"practitioner"}))
    own = families.create(worker, "Lark")
    for name, role in (("ann", "practitioner"), ("practitioner", "researcher"), ("ada", "administrator")):
        with pytest.raises(VfeedError) as refused:
            change(families, Actor(name, frozenset({role})), own.id)
        assert refused.value.code == "forbidden"
    change(families, worker, own.id)
