"""One posted page of a form judged and put in its place: the same for a phone's page and a kiosk's screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue.definitions import Form
from models.core.messages import Message, _n, message
from models.rules import mynumber
from models.rules.forms import boxes, validation
from models.rules.forms.posted import merged, read
from models.rules.forms.steps import Step
from models.rules.forms.values import Refused, cleaned, is_empty

BOTH_NAMES = _n(
    "氏と名の両方を書いてください。分かれない名前のときは「氏と名に分かれない名前を書く」に印をつけてください。"
)
LEFT_OUT = (validation.MISSING, validation.MISSING_CHOICE, validation.MISSING_COPIES)


@dataclass(frozen=True)
class Page:
    """What one posted page says: the answers of the whole form with it, and what is wrong on it."""

    fields: dict[str, Any] = field(repr=False)
    errors: dict[str, Message]

    @property
    def wrong(self) -> dict[str, Message]:
        """The errors of what was written, without what was left out."""
        return {name: text for name, text in self.errors.items() if text.template not in LEFT_OUT}


def judged(
    form: Form,
    step: Step,
    saved: Mapping[str, Any],
    proposed: Mapping[str, Any],
    posted: boxes.Boxes,
    day: date,
) -> Page:
    """One posted page put in its place among the answers `saved` so far.

    `proposed` are those with what is taken over from elsewhere in the visit; `day` is when the form is handed in.
    """
    values = read(step, boxes.to_engine(step, posted))
    base = dict(saved)
    key = step.section.list_key
    if step.row is not None and key in proposed:
        base[key] = proposed[key]
    errors = step_errors(form, step, merged(step, {**proposed, **base}, values), day)
    errors = {**half_names(step, posted), **errors}
    return Page(merged(step, base, _converted(step, values, errors)), errors)


def step_errors(form: Form, step: Step, fields: Mapping[str, Any], day: date) -> dict[str, Message]:
    """What is wrong on one page, by the name of its boxes."""
    found = validation.validate(form, fields, day).errors
    names = {(asked.field.id, asked.row): asked.name for asked in step.asked}
    told: dict[str, Message] = {}
    for error in found:
        name = names.get((error.field, error.row))
        if name is not None:
            told.setdefault(name, error.message)
    return told


def without_my_number(step: Step, posted: boxes.Boxes, errors: Mapping[str, Message]) -> dict[str, list[str]]:
    """What was typed, to be shown again, except that a My Number is gone."""
    kept = {box: list(texts) for box, texts in posted.items()}
    for asked in step.asked:
        refused = errors.get(asked.name)
        if refused is None or refused.template != mynumber.REFUSED:
            continue
        own = boxes.of_field(asked, kept)
        holding = [box for box in own if any(mynumber.contains_my_number(one) for one in kept[box])]
        for box in holding or own:
            kept[box] = [""]
    return kept


def half_names(step: Step, posted: boxes.Boxes) -> dict[str, Message]:
    """Names of which only one of the two parts was written."""
    found: dict[str, Message] = {}
    for asked in step.asked:
        parts = boxes.value(asked, posted) if asked.widget == "name" else {}
        halves = [bool(parts.get(part, "").strip()) for part in ("family", "given")]
        if parts and parts["one"] != boxes.TICKED and any(halves) and not all(halves):
            found[asked.name] = message(BOTH_NAMES)
    return found


def _converted(step: Step, values: Mapping[str, Any], errors: Mapping[str, Message]) -> dict[str, Any]:
    """The answers of a page as they are kept: kana as katakana, dates as ISO; what is wrong is left out."""
    kept: dict[str, Any] = {}
    for asked in step.asked:
        given = values.get(asked.field.id)
        if is_empty(given):
            kept[asked.field.id] = None
        elif asked.name not in errors:
            try:
                kept[asked.field.id] = cleaned(asked.field, given)
            except Refused:
                continue
    return kept
