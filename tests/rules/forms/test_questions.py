"""A form one question a screen asks what its pages ask, in their order."""

from __future__ import annotations

from datetime import date

import pytest

from models.catalogue.loader import load
from models.rules.forms.json_schema import example
from models.rules.forms.questions import place_of, questions
from models.rules.forms.steps import steps

CATALOGUE = load()
ONLINE = sorted(code for code, form in CATALOGUE.forms.items() if not form.paper_only)
DAY = date(2026, 11, 25)


@pytest.mark.parametrize("code", ONLINE)
def test_every_field_of_the_pages_is_one_question_in_the_same_order(code: str) -> None:
    form = CATALOGUE.forms[code]
    fields = example(form)
    pages = [asked.name for page in steps(form, fields, DAY) for asked in page.asked]
    assert [one.asked[0].name for one in questions(form, fields, DAY)] == pages
    assert all(len(one.asked) == 1 for one in questions(form, fields, DAY))


@pytest.mark.parametrize("code", ONLINE)
def test_every_question_has_an_id_of_its_own_that_stays_as_answers_grow(code: str) -> None:
    form = CATALOGUE.forms[code]
    empty, full = questions(form, {}, DAY), questions(form, example(form), DAY)
    ids = [one.id for one in full]
    assert len(set(ids)) == len(ids)
    shared = [one.id for one in empty if one.id in set(ids)]
    assert shared == [one for one in ids if one in set(shared)]


def test_one_more_person_is_asked_for_on_the_last_question_about_a_person_only() -> None:
    form = next(CATALOGUE.forms[code] for code in ONLINE if CATALOGUE.forms[code].id == "F02")
    found = [one for one in questions(form, example(form), DAY) if one.row is not None]
    assert found
    assert [one.id for one in found if one.may_add] == [found[-1].id]


def test_a_question_that_the_answers_do_not_lead_to_has_no_place() -> None:
    found = questions(CATALOGUE.forms["F01"], {}, DAY)
    assert place_of(found, found[1].id) == 1
    assert place_of(found, "nowhere") is None
