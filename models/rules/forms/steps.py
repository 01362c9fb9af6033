"""A form as pages: one step a page, one page a person, nothing asked that the answers so far make needless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from models.catalogue.conditions import comparisons
from models.catalogue.definitions import Form, FormField, FormSection, Words
from models.rules.forms.checks import tax_years
from models.rules.forms.conditions import has_rows, is_asked

Widget = Literal[
    "name",
    "name_kana",
    "kana",
    "roman",
    "text",
    "long_text",
    "date",
    "radio",
    "select",
    "checkboxes",
    "yes_no",
    "number",
    "copies",
    "tel",
    "email",
    "zip",
    "address",
    "code",
]
"""How a field is drawn. `name` and `name_kana` have boxes `family` and `given`; `date` has `era`, `year`, `month`,
`day`, `unknown`; `address` has `zip`, `pref`, `city`, `town`, `block`, `katagaki`; `copies` one box a kind."""

_WIDGETS: Mapping[str, Widget] = {
    "name": "name",
    "roman": "roman",
    "wareki": "date",
    "date": "date",
    "multi": "checkboxes",
    "bool": "yes_no",
    "int": "number",
    "copies": "copies",
    "tel": "tel",
    "email": "email",
    "zip": "zip",
    "address": "address",
    "code": "code",
}
_MANY = 8


@dataclass(frozen=True)
class Choice:
    """One value to choose, with its words."""

    value: str
    words: Words


@dataclass(frozen=True)
class Asked:
    """One field on a page: `name` is the name of its box, or the prefix of its boxes (`name.family`)."""

    field: FormField
    name: str
    widget: Widget
    choices: tuple[Choice, ...] = ()
    row: int | None = None


@dataclass(frozen=True)
class Step:
    """One page. `row` is the person it is about (from 0); `part` counts the pages of one section or person."""

    id: str
    section: FormSection
    asked: tuple[Asked, ...]
    row: int | None = None
    part: int = 0
    may_add: bool = False
    """「もう1人追加」 stands on this page."""
    may_remove: bool = False

    @property
    def field_ids(self) -> frozenset[str]:
        """The ids of the fields on this page."""
        return frozenset(asked.field.id for asked in self.asked)


def steps(form: Form, fields: Mapping[str, Any], today: date) -> tuple[Step, ...]:
    """The pages of the form in asking order, given the answers so far; ids stay the same as answers grow."""
    found: list[Step] = []
    for section in form.asked_sections:
        for part, chunk in enumerate(_chunks(section.singles)):
            asked = _asked(form, chunk, fields, None, today)
            if asked:
                found.append(Step(_step_id(section.id, part), section, asked, part=part))
        if section.list_key and has_rows(form, section, fields):
            found.extend(_row_steps(form, section, fields, today))
    return tuple(found)


def step(form: Form, step_id: str, fields: Mapping[str, Any], today: date) -> Step | None:
    """The page with this id, None where the answers do not lead to it."""
    return next((one for one in steps(form, fields, today) if one.id == step_id), None)


def step_after(form: Form, step_id: str, fields: Mapping[str, Any], today: date) -> Step | None:
    """The page behind this one, None behind the last; the first page where the id is not there any more."""
    return _neighbour(steps(form, fields, today), step_id, 1)


def step_before(form: Form, step_id: str, fields: Mapping[str, Any], today: date) -> Step | None:
    """The page before this one, None before the first."""
    return _neighbour(steps(form, fields, today), step_id, -1)


def add_row(section: FormSection, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with one more, empty person in this section; unchanged where no more may be added."""
    rows = _rows_of(section, fields)
    if len(rows) >= section.most_rows:
        return dict(fields)
    return {**fields, section.list_key: [*rows, {} if section.list_key == section.id else ""]}


