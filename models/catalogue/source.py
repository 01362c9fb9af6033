"""YAML read with the line of every value: a broken catalogue is told by file, line and what is expected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import yaml

Pointer = tuple[str | int, ...]
Place = tuple[str, int]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_DEEPEST = 40
_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+\Z")


class CatalogueError(ValueError):
    """A file of the catalogue is wrong: `file`, `line` (0 where no line can be named), `message`."""

    def __init__(self, file: str, line: int, message: str) -> None:
        super().__init__(f"{file}:{line}: {message}" if line else f"{file}: {message}")
        self.file = file
        self.line = line
        self.message = message


@dataclass(frozen=True)
class Document:
    """One YAML (or stored) document: plain `data`, and file name and line of every value by pointer."""

    path: Path
    data: Any
    lines: Mapping[Pointer, Place] = field(default_factory=dict, repr=False, compare=False)

    def place(self, pointer: Pointer) -> Place:
        """File and line of the value at `pointer`, or of the nearest value around it."""
        for length in range(len(pointer), -1, -1):
            found = self.lines.get(pointer[:length])
            if found is not None:
                return found
        return (str(self.path), 0)

    def fail(self, pointer: Pointer, message: str) -> NoReturn:
        """Raise CatalogueError with the file and line of `pointer` (its keys where no line is known)."""
        file, line = self.place(pointer)
        if not line and pointer:
            message = f"{'.'.join(str(step) for step in pointer)}: {message}"
        raise CatalogueError(file, line, message)

    @property
    def root(self) -> Node:
        """The whole document as a node to read from."""
        return Node(self, (), self.data)


def read(path: Path, name: str = "") -> Document:
    """Read one YAML file, called `name` in errors (else as the file is called).

    Raises CatalogueError for syntax errors, duplicate keys, tags, aliases and what is not UTF-8.
    """
    name = name or path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CatalogueError(name, 0, f"cannot be read ({error.strerror}), expected a YAML file") from error
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CatalogueError(name, line, "not readable as text, expected UTF-8") from error
    return read_text(Path(name), text)


def read_text(path: Path, text: str) -> Document:
    """Read YAML from `text`; `path` only names it in errors. Raises like `read`."""
    try:
        _refuse_depth(path, text)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise CatalogueError(str(path), line, f"not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise CatalogueError(str(path), 0, f"not valid YAML: {error}") from error
    lines: dict[Pointer, Place] = {(): (str(path), 1)}
    if node is None:
        return Document(path, {}, lines)
    return Document(path, _Plain(str(path), lines).value(node, ()), lines)


def _refuse_depth(path: Path, text: str) -> None:
    """Fail for brackets in brackets without end: composing them would overflow the stack of the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            line = event.start_mark.line + 1 if event.start_mark else 0
            raise CatalogueError(str(path), line, f"nested too deep, expected at most {_DEEPEST} levels")


class _Plain:
    """Turns composed YAML nodes into plain data and notes the line of each."""

    def __init__(self, file: str, lines: dict[Pointer, Place]) -> None:
        self._file = file
        self._lines = lines
        self._seen: set[int] = set()

    def value(self, node: yaml.Node, pointer: Pointer) -> Any:
        self._lines[pointer] = (self._file, node.start_mark.line + 1)
        if id(node) in self._seen:
            self._refuse(node, "the same part is used twice by an alias (*name), expected it written out")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, pointer)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*pointer, index)) for index, item in enumerate(node.value)]
        return self._scalar(node)

    def _mapping(self, node: yaml.MappingNode, pointer: Pointer) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, "expected a plain word as key")
            key = str(key_node.value)
            if key in result:
                self._refuse(key_node, f"`{key}` is there twice, expected each key once")
            result[key] = self.value(value_node, (*pointer, key))
            self._lines[(*pointer, key)] = (self._file, key_node.start_mark.line + 1)
        return result

    def _scalar(self, node: yaml.Node) -> Any:
        if node.tag not in (_TEXT_TAG, None):
            self._refuse(node, f"tag {node.tag} is not used here, expected a plain value")
        text = str(node.value)
        if getattr(node, "style", None):
            return text
        if text in _WORDS:
            return _WORDS[text]
        if _INTEGER.match(text):
            return int(text)
        return float(text) if _NUMBER.match(text) else text

    def _refuse(self, node: yaml.Node, message: str) -> NoReturn:
        raise CatalogueError(self._file, node.start_mark.line + 1, message)


_REQUIRED: Any = object()


