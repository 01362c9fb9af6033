"""A form one question a screen: for a kiosk, where a page of many boxes would not be seen at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from models.catalogue.definitions import Form
from models.rules.forms.steps import Step, steps


def questions(form: Form, fields: Mapping[str, Any], today: date) -> tuple[Step, ...]:
    """The form's pages split into steps of one field each, in asking order, given the answers so far.

    A step's id is its page's id and the field's box name, so it stays the same as answers grow; `may_add` and
    `may_remove` stand on the last question about a person.
    """
    found: list[Step] = []
    for page in steps(form, fields, today):
        last = page.asked[-1]
        for asked in page.asked:
            ends = asked is last
            found.append(
                replace(
                    page,
                    id=f"{page.id}.{asked.name}",
                    asked=(asked,),
                    may_add=page.may_add and ends,
                    may_remove=page.may_remove and ends,
                )
            )
    return tuple(found)


def place_of(asked: tuple[Step, ...], question: str) -> int | None:
    """Where a question stands among the others, None where the answers do not lead to it."""
    return next((place for place, one in enumerate(asked) if one.id == question), None)
