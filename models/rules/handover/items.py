"""連携する項目: what an application says, item by item, in the names of the 標準仕様."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from models.catalogue.definitions import Form, FormField, FormSection
from models.rules import wareki
from models.rules.forms.conditions import has_rows, is_asked
from models.rules.forms.values import is_empty
from models.rules.postal import ABROAD

Dates = Literal["iso", "digits", "wareki"]
NAME, COMER, HEAD = "name", "comer", "head"
MARK = "／"
"""Stands between a section and an item, where a name alone would not say whose item it is."""
ADDRESS = "住所"
PARTS = {
    "zip": "郵便番号",
    "pref": "都道府県名",
    "city": "市区町村名",
    "town": "町字",
    "block": "番地号表記",
    "katagaki": "方書",
}
FAMILY, GIVEN, WHOLE = "氏", "名", "氏名"


@dataclass(frozen=True)
class Block:
    """A section, or one person of a section that repeats (`row` from 0): the items of one block are one person's."""

    title: str
    role: str
    row: int | None = None

    @property
    def shown(self) -> str:
        """The title, with the person's number."""
        return self.title if self.row is None else f"{self.title}{self.row + 1}"


@dataclass(frozen=True)
class HandedItem:
    """One answer. `value` is as it was typed: text, number, truth, list or mapping; None where there is none."""

    name: str
    standard: bool
    block: Block
    field: FormField
    value: Any

    @property
    def full_name(self) -> str:
        """The name with the section before it: only one item of a form has it."""
        return f"{self.block.shown}{MARK}{self.name}"


def items(form: Form, fields: Mapping[str, Any]) -> tuple[HandedItem, ...]:
    """Every item that a resident may answer, in asking order; what was not asked has no value."""
    found = [
        one
        for block, told in _blocks(form, fields)
        for one in _distinct(_of_block(form, fields, block, told))
    ]
    return tuple(found)


def names(form: Form) -> tuple[str, ...]:
    """The full names of a form's items, of the first person where a section repeats."""
    one_each: dict[str, Any] = {section.list_key: [{}] for section in form.asked_sections if section.list_key}
    return tuple(one.full_name for one in items(form, one_each))


def chosen(found: Sequence[HandedItem], wanted: str) -> HandedItem | None:
    """The item that a receiver means by a name; None where the form has none, or where it would be somebody else's.

    A name alone means the one person that the form is about, or an item that is no person's; with a section before it
    (`窓口に来られた方／電話番号`) it means that section's.
    """
    if MARK in wanted:
        return next((one for one in found if one.full_name == wanted), None)
    about = _about(found)
    persons = {one.block for one in found if one.field.vocabulary == NAME or one.block.role == HEAD}
    allowed = [
        one for one in found if one.name == wanted and (one.block == about or one.block not in persons)
    ]
    return min(allowed, key=lambda one: one.block != about, default=None)


def text(item: HandedItem, dates: Dates = "iso") -> str:
    """One answer as plain text without line feeds; empty where there is none."""
    value = item.value
    if is_empty(value):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if item.field.kind in ("wareki", "date"):
        return dated(str(value), dates)
    if isinstance(value, Mapping):
        return "、".join(f"{kind}:{number}" for kind, number in value.items())
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return " ".join(str(value).splitlines())


def dated(value: str, dates: Dates) -> str:
    """A stored date the way the receiver wants it; as stored where a month or a day is unknown."""
    if dates == "digits" and len(value) == len("2026-11-24"):
        return value.replace("-", "")
    if dates == "wareki":
        try:
            return wareki.iso_to_wareki(value)
        except wareki.DateError:
            return value
    return value


def _blocks(form: Form, fields: Mapping[str, Any]) -> Iterator[tuple[Block, tuple[FormSection, Any]]]:
    for section in form.asked_sections:
        if section.singles:
            yield Block(section.title, section.role), (section, None)
        rows = fields.get(section.list_key) if section.list_key else None
        if isinstance(rows, list) and has_rows(form, section, fields):
            for row, person in enumerate(rows):
                yield Block(section.title, section.role, row), (section, person)


def _of_block(
    form: Form, fields: Mapping[str, Any], block: Block, told: tuple[FormSection, Any]
) -> Iterator[HandedItem]:
    section, person = told
    asked = section.singles if block.row is None else section.repeated
    for item in asked:
        answers = fields if block.row is None else person
        value = answers.get(item.id) if isinstance(answers, Mapping) else answers
        if not is_asked(form, item, fields, None if block.row is None else answers):
            value = None
        yield from _with_parts(
            HandedItem(item.standard or item.label.ja, bool(item.standard), block, item, value)
        )


def _with_parts(whole: HandedItem) -> Iterator[HandedItem]:
    """An item, an address in one line, and the parts by which receivers know names and addresses."""
    if whole.field.kind == "address":
        given = whole.value if isinstance(whole.value, Mapping) else {}
        yield replace(whole, value=_one_line(given) or None)
        before = "" if whole.name == ADDRESS else f"{whole.name}_"
        for part, name in PARTS.items():
            yield replace(whole, name=before + name, value=given.get(part) or None)
        return
    yield whole
    if whole.name == WHOLE and whole.field.kind == "name":
        family, mark, given_name = str(whole.value or "").partition("\u3000")
        yield replace(whole, name=FAMILY, value=family if mark else None)
        yield replace(whole, name=GIVEN, value=given_name or None)


def _one_line(address: Mapping[str, Any]) -> str:
    """An address as one text without its postal code; 国外 is left out before the country."""
    parts = [str(address.get(part) or "") for part in ("pref", "city", "town", "block")]
    place = "".join(part for part in parts if part != ABROAD)
    return "\u3000".join(part for part in (place, str(address.get("katagaki") or "")) if part)


def _distinct(found: Iterator[HandedItem]) -> Iterator[HandedItem]:
    """Where one block has a name twice, the form's own label says which is which."""
    kept = list(found)
    count = Counter(one.name for one in kept)
    for one in kept:
        yield replace(one, name=f"{one.name}（{one.field.label.ja}）") if count[one.name] > 1 else one


def _about(found: Sequence[HandedItem]) -> Block | None:
    """Whom the form is about: the first one named who is not just the one who comes, else who comes."""
    named = [one.block for one in found if one.field.vocabulary == NAME and not is_empty(one.value)]
    return next((one for one in named if one.role != COMER), named[0] if named else None)