@dataclass(frozen=True)
class Node:
    """One value of a document with typed getters; each fails with file, line and what is expected.

    A getter given a `default` returns it when the key is absent; without one the key must be there.
    """

    document: Document
    pointer: Pointer
    value: Any

    @property
    def key(self) -> str:
        """The last step of the pointer: the key or index under which this value stands."""
        return str(self.pointer[-1]) if self.pointer else self.document.path.name

    def fail(self, message: str, key: str | int | None = None) -> NoReturn:
        """Raise CatalogueError at this value, or at the value under `key`."""
        self.document.fail(self.pointer if key is None else (*self.pointer, key), message)

    def has(self, key: str) -> bool:
        """Whether this mapping has `key`."""
        return isinstance(self.value, dict) and key in self.value

    def only(self, *keys: str) -> None:
        """Fail for a key that is none of `keys`: a misspelt key must not be silently ignored."""
        for key in self._as_mapping():
            if key not in keys:
                self.fail(f"unknown key `{key}`, expected one of: {', '.join(keys)}", key)

    def child(self, key: str) -> Node:
        """The value under `key`; fails where there is none."""
        if key not in self._as_mapping():
            self.fail(f"`{key}` is missing in `{self.key}`, expected it here")
        return Node(self.document, (*self.pointer, key), self.value[key])

    def entries(self) -> Iterator[tuple[str, Node]]:
        """Key and value of every entry of this mapping, in the order of the file."""
        for key, value in self._as_mapping().items():
            yield key, Node(self.document, (*self.pointer, key), value)

    def nodes(self) -> Iterator[Node]:
        """Every item of this list."""
        if not isinstance(self.value, list):
            self.fail(f"`{self.key}` is {_kind(self.value)}, expected a list")
        for index, value in enumerate(self.value):
            yield Node(self.document, (*self.pointer, index), value)

    def mapping(self, key: str) -> dict[str, Node]:
        """The entries of the mapping under `key`; empty where the key is absent."""
        return dict(self.child(key).entries()) if self.has(key) else {}

    def listing(self, key: str) -> list[Node]:
        """The items of the list under `key`; empty where the key is absent."""
        return list(self.child(key).nodes()) if self.has(key) else []

    def texts(self, key: str) -> tuple[str, ...]:
        """The list of words under `key`; empty where the key is absent."""
        return tuple(node.as_text() for node in self.listing(key))

    def text(self, key: str, default: Any = _REQUIRED) -> str:
        """The text under `key`."""
        return str(default) if self._absent(key, default) else self.child(key).as_text()

    def integer(self, key: str, *, low: int = 0, high: int = 10**9, default: Any = _REQUIRED) -> int:
        """The whole number under `key`, from `low` to `high`."""
        return int(default) if self._absent(key, default) else self.child(key).as_integer(low, high)

    def number(self, key: str, *, low: float = 0, high: float = 1e9, default: Any = _REQUIRED) -> float:
        """The number under `key`, from `low` to `high`."""
        return float(default) if self._absent(key, default) else self.child(key).as_number(low, high)

    def flag(self, key: str, default: Any = _REQUIRED) -> bool:
        """The true or false under `key`."""
        return bool(default) if self._absent(key, default) else self.child(key).as_flag()

    def one_of(self, key: str, choices: tuple[str, ...], default: Any = _REQUIRED) -> str:
        """The word under `key`, which is one of `choices`."""
        if self._absent(key, default):
            return str(default)
        node = self.child(key)
        if node.value not in choices:
            node.fail(f"`{key}` is {_show(node.value)}, expected one of: {', '.join(choices)}")
        return str(node.value)

    def as_text(self) -> str:
        """This value as text (numbers as written); fails for lists, mappings, true, false and nothing."""
        if isinstance(self.value, bool) or not isinstance(self.value, str | int | float):
            self.fail(f"`{self.key}` is {_kind(self.value)}, expected text (put it in quotes)")
        return str(self.value)

    def as_integer(self, low: int = 0, high: int = 10**9) -> int:
        """This value as a whole number from `low` to `high`."""
        if isinstance(self.value, bool) or not isinstance(self.value, int) or not low <= self.value <= high:
            self.fail(f"`{self.key}` is {_show(self.value)}, expected a whole number from {low} to {high}")
        return self.value

    def as_number(self, low: float = 0, high: float = 1e9) -> float:
        """This value as a number from `low` to `high`."""
        if (
            isinstance(self.value, bool)
            or not isinstance(self.value, int | float)
            or not low <= self.value <= high
        ):
            self.fail(f"`{self.key}` is {_show(self.value)}, expected a number from {low:g} to {high:g}")
        return float(self.value)

    def as_flag(self) -> bool:
        """This value as true or false."""
        if not isinstance(self.value, bool):
            self.fail(f"`{self.key}` is {_show(self.value)}, expected true or false")
        return self.value

    def _absent(self, key: str, default: Any) -> bool:
        return default is not _REQUIRED and not self.has(key)

    def _as_mapping(self) -> dict[str, Any]:
        if not isinstance(self.value, dict):
            self.fail(f"`{self.key}` is {_kind(self.value)}, expected a mapping (key: value)")
        return self.value


def _kind(value: Any) -> str:
    names = {dict: "a mapping", list: "a list", bool: "true or false", type(None): "empty"}
    return names.get(type(value)) or repr(value)


def _show(value: Any) -> str:
    return _kind(value) if isinstance(value, dict | list | type(None)) else repr(value)
