"""The browser's types from the OpenAPI document: `web/src/lib/types.ts`.

Only what pydantic writes is understood; anything else raises ValueError, so that no shape is guessed. The known
generator for this, openapi-typescript, asks for TypeScript 5, where the browser code has 6.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from itertools import groupby
from typing import Any

Schema = Mapping[str, Any]
HEAD = "/** Made by `make types` from docs/openapi.json: do not edit. Times are whole microseconds of the clip. */\n"
WIDTH = 112
PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def types(document: Schema) -> str:
    """Return a module with one exported type for each schema, and `Act` for the events that a person may add."""
    schemas: Schema = document["components"]["schemas"]
    parts = [HEAD, *(_declared(name, schema) for name, schema in schemas.items()), _acts(document["x-events"])]
    return "\n".join(parts)


def _declared(name: str, schema: Schema) -> str:
    comment = _comment(str(schema.get("description", "")))
    if not schema.get("properties"):
        return f"{comment}export type {name} = {_type(schema)};\n"
    return f"{comment}export interface {name} {_object(schema, '')}\n"


def _acts(events: Schema) -> str:
    by_payload = sorted(events.items(), key=lambda each: (each[1]["$ref"], each[0]))
    lines = []
    for _ref, group in groupby(by_payload, key=lambda each: each[1]["$ref"]):
        pairs = list(group)
        names = " | ".join(f"'{name}'" for name, _schema in pairs)
        lines.append(f"  | {{ type: {names}; payload: {_type(pairs[0][1])} }}")
    comment = _comment("What a person does in the review room; the server keeps each as one event.")
    return f"{comment}export type Act =\n" + "\n".join(lines) + ";\n"


def _comment(words: str) -> str:
    if not words:
        return ""
    if len(words) <= WIDTH:
        return f"/** {words} */\n"
    return "\n".join(["/**", *textwrap.wrap(words, WIDTH, initial_indent=" * ", subsequent_indent=" * "), " */\n"])


def _object(schema: Schema, indent: str) -> str:
    inner = indent + "  "
    required = set(schema.get("required", ()))
    lines = [
        f"{inner}{name}{'' if name in required else '?'}: {_type(each, inner)};"
        for name, each in schema["properties"].items()
    ]
    return "{\n" + "\n".join(lines) + f"\n{indent}}}"


def _type(schema: Schema, indent: str = "") -> str:  # One line for each form a schema can have.
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " | ".join(_literal(each) for each in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each, indent) for each in schema["anyOf"]))
    kind = schema.get("type")
    if kind == "array":
        return _array(schema, indent)
    if kind == "object":
        return _record(schema, indent)
    if kind in PLAIN:
        return PLAIN[kind]
    if not set(schema) - {"title", "default", "description"}:
        return "unknown"
    raise ValueError(f"a schema of an unknown form: {dict(schema)}")


def _array(schema: Schema, indent: str) -> str:
    if "prefixItems" in schema:
        return "[" + ", ".join(_type(each, indent) for each in schema["prefixItems"]) + "]"
    item = _type(schema.get("items", {}), indent)
    return f"({item})[]" if "|" in item else f"{item}[]"


def _record(schema: Schema, indent: str) -> str:
    if schema.get("properties"):
        return _object(schema, indent)
    more = schema.get("additionalProperties", True)
    if more is False:
        return "Record<string, never>"
    return f"Record<string, {_type(more, indent) if isinstance(more, dict) else 'unknown'}>"


def _literal(value: object) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value).lower()
