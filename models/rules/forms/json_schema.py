"""The JSON Schema (2020-12) of a form, so that another app can draw it and know what will be accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.catalogue.conditions import Comparison, Condition, Every, Not, comparisons
from models.catalogue.definitions import Form, FormField, FormSection
from models.rules.forms.values import ADDRESS_PARTS, count_limits
from models.rules.postal import ABROAD, PREFECTURES

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
KATAKANA = "^[ァ-ヺーヽヾ　]+$"
NOT_BLANK = r"\S"


def schema(form: Form) -> Schema:
    """The schema of `fields`: labels as titles, musts as `required`, conditional musts as if/then.

    The examples of the required fields together are a document that is accepted. What `validate` converts (kana,
    dates, telephone numbers) is described in its stored form.
    """
    properties, required = _single_properties(form)
    for section in form.asked_sections:
        if section.list_key:
            properties[section.list_key] = _rows(form, section)
            if _always(form, section):
                required.append(section.list_key)
    document: Schema = {
        "$schema": DIALECT,
        "title": form.words.ja,
        "description": form.words.en,
        "x-form": form.id,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": required,
    }
    rules = _conditional(form)
    if rules:
        document["allOf"] = rules
    document["examples"] = [example(form)]
    return document


def example(form: Form) -> dict[str, Any]:
    """The smallest document that is accepted: the first example of every field that is always required."""
    found: dict[str, Any] = {}
    for section in form.asked_sections:
        for item in section.singles:
            if _is_required(item):
                found[item.id] = _example(item)
        if section.list_key and _always(form, section):
            found[section.list_key] = [_row_example(section)]
    return found


def property_of(item: FormField) -> Schema:
    """The schema of one answer with its words."""
    described: Schema = {"title": item.label.ja, **_KINDS[item.kind](item)}
    hint = item.hint or item.label.en
    if hint:
        described["description"] = hint
    described["x-by"] = item.by
    described["x-labels"] = {"ja": item.label.ja, "en": item.label.en, "ja-easy": item.label.easy}
    if item.vocabulary:
        described["x-vocabulary"] = item.vocabulary
    if item.default is not None:
        described["default"] = item.default
    example = _example(item)
    if example is not None:
        described["examples"] = [example]
    return described


def _single_properties(form: Form) -> tuple[Schema, list[str]]:
    properties: Schema = {}
    required: list[str] = []
    for section in form.asked_sections:
        for item in section.singles:
            properties[item.id] = {**property_of(item), "x-section": section.title}
            if item.copies_of:
                kinds = form.field(item.copies_of).values
                properties[item.id]["properties"] = {kind: _count(item) for kind in kinds}
            if _is_required(item):
                required.append(item.id)
    return properties, required


def _is_required(item: FormField) -> bool:
    return item.must and item.asked_when is None and item.default is None


def _always(form: Form, section: FormSection) -> bool:
    return any(_is_required(item) for item in section.repeated)


def _example(item: FormField) -> Any:
    if item.examples:
        return item.examples[0]
    return {"bool": False, "int": 1, "text": "前庭"}.get(item.kind)


def _row_example(section: FormSection) -> Any:
    row = {item.id: _example(item) for item in section.repeated if item.must and item.asked_when is None}
    return row if section.list_key == section.id else _example(section.repeated[0])


def _rows(form: Form, section: FormSection) -> Schema:
    described: Schema = {
        "title": section.title,
        "type": "array",
        "minItems": 1,
        "maxItems": section.most_rows,
    }
    if section.list_key != section.id:
        item = section.repeated[0]
        return {
            **described,
            "title": item.label.ja,
            "items": property_of(item),
            "examples": [[_example(item)]],
        }
    mine = {item.id for item in section.repeated}
    row: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {item.id: property_of(item) for item in section.repeated},
        "required": [item.id for item in section.repeated if _is_required(item)],
    }
    rules = [
        _when(item.asked_when, {"required": [item.id]})
        for item in section.repeated
        if item.must and item.asked_when is not None and _fields_of(item.asked_when) <= mine
    ]
    if rules:
        row["allOf"] = rules
    full = {item.id: _example(item) for item in section.repeated if item.must and item.asked_when is None}
    return {**described, "items": row, "examples": [[full]] if full else []}


def _conditional(form: Form) -> list[Schema]:
    """Musts that hang on other answers; a row's field that hangs on the whole form asks for rows as well."""
    rules: list[Schema] = []
    for section in form.asked_sections:
        for item in (*section.singles, *section.repeated):
            if item.asked_when is None or not item.must or item.default is not None:
                continue
            if item.repeat == 1:
                rules.append(_when(item.asked_when, {"required": [item.id]}))
            elif not _fields_of(item.asked_when) & {other.id for other in section.repeated}:
                rules.append(_when(item.asked_when, _row_demand(section, item)))
    return rules


