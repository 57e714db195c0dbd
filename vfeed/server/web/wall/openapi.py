"""The OpenAPI document of the JSON interface, from the shapes and the application's own addresses."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from vfeed import __version__
from vfeed.practice.review import REVIEW
from vfeed.server.web.wall.base import ErrorBody
from vfeed.server.web.wall.routes import FILES, ROUTES
from vfeed.services.review import ELSEWHERE

REF = "#/components/schemas/{model}"
Document = dict[str, Any]
OUTSIDE_THE_ROOM = frozenset({"words_written"})
"""What is sent to the same address from the page of a reel: the review room does not do it."""


def document(app: Flask) -> Document:
    """Return OpenAPI 3.1 of every endpoint in `ROUTES`; the events of a review are named in `x-events`."""
    schemas, names = _schemas()
    paths: dict[str, Document] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        route = ROUTES.get(rule.endpoint)
        if route is None:
            continue
        view = app.view_functions[rule.endpoint]
        operation: Document = {
            "operationId": rule.endpoint,
            "summary": (inspect.getdoc(view) or "").partition("\n")[0],
            "parameters": [
                {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
                for name in sorted(rule.arguments)
            ],
            "responses": {
                str(route.status): _content(names[route.answer, "serialization"], "The answer."),
                "default": _content({"$ref": REF.format(model="Refusal")}, "A refusal."),
            },
        }
        if route.body is not None:
            operation["requestBody"] = {"required": True, **_content(names[route.body, "validation"], "")}
            operation["requestBody"].pop("description")
        method = "post" if "POST" in (rule.methods or ()) else "get"
        paths.setdefault(_address(rule.rule), {})[method] = operation
    refusal = {"type": "object", "required": ["error"], "properties": {"error": names[ErrorBody, "serialization"]}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "vfeed", "version": __version__},
        "paths": paths,
        "components": {"schemas": {**schemas, "Refusal": refusal}},
        "x-events": {type_: names[model, "serialization"] for type_, model in _events().items()},
    }


def as_text(built: Mapping[str, Any]) -> str:
    """The document as it is kept in the repository."""
    return json.dumps(built, indent=2, ensure_ascii=False) + "\n"


def _events() -> Mapping[str, type[BaseModel]]:
    return {type_: model for type_, model in REVIEW.types.items() if type_ not in ELSEWHERE | OUTSIDE_THE_ROOM}


def _schemas() -> tuple[Document, Mapping[Any, Document]]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(ErrorBody, "serialization")]
    for route in ROUTES.values():
        wanted.append((route.answer, "serialization"))
        if route.body is not None:
            wanted.append((route.body, "validation"))
    beside: list[type[BaseModel]] = [*FILES, *_events().values()]
    wanted += [(model, "serialization") for model in beside]
    refs, made = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    return dict(_described(made["$defs"])), refs


def _described(found: Mapping[str, Document]) -> Iterable[tuple[str, Document]]:
    for name, schema in sorted(found.items()):
        yield name, {**schema, "description": " ".join(str(schema.get("description", "")).split())}


def _content(schema: Document, description: str) -> Document:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _address(rule: str) -> str:
    return rule.replace("<int:", "{").replace("<float:", "{").replace("<", "{").replace(">", "}")
