"""The main job over HTTP: sign in, upload, analysis, keep a candidate, tag, reel."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from service import OWN_PASSWORD, SAMPLES, Client, Service, wait_until

from vfeed.config import load_settings
from vfeed.store import Store


def signed_in(service: Service) -> Client:
    """Sign in with the one-time password and choose an own one."""
    client = Client(service.url)
    once = service.one_time_password()
    client.form("/sign-in", name="admin", password=once)
    client.form("/password", current=once, new=OWN_PASSWORD, again=OWN_PASSWORD)
    client.page("/families")
    return client


def seeded_visit(service: Service) -> str:
    """A family with consents, entered beside the running service; returns the visit's id."""
    settings = load_settings(_env_file=None, data_dir=service.data, key_file=service.folder / "key" / "master.key")
    with Store(settings) as store:
        return seed(store)


def seed(store: Store) -> str:
    """A family with consents; returns the id of its visit."""
    family = store.families.create("Test family")
    child = store.families.add_participant(family.id, "child", "Infant", birth_month="2026-01")
    caregiver = store.families.add_participant(family.id, "adult", "Parent", relation="parent")
    for person in (child, caregiver):
        store.consents.give(person.id, "session", None, date.today(), date.today() + timedelta(days=30), "", "test")
    return store.families.add_visit(family.id, date.today(), "First visit").id


def main_job(service: Service, visit: Callable[[], str] | None = None, sample: str = "home_toy.mp4") -> dict[str, Any]:
    """Walk the whole main job on a sample clip and return what the parent would be shown."""
    client = signed_in(service)
    visit_id = visit() if visit else seeded_visit(service)
    content = (SAMPLES / sample).read_bytes()
    clip = client.upload(content, visit_id=visit_id, title="At the table")
    clip_id = clip["id"]
    wait_until("the clip is prepared and analysed", lambda: client.jobs_done(clip_id), seconds=240)
    review = client.json("GET", f"/api/clips/{clip_id}/review")
    candidate = next(each for each in review["candidates"] if each["kind"] == "gaze_contact")
    span = {key: candidate[key] for key in ("kind", "start_us", "end_us")}

    def act(event: str, **payload: object) -> Any:
        last = client.json("GET", f"/api/clips/{clip_id}/review")["last_event_id"]
        return client.json(
            "POST", f"/api/clips/{clip_id}/events", {"type": event, "payload": payload, "expect_last": last}
        )

    act("candidate_confirmed", candidate_id=candidate["id"], **span)
    interval = {"start_us": span["start_us"], "end_us": min(span["end_us"], span["start_us"] + 5_000_000)}
    code_ref = client.json("GET", "/api/codes")["packs"][0]["code_sets"][0]["codes"][0]["id"]
    act("moment_tagged", moment_id="m" * 22, code_ref=code_ref, note="Long look", **interval)
    reel = client.json(
        "POST",
        f"/api/clips/{clip_id}/reels",
        {"title": "Your moment", "moments": [{"moment_id": "m" * 22, **interval}]},
    )
    wait_until("the reel is cut", lambda: client.jobs_done(clip_id), seconds=120)
    status, headers, film = client.request("GET", f"/media/{clip_id}/reel/{reel['reel_id']}")
    assert status == 200
    assert headers["content-type"] == "video/mp4"
    return {"clip_id": clip_id, "reel": film, "review": client.json("GET", f"/api/clips/{clip_id}/review")}
