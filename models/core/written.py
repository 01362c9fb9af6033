"""書いた形: values of typed dataclasses as a few bytes, and the same values back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

from models.core.messages import Message


class Way(NamedTuple):
    """How values of a type become JSON and come back; `shape` changes whenever what is written would."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]
    shape: str


def written(value: object, kind: Any) -> bytes:
    """A value of a type (dataclasses, named tuples, collections, dates, sentences and plain values) as bytes."""
    return zlib.compress(json.dumps(way(kind).write(value), separators=(",", ":")).encode())


def read(content: bytes, kind: Any) -> Any:
    """What was written of the same type: equal to it, numbers to the last bit."""
    return way(kind).read(json.loads(zlib.decompress(content)))


@cache
def way(kind: Any) -> Way:
    """The way of a type; `TypeError` for one that cannot be written."""
    if kind in LEAVES:
        return LEAVES[kind]
    if isinstance(kind, type) and issubclass(kind, date) and not issubclass(kind, datetime):
        return Way(date.isoformat, date.fromisoformat, "date")
    if is_dataclass(kind):
        return _of_parts(kind, [one.name for one in fields(kind)])
    if hasattr(kind, "_fields"):
        return _of_parts(kind, kind._fields)
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Literal:
        return Way(_same, _same, "word")
    if origin is UnionType:
        return _of_union(inner)
    return _of_collection(kind, origin, inner)


def _of_collection(kind: Any, origin: Any, inner: tuple[Any, ...]) -> Way:
    if origin is tuple and inner[-1] is not Ellipsis:
        return _of_tuple([way(one) for one in inner])
    if origin in (tuple, list, Sequence):
        return _of_many(tuple if origin is tuple else list, way(inner[0]))
    if origin in (dict, Mapping):
        return _of_mapping(way(inner[0]), way(inner[1]))
    raise TypeError(f"{kind} cannot be written")


def _same(value: Any) -> Any:
    return value


def _of_parts(kind: Any, names: Sequence[str]) -> Way:
    hints = get_type_hints(kind)
    ways = [way(hints[name]) for name in names]
    shape = ",".join(f"{name}:{one.shape}" for name, one in zip(names, ways, strict=True))

    def write(value: Any) -> list[Any]:
        return [one.write(getattr(value, name)) for name, one in zip(names, ways, strict=True)]

    others = [(place, one.read) for place, one in enumerate(ways) if one.read is not _same]

    def back(parts: list[Any]) -> Any:
        for place, read in others:
            parts[place] = read(parts[place])
        return kind(*parts)

    return Way(write, back, f"{kind.__name__}({shape})")


def _of_union(kinds: tuple[Any, ...]) -> Way:
    """Plain values, or one type that may be missing."""
    others = [one for one in kinds if one not in PLAIN]
    if not others:
        return Way(_same, _same, "plain")
    if len(kinds) > 2 or type(None) not in kinds:
        raise TypeError(f"{kinds} cannot be told apart")
    one = way(others[0])
    return Way(
        lambda value: None if value is None else one.write(value),
        lambda value: None if value is None else one.read(value),
        f"{one.shape}?",
    )


def _of_tuple(ways: Sequence[Way]) -> Way:
    return Way(
        lambda value: [one.write(part) for one, part in zip(ways, value, strict=True)],
        lambda value: tuple([one.read(part) for one, part in zip(ways, value, strict=True)]),
        f"({','.join(one.shape for one in ways)})",
    )


def _of_many(kind: type, one: Way) -> Way:
    if one.write is _same:
        return Way(list, kind, f"[{one.shape}]")
    return Way(
        lambda value: [one.write(part) for part in value],
        lambda value: kind([one.read(part) for part in value]),
        f"[{one.shape}]",
    )


def _of_mapping(key: Way, value: Way) -> Way:
    return Way(
        lambda found: [[key.write(one), value.write(part)] for one, part in found.items()],
        dict
        if key.read is value.read is _same
        else lambda pairs: {key.read(one): value.read(part) for one, part in pairs},
        f"{{{key.shape}:{value.shape}}}",
    )


def _write_message(found: Message) -> list[Any]:
    """A sentence with its values; one among them may be a sentence itself."""
    values = {
        name: _write_message(one) if isinstance(one, Message) else one for name, one in found.values.items()
    }
    return [found.template, values]


def _read_message(parts: list[Any]) -> Message:
    template, values = parts
    return Message(
        template, {name: _read_message(one) if isinstance(one, list) else one for name, one in values.items()}
    )


PLAIN = (bool, int, float, str, type(None))
"""What JSON has itself."""
LEAVES: Mapping[Any, Way] = {
    Message: Way(_write_message, _read_message, "sentence"),
    **{kind: Way(_same, _same, kind.__name__) for kind in PLAIN},
}
