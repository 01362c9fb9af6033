"""Answers without their names: all of them come back, and a changed form is noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from models.catalogue.definitions import Form
from models.rules.forms.json_schema import example
from models.rules.forms.packing import mark, packed, plan, unpacked
from models.rules.forms.validation import validate
from tests.papers.sheets import HARD, answers, catalogue

FORMS = [form for form in catalogue().forms.values() if not form.paper_only]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_every_form_comes_back_as_it_was(form: Form) -> None:
    for fields in (example(form), answers(form.id), answers(form.id, HARD, rows=5)):
        assert unpacked(plan(form), packed(plan(form), fields)) == fields


def test_a_form_that_asks_something_else_has_another_mark() -> None:
    form = catalogue().forms["F01"]
    assert mark(form) == mark(form)
    assert len({mark(one) for one in FORMS}) == len(FORMS)
    section = next(one for one in form.sections if len(one.singles) > 1)
    asks_less = replace(
        section, fields=tuple(item for item in section.fields if item is not section.singles[0])
    )
    shorter = replace(form, sections=tuple(asks_less if one is section else one for one in form.sections))
    assert mark(shorter) != mark(form)


@pytest.mark.parametrize(
    "values", [{}, "x", 3, None, [0] * 200, [[["x"]]] * 3, [{"a": 1}], [True, [1]]], ids=str
)
def test_a_strange_shape_is_refused_or_judged_like_anything_typed(values: object) -> None:
    for form in FORMS:
        try:
            fields = unpacked(plan(form), values)
        except ValueError:
            continue
        assert not validate(form, fields, date(2026, 11, 26)).ok
