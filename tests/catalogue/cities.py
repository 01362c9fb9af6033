"""A city's own folder of YAML for tests."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent


def city(folder: Path, **parts: str) -> Path:
    """A folder `city` with one YAML file for each part given, its text without the common indentation."""
    home = folder / "city"
    home.mkdir(exist_ok=True)
    for part, text in parts.items():
        (home / f"{part}.yaml").write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    return home
