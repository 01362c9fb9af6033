"""What a writing screen shows: one question with the way to answer it, at most five choices at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kiosk.writing.draft import Draft
from models.catalogue.definitions import Form, FormField, Words
from models.core.messages import Message
from models.queries import postal
from models.rules.forms import boxes
from models.rules.forms.persons import with_proposals
from models.rules.forms.questions import questions
from models.rules.forms.steps import Asked, Choice, Step
from models.rules.forms.summary import summary
from models.rules.forms.values import ADDRESS_PARTS
from models.rules.postal import Town

A_SCREEN = 5
"""No screen offers more choices at once."""
PARTS = ("zip", "town", "block", "katagaki")
"""An address is asked in these parts; `hand` writes all of it where a postal code does not lead there."""
CHOOSING = ("radio", "select")
BIRTH_ERAS = ("令和", "平成", "昭和", "大正", "明治")
OTHER_ERAS = ("令和", "平成", "昭和")


@dataclass(frozen=True)
class Question:
    """One screen: the step, what stands in its boxes, what is wrong, which part of it is asked now."""

    step: Step
    asked: Asked
    value: Any
    boxes: Mapping[str, Sequence[str]]
    error: Message | None
    number: int
    of: int
    part: str = ""
    towns: tuple[Town, ...] = ()
    choices: tuple[Choice, ...] = ()
    sheet: int = 0
    sheets: int = 1

    @property
    def title(self) -> Words:
        """The section that it belongs to, without the number that fits on one sheet."""
        words = self.step.section.words
        return words if self.step.row is None else words.without_asides()

    @property
    def eras(self) -> tuple[str, ...]:
        """The eras that a date may lie in."""
        return BIRTH_ERAS if _is_birth(self.asked.field) else OTHER_ERAS

    @property
    def must(self) -> bool:
        """Whether the form needs an answer (it may still be written at the counter)."""
        return self.asked.field.must

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The boxes that were answered on earlier parts of this question."""
        shown = {"zip": {"zip"}, "town": set(), "block": {"block"}, "katagaki": {"katagaki"}}
        if not self.part or self.part == "hand":
            return []
        mine = {f"{self.asked.name}.{part}" for part in shown[self.part]}
        return [(box, texts[0]) for box, texts in self.boxes.items() if box not in mine and texts]


def answers(draft: Draft, form: Form, day: date) -> dict[str, Any]:
    """The answers so far with what follows from them proposed."""
    return with_proposals(form, draft.fields, [], day)


def question(
    draft: Draft,
    step: Step,
    day: date,
    posted: boxes.Boxes | None = None,
    errors: Mapping[str, Message] | None = None,
) -> Question:
    """The screen of one step; with `posted` exactly what was typed, otherwise the answers so far."""
    form = draft.definition()
    fields = answers(draft, form, day)
    asked = step.asked[0]
    shown = posted if posted is not None else boxes.from_fields(step, fields)
    own = {box: list(shown[box]) for box in boxes.of_field(asked, shown)}
    all_steps = questions(form, fields, day)
    number = next((place for place, one in enumerate(all_steps, 1) if one.id == step.id), 1)
    found = Question(
        step,
        asked,
        boxes.value(asked, own),
        own,
        (errors or {}).get(asked.name),
        number,
        len(all_steps) + 1,
        part=PARTS[0] if asked.widget == "address" else "",
    )
    return leaf(found, 0)


def leaf(found: Question, sheet: int) -> Question:
    """The question with one sheet of its choices."""
    offered = found.asked.choices
    size, sheet, sheets = _sheet(len(offered), sheet)
    return replace(found, choices=offered[sheet * size : (sheet + 1) * size], sheet=sheet, sheets=sheets)


def with_part(found: Question, part: str, sheet: int = 0) -> Question:
    """The address question at one of its parts; one sheet of the postal code's towns at a time."""
    towns = tuple(postal.towns(boxes.text(found.boxes, f"{found.asked.name}.zip"))) if part == "town" else ()
    size, sheet, sheets = _sheet(len(towns), sheet)
    here = towns[sheet * size : (sheet + 1) * size]
    return replace(found, part=part, towns=here, sheet=sheet, sheets=sheets)


def part_after(found: Question, part: str) -> str:
    """The part of an address that comes behind this one; empty behind the last."""
    name = found.asked.name
    if part == "zip":
        towns = postal.towns(boxes.text(found.boxes, f"{name}.zip"))
        if not towns:
            return "hand"
        return "town" if len(towns) > 1 else "block"
    return {"town": "block", "block": "katagaki"}.get(part, "")


def only_town(found: Question) -> Town | None:
    """The one place that the typed postal code stands for, None where there are several or none."""
    towns = postal.towns(boxes.text(found.boxes, f"{found.asked.name}.zip"))
    return towns[0] if len(towns) == 1 else None


def lines(draft: Draft, day: date) -> list[tuple[Words, str]]:
    """Everything that was written, label and answer, for the last look."""
    form = draft.definition()
    return [
        (row.label, row.text)
        for part in summary(form, answers(draft, form, day))
        for row in part.rows
        if row.text
    ]


def address_boxes(name: str) -> tuple[str, ...]:
    """The names of an address's boxes."""
    return tuple(f"{name}.{part}" for part in ADDRESS_PARTS)


def _sheet(count: int, asked: int) -> tuple[int, int, int]:
    """How many are shown at once, on which sheet of how many: five, or four and the way to the others."""
    size = A_SCREEN if count <= A_SCREEN else A_SCREEN - 1
    sheets = max(1, -(-count // size))
    return size, min(max(0, asked), sheets - 1), sheets


def _is_birth(item: FormField) -> bool:
    return item.vocabulary == "birth" or item.check in ("age_15", "allowance_child", "student_age")
