"""One decision goes a short way: the modules between its request and the database are counted while it is kept.

Counted are the modules of vfeed that are on the stack, from the view on down, whenever a statement is sent: through
each of them the decision passes on its way. What a module asks of another and gets back without a question to the
database (a rule, a word, a fold) is not on the way, and is counted apart.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from app_site import Site
from sqlalchemy import Engine, event

import vfeed
from vfeed.store.analyses import Findings

PACKAGE = Path(vfeed.__file__).parent
MOST_ON_THE_WAY = 10
# `errors` among them, where reasons are marked for the catalogues, and the row and the type by which a film's length is
# read, since no mapping leaves the store.
MOST_CALLED = 31
CANDIDATE = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 0, "end_us": 1_000_000}


def module_of(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    return str(path.relative_to(PACKAGE)) if path.is_relative_to(PACKAGE) else None


class Way:
    """What was on the stack at each statement, and what was called at all, while a function ran."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.called: set[str] = set()
        self._view: FrameType | None = None

    def watched(self, view: Callable[..., Any]) -> Callable[..., Any]:
        def call(**asked: Any) -> Any:
            self._view = sys._getframe()
            event.listen(Engine, "before_cursor_execute", self._note)
            sys.setprofile(self._profile)
            try:
                return view(**asked)
            finally:
                sys.setprofile(None)
                event.remove(Engine, "before_cursor_execute", self._note)

        return call

    def _profile(self, frame: FrameType, what: str, _arg: object) -> None:
        if what == "call" and (module := module_of(frame)):
            self.called.add(module)

    def _note(self, *_asked: object) -> None:
        frame: FrameType | None = sys._getframe()
        while frame is not None and frame is not self._view:
            if module := module_of(frame):
                self.passed.add(module)
            frame = frame.f_back


@pytest.mark.sqlite
def test_a_decision_passes_few_modules_on_its_way_to_the_database(site: Site) -> None:
    offered = {"id": "c1", "kind": "gaze_contact", "start_us": 0, "end_us": 1_000_000}
    site.store.analyses.save(site.clip.id, Findings({}, {}, {}, {}, [offered], b""))
    way = Way()
    site.app.view_functions["review_api.append"] = way.watched(site.app.view_functions["review_api.append"])
    answer = site.signed_in("practitioner").post(
        f"/api/clips/{site.clip.id}/events",
        json={"type": "candidate_confirmed", "payload": CANDIDATE, "expect_last": 3},
    )
    assert answer.status_code == 200
    assert {"services/review.py", "store/journal.py"} <= way.passed
    assert len(way.passed) <= MOST_ON_THE_WAY, sorted(way.passed)
    assert len(way.called) <= MOST_CALLED, sorted(way.called)
