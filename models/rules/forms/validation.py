"""Are these answers a complete and sound application? One check for phone, API, QR and kiosk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue.conditions import comparisons
from models.catalogue.definitions import Form, FormField, FormSection
from models.core.messages import Message, _n, message
from models.rules.forms.checks import CHECKS
from models.rules.forms.conditions import has_rows, is_asked
from models.rules.forms.intake import FieldError, my_numbers, strange_keys
from models.rules.forms.steps import Step
from models.rules.forms.values import Refused, cleaned, is_empty

MISSING = _n("「{label}」を入力してください。")
MISSING_CHOICE = _n("「{label}」を選んでください。")
MISSING_COPIES = _n("「{label}」を、選んだ証明ごとに入力してください。")
NOT_FIELDS = _n("項目と値の組で送ってください。")
NOT_ROWS = _n("1人分ずつの一覧で送ってください。")
TOO_MANY_ROWS = _n("一度に入力できるのは{most}人までです。残りの方は窓口でお知らせください。")
PAPER_ONLY = _n("この様式は、印刷した用紙に手で書いてください。ここでは入力できません。")


@dataclass(frozen=True)
class Validated:
    """The answers as they are kept, and everything that is wrong in asking order."""

    fields: dict[str, Any]
    errors: tuple[FieldError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the application can be accepted."""
        return not self.errors

    @property
    def sound(self) -> dict[str, Any]:
        """The answers without every one that is wrong: what may be kept of an application that is not whole."""
        kept = dict(self.fields)
        for error in self.errors:
            rows = kept.get(error.rows) if error.row is not None else None
            if error.row is None:
                kept.pop(error.field, None)
            elif isinstance(rows, list) and error.row < len(rows):
                kept[error.rows] = [
                    _without(row, error) if at == error.row else row for at, row in enumerate(rows)
                ]
        return kept


def validate(form: Form, fields: Any, today: date) -> Validated:
    """Check and convert all answers; `today` is the day the form is handed in (the visit, where it is booked).

    Kept: only known, asked fields, kana as katakana, dates as ISO, defaults filled in. Answers to fields that are
    not asked any more are dropped, except that a My Number is refused anywhere.
    """
    if form.paper_only:
        return Validated({}, (FieldError("form", None, message(PAPER_ONLY)),))
    if not isinstance(fields, Mapping):
        return Validated({}, (FieldError("fields", None, message(NOT_FIELDS)),))
    work = _Work(form, fields, today)
    strange = tuple(strange_keys(form, fields))
    guarded = tuple(my_numbers(form, fields))
    kept = work.run()
    told = {error.path for error in guarded}
    errors = tuple(error for error in work.errors if error.path not in told)
    return Validated(kept, (*guarded, *strange, *errors))


def validate_step(form: Form, step: Step, fields: Mapping[str, Any], today: date) -> Validated:
    """Check and convert the answers of one page; `fields` are all answers so far, other pages stay untouched."""
    checked = validate(form, fields, today)
    errors = tuple(
        error for error in checked.errors if error.row == step.row and error.field in step.field_ids
    )
    kept = dict(fields)
    if step.row is None:
        kept.update({name: checked.fields[name] for name in step.field_ids if name in checked.fields})
        return Validated(kept, errors)
    key = step.section.list_key
    rows, clean = list(kept.get(key) or []), checked.fields.get(key) or []
    if step.row < min(len(rows), len(clean)):
        rows[step.row] = _laid_over(rows[step.row], clean[step.row], step.field_ids)
        kept[key] = rows
    return Validated(kept, errors)


def _laid_over(row: Any, clean: Any, names: frozenset[str]) -> Any:
    if not isinstance(row, Mapping) or not isinstance(clean, Mapping):
        return clean or row
    return {**row, **{name: clean[name] for name in names if name in clean}}


def _without(row: Any, error: FieldError) -> Any:
    """A person's answers without the wrong one; a lone answer is blank then."""
    if not isinstance(row, Mapping):
        return ""
    return {name: value for name, value in row.items() if name != error.field}


