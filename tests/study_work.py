"""Studies for tests: laid down, given out, coded and handed in."""

from __future__ import annotations

from typing import Any

from vfeed.research.scheme import LOOKING
from vfeed.research.study import Plan
from vfeed.services.access import Actor
from vfeed.services.services import Services
from vfeed.store import Store
from vfeed.store.tables import Clip, StudyCoding

LEADER = Actor("researcher", frozenset({"researcher"}))
SECOND = 1_000_000


def coder(name: str) -> Actor:
    return Actor(name, frozenset({"coder"}))


def a_study(store: Store, *clips: Clip, coders: tuple[str, ...] = (), everyone: bool = True, **plan: Any) -> str:
    """The id of a study of these clips in which everybody codes every film."""
    services = Services(store)
    laid = Plan(title="Looks", scheme=LOOKING, **plan)
    study = services.studies.begin(LEADER, laid, [clip.id for clip in clips])
    if coders:
        services.studies.assign(LEADER, study.id, "main", coders, everyone=everyone, seed="one")
    return study.id


def coding_of(store: Store, name: str, clip: Clip | None = None) -> StudyCoding:
    """This coder's coding (of this clip)."""
    rows = [row for row in store.studies.for_coder(name) if clip is None or row.clip_id == clip.id]
    return rows[0]


def code(store: Store, name: str, coding_id: str, changes: dict[str, list[tuple[float, str]]]) -> None:
    """Open a coding, set these states by lane (seconds, code), end both passes and hand it in."""
    room, who = Services(store).coding, coder(name)
    room.open(who, coding_id)
    for lane, states in changes.items():
        for at_s, state in states:
            room.append(who, coding_id, "switched", {"lane": lane, "at_us": round(at_s * SECOND), "code": state})
    for each in ("infant", "parent"):
        room.append(who, coding_id, "pass_ended", {"who": each})
    room.append(who, coding_id, "handed_in", {})
