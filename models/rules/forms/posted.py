"""Between the boxes of a posted page and the answers of a form; a page shows again exactly what was typed.

Boxes: `r_name.family`, `r_name.given`; `birth.era`, `.year`, `.month`, `.day`, `.unknown` (`month` or `day`);
`addr.zip`, `.pref`, ...; `copies.<kind>`; repeated people `people-0.p_name.family`, a lone field `members-0.family`.
A posted page is a mapping from box names to the list of their values, as web frameworks give it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from models.catalogue.definitions import Form, FormField, FormSection
from models.rules import wareki
from models.rules.forms.steps import Asked, Step, box_name, widget_of
from models.rules.forms.values import ADDRESS_PARTS, is_empty

Posted = Mapping[str, Sequence[str]]

NAME_PARTS = ("family", "given")
DATE_PARTS = ("era", "year", "month", "day")
UNKNOWN_MONTH = "month"
"""Value of the box `unknown`: neither month nor day are known."""
UNKNOWN_DAY = "day"
_BETWEEN = "　"


def read(step: Step, posted: Posted) -> dict[str, Any]:
    """The answers that one posted page holds, by field id; blank answers are None."""
    return {asked.field.id: read_value(asked.field, asked.name, posted) for asked in step.asked}


def merged(step: Step, fields: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """All answers with those of one page put in their place; what was blanked goes away."""
    if step.row is None:
        return _updated(fields, values)
    section, key = step.section, step.section.list_key
    rows = list(fields.get(key) or [])
    lone = key != section.id
    while len(rows) <= step.row:
        rows.append("" if lone else {})
    rows[step.row] = (values.get(key) or "") if lone else _updated(rows[step.row], values)
    return {**fields, key: rows}


def shown(step: Step, fields: Mapping[str, Any], posted: Posted | None = None) -> dict[str, list[str]]:
    """What stands in every box of the page: what was posted, exactly as typed, or else the answers so far."""
    if posted is not None:
        names = tuple(asked.name for asked in step.asked)
        return {box: list(texts) for box, texts in posted.items() if _belongs(box, names)}
    boxes: dict[str, list[str]] = {}
    for asked in step.asked:
        boxes.update(write_value(asked.field, asked.name, _answer(asked, step, fields)))
    return boxes


def to_fields(form: Form, posted: Posted) -> dict[str, Any]:
    """All answers that a posted form holds; nothing is judged here."""
    fields: dict[str, Any] = {}
    for section in form.asked_sections:
        for item in section.singles:
            value = read_value(item, box_name(section, item, None), posted)
            if value is not None:
                fields[item.id] = value
        if section.list_key:
            rows = [_read_row(section, index, posted) for index in range(_row_count(section, posted))]
            if rows:
                fields[section.list_key] = rows
    return fields


def to_posted(form: Form, fields: Mapping[str, Any]) -> dict[str, list[str]]:
    """Every box that shows these answers; `to_fields` gives the answers back."""
    boxes: dict[str, list[str]] = {}
    for section in form.asked_sections:
        for item in section.singles:
            boxes.update(write_value(item, box_name(section, item, None), fields.get(item.id)))
        rows = (fields.get(section.list_key) or []) if section.list_key else []
        for index, row in enumerate(rows):
            for item in section.repeated:
                value = row.get(item.id) if isinstance(row, Mapping) else row
                boxes.update(write_value(item, box_name(section, item, index), value))
    return boxes


def read_value(item: FormField, name: str, posted: Posted) -> Any:
    """The answer in the boxes of one field, None where all are blank."""
    widget = widget_of(item)
    if widget in ("name", "name_kana"):
        return _read_name(name, posted)
    if widget == "date":
        return _read_date(name, posted)
    if widget == "address":
        parts = {part: _text(f"{name}.{part}", posted) for part in ADDRESS_PARTS}
        return {part: text for part, text in parts.items() if text} or None
    if widget == "checkboxes":
        return [text for text in posted.get(name, ()) if text] or None
    if widget == "copies":
        return _read_copies(name, posted)
    text = _text(name, posted)
    if widget == "yes_no":
        return {"true": True, "false": False}.get(text, text or None)
    return _number(text) if widget == "number" else text or None


def write_value(item: FormField, name: str, value: Any) -> dict[str, list[str]]:
    """The boxes that show one answer."""
    widget = widget_of(item)
    if value is None:
        return {}
    if widget in ("name", "name_kana"):
        family, _, given = str(value).partition(_BETWEEN)
        return _boxes(name, {"family": family, "given": given})
    if widget == "date":
        return _boxes(name, _date_boxes(str(value)))
    if isinstance(value, Mapping):
        return _boxes(name, {part: str(text) for part, text in value.items()})
    if isinstance(value, list):
        return {name: [str(one) for one in value]}
    if isinstance(value, bool):
        return {name: ["true" if value else "false"]}
    return {name: [str(value)]}


def _boxes(name: str, parts: Mapping[str, str]) -> dict[str, list[str]]:
    return {f"{name}.{part}": [text] for part, text in parts.items() if text}


def _date_boxes(value: str) -> dict[str, str]:
    try:
        partial = wareki.from_iso(value)
    except wareki.DateError:
        return {"year": value}
    boxes = wareki.parts(value)
    if partial.month is None:
        boxes["unknown"] = UNKNOWN_MONTH
    elif partial.day is None:
        boxes["unknown"] = UNKNOWN_DAY
    return boxes


def _read_name(name: str, posted: Posted) -> str | None:
    parts = [_text(f"{name}.{part}", posted) for part in NAME_PARTS]
    return _BETWEEN.join(part for part in parts if part) or _text(name, posted) or None


def _read_date(name: str, posted: Posted) -> str | None:
    era, year, month, day = (_text(f"{name}.{part}", posted) for part in DATE_PARTS)
    if not (year or month or day):
        return _text(name, posted) or None
    unknown = _text(f"{name}.unknown", posted)
    if unknown == UNKNOWN_MONTH:
        return f"{era}{year}年月日不詳"
    if unknown == UNKNOWN_DAY:
        return f"{era}{year}年{month}月日不詳"
    return f"{era}{year}年{month}月{day}日"


def _read_copies(name: str, posted: Posted) -> dict[str, Any] | None:
    numbers = {
        box.removeprefix(f"{name}."): _number(_text(box, posted))
        for box in posted
        if box.startswith(f"{name}.")
    }
    return {kind: number for kind, number in numbers.items() if number is not None} or None


def _number(text: str) -> int | str | None:
    """The whole number that was typed (full-width too); other text stays, to be refused by name."""
    plain = unicodedata.normalize("NFKC", text)
    return int(plain) if re.fullmatch("[0-9]{1,9}", plain) else text or None


def _text(box: str, posted: Posted) -> str:
    texts = posted.get(box) or ("",)
    return texts[0].strip()


def _read_row(section: FormSection, index: int, posted: Posted) -> Any:
    values = {item.id: read_value(item, box_name(section, item, index), posted) for item in section.repeated}
    if section.list_key != section.id:
        return values[section.list_key] or ""
    return {name: value for name, value in values.items() if value is not None}


def _row_count(section: FormSection, posted: Posted) -> int:
    """One more than the highest row that was posted, never far beyond what is allowed."""
    pattern = re.compile(rf"{re.escape(section.list_key)}-([0-9]{{1,3}})(?:\.|\Z)")
    found = (pattern.match(box) for box in posted)
    highest = max((int(match[1]) for match in found if match), default=-1)
    return min(highest, section.most_rows) + 1


def _updated(fields: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    known = dict(fields) if isinstance(fields, Mapping) else {}
    return {key: value for key, value in {**known, **values}.items() if not is_empty(value)}


def _answer(asked: Asked, step: Step, fields: Mapping[str, Any]) -> Any:
    if step.row is None:
        return fields.get(asked.field.id, asked.field.default)
    rows = fields.get(step.section.list_key) or []
    row = rows[step.row] if step.row < len(rows) else None
    if isinstance(row, Mapping):
        return row.get(asked.field.id, asked.field.default)
    return row if step.section.list_key == asked.field.id else asked.field.default


def _belongs(box: str, names: tuple[str, ...]) -> bool:
    return any(box == name or box.startswith(f"{name}.") for name in names)
