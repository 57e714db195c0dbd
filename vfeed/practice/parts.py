"""States as JSON, part by part: what has changed between two of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def changed_parts(before: Mapping[str, Any], after: Mapping[str, Any], keyed: Collection[str] = ()) -> dict[str, Any]:
    """Return the parts of `after` that differ; of the parts `keyed`, which are objects, only the keys that differ.

    >>> changed_parts({"a": 1, "n": {"x": 1, "y": 2}}, {"a": 1, "n": {"x": 1, "y": 3}}, {"n"})
    {'n': {'y': 3}}
    """
    changed = {name: value for name, value in after.items() if value != before[name]}
    for name in changed.keys() & set(keyed):
        changed[name] = {key: value for key, value in after[name].items() if before[name].get(key) != value}
    return changed
