"""The answers as people read them: for the check page, the counter, and the printed sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection, Words
from models.rules import wareki
from models.rules.forms.conditions import has_rows, is_asked
from models.rules.forms.values import is_empty
from models.rules.postal import ABROAD, written_zip

YES = Words("はい", "Yes")
NO = Words("いいえ", "No")


@dataclass(frozen=True)
class SummaryRow:
    """One answer: label and Japanese text as it is printed (empty where nothing was answered)."""

    field: FormField
    label: Words
    text: str


@dataclass(frozen=True)
class SummarySection:
    """The answers of one section, or of one person (`row` from 0); `step` is the id of the page to mend them."""

    section: FormSection
    row: int | None
    rows: tuple[SummaryRow, ...]
    step: str


def summary(form: Form, fields: Mapping[str, Any]) -> list[SummarySection]:
    """Everything that was asked, in asking order; unanswered optional fields have an empty text."""
    found: list[SummarySection] = []
    for section in form.asked_sections:
        rows = tuple(_rows(form, section.singles, fields, fields, None))
        if rows:
            found.append(SummarySection(section, None, rows, section.id))
        if section.list_key and has_rows(form, section, fields):
            for index, person in enumerate(fields.get(section.list_key) or []):
                told = tuple(_rows(form, section.repeated, fields, person, index))
                found.append(SummarySection(section, index, told, f"{section.list_key}-{index}"))
    return found


def _rows(
    form: Form, items: tuple[FormField, ...], fields: Mapping[str, Any], answers: Any, row: int | None
) -> Iterator[SummaryRow]:
    for item in items:
        if is_asked(form, item, fields, answers if row is not None else None):
            value = answers.get(item.id) if isinstance(answers, Mapping) else answers
            yield SummaryRow(item, item.label, printed(item, value))


def printed(item: FormField, value: Any) -> str:
    """One answer as Japanese text: dates in 和暦, addresses in one line, kinds with their copies."""
    if is_empty(value):
        return ""
    if item.kind in ("wareki", "date"):
        return printed_date(value)
    if isinstance(value, bool):
        return YES.ja if value else NO.ja
    if item.kind == "address" and isinstance(value, Mapping):
        return printed_address(value)
    if item.kind == "copies" and isinstance(value, Mapping):
        return "、".join(f"{kind} {number}通" for kind, number in value.items())
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return f"{value}通" if item.kind == "int" and item.vocabulary == "copies" else str(value)


def printed_date(value: str) -> str:
    """A stored date in 和暦; the text itself where it is no stored date."""
    try:
        return wareki.iso_to_wareki(value)
    except wareki.DateError:
        return value


def printed_address(value: Mapping[str, Any]) -> str:
    """`〒410-1118 静岡県前庭市本町1番1号　前庭ハイツ101号室`; 国外 is left out before the country."""
    pref = str(value.get("pref", ""))
    place = "".join(
        str(part)
        for part in (
            "" if pref == ABROAD else pref,
            *(value.get(key, "") for key in ("city", "town", "block")),
        )
    )
    code = str(value.get("zip", ""))
    written = f"〒{written_zip(code)} {place}" if code else place
    building = str(value.get("katagaki", ""))
    return f"{written}　{building}" if building else written
