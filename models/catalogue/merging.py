"""The shipped folder of the catalogue with a city's own folders laid over it, still knowing every line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from models.catalogue.source import CatalogueError, Document, Place, Pointer, read

SHIPPED = Path(__file__).parent
PARTS = (
    "departments",
    "queues",
    "items",
    "procedures",
    "navigator",
    "search",
    "forms",
    "vocabulary",
    "demand",
    "metrics",
)
"""One document each, written as `<part>.yaml` or as several files in a folder `<part>/`."""

_WHOLE = ("when", "ask_if")
"""Mappings that a city replaces as a whole: half of an old condition is no condition."""

_MENTIONS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("procedures", "procedures"): (
        ("procedures", "procedures", "*", "related"),
        ("navigator", "rules", "*", "add"),
        ("navigator", "cases", "*", "expect"),
        ("search", "words", "*"),
        ("forms", "forms", "*", "used_by"),
    ),
    ("items", "items"): (
        ("procedures", "procedures", "*", "bring"),
        ("items", "items", "*", "replaces"),
        ("navigator", "spared", "*", "items"),
    ),
    ("forms", "forms"): (("procedures", "procedures", "*", "forms"),),
    ("navigator", "rules"): (("navigator", "cases", "*", "warns"),),
}
"""Where the things of a section are mentioned: what a city removes is no longer mentioned there."""


@dataclass(frozen=True)
class CatalogueSource:
    """The merged documents of one edition, by part."""

    documents: Mapping[str, Document]


def read_source(*overrides: Path) -> CatalogueSource:
    """Read the shipped folder and lay the folders of `overrides` over it in order; may raise CatalogueError."""
    documents = dict(_shipped())
    removed: set[Pointer] = set()
    for folder in overrides:
        _refuse_unknown_files(folder)
        for part in PARTS:
            if _files(folder, part):
                over = _part(folder, part, f"{folder.name}/")
                documents[part], gone = laid_over(documents[part], over)
                removed |= {(part, *pointer) for pointer in gone}
    return CatalogueSource(_forget(documents, removed))


@lru_cache(maxsize=1)
def _shipped() -> Mapping[str, Document]:
    """The shipped documents, read once a process; nothing may change their data."""
    return {part: _part(SHIPPED, part, "") for part in PARTS}


def _files(folder: Path, part: str) -> list[Path]:
    single = folder / f"{part}.yaml"
    return ([single] if single.is_file() else []) + sorted((folder / part).glob("*.yaml"))


def _refuse_unknown_files(folder: Path) -> None:
    if not folder.is_dir():
        raise CatalogueError(str(folder), 0, "no such folder, expected a folder with YAML files")
    for path in sorted(folder.iterdir()):
        if not _known(path):
            expected = ", ".join(f"{part}.yaml" for part in PARTS)
            raise CatalogueError(
                f"{folder.name}/{path.name}", 0, f"unknown file, expected one of: {expected}"
            )


def _known(path: Path) -> bool:
    if path.is_dir():
        return path.name in PARTS or path.name.startswith(".")
    return path.stem in PARTS if path.suffix == ".yaml" else path.suffix != ".yml"


def _part(folder: Path, part: str, prefix: str) -> Document:
    """All files of one part as one document; the same entry in two files is an error."""
    files = _files(folder, part)
    if not files:
        raise CatalogueError(f"{prefix}{part}.yaml", 0, "is missing, expected it here")
    data: dict[str, Any] = {}
    lines: dict[Pointer, Place] = {(): (prefix + files[0].relative_to(folder).as_posix(), 1)}
    for path in files:
        document = read(path, prefix + path.relative_to(folder).as_posix())
        for section, entry, value in _sections(document):
            pointer: Pointer = (section,) if entry is None else (section, entry)
            if pointer in lines:
                file, line = lines[pointer]
                document.fail(pointer, f"`{pointer[-1]}` is already in {file}:{line}, expected it once")
            if entry is None:
                data[section] = value
            else:
                data.setdefault(section, {})[entry] = value
            lines.update(_lines(document, pointer, pointer, value))
        lines.update({(section,): document.place((section,)) for section in data if (section,) not in lines})
    return Document(Path(f"{part}.yaml"), data, lines)


def _sections(document: Document) -> Iterator[tuple[str, str | None, Any]]:
    if not isinstance(document.data, dict):
        document.fail((), "expected sections (key: value) at the top of the file")
    for section, value in document.data.items():
        if isinstance(value, dict) and value:
            yield from ((section, entry, inner) for entry, inner in value.items())
        else:
            yield section, None, value


def _lines(document: Document, source: Pointer, target: Pointer, value: Any) -> dict[Pointer, Place]:
    """The places of a value and everything in it, moved from pointer `source` to pointer `target`."""
    found = {target: document.place(source)}
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        found.update(_lines(document, (*source, key), (*target, key), part))
    return found


def laid_over(base: Document, over: Document) -> tuple[Document, set[Pointer]]:
    """`over` on `base` key by key, and what it removed; CatalogueError where it removes what is not there."""
    merge = _Merge(base, over)
    data = merge.mapping(base.data, over.data, ())
    return Document(base.path, data, merge.lines), merge.removed


class _Merge:
    """Lays one document over another: mappings key by key, everything else as a whole, null removes."""

    def __init__(self, base: Document, over: Document) -> None:
        self._over = over
        self.lines = dict(base.lines)
        self.removed: set[Pointer] = set()

    def mapping(self, base: dict[str, Any], over: dict[str, Any], pointer: Pointer) -> dict[str, Any]:
        result = dict(base)
        for key, value in over.items():
            here = (*pointer, key)
            if value is None:
                if key not in base:
                    self._over.fail(here, f"`{key}` is to be removed but is not there, expected a known key")
                del result[key]
                self.removed.add(here)
            elif isinstance(value, dict) and isinstance(base.get(key), dict) and key not in _WHOLE:
                result[key] = self.mapping(base[key], value, here)
                self.lines[here] = self._over.place(here)
            else:
                result[key] = value
                self._replace_lines(here, value)
        return result

    def _replace_lines(self, pointer: Pointer, value: Any) -> None:
        depth = len(pointer)
        for old in [known for known in self.lines if known[:depth] == pointer]:
            del self.lines[old]
        self.lines.update(_lines(self._over, pointer, pointer, value))


def _forget(documents: dict[str, Document], removed: set[Pointer]) -> dict[str, Document]:
    """The documents without any mention of what was removed; a rule or word left with nothing goes too."""
    forgotten = {section: _names(documents, section, removed) for section in _MENTIONS}
    if not any(forgotten.values()):
        return documents
    data = {part: document.data for part, document in documents.items()}
    for section, names in forgotten.items():
        for pattern in _MENTIONS[section] if names else ():
            data[pattern[0]] = _without(data[pattern[0]], pattern[1:], names)
    rules = data["navigator"].get("rules", {})
    idle = {key for key, rule in rules.items() if rule.get("add") == [] and "warn" not in rule}
    data["navigator"] = {**data["navigator"], "rules": {k: v for k, v in rules.items() if k not in idle}}
    words = data["search"].get("words", {})
    data["search"] = {**data["search"], "words": {key: codes for key, codes in words.items() if codes}}
    return {part: Document(doc.path, data[part], doc.lines) for part, doc in documents.items()}


def _names(documents: dict[str, Document], section: tuple[str, str], removed: set[Pointer]) -> set[str]:
    part, name = section
    gone = {str(pointer[2]) for pointer in removed if pointer[:2] == section and len(pointer) == 3}
    return gone - set(documents[part].data.get(name, {}))


def _without(data: Any, pattern: tuple[str, ...], names: set[str]) -> Any:
    """A copy of `data` whose lists at `pattern` name none of `names` (an entry may be `{name: words}`)."""
    if not pattern:
        if not isinstance(data, list):
            return data
        return [item for item in data if not _mentions(item, names)]
    if not isinstance(data, dict):
        return data
    keys = data if pattern[0] == "*" else [pattern[0]] if pattern[0] in data else []
    return {**data, **{key: _without(data[key], pattern[1:], names) for key in keys}}


def _mentions(item: Any, names: set[str]) -> bool:
    return (
        any(name in item for name in names)
        if isinstance(item, dict)
        else isinstance(item, str) and item in names
    )
