"""Streams of events with the states that they lead to: read by pytest and by vitest, so that both fold alike.

`python tests/journal_fixtures.py` writes them anew, from the acts in them; look at the difference before you keep it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from vfeed.journal.events import UNDONE, Event, Undone
from vfeed.journal.journal import Journal
from vfeed.practice.review import REVIEW
from vfeed.practice.sessions import SESSION
from vfeed.practice.sheets import SHEET
from vfeed.research.blind_coding import CODING

FOLDER = Path(__file__).parent / "journals"
JOURNALS: dict[str, Journal[Any]] = {"review": REVIEW, "session": SESSION, "sheet": SHEET, "coding": CODING}


def read(name: str) -> list[dict[str, Any]]:
    """The streams of one journal: each a name, its first state, its steps and its last state."""
    streams: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return streams


def play(journal: Journal[Any], stream: dict[str, Any]) -> dict[str, Any]:
    """The same stream with its states and answers as the journal has them now."""
    folded = journal.fold()
    steps = []
    for count, step in enumerate(stream["steps"], 1):
        if "do" in step:
            offered = folded.available_undo.undo if step["do"] == "undo" else folded.available_undo.redo
            assert offered is not None, f"{stream['name']}: nothing to {step['do']} at step {count}"
            event = Event(count, UNDONE, Undone(event_id=offered.event_id))
        else:
            event = Event(count, step["type"], journal.parse(step["type"], step["payload"]))
        before, folded = folded, folded.after(event)
        given = {name: step[name] for name in ("do", "type", "payload", "room") if name in step}
        steps.append({**given, "event_id": count, "changed": folded.state.changes_since(before.state)})
        if count == 1:
            first = folded.state.as_dict()
    return {"name": stream["name"], "first": first, "steps": steps, "last": folded.state.as_dict()}


def write(name: str) -> None:
    """Write the streams of one journal anew."""
    streams = [play(JOURNALS[name], stream) for stream in read(name)]
    lines = json.dumps(streams, ensure_ascii=False, indent=1)
    (FOLDER / f"{name}.json").write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    for each in JOURNALS:
        write(each)