def remove_row(section: FormSection, row: int, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without this person; the last one stays."""
    rows = _rows_of(section, fields)
    if len(rows) < 2 or not 0 <= row < len(rows):
        return dict(fields)
    return {**fields, section.list_key: [*rows[:row], *rows[row + 1 :]]}


def choices(form: Form, item: FormField, fields: Mapping[str, Any], today: date) -> tuple[Choice, ...]:
    """What can be chosen: the field's values, the fiscal years that exist, or the kinds that were ticked."""
    values: Iterable[str] = item.values
    owner = item
    if item.check == "tax_year":
        values = tax_years(today)
    elif item.copies_of:
        owner = form.field(item.copies_of)
        chosen = fields.get(item.copies_of) or ()
        values = [value for value in owner.values if value in chosen]
    return tuple(Choice(value, owner.value_label(value)) for value in values)


def widget_of(item: FormField) -> Widget:
    """How the field is drawn."""
    if item.kind == "kana":
        return "name_kana" if item.vocabulary == "name_kana" else "kana"
    if item.kind == "choice":
        return "radio" if 0 < len(item.values) <= _MANY else "select"
    if item.kind == "text":
        return "long_text" if item.max_length > 60 else "text"
    return _WIDGETS[item.kind]


def box_name(section: FormSection, item: FormField, row: int | None) -> str:
    """The name of a field's box in a posted page: `r_name`, `people-0.p_name`, `members-1`."""
    if row is None:
        return item.id
    return f"{item.id}-{row}" if section.list_key == item.id else f"{section.list_key}-{row}.{item.id}"


def answer(fields: Mapping[str, Any], section: FormSection, asked: Asked) -> Any:
    """What these answers say to a field; None where they say nothing."""
    if asked.row is None:
        return fields.get(asked.field.id)
    rows = fields.get(section.list_key) or []
    row = rows[asked.row] if asked.row < len(rows) else None
    return row.get(asked.field.id) if isinstance(row, Mapping) else row


def _row_steps(form: Form, section: FormSection, fields: Mapping[str, Any], today: date) -> list[Step]:
    rows = _rows_of(section, fields)
    found: list[Step] = []
    for index, row in enumerate(rows):
        pages = [
            (part, asked)
            for part, chunk in enumerate(_chunks(section.repeated))
            if (asked := _asked(form, chunk, fields, (index, row), today))
        ]
        for part, asked in pages:
            last = part == pages[-1][0] and index == len(rows) - 1
            found.append(
                Step(
                    id=_step_id(f"{section.list_key}-{index}", part),
                    section=section,
                    asked=asked,
                    row=index,
                    part=part,
                    may_add=last and len(rows) < section.most_rows,
                    may_remove=len(rows) > 1,
                )
            )
    return found


def _rows_of(section: FormSection, fields: Mapping[str, Any]) -> list[Any]:
    rows = fields.get(section.list_key)
    return list(rows) if isinstance(rows, list) and rows else [{} if section.list_key == section.id else ""]


def _asked(
    form: Form,
    chunk: Iterable[FormField],
    fields: Mapping[str, Any],
    row: tuple[int, Any] | None,
    today: date,
) -> tuple[Asked, ...]:
    index, answers = row if row is not None else (None, None)
    return tuple(
        Asked(
            item,
            box_name(form.section(item.section), item, index),
            widget_of(item),
            choices(form, item, fields, today),
            index,
        )
        for item in chunk
        if is_asked(form, item, fields, answers)
    )


def _chunks(items: tuple[FormField, ...]) -> list[list[FormField]]:
    """Fields that go on one page: what hangs on another answer comes a page later; one address a page."""
    by_id = {item.id: item for item in items}
    depths = {item.id: _depth(item, by_id) for item in items}
    chunks: list[list[FormField]] = []
    for depth in sorted(set(depths.values())):
        page: list[FormField] = []
        for item in items:
            if depths[item.id] != depth:
                continue
            if item.kind == "address" and any(other.kind == "address" for other in page):
                chunks.append(page)
                page = []
            page.append(item)
        chunks.append(page)
    return chunks


def _depth(item: FormField, by_id: Mapping[str, FormField]) -> int:
    wanted = {test.field for test in comparisons(item.asked_when)} if item.asked_when is not None else set()
    if item.copies_of:
        wanted.add(item.copies_of)
    return max((1 + _depth(by_id[name], by_id) for name in wanted if name in by_id), default=0)


def _step_id(stem: str, part: int) -> str:
    return stem if part == 0 else f"{stem}-{'abcdefghijklmnopqrstuvwxyz'[part % 26]}"


def _neighbour(pages: tuple[Step, ...], step_id: str, distance: int) -> Step | None:
    place = next((index for index, page in enumerate(pages) if page.id == step_id), None)
    if place is None:
        return pages[0] if pages and distance > 0 else None
    return pages[place + distance] if 0 <= place + distance < len(pages) else None