def _row_demand(section: FormSection, item: FormField) -> Schema:
    key = section.list_key
    if key != section.id:
        return {"required": [key]}
    return {"required": [key], "properties": {key: {"items": {"required": [item.id]}}}}


def _fields_of(condition: Condition) -> set[str]:
    return {test.field for test in comparisons(condition)}


def _when(condition: Condition, demand: Schema) -> Schema:
    return {"if": condition_schema(condition), "then": demand}


def condition_schema(condition: Condition) -> Schema:
    """A schema that exactly the answers fulfil for which the condition holds."""
    if isinstance(condition, Comparison):
        return _comparison_schema(condition)
    if isinstance(condition, Not):
        return {"not": condition_schema(condition.part)}
    parts = [condition_schema(part) for part in condition.parts]
    return {"allOf": parts} if isinstance(condition, Every) else {"anyOf": parts}


def _comparison_schema(test: Comparison) -> Schema:
    values = list(test.values)
    if test.operator == "no":
        return {"not": _has(test.field, {"const": True})}
    tests: Mapping[str, Schema] = {
        "yes": {"const": True},
        "in": {"enum": values},
        "not in": {"type": "string", "not": {"enum": values}},
        "has": {"type": "array", "contains": {"enum": values}},
    }
    return _has(test.field, tests[test.operator])


def _has(field: str, test: Schema) -> Schema:
    return {"required": [field], "properties": {field: test}}


def _string(item: FormField, **more: Any) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": 4 * item.max_length, **more}


def _choices(values: Iterable[str]) -> Schema:
    return {"type": "string", "enum": list(values)}


def _choice(item: FormField) -> Schema:
    if not item.values:
        return _string(item, pattern="^(令和|平成)(元|[0-9]{1,2})年度$")
    return {
        **_choices(item.values),
        "x-enum-labels": {value: item.value_label(value).en for value in item.values},
    }


def _multi(item: FormField) -> Schema:
    return {"type": "array", "items": _choice(item), "minItems": 1, "uniqueItems": True}


def _count(item: FormField) -> Schema:
    low, high = count_limits(item)
    return {"type": "integer", "minimum": low, "maximum": high}


def _copies(item: FormField) -> Schema:
    return {"type": "object", "minProperties": 1, "additionalProperties": False}


def _date(item: FormField) -> Schema:
    return {"type": "string", "pattern": PARTIAL_DATE if item.partial else DATE}


def _address(item: FormField) -> Schema:
    parts: Schema = {part: {"type": "string", "maxLength": 4 * most} for part, most in ADDRESS_PARTS.items()}
    parts["zip"] = {"type": "string", "pattern": "^([0-9]{3}-?[0-9]{4})?$"}
    parts["pref"] = _choices((*PREFECTURES, ABROAD))
    parts["city"]["pattern"] = NOT_BLANK
    abroad = {"properties": {"pref": {"const": ABROAD}}}
    placed = {"anyOf": [_has("town", {"pattern": NOT_BLANK}), _has("block", {"pattern": NOT_BLANK}), abroad]}
    return {
        "type": "object",
        "properties": parts,
        "required": ["pref", "city"],
        "additionalProperties": False,
        **placed,
    }


_KINDS: Mapping[str, Callable[[FormField], Schema]] = {
    "text": lambda item: _string(item, pattern=NOT_BLANK),
    "name": lambda item: _string(item, pattern=NOT_BLANK),
    "kana": lambda item: _string(item, pattern=KATAKANA),
    "roman": lambda item: _string(item, pattern="^[A-Z .'-]+$"),
    "wareki": _date,
    "date": _date,
    "choice": _choice,
    "multi": _multi,
    "bool": lambda item: {"type": "boolean"},
    "int": _count,
    "copies": _copies,
    "tel": lambda item: _string(item, pattern=r"^\+?[0-9]+(-[0-9]+)*$"),
    "zip": lambda item: {"type": "string", "pattern": "^[0-9]{3}-?[0-9]{4}$"},
    "email": lambda item: _string(item, format="email"),
    "code": lambda item: _string(item, pattern="^[0-9A-Za-z-]+$"),
    "address": _address,
}
