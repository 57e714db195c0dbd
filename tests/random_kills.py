"""Killing a process that keeps things, again and again at moments that nobody chose, and looking at what is left.

Run as a program it does the killing: each round forks a child that opens the store and acts, and kills it with -9 after
some answers and some milliseconds. What was acknowledged goes to the file `acks`, a JSON object a line.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from filled_store import LASTS, TODAY, settings_in, some_bytes, uploads_of

from vfeed.errors import VfeedError
from vfeed.store import Store
from vfeed.store.checks import check_everything

FILM_BYTES, PART_BYTES = 60_000, 20_000
MOST_ANSWERS, MOST_MS = 14, 25
WEIGHTS = {"tag": 6, "film": 3, "part": 4, "erase": 1, "visit": 2}


def act(store: Store, family_id: str, chance: random.Random) -> dict[str, Any]:
    """One act of a person; what is returned was acknowledged."""
    what = chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    clips = [clip.id for clip in store.clips.for_family(family_id) if clip.erased_at is None]
    uploads = uploads_of(store, "ann")
    if what == "film" or not clips:
        seed = chance.randrange(1 << 40)
        visit = store.families.visits(family_id)[0].id
        film = io.BytesIO(some_bytes(FILM_BYTES, seed))
        clip = store.clips.ingest(
            film, family_id=family_id, visit_id=visit, title="t", actor="ann", facts=LASTS, jobs=[]
        )
        return {"did": "film", "id": clip.id, "seed": seed}
    if what == "tag":
        clip_id, name = chance.choice(clips), f"m{chance.randrange(1 << 40)}"
        moment = {"moment_id": name, "start_us": 1, "end_us": 2_000_000, "code_ref": "attentive"}
        store.events.append(clip_id, "ann", "moment_tagged", moment)
        return {"did": "tag", "id": name, "clip": clip_id}
    if what == "part":
        open_ = [each for each in uploads if store.uploads.offset(each.id) < FILM_BYTES]
        upload = chance.choice(open_) if open_ else store.uploads.create("ann", FILM_BYTES, {})
        at = store.uploads.offset(upload.id)
        sent = store.uploads.append(upload.id, io.BytesIO(some_bytes(FILM_BYTES, 7)[at : at + PART_BYTES]), at)
        if sent == FILM_BYTES:
            store.uploads.remove(upload.id)
            return {"did": "done", "id": upload.id}
        return {"did": "part", "id": upload.id, "offset": sent}
    if what == "erase" and len(clips) > 2:
        clip_id = chance.choice(clips)
        print(json.dumps({"did": "begins to erase", "id": clip_id}), flush=True)
        store.clips.erase(clip_id, "ann")
        return {"did": "erase", "id": clip_id}
    return {"did": "visit", "id": store.families.add_visit(family_id, TODAY, "A visit", actor="ann").id}


def child(folder: Path, family_id: str, seed: int) -> None:
    """Act until killed, telling each acknowledged act on stdout."""
    chance = random.Random(seed)
    with Store(settings_in(folder)) as store:
        while True:
            print(json.dumps(act(store, family_id, chance)), flush=True)


def killed_round(folder: Path, family_id: str, seed: int) -> bytes:
    """Fork a child, kill it, return what it said."""
    chance = random.Random(seed)
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.dup2(writing, 1)
        try:
            child(folder, family_id, seed)
        finally:
            os._exit(1)
    os.close(writing)
    said, answers = b"", chance.randint(0, MOST_ANSWERS)
    while said.count(b"\n") < answers and (piece := os.read(reading, 65536)):
        said += piece
    time.sleep(chance.uniform(0, MOST_MS) / 1000)
    os.kill(process, signal.SIGKILL)
    while piece := os.read(reading, 65536):
        said += piece
    os.close(reading)
    if os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) != -signal.SIGKILL:
        raise SystemExit(f"the child of round {seed} ended by itself: {said[-300:]!r}")
    # The last line may be half: its act was not acknowledged.
    return said[: said.rfind(b"\n") + 1]


def kill_often(folder: Path, family_id: str, kills: int) -> list[dict[str, Any]]:
    """So many kills in a process of their own, so that nothing of the test's is forked; returns the acks."""
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    command = [sys.executable, __file__, str(folder), family_id, str(kills)]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, timeout=3000, check=False
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-2000:]
    return [json.loads(line) for line in (folder / "acks").read_text().splitlines()]


def lost(store: Store, acks: Sequence[dict[str, Any]]) -> Iterator[str]:
    """What was acknowledged and is not as it was said, in sentences."""
    by: dict[str, list[dict[str, Any]]] = {}
    for ack in acks:
        by.setdefault(ack["did"], []).append(ack)
    going = {ack["id"] for ack in by.get("begins to erase", [])}
    yield from _lost_films(store, by, going)
    yield from _lost_tags(store, by, going)
    yield from _lost_uploads(store, by)
    visits = [visit.id for visit in store.families.visits(store.families.list()[0].id)]
    yield from (
        f"a visit is here {visits.count(ack['id'])} times" for ack in by["visit"] if visits.count(ack["id"]) != 1
    )
    yield from check_everything(store).faults


def _lost_films(store: Store, by: dict[str, list[dict[str, Any]]], going: set[str]) -> Iterator[str]:
    for ack in by.get("erase", []):
        if store.keys.get(ack["id"]) is not None or store.blobs.list(ack["id"]):
            yield f"film {ack['id']} was erased, and its key or a file is here"
    for ack in by["film"]:
        if ack["id"] not in going and store.blobs.read(ack["id"], "original") != some_bytes(FILM_BYTES, ack["seed"]):
            yield f"film {ack['id']} is not what was sent"


def _lost_tags(store: Store, by: dict[str, list[dict[str, Any]]], going: set[str]) -> Iterator[str]:
    for ack in by["tag"]:
        if ack["clip"] not in going:
            found = [m for m in store.events.state(ack["clip"]).moments if m.moment_id == ack["id"]]
            if len(found) != 1:
                yield f"tag {ack['id']} is here {len(found)} times"


def _lost_uploads(store: Store, by: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    done = {ack["id"] for ack in by.get("done", [])}
    for ack in by["part"]:
        # An upload whose last part came may be gone, its answer lost.
        with contextlib.suppress(VfeedError):
            if ack["id"] not in done and store.uploads.offset(ack["id"]) < ack["offset"]:
                yield f"upload {ack['id']} went back"


def main(folder: Path, family_id: str, kills: int) -> None:
    """Kill so often, keeping what was acknowledged."""
    with (folder / "acks").open("ab") as acks:
        for number in range(kills):
            acks.write(killed_round(folder, family_id, number))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