@dataclass
class _Work:
    """One validation: first every value by itself, then what is asked, missing or against a rule."""

    form: Form
    given: Mapping[str, Any]
    day: date
    errors: list[FieldError] = field(default_factory=list)
    refused: dict[str, FieldError] = field(default_factory=dict)

    def run(self) -> dict[str, Any]:
        clean: dict[str, Any] = {}
        for section in self.form.asked_sections:
            for item in section.singles:
                self._take(clean, item, self.given.get(item.id), None, "")
            if section.list_key:
                clean[section.list_key] = self._rows(section)
        kept: dict[str, Any] = {}
        for section in self.form.asked_sections:
            self._judge_singles(section, clean, kept)
            if section.list_key and has_rows(self.form, section, clean):
                self._judge_rows(section, clean, kept)
        return kept

    def _take(self, into: dict[str, Any], item: FormField, value: Any, row: int | None, rows: str) -> None:
        """Clean one value into `into`; what is refused is remembered until it is known to be asked."""
        if is_empty(value):
            if item.default is not None:
                into[item.id] = item.default
            return
        try:
            into[item.id] = cleaned(item, value)
        except Refused as refused:
            error = FieldError(item.id, row, refused.message, refused.part, rows)
            self.refused[_plain_path(item, row, rows)] = error

    def _rows(self, section: FormSection) -> list[Any]:
        given = self.given.get(section.list_key)
        if is_empty(given):
            return []
        if not isinstance(given, list):
            self._note(section, message(NOT_ROWS))
            return []
        if len(given) > section.most_rows:
            self._note(section, message(TOO_MANY_ROWS, most=section.most_rows))
        rows: list[Any] = []
        for index, row in enumerate(given[: section.most_rows]):
            rows.append(self._row(section, row, index))
        return rows

    def _row(self, section: FormSection, row: Any, index: int) -> dict[str, Any]:
        lone = section.list_key != section.id
        clean: dict[str, Any] = {}
        if not lone and not isinstance(row, Mapping):
            self._note(section, message(NOT_ROWS))
            return clean
        for item in section.repeated:
            self._take(clean, item, row if lone else row.get(item.id), index, section.list_key)
        return clean

    def _note(self, section: FormSection, text: Message) -> None:
        self.errors.append(FieldError(section.list_key, None, text))

    def _judge_singles(self, section: FormSection, clean: dict[str, Any], kept: dict[str, Any]) -> None:
        for item in section.singles:
            if is_asked(self.form, item, clean):
                value = self._judged(item, clean, clean, None, "")
                if value is not None:
                    kept[item.id] = value

    def _judge_rows(self, section: FormSection, clean: dict[str, Any], kept: dict[str, Any]) -> None:
        key = section.list_key
        rows: list[Any] = clean[key]
        if not rows and not any(error.field == key for error in self.errors):
            self._judge_row(section, clean, {}, 0)
        result = [self._judge_row(section, clean, row, index) for index, row in enumerate(rows)]
        if result:
            kept[key] = result if key == section.id else [row.get(key, "") for row in result]

    def _judge_row(self, section: FormSection, clean: dict[str, Any], row: Any, index: int) -> dict[str, Any]:
        mine: dict[str, Any] = {}
        for item in section.repeated:
            if is_asked(self.form, item, clean, row):
                value = self._judged(item, row, clean, index, section.list_key)
                if value is not None:
                    mine[item.id] = value
        return mine

    def _judged(
        self, item: FormField, mine: Mapping[str, Any], whole: Mapping[str, Any], row: int | None, rows: str
    ) -> Any:
        refused = self.refused.get(_plain_path(item, row, rows))
        if refused is not None:
            self.errors.append(refused)
            return None
        value = mine.get(item.id)
        if item.copies_of:
            value = self._counted(item, value, mine, row, rows)
        if value is None:
            if item.must and not self._already(item, row, rows) and not self._unsettled(item, row):
                self.errors.append(FieldError(item.id, row, missing_message(item), rows=rows))
            return None
        wrong = CHECKS[item.check](value, whole, self.day) if item.check else None
        if wrong is not None:
            self.errors.append(FieldError(item.id, row, wrong, rows=rows))
        return value

    def _counted(
        self, item: FormField, value: Any, mine: Mapping[str, Any], row: int | None, rows: str
    ) -> dict[str, int] | None:
        """Copies of the chosen kinds only; each chosen kind needs a number."""
        chosen = mine.get(item.copies_of) or []
        if value is None:
            return None
        if set(value) - set(self.form.field(item.copies_of).values):
            self.errors.append(FieldError(item.id, row, missing_message(item), rows=rows))
            return None
        counted = {kind: value[kind] for kind in chosen if kind in value}
        return counted if len(counted) == len(chosen) else None

    def _unsettled(self, item: FormField, row: int | None) -> bool:
        """Whether a field that decides about this one is wrong itself: then nothing is missed here yet."""
        deciding = (
            {test.field for test in comparisons(item.asked_when)} if item.asked_when is not None else set()
        )
        return any(error.field in deciding and error.row in (None, row) for error in self.errors)

    def _already(self, item: FormField, row: int | None, rows: str) -> bool:
        return any((error.field, error.row, error.rows) == (item.id, row, rows) for error in self.errors)


def _plain_path(item: FormField, row: int | None, rows: str) -> str:
    return item.id if row is None else f"{rows}[{row}].{item.id}"


def missing_message(item: FormField) -> Message:
    """What to say where a must was left out."""
    if item.kind == "copies":
        return message(MISSING_COPIES, label=item.label)
    if item.kind in ("choice", "multi", "bool"):
        return message(MISSING_CHOICE, label=item.label)
    return message(MISSING, label=item.label)
