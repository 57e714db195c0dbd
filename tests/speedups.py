"""What makes a run quick and changes nothing that a test looks at; put in place once in a process."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ClassVar

import argon2
import pytest
from sqlalchemy import Engine
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

from vfeed.server.app import WebApplication

# More than vfeed has, so that none is dropped.
STATEMENTS = 20_000
# As weak as argon2 allows: tests check who gets in, not how long guessing takes.
WEAK = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
_hash_secret = argon2.low_level.hash_secret


class KnownRule(Rule):
    """A rule that is read and put together by what an equal rule of an earlier application was given for it."""

    _made: ClassVar[dict[Any, Callable[..., tuple[str, str]]]] = {}
    _read: ClassVar[dict[str, tuple[list[Any], list[Any], dict[str, Any], set[str]]]] = {}

    def _parse_rule(self, rule: str) -> Iterable[RulePart]:
        if rule not in self._read:
            alone = Rule(rule)
            alone.map, alone._trace, alone._converters = self.map, [], {}
            self._read[rule] = (list(alone._parse_rule(rule)), alone._trace, alone._converters, alone.arguments)
        parts, trace, converters, arguments = self._read[rule]
        self._trace += trace
        self._converters |= converters
        self.arguments |= arguments
        return parts

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (self.rule, tuple(self._trace), repr(self.defaults), append_unknown)
        if key not in self._made:
            self._made[key] = super()._compile_builder(append_unknown)
        return self._made[key]


@wraps(_hash_secret)
def weak_hash(*args: Any, **told: Any) -> bytes:
    """Hash as argon2 does, with little work."""
    return _hash_secret(*args, **told | WEAK)


def _is_alike(one: SQLiteDialect, other: object) -> bool:
    return type(one) is type(other) and one.dbapi is other.dbapi


def share() -> None:
    """Let later applications and SQLite databases use what earlier ones worked out; they hold no data in it."""
    WebApplication.url_rule_class = KnownRule
    statements: LRUCache[Any, Any] = LRUCache(STATEMENTS)
    # A server's columns are sealed by its own key, which its dialect holds: those are never alike.
    for of, name, put in (
        (SQLiteDialect, "__eq__", _is_alike),
        (SQLiteDialect, "__hash__", lambda one: hash(type(one))),
        (Engine, "_compiled_cache", property(lambda _engine: statements, lambda _engine, _own: None)),
    ):
        setattr(of, name, put)


def hash_with(work: Callable[..., bytes]) -> None:
    """Let passwords and PINs be hashed by this, here and in what Flask-Security uses."""
    for module in (argon2.low_level, argon2._password_hasher):
        setattr(module, "hash_secret", work)  # noqa: B010


@pytest.fixture
def slow_hashes() -> Any:
    """Hashes with as much work as where vfeed is used."""
    hash_with(_hash_secret)
    yield
    hash_with(weak_hash)
