"""Families with films from which moments were chosen and shown, made without waiting for a worker."""

from __future__ import annotations

import io
import threading
from collections.abc import Sequence
from datetime import date, timedelta

from film_work import prepare, reel
from service import SAMPLES

from bench.review_site import ACTOR, LEASE_S, no_findings
from vfeed.jobs.lease import JobRun
from vfeed.services.intake import take_in
from vfeed.store import Store
from vfeed.store.tables import Clip, Visit

SECOND = 1_000_000


def a_family(
    store: Store, code_name: str, *, days_ago: Sequence[int], uses: Sequence[str] = ("session",)
) -> list[Visit]:
    """A family whose people agreed to `uses`, with one visit for each of `days_ago`, in that order."""
    family = store.families.create(code_name)
    today = date.today()
    people = [
        store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01"),
        store.families.add_participant(family.id, "adult", "Parent", relation="mother"),
    ]
    for person in people:
        for use in uses:
            store.consents.give(person.id, use, None, today, today + timedelta(days=90), "", ACTOR)
    return [
        store.families.add_visit(
            family.id, today - timedelta(days=days), f"Visit {number}, at home", "When is play at its best for us?"
        )
        for number, days in enumerate(days_ago, 1)
    ]


def a_film(store: Store, visit: Visit, sample: str, title: str, twist: bytes = b"") -> Clip:
    """A sample clip that is ready to be watched; `twist` makes one film of the same pictures another file."""
    content = (SAMPLES / sample).read_bytes() + twist
    clip = take_in(store, io.BytesIO(content), visit=visit, title=title, actor=ACTOR)
    work_off(store, clip.id)
    return clip


def a_reel(store: Store, clip: Clip, title: str, starts_s: Sequence[int], words: Sequence[str] = ()) -> str:
    """A reel of moments of three seconds, cut, with what the parent said about each; returns its id."""
    last = len(store.events.read(clip.id).events)
    names = [f"m{last}-{number}" for number in range(len(starts_s))]
    spans = [{"start_us": start * SECOND, "end_us": (start + 3) * SECOND} for start in starts_s]
    codes = ("attentive", "eye_to_eye", "shared_joy")
    for name, span, code in zip(names, spans, codes, strict=False):
        moment = {"moment_id": name, **span, "code_ref": code, "note": "SECRET NOTE"}
        store.events.append(clip.id, ACTOR, "moment_tagged", moment)
    pieces = [{"moment_id": name, **span} for name, span in zip(names, spans, strict=True)]
    reel_id = f"reel-{last}"
    store.events.append(clip.id, ACTOR, "reel_saved", {"reel_id": reel_id, "title": title, "moments": pieces})
    for name, text in zip(names, words, strict=False):
        store.events.append(clip.id, ACTOR, "words_written", {"moment_id": name, "text": text})
    store.jobs.add("reel", clip.id, {"reel_id": reel_id}, ACTOR)
    work_off(store, clip.id)
    return reel_id


def work_off(store: Store, clip_id: str) -> None:
    """Do a clip's waiting work here and now; nothing is found in it."""
    for job in store.jobs.for_clip(clip_id):
        lease = store.jobs.claim(job.id, ACTOR, LEASE_S)
        if lease is None:
            continue
        with JobRun(store, job, lease, threading.Event()) as work:
            if job.kind == "analyse":
                store.analyses.save(clip_id, no_findings(), within=work.finish)
            else:
                {"prepare": prepare, "reel": reel}[job.kind](store, work)
