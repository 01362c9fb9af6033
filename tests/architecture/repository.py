"""The repository as the architecture tests read it."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("kiosk", "models", "scheduler", "web", "wsgi.py")
FOREIGN = {".git", ".venv", ".hypothesis", "__pycache__", "build", "instance"}
TEXT = {
    "", ".cfg", ".css", ".html", ".js", ".lock", ".md", ".mako", ".po", ".py", ".svg", ".toml", ".typ", ".webmanifest",
    ".yaml",
}  # fmt: skip


def files(*suffixes: str, inside: tuple[str, ...] = (".",)) -> Iterator[Path]:
    """Every file of the checkout with one of these suffixes; caches and installations left out."""
    for top in inside:
        start = ROOT / top
        if start.is_file():
            yield start
            continue
        for folder, below, names in os.walk(start):
            below[:] = [
                name for name in below if name not in FOREIGN and not name.endswith(("_cache", ".egg-info"))
            ]
            yield from (path for name in sorted(names) if (path := Path(folder) / name).suffix in suffixes)


def product() -> list[Path]:
    """Every Python file of the product, without generated migrations."""
    return [path for path in files(".py", inside=PRODUCT) if "versions" not in path.parts]


def name(path: Path) -> str:
    """A file's path inside the repository."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path | str) -> str:
    """A file's text."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def names_in(path: Path) -> frozenset[str]:
    """Every name that a file gives."""
    return frozenset(defined(ast.parse(read(path))))


def defined(tree: ast.AST) -> Iterator[str]:
    """Every name that a module gives: classes, functions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
