"""One form of one visit while it is being written: what was saved, what is proposed, what one page changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue.definitions import Form
from models.core.errors import Gone, NotFound
from models.core.messages import Message, _n, message
from models.operations import applications as acts
from models.queries import applications
from models.rules import mynumber
from models.rules.forms import validation
from models.rules.forms.intake import FieldError
from models.rules.forms.persons import Answered, with_proposals
from models.rules.forms.posted import merged, read
from models.rules.forms.steps import Asked, Step, steps
from models.rules.forms.values import Refused, cleaned, is_empty
from web.resident import boxes
from web.resident.my_booking import Visit, visit_of

BOTH_NAMES = _n(
    "氏と名の両方を書いてください。分かれない名前のときは「氏と名に分かれない名前を書く」に印をつけてください。"
)
LEFT_OUT = (validation.MISSING, validation.MISSING_CHOICE, validation.MISSING_COPIES)


@dataclass(frozen=True)
class Writing:
    """A form with the answers saved so far (`saved`) and those with proposals filled in (`fields`)."""

    token: str
    visit: Visit
    form: Form
    state: str
    saved: Mapping[str, Any] = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)

    @property
    def day(self) -> date:
        """The day on which the form is handed in."""
        return self.visit.booking.day

    @property
    def steps(self) -> tuple[Step, ...]:
        """The pages of the form, given the answers so far."""
        return steps(self.form, self.fields, self.day)

    def step(self, step_id: str) -> Step | None:
        """The page with this id, None where the answers do not lead to it."""
        return next((one for one in self.steps if one.id == step_id), None)

    def keep(self, fields: Mapping[str, Any], *, ready: bool = False) -> None:
        """Save these answers."""
        acts.save(self.token, self.form.id, dict(fields), ready=ready)


@dataclass(frozen=True)
class Page:
    """What one posted page says: the answers of the whole form with it, and what is wrong on it."""

    fields: dict[str, Any] = field(repr=False)
    errors: dict[str, Message]

    @property
    def wrong(self) -> dict[str, Message]:
        """The errors of what was written, without what was left out."""
        return {name: text for name, text in self.errors.items() if text.template not in LEFT_OUT}


def writing(token: str, form_id: str) -> Writing:
    """A form of the holder's visit; `NotFound` for a form that the visit does not need or that is written by hand."""
    visit = visit_of(token)
    form = next((one.form for one in visit.online if one.form.id == form_id), None)
    if form is None:
        raise NotFound
    state, saved = _saved(token, form.id)
    earlier = [(one.form, _saved(token, one.form.id)[1]) for one in visit.online if one.form.id != form.id]
    known: list[Answered] = [(other, fields) for other, fields in earlier if fields]
    fields = with_proposals(form, saved, known, visit.booking.day)
    return Writing(token, visit, form, state, saved, fields)


def page_of(work: Writing, step: Step, posted: boxes.Boxes) -> Page:
    """One posted page judged and put in its place among the answers saved so far."""
    values = read(step, boxes.to_engine(step, posted))
    base = dict(work.saved)
    key = step.section.list_key
    if step.row is not None and key in work.fields:
        base[key] = work.fields[key]
    errors = step_errors(work.form, step, merged(step, {**work.fields, **base}, values), work.day)
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


def unfinished(work: Writing, fields: Mapping[str, Any] | None = None) -> Step | None:
    """The first page on which something is missing or wrong."""
    answers = work.fields if fields is None else fields
    wrong = {(error.field, error.row) for error in validation.validate(work.form, answers, work.day).errors}
    pages = steps(work.form, answers, work.day)
    return next((one for one in pages if any((it.field.id, it.row) in wrong for it in one.asked)), None)


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


def proposed(work: Writing, step: Step) -> bool:
    """Whether something on this page was not typed here but comes from elsewhere in the visit."""
    return any(_answer(work.fields, step, it) != _answer(work.saved, step, it) for it in step.asked)


def places_of(errors: Sequence[FieldError], pages: Sequence[Step]) -> list[tuple[FieldError, Step, Asked]]:
    """Each error with the page and the field where it is mended."""
    found = []
    for error in errors:
        for step in pages:
            asked = next((it for it in step.asked if (it.field.id, it.row) == (error.field, error.row)), None)
            if asked is not None:
                found.append((error, step, asked))
                break
    return found


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


def _saved(token: str, form_id: str) -> tuple[str, dict[str, Any]]:
    try:
        found = applications.by_token(acts.token_for(token, form_id))
        return found.state, applications.fields_of(found)
    except (NotFound, Gone):
        return "none", {}


def _answer(fields: Mapping[str, Any], step: Step, asked: Asked) -> Any:
    if asked.row is None:
        return fields.get(asked.field.id)
    rows = fields.get(step.section.list_key) or []
    row = rows[asked.row] if asked.row < len(rows) else None
    return row.get(asked.field.id) if isinstance(row, Mapping) else row
