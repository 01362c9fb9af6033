"""The forms of the demo city are whole: what a page shows of them is all that a resident is asked."""

from __future__ import annotations

from datetime import date

import pytest

from models.rules.demo_people import CASES, PEOPLE, DemoCase, fields_of
from models.rules.forms.validation import validate
from tests.papers.sheets import catalogue

DAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    "case", [one for one in CASES if one.form], ids=lambda case: "+".join(case.procedures)
)
def test_nothing_of_a_demo_form_is_left_to_what_the_rules_fill_in(case: DemoCase) -> None:
    fields = fields_of(case, PEOPLE[0], DAY, DAY)
    judged = validate(catalogue().forms[case.form], fields, DAY)
    assert (judged.ok, judged.fields) == (True, fields)
