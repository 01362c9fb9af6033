"""A whole form on one page: every field that may be asked, with the condition under which it is.

For phones that seal by themselves: what is typed then never leaves the page, so nobody but the page can lead from step
to step.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from models.catalogue.definitions import Form, FormSection
from models.core.messages import Message
from models.rules.forms import boxes, posted
from models.rules.forms.json_schema import condition_schema
from models.rules.forms.persons import told_apart, with_proposals
from models.rules.forms.steps import Asked, Step, answer, box_name, choices, widget_of
from models.rules.forms.validation import validate
from models.rules.forms.values import is_empty

MOST_PEOPLE = 8
"""People that one page has room for."""


@dataclass(frozen=True)
class Read:
    """What a posted page says: the answers of every form that was begun, by its id; what is wrong, by the names of the
    boxes; and the boxes that were left blank and that another form of the page answers.
    """

    answers: dict[str, dict[str, Any]] = field(repr=False, default_factory=dict)
    told: dict[str, Message] = field(default_factory=dict)
    proposed: dict[str, list[str]] = field(repr=False, default_factory=dict)


def read(forms: Sequence[Form], day: date, sent: boxes.Boxes, booked: Mapping[str, str]) -> Read:
    """A posted page judged. A form that is not whole takes over what the others say of the same people."""
    written = [(form, fields_of(form, day, sent, booked)) for form in forms]
    begun = [(form, fields, validate(form, fields, day)) for form, fields in written if fields]
    found = Read()
    for form, fields, judged in begun:
        if not judged.ok:
            others = [(other, known.sound) for other, _, known in begun if other is not form]
            filled = with_proposals(form, fields, others, day, booked)
            found.proposed.update(_boxes_between(form, day, fields, filled))
            judged = validate(form, filled, day)
        found.answers[form.id] = judged.fields
        errors = [(error.field, error.row, error.message) for error in judged.errors]
        found.told.update(named(form, errors, day))
    return found


def parts(form: Form, day: date) -> tuple[Step, ...]:
    """Every section of a form, and every person of a section, as one step; boxes are called FORM.BOX."""
    found: list[Step] = []
    for section in form.asked_sections:
        if section.singles:
            found.append(Step(section.id, section, _asked(form, section, None, day)))
        if section.list_key:
            rows = range(min(section.most_rows, MOST_PEOPLE))
            found += [
                Step(f"{section.list_key}-{row}", section, _asked(form, section, row, day), row)
                for row in rows
            ]
    return tuple(found)


def when(asked: Asked) -> dict[str, Any] | None:
    """The JSON Schema that the answers fulfil when the field is asked; None for always."""
    condition = asked.field.asked_when
    return None if condition is None else condition_schema(condition)


def unless(form: Form, asked: Asked) -> dict[str, Any] | None:
    """The JSON Schema that the answers fulfil when a field is not about who comes; None where no answer says so."""
    told = [
        {"required": [name], "properties": {name: {"not": {"enum": list(same)}}}}
        for name, same in told_apart(form, asked.field.role)
    ]
    return {"anyOf": told} if told else None


def at_first(form: Form, day: date, booked: Mapping[str, str]) -> dict[str, list[str]]:
    """What stands in the boxes before anybody typed: the usual answers, and what the booking says of who comes."""
    known = with_proposals(form, {}, (), day, booked)
    found: dict[str, list[str]] = {}
    for part in parts(form, day):
        for one in part.asked:
            always = one.row is None and one.field.asked_when is None
            value = known.get(one.field.id, one.field.default) if always else one.field.default
            found |= posted.write_value(one.field, one.name, value)
    return found


def proposes(form: Form, day: date, booked: Mapping[str, str]) -> bool:
    """Whether something of what the booking says stands in this form before anybody typed."""
    return at_first(form, day, booked) != at_first(form, day, {})


def fields_of(form: Form, day: date, sent: boxes.Boxes, booked: Mapping[str, str]) -> dict[str, Any]:
    """The answers that a posted page holds for one form, none where nobody began it; blank people are nobody."""
    answers = _answers(form, day, sent)
    untouched = _answers(form, day, at_first(form, day, booked))
    return answers if any(untouched.get(name) != value for name, value in answers.items()) else {}


def _answers(form: Form, day: date, sent: boxes.Boxes) -> dict[str, Any]:
    inner = {
        box.removeprefix(f"{form.id}."): texts for box, texts in sent.items() if box.startswith(f"{form.id}.")
    }
    engine: dict[str, Sequence[str]] = dict(inner)
    for part in parts(form, day):
        bare = replace(part, asked=tuple(replace(one, name=_bare(form, one.name)) for one in part.asked))
        engine = dict(boxes.to_engine(bare, engine))
    found = posted.to_fields(form, engine)
    for section in form.asked_sections:
        rows = found.get(section.list_key) if section.list_key else None
        while rows and is_empty(rows[-1]):
            rows.pop()
        if section.list_key in found and not rows:
            found.pop(section.list_key)
    return {name: value for name, value in found.items() if not is_empty(value)}


def named(form: Form, errors: Sequence[tuple[str, int | None, Message]], day: date) -> dict[str, Message]:
    """Errors (field, row, message) by the name of their boxes on the page; the first of each."""
    names = {(one.field.id, one.row): one.name for part in parts(form, day) for one in part.asked}
    found: dict[str, Message] = {}
    for name, row, text in errors:
        found.setdefault(names.get((name, row), form.id), text)
    return found


def _boxes_between(
    form: Form, day: date, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, list[str]]:
    """The boxes of everything that these answers say and those before did not."""
    found: dict[str, list[str]] = {}
    for part in parts(form, day):
        for one in part.asked:
            value = answer(after, part.section, one)
            if value != answer(before, part.section, one):
                found |= posted.write_value(one.field, one.name, value)
    return found


def _asked(form: Form, section: FormSection, row: int | None, day: date) -> tuple[Asked, ...]:
    items = section.singles if row is None else section.repeated
    everything: Mapping[str, Any] = {
        one.id: list(one.values) for part in form.asked_sections for one in part.fields
    }
    return tuple(
        Asked(
            item,
            f"{form.id}.{box_name(section, item, row)}",
            widget_of(item),
            choices(form, item, everything, day),
            row,
        )
        for item in items
    )


def _bare(form: Form, name: str) -> str:
    return name.removeprefix(f"{form.id}.")
