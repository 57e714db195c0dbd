"""The JSON interface is typed once: shapes, OpenAPI and the browser's types are one and the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from app_site import Site

from vfeed.server.web.wall.openapi import as_text, document
from vfeed.server.web.wall.review import Candidate
from vfeed.server.web.wall.routes import ROUTES
from vfeed.server.web.wall.typescript import types
from vfeed.store.analyses import Findings

ROOT = Path(__file__).parents[2]
AGAIN = "run make types"
# The tus protocol speaks in headers: these answer without a body.
WITHOUT_A_BODY = {"tus.options", "tus.create", "tus.head", "tus.patch", "tus.terminate"}


def test_the_openapi_document_is_fresh(site: Site) -> None:
    assert (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8") == as_text(document(site.app)), AGAIN


def test_the_browsers_types_are_fresh() -> None:
    kept = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    assert (ROOT / "web" / "src" / "lib" / "types.ts").read_text(encoding="utf-8") == types(kept), AGAIN


def test_every_endpoint_under_api_is_typed_but_those_without_a_body(site: Site) -> None:
    endpoints = {rule.endpoint for rule in site.app.url_map.iter_rules() if rule.rule.startswith("/api/")}
    assert endpoints - ROUTES.keys() == WITHOUT_A_BODY


def test_every_typed_endpoint_is_there(site: Site) -> None:
    assert ROUTES.keys() - site.app.view_functions.keys() == set()


def test_a_form_of_schema_that_is_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown form"):
        types(
            {"components": {"schemas": {"Odd": {"type": "object", "properties": {"a": {"not": {}}}}}}, "x-events": {}}
        )


def test_what_an_analysis_of_another_version_tells_beside_is_left_out() -> None:
    shown: dict[str, Any] = {"id": "c", "number": 1, "kind": "gaze_contact", "label": "Gaze contact", "reason": ""}
    shown |= {"start_us": 0, "end_us": 1, "confidence": 0.5, "face_pair_url": None, "later": True}
    assert Candidate.model_validate(shown).model_dump() == {
        **{k: shown[k] for k in shown if k != "later"},
        "evidence": {},
    }


@pytest.mark.parametrize("filming", [{}, {"setup": {"kind": "one_view", "confidence": 0.9, "given": False}}])
def test_the_review_of_an_analysis_that_tells_little_still_fits(site: Site, filming: dict[str, Any]) -> None:
    offered = {"id": "c1", "kind": "gaze_contact", "start_us": 0, "end_us": 9, "confidence": 0.5, "reason": "r"}
    lanes = {"infant": [[0, 9, "unseen", 1.0]], "parent": [[0, 9, "partner", None]]}
    site.store.analyses.save(site.clip.id, Findings({}, filming, {"confidence": 0.9}, lanes, [offered], b""))
    read = site.signed_in("practitioner").get(f"/api/clips/{site.clip.id}/review").json
    assert read["who"]["roles"] == {"confidence": 0.9, "others": 0, "given": False, "lost": []}
    assert read["lanes"]["parent"] == [[0, 9, "partner", None]]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"payload": {}}, "The field type must hold text."),
        ({"type": 3, "payload": {}}, "The field type must hold text."),
        ({"type": "undone"}, "The field payload must hold an object."),
        ({"type": "undone", "payload": []}, "The field payload must hold an object."),
        ({"type": "undone", "payload": {}, "expect_last": True}, "The field expect_last must hold a whole number."),
        ({"type": "undone", "payload": {}, "expect_last": "3"}, "The field expect_last must hold a whole number."),
    ],
)
def test_a_body_that_does_not_fit_is_refused_with_the_field(site: Site, body: dict[str, Any], words: str) -> None:
    answer = site.signed_in("practitioner").post(f"/api/clips/{site.clip.id}/events", json=body)
    assert (answer.status_code, answer.json["error"]["message"]) == (422, words)
