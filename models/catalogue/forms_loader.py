"""Reads the forms and the vocabulary into `Form` and `StaffBlock`; whatever is wrong is told by file and line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from models.catalogue.conditions import Condition, ConditionError, comparisons, parse, resolve
from models.catalogue.definitions import By, Form, FormField, FormSection, StaffBlock, Words
from models.catalogue.source import Document, Node

PAPER_MM = 273.0
"""What A4 leaves between margins and footer."""

KINDS = (
    *("text", "name", "kana", "roman", "wareki", "date", "choice", "multi", "bool", "int", "tel", "email"),
    *("zip", "address", "code", "copies", "stamp", "sign", "block"),
)
CHECKS = (
    *("past", "move_date", "age_15", "allowance_child", "student_age", "not_public_servant", "tax_year"),
    *("wide_area_kind", "wide_area_person", "card_needed", "signature_age"),
)
"""Names of rules that a field may ask for in `check`; models.rules.forms.checks holds them."""

_ITEM_KEYS = (
    *("ja", "kana", "en", "easy", "std", "type", "max", "min_value", "max_value", "values", "online", "sens"),
    *("cert", "note", "parts", "hint", "hint_en", "examples", "partial", "check"),
)
_FIELD_KEYS = (
    *("sec", "ref", "label", "en", "easy", "type", "values", "default", "max", "req", "by", "n", "furi"),
    *("paper", "per", "check", "block", "role", "examples", "hint", "hint_en", "note", "width"),
)
_FORM_KEYS = (
    *(
        "id",
        "title",
        "en",
        "easy",
        "law",
        "used_by",
        "note",
        "paper_only",
        "ask",
        "order",
        "sections",
        "fields",
        "wording",
    ),
)


@dataclass(frozen=True)
class _Vocabulary:
    items: Mapping[str, Node]
    blocks: Mapping[str, StaffBlock]
    english: Mapping[str, str]


def load_forms(forms: Document, vocabulary: Document) -> tuple[dict[str, Form], dict[str, StaffBlock]]:
    """Every form and staff box by id; CatalogueError names file, line and what is expected."""
    words = _vocabulary(vocabulary.root)
    root = forms.root
    root.only("forms")
    found: dict[str, Form] = {}
    for key, node in root.mapping("forms").items():
        found[key] = _form(key, node, words)
    return found, dict(words.blocks)


def _vocabulary(root: Node) -> _Vocabulary:
    root.only("note_len", "note_chars", "items", "staff_blocks", "values_en")
    items = root.mapping("items")
    for item in items.values():
        item.only(*_ITEM_KEYS)
        item.text("ja")
        item.one_of("type", KINDS)
        item.one_of("online", ("ok", "qr_only", "never"))
        item.one_of("check", CHECKS, default="")
    english = {key: node.as_text() for key, node in root.mapping("values_en").items()}
    blocks = {key: _block(key, node) for key, node in root.mapping("staff_blocks").items()}
    return _Vocabulary(items, blocks, english)


def _block(code: str, node: Node) -> StaffBlock:
    node.only("ja", "w_mm", "h_mm", "cells", "look", "note")
    return StaffBlock(
        code=code,
        title=node.text("ja"),
        width_mm=node.number("w_mm", low=5, high=186),
        height_mm=node.number("h_mm", low=5, high=80),
        cells=node.texts("cells"),
        look=node.one_of("look", ("stamps", "checks", "writing", "squares", "code"), default="stamps"),  # type: ignore[arg-type]  # one_of checked it
    )


def _form(form_id: str, node: Node, vocabulary: _Vocabulary) -> Form:
    node.only(*_FORM_KEYS)
    frames = node.mapping("sections")
    ask = _order(node, "ask", frames)
    fields = _with_conditions(node, _fields(node, frames, vocabulary), ask)
    form = Form(
        id=form_id,
        words=Words(node.text("title"), node.text("en", ""), node.text("easy", "")),
        law=node.text("law", ""),
        used_by=node.texts("used_by"),
        sections=tuple(_section(key, frames[key], fields) for key in _order(node, "order", frames)),
        wording=node.texts("wording"),
        paper_only=node.flag("paper_only", default=False),
        ask_order=ask,
        digest=_digest(node, vocabulary),
    )
    _check_whole(node, form)
    return form


def _digest(node: Node, vocabulary: _Vocabulary) -> str:
    """SHA-256 of what the form is made of: its own data with the items and staff boxes that it names."""
    fields = node.mapping("fields").values()
    items = [vocabulary.items[name].value for name in (one.text("ref", "") for one in fields) if name]
    blocks = [asdict(vocabulary.blocks[name]) for name in (one.text("block", "") for one in fields) if name]
    text = json.dumps([node.key, node.value, items, blocks], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _order(node: Node, key: str, frames: Mapping[str, Node]) -> tuple[str, ...]:
    """The section ids under `key`, or as the file has them."""
    given = node.texts(key)
    for name in given:
        if name not in frames:
            node.fail(f"`{key}` names section `{name}`, expected one of: {', '.join(frames)}", key)
    if key == "order" and given and sorted(given) != sorted(frames):
        node.fail(f"`order` names each section once, expected: {', '.join(frames)}", "order")
    return given or tuple(frames)


def _section(section_id: str, frame: Node, fields: Mapping[str, FormField]) -> FormSection:
    frame.only("title", "en", "mm", "role")
    return FormSection(
        id=section_id,
        title=frame.text("title"),
        height_mm=frame.number("mm", low=5, high=PAPER_MM),
        fields=tuple(item for item in fields.values() if item.section == section_id),
        title_en=frame.text("en", ""),
        role=frame.text("role", ""),
    )


def _check_whole(node: Node, form: Form) -> None:
    height = sum(section.height_mm for section in form.sections)
    if height > PAPER_MM:
        node.fail(f"the sections are {height:g} mm high, expected at most {PAPER_MM:g}", "sections")
    for section in form.sections:
        if len({item.repeat for item in section.repeated}) > 1:
            node.fail(f"section `{section.id}` repeats its fields differently, expected one `n`", "fields")
        if section.id not in form.ask_order and (section.singles or section.repeated):
            node.fail(f"`ask` leaves out section `{section.id}`, which has fields to ask", "ask")
        if section.list_key == section.id and section.id in _ids(form):
            node.fail(f"section `{section.id}` and a field have the same name", "sections")
    if form.paper_only and any(section.singles or section.repeated for section in form.sections):
        node.fail("a form that is `paper_only` asks a field online", "paper_only")


def _ids(form: Form) -> set[str]:
    return {item.id for section in form.sections for item in section.fields}


def _fields(node: Node, frames: Mapping[str, Node], vocabulary: _Vocabulary) -> dict[str, FormField]:
    found: dict[str, FormField] = {}
    for name, item in node.mapping("fields").items():
        item.only(*_FIELD_KEYS)
        section = item.one_of("sec", tuple(frames))
        found[name] = _field(item, frames[section].text("role", ""), vocabulary)
    for name, made in found.items():
        if made.copies_of and (made.copies_of not in found or found[made.copies_of].kind != "multi"):
            node.fail(
                f"field `{name}`: `per` names `{made.copies_of}`, expected a field of type multi", "fields"
            )
    return found


def _field(node: Node, role: str, vocabulary: _Vocabulary) -> FormField:
    reference = node.text("ref", "")
    item = _item(node, reference, vocabulary)
    block = node.text("block", "")
    if block and block not in vocabulary.blocks:
        node.fail(f"`{block}` is no staff box, expected one of: {', '.join(vocabulary.blocks)}", "block")
    by: By = node.one_of("by", ("online", "counter", "staff", "system"))  # type: ignore[assignment]  # one_of checked it
    if by == "online" and item is not None and item.text("online") == "never":
        node.fail(f"`{reference}` is never asked online, expected by: counter, staff or system", "by")
    source = item if item is not None else node
    values = node.texts("values") or source.texts("values")
    kind = "block" if block else node.one_of("type", KINDS, default=source.text("type", ""))
    if kind not in KINDS:
        node.fail("the field has no `type`, `ref` or `block`")
    made = FormField(
        id=node.key,
        label=_label(node, item, vocabulary.blocks.get(block)),
        kind=kind,
        section=node.text("sec"),
        by=by,
        required=node.text("req", "opt"),
        values=values,
        value_words={value: Words(value, vocabulary.english.get(value, "")) for value in values},
        default=node.value.get("default"),
        max_length=node.integer("max", default=source.integer("max", default=100)),
        min_value=source.value.get("min_value"),
        max_value=source.value.get("max_value"),
        repeat=node.integer("n", low=1, high=20, default=1),
        furigana=node.flag("furi", default=False),
        block=block,
        hint=node.text("hint", source.text("hint", "")),
        hint_en=node.text("hint_en", source.text("hint_en", "") if not node.has("hint") else ""),
        check=node.one_of("check", CHECKS, default=source.text("check", "")),
        vocabulary=reference,
        examples=_examples(node, item, values),
        width=node.integer("width", low=0, high=100, default=0),
        on_paper=node.flag("paper", default=True),
        copies_of=node.text("per", ""),
        partial=item.flag("partial", default=False) if item is not None else False,
        role=node.text("role", role),
        standard=source.text("std", "") if item is not None else "",
    )
    _check_field(node, made)
    return made


def _item(node: Node, reference: str, vocabulary: _Vocabulary) -> Node | None:
    if reference and reference not in vocabulary.items:
        node.fail(f"`{reference}` is not in the vocabulary", "ref")
    return vocabulary.items.get(reference)


def _check_field(node: Node, made: FormField) -> None:
    if made.default is not None and made.default not in made.values:
        node.fail(f"`default` is none of the values: {', '.join(made.values)}", "default")
    if made.kind in ("choice", "multi") and not made.values and made.check != "tax_year":
        node.fail(f"`{made.id}` is a choice without `values`")
    if made.kind == "copies" and not made.copies_of:
        node.fail("copies need `per`: the field whose values are counted")
    if made.online and made.kind in ("stamp", "sign", "block"):
        node.fail(f"a {made.kind} cannot be asked online, expected by: counter or staff", "by")


def _label(node: Node, item: Node | None, block: StaffBlock | None) -> Words:
    if node.has("label"):
        return Words(node.text("label"), node.text("en", ""), node.text("easy", ""))
    if item is not None:
        return Words(item.text("ja"), item.text("en", ""), item.text("easy", ""))
    if block is None:
        node.fail("the field has no `label`, `ref` or `block`")
    return Words(block.title)


def _examples(node: Node, item: Node | None, values: tuple[str, ...]) -> tuple[Any, ...]:
    source = node if node.has("examples") else item
    given = source.value.get("examples") if source is not None else None
    if given:
        return tuple(given)
    return values[:1]


def _with_conditions(
    node: Node, fields: Mapping[str, FormField], order: tuple[str, ...]
) -> dict[str, FormField]:
    """The fields with `req` understood; a condition may name only what was asked before."""
    done: dict[str, FormField] = {}
    for name, item in node.mapping("fields").items():
        made = fields[name]
        try:
            must, condition = _requirement(made.required)
            if condition is not None:
                condition = resolve(condition, partial(_described, fields, order, made))
                _check_no_circle(fields, made)
        except ConditionError as error:
            item.fail(f"`req: {made.required}`: {error}", "req")
        done[name] = replace(made, must=must, asked_when=condition)
    return done


def _requirement(text: str) -> tuple[bool, Condition | None]:
    if text in ("must", "opt"):
        return text == "must", None
    if text.startswith("opt if "):
        return False, parse(text.removeprefix("opt if "))
    return True, parse(text)


def _described(
    fields: Mapping[str, FormField], order: tuple[str, ...], made: FormField, name: str
) -> tuple[str, tuple[str, ...]] | None:
    """Kind and values of `name` where a condition of `made` may look at it: the same row, or asked once before."""
    other = fields.get(name)
    if other is None or not other.online or other.id == made.id:
        return None
    if other.repeat > 1 and (made.repeat == 1 or other.section != made.section):
        return None
    if made.online and order.index(other.section) > order.index(made.section):
        return None
    return other.kind, other.values


def _check_no_circle(fields: Mapping[str, FormField], made: FormField) -> None:
    seen = {made.id}
    waiting = [made]
    while waiting:
        condition = _requirement(waiting.pop().required)[1]
        for test in comparisons(condition) if condition is not None else ():
            if test.field == made.id:
                raise ConditionError(f"`{made.id}` and `{test.field}` wait for each other")
            if test.field in fields and test.field not in seen:
                seen.add(test.field)
                waiting.append(fields[test.field])
