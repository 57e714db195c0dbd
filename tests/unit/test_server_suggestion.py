"""What the reel's page offers to begin with: the service's own rule on the clip's tagged moments."""

from __future__ import annotations

from typing import Any

import pytest
from app_site import SECOND, Site

from vfeed.store.analyses import Findings


def tag(site: Site, name: str, start_s: int, code_ref: str) -> None:
    payload = {"moment_id": name, "start_us": start_s * SECOND, "end_us": (start_s + 1) * SECOND, "code_ref": code_ref}
    site.store.events.append(site.clip.id, "ann", "moment_tagged", payload)


def suggested(site: Site, who: str = "practitioner") -> Any:
    return site.signed_in(who).get(f"/api/clips/{site.clip.id}/suggestion")


def test_child_and_parent_and_what_is_seen_come_first_and_a_reel_takes_them_as_they_are(site: Site) -> None:
    lanes: dict[str, Any] = {
        "infant": [[0, 5 * SECOND, "partner", 0.9]],
        "parent": [[0, 1 * SECOND, "unseen", 1.0], [1 * SECOND, 5 * SECOND, "partner", 0.9]],
    }
    site.store.analyses.save(site.clip.id, Findings({}, {}, {}, lanes, [], b""))
    for name, start_s, code_ref in (
        ("unseen", 0, "attentive"),
        ("a", 1, "attentive"),
        ("b", 2, "child_initiative"),
        ("c", 3, "attentive"),
    ):
        tag(site, name, start_s, code_ref)
    found = suggested(site).json
    assert [each["moment_id"] for each in found] == ["a", "b", "c"]
    answer = site.signed_in("practitioner").post(
        f"/api/clips/{site.clip.id}/reels", json={"title": "Three moments", "moments": found}
    )
    assert answer.status_code == 201


def test_without_an_analysis_tagged_moments_are_still_offered_and_without_tags_none(site: Site) -> None:
    tagged = [moment.moment_id for moment in site.store.events.state(site.clip.id).moments]
    assert [each["moment_id"] for each in suggested(site).json] == tagged
    for name in tagged:
        site.store.events.append(site.clip.id, "ann", "moment_removed", {"moment_id": name})
    assert suggested(site).json == []


@pytest.mark.parametrize("who", ["researcher"])
def test_nobody_is_offered_what_they_may_not_make(site: Site, who: str) -> None:
    assert suggested(site, who).status_code == 403


def test_what_was_kept_and_not_tagged_is_offered_in_fitting_words_and_tagged_by_whoever_makes_the_film(
    site: Site,
) -> None:
    span = {"start_us": 15 * SECOND, "end_us": 16 * SECOND}
    kept = {"candidate_id": "c1", "kind": "gaze_contact", **span}
    site.store.events.append(site.clip.id, "ann", "candidate_confirmed", kept)
    browser = site.signed_in("practitioner")
    [moment] = browser.get(f"/api/clips/{site.clip.id}/kept-uncoded").json
    assert (moment["moment_id"], moment["code_ref"]) == ("kept-c1", "eye_to_eye")
    assert {name: moment[name] for name in span} == span
    assert "kept-c1" in {each["moment_id"] for each in suggested(site).json}
    assert "kept-c1" not in {each.moment_id for each in site.store.events.state(site.clip.id).moments}
    sent = {"type": "moment_tagged", "payload": moment, "expect_last": None}
    assert browser.post(f"/api/clips/{site.clip.id}/events", json=sent).status_code == 200
    assert browser.get(f"/api/clips/{site.clip.id}/kept-uncoded").json == []


def test_where_gaze_says_little_nothing_kept_is_offered(site: Site) -> None:
    kept = {"candidate_id": "c1", "kind": "gaze_contact", "start_us": 15 * SECOND, "end_us": 16 * SECOND}
    site.store.events.append(site.clip.id, "ann", "candidate_confirmed", kept)
    site.store.events.append(
        site.clip.id, "ann", "gaze_flags_set", {"meaningful": False, "reason": "Not to be read here"}
    )
    assert site.signed_in("practitioner").get(f"/api/clips/{site.clip.id}/kept-uncoded").json == []
