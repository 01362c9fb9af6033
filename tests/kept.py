"""What one worker of the suite works out once and keeps for all its tests. Nothing of a city is in it.

Templates, addresses and statements stay compiled, and it stays known which modules keep a clock.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

import freezegun
import freezegun.api
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

MOST_STATEMENTS = 4000
WITHOUT_A_CLOCK = ["scipy"]
"""Libraries in which nobody looks for a clock: to be looked at, this one would import three hundred modules more."""


@contextmanager
def compiled() -> Iterator[None]:
    """Until the block ends nothing is compiled or searched twice in this process."""
    freezegun.configure(extend_ignore_list=WITHOUT_A_CLOCK)
    with (
        patch.object(Rule, "_compile_builder", remembering(Rule._compile_builder)),
        patch.object(Flask, "jinja_options", {"bytecode_cache": Templates()}),
        patch.object(Engine, "_compiled_cache", Statements(), create=True),
        patch.object(DefaultDialect, "__eq__", speaks_alike),
        patch.object(DefaultDialect, "__hash__", lambda dialect: hash(type(dialect))),
        patch.object(freezegun.api, "_get_module_attributes_hash", id),
        patch.object(freezegun.api, "sys", Clocks()),
    ):
        yield


class Templates(BytecodeCache):
    """Templates by the name and source that they still have."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


def remembering(compile_address: Callable[..., Any]) -> Callable[..., Any]:
    """Addresses by their parts."""
    known: dict[tuple[str, str, bool], Any] = {}

    def remembered(rule: Rule, append_unknown: bool = True) -> Any:
        key = (repr(rule._trace), repr(rule.defaults), append_unknown)
        if key not in known:
            known[key] = compile_address(rule, append_unknown)
        return known[key]

    return remembered


class Statements:
    """Stands where an engine keeps its compiled statements: all engines keep them in one place."""

    def __init__(self) -> None:
        self.kept: LRUCache[object, object] = LRUCache(MOST_STATEMENTS)

    def __get__(self, engine: Engine | None, kind: type[Engine]) -> LRUCache[object, object]:
        return self.kept

    def __set__(self, engine: Engine, value: object) -> None:
        """What an engine brings of its own is not used."""


def speaks_alike(one: DefaultDialect, other: object) -> bool:
    """Whether a statement that was compiled for one engine is right for another: same library, same server."""
    return (
        isinstance(other, DefaultDialect)
        and type(one) is type(other)
        and one.server_version_info == other.server_version_info
        and one.paramstyle == other.paramstyle
    )


class Clocks:
    """Stands where freezegun looks for modules: shows those that keep a clock, and those that came since it looked."""

    def __init__(self) -> None:
        self.searched: dict[str, ModuleType] = {}
        self.keeping: dict[str, ModuleType] = {}

    @property
    def modules(self) -> dict[str, ModuleType]:
        """Modules by name; those that were found to keep no clock are left out."""
        fresh = {
            name: found for name, found in sys.modules.copy().items() if self.searched.get(name) is not found
        }
        for name, found in list(fresh.items()):
            cache: dict[str, tuple[Any, Any]] = freezegun.api._GLOBAL_MODULES_CACHE
            kept = cache.get(getattr(found, "__name__", ""))
            if kept is not None and kept[0] == id(found):
                self.searched[name] = fresh.pop(name)
                self.keeping.pop(name, None)
                if kept[1]:
                    self.keeping[name] = found
        return self.keeping | fresh
