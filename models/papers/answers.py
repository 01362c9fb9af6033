"""How an answer reads on paper."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from models.catalogue.definitions import FormField
from models.papers.glyphs import clusters
from models.rules.wareki import iso_to_wareki

_ADDRESS_PARTS = ("pref", "city", "town", "block")


def printed(item: FormField, value: Any) -> str:
    """The text of one answer, lines parted by a line feed; empty where nothing was answered."""
    if value is None or value in ("", []):
        return ""
    if isinstance(value, Mapping):
        return "\n".join(address_lines(value)) if item.kind == "address" else ""
    if item.kind in {"wareki", "date"}:
        return iso_to_wareki(str(value))
    if item.kind == "zip":
        return zip_text(str(value))
    if isinstance(value, list):
        return "、".join(str(part) for part in value)
    return str(value)


def zip_text(code: str) -> str:
    """`〒410-1118`; as typed where it has not seven digits."""
    digits = code.replace("-", "")
    return f"〒{digits[:3]}-{digits[3:]}" if len(digits) == 7 and digits.isdigit() else f"〒{code}"


def address_lines(address: Mapping[str, Any]) -> list[str]:
    """Postal code and address on one line, 方書 on its own."""
    code = str(address.get("zip") or "")
    place = "".join(str(address.get(part) or "") for part in _ADDRESS_PARTS)
    first = "　".join(part for part in (zip_text(code) if code else "", place) if part)
    return [line for line in (first, str(address.get("katagaki") or "")) if line]


def is_chosen(item: FormField, value: Any, option: str) -> bool:
    """Whether the box of `option` gets its tick."""
    if isinstance(value, list):
        return option in value
    return value == option if item.kind == "choice" else False


def all_texts(value: Any) -> Iterator[str]:
    """Every text inside an answer, whatever its shape."""
    if isinstance(value, Mapping):
        for part in value.values():
            yield from all_texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from all_texts(part)
    else:
        yield str(value)


def respelt(
    value: Any,
    spelling: Mapping[str, str],
    names: Container[str] = (),
    of_names: Mapping[str, str] | None = None,
) -> Any:
    """An answer of any shape with other letters (each with its selectors) in place of some; `names` have their own."""
    if isinstance(value, Mapping):
        return {key: respelt(part, spelling, names, of_names) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [respelt(part, spelling, names, of_names) for part in value]
    if isinstance(value, str):
        mine = (of_names or {}) if value in names else spelling
        return "".join(mine.get(letter, letter) for letter in clusters(value))
    return value
