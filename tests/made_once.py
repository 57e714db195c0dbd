"""What every application and every database of a process have in common, worked out once: addresses and statements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from vfeed.server.app import WebApplication

# More than vfeed has, so that none is dropped.
STATEMENTS = 20_000


class KnownRule(Rule):
    """A rule whose addresses are put together by what an equal rule of an earlier application was given for it."""

    _made: dict[Any, Callable[..., tuple[str, str]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._made:
            self._made[key] = super()._compile_builder(append_unknown)
        return self._made[key]


def _is_alike(one: SQLiteDialect, other: object) -> bool:
    return type(one) is type(other) and one.dbapi is other.dbapi


def share() -> None:
    """Let later applications and SQLite databases use what earlier ones worked out; they hold no data in it."""
    WebApplication.url_rule_class = KnownRule
    statements: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    # A server's columns are sealed by its own key, which its dialect holds: those are never alike.
    SQLiteDialect.__eq__ = _is_alike
    SQLiteDialect.__hash__ = lambda one: hash(type(one))
    Engine._compiled_cache = property(lambda _engine: statements, lambda _engine, _own: None)
