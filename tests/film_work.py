"""What a worker makes of a film, made once for films that show the same: most of it is encoding."""

from __future__ import annotations

import hashlib
import json
import struct
import uuid
from functools import wraps

from vfeed.jobs import handlers
from vfeed.jobs.handlers import Handler
from vfeed.jobs.lease import JobRun
from vfeed.store import Store

_BOX = struct.Struct(">I4s16s")
Made = list[tuple[str, str, bytes]]


def another(film: bytes) -> bytes:
    """Return the same film as another file (MP4 and MOV): a site takes no file twice."""
    return film + _BOX.pack(_BOX.size, b"free", uuid.uuid4().bytes)


def _shown_by(film: bytes) -> str:
    is_another = film[-_BOX.size : -16] == _BOX.pack(_BOX.size, b"free", b"")[:8]
    return hashlib.sha256(film[: -_BOX.size] if is_another else film).hexdigest()


def made_once(handler: Handler) -> Handler:
    """Return a handler that does its work once for each film and what is asked of it, and then keeps the same files.

    For films that nobody turned, and for tests that are not about this work.
    """
    made: dict[tuple[str, str], Made] = {}

    @wraps(handler)
    def work_or_copy(store: Store, work: JobRun) -> None:
        clip_id, blobs = work.job.clip_id, store.blobs
        asked = work.job.payload
        if reel_id := asked.get("reel_id"):
            asked = {"reel": repr(store.events.state(clip_id).reel(str(reel_id)))}
        key = (_shown_by(blobs.read(clip_id, "original")), json.dumps(asked, sort_keys=True))
        if key in made:
            with blobs.batch(clip_id) as batch:
                for role, media_type, data in made[key]:
                    with batch.put(role, media_type) as out:
                        out.write(data)
                batch.commit(work.finish)
            return
        before = {each.id for each in blobs.list(clip_id)}
        handler(store, work)
        new = [each for each in blobs.list(clip_id) if each.id not in before]
        made[key] = [(each.role, each.media_type, blobs.read(clip_id, each.role)) for each in new]

    return work_or_copy


prepare, reel = made_once(handlers.prepare), made_once(handlers.reel)
