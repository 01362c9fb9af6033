"""What the pages of a form show: one page of questions, and the check of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.catalogue.definitions import Words
from models.core.messages import Message
from models.rules.forms import boxes
from models.rules.forms.pages import step_errors
from models.rules.forms.steps import Asked, Step
from models.rules.forms.summary import summary
from models.rules.forms.validation import Validated
from web.resident.expired import expired
from web.resident.writing import Writing, places_of, proposed
from web.spelling import words

BIRTH_ERAS = ("令和", "平成", "昭和", "大正", "明治")
OTHER_ERAS = ("令和", "平成", "昭和")


@dataclass(frozen=True)
class Drawn:
    """One field as the page draws it."""

    asked: Asked
    value: Any
    error: Message | None
    hint: str
    eras: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Checked:
    """A part of the check: a section, or one person, with rows of (label, text, step)."""

    title: Words
    person: int | None
    rows: tuple[tuple[Words, str, str], ...]


def step_page(
    work: Writing,
    step: Step,
    mending: bool,
    posted: boxes.Boxes | None = None,
    errors: Mapping[str, Message] | None = None,
) -> dict[str, Any]:
    """One page of questions; with `posted` exactly what was typed, otherwise the answers so far."""
    shown = posted if posted is not None else boxes.from_fields(step, work.fields)
    told = errors if errors is not None else _told(work, step, mending)
    pages = [page.id for page in work.steps]
    place = pages.index(step.id) if step.id in pages else 0
    return {
        "work": work,
        "step": step,
        "title": section_title(step),
        "drawn": [drawn(asked, shown, told) for asked in step.asked],
        "errors": [_named(asked, told[asked.name]) for asked in step.asked if asked.name in told],
        "now": place + 1,
        "of": len(pages) + 1,
        "before": pages[place - 1] if place else "",
        "first": place == 0,
        "proposed": posted is None and proposed(work, step),
        "mending": mending,
        "towns": {},
        "found": {},
        "problem": None,
        "expired": expired(),
    }


def check_page(work: Writing, judged: Validated, refused: bool) -> dict[str, Any]:
    """Everything that was written; with `refused` what is still missing or wrong, each with the page to mend it."""
    places = places_of(judged.errors, work.steps)
    return {
        "work": work,
        "parts": _checked(work),
        "refused": refused,
        "complete": judged.ok,
        "places": places,
        "others": [error for error in judged.errors if all(error is not found for found, _, _ in places)],
        "of": len(work.steps) + 1,
        "before": work.steps[-1].id,
        "expired": expired(),
    }


def section_title(step: Step) -> Words:
    """The title of a page; of a list of people without the number that fits on one sheet."""
    title = step.section.words
    return title if step.row is None else title.without_asides()


def _named(asked: Asked, text: Message) -> tuple[str, Message, Words | None]:
    """An error for the summary, with the field's label where the sentence does not say it."""
    return asked.name, text, None if "label" in text.values else asked.field.label


def _told(work: Writing, step: Step, mending: bool) -> dict[str, Message]:
    return step_errors(work.form, step, work.fields, work.day) if mending else {}


def drawn(asked: Asked, shown: boxes.Boxes, told: Mapping[str, Message]) -> Drawn:
    """One field with what stands in its boxes and what is wrong with it."""
    item = asked.field
    value = boxes.value(asked, shown)
    birth = item.vocabulary == "birth" or item.check in ("age_15", "allowance_child", "student_age")
    if asked.widget == "date" and not birth and not any(value.values()):
        value = {**value, "era": OTHER_ERAS[0]}
    eras = BIRTH_ERAS if birth else OTHER_ERAS
    return Drawn(asked, value, told.get(asked.name), words(item.hint_words), eras, item.must)


def _checked(work: Writing) -> tuple[Checked, ...]:
    places = {(asked.field.id, asked.row): page.id for page in work.steps for asked in page.asked}
    found = []
    for part in summary(work.form, work.fields):
        rows = tuple(
            (row.label, row.text, places.get((row.field.id, part.row), part.step)) for row in part.rows
        )
        title = part.section.words
        if part.row is not None:
            title = title.without_asides()
        found.append(Checked(title, part.row, rows))
    return tuple(found)
